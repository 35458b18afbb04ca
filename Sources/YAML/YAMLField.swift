package import Diagnostics

/// A value on its way into a typed model: a node, its dotted path, and where to note what is wrong with it.
///
/// Each reading method gives nil, and leaves a note, when the value is not of the type that it is asked for.
package struct YAMLField {
    package let node: YAMLNode
    /// `hosts.db1.address`; empty for the whole file.
    package let path: String
    package let notes: DecodingNotes
    /// Where to point for what concerns the whole value: its key for a mapping, else the value.
    package let place: SourcePlace
    /// A secret's value does not appear in messages.
    private var isSecret = false

    /// The whole file.
    package init(root: YAMLNode, notes: DecodingNotes) {
        self.init(node: root, path: "", keyPlace: nil, notes: notes)
    }

    init(node: YAMLNode, path: String, keyPlace: SourcePlace?, notes: DecodingNotes, isSecret: Bool = false) {
        self.node = node
        self.path = path
        self.notes = notes
        self.isSecret = isSecret
        if case .mapping = node.content, let keyPlace {
            place = keyPlace
        } else if node.isNull, let keyPlace {
            place = keyPlace
        } else {
            place = node.place
        }
        if !path.isEmpty { notes.record(place, key: keyPlace, for: path) }
    }

    /// The same value, kept out of messages.
    package var asSecret: YAMLField {
        var field = self
        field.isSecret = true
        return field
    }

    package var isMapping: Bool { if case .mapping = node.content { true } else { false } }
    package var isList: Bool { if case .sequence = node.content { true } else { false } }
    package var isNull: Bool { node.isNull }

    package var scalar: YAMLScalar? { if case .scalar(let scalar) = node.content { scalar } else { nil } }

    /// Notes that the value is of the right type and still cannot be used.
    package func reject(_ message: String, hint: String? = nil) {
        notes.error(notes.codes.value, labelled(message), at: place, path: path, hint: hint)
    }

    package func labelled(_ message: String) -> String {
        path.isEmpty ? message : "\(path): \(message)"
    }

    package func mistyped(_ expected: String, hint: String? = nil) {
        let hint = hint ?? (isNull ? "give it a value, or leave the key out" : nil)
        notes.error(
            notes.codes.type, labelled("expected \(expected), found \(found)"), at: place, path: path, hint: hint)
    }

    /// What stands there, in words.
    private var found: String {
        switch node.content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            let kind =
                switch scalar.meaning {
                case .null: "nothing"
                case .boolean: "the boolean"
                case .integer, .hugeInteger: "the integer"
                case .number: "the number"
                case .text: "the text"
                case .ambiguousInteger: "the ambiguous number"
                }
            if scalar.isNull || isSecret { return kind }
            let shown = scalar.text.count > 40 ? scalar.text.prefix(40) + "…" : scalar.text[...]
            return scalar.meaning == .text ? "\(kind) \"\(shown)\"" : "\(kind) \(shown)"
        }
    }
}

// MARK: Scalars

extension YAMLField {
    /// Text; a number or a boolean must be quoted to be one.
    package func text(_ expected: String = "text") -> String? {
        guard let scalar, scalar.meaning == .text else {
            mistyped(expected, hint: scalar == nil || isNull ? nil : quoteHint)
            return nil
        }
        return scalar.text
    }

    private var quoteHint: String {
        guard let scalar, !isSecret else { return "put it in quotes" }
        return "put it in quotes: \"\(scalar.text)\""
    }

    package func integer(in range: ClosedRange<Int>, _ expected: String = "an integer") -> Int? {
        guard let scalar else {
            mistyped(expected)
            return nil
        }
        switch scalar.meaning {
        case .integer(let value) where range.contains(value):
            return value
        case .integer, .hugeInteger:
            reject("\(scalar.text) is not between \(range.lowerBound) and \(range.upperBound)")
        case .ambiguousInteger:
            rejectAmbiguous()
        case .text where YAMLScalar(text: scalar.text, style: .plain).meaning != .text:
            mistyped(expected, hint: "remove the quotes")
        default:
            mistyped(expected)
        }
        return nil
    }

