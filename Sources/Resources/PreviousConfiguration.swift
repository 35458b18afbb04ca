/// The postgresql.conf that a server runs with, kept beside a new one until the server has started with that.
///
/// What only a start shows (too much memory, a library that is not there) must not leave a server down.
struct PreviousConfiguration {
    private let location: ServerLocation

    init(_ location: ServerLocation) {
        self.location = location
    }

    private var path: String { location.configFile + ".kumki-old" }

    /// Lines that run before the new file takes the old one's place.
    var keep: String {
        let old = Shell.quote(path)
        return "[ -e \(old) ] || cp -p -- \(Shell.quote(location.configFile)) \(old)\n"
    }

    /// Restarts the server; one that does not come up gets its old file back and is started with that.
    var restart: String {
        let shell = ServerShell(location)
        let old = Shell.quote(path)
        return """
            if ! ( \(shell.restart)); then
            if [ -e \(old) ]; then
            mv -f -- \(old) \(Shell.quote(location.configFile))
            if ( \(shell.start)); then
            echo "the server did not start with the new postgresql.conf; it runs with the old one again" >&2
            else
            echo "the server starts neither with the new postgresql.conf nor with the old one, which is back" >&2
            fi
            fi
            exit 1
            fi
            rm -f -- \(old)

            """
    }
}
