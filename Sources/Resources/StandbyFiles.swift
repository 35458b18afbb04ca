import Diagnostics
import PostgreSQL

/// Script lines that make a data directory a standby's: standby.signal and the connection to its upstream.
struct StandbyFiles {
    let location: ServerLocation
    /// What postgresql.auto.conf shall say of the upstream from 12 on; the whole recovery.conf before.
    let content: Content
    /// Settings that postgresql.auto.conf has from the server that it was copied from, and that go.
    let superseded: [String]

    func script(in directory: String) -> Content {
        var text = Content(
            "rm -f -- \(Shell.quote(directory))/recovery.done \(Shell.quote(directory))/backup_label.old\n")
        if location.version < .v12 {
            return text
                + FileWriting(
                    path: directory + "/recovery.conf", content: content, mode: "0600", owner: location.account,
                    group: location.account
                ).script
        }
        text += autoConf(at: directory + "/postgresql.auto.conf")
        return text
            + FileWriting(
                path: directory + "/standby.signal", content: "", mode: "0600", owner: location.account,
                group: location.account
            ).script
    }

    /// The file came with the copy: what somebody set on the upstream by ALTER SYSTEM stays.
    private func autoConf(at path: String) -> Content {
        let names = superseded.joined(separator: "|")
        let file = Shell.quote(path)
        var text: Content = "{ grep -vE '^(\(names)) *=' \(file) || :; printf '%s' "
        text += Shell.quote(content)
        text.append("; } >\(file).kumki-new\n")
        text.append(
            "chown \(location.account):\(location.account) \(file).kumki-new\nchmod 0600 \(file).kumki-new\nmv -f -- \(file).kumki-new \(file)\n"
        )
        return text
    }
}
