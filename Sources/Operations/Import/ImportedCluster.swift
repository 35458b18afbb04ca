import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// The hosts of a hand-made cluster, each with the name and place that an inventory gives it.
struct ImportedCluster {
    /// One host as a member of the cluster.
    struct Member {
        /// The key in the inventory.
        var name: String
        var host: ImportedHost
        /// Nil for the primary and for those that follow it.
        var upstream: String?
        /// The slot that it streams through now.
        var slot: String?
        /// What the server that it streams from calls it, as `synchronous_standby_names` does.
        var applicationName: String?
    }

    private(set) var members: [Member] = []
    private(set) var warnings: [Diagnostic] = []
    let primary: Int
    let version: PostgresVersion

    var primaryMember: Member { members[primary] }
    var standbys: [Member] { members.filter { $0.name != primaryMember.name } }

    /// - Throws: `Problems` where the hosts are no one cluster, or one that no inventory can describe:
    ///   `import.primary`, `import.duplicate-host`, `import.another-cluster`, `import.differs`, `import.account`.
    init(_ hosts: [ImportedHost]) throws(Problems) {
        let primaries = hosts.indices.filter { !hosts[$0].live.inRecovery }
        guard primaries.count == 1, let primary = primaries.first,
            let version = hosts[primary].server.location?.version
        else { throw Problems(Self.wrongPrimaries(primaries.map { hosts[$0].address })) }
        self.primary = primary
        self.version = version
        try Self.checkSameness(hosts, primary: hosts[primary])
        for (host, name) in zip(hosts, names(of: hosts)) { members.append(Member(name: name, host: host)) }
        for index in members.indices where index != primary { place(index) }
        noteStrangers()
    }

    private static func wrongPrimaries(_ addresses: [String]) -> Diagnostic {
        addresses.isEmpty
            ? .error(
                "import.primary", "all of these hosts are standbys", hint: "name the host of their primary, too")
            : .error(
                "import.primary", "\(addresses.joined(separator: " and ")) are both primary",
                hint: "name the hosts of one cluster; an old primary that runs on is no member of it")
    }

    /// What an inventory says once for the whole cluster.
    private static func checkSameness(_ hosts: [ImportedHost], primary: ImportedHost) throws(Problems) {
        var problems = Problems()
        var seen: [String: String] = [:]
        for host in hosts {
            // Two servers of one machine count as two hosts only if the machine is two.
            if let first = seen.updateValue(host.address, forKey: host.search.addresses.sorted().description),
                !host.search.addresses.isEmpty
            {
                problems.add(
                    .error(
                        "import.duplicate-host", "\(first) and \(host.address) are the same host",
                        hint: "name each host once"))
            }
            if host.live.systemIdentifier != primary.live.systemIdentifier {
                problems.add(
                    .error(
                        "import.another-cluster",
                        "\(host.address) holds another database cluster than \(primary.address) (system identifier \(host.live.systemIdentifier), not \(primary.live.systemIdentifier))",
                        hint: "leave it out, or import it by itself"))
            }
            if host.server.account != "postgres" {
                problems.add(
                    .error(
                        "import.account",
                        "\(host.address): the server runs as \(host.server.account), kumki's servers run as postgres",
                        hint: "give the data directory to postgres and start the server as postgres, then import again"
                    ))
            }
            let places = [
                ("the port", "\(host.server.port)", "\(primary.server.port)"),
                ("the data directory", host.server.dataDirectory, primary.server.dataDirectory),
                ("the programs' folder", host.server.binDirectory, primary.server.binDirectory),
                ("the major version", host.server.version, primary.server.version),
            ]
            for (what, own, theirs) in places where own != theirs {
                problems.add(
                    .error(
                        "import.differs",
                        "\(what) is \(own) on \(host.address) and \(theirs) on \(primary.address); an inventory has one for all hosts",
                        hint: "make them the same by hand, then import again"))
            }
        }
        if problems.hasErrors { throw problems }
    }

    // MARK: Names

