import Diagnostics
import Hosts

/// Faults for tests and drills, each with what ends it.
extension Lab {
    /// The power goes off: every process of the host is gone at once, nothing is written any more.
    package func kill(_ host: String) async throws {
        try await tell(engine.kill(try container(host).name), host)
    }

    /// The power comes back: the host boots from the disk that it had; waits until its sshd listens.
    package func start(_ host: String) async throws {
        let container = try container(host)
        try await tell(engine.start(container.name), host)
        let outcome = try await prepare(container, key: try folder.publicKey()).0
        guard outcome.succeeded else { throw notReady(container, outcome) }
    }

    /// The host hangs: its processes stand still, its connections stay open.
    package func pause(_ host: String) async throws {
        let command = engine.pause(try container(host).name)
        // The kernel's freezer gives up now and then where processes come and go: runc thaws the host and fails.
        for _ in 0..<4 {
            if try await programs.run(command).succeeded { return }
            try await Task.sleep(for: .milliseconds(500))
        }
        try await tell(command, host)
    }

    package func unpause(_ host: String) async throws {
        try await tell(engine.unpause(try container(host).name), host)
    }

    /// The network drops every packet between the host and `peers`, both ways and without a word to either.
    ///
    /// This machine still reaches the host. A second partition replaces the first.
    /// - Parameter peers: nil cuts it from all other hosts of the lab.
    package func partition(_ host: String, from peers: [String]? = nil) async throws {
        let peers = try (peers ?? topology.containers.map(\.host).filter { $0 != host }).map {
            try container($0).address
        }
        let script = Script(Content(Self.partitionScript(from: peers)))
        try await check(try await execute(script, on: host), host)
    }

    /// Ends a partition, if there is one.
    package func heal(_ host: String) async throws {
        let script = Script("nft add table inet kumki_lab && nft delete table inet kumki_lab")
        try await check(try await execute(script, on: host), host)
    }

    /// The last lines of the host's journal; of its sshd where there is no systemd.
    package func logs(_ host: String, lines: Int = 200) async throws -> String {
        let container = try container(host)
        if container.plain {
            let outcome = try await programs.run(engine.logs(container.name, lines: lines))
            return outcome.outputText + outcome.errorText
        }
        let script = Script(Content("journalctl --no-pager --lines \(lines)"))
        return try await execute(script, on: host).outputText
    }

    /// Priority -300 comes before every other chain, that of connection tracking included.
    static func partitionScript(from addresses: [String]) -> String {
        """
        nft -f - <<'END'
        add table inet kumki_lab
        delete table inet kumki_lab
        table inet kumki_lab {
            set peers { type ipv4_addr; elements = { \(addresses.joined(separator: ", ")) } }
            chain arriving { type filter hook input priority -300; ip saddr @peers drop; }
            chain leaving { type filter hook output priority -300; ip daddr @peers drop; }
        }
        END

        """
    }

    private func tell(_ command: Command, _ host: String) async throws {
        try await succeed(command, code: "lab.fault", what: "\(host): the fault can't be made or ended")
    }

    private func check(_ outcome: Outcome, _ host: String) async throws {
        guard outcome.succeeded else {
            throw Diagnostic.error("lab.fault", "\(host): the fault can't be made or ended; \(words(of: outcome))")
        }
    }
}
