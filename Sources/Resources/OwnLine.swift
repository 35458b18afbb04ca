import PostgreSQL

/// What a host's own files say of the line that its server is on: timeline histories, and where its WAL ends.
///
/// The control file of a server that crashed names its last checkpoint; what it wrote after that shows only in the WAL.
struct OwnLine {
    /// The newest histories, by the timeline that each one ends with.
    private var histories: [Timeline: TimelineHistory] = [:]
    /// Where the last record in the WAL folder begins, on the timeline of the last checkpoint; nil where it was not
    /// read: the server runs, or there was too much to read.
    private(set) var lastRecord: LSN?

    static let reading = "timelines and the end of WAL"

    /// Reads no more than the newest histories and what a crash recovery would read.
    static func command(_ location: ServerLocation) -> String {
        let wal = Shell.quote(location.dataDirectory + "/" + location.version.walDirectoryName)
        let data = Shell.quote(location.dataDirectory)
        let bin = Shell.quote(location.binDirectory)
        let dump = location.version < .v10 ? "pg_xlogdump" : "pg_waldump"
        return """
            [ -e \(data)/PG_VERSION ] || exit 0
            echo read
            for f in $(ls \(wal) | grep -E '^[0-9A-F]{8}[.]history$' | tail -n 8); do echo "history $f"; cat \(wal)/"$f"; echo; done
            if [ -e \(data)/postmaster.pid ]; then
            c=; read -r p <\(data)/postmaster.pid; read -r c <"/proc/$p/comm"
            case $c in postgres | postmaster) exit 0 ;; esac
            fi
            set -- $(\(bin)/pg_controldata \(data) | sed -n "s/^Latest checkpoint's REDO location: *//p; s/^Latest checkpoint's TimeLineID: *//p")
            { timeout -k 1 40 \(bin)/\(dump) -p \(wal) -t "$2" -s "$1" 2>/dev/null; [ "$?" -ge 124 ] || echo whole; } | tail -n 2
            """
    }

    init(_ text: String) {
        var bodies: [(name: Substring, text: String)] = []
        var records: [Substring] = []
        var isWhole = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("history ") {
                bodies.append((line.dropFirst("history ".count), ""))
            } else if line.hasPrefix("rmgr: ") {
                records.append(line)
            } else if line == "whole" {
                isWhole = true
            } else if !bodies.isEmpty {
                bodies[bodies.count - 1].text += line + "\n"
            }
        }
        for body in bodies {
            guard let number = UInt32(body.name.prefix(8), radix: 16), number > 0 else { continue }
            histories[Timeline(number)] = try? TimelineHistory(timeline: Timeline(number), parsing: body.text)
        }
        // Cut off by its time limit, the reading ends before the WAL does.
        guard isWhole, let words = records.last?.split(separator: " ") else { return }
        if let index = words.firstIndex(of: "lsn:"), index + 1 < words.count {
            lastRecord = LSN(words[index + 1].prefix { $0 != "," })
        }
    }

    /// Nil when the file is not there, which every timeline but the first one needs.
    func history(of timeline: Timeline) -> TimelineHistory? {
        timeline == .first ? .initial : histories[timeline]
    }
}
