import ArgumentParser

/// Hosts named on the command line, with commas between them: `db1,db2`.
struct HostList: ExpressibleByArgument, Sendable {
    var names: [String]

    init(_ names: [String] = []) {
        self.names = names
    }

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if names.contains("") { return nil }
        self.init(names)
    }

    var set: Set<String> { Set(names) }
    var defaultValueDescription: String { names.isEmpty ? "none" : names.joined(separator: ",") }
}
