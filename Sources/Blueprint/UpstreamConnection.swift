package import Diagnostics
package import Inventory
package import PostgreSQL
import Resources

/// How a standby reaches its upstream: the same string wherever it is written.
package struct UpstreamConnection: Sendable {
    package let conninfo: String
    /// The same for a program that copies: under a name of its own, so that it never counts as the standby.
    package let copying: Conninfo
    /// Nil where slots are off.
    package let slot: String?

    package init(_ design: Design, _ host: InventoryHost, upstream: InventoryHost) throws(Problems) {
        let inventory = design.inventory
        var pairs = [
            Conninfo.Pair("host", upstream.address), Conninfo.Pair("port", String(design.location.port)),
            Conninfo.Pair("user", inventory.replication.user), Conninfo.Pair("application_name", host.name),
        ]
        pairs += HADefaults.keepalives
        pairs.append(Conninfo.Pair("connect_timeout", "10"))
        if design.version >= .v10 { pairs.append(Conninfo.Pair("passfile", design.location.passwordFile)) }
        copying = Conninfo(pairs.filter { $0.keyword != "application_name" })
        do {
            conninfo = try Conninfo(pairs).text()
        } catch {
            throw Problems(error)
        }
        slot = inventory.replication.slots ? host.slotName : nil
    }
}
