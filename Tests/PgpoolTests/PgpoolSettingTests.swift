import Pgpool
import Testing

@Suite struct PgpoolSettingTests {
    @Test("a version is read from a package, from an archive's name, and compared by its two numbers")
    func versions() {
        #expect(PgpoolVersion(parsing: "4.3.5-1+deb12u1") == .v4_3)
        #expect(PgpoolVersion(archive: "/srv/pgpool-II-4.0.2.tar.gz") == .v4_0)
        #expect(PgpoolVersion(archive: "pgpool-4.0.2.tar.gz") == nil)
        #expect(PgpoolVersion(parsing: "x") == nil)
        #expect(PgpoolVersion(3, 7) < .v4_0)
    }

    @Test("a name with a node's number is known by its base, in the versions that have it")
    func names() throws {
        let name = try #require(PgpoolSetting.named("backend_hostname12"))
        #expect(name.name == "backend_hostname")
        #expect(PgpoolSetting.named("no_such_setting") == nil)
        let old = try #require(PgpoolSetting.named("follow_master_command"))
        #expect(old.isKnown(to: .v4_1))
        #expect(!old.isKnown(to: .v4_2))
    }

    @Test("what a reload takes is told apart from what a restart takes; the unknown restarts, and so do watchdog nodes")
    func reloads() {
        #expect(PgpoolSetting.reloads("backend_weight0"))
        #expect(PgpoolSetting.reloads("health_check_period"))
        #expect(!PgpoolSetting.reloads("num_init_children"))
        #expect(!PgpoolSetting.reloads("hostname1"))
        #expect(!PgpoolSetting.reloads("no_such_setting"))
    }
}
