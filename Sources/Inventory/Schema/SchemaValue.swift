/// A JSON value whose objects keep their order, so that the schema's text is the same at every run.
enum SchemaValue: Sendable {
    case text(String)
    case number(String)
    case boolean(Bool)
    case array([SchemaValue])
    case object([(key: String, value: SchemaValue)])

    /// Indented by two spaces a level.
    func json(indentation: String = "") -> String {
        let inner = indentation + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return number
        case .boolean(let value): return value ? "true" : "false"
        case .array(let items):
            return "[" + items.map { $0.json(indentation: inner) }.joined(separator: ", ") + "]"
        case .object(let entries):
            if entries.isEmpty { return "{}" }
            let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indentation: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    /// With further keywords behind its own.
    func adding(_ more: KeyValuePairs<String, SchemaValue>) -> SchemaValue {
        guard case .object(let entries) = self else { return self }
        return .object(entries + more.map { (key: $0.key, value: $0.value) })
    }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: SchemaValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, SchemaValue)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}

/// The forms that the keys of an inventory take.
extension SchemaValue {
    static func string(_ description: String, pattern: String? = nil) -> SchemaValue {
        var value: SchemaValue = ["description": .text(description), "type": "string", "minLength": 1]
        if let pattern { value = value.adding(["pattern": .text(pattern)]) }
        return value
    }

    static func integer(_ description: String, _ range: ClosedRange<Int>) -> SchemaValue {
        [
            "description": .text(description), "type": "integer", "minimum": .number(String(range.lowerBound)),
            "maximum": .number(String(range.upperBound)),
        ]
    }

    static func boolean(_ description: String, default value: Bool) -> SchemaValue {
        ["description": .text(description), "type": "boolean", "default": .boolean(value)]
    }

    static func choice<Choice>(_ description: String, _ type: Choice.Type, default value: Choice? = nil) -> SchemaValue
    where Choice: CaseIterable & RawRepresentable<String> {
        let words = SchemaValue.array(type.allCases.map { .text($0.rawValue) })
        let result: SchemaValue = ["description": .text(description), "enum": words]
        return value.map { result.adding(["default": .text($0.rawValue)]) } ?? result
    }

    static func reference(_ name: String, _ description: String) -> SchemaValue {
        ["description": .text(description), "$ref": .text("#/$defs/\(name)")]
    }

    static func list(_ description: String, of item: SchemaValue) -> SchemaValue {
        ["description": .text(description), "type": ["array", "null"], "items": item]
    }

    /// A mapping of these keys and no others; without required keys it may be left empty.
    static func mapping(
        _ description: String, required: [String] = [], _ properties: KeyValuePairs<String, SchemaValue>
    ) -> SchemaValue {
        let keys = SchemaValue.object(properties.map { (key: $0.key, value: $0.value) })
        if required.isEmpty {
            return [
                "description": .text(description), "type": ["object", "null"], "additionalProperties": false,
                "properties": keys,
            ]
        }
        return [
            "description": .text(description), "type": "object", "additionalProperties": false,
            "required": .array(required.map { .text($0) }), "properties": keys,
        ]
    }

    static func either(_ description: String, _ forms: SchemaValue...) -> SchemaValue {
        ["description": .text(description), "oneOf": .array(forms)]
    }
}
