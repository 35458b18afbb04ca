/// Which room may import which, from the ground up; docs/architecture.md states the same table.
struct Room: Hashable, Sendable {
    let layer: Int
    let name: String
    /// What it may import, and with that all that those rooms may import; C modules and packages only by name.
    let imports: [String]

    static let all = [
        Room(layer: 0, name: "CLibYAML", imports: []),
        Room(layer: 0, name: "CLibSSH2", imports: []),
        Room(layer: 0, name: "CLibCrypto", imports: []),
        Room(layer: 0, name: "CEpoll", imports: []),
        Room(layer: 1, name: "Diagnostics", imports: []),
        Room(layer: 1, name: "Graph", imports: []),
        Room(layer: 2, name: "YAML", imports: ["CLibYAML", "Diagnostics"]),
        Room(layer: 2, name: "PostgreSQL", imports: ["CLibCrypto", "Diagnostics"]),
        Room(layer: 2, name: "Pgpool", imports: ["CLibCrypto", "Diagnostics"]),
        Room(layer: 2, name: "Hosts", imports: ["Diagnostics"]),
        Room(layer: 3, name: "SSH", imports: ["CLibSSH2", "CLibCrypto", "CEpoll", "Hosts"]),
        Room(layer: 3, name: "Inventory", imports: ["YAML", "PostgreSQL", "Pgpool"]),
        Room(layer: 3, name: "Templates", imports: ["Diagnostics"]),
        Room(layer: 4, name: "Resources", imports: ["Hosts", "PostgreSQL", "Pgpool"]),
        Room(layer: 5, name: "Blueprint", imports: ["Inventory", "Templates", "Resources", "Graph"]),
        Room(layer: 6, name: "Planning", imports: ["Blueprint"]),
        Room(layer: 7, name: "Applying", imports: ["Planning"]),
        Room(layer: 8, name: "Operations", imports: ["Applying"]),
        Room(layer: 8, name: "Lab", imports: ["Hosts", "Inventory", "Subprocess", "SystemPackage"]),
        Room(layer: 9, name: "CommandLine", imports: ["Operations", "SSH", "Lab", "ArgumentParser", "Logging"]),
        Room(layer: 10, name: "kumki", imports: ["CommandLine"]),
    ]

    static func named(_ name: String) -> Room? { all.first { $0.name == name } }

    var isLibrary: Bool { layer == 0 }

    /// Every module that a file of this room may import.
    var allowed: Set<String> {
        var result = Set(imports)
        for name in imports {
            guard let room = Room.named(name), !room.isLibrary else { continue }
            result.formUnion(room.allowed.filter { Room.named($0)?.isLibrary == false })
        }
        return result
    }

    /// What comes with the toolchain and the system, for every room.
    static let always: Set<String> = ["FoundationEssentials", "Synchronization", "Glibc", "Musl", "Darwin"]
}
