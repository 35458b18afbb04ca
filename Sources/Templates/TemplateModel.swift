package import Diagnostics

/// What a template is filled with: values by name.
///
/// Every name that a template uses must be here, and every name that is here must be used.
package struct TemplateModel: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var values: [String: TemplateValue]

    package init(_ values: [String: TemplateValue] = [:]) {
        self.values = values
    }

    package init(dictionaryLiteral elements: (String, TemplateValue)...) {
        values = Dictionary(elements) { $1 }
    }

    package subscript(name: String) -> TemplateValue? {
        get { values[name] }
        set { values[name] = newValue }
    }
}

/// One value of a ``TemplateModel``.
package enum TemplateValue: Sendable {
    /// Written by the rules of the file, so that its reader gets exactly this text. As a section: shown unless empty.
    case text(Content)
    /// Written as it stands: the name of a setting, a value that is quoted already.
    case verbatim(Content)
    /// Shows a section or hides it.
    case flag(Bool)
    /// Shows a section once for each element.
    case list([TemplateModel])
    /// Has names of its own: `{{host.name}}`, or `{{name}}` within `{{#host}}`.
    case model(TemplateModel)

    package static func text(_ text: String) -> TemplateValue { .text(Content(text)) }
    package static func verbatim(_ text: String) -> TemplateValue { .verbatim(Content(text)) }
    package static func number(_ number: Int) -> TemplateValue { .verbatim(Content(String(number))) }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension TemplateValue: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: TemplateModel...) { self = .list(elements) }
}
