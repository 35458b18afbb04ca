import PostgreSQL
import Testing

@Suite struct HADefaultsTests {
    private func values(_ version: PostgresVersion, gigabytes: Int? = nil, isDelayed: Bool = false) -> [String: String]
    {
        let settings = HADefaults.settings(
            version: version, memory: gigabytes.map { ByteCount(bytes: $0 << 30) }, isDelayed: isDelayed)
        return Dictionary(settings.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    @Test(
        "every default is a setting of its version, with a value that the version takes",
        arguments: PostgresVersion.supported)
    func valid(version: PostgresVersion) {
        for gigabytes in [nil, 0, 1, 64, 4096] {
            for (name, value) in values(version, gigabytes: gigabytes) {
                #expect(SettingCatalog.check(name: name, value: value, version: version) == nil)
            }
        }
    }

    @Test("names and values follow the version")
    func versions() {
        #expect(values(.v96)["password_encryption"] == "on")
        #expect(values(.v10)["password_encryption"] == "scram-sha-256")
        #expect(values(.v12)["wal_keep_segments"] == "64" && values(.v12)["wal_keep_size"] == nil)
        #expect(values(.v13)["wal_keep_size"] == "1024MB")
    }

    @Test("a delayed standby does not hold vacuum back")
    func delayed() {
        #expect(values(.v15)["hot_standby_feedback"] == "on")
        #expect(values(.v15, isDelayed: true)["hot_standby_feedback"] == "off")
    }

    @Test("memory settings come from the memory that is declared, and else stay PostgreSQL's")
    func memory() {
        #expect(values(.v15)["shared_buffers"] == nil)
        #expect(values(.v15, gigabytes: 64)["shared_buffers"] == "16384MB")
        #expect(values(.v15, gigabytes: 64)["effective_cache_size"] == "49152MB")
        #expect(values(.v15, gigabytes: 64)["maintenance_work_mem"] == "2048MB")
        #expect(values(.v15, gigabytes: 64)["work_mem"] == "64MB")
        #expect(values(.v15, gigabytes: 2)["work_mem"] == "5MB")
    }
}
