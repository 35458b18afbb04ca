extension InventorySchema {
    static let hosts: SchemaValue = [
        "description": "The hosts by name.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "patternProperties": ["^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": host],
    ]

    private static let host: SchemaValue = .mapping(
        "One host; its name goes into /etc/hosts and is its application_name, slot and node id.",
        required: ["address", "roles"],
        [
            "address": .string("An IP address or a DNS name."),
            "roles": [
                "description": "What the host does; primary says only where the cluster is born.", "type": "array",
                "minItems": 1, "uniqueItems": true, "items": .choice("A role.", InventoryHost.Role.self),
            ],
            "zone": .string("Where the host stands: what fails together."),
            "upstream": .string("The database host that it streams from; default: whoever is primary."),
            "replication": .either(
                "How it replicates whenever it is a standby.",
                .choice("The mode alone.", StandbyReplication.Mode.self), standby),
            "settings": .reference("settings", "The host's own settings, over postgresql.settings."),
            "memory": .reference("size", "The host's whole memory; sizes the memory settings."),
            "interface": .string("The network interface of virtual addresses."),
            "state": .reference("present", "absent takes the host out of the cluster."),
            "ssh": .reference("ssh", "The host's own, over the cluster's."),
            "pgpool": .mapping(
                "The host as a backend and as a watchdog.",
                [
                    "weight": [
                        "description": "Its share of the reads.", "type": "number", "minimum": 0, "default": 1,
                    ],
                    "priority": .integer("Who leads the watchdogs: higher first.", 1...1000),
                ]),
        ])

    private static let standby: SchemaValue = .mapping(
        "Mode and more.",
        [
            "mode": .choice(
                "Default: async; for the host born primary sync, if any host is.", StandbyReplication.Mode.self),
            "priority": .integer("Order among the sync standbys of `method: first`: lower first.", 1...1000),
            "apply_delay": .reference("duration", "How long it holds changes back; default: not at all."),
            "failover": .boolean("Whether it may ever be promoted.", default: true),
        ])

    static let vips: SchemaValue = .mapping(
        "Virtual addresses; an engine must hold them.",
        [
            "writer": vip("Stays with the primary."),
            "reader": vip("Stays with a healthy standby; Pacemaker and Patroni only."),
        ])

    private static func vip(_ description: String) -> SchemaValue {
        .mapping(
            description, required: ["address"],
            [
                "address": .string("ADDRESS/PREFIX.", pattern: "^[0-9A-Fa-f.:]+/[0-9]{1,3}$"),
                "interface": .string("Default: the host's own `interface`, or the one of that network."),
                "name": .string("Its name in /etc/hosts."),
            ])
    }
}
