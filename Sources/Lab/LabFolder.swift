import Diagnostics
import FoundationEssentials
import Hosts
package import Inventory

/// The lab's files beside the inventory: `.kumki/lab/CLUSTER/` with a key, known_hosts and secrets.
package struct LabFolder: Hashable, Sendable {
    /// The inventory's folder, absolute.
    package let base: String
    /// `.kumki/lab/CLUSTER`, as an inventory writes it.
    package let relativePath: String

    package init(besides inventory: String, cluster: String) {
        base = URL(filePath: inventory).deletingLastPathComponent().path
        relativePath = ".kumki/lab/\(cluster)"
    }

    package var path: String { "\(base)/\(relativePath)" }
    package var identityFile: String { "\(path)/id_ed25519" }
    package var knownHostsFile: String { "\(path)/known_hosts" }

    /// The names of the secrets that the inventory expects in the lab's folder, each once.
    package func secretNames(of inventory: Inventory) -> [String] {
        let prefix = "\(relativePath)/secrets/"
        var names: [String] = []
        for source in inventory.secretSources {
            guard case .file(let file) = source.origin else { continue }
            let relative = file.hasPrefix("./") ? String(file.dropFirst(2)) : file
            guard relative.hasPrefix(prefix) else { continue }
            let name = String(relative.dropFirst(prefix.count))
            let plain = !name.isEmpty && !name.contains("/") && name != "." && name != ".."
            if plain, !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// What in the inventory's `ssh` options keeps kumki from using the lab's key and host keys.
    package func warnings(on inventory: Inventory) -> [String] {
        func isOurs(_ path: String?, _ file: String) -> Bool {
            path.map { URL(filePath: $0, relativeTo: URL(filePath: base + "/")).standardizedFileURL.path } == file
        }
        var warnings: [String] = []
        if inventory.hosts.contains(where: { !isOurs($0.ssh.identityFile, identityFile) }) {
            warnings.append("the lab's hosts accept one key only: write `identity_file: \(relativePath)/id_ed25519`")
        }
        if inventory.hosts.contains(where: { !isOurs($0.ssh.knownHostsFile, knownHostsFile) }) {
            warnings.append("the lab's host keys are in: write `known_hosts_file: \(relativePath)/known_hosts`")
        }
        return warnings
    }

    /// Makes the folder, and in it each file that is not there yet; what exists is left as it is.
    ///
    /// - Throws: `Diagnostic` `lab.folder`, `lab.program-missing`.
    package func prepare(secrets names: [String], programs: any ProgramRunner) async throws {
        try makeFolder(path)
        try makeFolder("\(path)/secrets")
        // So that no key or secret of a lab is ever committed.
        try write("*\n", to: "\(base)/.kumki/.gitignore")
        for name in names { try write(Self.randomSecret() + "\n", to: "\(path)/secrets/\(name)") }
        if !FileManager.default.fileExists(atPath: identityFile) {
            let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "kumki lab", "-f", identityFile]
            let outcome = try await programs.run(Command("ssh-keygen", arguments))
            guard outcome.succeeded else {
                throw Diagnostic.error("lab.folder", "ssh-keygen: \(outcome.errorText)")
            }
        }
    }

    package func publicKey() throws -> String {
        do {
            return try String(contentsOfFile: "\(identityFile).pub", encoding: .utf8)
        } catch {
            throw Diagnostic.error(
                "lab.folder", "\(identityFile).pub can't be read", hint: "remove \(identityFile) and run lab up again")
        }
    }

    package func writeKnownHosts(_ lines: [String]) throws {
        let text = lines.map { $0 + "\n" }.joined()
        do {
            try Data(text.utf8).write(to: URL(filePath: knownHostsFile), options: .atomic)
        } catch {
            throw Diagnostic.error("lab.folder", "\(knownHostsFile) can't be written: \(error)")
        }
    }

    /// Removes the lab's files, and the folders above them as far as nothing else is in them.
    package func remove() throws {
        let files = FileManager.default
        guard files.fileExists(atPath: path) else { return }
        do {
            try files.removeItem(atPath: path)
            if try files.contentsOfDirectory(atPath: "\(base)/.kumki/lab").isEmpty {
                try files.removeItem(atPath: "\(base)/.kumki/lab")
            }
            if try files.contentsOfDirectory(atPath: "\(base)/.kumki") == [".gitignore"] {
                try files.removeItem(atPath: "\(base)/.kumki")
            }
        } catch {
            throw Diagnostic.error("lab.folder", "\(path) can't be removed: \(error)")
        }
    }

    private func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Diagnostic.error("lab.folder", "\(path) can't be made: \(error)")
        }
    }

    private func write(_ text: String, to file: String) throws {
        let files = FileManager.default
        if files.fileExists(atPath: file) { return }
        // The folder is closed to others, so nobody reads the file before it has its mode.
        guard files.createFile(atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw Diagnostic.error("lab.folder", "\(file) can't be written")
        }
    }

    /// 32 letters and digits, about 190 bits from the system's generator.
    private static func randomSecret() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<32).compactMap { _ in alphabet.randomElement() })
    }
}

extension Inventory {
    /// Every place where the inventory says where a secret comes from.
    fileprivate var secretSources: [SecretSource] {
        let passwords = postgresql.users.compactMap { user -> SecretSource? in
            if case .secret(let source)? = user.password { source } else { nil }
        }
        return [
            postgresql.superuserPassword, replication.password, ha.password, pgpool.pcpPassword,
            pgpool.watchdog.authKey,
        ].compactMap { $0 } + passwords
    }
}
