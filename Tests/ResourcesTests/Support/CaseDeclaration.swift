import Diagnostics
import Pgpool
import PostgreSQL
import Resources

/// What a case declares: `name = value` lines over a sample of each kind.
struct CaseDeclaration: Sendable {
    private let values: [String: String]

    init(text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }
            guard let name = pair.first else { continue }
            let key = String(name.reversed().drop { $0 == " " }.reversed())
            values[key] = pair.count > 1 ? String(pair[1]) : ""
        }
        self.values = values
    }

    /// `\n` in a value is a line's end.
    private subscript(name: String) -> String? {
        values[name].map { $0.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n") }
    }

    private func text(_ name: String, _ sample: String) -> String { self[name] ?? sample }

    /// Empty stands for nothing.
    private func optional(_ name: String, _ sample: String?) -> String? {
        let value = self[name] ?? sample
        return value == "" ? nil : value
    }

    private func list(_ name: String, _ sample: String = "") -> [String] {
        text(name, sample).split(separator: ",").map { String($0.drop { $0 == " " }) }
    }

    private func table(_ name: String, _ sample: String = "") -> [String: String] {
        let pairs = list(name, sample).map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
        return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
    }

    /// Every `«name:value»` is a secret.
    private func content(_ name: String, _ sample: String) -> Content {
        var content = Content()
        for (index, part) in text(name, sample).split(separator: "«", omittingEmptySubsequences: false).enumerated() {
            guard index > 0, let end = part.firstIndex(of: "»") else {
                content.append(String(part))
                continue
            }
            let pair = part[..<end].split(separator: ":", maxSplits: 1).map(String.init)
            content.append(Secret(label: pair[0], value: pair[1]))
            content.append(String(part[part.index(after: end)...]))
        }
        return content
    }

    private func recoveryConf(_ name: String) -> Content? { self[name].map { Content($0) } }

    private var location: ServerLocation {
        let version = PostgresVersion(rawValue: text("version", "15")) ?? .v15
        return ServerLocation(
            version: version, binDirectory: "/usr/lib/postgresql/\(version)/bin",
            dataDirectory: text("data", "/var/lib/postgresql/\(version)/main"),
            configDirectory: "/etc/postgresql/\(version)/main", port: Int(text("port", "5432")) ?? 5432,
            unit: "postgresql@\(version)-main.service", isDistribution: true, startGuard: self["guard"])
    }

    private var peers: [AuthorizedKeys.Peer] {
        list("peers", "db2").enumerated().map { .init(host: $0.element, address: "198.18.0.\(12 + $0.offset)") }
    }

    private var attributes: LiveRole {
        let names = list("attributes")
        return LiveRole(
            superuser: names.contains("superuser"), createdb: names.contains("createdb"),
            replication: names.contains("replication"))
    }

    private var password: Role.Password? {
        if let verifier = self["verifier"] { return .verifier(Secret(label: "verifier", value: verifier)) }
        return self["password"].map { .clear(Secret(label: "password", value: $0)) }
    }

    private var product: SourceProduct {
        switch text("product", "postgres") {
        case "pgpool": .pgpool(beside: self["postgres"])
        case "arping": .arping
        default: .postgres("9.6")
        }
    }

    private var configurationFile: ServerConfigurationFile {
        ServerConfigurationFile(content: content("content", "max_connections = 100\n"), location: location)
    }

    typealias Make = @Sendable (CaseDeclaration) -> any Resource

    /// Every kind of Sources/Resources/Kinds by its name.
    static let kinds: [String: Make] = system.merging(server) { $1 }.merging(catalog) { $1 }.merging(pool) { $1 }

    private var pgpool: PgpoolLocation {
        PgpoolLocation(
            cluster: "shop", version: .v4_3, pcpUser: "kumki_ha",
            sourceMark: self["built"].map { _ in "/opt/pgpool/.kumki-pgpool" })
    }

    private static let pool: [String: Make] = [
        "PgpoolPackage": { _ in PgpoolPackage(["sudo"]) },
        "PgpoolStart": { PgpoolStart(location: $0.pgpool) },
        "PgpoolRestart": {
            PgpoolRestart(
                location: $0.pgpool,
                configuration: $0.content(
                    "content", "num_init_children = 8\nhealth_check_period = 1\nuse_watchdog = on\n"),
                sourceDigest: $0["built"])
        },
        "PgpoolReload": {
            PgpoolReload(
                location: $0.pgpool,
                configuration: $0.content("content", "num_init_children = 8\nhealth_check_period = 1\n"),
                files: ["pool_hba.conf": "local all all scram-sha-256\n"])
        },
        "PgpoolRekey": { PgpoolRekey(location: $0.pgpool, key: "key of the password\n") },
        "PgpoolStop": { PgpoolStop(location: $0.pgpool, "the pool and its virtual address go first") },
        "PgpoolHands": {
            PgpoolHands(
                $0["state"] == "on" ? .on : .off, location: $0.pgpool,
                configuration: $0.content("content", "backend_flag0 = 'ALLOW_TO_FAILOVER'\n"), backends: 1,
                isOffBefore: $0["before"] != "no")
        },
        "PgpoolBackends": {
            PgpoolBackends(
                location: $0.pgpool, backends: ["198.18.0.11", "198.18.0.12", "198.18.0.13"],
                serving: ["198.18.0.11", "198.18.0.12"], primary: "198.18.0.11", moves: $0["moves"] == "yes",
                hasWatchdog: $0["watchdog"] != "no")
        },
        "HAGrants": {
            HAGrants(role: "kumki_ha", failsOver: $0["watchdog"] != "no", location: $0.location)
        },
        "RunningService": {
            RunningService(unit: "kumki-shop-rejoin.service", content: $0.content("content", "[Service]\n"))
        },
        "StoppedService": { StoppedService(unit: "pgpool2.service", isRecorded: $0["recorded"] == "yes") },
    ]

    private static let system: [String: Make] = [
        "ManagedFile": {
            ManagedFile(
                name: "demo.conf", path: $0.text("path", "/etc/demo.conf"), content: $0.content("content", "a\nb\n"),
                mode: $0.text("mode", "0640"), owner: "postgres", group: "postgres",
                effect: Change.Effect(rawValue: $0.text("effect", "none")) ?? .none, check: $0["check"])
        },
        "ManagedBlock": {
            ManagedBlock(
                name: "hosts", path: $0.text("path", "/etc/demo"), cluster: "shop",
                content: $0.content("content", "198.18.0.11 db1\n"), mode: $0["mode"],
                position: $0.text("position", "bottom") == "top" ? .top : .bottom,
                supersedes: Set($0.list("supersedes")))
        },
        "ManagedDirectory": {
            ManagedDirectory(
                name: "archive directory", path: $0.text("path", "/srv/archive"), mode: "0700", owner: "postgres",
                group: "postgres")
        },
        "ServiceUnit": {
            ServiceUnit(unit: "postgresql-shop.service", content: $0.content("content", "[Unit]\n"))
        },
        "UnitDropIn": {
            UnitDropIn(
                name: "drop-in", unit: $0.location.unit, cluster: "shop",
                content: $0.content("content", "[Service]\n"))
        },
        "LeftoverFile": { LeftoverFile(path: $0.text("path", "/etc/demo.conf")) },
        "EnabledUnit": { EnabledUnit(unit: $0.text("unit", "postgresql.service")) },
        "ServerAccount": { ServerAccount(location: $0.location) },
        "DistributionPackages": {
            DistributionPackages(
                packages: $0.list("packages", "postgresql-15"), preventsOwnCluster: $0["cluster"] == "prevented",
                pgdgVersion: $0["pgdg"].flatMap { PostgresVersion(rawValue: $0) })
        },
        "SourceBuild": {
            SourceBuild(
                $0.product, archive: $0.text("archive", "src/postgresql-9.6.24.tar.bz2"),
                isURL: $0.text("archive", "").hasPrefix("https://"), inventoryFile: "inventories/old.yaml",
                sha256: String(repeating: "ab", count: 32), prefix: $0.text("prefix", "/opt/pg"))
        },
        "KeyPair": { KeyPair(KeyUse(of: $0.location, cluster: "shop")) },
        "AuthorizedKeys": { AuthorizedKeys(KeyUse(of: $0.location, cluster: "shop"), peers: $0.peers) },
        "KnownHosts": { KnownHosts(KeyUse(of: $0.location, cluster: "shop"), peers: $0.peers) },
        "Purged": {
            Purged(location: $0.location, cluster: "shop", primary: "db2")
        },
        "HostMark": {
            HostMark(
                HostMark.Kind(rawValue: $0.text("kind", "drained")) ?? .drained, cluster: "shop",
                state: $0["state"] == "absent" ? .absent : .present)
        },
        "Record": {
            Record(
                stage: $0.text("stage", "opening") == "opening" ? .opening : .closing, cluster: "shop",
                entries: $0.list("entries", "block /etc/hosts,slot db2"))
        },
    ]

    private static let server: [String: Make] = [
        "Initdb": {
            Initdb(
                location: $0.location, encoding: "UTF8", locale: "C.UTF-8", dataChecksums: true, walDirectory: $0["wal"]
            )
        },
        "BaseBackup": {
            BaseBackup(
                location: $0.location, upstream: "db1",
                connection: Conninfo([.init("host", $0.text("host", "198.18.0.11")), .init("user", "replicator")]),
                slot: $0.optional("slot", "db2"), walDirectory: $0["wal"],
                standbyFile: $0.content("content", "primary_conninfo = 'host=198.18.0.11 user=replicator'\n"),
                isRebuild: $0["rebuild"] == "yes",
                maxRate: $0["rate"].flatMap { Int($0) }.map { ByteCount(bytes: $0) })
        },
        "TimelineCheckpoint": { TimelineCheckpoint(location: $0.location) },
        "Rewind": {
            Rewind(
                location: $0.location, primary: "db2",
                connection: Conninfo([
                    .init("host", $0.text("host", "198.18.0.12")), .init("user", "replicator"),
                    .init("dbname", "postgres"),
                ]),
                standbyFile: $0.content("content", "primary_conninfo = 'host=198.18.0.12 user=replicator'\n"),
                restoreCommand: $0["restore"])
        },
        "SetAside": {
            SetAside(
                location: $0.location, primary: "db2",
                connection: Conninfo([
                    .init("host", $0.text("host", "198.18.0.12")), .init("user", "replicator"),
                ]), walDirectory: $0["wal"], isInPlace: $0["in-place"] == "yes",
                isDiscarded: $0["discard"] == "yes")
        },
        "Rebuilt": {
            Rebuilt(
                location: $0.location, isDiscarded: $0["discard"] == "yes", isCopiedBefore: $0["copied"] == "yes")
        },
        "StandbySignal": { StandbySignal(location: $0.location) },
        "RecoveryFile": {
            RecoveryFile(
                content: $0.content(
                    "content", "standby_mode = 'on'\nprimary_conninfo = 'host=198.18.0.11 user=replicator'\n"),
                location: $0.location)
        },
        "ServerConfigurationFile": { $0.configurationFile },
        "LoweredSettings": {
            LoweredSettings(
                file: $0.configurationFile,
                floors: $0.table("floors", "max_connections:100").compactMapValues { Int($0) },
                location: $0.location)
        },
        "AutoConfOverrides": {
            AutoConfOverrides(
                declared: Set($0.list("declared", "max_connections,work_mem,primary_conninfo")), location: $0.location)
        },
        "LiveSettingInAutoConf": {
            LiveSettingInAutoConf(
                setting: $0.text("setting", "primary_slot_name"), value: $0.optional("value", "db2"),
                location: $0.location)
        },
        "SynchronousNames": {
            SynchronousNames(
                value: $0.optional("value", "ANY 1 (db2, db3)"), standbys: ["db2", "db3"], confirm: 1,
                location: $0.location)
        },
        "ServerStart": {
            ServerStart(
                location: $0.location, isStoppedBefore: $0["stopped-before"] == "yes",
                isStandbyBefore: $0["standby-before"] == "yes")
        },
        "ServerStop": {
            ServerStop(location: $0.location, limit: $0["limit"].flatMap { Int($0) }.map { .seconds($0) })
        },
        "Retired": {
            Retired(location: $0.location, reason: $0["reason"] == "drained" ? .drained : .absent)
        },
        "Checkpoint": { Checkpoint(location: $0.location) },
        "Promotion": { Promotion(former: $0.optional("former", "db2"), location: $0.location) },
        "Confirmed": { Confirmed(confirm: 1, location: $0.location) },
        "CutOff": { CutOff(recoveryConf: $0.recoveryConf("recovery"), location: $0.location) },
        "CaughtUp": { declared in
            CaughtUp(
                peers: declared.list("peers", "db2,db3").map {
                    CaughtUp.Peer(
                        host: $0, conninfo: "host=\($0) user=replicator",
                        recoveryConf: declared.recoveryConf("recovery"),
                        isSynchronous: true)
                }, isSynchronous: true, needed: Int(declared.text("needed", "0")) ?? 0,
                cutOff: declared.recoveryConf("cut"), location: declared.location)
        },
        "Takeover": {
            Takeover(
                peers: $0.list("peers", "db2,db3"), fenced: ["db4"],
                servers: ["db1": "198.18.0.11", "db2": "198.18.0.12"], location: $0.location)
        },
        "HungServer": { HungServer(location: $0.location) },
        "NoStandbyFile": { NoStandbyFile(location: $0.location) },
        "Attached": {
            Attached(
                upstream: "db2", conninfo: "host=198.18.0.12 user=replicator", slot: "db1",
                recoveryConf: $0.recoveryConf("recovery"), isCutBefore: $0["cut-before"] == "yes", location: $0.location
            )
        },
        "ServerReload": {
            ServerReload(
                desired: $0.table("desired", "work_mem:4MB"), files: $0.table("files"),
                isNarrow: $0["narrow"] == "yes", location: $0.location)
        },
        "ServerRestart": { ServerRestart(desired: $0.table("desired", "max_connections:200"), location: $0.location) },
        "Streaming": {
            Streaming(upstream: "db1", upstreamAddress: "198.18.0.11", location: $0.location)
        },
    ]

    private static let catalog: [String: Make] = [
        "Role": {
            Role(
                role: $0.text("role", "app"), attributes: $0.attributes, password: $0.password,
                state: $0["state"] == "absent" ? .absent : .present, location: $0.location)
        },
        "RewindGrants": { RewindGrants(role: "replicator", location: $0.location) },
        "Database": {
            Database(
                database: $0.text("database", "app"), state: $0["state"] == "absent" ? .absent : .present,
                owner: $0.optional("owner", "app"), location: $0.location)
        },
        "Extension": {
            Extension(database: "app", extensionName: $0.text("extension", "pg_stat_statements"), location: $0.location)
        },
        "Slot": {
            Slot(
                slot: "db2", state: $0["state"] == "absent" ? .absent : .present, location: $0.location,
                isRemade: $0["remade"] == "yes")
        },
    ]
}
