import Blueprint
import Diagnostics
import Hosts
package import Inventory
package import Planning
import PostgreSQL
import Resources

/// Proof that a cluster does what its inventory says: a row that is written on the primary is read on every standby.
///
/// It writes only to its own table, `kumki.probe` in database `postgres`.
package struct Verification: Sendable {
    package struct Check: Hashable, Sendable {
        /// `row reaches db3`
        package var name: String
        package var passed: Bool
        /// `12 ms`, or what is wrong.
        package var detail: String
    }

    package var checks: [Check]
    package var status: ClusterStatus

    package var passed: Bool { checks.allSatisfy(\.passed) }

    /// How long a row may take to a standby that has just started.
    private static let patience: Duration = .seconds(15)

    package static func run(
        _ inventory: Inventory, without: Set<String> = [], with observer: Observer
    ) async -> Verification {
        let status = await settled(inventory, without, observer)
        var checks = status.problems.map { Check(name: "as declared", passed: false, detail: $0) }
        let leftOut = without.union(status.drained)
        if checks.isEmpty {
            checks.append(
                Check(
                    name: "as declared", passed: true,
                    detail: "roles, upstreams, sync states, slots and files"
                        + (leftOut.isEmpty ? "" : "; \(leftOut.sorted().joined(separator: ", ")) left out")))
        }
        guard let primary = status.primary.flatMap({ inventory.host($0) }) else {
            checks.append(Check(name: "row written", passed: false, detail: "there is no primary to write on"))
            return Verification(checks: checks, status: status)
        }
        let token = Observer.randomWord()
        let session = ProbeTable(location: ServerLocation(inventory), token: token)
        let guest = inventory.poolHosts.isEmpty ? nil : inventory.ha.user
        switch await session.write(on: primary, guest: guest, observer) {
        case .failure(let problem):
            checks.append(Check(name: "row written on \(primary.name)", passed: false, detail: problem.words))
        case .success(let written):
            checks.append(
                Check(name: "row written on \(primary.name)", passed: true, detail: "at \(written.lsn)"))
            let standbys = inventory.databaseHosts.filter { $0.name != primary.name && !leftOut.contains($0.name) }
            checks += await reads(of: written, session, standbys, observer)
            checks += await pooled(inventory, standbys, leftOut, observer)
        }
        return Verification(checks: checks, status: status)
    }

    /// A standby that has just been started or pointed elsewhere needs a moment before it counts as streaming.
    private static func settled(
        _ inventory: Inventory, _ without: Set<String>, _ observer: Observer
    ) async -> ClusterStatus {
        let clock = ContinuousClock()
        let end = clock.now + patience
        var status = await ClusterStatus.read(inventory, without: without, with: observer)
        while !status.isHealthy, status.unreachable.isEmpty, clock.now < end {
            try? await clock.sleep(for: .milliseconds(500))
            if Task.isCancelled { break }
            status = await ClusterStatus.read(inventory, without: without, with: observer)
        }
        return status
    }

    /// The same through pgpool-II, as a client sees it: by the virtual address, else by each pool.
    private static func pooled(
        _ inventory: Inventory, _ standbys: [InventoryHost], _ without: Set<String>, _ observer: Observer
    ) async -> [Check] {
        let pools = inventory.poolHosts.filter { !without.contains($0.name) }
        guard let client = pools.last else { return [] }
        let vips = inventory.vips.filter { $0.kind == "writer" }.map { ($0.name ?? "the writer's address", $0.address) }
        let doors = vips.isEmpty ? pools.map { ($0.name, $0.address) } : vips
        var checks: [Check] = []
        for (name, address) in doors {
            let session = ProbeTable(location: ServerLocation(inventory), token: Observer.randomWord())
            let door = ProbeTable.Door(address: address, port: inventory.pgpool.port, user: inventory.ha.user)
            switch await session.write(through: door, from: client, observer) {
            case .failure(let problem):
                checks.append(Check(name: "row written through \(name)", passed: false, detail: problem.words))
            case .success(let written):
                checks.append(Check(name: "row written through \(name)", passed: true, detail: "from \(client.name)"))
                checks += await reads(of: written, session, standbys, observer).map {
                    Check(name: "\($0.name) from \(name)", passed: $0.passed, detail: $0.detail)
                }
            }
        }
        return checks
    }

    private static func reads(
        of written: ProbeTable.Written, _ session: ProbeTable, _ standbys: [InventoryHost], _ observer: Observer
    ) async -> [Check] {
        await withTaskGroup(of: (Int, Check).self) { group in
            for (index, host) in standbys.enumerated() {
                group.addTask {
                    (index, await session.read(on: host, after: written, limit: patience, observer))
                }
            }
            var checks: [(Int, Check)] = []
            for await check in group { checks.append(check) }
            return checks.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
