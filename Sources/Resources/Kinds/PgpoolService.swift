package import Diagnostics
import Hosts
import Pgpool
import PostgreSQL

/// A pgpool-II that runs.
package struct PgpoolStart: Resource {
    package let name = "pgpool-II start"
    package var location: PgpoolLocation

    package init(location: PgpoolLocation) {
        self.location = location
    }

    package var probe: Probe { Probe(units: [location.unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.unit(location.unit) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return start("a new pgpool-II")
        case .present(let state):
            if !state.isActive { return start("pgpool-II is \(state.activeState)") }
            if state.isEnabled { return .same }
            return .change(
                Change(
                    .update, "pgpool-II does not start with the host",
                    script: Script(Content("systemctl -q enable \(Shell.quote(location.unit))\n"))))
        }
    }

    private func start(_ reason: String) -> Finding {
        .change(Change(.run, reason, script: PgpoolShell(location).start))
    }
}

/// A running pgpool-II with a setting that only a restart changes, or of another build than is installed.
package struct PgpoolRestart: Resource {
    package let name = "pgpool-II restart"
    package var location: PgpoolLocation
    /// pgpool.conf as it shall be.
    package var configuration: Content
    /// Of the source archive that it is built from; nil where a package brings it.
    package var sourceDigest: String?

    package init(location: PgpoolLocation, configuration: Content, sourceDigest: String? = nil) {
        self.location = location
        self.configuration = configuration
        self.sourceDigest = sourceDigest
    }

    /// Prints a line on the host that leads the watchdog.
    package static let leading = "leads the watchdog"

    /// Prints a line where pgpool-II runs without the watchdog that it was started with.
    private static let lost = "has lost its watchdog"
    private var losing: String {
        let shell = PgpoolShell(location)
        let (answers, watches) = (shell.pcp("pcp_node_count"), shell.pcp("pcp_watchdog_info"))
        return "if \(answers) >/dev/null 2>&1 && ! \(watches) >/dev/null 2>&1; then echo yes; fi"
    }
    private var hasWatchdog: Bool { configuration.revealed.contains("\nuse_watchdog = on\n") }

    private var started: String { location.startedDirectory + "/pgpool.conf" }
    /// The mark of the build that it was started from.
    private var startedBuild: String? {
        location.sourceMark.map { "\(location.startedDirectory)/\($0.split(separator: "/").last ?? "")" }
    }

    package var probe: Probe {
        var probe = Probe(
            contents: Set([started, startedBuild].compactMap { $0 }), units: [location.unit],
            commands: [Self.leading: "if \(PgpoolShell(location).leads); then echo yes; fi"])
        if hasWatchdog { probe.commands[Self.lost] = losing }
        return probe
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let idle = facts.nothingToDo(unlessRunning: location.unit) { return idle }
        switch (facts.content(started), startedBuild.map(facts.content)) {
        case (.unknown(let reason), _), (_, .unknown(let reason)?): return .unknown(reason)
        case (.absent, _): return restart("it was started with a configuration that is not kumki's")
        case (.present(let text), let build):
            var reasons = PgpoolConfiguration(configuration.revealed).difference(from: PgpoolConfiguration(text))
                .filter { !PgpoolSetting.reloads($0) }
            if hasWatchdog, facts.command(Self.lost).value != nil { reasons.append("it has lost its watchdog") }
            if let sourceDigest, build?.value?.hasPrefix(sourceDigest) != true { reasons.append("another build") }
            return reasons.isEmpty ? .same : restart(reasons.joined(separator: ", "))
        }
    }

    private func restart(_ reason: String) -> Finding {
        .change(Change(.run, reason, effect: .restart, script: PgpoolShell(location).restart))
    }
}

/// A running pgpool-II that has not read its files since they changed, or need to change.
package struct PgpoolReload: Resource {
    package let name = "pgpool-II reload"
    package var location: PgpoolLocation
    package var configuration: Content
    /// Other files that a reload reads, by name, as they shall be.
    package var files: [String: Content]

    package init(location: PgpoolLocation, configuration: Content, files: [String: Content]) {
        self.location = location
        self.configuration = configuration
        self.files = files
    }

    private func loaded(_ name: String) -> String { location.loadedDirectory + "/" + name }

    package var probe: Probe {
        Probe(files: Set(files.keys.map(loaded)), contents: [loaded("pgpool.conf")], units: [location.unit])
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let idle = facts.nothingToDo(unlessRunning: location.unit) { return idle }
        var reasons: [String] = []
        switch facts.content(loaded("pgpool.conf")) {
        case .unknown(let reason): return .unknown(reason)
        // It gets a restart.
        case .absent: return .same
        case .present(let text):
            reasons = PgpoolConfiguration(configuration.revealed).difference(from: PgpoolConfiguration(text))
                .filter { PgpoolSetting.reloads($0) }
        }
        for (name, content) in files.sorted(by: { $0.key < $1.key }) {
            switch facts.file(loaded(name)) {
            case .unknown(let reason): return .unknown(reason)
            case .present(let file) where file.sha256 == SHA256.hexDigest(content.revealed): continue
            default: reasons.append("\(name) changed")
            }
        }
        if reasons.isEmpty { return .same }
        return .change(
            Change(
                .run, reasons.joined(separator: ", "), effect: .reload,
                script: Script(Content(PgpoolShell(location).reload))))
    }
}

/// Scripts about one host's pgpool-II.
struct PgpoolShell {
    let location: PgpoolLocation

    init(_ location: PgpoolLocation) {
        self.location = location
    }

    private var unit: String { Shell.quote(location.unit) }

    var start: Script {
        Script(
            Content(
                "systemctl daemon-reload\nsystemctl reset-failed \(unit) 2>/dev/null || :\nsystemctl -q enable \(unit)\n"
                    + "systemctl start \(unit)\n" + waitUntilReady), limit: .seconds(120))
    }

    /// It comes back to the others before the next one goes; a watchdog that can't is for `status` to tell.
    var restart: Script {
        let joined = """
            n=0
            until ! grep -q '^use_watchdog = on' \(Shell.quote(location.configFile)) || \(pcp("pcp_watchdog_info")) -v 2>/dev/null | grep -qE 'Quorum state *: QUORUM (EXIST|IS ON THE EDGE)'; do
            n=$((n + 1))
            [ "$n" -le 75 ] || break
            sleep 0.2
            done

            """
        return Script(
            Content("systemctl daemon-reload\nsystemctl restart \(unit)\n" + waitUntilReady + joined),
            limit: .seconds(180))
    }

    /// Ends with 0 where this host leads the watchdog and has the virtual address.
    var leads: String {
        "\(pcp("pcp_watchdog_info")) -v 2>/dev/null | grep -qE '^(Local node escalation|VIP up on local node) *: YES'"
    }

    var reload: String { "systemctl reload \(unit)\n" }

    /// Until it has read a pgpool.conf that keeps it from so many of its servers: it does so when it comes to it.
    func awaitHands(taken: Int) -> String {
        """
        n=0
        until [ "$(\(pcp("pcp_pool_status")) 2>/dev/null | grep -c 'value: *DISALLOW_TO_FAILOVER')" = \(taken) ]; do
        n=$((n + 1))
        if [ "$n" -gt 50 ]; then echo 'pgpool-II does not take its new pgpool.conf' >&2; exit 1; fi
        sleep 0.2
        done

        """
    }

    /// It takes clients once a backend answers it; that it answers `pcp_*` is all that is waited for.
    private var waitUntilReady: String {
        """
        n=0
        until \(pcp("pcp_node_count")) >/dev/null 2>&1; do
        n=$((n + 1))
        if [ "$n" -gt 150 ] || [ "$(systemctl show -p ActiveState --value \(unit))" = failed ]; then
        echo "pgpool-II does not answer on port \(location.pcpPort); its last words:" >&2
        journalctl -q -n 15 --no-pager -o cat -u \(unit) >&2
        exit 1
        fi
        sleep 0.2
        done

        """
    }

    /// A `pcp_*` program of this host's pgpool-II; the password is in `.pcppass`.
    func pcp(_ program: String, limit: Int = 5) -> String {
        let name = Shell.quote(location.binDirectory + "/" + program)
        return "timeout -k 1 \(limit) env PCPPASSFILE=\(Shell.quote(location.pcpPasswordFile)) \(name) "
            + "-h localhost -p \(location.pcpPort) -U \(Shell.quote(location.pcpUser)) -w"
    }
}
