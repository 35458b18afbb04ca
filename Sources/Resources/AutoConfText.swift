import PostgreSQL

/// postgresql.auto.conf as it was read, for looking up and for rewriting while the server is down.
struct AutoConfText {
    private(set) var text: String
    private let file: ConfigurationFile

    init(_ text: String) {
        self.text = text
        file = ConfigurationFile(parsing: text, name: "postgresql.auto.conf")
    }

    /// In the order of the file.
    var names: [String] { file.settings.map(\.name) }

    func value(of name: String) -> String? { file[name]?.value }

    /// - Throws: `conf.syntax` where the text can't be read.
    func setting(_ name: String, to value: String?) throws -> AutoConfText {
        AutoConfText(try AutoConf.setting(name, to: value, in: text))
    }
}
