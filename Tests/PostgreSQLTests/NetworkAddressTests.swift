import PostgreSQL
import Testing

@Suite struct NetworkAddressTests {
    @Test(
        "an address is read and written in its shortest form",
        arguments: [
            ("198.18.0.11", "198.18.0.11"), ("::", "::"), ("::1", "::1"), ("FE80:0:0:0:1:0:0:1", "fe80::1:0:0:1"),
            ("2001:db8::a:0:1", "2001:db8::a:0:1"), ("::ffff:198.18.0.1", "::ffff:c612:1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("1::8", "1::8"), ("0:0:1::", "0:0:1::"),
        ])
    func roundTrip(text: String, written: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.description == written)
        #expect(NetworkAddress(written) == address)
    }

    @Test(
        "what is no address is nil",
        arguments: [
            "", "198.18.0", "198.18.0.01", "198.18.0.256", "198.18.0.-1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1::2::3", ":::",
            "12345::", "g::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8::", "198.18.0.1:1::", "::1%eth0",
        ])
    func malformed(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test("a prefix splits an address at any bit")
    func prefix() throws {
        let one = try #require(NetworkAddress("198.18.3.1"))
        let other = try #require(NetworkAddress("198.18.2.200"))
        #expect(one.matches(other, prefix: 23) && !one.matches(other, prefix: 24))
        #expect(one.matches(other, prefix: 0))
        #expect(try #require(NetworkAddress("198.18.2.0")).isNetwork(prefix: 23))
        #expect(try !#require(NetworkAddress("198.18.3.0")).isNetwork(prefix: 23))
    }
}
