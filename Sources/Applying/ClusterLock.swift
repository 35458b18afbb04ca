package import Diagnostics
import Hosts
package import Inventory
package import Planning

/// One operator at a time: a lock on every host of the cluster that dies with the connection.
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
    /// - Parameter holder: `alice@laptop since 2026-11-21 03:12:04 UTC (apply)`.
    /// - Throws: ``Held``, `HostError`.
    package static func take(
        on hosts: [InventoryHost], cluster: String, holder: String, provider: any HostProvider
    ) async throws -> ClusterLock {
        let folder = "/var/lib/kumki/\(cluster)"
        let quoted = holder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        let text: Content = """
            umask 077; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; cd /
            mkdir -p -m 0700 /var/lib/kumki \(folder) || exit 1
            exec 8>>\(folder)/lock
            if ! flock -w 1 8; then who=; read -r who <\(folder)/holder; echo "held $who"; exit 0; fi
            printf '%s\\n' '\(quoted)' >\(folder)/holder
            exec 9>>\(folder)/step.lock
            if ! flock -w 120 9; then echo busy; exit 0; fi
            exec 9>&-
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
