import PostgreSQL

/// The cluster as one host's pgpool-II sees it.
package struct PgpoolView: Hashable, Sendable {
    package struct Backend: Hashable, Sendable {
        package var address: String
        /// Whether clients are sent to it.
        package var isAttached: Bool
        package var isQuarantined: Bool
        /// Whether pgpool-II takes it for the primary.
        package var isPrimary: Bool
    }

    /// Addresses, as pgpool.conf has them.
    package var leader: String?
    package var hasQuorum: Bool
    /// Whether its watchdog answers; one that has died stays dead until pgpool-II restarts.
    package var hasWatchdog: Bool
    /// Whether it is the leader and has done what a leader does first: the virtual address is its own.
    package var isEscalated: Bool
    package var backends: [Backend]
    /// Whether it leaves a lost server as it is.
    package var isHandsOff: Bool

    package static let reading = "what pgpool-II sees"

    /// Prints what `pcp_*` says of the watchdog and of every backend; nothing where pgpool-II does not answer.
    package static func fragment(at location: PgpoolLocation, hasWatchdog: Bool) -> String {
        let shell = PgpoolShell(location)
        var lines: [String] = ["backends=$(\(shell.pcp("pcp_node_count")) 2>/dev/null) || exit 0"]
        if hasWatchdog { lines.append("\(shell.pcp("pcp_watchdog_info", limit: 8)) -v") }
        lines.append(
            "echo \"handsoff: $(grep -c DISALLOW_TO_FAILOVER \(Shell.quote(location.loadedDirectory + "/pgpool.conf")) 2>/dev/null)\""
        )
        lines.append(
            "i=0; while [ $i -lt $backends ]; do echo \"backend $(\(shell.pcp("pcp_node_info")) -n $i)\"; i=$((i + 1)); done"
        )
        return lines.joined(separator: "\n")
    }

    /// - Parameter text: what ``fragment(at:hasWatchdog:)`` printed.
    package init(parsing text: String) {
        var facts: [String: String] = [:]
        backends = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("backend ") {
                let fields = line.split(separator: " ").dropFirst().map(String.init)
                guard fields.count >= 3, let status = Int(fields[2]) else { continue }
                backends.append(
                    Backend(
                        address: fields[0], isAttached: status == 1 || status == 2,
                        isQuarantined: fields.contains("quarantine"),
                        isPrimary: fields.first { $0 == "primary" || $0 == "standby" } == "primary"))
            } else if let colon = line.firstIndex(of: ":") {
                // The first of each belongs to the whole cluster, what follows to its nodes.
                let name = line[..<colon].filter { $0 != " " }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                if facts[String(name)] == nil { facts[String(name)] = String(value) }
            }
        }
        isHandsOff = facts["handsoff"].flatMap { Int($0) } ?? 0 > 0
        let state = facts["Quorumstate"] ?? ""
        hasWatchdog = facts["Quorumstate"] != nil
        hasQuorum = ["QUORUM EXIST", "QUORUM IS ON THE EDGE"].contains(state)
        isEscalated = (facts["Localnodeescalation"] ?? facts["VIPuponlocalnode"]) == "YES"
        let name = facts["LeaderHostName"] ?? facts["MasterHostName"]
        leader = name.flatMap { $0.isEmpty || $0 == "Not_Set" ? nil : $0 }
    }
}

/// Who has a virtual address.
package enum AddressHolding {
    package static func reading(_ address: String) -> String { "holder of \(address)" }

    /// Prints a line when the host has the address.
    package static func fragment(_ address: String) -> String {
        "ip -o addr show to \(Shell.quote(address)) 2>/dev/null"
    }
}
