@testable import CommandLine
import Testing

@Suite struct TransferTextTests {
    private let start = ContinuousClock.now

    @Test("a copy's share, size, rate and the time that is left")
    func halfway() {
        var transfer = TransferText(total: 4 << 30)
        transfer.note(0, at: start)
        #expect(transfer.text == "0 %, 0 B of 4 GB")
        transfer.note(1 << 30, at: start + .seconds(10))
        #expect(transfer.text == "25 %, 1 GB of 4 GB, 102.3 MB/s, 30 s left")
        #expect(transfer.tenths == 2)
    }

    @Test("a copy that has grown is never told as done; one of unknown size has no share")
    func bounds() {
        var grown = TransferText(total: 1000)
        grown.note(0, at: start)
        grown.note(2048, at: start + .seconds(2))
        #expect(grown.text == "99 %, 2 kB of 1000 B, 1 kB/s")
        var unknown = TransferText(total: nil)
        unknown.note(5 << 20, at: start)
        #expect(unknown.text == "5 MB")
    }
}
