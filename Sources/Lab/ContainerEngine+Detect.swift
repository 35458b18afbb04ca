import Diagnostics
import Hosts

extension ContainerEngine {
    /// The wanted engine, or the first that is here and can give containers addresses of their own.
    ///
    /// - Throws: `Diagnostic` `lab.engine-missing`, `lab.rootless`.
    package static func detect(
        _ wanted: Kind?, on machine: Machine, programs: any ProgramRunner
    ) async throws -> ContainerEngine {
        func answers(_ kind: Kind) async throws -> Bool {
            do {
                // docker's client is there without its daemon; only `info` asks the daemon.
                let arguments = kind == .docker ? ["info", "--format", "{{.ServerVersion}}"] : ["--version"]
                return try await programs.run(Command(kind.rawValue, arguments, limit: .seconds(20))).succeeded
            } catch let error as Diagnostic where error.code == "lab.program-missing" {
                return false
            }
        }
        let kinds = wanted.map { [$0] } ?? (machine.isRoot ? [.podman, .docker] : [.docker, .podman])
        for kind in kinds where try await answers(kind) {
            if kind == .podman, !machine.isRoot {
                throw Diagnostic.error(
                    "lab.rootless", "podman gives its containers addresses of their own only as root",
                    hint: "run kumki with sudo, or use docker")
            }
            return ContainerEngine(kind: kind, limits: machine.limits, unifiedCgroups: machine.unifiedCgroups)
        }
        let names = kinds.map(\.rawValue).joined(separator: " and ")
        throw Diagnostic.error(
            "lab.engine-missing", "no container engine answers on this machine; asked: \(names)",
            hint: "apt-get install podman runc netavark aardvark-dns debootstrap iproute2")
    }
}
