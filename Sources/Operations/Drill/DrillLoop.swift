import Blueprint
import Diagnostics
package import Hosts
package import Inventory
import PostgreSQL
import Resources

/// A loop on a host that works on the cluster by one lasting psql session, and notes when it was answered.
///
/// It is bash, for a wait that has a limit. It lives as long as kumki's connection, and no longer than a limit of its
/// own; what it writes goes with it.
package struct DrillLoop: Sendable {
    package enum Kind: Hashable, Sendable {
        /// An application: it writes a row after the other through libpq, whoever is primary.
        case client(order: [String])
        /// Asks the host's own server whether it takes writes, by writing; also where nobody else can reach it.
        case probe
    }

    package let kind: Kind
    let inventory: Inventory
    let location: ServerLocation

    /// How long it works when nobody ends it: a drill is over long before.
    private static let limit: Duration = .seconds(1800)

    package init(_ kind: Kind, _ inventory: Inventory) {
        self.kind = kind
        self.inventory = inventory
        location = ServerLocation(inventory)
    }

    /// The client's: every database host admits the replication role from every other, and a pool the engine's.
    static func role(in inventory: Inventory) -> String {
        inventory.poolHosts.isEmpty ? inventory.replication.user : inventory.ha.user
    }

    private var name: String {
        switch kind {
        case .client: "client"
        case .probe: "probe"
        }
    }

    private var folder: String { "/var/lib/kumki/\(inventory.cluster)/drill-\(name)" }

    // MARK: Its life

    /// To be held: it prints a line once the loop runs, and ends it with the connection.
    ///
    /// - Parameter goesOn: keeps what an earlier one has noted, where the host's power was off.
    package func hold(goesOn: Bool = false) -> Script {
        var text: Content = "umask 077; cd /\n"
        if !goesOn { text.append("rm -rf -- \(folder)\n") }
        text.append("mkdir -p \(folder) && rm -f \(folder)/stop && printf '%s' ")
        text += Shell.quote(Content(loop))
        text.append(
            """
             >\(folder)/loop || exit 1
            bash \(folder)/loop </dev/null >/dev/null 2>\(folder)/words &
            echo begun
            cat >/dev/null
            : >\(folder)/stop
            wait
            rm -rf -- \(folder)

            """)
        return Script(text, limit: .seconds(30))
    }

    /// What was noted so far, and the last words of psql.
    package var read: Script { Script(Content("cat \(folder)/noted 2>/dev/null || :")) }

    package var lastWords: Script { Script(Content("tail -n 3 \(folder)/words 2>/dev/null || :")) }

    /// Ends the loop, so that nothing is noted any more.
    package var stop: Script {
        Script(
            Content(
                """
                [ -e \(folder)/loop ] || exit 0
                : >\(folder)/stop
                n=0
                until [ -e \(folder)/ended ]; do
                n=$((n + 1)); [ "$n" -le 200 ] || exit 1
                sleep 0.1
                done

                """))
    }

    /// Removes what a session left whose connection went with the host's power.
    package var clear: Script { Script(Content("rm -rf -- \(folder)")) }

    // MARK: The loop

    package var loop: String {
        """
        # Part of a kumki drill; it ends by itself.
        export LC_ALL=C
        trap '' PIPE
        folder=\(folder)
        running() { [ ! -e "$folder/stop" ] && [ "$SECONDS" -lt \(Self.limit.components.seconds) ]; }
        note() { echo "$EPOCHREALTIME $1" >>"$folder/noted"; }
        open() {
            coproc psql { cd / && exec \(psql); }
            process=$psql_PID
            exec 3>&"${psql[1]}" 4<&"${psql[0]}"
        }
        close() {
            exec 3>&- 4<&-
            kill -KILL "$process"
            wait "$process"
        }
        # Sends a statement and reads one line of its answer; what comes too late is as if it never came.
        ask() { echo "$2" >&3 && read -r -t "$1" answer <&4; }
        n=0
        while running; do
        \(work)
            sleep \(pause)
        done
        : >"$folder/ended"

        """
    }

    private var pause: String {
        switch kind {
        case .client: "0.05"
        case .probe: "0.2"
        }
    }

    private var psql: String {
        let isPooled = !inventory.poolHosts.isEmpty
        let port = isPooled && kind != .probe ? inventory.pgpool.port : location.port
        var environment = ["PGPORT=\(port)", "PGDATABASE=postgres", "PGAPPNAME=kumki_drill"]
        switch kind {
        case .client:
            // Two seconds are the least that libpq takes.
            environment += ["PGCONNECT_TIMEOUT=2", "PGPASSFILE=\(location.passwordFile)"]
            environment += ["PGUSER=\(Self.role(in: inventory))"]
            // A pool sends what writes to the primary itself.
            if location.version >= .v10, !isPooled { environment.append("PGTARGETSESSIONATTRS=read-write") }
        case .probe:
            environment += ["PGUSER=\(location.account)", "PGHOST=\(location.socketDirectory)"]
        }
        let host = if case .client = kind { " PGHOST=\"$hosts\"" } else { "" }
        return "\(ServerShell(location).asAccount) \(Shell.quote(environment))\(host) "
            + "\(Shell.quote(location.binDirectory + "/psql")) -XAtqw -v VERBOSITY=terse -v ON_ERROR_STOP=1"
    }

    private var work: String {
        switch kind {
        case .client(let order): client(doors(order))
        case .probe: probe
        }
    }

    /// Where a client knocks: at the virtual address, else at every host of the order.
    private func doors(_ order: [String]) -> [String] {
        let vips = inventory.vips.filter { $0.kind == "writer" }.map(\.address)
        return vips.isEmpty ? order.compactMap { inventory.host($0)?.address } : vips
    }

    /// A row that was not acknowledged in time is given up, and so is its session, as an application would.
    private func client(_ addresses: [String]) -> String {
        let choose =
            location.version >= .v10
            ? "    hosts=\(Shell.quote(addresses.joined(separator: ",")))\n    open"
            : """
                for hosts in \(Shell.quote(addresses)); do
                    open
                    ask 3 'SELECT pg_is_in_recovery();' && [ "$answer" = f ] && break
                    close
                done
            """
        return """
            \(choose)
                limit=\(2 * addresses.count + 3)
                while running; do
                    n=$((n + 1))
                    ask "$limit" "INSERT INTO kumki.drill VALUES ('client', $n) RETURNING n;" && [ "$answer" = "$n" ] || break
                    note "$n"
                    limit=3
                    sleep 0.02
                done
                close
            """
    }

    /// It waits for the answer to a write as long as it takes: one that no standby confirms is not taken.
    private var probe: String {
        """
            open
            while running && ask 5 'SELECT pg_is_in_recovery();'; do
                if [ "$answer" = f ]; then
                    n=$((n + 1))
                    echo "INSERT INTO kumki.drill VALUES ('probe', $n) RETURNING n;" >&3 || break
                    until read -r -t 1 answer <&4; do
                        [ $? -gt 128 ] && running || break 2
                    done
                    [ "$answer" = "$n" ] || break
                    note "$n"
                fi
                sleep 0.2
            done
            close
        """
    }
}
