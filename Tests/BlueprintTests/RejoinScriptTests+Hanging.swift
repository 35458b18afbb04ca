import Testing

/// A server that accepts connections and answers nothing.
extension RejoinScriptTests {
    @Test("one that hangs is killed")
    func hanging() async throws {
        let host = try await Self.host(.primary(1, "hanging"))
        try await Self.look(host, saying: "db1 streams from db2", doing: ["kill", "recover"] + Self.returned)
    }

    @Test("a primary that hangs is killed before anybody has taken its place: some builds of pgpool-II wait for it")
    func hangingPrimary() async throws {
        let host = try await Self.host(
            .primary(1, "hanging"), peers: ["db2": .standby(of: "db1"), "db3": .standby(of: "db1")])
        try await Self.look(host, saying: "db1 answers nothing", doing: ["kill"])
    }

    @Test("a primary that hangs is left alone where nobody can take its place, or pgpool-II's hands are off")
    func hangingAlone() async throws {
        let silent = Server.standby(100, of: "db1", timeline: 1, promotion: "", "silent")
        try await Self.look(Self.host(.primary(1, "hanging"), peers: ["db2": silent, "db3": silent]), doing: [])
    }

    @Test("a primary that answers late is left alone, whoever else is primary")
    func slow() async throws {
        try await Self.look(Self.host(.primary(1, "hanging", "slow")), doing: [])
        try await Self.look(Self.host(.primary(1, "hanging", "slow"), peers: ["db2": .standby()]), doing: [])
    }

    @Test("without auto_rejoin a primary that hangs is killed too, and nothing else is done")
    func killsOnly() async throws {
        let off = ("  engine: pgpool\n", "  engine: pgpool\n  auto_rejoin: off\n")
        let standbys = ["db2": Server.standby(of: "db1"), "db3": .standby(of: "db1")]
        try await Self.look(
            Self.host(.primary(1, "hanging"), peers: standbys, [off]), saying: "db1 answers nothing", doing: ["kill"])
        try await Self.look(Self.host(.primary(), unit: "failed", [off]), doing: [])
        try await Self.look(Self.host(.standby(of: "db2", timeline: 2), unit: "failed", [off]), doing: [])
    }
}
