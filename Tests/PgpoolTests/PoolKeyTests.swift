import Diagnostics
import Pgpool
import Testing

@Suite struct PoolKeyTests {
    @Test("a password is encrypted as pg_enc does it: what openssl makes of it with -md sha1 -nosalt")
    func vector() throws {
        let key = PoolKey(Secret(label: "key", value: "the key"))
        let stored = try key.encrypted(Secret(label: "postgresql.users.app.password", value: "p\u{E4}ss word"))
        #expect(stored.reveal() == "AES+Uhl0upqeSLHXe6FLy1Qcg==")
        #expect("\(stored)" == "<secret:postgresql.users.app.password>")
    }
}
