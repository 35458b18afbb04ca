import PostgreSQL

extension InventorySchema {
    static let postgresql: SchemaValue = .mapping(
        "The database server.", required: ["version"],
        [
            "version": [
                "description": "The major version.",
                "enum": .array(PostgresVersion.supported.map { .number($0.rawValue) }),
            ],
            "install": .either(
                "Where PostgreSQL comes from.", ["const": "package"], sourceForm,
                .mapping(
                    "Already there: nothing is installed.", required: ["existing"],
                    [
                        "existing": .mapping(
                            "The installation.", required: ["prefix"],
                            ["prefix": .reference("path", "The folder that holds bin and lib.")])
                    ])),
            "port": .reference("port", "Default: 5432."),
            "data_directory": .reference("path", "Default: the distribution's."),
            "wal_directory": .reference("path", "Default: inside the data directory."),
            "initdb": .mapping(
                "How a new cluster is made; never changed afterwards.",
                [
                    "encoding": .string("Default: UTF8."),
                    "locale": .string("Default: C.UTF-8."),
                    "data_checksums": .boolean("Whether pages carry checksums.", default: true),
                ]),
            "superuser_password": .reference("secret", "The password of postgres; default: none, local login only."),
            "settings": .reference("settings", "For postgresql.conf of all hosts."),
            "hba": .list("Lines of pg_hba.conf, after those that the topology itself needs.", of: hbaLine),
            "users": .list("Roles; leaving a line out drops nothing.", of: user),
            "databases": .list("Databases; leaving a line out drops nothing.", of: database),
        ])

    private static let words: SchemaValue = .either(
        "One, or several.", ["type": "string", "minLength": 1],
        ["type": "array", "minItems": 1, "items": ["type": "string", "minLength": 1]])

    private static let hbaLine: SchemaValue = .mapping(
        "One line of pg_hba.conf.", required: ["type", "database", "user", "method"],
        [
            "type": ["description": "The kind of connection.", "enum": .array(HBAWord.types.map { .text($0) })],
            "database": words,
            "user": words,
            "address": .string("A network, a host name, samehost, samenet or all; not for local."),
            "method": .string("How a client proves who it is: scram-sha-256, cert, peer, reject …"),
            "options": .reference("settings", "Options of the method."),
        ])

    private static let user: SchemaValue = .mapping(
        "A role that can log in.", required: ["name"],
        [
            "name": .reference("name", "The role's name."),
            "password": .reference("userPassword", "Without one it is not managed."),
            "attributes": .list(
                "What it may do.", of: .choice("An attribute.", DeclaredUser.Attribute.self)),
            "state": .reference("present", "absent drops it."),
        ])

    private static let database: SchemaValue = .mapping(
        "A database.", required: ["name"],
        [
            "name": .reference("name", "The database's name."),
            "owner": .reference("name", "Default: the superuser."),
            "extensions": .list("Extensions in it.", of: .reference("name", "An extension.")),
            "state": .reference("present", "absent drops it."),
        ])
}
