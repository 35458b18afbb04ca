/// The JSON Schema of an inventory, for editors: its form, not the rules across keys, which `validate` knows.
package enum InventorySchema {
    /// JSON Schema 2020-12; the same bytes at every run.
    package static let text = schema.json() + "\n"

    static let schema: SchemaValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Inventory of a PostgreSQL cluster",
        "description": "What kumki builds and keeps: hosts, replication, high availability.",
        "type": "object",
        "additionalProperties": false,
        "required": ["cluster", "hosts", "postgresql"],
        "properties": properties,
        "$defs": definitions,
    ]

    private static let properties: SchemaValue = [
        "cluster": .string("The cluster's name.", pattern: "^[a-z][a-z0-9_-]{0,62}$"),
        "ssh": .reference("ssh", "How to reach the hosts; any key can be repeated under a host."),
        "hosts": hosts,
        "vips": vips,
        "postgresql": postgresql,
        "replication": replication,
        "ha": engine,
        "key_exchange": .choice(
            "Which keys the postgres accounts exchange: what the engine's scripts need, all to all, or none.",
            KeyExchange.self, default: .auto),
        "pgpool": pgpool,
        "arping": .mapping(
            "The arping that announces a virtual address.",
            ["install": .reference("toolInstall", "Where it comes from; default: the distribution's iputils-arping.")]),
    ]

    private static let definitions: SchemaValue = [
        "port": .integer("A TCP port.", 1...65535),
        "path": .string("An absolute path on the hosts.", pattern: "^/"),
        "duration": [
            "description": "A whole number and a unit, such as 500ms, 10s, 2min, 1h or 7d; 0 needs none.",
            "oneOf": [
                ["type": "string", "pattern": "^([0-9]+ *(us|ms|s|min|h|d)|0)$"], ["const": 0],
            ],
        ],
        "size": .string("A whole number and a unit, such as 64MB or 1GB.", pattern: "^[0-9]+ *(B|kB|MB|GB|TB)$"),
        "name": .string("A name of PostgreSQL's.").adding(["maxLength": 63]),
        "present": .choice("Whether it is to be there.", InventoryHost.State.self, default: .present),
        "settings": [
            "description": "Names and values, as in the program's own configuration file.",
            "type": ["object", "null"],
            "propertyNames": ["pattern": "^[A-Za-z_][A-Za-z0-9_$]*([.][A-Za-z_][A-Za-z0-9_$]*)?$"],
            "additionalProperties": ["type": ["string", "number", "boolean"]],
        ],
        "secret": .either(
            "A secret, or where it comes from.", literal, environment, file, command),
        "userPassword": .either(
            "A user's password, where it comes from, or its verifier.", literal, environment, file, command,
            .mapping(
                "A finished verifier.", required: ["verifier"],
                [
                    "verifier": .string(
                        "As rolpassword in pg_authid has it.",
                        pattern: "^(SCRAM-SHA-256[$][0-9]+:[^$:]+[$][^$:]+:[^$:]+|md5[0-9a-f]{32})$")
                ])),
        "archive": .mapping(
            "An archive to build from: ./configure, make, make install.", required: ["archive", "sha256"],
            [
                "archive": .string("A path beside the inventory, or an http(s) URL."),
                "sha256": .string("What sha256sum prints.", pattern: "^[0-9A-Fa-f]{64}$"),
                "prefix": .reference("path", "Default: /usr/local, PostgreSQL's /usr/local/pgsql."),
            ]),
        "toolInstall": .either("Where a tool comes from.", ["const": "package"], sourceForm),
        "ssh": ssh,
    ]

    private static let literal: SchemaValue = .string("The secret itself: better kept out of the inventory.")
    private static let environment: SchemaValue = .mapping(
        "From the environment.", required: ["env"],
        ["env": .string("The variable's name.", pattern: "^[A-Za-z_][A-Za-z0-9_]*$")])
    private static let file: SchemaValue = .mapping(
        "From a file of mode 0600.", required: ["file"], ["file": .string("A path beside the inventory, or absolute.")])
    private static let command: SchemaValue = .mapping(
        "From a program's output.", required: ["command"],
        [
            "command": [
                "description": "The program and its arguments.", "type": "array", "minItems": 1,
                "items": ["type": "string"],
            ]
        ])

    static let sourceForm: SchemaValue = .mapping(
        "Built from source.", required: ["source"], ["source": .reference("archive", "The archive.")])

    private static let ssh: SchemaValue = .mapping(
        "How to reach a host.",
        [
            "user": .string("Default: the local user."),
            "port": .reference("port", "Default: 22."),
            "identity_file": .string(
                "Beside the inventory, absolute, or from ~; default: the agent, then the usual files."),
            "known_hosts_file": .string("Default: ~/.ssh/known_hosts."),
            "host_keys": .choice("How unknown host keys are met.", SSHOptions.HostKeys.self, default: .strict),
            "become": .choice(
                "How to become root on the host.", SSHOptions.Become.self, default: SSHOptions.Become.none),
            "jump": .mapping(
                "A host to go through.", required: ["address"],
                [
                    "address": .string("An IP address or a DNS name."),
                    "user": .string("Default: the user of the target."),
                    "port": .reference("port", "Default: 22."),
                ]),
            "connect_timeout": .reference("duration", "Default: 10s."),
        ])
}
