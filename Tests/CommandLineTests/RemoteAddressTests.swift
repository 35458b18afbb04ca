import Testing

/// How `import` takes the hosts that it is given.
@Suite struct RemoteAddressTests {
    @Test(
        "what is no address, or stands twice, ends with 64 before any host is asked",
        arguments: [
            ["@db1"], ["root@"], ["db1:"], ["db1:0"], ["db1:ssh"], ["[2001:db8::1]22"], ["db1", "root@db1"], [],
        ])
    func usage(hosts: [String]) async throws {
        let result = try await KumkiProgram.run(["import"] + hosts)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(
        "user, address and port are told apart",
        arguments: [
            ("ops@127.0.0.1:1", "127.0.0.1"), ("127.0.0.1:1", "127.0.0.1"), ("root@[::1]:1", "::1"),
            ("root@localhost:1", "localhost"),
        ])
    func parts(host: String, address: String) async throws {
        let result = try await KumkiProgram.run(["import", host])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: \(address): "), "\(result.errors)")
    }
}
