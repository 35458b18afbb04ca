/// podman or docker: the argument lists that they understand, and nothing that runs.
///
/// Both take the same words almost everywhere; where they differ, the difference is spelled out here.
package struct ContainerEngine: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case podman, docker
    }

    /// Hard limits of this process: a container may be given no more without `CAP_SYS_RESOURCE`.
    package struct Limits: Hashable, Sendable {
        package var openFiles: Int
        package var processes: Int

        package init(openFiles: Int = 65536, processes: Int = 10000) {
            self.openFiles = min(openFiles, 65536)
            self.processes = min(processes, 10000)
        }
    }

    package let kind: Kind
    package let limits: Limits
    /// cgroup version 2 alone. Elsewhere crun, podman's usual runtime, refuses to start.
    package let unifiedCgroups: Bool

    package init(kind: Kind, limits: Limits = Limits(), unifiedCgroups: Bool = true) {
        self.kind = kind
        self.limits = limits
        self.unifiedCgroups = unifiedCgroups
    }

    /// What each container, network and image of a lab carries; nothing without it is ever touched.
    package enum Label {
        package static let cluster = "kumki.lab"
        package static let host = "kumki.lab.host"
        package static let shape = "kumki.lab.shape"
        package static let inventory = "kumki.lab.inventory"
        package static let recipe = "kumki.lab.recipe"
    }

    package func command(
        _ arguments: [String], input: [UInt8] = [], limit: Duration = .seconds(60)
    ) -> Command {
        let runtime = kind == .podman && !unifiedCgroups ? ["--runtime", "runc"] : []
        return Command(kind.rawValue, runtime + arguments, input: input, limit: limit)
    }

    // MARK: Containers

    package func run(_ container: LabContainer, of topology: LabTopology, on network: String) -> Command {
        var arguments = ["run", "--detach", "--name", container.name, "--hostname", container.host]
        arguments += ["--network", network, "--ip", container.address]
        arguments += ["--mac-address", container.hardwareAddress]
        arguments += ["--label", "\(Label.cluster)=\(topology.cluster)", "--label", "\(Label.host)=\(container.host)"]
        arguments += ["--label", "\(Label.shape)=\(container.shape)"]
        arguments += ["--label", "\(Label.inventory)=\(topology.inventory)"]
        arguments += limitArguments + ["--shm-size", "512m"]
        for capability in ["NET_ADMIN", "NET_RAW", "SYS_NICE", "IPC_LOCK", "SYS_PTRACE"] {
            arguments += ["--cap-add", capability]
        }
        // As systemd sets it on hosts, and can't here.
        arguments += ["--sysctl", "net.ipv4.ping_group_range=0 2147483647"]
        // Beside version 1 there is a version 2 that nobody has mounted yet.
        let mountsCgroups = !container.plain && !unifiedCgroups && container.image.suite.needsUnifiedCgroups
        switch kind {
        case .podman:
            // An /etc/hosts that is a mount can't be replaced by rename, as every careful tool does.
            arguments += ["--no-hosts", "--systemd", container.plain ? "false" : "always"]
            if mountsCgroups { arguments += ["--cap-add", "SYS_ADMIN", "--cgroupns", "private"] }
        case .docker where !container.plain:
            arguments += ["--cap-add", "SYS_ADMIN", "--security-opt", "seccomp=unconfined"]
            arguments += ["--security-opt", "apparmor=unconfined", "--stop-signal", "SIGRTMIN+3"]
            arguments += ["--cgroupns", mountsCgroups ? "private" : "host"]
            if !mountsCgroups { arguments += ["--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"] }
            for folder in ["/run", "/run/lock", "/tmp"] { arguments += ["--tmpfs", "\(folder):exec"] }
        case .docker: break
        }
        arguments.append(container.image.name)
        if container.plain {
            let start = "mkdir -p /run/sshd && make-host-keys && exec /usr/sbin/sshd -D -e -p \(container.sshPort)"
            arguments += ["sh", "-c", start]
        } else if mountsCgroups {
            let mount = "umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup"
            arguments += ["sh", "-c", "\(mount) && exec /sbin/init"]
        }
        return command(arguments, limit: .seconds(120))
    }

    package func start(_ name: String) -> Command { command(["start", name]) }
    package func kill(_ name: String) -> Command { command(["kill", "--signal", "KILL", name]) }
    package func pause(_ name: String) -> Command { command(["pause", name]) }
    package func unpause(_ name: String) -> Command { command(["unpause", name]) }

    package func execute(_ script: [UInt8], in name: String, limit: Duration) -> Command {
        command(["exec", "--interactive", name, "sh", "-s"], input: script, limit: limit)
    }

    package func logs(_ name: String, lines: Int) -> Command { command(["logs", "--tail", String(lines), name]) }

    package func removeContainer(_ name: String) -> Command {
        // docker kills at once when forced; podman first waits for a clean stop.
        command(["rm", "--force", "--volumes"] + (kind == .podman ? ["--time", "0"] : []) + [name])
    }

    /// One line a container, read by ``LabContainerState``; `cluster` nil lists every lab's.
    package func listContainers(of cluster: String?) -> Command {
        let filter = Label.cluster + (cluster.map { "=\($0)" } ?? "")
        let fields =
            ["{{.Names}}", "{{.State}}"]
            + [Label.cluster, Label.host, Label.shape, Label.inventory].map(labelField)
        return command([
            "ps", "--all", "--filter", "label=\(filter)", "--format", fields.joined(separator: "\t"),
        ])
    }

    /// Prints the cluster of a container, by its name or id.
    package func inspectCluster(_ container: String) -> Command {
        command(["container", "inspect", "--format", #"{{index .Config.Labels "\#(Label.cluster)"}}"#, container])
    }

    private func labelField(_ name: String) -> String {
        kind == .podman ? #"{{index .Labels "\#(name)"}}"# : #"{{.Label "\#(name)"}}"#
    }

    // MARK: Networks

    package func createNetwork(_ name: String, of topology: LabTopology) -> Command {
        command([
            "network", "create", "--subnet", topology.subnet, "--gateway", topology.gateway, "--label",
            "\(Label.cluster)=\(topology.cluster)", name,
        ])
    }

    /// One name a line.
    package func listNetworks(of cluster: String) -> Command {
        command(["network", "ls", "--filter", "label=\(Label.cluster)=\(cluster)", "--format", "{{.Name}}"])
    }

    package func inspectSubnet(_ name: String) -> Command {
        let subnets = kind == .podman ? "{{range .Subnets}}" : "{{range .IPAM.Config}}"
        return command(["network", "inspect", "--format", "\(subnets){{.Subnet}}{{end}}", name])
    }

    package func removeNetwork(_ name: String) -> Command { command(["network", "rm", name]) }

    // MARK: Images

    /// Prints the digest of the recipe that made the image; fails when there is none.
    package func inspectImage(_ name: String) -> Command {
        command(["image", "inspect", "--format", #"{{index .Config.Labels "\#(Label.recipe)"}}"#, name])
    }

    package func pull(_ name: String) -> Command { command(["pull", "--quiet", name], limit: .seconds(300)) }
    package func tag(_ name: String, as new: String) -> Command { command(["tag", name, new]) }
    package func removeImage(_ name: String) -> Command { command(["rmi", name]) }

    /// Removes the images of ours that a newer build took the name from.
    package func pruneImages() -> Command {
        command(["image", "prune", "--force", "--filter", "label=\(Label.recipe)"])
    }

    package func importImage(_ archive: String, as name: String) -> Command {
        command(["import", archive, name], limit: .seconds(300))
    }

    /// Builds with this machine's own network, so that a mirror or proxy that it reaches is reached.
    package func build(_ name: String, in folder: String) -> Command {
        command(
            ["build", "--network", "host"] + (kind == .podman ? limitArguments : [])
                + ["--tag", name, "--file", "\(folder)/Containerfile", folder],
            limit: .seconds(900))
    }

    private var limitArguments: [String] {
        [
            "--ulimit", "nofile=\(min(1024, limits.openFiles)):\(limits.openFiles)",
            "--ulimit", "nproc=\(limits.processes):\(limits.processes)",
        ]
    }
}
