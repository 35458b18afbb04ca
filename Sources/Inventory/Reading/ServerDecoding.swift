import Diagnostics
import PostgreSQL
import YAML

extension InventoryDecoder {
    func server(_ field: YAMLField) -> PostgreSQLOptions {
        field.mapping { map in
            let version = map.required("version", hint: "write `version: 15`").flatMap { $0.version() }
            var options = PostgreSQLOptions(version: version ?? .v15)
            if let install = map["install"].flatMap(serverInstall) { options.install = install }
            if let port = map["port"]?.port() { options.port = port }
            options.dataDirectory = map["data_directory"]?.absolutePath()
            options.walDirectory = map["wal_directory"]?.absolutePath()
            if let initdb = map["initdb"]?.mapping(self.initdb) { options.initdb = initdb }
            options.superuserPassword = map["superuser_password"]?.secret()
            if let field = map["settings"] { options.settings = settings(field) }
            if let field = map["hba"] { options.hba = field.list { $0.mapping(hbaLine) } }
            if let field = map["users"] { options.users = field.list { $0.mapping(user) } }
            if let field = map["databases"] { options.databases = field.list { $0.mapping(database) } }
            return options
        } ?? PostgreSQLOptions(version: .v15)
    }

    private func initdb(_ map: YAMLMapping) -> InitdbOptions {
        var options = InitdbOptions()
        if let encoding = map["encoding"]?.line() { options.encoding = encoding }
        if let locale = map["locale"]?.line() { options.locale = locale }
        if let checksums = map["data_checksums"]?.boolean() { options.dataChecksums = checksums }
        return options
    }

    // MARK: Where programs come from

    private func serverInstall(_ field: YAMLField) -> ServerInstall? {
        if let scalar = field.scalar {
            if scalar.text == "package" { return .package }
            field.rejectInstall(forms: "package, {source: {…}}, {existing: {prefix: …}}")
            return nil
        }
        return field.mapping { map -> ServerInstall? in
            let source = map["source"]
            let existing = map["existing"]
            if source != nil, existing != nil {
                field.rejectInstall(forms: "package, {source: {…}}, {existing: {prefix: …}}")
            }
            if let source { return source.mapping(archive).flatMap { $0 }.map { .source($0) } }
            if let existing {
                return existing.mapping { $0.required("prefix")?.absolutePath() }.flatMap { $0 }
                    .map { .existing(prefix: $0) }
            }
            field.rejectInstall(forms: "package, {source: {…}}, {existing: {prefix: …}}")
            return nil
        }.flatMap { $0 }
    }

    func toolInstall(_ field: YAMLField) -> ToolInstall? {
        if let scalar = field.scalar {
            if scalar.text == "package" { return .package }
            field.rejectInstall(forms: "package, {source: {…}}")
            return nil
        }
        return field.mapping { map -> ToolInstall? in
            map.required("source")?.mapping(archive).flatMap { $0 }.map { .source($0) }
        }.flatMap { $0 }
    }

    private func archive(_ map: YAMLMapping) -> SourceArchive? {
        let archive = map.required("archive")?.line("a path or a URL")
        let digest = map.required("sha256", hint: "write what `sha256sum` prints of the archive")?.sha256()
        let prefix = map["prefix"]?.absolutePath()
        if let archive, archive.contains("://"), !archive.hasPrefix("https://"), !archive.hasPrefix("http://") {
            map["archive"]?.reject("only http and https are fetched", hint: "fetch it yourself and write its path")
        }
        guard let archive, let digest else { return nil }
        return SourceArchive(archive: archive, sha256: digest, prefix: prefix)
    }

    // MARK: Settings

    /// `name: value`; the value as text, as PostgreSQL reads it: `true` is `on`.
    func settings(_ field: YAMLField) -> [DeclaredSetting] {
        var seen: [String: SourcePlace] = [:]
        return field.entries().compactMap { entry in
            let name = entry.key.lowercased()
            guard NamePattern.isSetting(name) else {
                entry.value.notes.error(
                    "inventory.name", "\(field.path): \"\(entry.key)\" is no name of a setting", at: entry.place,
                    hint: "write it as in the PostgreSQL documentation: max_connections")
                return nil
            }
            if let first = seen[name] {
                entry.value.notes.error(
                    "inventory.duplicate-setting", "\(field.path): \(name) is set twice (first at line \(first.line))",
                    at: entry.place, hint: "keep one: names of settings do not differ by case")
                return nil
            }
            seen[name] = entry.place
            if name != entry.key { field.notes.alias("\(field.path).\(name)", for: entry.value.path) }
            return entry.value.settingValue().map { DeclaredSetting(name: name, value: $0) }
        }
    }

    // MARK: pg_hba.conf

