import Lab
import Testing

@Suite("The engines' argument lists")
struct ContainerEngineTests {
    @Test("podman on a hybrid hierarchy runs a systemd container with runc and explicit limits")
    func podmanRun() throws {
        let topology = try Samples.topology()
        let engine = ContainerEngine(
            kind: .podman, limits: .init(openFiles: 20000, processes: 96365), unifiedCgroups: false)
        let command = engine.run(topology.containers[0], of: topology, on: "kumki.shop.1f")
        #expect(command.program == "podman")
        #expect(
            command.arguments.joined(separator: " ") == """
                --runtime runc run --detach --name kumki.shop.db1 --hostname db1 --network kumki.shop.1f \
                --ip 198.18.7.11 --mac-address 02:42:c6:12:07:0b --label kumki.lab=shop --label kumki.lab.host=db1 \
                --label kumki.lab.shape=kumki-lab/bookworm 198.18.7.11 systemd \
                --label kumki.lab.inventory=/srv/shop.yaml --ulimit nofile=1024:20000 --ulimit nproc=10000:10000 \
                --shm-size 512m --cap-add NET_ADMIN --cap-add NET_RAW --cap-add SYS_NICE --cap-add IPC_LOCK \
                --cap-add SYS_PTRACE --sysctl net.ipv4.ping_group_range=0 2147483647 --no-hosts --systemd always kumki-lab/bookworm
                """)
    }

    @Test("podman on cgroup version 2 keeps its own runtime")
    func podmanUnified() {
        #expect(ContainerEngine(kind: .podman).start("x").arguments == ["start", "x"])
    }

    @Test("docker gets what systemd needs, spelled out")
    func dockerRun() throws {
        let topology = try Samples.topology()
        let command = ContainerEngine(kind: .docker, unifiedCgroups: false)
            .run(topology.containers[1], of: topology, on: "n")
        #expect(command.program == "docker")
        let line = command.arguments.joined(separator: " ")
        #expect(
            line.hasPrefix(
                "run --detach --name kumki.shop.db2 --hostname db2 --network n --ip 198.18.7.12 --mac-address "))
        #expect(
            line.hasSuffix(
                """
                --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
                --stop-signal SIGRTMIN+3 --cgroupns host --volume /sys/fs/cgroup:/sys/fs/cgroup:rw \
                --tmpfs /run:exec --tmpfs /run/lock:exec --tmpfs /tmp:exec kumki-lab/bookworm
                """))
        for word in ["--no-hosts", "--systemd", "--runtime"] { #expect(!line.contains(word)) }
    }

    @Test(
        "a systemd that wants version 2 of control groups gets its own part of it where the machine has both",
        arguments: ContainerEngine.Kind.allCases)
    func newSystemd(kind: ContainerEngine.Kind) throws {
        let topology = try Samples.topology(suite: .forky)
        let hybrid = ContainerEngine(kind: kind, unifiedCgroups: false)
            .run(topology.containers[0], of: topology, on: "n").arguments.joined(separator: " ")
        #expect(
            hybrid.hasSuffix(
                """
                kumki-lab/forky sh -c umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup \
                && exec /sbin/init
                """))
        #expect(hybrid.contains("--cap-add SYS_ADMIN") && hybrid.contains("--cgroupns private"))
        #expect(!hybrid.contains("--volume"))
        let unified = ContainerEngine(kind: kind).run(topology.containers[0], of: topology, on: "n").arguments
        #expect(unified.last == "kumki-lab/forky" && !unified.contains("private"))
    }

    @Test("a plain container runs sshd alone, on the host's own port", arguments: ContainerEngine.Kind.allCases)
    func plain(kind: ContainerEngine.Kind) throws {
        let topology = try Samples.topology(plain: true)
        let arguments = ContainerEngine(kind: kind).run(topology.containers[0], of: topology, on: "n").arguments
        #expect(
            arguments.suffix(4) == [
                "kumki-lab/bookworm", "sh", "-c",
                "mkdir -p /run/sshd && make-host-keys && exec /usr/sbin/sshd -D -e -p 22",
            ])
        #expect(!arguments.contains("SYS_ADMIN") && !arguments.contains("always"))
    }

    @Test("a script goes over standard input, never as an argument")
    func execute() {
        let command = ContainerEngine(kind: .podman).execute(Array("id".utf8), in: "x", limit: .seconds(9))
        #expect(command.arguments == ["exec", "--interactive", "x", "sh", "-s"])
        #expect(command.input == Array("id".utf8))
        #expect(command.limit == .seconds(9))
    }

    @Test("both engines are asked for labels, subnets and removals in their own words")
    func differences() {
        let podman = ContainerEngine(kind: .podman)
        let docker = ContainerEngine(kind: .docker)
        #expect(podman.listContainers(of: "shop").arguments.contains("label=kumki.lab=shop"))
        #expect(podman.listContainers(of: nil).arguments.contains("label=kumki.lab"))
        #expect(podman.listContainers(of: nil).arguments.last?.contains(#"{{index .Labels "kumki.lab.host"}}"#) == true)
        #expect(docker.listContainers(of: nil).arguments.last?.contains(#"{{.Label "kumki.lab.host"}}"#) == true)
        #expect(podman.inspectSubnet("n").arguments.contains("{{range .Subnets}}{{.Subnet}}{{end}}"))
        #expect(docker.inspectSubnet("n").arguments.contains("{{range .IPAM.Config}}{{.Subnet}}{{end}}"))
        #expect(podman.removeContainer("x").arguments == ["rm", "--force", "--volumes", "--time", "0", "x"])
        #expect(docker.removeContainer("x").arguments == ["rm", "--force", "--volumes", "x"])
    }

    @Test("limits never rise above what this process has")
    func limits() {
        #expect(ContainerEngine.Limits(openFiles: 512, processes: 100).openFiles == 512)
        #expect(ContainerEngine.Limits(openFiles: .max, processes: .max) == ContainerEngine.Limits())
        let low = ContainerEngine(kind: .podman, limits: .init(openFiles: 512, processes: 100))
        #expect(low.build("i", in: "/f").arguments.contains("nofile=512:512"))
    }

    @Test("what the engines list is read, warnings are not")
    func listing() {
        let text = """
            failed to connect to syslog
            kumki.shop.db1\tUp 3 minutes ago\tshop\tdb1\tkumki-lab/bookworm 198.18.7.11 systemd\t/srv/shop.yaml
            kumki.shop.db2\tUp 3 minutes ago (Paused)\tshop\tdb2\ts\t/srv/shop.yaml
            kumki.shop.db3\tExited (137) 2 seconds ago\tshop\tdb3\ts\t/srv/shop.yaml
            kumki.shop.db4\trunning\tshop\tdb4\ts\t/srv/shop.yaml
            kumki.shop.db5\tInitialized\tshop\tdb5\ts\t/srv/shop.yaml

            """
        let states = LabContainerState.read(text)
        #expect(states.map(\.host) == ["db1", "db2", "db3", "db4", "db5"])
        #expect(states.map(\.condition) == [.running, .paused, .stopped, .running, .stopped])
        #expect(states[0].address == "198.18.7.11")
        #expect(states[1].address == "")
    }
}
