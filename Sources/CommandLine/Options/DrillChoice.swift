import ArgumentParser
import Operations

/// The faults of a drill on the command line: one, or `all`.
struct DrillChoice: ExpressibleByArgument, Sendable {
    let faults: [DrillFault]

    init?(argument: String) {
        if argument == "all" {
            faults = DrillFault.allCases
        } else if let fault = DrillFault(rawValue: argument) {
            faults = [fault]
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { DrillFault.allCases.map(\.rawValue) + ["all"] }
}
