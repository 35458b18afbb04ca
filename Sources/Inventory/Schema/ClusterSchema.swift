extension InventorySchema {
    static let replication: SchemaValue = .mapping(
        "How standbys follow.",
        [
            "user": .reference("name", "The role that replicates; default: replicator."),
            "password": .reference("secret", "Needed as soon as there is a standby."),
            "synchronous": .mapping(
                "How commits are confirmed, where a host is sync.",
                [
                    "method": .choice(
                        "Any of them, from PostgreSQL 10 on, or the first by priority.", ReplicationOptions.Method.self,
                        default: .any),
                    "confirm": .integer("How many confirm each commit; default: 1.", 1...100),
                ]),
            "slots": .boolean("One replication slot a standby, on its own upstream.", default: true),
            "archive": .mapping(
                "Where finished WAL goes.", required: ["directory"],
                [
                    "directory": .reference("path", "On the hosts."),
                    "shared": .boolean("Every host sees it, so that standbys restore from it.", default: false),
                    "keep": .reference("duration", "Default: for ever."),
                ]),
        ])

    static let engine: SchemaValue = .mapping(
        "Who watches the cluster and fails it over.",
        [
            "engine": .choice("The engine.", EngineOptions.Engine.self, default: EngineOptions.Engine.none),
            "user": .reference("name", "The role of health checks and failover scripts; default: kumki_ha."),
            "password": .reference("secret", "Needed with an engine."),
            "auto_failover": .boolean("Whether it promotes by itself.", default: true),
            "auto_rejoin": .choice(
                "How an old primary comes back by itself.", EngineOptions.AutoRejoin.self, default: .rewind),
            "missing_standbys": .choice(
                "Too few standbys answer to know that nothing acknowledged is lost: wait for them, or promote.",
                EngineOptions.MissingStandbys.self, default: .wait),
            "profile": .choice("All time-outs of the engine at once.", EngineOptions.Profile.self, default: .fast),
            "delay": .reference("duration", "Earliest promotion after the first failed check; default: 0s."),
        ])

    static let pgpool: SchemaValue = .mapping(
        "pgpool-II on the hosts with that role.",
        [
            "install": .reference("toolInstall", "Where it comes from; default: package."),
            "port": .reference("port", "Default: 9999."),
            "pcp_port": .reference("port", "Default: 9898."),
            "pcp_password": .reference("secret", "Needed with the engine pgpool."),
            "load_balance": .boolean("Whether reads go to standbys too.", default: true),
            "routing": .choice(
                "All nodes, or a plain pool in front of the primary.", PgpoolOptions.Routing.self, default: .all),
            "health_check": .mapping(
                "As ha.profile says, if not written; whole seconds.",
                [
                    "period": .reference("duration", "Between two checks."),
                    "timeout": .reference("duration", "Of one check."),
                    "retries": .integer("Failed checks before a node counts as down.", 0...1000),
                ]),
            "watchdog": .mapping(
                "How pgpools watch each other; whole seconds.",
                [
                    "interval": .reference("duration", "Between two beats."),
                    "deadtime": .reference("duration", "Silence after which one counts as dead."),
                    "half_votes": [
                        "description": "Whether exactly half of the votes decide; two voters need it written.",
                        "type": "boolean",
                    ],
                    "auth_key": .reference("secret", "What watchdogs know each other by."),
                ]),
            "settings": .reference("settings", "For pgpool.conf."),
        ])
}
