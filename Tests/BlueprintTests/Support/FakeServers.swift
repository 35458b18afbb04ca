import Blueprint
import Diagnostics
import Hosts
import Inventory
import Resources
import TestSupport
import Testing

/// The database hosts of an inventory as folders, and programs that answer for them to the scripts of `templates/`.
///
/// One folder holds the programs, the servers by their address, and the clock, which moves when a script sleeps or
/// waits for somebody who hangs.
final class FakeServers {
    /// One server, and what is wrong with it.
    struct Server {
        enum Role: String { case primary, standby }

        var role: Role
        var timeline = 1
        var position = 100
        /// Nil is cut off.
        var follows: String?
        /// Names that the fake psql knows: `silent`, `hanging`, `stuck`, `lagging`, `shy`, `following`; `slow` is
        /// `hanging` once.
        var quirks: Set<String> = []
        /// What comes of pg_promote: `refuses`, `unheard`, `late`, `lost`, `answer lost`.
        var promotion = ""
        /// What the standbys' names are that a primary knows as ones that confirm.
        var confirming = 0

        static func primary(_ timeline: Int = 1, _ quirks: String...) -> Server {
            Server(role: .primary, timeline: timeline, quirks: Set(quirks))
        }

        static func standby(
            _ position: Int = 100, of follows: String? = "db1", timeline: Int = 1, promotion: String = "",
            _ quirks: String...
        ) -> Server {
            Server(
                role: .standby, timeline: timeline, position: position, follows: follows, quirks: Set(quirks),
                promotion: promotion)
        }
    }

    static let identifier = "7300000000000000001"

    let folder: TemporaryFolder
    let inventory: Inventory
    let design: Design
    private let blueprint: Blueprint

    init(_ name: String, _ edits: [(String, String)] = []) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        let places = (
            "  version: 15\n",
            "  version: 15\n  install: {existing: {prefix: \(folder.path)}}\n  data_directory: \(folder.path)/data\n"
        )
        inventory = try PlaybookTests.inventory(name, [places] + edits)
        design = PlaybookTests.design(inventory)
        let playbook = try Playbook(text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
        blueprint = try Blueprint(design, playbook: playbook)
        for place in ["bin", "kept", "servers"] { try folder.make(place) }
        for (name, text) in FakePrograms.all {
            try folder.write("bin/\(name)", "#!/bin/sh\nhere=\(folder.path)\n\(text)\n", mode: 0o755)
        }
        try folder.write("clock", "1000\n")
        try folder.write("events", "")
    }

    /// A script of the blueprint with its fixed places in the folder.
    func write(_ step: String, as name: String) throws {
        let step = try #require(blueprint.steps.first { $0.id == step })
        let file = try #require(step.resource as? ManagedFile)
        let text = file.writing.content.revealed
            .replacing("/var/lib/kumki/\(inventory.cluster)", with: "\(folder.path)/kept")
            .replacing("/run/kumki/\(inventory.cluster)", with: "\(folder.path)/kept")
        try folder.write(name, text, mode: 0o755)
    }

    func address(_ name: String) throws -> String { try #require(inventory.host(name)).address }

    func conninfo(_ standby: String, _ upstream: String) throws -> String {
        try UpstreamConnection(
            design, try #require(inventory.host(standby)), upstream: try #require(inventory.host(upstream))
        ).conninfo
    }

    func put(_ name: String, _ server: Server) throws {
        let place = "servers/\(try address(name))"
        try folder.make(place)
        func set(_ file: String, _ text: String) throws { try folder.write("\(place)/\(file)", text) }
        try set("name", name)
        try set("role", server.role.rawValue)
        try set("timeline", "\(server.timeline)")
        try set("position", "\(server.position)")
        try set("promotion", server.promotion)
        try set("confirming", "\(server.confirming)")
        try set("slots", "")
        try set("follows", try server.follows.map { try conninfo(name, $0) } ?? "")
        for quirk in server.quirks { try set(quirk, "") }
    }

    /// `primary 2`, `follows db2`, `follows nobody`.
    func state(_ name: String) throws -> String {
        let place = "servers/\(try address(name))"
        if try folder.text("\(place)/role").hasPrefix("primary") {
            return "primary " + (try folder.text("\(place)/timeline")).filter { !$0.isNewline }
        }
        let follows = try folder.text("\(place)/follows")
        if follows.isEmpty { return "follows nobody" }
        let upstream = try inventory.databaseHosts.first { host in
            if host.name == name { return false }
            return try follows == conninfo(name, host.name)
        }
        return "follows \(upstream?.name ?? follows)"
    }

    func slots(on name: String) throws -> [String] {
        try folder.text("servers/\(try address(name))/slots").split(separator: "\n").map(String.init).sorted()
    }

    /// What was done, in its order.
    var events: [String] {
        get throws { try folder.text("events").split(separator: "\n").map(String.init) }
    }

    /// Runs a script with dash, and looks that nothing in it can wait for ever.
    func run(
        _ script: String, _ arguments: [String], exit: Int, saying expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        // What a script leaves running in the background has ended as well once nobody writes any more.
        let wait = "{ sh \"$0\" \"$@\" 2>&1; echo $? >\(folder.path)/status; } | cat"
        let outcome = try await LocalProgram.run("sh", ["-c", wait, "\(folder.path)/\(script)"] + arguments)
        let lines = outcome.outputText.split(separator: "\n").map(String.init)
        let status = try folder.text("status").filter(\.isNumber)
        let isSaid = expected.allSatisfy { words in lines.contains { $0.contains(": \(words)") } }
        let done = try events
        #expect(
            status == String(exit) && isSaid && lines.allSatisfy { $0.hasPrefix("\(script): ") },
            "\(status)\n\(outcome.outputText)\(done)", sourceLocation: sourceLocation)
        let unscripted = (try? folder.text("unscripted")) ?? ""
        #expect(unscripted == "", sourceLocation: sourceLocation)
    }

    func shellcheck(_ script: String) async throws -> String {
        let check = try await LocalProgram.run("shellcheck", ["-s", "sh", "\(folder.path)/\(script)"])
        return check.outputText + check.errorText
    }
}
