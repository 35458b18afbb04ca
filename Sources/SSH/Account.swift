import Glibc

/// The account that kumki itself runs as.
enum Account {
    /// Its login name, or its number when it has no name.
    static var name: String {
        entry.map { String(cString: $0.pw_name) } ?? String(getuid())
    }

    /// `HOME`, or what the account database says.
    static var home: String {
        if let home = getenv("HOME"), home.pointee != 0 { return String(cString: home) }
        return entry.map { String(cString: $0.pw_dir) } ?? "/"
    }

    /// The path with a leading `~` replaced by the account's home.
    static func expand(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    private static var entry: passwd? {
        getpwuid(getuid())?.pointee
    }
}
