package import Hosts

/// Runs programs of this machine; the seam at which the lab is tested without an engine.
package protocol ProgramRunner: Sendable {
    /// Runs a program to its end. A non-zero exit is an ``Outcome``, not an error.
    ///
    /// - Throws: `Diagnostic` `lab.program-missing` when it can't be started, `lab.timeout` when its limit passes.
    func run(_ command: Command) async throws -> Outcome
}

/// A program of this machine with its arguments and what it reads on standard input.
package struct Command: Hashable, Sendable {
    /// Looked up in `PATH`.
    package var program: String
    package var arguments: [String]
    package var input: [UInt8]
    package var limit: Duration

    package init(_ program: String, _ arguments: [String], input: [UInt8] = [], limit: Duration = .seconds(60)) {
        self.program = program
        self.arguments = arguments
        self.input = input
        self.limit = limit
    }
}
