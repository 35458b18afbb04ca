import Diagnostics
import Inventory
import PostgreSQL

/// The lines of pg_hba.conf that an inventory keeps, in order.
struct ImportedHBA {
    enum Entry: Hashable {
        case line(DeclaredHBALine)
        /// Left out, and why.
        case comment(String)
    }

    private(set) var entries: [Entry] = []
    private(set) var warnings: [Diagnostic] = []

    private let cluster: ImportedCluster
    private let replicationUser: String

    init(_ cluster: ImportedCluster, replicationUser: String) {
        self.cluster = cluster
        self.replicationUser = replicationUser
        let primary = cluster.primaryMember
        let file = HBAFile(parsing: primary.host.hba, version: cluster.version)
        for numbered in file.entries {
            switch numbered.entry {
            case .rule(let rule): take(rule)
            case .include(let directive, let path):
                entries.append(.comment("left out, lines of other files have no place here: \(directive) \(path)"))
                warn(
                    "pg_hba.conf of \(primary.name) includes \(path), which is not read",
                    hint: "add its lines under postgresql.hba")
            }
        }
        compareStandbys(with: file.rules)
        noteIdentMaps()
    }

    private mutating func take(_ rule: HBALine) {
        if isOwn(rule) { return }
        if let reason = reasonToLeaveOut(rule) {
            entries.append(.comment("left out, \(reason): \(shown(rule))"))
            let hint = "who came in by it is locked out by `apply`: add a line with scram-sha-256 for them"
            warn("the line `\(shown(rule))` is left out: \(reason)", hint: hint)
            return
        }
        guard let line = declared(rule) else {
            entries.append(.comment("left out, it can't be said here: \(shown(rule))"))
            warn(
                "the line `\(shown(rule))` can't be said in an inventory",
                hint: "write it another way under postgresql.hba, or `apply` removes it")
            return
        }
        entries.append(.line(line))
    }

    private func reasonToLeaveOut(_ rule: HBALine) -> String? {
        if rule.method == "trust" { return "trust asks for no password" }
        if rule.method == "password" { return "password sends it in clear text" }
        if rule.options.contains(where: { $0.name == "map" }) { return "kumki's pg_ident.conf has no maps" }
        if rule.options.contains(where: isSecret) { return "it holds a secret" }
        return nil
    }

    private func isSecret(_ option: HBALine.Option) -> Bool { Secret.isNamed(byKey: option.name) }

    /// The line for eyes: without an option that holds a secret.
    private func shown(_ rule: HBALine) -> String {
        var rule = rule
        rule.options = rule.options.map { isSecret($0) ? .init($0.name, "…") : $0 }
        return (try? rule.text()) ?? rule.type.rawValue
    }

    // MARK: Lines that kumki writes by itself

    private mutating func isOwn(_ rule: HBALine) -> Bool {
        if isSuperuserLine(rule) { return true }
        guard let address = rule.replicationAddress(of: replicationUser), rule.method != "reject" else { return false }
        let covered = cluster.members.filter { member in
            ([member.host.address] + member.host.search.addresses).contains(where: address.covers)
        }
        if covered.isEmpty || cluster.members.count < 2 { return false }
        // kumki admits each host by its own address; who else the line let in is told.
        if !address.isOneHost {
            warn(
                "the line `\(shown(rule))` becomes one line for each host of the cluster",
                hint: "add a line under postgresql.hba for whoever else replicates: a backup, a WAL receiver")
        }
        return true
    }

    private func isSuperuserLine(_ rule: HBALine) -> Bool {
        rule.type == .local && rule.databases == [.keyword("all")] && rule.users.map(\.text) == ["postgres"]
            && rule.method == "peer" && rule.options.isEmpty
    }

    // MARK: In the inventory's words

