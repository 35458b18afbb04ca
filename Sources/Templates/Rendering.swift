import Diagnostics

/// One run of a template over a model.
struct Rendering {
    private(set) var output = Content()
    private(set) var problems = Problems()

    private let format: TemplateFormat
    /// The innermost last.
    private var models: [TemplateModel]
    /// Inside a section that is not shown: its names are looked up and nothing is written.
    private var isHidden = false
    private var reported: Set<SourcePlace> = []

    init(model: TemplateModel, format: TemplateFormat) {
        self.format = format
        models = [model]
    }

    mutating func write(_ pieces: [TemplatePiece]) {
        for piece in pieces {
            switch piece {
            case .text(let text): if !isHidden { output.append(text) }
            case .name(let name): if let value = value(of: name) { substitute(value, for: name) }
            case .section(let name, let isInverted, let body):
                guard let value = value(of: name) else { continue }
                writeSection(value, isInverted: isInverted, body: body)
            }
        }
    }

    mutating func findUnused(_ model: TemplateModel, in template: Template) {
        for name in model.values.keys.sorted() where !template.usedNames.contains(name) {
            problems.add(
                .error(
                    "template.unused", "the template never uses `\(name)`",
                    at: SourcePlace(file: template.file, line: 1, column: 1),
                    hint: "write {{\(name)}} where its value belongs"))
        }
    }

    private mutating func writeSection(_ value: TemplateValue, isInverted: Bool, body: [TemplatePiece]) {
        switch value {
        case .flag(let isShown): writeBody(body, isShown: isShown != isInverted)
        case .text(let content), .verbatim(let content): writeBody(body, isShown: isEmpty(content) == isInverted)
        case .model(let model):
            if !isInverted { models.append(model) }
            writeBody(body, isShown: !isInverted)
            if !isInverted { models.removeLast() }
        case .list(let elements):
            if isInverted { return writeBody(body, isShown: elements.isEmpty) }
            for element in elements {
                models.append(element)
                writeBody(body, isShown: true)
                models.removeLast()
            }
        }
    }

    /// A hidden body is walked as well: whether its names exist must not depend on what is shown today.
    private mutating func writeBody(_ body: [TemplatePiece], isShown: Bool) {
        let wasHidden = isHidden
        isHidden = isHidden || !isShown
        write(body)
        isHidden = wasHidden
    }

    private mutating func substitute(_ value: TemplateValue, for name: TemplateName) {
        let content: Content
        let obstacle: String?
        switch value {
        case .text(let text): (content, obstacle) = (format.quote(text), format.obstacle(in: text))
        case .verbatim(let text): (content, obstacle) = (text, format.obstacle(inVerbatim: text))
        case .flag, .list, .model:
            return report(
                "template.type", "`\(name.text)` is \(description(of: value)) and can't be written as a value",
                at: name,
                hint: "use it as a section: {{#\(name.text)}}…{{/\(name.text)}}")
        }
        if isHidden { return }
        if isEmpty(content) || (isEmpty(value) && !format.showsEmpty) {
            report(
                "template.empty", "`\(name.text)` is empty here", at: name,
                hint: "if it may be empty, put it into a section on itself: {{#\(name.text)}}…{{/\(name.text)}}")
        } else if let obstacle {
            report("template.value", "the value of `\(name.text)` \(obstacle)", at: name, hint: "change the value")
        } else {
            output.append(content)
        }
    }

    private mutating func value(of name: TemplateName) -> TemplateValue? {
        guard var value = models.reversed().lazy.compactMap({ $0[name.first] }).first else {
            let known = Set(models.flatMap(\.values.keys)).sorted()
            report(
                "template.undefined", "there is no `\(name.first)` here", at: name,
                hint: known.isEmpty ? "there are no names here" : "the names here are \(list(known))")
            return nil
        }
        var path = name.first
        for part in name.rest {
            guard case .model(let model) = value, let next = model[part] else {
                report("template.undefined", "there is no `\(part)` in `\(path)`", at: name, hint: names(in: value))
                return nil
            }
            value = next
            path += ".\(part)"
        }
        return value
    }

    private func names(in value: TemplateValue) -> String {
        guard case .model(let model) = value else { return "it is \(description(of: value))" }
        return "it has \(list(model.values.keys.sorted()))"
    }

    private func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    private func description(of value: TemplateValue) -> String {
        switch value {
        case .text, .verbatim: "a text"
        case .flag: "a flag"
        case .list: "a list"
        case .model: "a group of names"
        }
    }

    private func isEmpty(_ value: TemplateValue) -> Bool {
        switch value {
        case .text(let content), .verbatim(let content): isEmpty(content)
        case .flag, .list, .model: false
        }
    }

    private func isEmpty(_ content: Content) -> Bool {
        content.segments.allSatisfy { segment in
            switch segment {
            case .text(let text): text.isEmpty
            case .secret(let secret): secret.isEmpty
            }
        }
    }

    /// Once a place: a list would say the same for each of its elements.
    private mutating func report(_ code: String, _ message: String, at name: TemplateName, hint: String) {
        guard reported.insert(name.place).inserted else { return }
        problems.add(.error(code, message, at: name.place, hint: hint))
    }
}
