package import Diagnostics

/// The codes of the mistakes that any decoding can find; each kind of file has its own.
package struct DecodingCodes: Sendable {
    /// A value of another type than the key takes.
    package let type: String
    /// A value of the right type that cannot be used.
    package let value: String
    package let missingKey: String
    package let unknownKey: String

    package init(type: String, value: String, missingKey: String, unknownKey: String) {
        self.type = type
        self.value = value
        self.missingKey = missingKey
        self.unknownKey = unknownKey
    }
}

/// What decoding a tree leaves behind: every problem, and the place of every key that was read.
///
/// Decoding never stops at a mistake; a value that could not be read is nil, and the note says why.
package final class DecodingNotes {
    package let codes: DecodingCodes
    package private(set) var problems = Problems()
    /// By dotted path: `hosts.db1.address`, `postgresql.hba[0].method`. A mapping's place is its key.
    package private(set) var places: [String: SourcePlace] = [:]

    package init(codes: DecodingCodes) {
        self.codes = codes
    }

    /// The paths whose values could not be read: rules that need them have nothing to say.
    package private(set) var unreadable: Set<String> = []

    /// Notes an error; `path` is what could not be read because of it.
    package func error(
        _ code: String, _ message: String, at place: SourcePlace, path: String? = nil, hint: String? = nil
    ) {
        problems.add(.error(code, message, at: place, hint: hint))
        if let path { unreadable.insert(path) }
    }

    package func add(_ diagnostic: Diagnostic) {
        problems.add(diagnostic)
    }

    /// Where the keys themselves stand, by the same paths.
    package private(set) var keyPlaces: [String: SourcePlace] = [:]

    func record(_ place: SourcePlace, key: SourcePlace?, for path: String) {
        places[path] = place
        keyPlaces[path] = key
    }

    /// Lets what was read under one path be found under another: a name that does not mind its case.
    package func alias(_ other: String, for path: String) {
        places[other] = places[path]
        keyPlaces[other] = keyPlaces[path]
    }
}
