import Diagnostics
import PostgreSQL
import YAML

/// Turns the tree of an inventory into the model, defaults filled in; the rules across keys come afterwards.
struct InventoryDecoder {
    let file: String

    /// The model, with stand-ins for what could not be read; nil when the file is no mapping at all.
    func inventory(from root: YAMLField) -> Inventory? {
        guard root.isMapping else {
            root.notes.error(
                root.notes.codes.type, "an inventory is a mapping with the keys cluster, hosts and postgresql",
                at: root.place,
                hint: "begin with `cluster: NAME`; `kumki init` writes one to start from")
            return nil
        }
        return root.mapping { map in
            let cluster = map.required("cluster", hint: "write `cluster: NAME` at the top")?.clusterName() ?? ""
            let ssh = map["ssh"].flatMap { self.ssh($0, over: SSHOptions()) } ?? SSHOptions()
            var inventory = Inventory(
                file: file, cluster: cluster,
                hosts: map.required("hosts", hint: "say which hosts there are and what they do")
                    .map { hosts($0, ssh: ssh) } ?? [],
                postgresql: postgresql(map))
            if let field = map["vips"] { inventory.vips = vips(field) }
            if let field = map["replication"] { inventory.replication = replication(field) }
            if let field = map["ha"] { inventory.ha = engine(field) }
            if let choice = map["key_exchange"]?.choice(KeyExchange.self) { inventory.keyExchange = choice }
            if let field = map["pgpool"] { inventory.pgpool = pgpool(field) }
            if let field = map["arping"] {
                inventory.arping = field.mapping { $0["install"].flatMap(toolInstall) }.flatMap { $0 } ?? .package
            }
            // 9.6 knows no quorum; the rules refuse `any` where it was written.
            if inventory.postgresql.version < .v10, map.notes.places["replication.synchronous.method"] == nil {
                inventory.replication.method = .first
            }
            inventory.places = root.notes.places
            return inventory
        }
    }

    private func postgresql(_ map: YAMLMapping) -> PostgreSQLOptions {
        guard let field = map["postgresql"] else {
            map.notes.error(
                map.notes.codes.missingKey, "the key `postgresql.version` is missing", at: map.field.place,
                path: "postgresql.version", hint: "write `postgresql: {version: 15}`")
            return PostgreSQLOptions(version: .v15)
        }
        return server(field)
    }
}

extension YAMLField {
    func clusterName() -> String? {
        guard let name = text("a name") else { return nil }
        guard NamePattern.isCluster(name) else {
            reject("\"\(name)\" is no cluster name", hint: NamePattern.clusterHint)
            return nil
        }
        return name
    }

    func duration() -> Duration? {
        parsed("a duration", hint: "write a whole number and a unit: 500ms, 10s, 2min, 1h or 7d") {
            Duration(postgresText: $0)
        }
    }

    func byteCount() -> ByteCount? {
        parsed("a size", hint: "write a whole number and a unit: 64MB, 1GB") { ByteCount(postgresText: $0) }
    }

    func port() -> Int? { integer(in: 1...65535, "a port") }

    /// Text that ends up in files line by line: no control characters.
    func line(_ expected: String = "text") -> String? {
        guard let text = text(expected) else { return nil }
        if text.isEmpty {
            reject("is empty", hint: "give it a value, or leave the key out")
            return nil
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            reject("holds a line break or another control character")
            return nil
        }
        return text
    }

    /// A path that stands on a host.
    func absolutePath() -> String? {
        guard let path = line("a path") else { return nil }
        guard path.hasPrefix("/") else {
            reject("\"\(path)\" is not an absolute path", hint: "begin with /")
            return nil
        }
        if path.split(separator: "/").contains("..") {
            reject("\"\(path)\" holds ..", hint: "write the path out")
            return nil
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
