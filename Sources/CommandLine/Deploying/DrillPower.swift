import Diagnostics
import Hosts
import Inventory
import Lab
import Planning

/// What takes a host's power away in a drill.
enum DrillPower: Sendable {
    /// Containers of this machine: the engine kills and starts them.
    case lab(Lab)
    /// Real hosts: the kernel boots at once, and nothing is written any more.
    case reboot

    /// The lab where every host of the inventory is a container of this machine that runs; else real hosts.
    static func find(for inventory: Inventory) async -> DrillPower {
        guard let any = try? await Lab(inventory), let containers = try? await any.containers() else { return .reboot }
        let isPlain = containers.contains(where: \.isPlain)
        guard let lab = try? await Lab(inventory, options: Lab.Options(plain: isPlain)) else { return .reboot }
        let hosts = inventory.hosts.filter { $0.state == .present }
        let isLab = hosts.allSatisfy { host in
            containers.contains {
                $0.host == host.name && $0.address == host.address && $0.condition == .running
                    && $0.inventory == lab.topology.inventory
            }
        }
        return isLab ? .lab(lab) : .reboot
    }

    var isLab: Bool {
        if case .lab = self { true } else { false }
    }

    /// - Throws: `Diagnostic` `lab.fault`, `HostError`.
    func off(_ host: InventoryHost, _ provider: any HostProvider) async throws {
        switch self {
        case .lab(let lab): try await lab.kill(host.name)
        case .reboot:
            // After its end has been told.
            let script =
                "! systemd-detect-virt -cq || { echo 'a container shares the power of its machine' >&2; exit 1; }\n"
                + "setsid sh -c 'sleep 0.2; echo b >/proc/sysrq-trigger || reboot -ff' </dev/null >/dev/null 2>&1 &"
            let outcome = try await provider.host(for: host).run(Script(Content(script)))
            guard outcome.succeeded else {
                throw Diagnostic.error(
                    "drill.power", "\(host.name) can't be switched off: \(outcome.errorText)",
                    hint: "drill another fault; only hosts with power of their own, and labs, can lose it")
            }
        }
    }

    /// Returns once the host can be reached again, over new connections.
    ///
    /// - Throws: `Diagnostic` `lab.fault`, `lab.not-ready`, `drill.power`.
    func on(_ host: InventoryHost, in inventory: Inventory, _ console: Console) async throws {
        switch self {
        case .lab(let lab): try await lab.start(host.name)
        case .reboot:
            for _ in 0..<60 {
                try await Task.sleep(for: .seconds(5))
                let answers = try? await Connections.open(to: inventory, parallel: 1, console: console) {
                    try await $0.provider.host(for: host).run(Script(":")).succeeded
                }
                if answers == true { return }
            }
            throw Diagnostic.error(
                "drill.power", "\(host.name) does not answer five minutes after its power went off",
                hint: "see its console; once it is back, `kumki rejoin INVENTORY \(host.name)`")
        }
    }
}
