/// The name of a segment of the write-ahead log: `000000010000000000000005`.
///
/// - Source: PostgreSQL documentation, "WAL Internals": timeline, then the segment's number, as 24 hexadecimal digits.
package struct WALFileName: Hashable, Sendable {
    /// 16 MB; another only with `initdb --wal-segsize` (11 and later).
    package static let defaultSegmentSize = 16 << 20

    package var timeline: Timeline
    /// The two lower groups of eight digits.
    package var log: UInt32
    package var segment: UInt32

    package init(timeline: Timeline, log: UInt32, segment: UInt32) {
        self.timeline = timeline
        self.log = log
        self.segment = segment
    }

    /// The segment that holds the byte at a position.
    ///
    /// `segmentSize` is a power of two from 1 MB to 1 GB.
    package init(timeline: Timeline, lsn: LSN, segmentSize: Int = defaultSegmentSize) {
        let segmentsInLog = (UInt64(1) << 32) / UInt64(segmentSize)
        let number = lsn.value / UInt64(segmentSize)
        self.init(
            timeline: timeline, log: UInt32(truncatingIfNeeded: number / segmentsInLog),
            segment: UInt32(truncatingIfNeeded: number % segmentsInLog))
    }

    /// The position of the segment's first byte.
    package func start(segmentSize: Int = defaultSegmentSize) -> LSN {
        LSN(UInt64(log) << 32 &+ UInt64(segment) &* UInt64(segmentSize))
    }
}

extension WALFileName: LosslessStringConvertible {
    /// Exactly 24 hexadecimal digits in upper case, as the server writes them; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes.allSatisfy({ HexDigits.isDigit($0) && $0 < UInt8(ascii: "a") }) else {
            return nil
        }
        func group(_ index: Int) -> UInt32? {
            HexDigits.value(String(decoding: bytes[index * 8..<index * 8 + 8], as: UTF8.self))
        }
        guard let timeline = group(0), timeline > 0, let log = group(1), let segment = group(2) else { return nil }
        self.init(timeline: Timeline(timeline), log: log, segment: segment)
    }

    package var description: String {
        HexDigits.text(timeline.number, width: 8) + HexDigits.text(log, width: 8) + HexDigits.text(segment, width: 8)
    }
}
