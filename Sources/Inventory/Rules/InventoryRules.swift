import Diagnostics
import YAML

/// The rules across keys: what is well written and yet cannot be.
struct InventoryRules {
    let inventory: Inventory
    /// The paths whose values could not be read: rules that need them have nothing to say.
    let unreadable: Set<String>

    private let keyPlaces: [String: SourcePlace]

    init(_ inventory: Inventory, notes: DecodingNotes) {
        self.inventory = inventory
        unreadable = notes.unreadable
        keyPlaces = notes.keyPlaces
    }

    func problems() -> [Diagnostic] {
        let everywhere: [() -> [Diagnostic]] = [addresses, ports, directories, secrets, accounts, hba, settings]
        let aboutTopology: [() -> [Diagnostic]] = [roles, upstreams, synchronous, engine, hotStandbySettings]
        return (everywhere + (topologyIsReadable ? aboutTopology : [])).flatMap { $0() }
    }

    /// Whether who follows whom could be read of every host.
    private var topologyIsReadable: Bool {
        let keys = ["roles", "upstream", "replication", "state"]
        return !unreadable.contains { path in
            guard path.hasPrefix("hosts") else { return false }
            let parts = path.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count < 3 || keys.contains { parts[2].hasPrefix($0) }
        }
    }

    /// Whether the versions' own rules can be applied.
    var versionIsReadable: Bool { !unreadable.contains("postgresql.version") }

    /// The place of the first of these paths that was written, else the start of the file.
    func place(_ paths: String...) -> SourcePlace {
        paths.lazy.compactMap { inventory.places[$0] }.first
            ?? SourcePlace(file: inventory.file, line: 1, column: 1)
    }

    /// The place of the key itself.
    func keyPlace(_ path: String) -> SourcePlace { keyPlaces[path] ?? place(path) }

    func isWritten(_ path: String) -> Bool { inventory.places[path] != nil }

    /// Hosts that are to stay, in the order of the file.
    var presentHosts: [InventoryHost] { inventory.hosts.filter { $0.state == .present } }

    /// `db1`, `db1 and db2`, `db1, db2 and db3`.
    static func list(_ names: [String], _ word: String = "and") -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " \(word) " + last
    }
}
