import Diagnostics
import Hosts

/// The servers that a pgpool-II sends its clients to, and the one that it takes for the primary.
///
/// It looks for another primary only when a backend comes or goes, and takes nobody back by itself but a standby that
/// streams (not even that before 4.1).
package struct PgpoolBackends: Resource {
    package let name = "pool backends"
    package var location: PgpoolLocation
    /// Addresses, as pgpool.conf has them and in its order.
    package var backends: [String]
    /// Those that shall have clients.
    package var serving: Set<String>
    package var primary: String
    /// Whether an earlier step makes another server the primary.
    package var moves: Bool
    /// Whether a watchdog's leader answers for all.
    package var hasWatchdog: Bool

    package init(
        location: PgpoolLocation, backends: [String], serving: Set<String>, primary: String, moves: Bool,
        hasWatchdog: Bool = true
    ) {
        self.location = location
        self.backends = backends
        self.serving = serving
        self.primary = primary
        self.moves = moves
        self.hasWatchdog = hasWatchdog
    }

    private var reading: String { "backends that pgpool-II knows" }

    /// Prints the address of the backend that it takes for the primary, or `none`, and of each that is down; nothing
    /// but on the leader, whom the others follow.
    private var fragment: String {
        let shell = PgpoolShell(location)
        let leads =
            hasWatchdog ? "\(shell.leads) || exit 0\n" : "\(shell.pcp("pcp_node_count")) >/dev/null 2>&1 || exit 0\n"
        return leads + """
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

    package var probe: Probe { Probe(contents: [loaded], commands: [reading: fragment]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.command(reading) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let text):
            let words = text.split { $0 == " " || $0 == "\n" }.map(String.init)
            let detached = words.dropFirst().filter { serving.contains($0) }
            // One that it is about to learn of may be taken for down at first.
            let known = facts.content(loaded).value
            let new = known.map { text in backends.filter { serving.contains($0) && !text.contains("'\($0)'") } } ?? []
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

    private var script: String { hasWatchdog ? attaching : restarting }

    /// One that may not detach a backend looks for the primary only when it starts.
    private var restarting: String {
        """
        look() {
        (\(fragment))
        }
        \(PgpoolShell(location).restart.text.revealed)n=0
        until [ "$(look | cut -d ' ' -f 1)" = \(Shell.quote(primary)) ]; do
        n=$((n + 1))
        if [ "$n" -gt 100 ]; then echo 'pgpool-II does not find the primary' >&2; exit 1; fi
        sleep 0.2
        done

        """
    }

    /// A backend that comes lets it look for the primary; where none is to come, one of the others goes and comes back
    /// at once. Its failover script is told to do nothing meanwhile.
    private var attaching: String {
        let shell = PgpoolShell(location)
        let mark = Shell.quote(location.inertMark)
        let attached = backends.enumerated().filter { serving.contains($0.element) }
        func ifDown(_ address: String, _ then: String) -> String {
            "case \"$seen \" in *\(Shell.quote(" \(address) "))*) \(then) ;; esac\n"
        }
        var text = """
            look() {
            (\(fragment))
            }
            attach() { \(shell.pcp("pcp_attach_node", limit: 20)) -n "$1" >/dev/null; }
            knows() { [ "${seen%% *}" = \(Shell.quote(primary)) ]; }
            serves() {
            seen=$(look)
            \(attached.map { ifDown($0.element, "return 1") }.joined())knows
            }
            # It takes back whom it is told to in its own time.
            await() {
            n=0
            until "$1"; do
            n=$((n + 1))
            if [ "$n" -gt 100 ]; then echo "pgpool-II does not take its backends back: $seen" >&2; exit 1; fi
            sleep 0.2
            seen=$(look)
            done
            }
            install -d -m 0755 "$(dirname \(mark))"
            : >\(mark)
            trap 'rm -f \(mark)' EXIT
            seen=$(look)
            \(attached.map { ifDown($0.element, "attach \($0.offset); sleep 2") }.joined())seen=$(look)

            """
        if let other = backends.firstIndex(where: { $0 != primary }) {
            text += """
                if ! knows; then
                \(shell.pcp("pcp_detach_node", limit: 20)) -n \(other) >/dev/null
                await knows
                attach \(other)
                fi

                """
        }
        return text + "await serves\n"
    }
}
