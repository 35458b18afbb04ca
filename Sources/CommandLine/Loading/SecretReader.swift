import Blueprint
import Diagnostics
import FoundationEssentials
import Inventory

/// Reads the secrets that an inventory names: environment, files, commands.
struct SecretReader {
    let inventory: Inventory
    var environment: [String: String] = ProcessInfo.processInfo.environment

    /// What was read, and what a careful owner would do about it.
    struct Reading: Sendable {
        var secrets: SecretStore
        var warnings: [Diagnostic]
    }

    /// - Throws: `Problems` with every secret that can't be read: `secret.environment`, `secret.file`,
    ///   `secret.command`, `secret.empty`, `secret.line-break`.
    func read() async throws -> Reading {
        var values: [String: Secret] = [:]
        var problems = Problems()
        for source in inventory.secretSources {
            do {
                values[source.label] = try await value(of: source, &problems)
            } catch let diagnostic as Diagnostic {
                problems.add(diagnostic)
            }
        }
        if problems.hasErrors { throw problems }
        return Reading(secrets: SecretStore(values), warnings: problems.all)
    }

    private func value(of source: SecretSource, _ problems: inout Problems) async throws -> Secret {
        switch source.origin {
        case .literal(let secret): return secret
        case .environment(let name):
            guard let value = environment[name] else {
                throw Diagnostic.error(
                    "secret.environment", "\(source.label): the environment has no \(name)", at: source.place,
                    hint: "export \(name)=… before you run kumki")
            }
            return try checked(value, source)
        case .file(let path):
            let file = inventory.localPath(path)
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                throw Diagnostic.error(
                    "secret.file", "\(source.label): \(file) can't be read", at: source.place,
                    hint: "write the secret into it: (umask 077; openssl rand -hex 24 >\(file))")
            }
            if let warning = permissionWarning(file, source) { problems.add(warning) }
            return try checked(String(decoding: data, as: UTF8.self), source)
        case .command(let words):
            let folder = inventory.localPath(".")
            let text = try await SecretCommand(words: words, folder: folder, source: source).output()
            return try checked(text, source)
        }
    }

    private func permissionWarning(_ file: String, _ source: SecretSource) -> Diagnostic? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file),
            let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0
        else { return nil }
        let octal = String(mode & 0o777, radix: 8)
        return .warning(
            "secret.permissions", "\(source.label): others may read \(file) (mode 0\(octal))", at: source.place,
            hint: "chmod 0600 \(file)")
    }

    /// A line break at the end is the file's, one inside can't be part of a password.
    private func checked(_ text: String, _ source: SecretSource) throws(Diagnostic) -> Secret {
        var value = text[...]
        while value.last?.isNewline == true { value.removeLast() }
        if value.isEmpty {
            throw .error(
                "secret.empty", "\(source.label): the secret is empty", at: source.place,
                hint: "write a value where it is read from")
        }
        if value.contains(where: \.isNewline) {
            throw .error(
                "secret.line-break", "\(source.label): the secret has more than one line", at: source.place,
                hint: "keep nothing but the secret there")
        }
        return Secret(label: source.label, value: String(value))
    }
}

extension Inventory {
    /// Every secret that kumki itself has to know.
    var secretSources: [SecretSource] {
        var sources = [
            postgresql.superuserPassword, replication.password, ha.password, pgpool.pcpPassword,
            pgpool.watchdog.authKey,
        ].compactMap { $0 }
        for user in postgresql.users {
            if case .secret(let source)? = user.password { sources.append(source) }
        }
        return sources
    }
}
