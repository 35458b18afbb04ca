package import Diagnostics

/// The keys of a mapping, asked for by name; made by ``YAMLField/mapping(_:)``.
package final class YAMLMapping {
    package let field: YAMLField
    private let entries: [YAMLEntry]
    private var askedFor: [String] = []

    init(_ field: YAMLField) {
        self.field = field
        if case .mapping(let entries) = field.node.content {
            self.entries = entries
        } else {
            entries = []
        }
    }

    package var notes: DecodingNotes { field.notes }

    /// The value of a key; nil when it was not written.
    package subscript(_ key: String) -> YAMLField? {
        askedFor.append(key)
        return entries.first { $0.key == key }.map { field.field(for: $0) }
    }

    /// The value of a key that must be there.
    package func required(_ key: String, hint: String? = nil) -> YAMLField? {
        if let value = self[key] { return value }
        notes.error(
            notes.codes.missingKey, field.labelled("the key `\(key)` is missing"), at: field.place,
            path: field.path(of: key),
            hint: hint)
        return nil
    }

    /// Where a key itself stands.
    package func place(ofKey key: String) -> SourcePlace? {
        entries.first { $0.key == key }?.keyPlace
    }

    func noteUnknownKeys() {
        for entry in entries where !askedFor.contains(entry.key) {
            notes.error(
                notes.codes.unknownKey, field.labelled("unknown key `\(entry.key)`"), at: entry.keyPlace,
                hint: hint(for: entry.key))
        }
    }

    private func hint(for key: String) -> String {
        if key == "<<" { return "merge keys are not part of YAML 1.2: write the keys out" }
        let known = askedFor.enumerated().filter { askedFor.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        if let nearest = Suggestion.nearest(to: key, among: known) { return "did you mean `\(nearest)`?" }
        return "the keys here are \(known.joined(separator: ", "))"
    }
}
