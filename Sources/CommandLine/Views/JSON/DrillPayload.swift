import Operations

/// `drill --json`: one of these, or an array of them for `all`.
struct DrillPayload: Encodable {
    var fault: String
    /// With two decimals: rows come at about forty a second.
    var outageSeconds: Double
    var acknowledged: Int
    var lost: Int
    var doublePrimary: Bool
    var rejoined: Bool

    init(_ result: DrillResult) {
        fault = result.cast.fault.rawValue
        outageSeconds = Double((result.figures.outage.milliseconds + 5) / 10) / 100
        acknowledged = result.figures.acknowledged
        lost = result.figures.lost
        doublePrimary = result.isDoublePrimary
        rejoined = result.rejoined
    }
}
