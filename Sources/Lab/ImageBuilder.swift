import Diagnostics
import FoundationEssentials
import Hosts

/// Makes the images that a lab needs, once a machine: pulled where a registry is reachable, else by debootstrap.
struct ImageBuilder: Sendable {
    let engine: ContainerEngine
    let apt: AptSettings
    let programs: any ProgramRunner
    let narrate: @Sendable (String) -> Void

    /// - Throws: `Diagnostic` `lab.image`, `lab.program-missing`, `lab.timeout`, `lab.lock`.
    func ensure(_ image: LabImage) async throws {
        if try await isCurrent(image) { return }
        // One at a time: two builds of one image would both take minutes, and the slower would win.
        let lock = try await FileLock.acquire("image-\(image.suite.rawValue)", limit: .seconds(1200))
        try await build(image)
        _ = consume lock
    }

    private func isCurrent(_ image: LabImage) async throws -> Bool {
        let outcome = try await programs.run(engine.inspectImage(image.name))
        return outcome.succeeded && outcome.outputText.contains(image.recipeDigest(apt))
    }

    private func build(_ image: LabImage) async throws {
        if try await isCurrent(image) { return }
        if let parent = image.parent {
            try await build(parent)
        } else if try await !programs.run(engine.inspectImage(image.baseName)).succeeded {
            try await makeBase(image)
        }
        narrate("building the image \(image.name)")
        try await inTemporaryFolder { folder in
            try write(image.containerfile(apt), to: "\(folder)/Containerfile")
            try write(apt.script(for: image.suite), to: "\(folder)/apt.sh")
            try write(image.recipe, to: "\(folder)/recipe.sh")
            if apt.usesTLS {
                try FileManager.default.copyItem(
                    atPath: "/etc/ssl/certs/ca-certificates.crt", toPath: "\(folder)/\(AptSettings.certificates)")
            }
            try await succeed(engine.build(image.name, in: folder), for: image.name)
        }
        _ = try await programs.run(engine.pruneImages())
    }

    private func makeBase(_ image: LabImage) async throws {
        let suite = image.suite.rawValue
        narrate("pulling debian:\(suite)")
        if try await programs.run(engine.pull("debian:\(suite)")).succeeded {
            try await succeed(engine.tag("debian:\(suite)", as: image.baseName), for: image.baseName)
            return
        }
        narrate("no registry answers: making the base of \(image.name) with debootstrap, about a minute")
        try await inTemporaryFolder { folder in
            var arguments = ["--variant=minbase", suite, "\(folder)/root"]
            if let archive = apt.archive {
                arguments.append(archive)
                if let script = image.suite.debootstrapScript {
                    arguments.append("/usr/share/debootstrap/scripts/\(script)")
                }
            }
            try await succeed(Command("debootstrap", arguments, limit: .seconds(900)), for: image.baseName)
            try await succeed(
                Command("tar", ["-C", "\(folder)/root", "-cf", "\(folder)/base.tar", "."], limit: .seconds(300)),
                for: image.baseName)
            try await succeed(engine.importImage("\(folder)/base.tar", as: image.baseName), for: image.baseName)
        }
    }

    private func succeed(_ command: Command, for image: String) async throws {
        let outcome = try await programs.run(command)
        if outcome.succeeded { return }
        let words = (outcome.outputText + outcome.errorText).split(separator: "\n").suffix(12)
        throw Diagnostic.error(
            "lab.image",
            "the image \(image) can't be made; \(command.program) said: " + words.joined(separator: "; "),
            hint: "see that this machine reaches a container registry or a Debian mirror, then run lab up again")
    }

    /// Under /var/tmp, since a release is some 300 MB and /tmp may be memory.
    private func inTemporaryFolder(_ body: (String) async throws -> Void) async throws {
        let folder = "/var/tmp/kumki-lab-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer { try? files.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file))
    }
}
