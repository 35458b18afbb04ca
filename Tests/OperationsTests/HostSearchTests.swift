import Hosts
import Operations
import TestSupport
import Testing

/// The first look at a host.
@Suite("Servers found on a host") struct HostSearchTests {
    @Test("each postmaster is a block of lines; what else runs and the addresses come with it")
    func parsed() {
        let search = HostSearch(
            parsing: """
                manager=patroni
                data=/srv/pg=1/data
                version=15
                program=/usr/lib/postgresql/15/bin/postgres (deleted)
                account=postgres
                port=5433
                socket=/tmp
                wal=/srv/wal
                unit=postgresql@15-b.service
                data=/var/lib/postgresql/9.6/main
                version=9.6
                program=/opt/pg/bin/postgres
                account=pg
                port=5432
                socket=
                manager=patroni
                address=198.51.100.11
                address=2001:db8::11

                """)
        #expect(
            search.servers == [
                FoundServer(
                    version: "9.6", account: "pg", dataDirectory: "/var/lib/postgresql/9.6/main",
                    binDirectory: "/opt/pg/bin"),
                FoundServer(
                    version: "15", dataDirectory: "/srv/pg=1/data", walDirectory: "/srv/wal",
                    binDirectory: "/usr/lib/postgresql/15/bin", port: 5433, socketDirectory: "/tmp",
                    unit: "postgresql@15-b.service"),
            ])
        #expect(search.addresses == ["198.51.100.11", "2001:db8::11"])
        #expect(search.managers == ["patroni"])
    }

    @Test("the script is one that sh understands, and ends well where no server runs")
    func script() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("search.sh", HostSearch.script)
        let syntax = try await LocalProgram.run("dash", ["-n", file])
        #expect(syntax.succeeded, "\(syntax.errorText)")
        // SC2034: words that are read to be passed over.
        let check = try await LocalProgram.run("shellcheck", ["-s", "sh", "-f", "gcc", "-e", "SC2034", file])
        #expect(check.succeeded, "\(check.outputText)")
        let outcome = try await LocalProgram.shell(HostSearch.script)
        #expect(outcome.succeeded)
        #expect(outcome.errors.isEmpty)
    }
}