    /// Zero or more.
    package func number(_ expected: String = "a number") -> Double? {
        switch scalar?.meaning {
        case .integer(let value)? where value >= 0: return Double(value)
        case .number(let value)? where value >= 0 && value.isFinite: return value
        case .integer?, .number?, .hugeInteger?: reject("the number is out of range")
        case .ambiguousInteger?: rejectAmbiguous()
        default: mistyped(expected)
        }
        return nil
    }

    package func boolean() -> Bool? {
        if case .boolean(let value)? = scalar?.meaning { return value }
        var hint: String?
        switch scalar?.text.lowercased() {
        case "yes"?, "on"?, "y"?, "true"?: hint = "write true"
        case "no"?, "off"?, "n"?, "false"?: hint = "write false"
        default: break
        }
        mistyped("true or false", hint: hint)
        return nil
    }

    /// One of the words of an enumeration.
    package func choice<Choice>(_ type: Choice.Type) -> Choice?
    where Choice: CaseIterable & RawRepresentable<String> {
        let words = type.allCases.map(\.rawValue)
        guard let scalar else {
            mistyped("one of \(words.joined(separator: ", "))")
            return nil
        }
        if scalar.style != .block, let choice = type.init(rawValue: scalar.text) { return choice }
        if isNull {
            mistyped("one of \(words.joined(separator: ", "))")
            return nil
        }
        rejectWord(scalar.text, allowed: words)
        return nil
    }

    /// Notes that a word is none of the allowed ones, with the nearest as a hint.
    package func rejectWord(_ word: String, allowed: [String]) {
        let nearest = Suggestion.nearest(to: word, among: allowed)
        reject(
            "\"\(word)\" is not one of \(allowed.joined(separator: ", "))",
            hint: nearest.map { "did you mean \"\($0)\"?" } ?? "use one of them")
    }

    /// Text of a form of its own, such as a duration; `parse` gives nil for what is not.
    package func parsed<Value>(_ expected: String, hint: String? = nil, _ parse: (String) -> Value?) -> Value? {
        guard let scalar, !isNull else {
            mistyped(expected)
            return nil
        }
        if let value = parse(scalar.text) { return value }
        mistyped(expected, hint: hint)
        return nil
    }

    package func rejectAmbiguous() {
        let text = scalar?.text ?? ""
        let plain = text.drop { $0 == "0" }
        reject(
            "\(text) is octal in YAML 1.1 and decimal in YAML 1.2",
            hint: "write \(plain.isEmpty ? "0" : String(plain)) for the decimal, or '\(text)' for the text")
    }
}

// MARK: Collections

extension YAMLField {
    /// The items that could be read; nothing at all counts as an empty list.
    package func list<Item>(_ read: (YAMLField) -> Item?) -> [Item] {
        items()?.compactMap(read) ?? []
    }

    /// The items as fields; nil when the value is no list.
    package func items() -> [YAMLField]? {
        if isNull { return [] }
        guard case .sequence(let nodes) = node.content else {
            mistyped("a list", hint: scalar.map { isSecret ? "put it in brackets" : "write [\($0.text)]" })
            return nil
        }
        return nodes.enumerated().map { index, node in
            YAMLField(node: node, path: "\(path)[\(index)]", keyPlace: nil, notes: notes, isSecret: isSecret)
        }
    }

    /// The entries of a mapping whose keys the user makes up.
    package func entries() -> [(key: String, place: SourcePlace, value: YAMLField)] {
        if isNull { return [] }
        guard case .mapping(let entries) = node.content else {
            mistyped("a mapping")
            return []
        }
        return entries.map { entry in
            (entry.key, entry.keyPlace, field(for: entry))
        }
    }

    /// Reads a mapping of known keys; keys that `read` never asked for are noted as unknown.
    package func mapping<Value>(_ read: (YAMLMapping) -> Value) -> Value? {
        guard isNull || isMapping else {
            mistyped("a mapping")
            return nil
        }
        let mapping = YAMLMapping(self)
        let value = read(mapping)
        mapping.noteUnknownKeys()
        return value
    }

    /// The path of a key below this value.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func field(for entry: YAMLEntry) -> YAMLField {
        YAMLField(
            node: entry.value, path: path(of: entry.key), keyPlace: entry.keyPlace, notes: notes, isSecret: isSecret)
    }
}
