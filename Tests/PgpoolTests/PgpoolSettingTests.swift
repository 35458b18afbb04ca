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

    @Test("each setting's life lies within the versions that kumki writes for, and each new name follows an old one")
    func table() {
        let versions = PgpoolVersion.supported
        for name in PgpoolSetting.names {
            #expect(versions.contains { PgpoolSetting.named(name)?.isKnown(to: $0) == true }, "\(name)")
        }
        for change in PgpoolSetting.renames {
            #expect(PgpoolSetting.named(change.new)?.isKnown(to: change.version) == true, "\(change.new)")
            #expect(
                PgpoolSetting.named(change.old)?.isKnown(to: .v3_5) == true || change.old == "black_query_pattern_list")
        }
        #expect(PgpoolVersion.range == "3.5 to 4.7")
    }

    @Test("a number follows only the names of which a version takes several values")
    func numbers() throws {
        #expect(PgpoolSetting.named("port1") == nil)
        let check = try #require(PgpoolSetting.named("health_check_period1"))
        #expect(check.isKnown(to: .v3_7) && !check.isKnown(to: .v3_6))
        #expect(PgpoolSetting.named("health_check_period")?.isKnown(to: .v3_5) == true)
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
