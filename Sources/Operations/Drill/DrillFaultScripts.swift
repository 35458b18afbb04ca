import Blueprint
import Diagnostics
package import Hosts
package import Inventory
import Resources

/// The scripts that break a host, and mend it again.
///
/// Before a host is broken, a timer is set on it that mends it without kumki. `power-off` has none of them: the power
/// does not come back by a script on the host.
package struct DrillFaultScripts: Sendable {
    let fault: DrillFault
    let location: ServerLocation
    /// The unit of pgpool-II.
    let pool: String
    /// Whether the fault takes the primary away.
    let movesPrimary: Bool
    /// Whether the engine brings an old primary back, once its server is asked to start.
    let comesBackAlone: Bool
    /// What the host is cut off from.
    let peers: [String]

    /// When the fault heals itself, counted from its beginning: long enough for everything that kumki does meanwhile.
    package static let healsItself: Duration = .seconds(300)

    private static let table = "kumki_drill"
    private static let unit = "kumki-drill-heal"
    /// What the timer runs; no reboot survives it.
    private static let healing = "/run/kumki-drill-heal"

    package init(_ cast: DrillCast, _ inventory: Inventory) {
        fault = cast.fault
        location = ServerLocation(inventory)
        pool = PgpoolLocation(inventory, version: nil).unit
        movesPrimary = cast.movesPrimary
        comesBackAlone = inventory.ha.engine != .none && inventory.ha.autoRejoin != .off
        peers = inventory.hosts.filter { $0.name != cast.hit && $0.state == .present }.map(\.address)
    }

    /// Fails, with what is missing, where the host can't be broken in this way.
    package var check: Script {
        switch fault {
        case .partitionPrimary, .partitionStandby, .partitionLeader:
            Script(
                "command -v nft >/dev/null || { echo 'it has no nft, which would cut it off: install nftables' >&2; exit 1; }"
            )
        case .killPrimary, .stopPrimary, .hangPrimary, .powerOff, .loseStandby, .killPoolLeader, .loseQuorum:
            Script(":")
        }
    }

    /// Sets the timer, then breaks the host.
    package var inject: Script { Script(Content(cancel + timer + breaking), limit: .seconds(120)) }

    /// Mends the host and ends the timer; it may be run again.
    ///
    /// - Parameter isReplaced: whether another host is primary now: then a primary's server is left to `rejoin`.
    package func heal(isReplaced: Bool) -> Script {
        Script(Content(isReplaced && movesPrimary ? replaced : mending) + Content(cancel), limit: .seconds(330))
    }

    /// What a cut-off primary that no standby has to confirm needs before another takes its place: it must not go on.
    package var fence: Script { Script(Content(kill), limit: .seconds(30)) }

    private var breaking: String {
        switch fault {
        case .killPrimary, .loseStandby: kill
        case .stopPrimary: ServerShell(location).stop
        case .hangPrimary: hanging
        case .partitionPrimary, .partitionStandby, .partitionLeader: cut
        case .killPoolLeader: "systemctl kill -s KILL \(Shell.quote(pool))\n"
        // Masked, systemd does not start it again.
        case .loseQuorum:
            "systemctl -q mask --runtime \(Shell.quote(pool))\nsystemctl kill -s KILL \(Shell.quote(pool))\n"
        case .powerOff: ""
        }
    }

    /// Of a former primary: with an engine, a server that was stopped is asked to start, and its guard says no.
    private var replaced: String {
        let asks = comesBackAlone && fault == .stopPrimary
        return quietly + (asks ? "systemctl start \(Shell.quote(location.unit)) 2>/dev/null || :\n" : "")
    }

    private var mending: String {
        switch fault {
        case .killPrimary, .stopPrimary, .loseStandby: ServerShell(location).start
        case .hangPrimary, .partitionPrimary, .partitionStandby, .partitionLeader: quietly
        case .killPoolLeader: "systemctl start \(Shell.quote(pool))\n"
        case .loseQuorum:
            "systemctl -q unmask --runtime \(Shell.quote(pool))\nsystemctl start \(Shell.quote(pool))\n"
        case .powerOff: ""
        }
    }

    /// Ends what the fault did, without starting a server.
    private var quietly: String {
        switch fault {
        case .hangPrimary:
            "p=; { read -r p <\(pidFile); } 2>/dev/null || :\n"
                + "[ -z \"$p\" ] || kill -CONT \"$p\" $(pgrep -P \"$p\") 2>/dev/null || :\n"
        case .partitionPrimary, .partitionStandby, .partitionLeader:
            "nft delete table inet \(Self.table) 2>/dev/null || :\n"
        case .killPrimary, .stopPrimary, .loseStandby, .powerOff, .killPoolLeader, .loseQuorum: ""
        }
    }

    // MARK: Processes

    private var pidFile: String { Shell.quote(location.dataDirectory + "/postmaster.pid") }

    /// The postmaster first, so that it starts nobody meanwhile; a session may end of itself before its turn comes.
    private var hanging: String {
        """
        read -r p <\(pidFile) || { echo 'PostgreSQL does not run' >&2; exit 1; }
        kill -STOP "$p"
        # shellcheck disable=SC2046
        kill -STOP $(pgrep -P "$p") 2>/dev/null || :

        """
    }

    /// The postmaster stands still first, so that it starts nobody in place of those that are gone.
    private var kill: String {
        """
        read -r p <\(pidFile) || exit 0
        kill -STOP "$p"
        # shellcheck disable=SC2046
        kill -KILL "$p" $(pgrep -P "$p") || :
        n=0
        while [ -e "/proc/$p/exe" ]; do
        n=$((n + 1))
        [ "$n" -le 100 ] || { echo "process $p does not end" >&2; exit 1; }
        sleep 0.1
        done

        """
    }

    // MARK: Network

    /// Both ways, before connection tracking sees it. The way to kumki itself stays open where a peer leads to it.
    private var cut: String {
        """
        ssh=${SSH_CONNECTION:-}
        {
        echo 'add table inet \(Self.table)'
        echo 'add chain inet \(Self.table) arriving { type filter hook input priority -300; }'
        echo 'add chain inet \(Self.table) leaving { type filter hook output priority -300; }'
        if [ -n "$ssh" ]; then
        kumki=${ssh%% *}; port=${ssh##* }
        case $kumki in *:*) ip=ip6 ;; *) ip=ip ;; esac
        echo "add rule inet \(Self.table) arriving $ip saddr $kumki tcp dport $port accept"
        echo "add rule inet \(Self.table) leaving $ip daddr $kumki tcp sport $port accept"
        fi
        for peer in \(Shell.quote(peers)); do
        getent ahosts "$peer" | cut -d ' ' -f 1 | sort -u | while read -r address; do
        case $address in *:*) ip=ip6 ;; *) ip=ip ;; esac
        echo "add rule inet \(Self.table) arriving $ip saddr $address drop"
        echo "add rule inet \(Self.table) leaving $ip daddr $address drop"
        done
        done
        } | nft -f -

        """
    }

    // MARK: The timer

    private var timer: String {
        if mending.isEmpty { return "" }
        let seconds = Self.healsItself.components.seconds
        return """
            printf '%s\\n' \(Shell.quote(mending)) >\(Self.healing) || exit 1
            if [ -d /run/systemd/system ]; then
            systemd-run --quiet --collect --unit=\(Self.unit) --on-active=\(seconds) --timer-property=AccuracySec=1s \
            /bin/sh \(Self.healing) || exit 1
            else
            setsid sh -c 'sleep \(seconds); exec sh \(Self.healing)' </dev/null >/dev/null 2>&1 &
            echo $! >\(Self.healing).pid
            fi

            """
    }

    private var cancel: String {
        """
        if [ -d /run/systemd/system ]; then
        systemctl stop \(Self.unit).timer 2>/dev/null || :
        elif read -r p <\(Self.healing).pid; then
        kill -- "-$p" || :
        fi 2>/dev/null
        rm -f -- \(Self.healing) \(Self.healing).pid

        """
    }
}
