import ArgumentParser
import PostgreSQL

/// How a host is named on the command line: `[USER@]ADDRESS[:PORT]`, an IPv6 address with a port in brackets.
struct RemoteAddress: ExpressibleByArgument, Hashable, Sendable {
    var user: String?
    var address: String
    var port: Int?

    init?(argument: String) {
        var rest = argument[...]
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasPrefix("["), let end = rest.lastIndex(of: "]") {
            address = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else if NetworkAddress(String(rest)) != nil {
            address = String(rest)
            rest = ""
        } else {
            let end = rest.lastIndex(of: ":") ?? rest.endIndex
            address = String(rest[..<end])
            rest = rest[end...]
        }
        if !rest.isEmpty {
            guard rest.hasPrefix(":"), let number = Int(rest.dropFirst()), (1...65535).contains(number) else {
                return nil
            }
            port = number
        }
        if address.isEmpty || user?.isEmpty == true { return nil }
    }
}
