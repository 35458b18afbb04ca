import Blueprint
import Diagnostics
import FoundationEssentials
import Inventory

/// Reads the secrets that an inventory names: environment, files, commands.
struct SecretReader {
    let inventory: Inventory
    let environment: [String: String]

    init(_ inventory: Inventory, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.inventory = inventory
        self.environment = environment
    }

    /// - Throws: every secret that can't be read, at once.
    func read() throws(Problems) -> SecretStore {
        var values: [String: Secret] = [:]
        var problems = Problems()
        for source in inventory.secretSources {
            do {
                values[source.label] = try value(of: source)
            } catch {
                problems.add(error)
            }
        }
        if problems.hasErrors { throw problems }
        return SecretStore(values)
    }

    private func value(of source: SecretSource) throws(Diagnostic) -> Secret {
        switch source.origin {
        case .literal(let secret): return secret
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw .error(
                    "secret.environment", "\(source.label): the environment has no \(name)", at: source.place,
                    hint: "export \(name)=… before you run kumki")
            }
            return Secret(label: source.label, value: value)
        case .file(let path):
            let file = resolve(path)
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                throw .error("secret.file", "\(source.label): \(file) can't be read", at: source.place)
            }
            return try checked(String(decoding: data, as: UTF8.self), source)
        case .command:
            throw .error("secret.command", "\(source.label): commands are not read yet", at: source.place)
        }
    }

    private func checked(_ text: String, _ source: SecretSource) throws(Diagnostic) -> Secret {
        var value = text
        while value.hasSuffix("\n") || value.hasSuffix("\r") { value.removeLast() }
        if value.isEmpty {
            throw .error("secret.empty", "\(source.label): the secret is empty", at: source.place)
        }
        return Secret(label: source.label, value: value)
    }

    private func resolve(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = URL(filePath: inventory.file).deletingLastPathComponent().path
        return folder.isEmpty ? path : folder + "/" + path
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
