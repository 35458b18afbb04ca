import PostgreSQL

/// How far a copy has come, how fast it is and how long it takes: `40 %, 2.1 of 5.2 GB, 110 MB/s, 28 s left`.
struct TransferText {
    /// Bytes; nil where nobody knows.
    let total: Int?
    private var first: (bytes: Int, time: ContinuousClock.Instant)?
    private var last: (bytes: Int, time: ContinuousClock.Instant)?

    init(total: Int?) {
        self.total = total.flatMap { $0 > 0 ? $0 : nil }
    }

    mutating func note(_ bytes: Int, at time: ContinuousClock.Instant) {
        if first == nil { first = (bytes, time) }
        last = (bytes, time)
    }

    /// What is written meanwhile makes the copy larger than it was said to be: it is never told as done.
    private var share: Double? {
        guard let total, let last else { return nil }
        return min(Double(last.bytes) / Double(total), 0.99)
    }

    /// 0 to 9.
    var tenths: Int { Int((share ?? 0) * 10) }

    private var bytesPerSecond: Double? {
        guard let first, let last, last.bytes > first.bytes else { return nil }
        let time = Double((last.time - first.time).milliseconds) / 1000
        return time > 0.5 ? Double(last.bytes - first.bytes) / time : nil
    }

    var text: String {
        guard let last else { return "" }
        var parts: [String] = []
        if let share, let total {
            parts = ["\(Int(share * 100)) %", "\(Self.size(last.bytes)) of \(Self.size(total))"]
        } else {
            parts = [Self.size(last.bytes)]
        }
        if let rate = bytesPerSecond {
            parts.append("\(Self.size(Int(rate)))/s")
            if let total, total > last.bytes {
                parts.append("\(Duration.seconds(Double(total - last.bytes) / rate).text) left")
            }
        }
        return parts.joined(separator: ", ")
    }

    private static func size(_ bytes: Int) -> String { ByteCount(bytes: bytes).text }
}
