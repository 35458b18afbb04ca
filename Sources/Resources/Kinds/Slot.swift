import Diagnostics
import Hosts
import PostgreSQL

/// A physical replication slot on a standby's own upstream, with WAL reserved from the start.
package struct Slot: Resource {
    package enum State: Hashable, Sendable {
        case present, absent
    }

    package var slot: String
    package var state: State
    package var location: ServerLocation
    /// Whether an earlier step takes it away, with the data directory that it lies in.
    package var isRemade: Bool

    package init(slot: String, state: State = .present, location: ServerLocation, isRemade: Bool = false) {
        self.slot = slot
        self.state = state
        self.location = location
        self.isRemade = isRemade
    }

    package var isSmall: Bool { true }
    package var name: String { "slot \(slot)" }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if isRemade { return remake }
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return state == .present ? create("the slot is missing") : .same
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            let found = live.slots.first { $0.name == slot }
            switch (found, state) {
            case (nil, .absent): return .same
            case (nil, .present): return create("the slot is missing")
            case (let found?, .present): return compare(found, on: facts.host)
            case (let found?, .absent): return drop(found, on: facts.host)
            }
        }
    }

    private func compare(_ found: LiveSlot, on host: String) -> Finding {
        if !found.physical {
            return .refused(
                .error(
                    "slot.logical", "\(host): slot \(slot) exists but is logical",
                    hint: "drop or rename it: the name belongs to the standby of that name"))
        }
        if found.walStatus == "lost" {
            return .change(
                Change(
                    .update, "the slot lost its WAL (wal_status lost)", basis: "lost",
                    script: script(
                        "SELECT pg_drop_replication_slot(\(SQL.literal(slot)));\n"
                            + "SELECT pg_create_physical_replication_slot(\(SQL.literal(slot)), true);")))
        }
        return .same
    }

    private var remake: Finding {
        let name = SQL.literal(slot)
        return .change(
            Change(
                .create, "the slot goes with the data directory as it was",
                script: script(
                    "SELECT pg_create_physical_replication_slot(\(name), true) WHERE NOT EXISTS "
                        + "(SELECT FROM pg_replication_slots WHERE slot_name = \(name));")))
    }

    private func create(_ reason: String) -> Finding {
        .change(
            Change(
                .create, reason,
                script: script("SELECT pg_create_physical_replication_slot(\(SQL.literal(slot)), true);")))
    }

    private func drop(_ found: LiveSlot, on host: String) -> Finding {
        if found.active { return .unknown("the slot is in use; dropped once its standby has moved") }
        return .change(
            Change(
                .delete, "no standby of this host uses it", basis: "\(found.physical)",
                script: script("SELECT pg_drop_replication_slot(\(SQL.literal(slot)));")))
    }

    private func script(_ statements: String) -> Script {
        Script(ServerShell(location).sql(Content(statements)))
    }
}
