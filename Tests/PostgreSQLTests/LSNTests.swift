import PostgreSQL
import Testing

@Suite struct LSNTests {
    @Test(
        "a position is read and written as PostgreSQL does",
        arguments: ["0/0", "0/5000060", "16/B374D848", "FFFFFFFF/FFFFFFFF"])
    func roundTrip(text: String) throws {
        #expect(try #require(LSN(text)).description == text)
    }

    @Test("lower case and leading zeros are read, the writing is PostgreSQL's")
    func lowerCase() {
        #expect(LSN("16/b374d848")?.description == "16/B374D848")
        #expect(LSN("0/05000060")?.description == "0/5000060")
    }

    @Test(
        "what is not a position is nil",
        arguments: ["", "/", "0", "0/", "/0", "0/G", "+1/0", "-1/0", " 0/1", "0/1 ", "0/123456789", "0/1/2"])
    func malformed(text: String) {
        #expect(LSN(text) == nil)
    }

    @Test("positions order across the halves and tell their distance in bytes")
    func distance() throws {
        let early = try #require(LSN("0/FFFFFFF0"))
        let late = try #require(LSN("1/10"))
        #expect(early < late)
        #expect(late.distance(from: early) == 32)
        #expect(early.distance(from: late) == -32)
        #expect(LSN(.max).distance(from: .none) == .max)
    }

    @Test("a segment's name says which timeline and bytes it holds")
    func walFileName() throws {
        let lsn = try #require(LSN("2/5000060"))
        let name = WALFileName(timeline: Timeline(3), lsn: lsn)
        #expect(name.description == "000000030000000200000005")
        #expect(WALFileName(name.description) == name)
        #expect(name.start() == LSN("2/5000000"))
        #expect(
            WALFileName(timeline: .first, lsn: lsn, segmentSize: 64 << 20).description == "000000010000000200000001")
    }

    @Test(
        "a partial segment, a history file and lower case are no segments",
        arguments: [
            "000000030000000200000005.partial", "00000003.history", "00000003000000020000000a",
            "00000000000000020000000A",
            "00000003000000020000000",
        ])
    func notSegments(name: String) {
        #expect(WALFileName(name) == nil)
    }
}
