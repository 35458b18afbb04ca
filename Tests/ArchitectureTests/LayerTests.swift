import Testing

@Suite struct LayerTests {
    @Test("every folder of Sources is a room of the table, and every room is a folder")
    func rooms() throws {
        let tools = ["embed"]
        #expect(try Repository.names(in: "Sources").filter { !tools.contains($0) } == Room.all.map(\.name).sorted())
        #expect(Repository.sources.count > 20)
    }

    @Test("a room imports only rooms below its own", arguments: Room.all)
    func layers(room: Room) {
        for name in room.imports {
            guard let other = Room.named(name) else { continue }
            #expect(other.layer < room.layer, "\(room.name) imports \(name)")
        }
    }

    @Test("every import is one that the table allows", arguments: Repository.sources)
    func imports(source: SwiftSource) {
        guard source.file.folders.count > 1, let room = Room.named(source.file.folders[1]) else { return }
        for line in source.imports {
            #expect(
                room.allowed.union(Room.always).contains(line.module),
                "\(source):\(line.line): \(room.name) may not import \(line.module)")
        }
    }

    @Test("a C library's types stay inside the rooms that import it", arguments: Repository.sources)
    func libraries(source: SwiftSource) {
        for line in source.imports where line.isShown {
            #expect(Room.named(line.module)?.isLibrary != true, "\(source):\(line.line): import \(line.module)")
        }
    }

    @Test("each C library is one module, named after its folder", arguments: Room.all.filter(\.isLibrary))
    func modules(room: Room) throws {
        let map = try Repository.text(of: "Sources/\(room.name)/module.modulemap")
        #expect(map.matches(of: /module\s+(\w+)/).map { String($0.1) } == [room.name])
    }

    @Test("docs/architecture.md states the same table")
    func documented() throws {
        var documented: [Room] = []
        for line in try Repository.text(of: "docs/architecture.md").split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimming(" ") }
            guard line.hasPrefix("|"), cells.count == 4, let layer = Int(cells[0]) else { continue }
            let imports = cells[3] == "–" ? [] : cells[3].split(separator: ",").map { String($0.trimming(" `")) }
            for name in cells[1].split(separator: ",") {
                documented.append(Room(layer: layer, name: name.trimming(" `"), imports: imports))
            }
        }
        #expect(documented == Room.all)
    }
}

extension StringProtocol {
    /// The text without some characters at its ends.
    func trimming(_ characters: String) -> String {
        let start = firstIndex { !characters.contains($0) } ?? endIndex
        let end = lastIndex { !characters.contains($0) }.map { index(after: $0) } ?? start
        return String(self[start..<Swift.max(start, end)])
    }
}