    /// Nil where quotes make a name of a keyword, which an inventory can't tell apart, or for a mask of no prefix.
    private func declared(_ rule: HBALine) -> DeclaredHBALine? {
        func isAmbiguous(_ word: HBALine.Word, _ keywords: Set<String>) -> Bool {
            word.isQuoted && (keywords.contains(word.text) || "+@/".contains(word.text.first ?? "+"))
        }
        let databaseWords: Set = ["all", "sameuser", "samerole", "samegroup", "replication"]
        if rule.databases.contains(where: { isAmbiguous($0, databaseWords) }) { return nil }
        if rule.users.contains(where: { isAmbiguous($0, ["all"]) }) { return nil }
        var address = rule.address?.text
        if let mask = rule.mask {
            guard let length = NetworkAddress(mask)?.prefixLength, let network = address else { return nil }
            address = "\(network)/\(length)"
        }
        return DeclaredHBALine(
            type: rule.type.rawValue, databases: rule.databases.map(\.text), users: rule.users.map(\.text),
            address: address, method: rule.method,
            options: rule.options.map { DeclaredSetting(name: $0.name, value: $0.value) })
    }

    // MARK: What one file for all hosts loses

    private mutating func compareStandbys(with rules: [HBALine]) {
        func others(_ rules: [HBALine]) -> [HBALine] {
            rules.filter { !isSuperuserLine($0) && $0.replicationAddress(of: replicationUser) == nil }
        }
        let own = others(rules)
        for member in cluster.standbys {
            let theirs = others(HBAFile(parsing: member.host.hba, version: cluster.version).rules)
            if theirs == own { continue }
            let extra = theirs.filter { !own.contains($0) }.map { "`\(shown($0))`" }
            let words =
                extra.isEmpty ? "has other lines than the primary's" : "also has \(extra.joined(separator: ", "))"
            warn(
                "pg_hba.conf of \(member.name) \(words); the primary's is taken for all",
                hint: "add what is missing under postgresql.hba: any host may be primary one day")
        }
    }

    private mutating func noteIdentMaps() {
        let lines = cluster.primaryMember.host.ident.split(separator: "\n")
            .filter { !$0.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") && $0.contains { $0 != " " && $0 != "\t" } }
        if lines.isEmpty { return }
        warn(
            "pg_ident.conf has \(lines.count) \(lines.count == 1 ? "map" : "maps"), for which an inventory has no word",
            hint: "`apply` writes an empty one: lines of pg_hba.conf with `map=` are left out for that")
    }

    private mutating func warn(_ message: String, hint: String) {
        warnings.append(.warning("import.hba", message, hint: hint))
    }
}

/// The address of a line of pg_hba.conf, with its mask.
private struct HBAAddress {
    let text: String
    let prefix: Int?

    var network: NetworkAddress? { NetworkAddress(text) }
    var isOneHost: Bool {
        network.map { prefix == $0.width } ?? !(["all", "samenet"].contains(text) || text.hasPrefix("."))
    }

    func covers(_ address: String) -> Bool {
        if text == "all" || text == "samenet" || text == "samehost" { return true }
        guard let network, let prefix else { return text.lowercased() == address.lowercased() }
        return NetworkAddress(address).map { network.matches($0, prefix: prefix) } ?? false
    }
}

extension HBALine {
    /// Where the line lets the replication user come from to replicate or to rewind, and only that; nil for any other
    /// line.
    fileprivate func replicationAddress(of user: String) -> HBAAddress? {
        guard type != .local, let address, users.count == 1 else { return nil }
        let isUser = users.first?.text == user
        let replicates = databases == [.keyword("replication")] && (isUser || users.first == .keyword("all"))
        let rewinds = databases.map(\.text) == ["postgres"] && isUser
        guard replicates || rewinds else { return nil }
        if let mask { return HBAAddress(text: address.text, prefix: NetworkAddress(mask)?.prefixLength) }
        let parts = address.text.split(separator: "/").map(String.init)
        return HBAAddress(text: parts.first ?? "", prefix: parts.count == 2 ? Int(parts[1]) : nil)
    }
}

extension NetworkAddress {
    /// How many bits a mask has before its first zero; nil when a one follows.
    fileprivate var prefixLength: Int? {
        let length = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
        let whole = bytes.enumerated().allSatisfy { index, byte in
            byte == UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, length - index * 8)))
        }
        return whole ? length : nil
    }
}
