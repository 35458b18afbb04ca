import Graph
import Inventory

/// Who streams from whom when the cluster is born, as boxes and arrows.
struct TopologyDrawing {
    let inventory: Inventory

    var drawing: Drawing {
        let topology = Topology(inventory, primary: inventory.bornPrimary?.name ?? "")
        var nodes: [Drawing.Node] = []
        var edges: [Drawing.Edge] = []
        for vip in inventory.vips {
            let id = "vip \(vip.kind)"
            nodes.append(
                Drawing.Node(
                    id: id, title: vip.name ?? vip.kind, subtitle: "\(vip.address) (\(vip.kind))", tone: .amber))
            // Where the reader's address goes is the engine's choice.
            if vip.kind == "writer" { edges.append(Drawing.Edge(from: id, to: topology.primary, style: .dashed)) }
        }
        for host in inventory.hosts where host.state == .present {
            nodes.append(
                Drawing.Node(
                    id: host.name, title: host.name, subtitle: subtitle(of: host, topology),
                    tone: tone(of: host, topology)))
            guard let upstream = topology.upstream(of: host.name) else { continue }
            edges.append(
                Drawing.Edge(
                    from: upstream, to: host.name, label: label(of: host, topology),
                    style: confirms(host, topology) ? .solid : .dashed))
        }
        return Drawing(title: inventory.cluster, nodes: nodes, edges: edges)
    }

    private func confirms(_ host: InventoryHost, _ topology: Topology) -> Bool {
        topology.synchronousStandbys.contains(host.name)
    }

    private func label(of host: InventoryHost, _ topology: Topology) -> String {
        var words = [confirms(host, topology) ? "sync" : "async"]
        if let delay = topology.applyDelay(of: host.name) { words.append("delayed \(delay.text)") }
        if inventory.replication.slots { words.append("slot \(host.slotName)") }
        return words.joined(separator: ", ")
    }

    private func subtitle(of host: InventoryHost, _ topology: Topology) -> String {
        var words: [String] = []
        if host.isDatabase { words.append(host.name == topology.primary ? "primary" : "standby") }
        words += host.roles.filter { $0 != .primary && $0 != .standby }.map(\.rawValue)
        return "\(host.address) (\(words.joined(separator: ", ")))"
    }

    private func tone(of host: InventoryHost, _ topology: Topology) -> Drawing.Tone {
        if host.name == topology.primary { return .blue }
        if !host.isDatabase { return .grey }
        return confirms(host, topology) ? .green : .violet
    }
}