    private func hbaLine(_ map: YAMLMapping) -> DeclaredHBALine {
        let type = map.required("type")?.word(of: HBAWord.types) ?? "host"
        return DeclaredHBALine(
            type: type, databases: map.required("database", hint: "write `database: all` for all").map(words) ?? [],
            users: map.required("user", hint: "write `user: all` for all").map(words) ?? [],
            address: map["address"]?.line("an address"),
            method: map.required("method", hint: "write `method: scram-sha-256`")?.line("a method") ?? "",
            options: map["options"].map(settings) ?? [])
    }

    private func words(_ field: YAMLField) -> [String] {
        guard field.isList else { return field.line().map { [$0] } ?? [] }
        let items = field.items() ?? []
        if items.isEmpty { field.reject("is empty", hint: "write `all` for all") }
        return items.compactMap { $0.line() }
    }

    // MARK: Users and databases

    private func user(_ map: YAMLMapping) -> DeclaredUser {
        let name = map.required("name")?.identifier() ?? ""
        var user = DeclaredUser(name: name)
        user.password = map["password"]?.userPassword(label: "postgresql.users.\(name).password")
        user.attributes = map["attributes"]?.list { $0.choice(DeclaredUser.Attribute.self) } ?? []
        user.state = map["state"]?.choice(InventoryHost.State.self) ?? .present
        return user
    }

    private func database(_ map: YAMLMapping) -> DeclaredDatabase {
        var database = DeclaredDatabase(name: map.required("name")?.identifier() ?? "")
        database.owner = map["owner"]?.identifier()
        database.extensions = map["extensions"]?.list { $0.identifier() } ?? []
        database.state = map["state"]?.choice(InventoryHost.State.self) ?? .present
        return database
    }
}

/// The words that stand in the columns of pg_hba.conf.
enum HBAWord {
    static let types = ["local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"]
    static let methods = [
        "scram-sha-256", "md5", "password", "reject", "cert", "peer", "ident", "gss", "sspi", "ldap", "radius", "pam",
        "bsd", "oauth", "trust",
    ]
}

extension YAMLField {
    fileprivate func version() -> PostgresVersion? {
        guard let scalar, !isNull else {
            mistyped("a version of PostgreSQL")
            return nil
        }
        let known = PostgresVersion.supported.map(\.rawValue).joined(separator: ", ")
        if let version = PostgresVersion(rawValue: scalar.text) {
            if scalar.meaning != .text { return version }
            mistyped("a version of PostgreSQL as a number", hint: "remove the quotes: \(scalar.text)")
            return nil
        }
        let major = scalar.text.split(separator: ".").first.map(String.init) ?? ""
        let minor = scalar.text.split(separator: ".").prefix(2).joined(separator: ".")
        if let version = PostgresVersion(rawValue: minor) ?? PostgresVersion(rawValue: major) {
            reject(
                "\"\(scalar.text)\" is a minor version", hint: "write the major version alone: \(version.rawValue)")
        } else {
            reject("PostgreSQL \"\(scalar.text)\" is not supported", hint: "the versions are \(known)")
        }
        return nil
    }

    fileprivate func rejectInstall(forms: String) {
        reject("does not say where the program comes from", hint: "write one of \(forms)")
    }

    fileprivate func sha256() -> String? {
        guard let scalar, !isNull else {
            mistyped("a SHA-256 digest")
            return nil
        }
        let digest = scalar.text.lowercased()
        guard digest.utf8.count == 64,
            digest.utf8.allSatisfy({ NamePattern.isDigit($0) || (0x61...0x66).contains($0) })
        else {
            reject("is no SHA-256 digest", hint: "write the 64 hexadecimal digits that `sha256sum` prints")
            return nil
        }
        return digest
    }

    /// A word of a closed list that has no type of its own.
    func word(of allowed: [String]) -> String? {
        guard let word = line("one of \(allowed.joined(separator: ", "))") else { return nil }
        if allowed.contains(word) { return word }
        rejectWord(word, allowed: allowed)
        return nil
    }

    /// The value of a setting, as the text that PostgreSQL reads.
    fileprivate func settingValue() -> String? {
        guard let scalar else {
            mistyped("the value of a setting", hint: isList ? "write a list as text: 'a, b'" : nil)
            return nil
        }
        switch scalar.meaning {
        case .boolean(let value): return value ? "on" : "off"
        case .null: mistyped("the value of a setting", hint: "write '' for an empty value, or leave the key out")
        case .ambiguousInteger: rejectAmbiguous()
        case .integer, .hugeInteger, .number, .text:
            if !scalar.text.unicodeScalars.contains(where: { $0.value < 0x20 }) { return scalar.text }
            reject("holds a line break or another control character")
        }
        return nil
    }

    /// The name of a role, a database or an extension: at most 63 bytes.
    ///
    /// - Source: PostgreSQL documentation, "Identifiers and Key Words".
    fileprivate func identifier() -> String? {
        guard let name = line("a name") else { return nil }
        if name.utf8.count > 63 {
            reject("has \(name.utf8.count) bytes, more than the 63 of a PostgreSQL name")
            return nil
        }
        return name
    }
}
