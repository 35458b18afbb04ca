import ArgumentParser
import Operations

/// The faults of a drill on the command line: one, or `all`.
struct DrillChoice: ExpressibleByArgument, Sendable {
    /// Nil for `all` that are possible with the inventory's engine.
    let faults: [DrillFault]?

    init?(argument: String) {
        if argument == "all" {
            faults = nil
        } else if let fault = DrillFault(rawValue: argument) {
            faults = [fault]
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { DrillFault.allCases.map(\.rawValue) + ["all"] }
}
