/// How a script ended and what it printed.
package struct Outcome: Hashable, Sendable {
    package enum Ending: Hashable, Sendable {
        case exit(Int32)
        /// Killed by a signal, named without `SIG`: `KILL`.
        case signal(String)
    }

    package var ending: Ending
    package var output: [UInt8]
    package var errors: [UInt8]

    package init(ending: Ending, output: [UInt8] = [], errors: [UInt8] = []) {
        self.ending = ending
        self.output = output
        self.errors = errors
    }

    package var succeeded: Bool { ending == .exit(0) }
    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}