    /// The first label of each host name, as far as it can be a key of the inventory.
    private mutating func names(of hosts: [ImportedHost]) -> [String] {
        var names: [String] = []
        for (index, host) in hosts.enumerated() {
            let label = host.hostName.lowercased().prefix { $0 != "." }
            let name = HostLabel.nearest(to: String(label))
            if let name, name != "localhost", !names.contains(name) {
                if name != label { warnRenamed(host, name, "is no name for a host of an inventory") }
                names.append(name)
                continue
            }
            var number = index + 1
            while names.contains("db\(number)") || hosts.contains(where: { $0.hostName == "db\(number)" }) {
                number += 1
            }
            let isTaken = name.map { names.contains($0) } ?? false
            warnRenamed(host, "db\(number)", isTaken ? "is another host's name already" : "says nothing")
            names.append("db\(number)")
        }
        return names
    }

    private mutating func warnRenamed(_ host: ImportedHost, _ name: String, _ why: String) {
        warnings.append(
            .warning(
                "import.host-name",
                "\(host.address) calls itself \"\(host.hostName)\", which \(why): it is \(name) here",
                hint: "change the key under `hosts` if you want another; it becomes the standby's application_name"))
    }

    // MARK: Who follows whom

    private mutating func place(_ index: Int) {
        let host = members[index].host
        let conninfo = host.upstreamConninfo
        let sender = conninfo?["host"] ?? conninfo?["hostaddr"]
        let named = sender.flatMap { sender in members.firstIndex { $0.host.answers(to: sender) } }
        // Its address where the name can't be told from here: whoever sends to it knows it.
        let sending = members.indices.first { $0 != index && row(of: index, at: $0) != nil }
        let upstream = named ?? sending
        members[index].slot =
            host.live.receiver?.slotName.flatMap { $0.isEmpty ? nil : $0 }
            ?? host.standbySetting("primary_slot_name")
        members[index].applicationName =
            upstream.flatMap { row(of: index, at: $0)?.applicationName } ?? conninfo?["application_name"]
            ?? (version >= .v12 ? host.live.settings["cluster_name"]?.setting : nil)
        guard let upstream, upstream != index else {
            let words = sender.map { "follows \($0), which is none of the hosts named" } ?? "follows nobody"
            warnings.append(
                .warning(
                    "import.upstream", "\(members[index].name) \(words): it is written as a standby of the primary",
                    hint: "name that host, too, or `apply` will let \(members[index].name) follow the primary"))
            return
        }
        if upstream != primary { members[index].upstream = members[upstream].name }
        let address = members[upstream].host.address
        if let sender, sender != address {
            warnings.append(
                .warning(
                    "import.address",
                    "\(members[index].name) reaches \(members[upstream].name) as \(sender), the inventory says \(address)",
                    hint: "`address` serves replication too: write the one that the hosts shall use among themselves"))
        }
    }

    /// The row of a standby among those that a server sends to.
    private func row(of standby: Int, at upstream: Int) -> LiveStandby? {
        let host = members[standby].host
        let rows = members[upstream].host.live.standbys.filter { row in
            row.clientAddress.map { host.answers(to: $0) } ?? false
        }
        // Other programs of the same host may receive WAL too.
        let expected = host.upstreamConninfo?["application_name"] ?? host.live.settings["cluster_name"]?.setting
        return rows.first { $0.applicationName == expected } ?? rows.first { $0.applicationName == "walreceiver" }
            ?? (rows.count == 1 ? rows.first : nil)
    }

    /// Standbys that stream from a member and were not named: kumki's pg_hba.conf would lock them out.
    private mutating func noteStrangers() {
        for member in members {
            for row in member.host.live.standbys where row.state != "backup" {
                guard let address = row.clientAddress, !members.contains(where: { $0.host.answers(to: address) })
                else { continue }
                warnings.append(
                    .warning(
                        "import.stranger",
                        "\(row.applicationName) at \(address) streams from \(member.name) and was not named",
                        hint: "name it too if it is a standby; for another program add its line to postgresql.hba"))
            }
        }
    }
}

/// A label of a host name: what a key under `hosts` can be.
enum HostLabel {
    /// The name in lower case with every other character as a hyphen; nil when nothing is left.
    static func nearest(to text: String) -> String? {
        let mapped = text.lowercased().unicodeScalars.map { scalar -> Character in
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            return isPlain ? Character(scalar) : "-"
        }
        var label = mapped.drop { $0 == "-" }.prefix(63)
        while label.last == "-" { label = label.dropLast() }
        return label.isEmpty ? nil : String(label)
    }
}
