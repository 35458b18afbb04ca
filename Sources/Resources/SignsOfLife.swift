/// What a host notices of the other servers of its cluster, beside what they say to us.
package enum SignsOfLife {
    package static let reading = "signs of life"

    /// A standby that heard from its upstream within so many seconds takes it for alive.
    package static let freshness = 3

    /// A line `answers HOST` for each server that answers on its port, and `heard SECONDS` where WAL is streamed.
    ///
    /// All are asked at once: one that is switched off costs three seconds.
    package static func fragment(of servers: [(host: String, address: String)], at location: ServerLocation) -> String {
        let ready = Shell.quote(location.binDirectory + "/pg_isready")
        let question = "timeout 5 \(ready) -q -t 3 -U \(location.account) -d postgres -p \(location.port)"
        let heard =
            "SELECT 'heard ' || floor(extract(epoch FROM clock_timestamp() - last_msg_receipt_time)) "
            + "FROM pg_stat_wal_receiver WHERE status = 'streaming'"
        var lines = ["[ -x \(ready) ] || exit 1"]
        lines += servers.map { host, address in
            "(\(question) -h \(Shell.quote(address)); [ $? -gt 1 ] || echo 'answers \(host)') &"
        }
        lines += [
            "[ ! -e \(Shell.quote(location.dataDirectory))/postmaster.pid ] || ! \(ServerShell(location).answers) || "
                + "\(ServerShell(location).psql(limit: 15)) -c \(Shell.quote(heard)) || :",
            "wait",
        ]
        return lines.joined(separator: "\n")
    }

    /// The hosts whose servers answer to this one; nil where that is not known.
    package static func answering(in facts: HostFacts) -> Set<String>? {
        guard let lines = lines(in: facts) else { return nil }
        return Set(lines.filter { $0.hasPrefix("answers ") }.map { String($0.dropFirst("answers ".count)) })
    }

    /// Whether the host's upstream was heard a moment ago.
    package static func hearsUpstream(in facts: HostFacts) -> Bool {
        let seconds = (lines(in: facts) ?? []).filter { $0.hasPrefix("heard ") }
            .compactMap { Int($0.dropFirst("heard ".count)) }
        return seconds.contains { $0 < freshness }
    }

    private static func lines(in facts: HostFacts) -> [Substring]? {
        switch facts.command(reading) {
        case .unknown: nil
        case .absent: []
        case .present(let text): text.split(separator: "\n")
        }
    }
}
