import Diagnostics
import FoundationEssentials
package import Hosts
package import Inventory

/// Containers on this machine that stand in for the hosts of one inventory.
///
/// It touches only what carries its own label, `kumki.lab=CLUSTER`.
package struct Lab: Sendable {
    package struct Options: Hashable, Sendable {
        /// Nil takes podman where it is installed and this process is root, else docker.
        package var engine: ContainerEngine.Kind?
        /// Nil takes the release that ships the inventory's PostgreSQL version.
        package var suite: LabSuite?
        /// Containers that have PostgreSQL's packages already, so that nothing is downloaded while deploying.
        package var prebuilt: Bool
        /// sshd alone instead of systemd: for many hosts, and for hosts without systemd.
        package var plain: Bool

        package init(
            engine: ContainerEngine.Kind? = nil, suite: LabSuite? = nil, prebuilt: Bool = false, plain: Bool = false
        ) {
            self.engine = engine
            self.suite = suite
            self.prebuilt = prebuilt
            self.plain = plain
        }
    }

    package let inventory: Inventory
    package let topology: LabTopology
    package let image: LabImage
    package let folder: LabFolder
    package let engine: ContainerEngine

    let machine: Machine
    let programs: any ProgramRunner
    let narrate: @Sendable (String) -> Void

    /// - Parameter narrate: told, in a few words, what takes long.
    /// - Throws: `Problems` with `lab.address`; `Diagnostic` `lab.engine-missing`, `lab.rootless`.
    package init(
        _ inventory: Inventory, options: Options = Options(), programs: any ProgramRunner = LocalPrograms(),
        narrate: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws {
        let machine = try await Machine.current(programs)
        let engine = try await ContainerEngine.detect(options.engine, on: machine, programs: programs)
        try self.init(inventory, options: options, engine: engine, on: machine, programs: programs, narrate: narrate)
    }

    /// The same with an engine and a machine that are known already.
    package init(
        _ inventory: Inventory, options: Options, engine: ContainerEngine, on machine: Machine,
        programs: any ProgramRunner, narrate: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        let path = URL(filePath: inventory.file).standardizedFileURL.path
        let suite = options.suite ?? LabSuite(for: inventory.postgresql.version)
        self.inventory = inventory
        self.engine = engine
        self.machine = machine
        self.programs = programs
        self.narrate = narrate
        image = LabImage(suite: suite, prebuilt: options.prebuilt)
        topology = try LabTopology(inventory, at: path, image: image, plain: options.plain)
        folder = LabFolder(besides: path, cluster: inventory.cluster)
    }

    // MARK: Up and down

    /// Makes the lab what the inventory says, from whatever state it is in; the second time it changes nothing.
    ///
    /// Returns once every host's sshd answers and its host keys stand in the lab's known_hosts.
    /// - Throws: `Diagnostic` `lab.image`, `lab.taken`, `lab.network`, `lab.start`, `lab.not-ready`, `lab.folder`.
    package func up() async throws -> LabReport {
        let lock = try await FileLock.acquire("cluster-\(topology.cluster)", limit: .seconds(600))
        try await ImageBuilder(engine: engine, apt: machine.apt, programs: programs, narrate: narrate).ensure(image)
        try await keepPacketsHome()
        try await raiseWatchLimit()
        try await folder.prepare(secrets: folder.secretNames(of: inventory), programs: programs)
        let report: LabReport
        do {
            report = try await settle()
        } catch let stale as StaleLab {
            narrate("making the lab anew: \(stale.reason)")
            try await clear()
            report = try await settleAnew(because: stale.reason)
        }
        _ = consume lock
        return report
    }

    /// Removes the lab's containers, network and files, whatever state they are in; images stay unless asked.
    package func down(removingImages: Bool = false) async throws -> LabReport {
        let lock = try await FileLock.acquire("cluster-\(topology.cluster)", limit: .seconds(600))
        let removed = try await clear()
        try folder.remove()
        if removingImages { try await removeImages() }
        _ = consume lock
        return LabReport(cluster: topology.cluster, hosts: removed)
    }

    private func removeImages() async throws {
        let names = [true, false].map { LabImage(suite: image.suite, prebuilt: $0).name } + [image.baseName]
        for name in names where try await programs.run(engine.inspectImage(name)).succeeded {
            try await succeed(engine.removeImage(name), code: "lab.image", what: "\(name) can't be removed")
        }
    }

    /// The containers of this cluster's lab.
    package func containers() async throws -> [LabContainerState] {
        try await Self.list(engine, cluster: topology.cluster, programs: programs)
    }

    /// - Parameter cluster: nil lists the containers of every lab.
    /// - Throws: `Diagnostic` `lab.engine`.
    package static func list(
        _ engine: ContainerEngine, cluster: String? = nil, programs: any ProgramRunner = LocalPrograms()
    ) async throws -> [LabContainerState] {
        let outcome = try await programs.run(engine.listContainers(of: cluster))
        guard outcome.succeeded else { throw StaleLab(listing: outcome.errorText).diagnostic }
        return LabContainerState.read(outcome.outputText)
    }

    // MARK: Hosts

    /// Runs a script in a host's container as root, past its sshd.
    ///
    /// - Throws: `Diagnostic` `lab.no-host`, `lab.timeout`.
    package func execute(_ script: Script, on host: String) async throws -> Outcome {
        let input = Array(script.text.revealed.utf8)
        return try await programs.run(
            engine.execute(input, in: try container(host).name, limit: script.limit))
    }

    func container(_ host: String) throws -> LabContainer {
        guard let container = topology.containers.first(where: { $0.host == host }) else {
            throw Diagnostic.error("lab.no-host", "the lab \(topology.cluster) has no host \(host)")
        }
        return container
    }

    @discardableResult
    func succeed(_ command: Command, code: String, what: String, hint: String? = nil) async throws -> Outcome {
        let outcome = try await programs.run(command)
        if outcome.succeeded { return outcome }
        throw Diagnostic.error(code, "\(what); \(words(of: outcome))", hint: hint)
    }

    /// The engine's own last words.
    func words(of outcome: Outcome) -> String {
        let lines = outcome.errorText.split(separator: "\n").suffix(6)
        return "\(engine.kind) said: " + lines.joined(separator: "; ")
    }
}
