package import Diagnostics

/// A file of `templates/`, read and ready to be filled.
///
/// The syntax is a part of Mustache's: `{{name}}`, `{{dotted.name}}`, `{{#section}}…{{/section}}`, the inverted
/// `{{^section}}…{{/section}}` and `{{! comments }}`. A section's or comment's tag that stands alone on a line
/// leaves no blank line behind. Nothing is escaped as HTML: a value is written by the rules of the file that it goes
/// into.
/// - Source: mustache(5).
package struct Template: Sendable {
    package let file: String
    let pieces: [TemplatePiece]

    /// - Parameters:
    ///   - text: the template itself.
    ///   - file: its path, for messages.
    /// - Throws: every `template.syntax` and `template.unsupported` of the text.
    package init(text: String, file: String) throws(Problems) {
        self.file = file
        var parser = TemplateParser(text: text, file: file)
        pieces = try parser.parse()
    }

    /// The file that the template makes of a model.
    ///
    /// - Throws: every `template.undefined`, `template.unused`, `template.empty`, `template.value` and
    ///   `template.type`, each with its place in the template.
    package func render(_ model: TemplateModel, format: TemplateFormat) throws(Problems) -> Content {
        var rendering = Rendering(model: model, format: format)
        rendering.write(pieces)
        rendering.findUnused(model, in: self)
        if rendering.problems.hasErrors { throw rendering.problems }
        return rendering.output
    }

    /// The first parts of all names that the template refers to, wherever they stand.
    var usedNames: Set<String> {
        func collect(_ pieces: [TemplatePiece], into names: inout Set<String>) {
            for piece in pieces {
                switch piece {
                case .text: break
                case .name(let name): names.insert(name.first)
                case .section(let name, _, let body):
                    names.insert(name.first)
                    collect(body, into: &names)
                }
            }
        }
        var names: Set<String> = []
        collect(pieces, into: &names)
        return names
    }
}

/// A part of a template.
indirect enum TemplatePiece: Sendable {
    case text(String)
    case name(TemplateName)
    case section(TemplateName, isInverted: Bool, body: [TemplatePiece])
}

/// A name as it is written in a tag.
struct TemplateName: Sendable {
    let first: String
    /// What follows the first part of a dotted name.
    let rest: [String]
    /// Of the whole tag.
    let place: SourcePlace

    var text: String { ([first] + rest).joined(separator: ".") }
}
