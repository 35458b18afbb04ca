/// A container of some lab, as the engine lists it.
package struct LabContainerState: Hashable, Sendable {
    package enum Condition: String, Hashable, Sendable {
        case running, paused, stopped
    }

    package let name: String
    package let condition: Condition
    package let cluster: String
    package let host: String
    package let shape: String
    /// The inventory's path, absolute.
    package let inventory: String

    package init(
        name: String, condition: Condition, cluster: String, host: String, shape: String, inventory: String
    ) {
        self.name = name
        self.condition = condition
        self.cluster = cluster
        self.host = host
        self.shape = shape
        self.inventory = inventory
    }

    /// sshd alone instead of systemd.
    package var isPlain: Bool { shape.split(separator: " ").contains("plain") }

    package var address: String {
        let words = shape.split(separator: " ")
        return words.count > 1 ? String(words[1]) : ""
    }

    /// Reads what ``ContainerEngine/listContainers(of:)`` prints; lines that are none are warnings of the engine's.
    package static func read(_ listing: String) -> [LabContainerState] {
        listing.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 6 else { return nil }
            // podman says "Up 3 minutes ago" or "Up 3 minutes ago (Paused)", docker "running" or "paused".
            let state = fields[1].lowercased()
            let condition: Condition =
                state.contains("paused") ? .paused : state == "running" || state.hasPrefix("up") ? .running : .stopped
            return LabContainerState(
                name: fields[0], condition: condition, cluster: fields[2], host: fields[3], shape: fields[4],
                inventory: fields[5])
        }
    }
}
