package import Diagnostics

/// What decoding a tree leaves behind: every problem, and the place of every key that was read.
///
/// Decoding never stops at a mistake; a value that could not be read is nil, and the note says why.
package final class DecodingNotes {
    /// The first part of the codes: `inventory` gives `inventory.unknown-key`.
    package let area: String
    package private(set) var problems = Problems()
    /// By dotted path: `hosts.db1.address`, `postgresql.hba[0].method`. A mapping's place is its key.
    package private(set) var places: [String: SourcePlace] = [:]

    package init(area: String) {
        self.area = area
    }

    /// The paths whose values could not be read: rules that need them have nothing to say.
    package private(set) var unreadable: Set<String> = []

    /// Notes an error whose code is of this area: `type`, `value`, `missing-key`, `unknown-key`.
    package func error(
        _ code: String, _ message: String, at place: SourcePlace, path: String? = nil, hint: String? = nil
    ) {
        problems.add(.error("\(area).\(code)", message, at: place, hint: hint))
        if let path { unreadable.insert(path) }
    }

    package func add(_ diagnostic: Diagnostic) {
        problems.add(diagnostic)
    }

    func record(_ place: SourcePlace, for path: String) {
        places[path] = place
    }
}
