/// Several diagnostics that end a call together: validation collects all, then stops.
package struct Problems: Error, Hashable, Sendable {
    package var all: [Diagnostic]

    package init(_ all: [Diagnostic] = []) {
        self.all = all
    }

    package init(_ one: Diagnostic) {
        all = [one]
    }

    package var errors: [Diagnostic] { all.filter { $0.severity == .error } }
    package var hasErrors: Bool { all.contains { $0.severity == .error } }

    package mutating func add(_ diagnostic: Diagnostic) {
        all.append(diagnostic)
    }
}
