import Diagnostics
import Inventory
import Testing

@Suite("The rules of the topology")
struct TopologyRuleTests {
    @Test("each rule is broken by its case, at its place", arguments: roles + upstreams + synchronous + settings)
    func topology(_ rule: RuleCase) {
        #expect(rule.found == rule.expected)
    }

    @Test("the rules of engines, votes and virtual addresses", arguments: engines + addresses)
    func engine(_ rule: RuleCase) {
        #expect(rule.found == rule.expected)
    }

    static let roles = [
        RuleCase("nothing wrong"),
        RuleCase(
            "no primary", hosts: "a: {address: 198.18.0.1, roles: [standby]}", expect: "4:1 error topology.no-primary"),
        RuleCase(
            "the primary leaves",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary], state: absent}\nb: {address: 198.18.0.2, roles: [standby]}",
            expect: "4:1 error topology.no-primary"),
        RuleCase(
            "two primaries",
            hosts: "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [primary]}",
            expect: "6:35 error topology.primaries"),
        RuleCase(
            "primary and standby", hosts: "a: {address: 198.18.0.1, roles: [primary, standby]}",
            expect: "5:35 error topology.roles"),
        RuleCase(
            "a witness with the database",
            hosts: "a: {address: 198.18.0.1, roles: [primary, witness]}",
            expect: "5:35 error topology.roles", "5:35 warning inventory.unused"),
        RuleCase(
            "an upstream of a host without a database",
            hosts: "a: {address: 198.18.0.1, roles: [primary]}\np: {address: 198.18.0.2, roles: [pgpool], upstream: a}",
            more: poolSecrets,
            expect: "6:55 error topology.not-a-database"),
    ]

    static let upstreams = [
        RuleCase(
            "an upstream that is nobody",
            hosts:
                "db1: {address: 198.18.0.1, roles: [primary]}\ndb2: {address: 198.18.0.2, roles: [standby]}\ndb3: {address: 198.18.0.3, roles: [standby], upstream: db22}",
            expect: "7:58 error topology.upstream"),
        RuleCase(
            "an upstream without a database",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], upstream: p}\np: {address: 198.18.0.3, roles: [pgpool]}",
            more: poolSecrets,
            expect: "6:56 error topology.upstream"),
        RuleCase(
            "following oneself",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], upstream: b}",
            expect: "6:56 error topology.upstream"),
        RuleCase(
            "following the primary of birth by name",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], upstream: a}",
            expect: "6:56 warning topology.pinned-upstream"),
        RuleCase(
            "following a host that leaves",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], state: absent}\nc: {address: 198.18.0.3, roles: [standby], upstream: b}",
            expect: "7:56 warning topology.upstream-leaves"),
        RuleCase(
            "a ring",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], upstream: c}\nc: {address: 198.18.0.3, roles: [standby], upstream: d}\nd: {address: 198.18.0.4, roles: [standby], upstream: b}",
            expect: "6:56 error topology.cycle"),
        RuleCase(
            "a late standby that may be promoted",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: {apply_delay: 1h}}",
            expect: "6:73 warning topology.delayed-candidate"),
    ]

    static let synchronous = [
        RuleCase(
            "a cascaded standby that is sync", replication: "{password: {env: R}, synchronous: {confirm: 1}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}\nc: {address: 198.18.0.3, roles: [standby], replication: sync}\nd: {address: 198.18.0.4, roles: [standby], replication: {mode: sync}, upstream: b}",
            expect: "8:66 error topology.cascaded-sync"),
        RuleCase(
            "a late standby that is sync",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}\nc: {address: 198.18.0.3, roles: [standby], replication: {mode: sync, apply_delay: 1h}}",
            expect: "7:85 error topology.delayed-sync"),
        RuleCase(
            "more confirmations than sync standbys", replication: "{password: {env: R}, synchronous: {confirm: 2}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}",
            expect: "3:58 error topology.confirm"),
        RuleCase(
            "confirmations without a sync standby", replication: "{password: {env: R}, synchronous: {method: any}}",
            expect: "3:35 error topology.confirm"),
        RuleCase(
            "too few left after a failover",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary], replication: async}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}",
            expect: "6:59 error topology.confirm-after-failover"),
        RuleCase(
            "too few left after a failover, but to a host that is never promoted",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary], replication: async}\nb: {address: 198.18.0.2, roles: [standby], replication: {mode: sync, failover: false}}",
            expect: "6:66 warning topology.confirm-tight"),
        RuleCase(
            "just as many sync standbys as must confirm",
            replication: "{password: {env: R}, synchronous: {confirm: 1}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}",
            expect: "3:58 warning topology.confirm-tight"),
        RuleCase(
            "a quorum before version 10", postgresql: "{version: 9.6}",
            replication: "{password: {env: R}, synchronous: {method: any}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}\nc: {address: 198.18.0.3, roles: [standby], replication: sync}",
            expect: "3:57 error topology.any-version"),
        RuleCase(
            "a priority without meaning",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: {mode: sync, priority: 1}}\nc: {address: 198.18.0.3, roles: [standby], replication: sync}",
            expect: "6:82 warning topology.priority"),
        RuleCase(
            "a priority on an async host", replication: "{password: {env: R}, synchronous: {method: first}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], replication: sync}\nc: {address: 198.18.0.3, roles: [standby], replication: sync}\nd: {address: 198.18.0.4, roles: [standby], replication: {priority: 1}}",
            expect: "8:70 warning topology.priority"),
    ]

    static let settings = [
        RuleCase(
            "a standby's own setting below the primary's",
            postgresql: "{version: 15, settings: {max_connections: 200}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], settings: {max_connections: 150}}",
            expect: "6:74 error topology.hot-standby-setting"),
        RuleCase(
            "a standby's own setting above the primary's",
            postgresql: "{version: 15, settings: {max_connections: 200}}",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], upstream: a, settings: {max_connections: 250}}",
            expect: "6:56 warning topology.pinned-upstream"),
        RuleCase(
            "a candidate's own setting above that of another host",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby], settings: {max_worker_processes: 16}}",
            expect: "6:79 error topology.hot-standby-setting"),
    ]

    static let three = """
        a: {address: 198.18.0.1, roles: [primary, pgpool]}
        b: {address: 198.18.0.2, roles: [standby, pgpool]}
        w: {address: 198.18.0.3, roles: [witness]}
        """
    static let two = """
        a: {address: 198.18.0.1, roles: [primary, pgpool]}
        b: {address: 198.18.0.2, roles: [standby, pgpool]}
        """
    /// What pgpool-II needs under no engine.
    static let poolSecrets = "ha: {password: {env: H}}\npgpool: {pcp_password: {env: P}}"
    static let ha = "ha: {engine: pgpool, password: {env: H}}\n"
    static func pool(_ more: String = "", watchdog: String = "") -> String {
        "pgpool: {pcp_password: {env: P}, watchdog: {auth_key: {env: K}\(watchdog)}\(more)}\n"
    }

    static let engines = [
        RuleCase("three voters", hosts: three, more: ha + pool()),
        RuleCase(
            "two voters who say nothing of half votes", hosts: two, more: ha + pool(),
            expect: "7:14 error topology.half-votes"),
        RuleCase(
            "two voters, one may decide", hosts: two, more: ha + pool(watchdog: ", half_votes: true"),
            expect: "8:77 warning topology.two-voters"),
        RuleCase(
            "two voters, both must", hosts: two, more: ha + pool(watchdog: ", half_votes: false"),
            expect: "8:77 warning topology.two-voters"),
        RuleCase(
            "half of etcd", hosts: two,
            more:
                "ha: {engine: patroni, password: {env: H}}\npgpool: {pcp_password: {env: P}, watchdog: {half_votes: true}}",
            expect: "8:57 error topology.half-votes"),
        RuleCase(
            "four voters",
            hosts: three + "\nx: {address: 198.18.0.4, roles: [witness]}", more: ha + pool(),
            expect: "9:14 warning topology.even-voters"),
        RuleCase(
            "one voter",
            hosts: "a: {address: 198.18.0.1, roles: [primary, pgpool]}\nb: {address: 198.18.0.2, roles: [standby]}",
            more: ha + "pgpool: {pcp_password: {env: P}}", expect: "7:14 warning topology.single-voter"),
        RuleCase(
            "no pgpool", more: ha + "pgpool: {pcp_password: {env: P}}", expect: "7:14 error topology.no-pgpool"),
        RuleCase(
            "two witnesses of Pacemaker", hosts: three + "\nx: {address: 198.18.0.4, roles: [witness]}",
            more: "ha: {engine: pacemaker, password: {env: H}}\npgpool: {pcp_password: {env: P}}",
            expect: "8:35 error topology.witnesses"),
        RuleCase(
            "secrets of the engine", hosts: three, more: "ha: {engine: pgpool}\npgpool: {port: 9999}",
            expect: "8:1 error inventory.missing-secret", "9:1 error inventory.missing-secret",
            "9:1 error inventory.missing-secret"),
        RuleCase(
            "a witness without an engine",
            hosts: "a: {address: 198.18.0.1, roles: [primary]}\nw: {address: 198.18.0.3, roles: [witness]}",
            expect: "6:35 warning inventory.unused"),
        RuleCase(
            "nobody to take over",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary, pgpool]}\nb: {address: 198.18.0.2, roles: [standby, pgpool], replication: {failover: false}}\nw: {address: 198.18.0.3, roles: [witness]}",
            more: ha + pool(), expect: "8:14 warning topology.no-candidate"),
        RuleCase(
            "a zone that holds most votes",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary, pgpool], zone: x}\nb: {address: 198.18.0.2, roles: [standby, pgpool], zone: x}\nw: {address: 198.18.0.3, roles: [witness], zone: y}",
            more: ha + pool(), expect: "5:60 warning topology.zone-majority"),
        RuleCase(
            "a host without a zone",
            hosts: "a: {address: 198.18.0.1, roles: [primary], zone: x}\nb: {address: 198.18.0.2, roles: [standby]}",
            expect: "6:3 warning topology.zone-missing"),
        RuleCase(
            "an old pgpool that counts half as a quorum", hosts: two,
            more: ha
                + pool(
                    ", install: {source: {archive: pgpool-II-4.0.2.tar.gz, sha256: \(String(repeating: "0", count: 64))}}",
                    watchdog: ", half_votes: false"),
            expect: "8:77 warning topology.two-voters", "8:77 error topology.pgpool-half-votes"),
        RuleCase(
            "an old pgpool without a quorum", hosts: three,
            more: ha
                + pool(
                    ", install: {source: {archive: pgpool-II-3.5.2.tar.gz, sha256: \(String(repeating: "0", count: 64))}}"
                ),
            expect: "9:66 warning topology.pgpool-quorum"),
        RuleCase(
            "an old pgpool, an even number of voters and nothing written",
            hosts: three + "\nd: {address: 198.18.0.4, roles: [witness]}",
            more: ha
                + pool(
                    ", install: {source: {archive: pgpool-II-3.6.2.tar.gz, sha256: \(String(repeating: "0", count: 64))}}"
                ),
            expect: "9:14 warning topology.even-voters", "10:66 warning topology.pgpool-quorum",
            "10:66 error topology.pgpool-half-votes"),
        RuleCase(
            "a PostgreSQL whose standbys can't be pointed elsewhere", postgresql: "{version: 12}", hosts: three,
            more: ha + pool(),
            expect: "2:23 error engine.version"),
        RuleCase(
            "nobody may kill an old primary", hosts: three, more: ha + pool() + "key_exchange: off\n",
            expect: "10:15 warning engine.no-keys"),
        RuleCase(
            "a weight and a priority without meaning",
            hosts:
                "a: {address: 198.18.0.1, roles: [primary], pgpool: {priority: 2}}\np: {address: 198.18.0.2, roles: [pgpool], pgpool: {weight: 2}}",
            more: poolSecrets, expect: "5:65 warning inventory.unused", "6:62 warning inventory.unused"),
        RuleCase("a pool that nobody runs", more: "pgpool: {port: 9999}", expect: "7:1 warning inventory.unused"),
        RuleCase(
            "a watchdog that is always late", hosts: three, more: ha + pool(watchdog: ", interval: 3s, deadtime: 2s"),
            expect: "9:89 error inventory.watchdog-times"),
        RuleCase(
            "a watchdog that is later than the profile's deadtime", hosts: three,
            more: ha + pool(watchdog: ", interval: 5s"), expect: "9:75 error inventory.watchdog-times"),
    ]

    static let addresses = [
        RuleCase(
            "one address twice",
            hosts: "a: {address: 2001:db8::1, roles: [primary]}\nb: {address: '2001:DB8:0::1', roles: [standby]}",
            expect: "6:16 error topology.duplicate-address"),
        RuleCase(
            "the VIP has a host's address", hosts: three,
            more: ha + pool() + "vips: {writer: {address: 198.18.0.2/24}}",
            expect: "10:26 error topology.duplicate-address"),
        RuleCase(
            "a VIP that nothing holds", more: "vips: {writer: {address: 198.18.0.9/24}}",
            expect: "7:8 error topology.vip-engine"),
        RuleCase(
            "pgpool holds no reader VIP", hosts: three, more: ha + pool() + "vips: {reader: {address: 198.18.0.9/24}}",
            expect: "10:8 error topology.vip-reader"),
        RuleCase(
            "a VIP of another network", hosts: three, more: ha + pool() + "vips: {writer: {address: 198.18.1.9/24}}",
            expect: "10:26 warning topology.vip-network"),
        RuleCase(
            "a VIP with the name of a host", hosts: three,
            more: ha + pool() + "vips: {writer: {address: 198.18.0.9/24, name: b}}",
            expect: "10:47 error topology.duplicate-name"),
        RuleCase(
            "an address that leads nowhere",
            hosts: "a: {address: 127.0.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby]}",
            expect: "5:16 error topology.unreachable-address"),
        RuleCase(
            "pool and server on one port", hosts: two,
            more: "pgpool: {port: 5432, pcp_password: {env: P}}\nha: {password: {env: H}}",
            expect: "7:16 error topology.port-collision"),
        RuleCase(
            "the pool's two ports", hosts: two,
            more: "pgpool: {pcp_port: 9999, pcp_password: {env: P}}\nha: {password: {env: H}}",
            expect: "7:20 error topology.port-collision"),
    ]
}
