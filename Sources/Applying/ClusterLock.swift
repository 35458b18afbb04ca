package import Diagnostics
import Hosts
package import Inventory
package import Planning

/// One operator at a time: a lock on every host of the cluster that dies with the connection.
///
/// On a host it is two files: `operator.lock`, which every kumki takes, and `lock`, at which an engine's scripts look too.
package struct ClusterLock: Sendable {
    /// The cluster is in other hands.
    package struct Held: Error, Hashable, Sendable {
        package var host: String
        /// Who holds it and since when, in the holder's own words.
        package var holder: String

        package var diagnostic: Diagnostic {
            .error(
                "lock.held", "\(host): the cluster is locked by \(holder.isEmpty ? "another kumki" : holder)",
                hint: "wait for it to end; the lock is gone as soon as that kumki or its connection is")
        }
    }

    private let holds: [any Hold]

    /// Takes the lock on all hosts, the first of the inventory first. Nobody waits for it longer than an engine's script
    /// needs to look at it.
    ///
    /// A step that an earlier run left behind when its connection was cut is waited for: what it changes must not be
    /// planned again.
    ///
    /// - Parameters:
    ///   - holder: `alice@laptop since 2026-11-21 03:12:04 UTC (apply)`.
    ///   - leavesEngine: whether an engine's own scripts may change hosts meanwhile, as in a drill: only kumki may not.
    /// - Throws: ``Held``, `HostError`.
    package static func take(
        on hosts: [InventoryHost], cluster: String, holder: String, leavesEngine: Bool = false,
        provider: any HostProvider
    ) async throws -> ClusterLock {
        let folder = "/var/lib/kumki/\(cluster)"
        let quoted = holder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        let operators: Content = """
            umask 077; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; cd /
            mkdir -p -m 0700 /var/lib/kumki \(folder) || exit 1
            held() { who=; read -r who <\(folder)/holder; echo "held $who"; exit 0; }
            exec 7>>\(folder)/operator.lock
            flock -w 1 7 || held

            """
        // An engine's scripts look at these.
        let engine: Content = """
            exec 8>>\(folder)/lock
            flock -w 1 8 || held
            exec 9>>\(folder)/step.lock
            if ! flock -w 120 9; then echo busy; exit 0; fi
            exec 9>&-

            """
        let text: Content = """
            \(operators)\(leavesEngine ? "" : engine)printf '%s\\n' '\(quoted)' >\(folder)/holder
            echo locked
            exec cat >/dev/null

            """
        guard let first = hosts.first else { return ClusterLock(holds: []) }
        // The first host decides between two operators; the others follow all at once.
        var holds = [try await hold(first, text, cluster, provider)]
        do {
            try await withThrowingTaskGroup(of: (any Hold).self) { group in
                for host in hosts.dropFirst() { group.addTask { try await hold(host, text, cluster, provider) } }
                for try await hold in group { holds.append(hold) }
            }
        } catch {
            for hold in holds { await hold.release() }
            throw error
        }
        return ClusterLock(holds: holds)
    }

    private static func hold(
        _ host: InventoryHost, _ text: Content, _ cluster: String, _ provider: any HostProvider
    ) async throws -> any Hold {
        let hold = try await provider.host(for: host).hold(Script(text, limit: .seconds(150)))
        if hold.greeting == "locked" { return hold }
        await hold.release()
        if hold.greeting == "busy" {
            throw HostError(
                code: "lock.busy", host: host.name, message: "a step of an earlier run still works there",
                hint: "its end comes by itself; the last line of /var/lib/kumki/\(cluster)/journal there names it")
        }
        throw Held(host: host.name, holder: String(hold.greeting.dropFirst("held ".count)))
    }

    package func release() async {
        for hold in holds { await hold.release() }
    }
}
