import Diagnostics
import Hosts

/// The servers that a pgpool-II sends its clients to, and the one that it takes for the primary.
///
/// It looks for another primary only when a backend comes or goes, and takes nobody back by itself but a standby that
/// streams (not even that before 4.1).
package struct PgpoolBackends: Resource {
    package let name = "pool backends"
    package var location: PgpoolLocation
    /// Addresses by their number, as pgpool.conf has them; nil for a number that is free.
    package var backends: [String?]
    /// Those that shall have clients.
    package var serving: Set<String>
    package var primary: String
    /// Whether an earlier step makes another server the primary.
    package var moves: Bool
    /// Whether a watchdog's leader answers for all.
    package var hasWatchdog: Bool
    /// The hosts with the other pgpool-IIs, when one that follows shall agree with the leader among them. Clients come
    /// through the leader, and what a follower holds against a host is forgotten once it leads.
    package var leaders: [String]

    package init(
        location: PgpoolLocation, backends: [String?], serving: Set<String>, primary: String, moves: Bool,
        hasWatchdog: Bool = true, leaders: [String] = []
    ) {
        self.location = location
        self.backends = backends
        self.serving = serving
        self.primary = primary
        self.moves = moves
        self.hasWatchdog = hasWatchdog
        self.leaders = leaders
    }

    /// On the leader, or without a watchdog; nothing elsewhere.
    private var reading: String { "backends that pgpool-II knows" }
    /// On those who follow a leader.
    private var following: String { "backends that a follower knows" }

    /// Ends it where pgpool-II does not answer, or follows a leader.
    private var leading: String {
        let shell = PgpoolShell(location)
        return hasWatchdog ? "\(shell.leads) || exit 0\n" : "\(shell.pcp("pcp_node_count")) >/dev/null 2>&1 || exit 0\n"
    }

    /// Prints the address of the backend that it takes for the primary, or `none`, and of each that is down.
    private var fragment: String {
        let shell = PgpoolShell(location)
        return """
            i=0; found=none; down=
            while [ $i -lt \(backends.count) ]; do
            info=$(\(shell.pcp("pcp_node_info")) -n $i 2>/dev/null)
            status=${info#* }; status=${status#* }
            if [ "${status%% *}" = 3 ] || [ "${status%% *}" = 0 ]; then down="$down ${info%% *}"; fi
            # The first of the two words is what it takes the backend for, the second what the server says of itself.
            for word in $info; do
            case $word in
            primary) found=${info%% *}; break ;;
            standby) break ;;
            esac
            done
            i=$((i + 1))
            done
            echo "$found$down"
            """
    }

    private var loaded: String { location.loadedDirectory + "/pgpool.conf" }

    package var probe: Probe {
        var probe = Probe(contents: [loaded], commands: [reading: leading + fragment])
        if !leaders.isEmpty {
            probe.commands[following] = "if \(PgpoolShell(location).leads); then exit 0; fi\n" + fragment
        }
        return probe
    }

    package var peerProbes: [String: Probe] {
        let probe = Probe(commands: [reading: leading + fragment])
        return Dictionary(uniqueKeysWithValues: leaders.map { ($0, probe) })
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.command(reading) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return leaders.isEmpty ? .same : compareFollower(facts, cluster)
        case .present(let text):
            let words = text.split { $0 == " " || $0 == "\n" }.map(String.init)
            let detached = words.dropFirst().filter { serving.contains($0) }
            // One that it is about to learn of may be taken for down at first.
            let known = facts.content(loaded).value
            let new = known.map { text in serving.filter { !text.contains("'\($0)'") }.sorted() } ?? []
            if words.first == primary, !moves, detached.isEmpty, new.isEmpty { return .same }
            var reasons: [String] = []
            if !new.isEmpty { reasons.append("\(new.joined(separator: ", ")) is new") }
            if !detached.isEmpty { reasons.append("\(detached.joined(separator: ", ")) gets no clients") }
            if words.first != primary || moves { reasons.append("pgpool-II learns that \(primary) is primary") }
            return .change(
                Change(
                    .run, reasons.joined(separator: "; "), script: Script(Content(script), limit: .seconds(180))))
        }
    }

    /// A leader that takes a backend back of its own accord may fail to tell the others.
    private func compareFollower(_ facts: HostFacts, _ cluster: ClusterFacts) -> Finding {
        func down(_ text: String?) -> Set<Substring> { Set((text ?? "").split { $0 == " " || $0 == "\n" }.dropFirst()) }
        let words = leaders.compactMap { cluster[$0]?.command(reading).value }
        guard words.count == 1 else { return .same }
        let untold = down(facts.command(following).value).subtracting(down(words[0]))
            .filter { serving.contains(String($0)) }.sorted()
        if untold.isEmpty { return .same }
        return .change(
            Change(
                .run, "it was not told that \(untold.joined(separator: ", ")) is back: it restarts and asks the leader",
                script: PgpoolShell(location).restart))
    }

    private var script: String { hasWatchdog ? attaching : restarting }

    /// One that may not detach a backend looks for the primary only when it starts.
    private var restarting: String {
        """
        look() {
        (\(leading)\(fragment))
        }
        \(PgpoolShell(location).restart.text.revealed)n=0
        until [ "$(look | cut -d ' ' -f 1)" = \(Shell.quote(primary)) ]; do
        n=$((n + 1))
        if [ "$n" -gt 100 ]; then echo 'pgpool-II does not find the primary' >&2; exit 1; fi
        sleep 0.2
        done

        """
    }

    /// A backend that comes lets it look for the primary; where none is to come, the one that it takes for the primary goes
    /// and comes back at once, or another where that one is none of them. The failover script is told to do nothing about
    /// that.
    private var attaching: String {
        let shell = PgpoolShell(location)
        let mark = Shell.quote(location.inertMark)
        let attached = backends.enumerated().compactMap { number, address in
            address.flatMap { serving.contains($0) ? (number: number, address: $0) : nil }
        }
        func ifDown(_ address: String, _ then: String) -> String {
            "case \"$seen \" in *\(Shell.quote(" \(address) "))*) \(then) ;; esac\n"
        }
        var text = """
            look() {
            (\(leading)\(fragment))
            }
            attach() { \(shell.pcp("pcp_attach_node", limit: 20)) -n "$1" >/dev/null; }
            knows() { [ "${seen%% *}" = \(Shell.quote(primary)) ]; }
            serves() {
            seen=$(look)
            \(attached.map { ifDown($0.address, "return 1") }.joined())knows
            }
            clock() { cut -d . -f 1 /proc/uptime; }
            # It takes back whom it is told to in its own time.
            await() {
            end=$(($(clock) + 60))
            until "$1"; do
            if [ "$(clock)" -gt "$end" ]; then echo "pgpool-II does not take its backends back: $seen" >&2; exit 1; fi
            sleep 0.2
            seen=$(look)
            done
            }
            seen=$(look)
            came=
            \(attached.map { ifDown($0.address, "attach \($0.number); came=yes") }.joined())
            # With one that comes it looks for the primary by itself.
            end=$(($(clock) + 10))
            until [ -z "$came" ] || serves || [ "$(clock)" -gt "$end" ]; do sleep 0.2; done

            """
        let others = attached.filter { $0.address != primary }
        if let other = others.first ?? attached.first {
            let former = others.map { "\(Shell.quote($0.address))) gone=\($0.address) number=\($0.number) ;;" }
            text += """
                if ! knows; then
                known=${seen%% *}
                case $known in
                \(former.joined(separator: "\n"))
                *) gone=\(other.address) number=\(other.number) ;;
                esac
                install -d -m 0755 "$(dirname \(mark))"
                echo "$gone" >\(mark)
                forget() { rm -f \(mark); }
                trap forget EXIT
                left() { case "$seen " in *" $gone "*) ;; *) false ;; esac; }
                \(lifting)\(shell.pcp("pcp_detach_node", limit: 20)) -n "$number" >/dev/null
                \(others.isEmpty ? ":" : "if [ \"$known\" = \"$gone\" ] || [ \"$known\" = none ]; then await knows; else await left; fi")
                attach "$number"
                fi

                """
        }
        return text + "await serves\n"
    }

    /// While the engine is paused pgpool-II lets go of no server: for that moment it may.
    private var lifting: String {
        let shell = PgpoolShell(location)
        let file = Shell.quote(location.configFile)
        return """
            if grep -q DISALLOW_TO_FAILOVER \(file); then
            paused=$(mktemp)
            cat \(file) >"$paused"
            pause() {
            forget
            cat "$paused" >\(file)
            rm -f "$paused"
            \(shell.reload)}
            trap pause EXIT
            sed -i 's/DISALLOW_TO_FAILOVER/ALLOW_TO_FAILOVER/' \(file)
            \(shell.reload)\(shell.awaitHands(taken: 0))fi

            """
    }
}
