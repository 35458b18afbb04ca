import Diagnostics

/// Builds the tree from libyaml's events and holds the limits.
struct Composer: ~Copyable {
    private var reader: EventReader
    private let file: String
    private var problems = Problems()
    private var anchors: [String: (node: YAMLNode, weight: Int)] = [:]
    private var aliasedNodes = 0

    init(reader: consuming EventReader, file: String) {
        self.reader = reader
        self.file = file
    }

    mutating func document() -> (root: YAMLNode?, problems: Problems) {
        do throws(Diagnostic) {
            let root = try onlyDocument()
            return (root, problems)
        } catch {
            problems.add(error)
            return (nil, problems)
        }
    }

    private mutating func onlyDocument() throws(Diagnostic) -> YAMLNode {
        _ = try reader.next()
        var event = try reader.next()
        guard case .documentStart = event.kind else {
            throw .error("yaml.empty", "the file is empty", at: SourcePlace(file: file, line: 1, column: 1))
        }
        event = try reader.next()
        let root = try node(from: event, depth: 1).node
        _ = try reader.next()
        event = try reader.next()
        guard case .streamEnd = event.kind else {
            throw .error(
                "yaml.second-document", "a second document begins here", at: event.place,
                hint: "keep one document in a file: remove the line `---`")
        }
        return root
    }

    /// The node that begins with `event`, and how many nodes it is when every alias is written out.
    private mutating func node(from event: Event, depth: Int) throws(Diagnostic) -> (node: YAMLNode, weight: Int) {
        guard depth <= YAMLDocument.maximumDepth else {
            throw .error(
                "yaml.depth", "nested more than \(YAMLDocument.maximumDepth) levels deep", at: event.place)
        }
        let anchor: String?
        let result: (node: YAMLNode, weight: Int)
        switch event.kind {
        case .alias(let name):
            return try aliased(name, at: event.place)
        case .scalar(let scalar, let name):
            checkTag(scalar.tag, at: event.place, allowed: ["str", "int", "float", "bool", "null"])
            anchor = name
            result = (YAMLNode(.scalar(scalar), at: event.place, lastLine: event.lastLine), 1)
        case .sequenceStart(let name, let tag):
            checkTag(tag, at: event.place, allowed: ["seq"])
            anchor = name
            result = try sequence(start: event, depth: depth)
        case .mappingStart(let name, let tag):
            checkTag(tag, at: event.place, allowed: ["map"])
            anchor = name
            result = try mapping(start: event, depth: depth)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw .error("yaml.syntax", "a value is missing here", at: event.place)
        }
        if let anchor { anchors[anchor] = result }
        return result
    }

    private mutating func sequence(start: Event, depth: Int) throws(Diagnostic) -> (node: YAMLNode, weight: Int) {
        var items: [YAMLNode] = []
        var weight = 1
        while true {
            let event = try reader.next()
            if case .sequenceEnd = event.kind {
                return (collection(.sequence(items), from: start, to: event), weight)
            }
            let item = try node(from: event, depth: depth + 1)
            items.append(item.node)
            weight += item.weight
        }
    }

    private mutating func mapping(start: Event, depth: Int) throws(Diagnostic) -> (node: YAMLNode, weight: Int) {
        var entries: [YAMLEntry] = []
        var firstPlaces: [String: SourcePlace] = [:]
        var weight = 1
        while true {
            let event = try reader.next()
            if case .mappingEnd = event.kind {
                return (collection(.mapping(entries), from: start, to: event), weight)
            }
            let key = try node(from: event, depth: depth + 1).node
            let value = try node(from: try reader.next(), depth: depth + 1)
            weight += 1 + value.weight
            guard case .scalar(let name) = key.content, !(name.style == .plain && name.text.isEmpty) else {
                problems.add(
                    .error(
                        "yaml.complex-key", "a key must be a word, not a list, a mapping or nothing", at: key.place,
                        hint: "write `key: value`"))
                continue
            }
            if let first = firstPlaces[name.text] {
                problems.add(
                    .error(
                        "yaml.duplicate-key", "duplicate key \"\(name.text)\" (first at line \(first.line))",
                        at: key.place, hint: "keep one of the two: the first one is used for the checks that follow"))
                continue
            }
            firstPlaces[name.text] = key.place
            entries.append(YAMLEntry(key: name.text, keyPlace: key.place, value: value.node))
        }
    }

    private func collection(_ content: YAMLNode.Content, from start: Event, to end: Event) -> YAMLNode {
        var place = start.place
        if place.line == end.place.line, end.place.column > place.column {
            let length = end.place.column + end.place.length - place.column
            place = SourcePlace(file: file, line: place.line, column: place.column, length: length)
        }
        return YAMLNode(content, at: place, lastLine: max(start.lastLine, end.lastLine))
    }

    private mutating func aliased(_ name: String, at place: SourcePlace) throws(Diagnostic) -> (YAMLNode, Int) {
        guard let target = anchors[name] else {
            throw .error(
                "yaml.alias", "*\(name) refers to an anchor that does not stand before it", at: place,
                hint: "write &\(name) at the value that is meant, above this line")
        }
        aliasedNodes += target.weight
        guard aliasedNodes <= YAMLDocument.maximumAliasedNodes else {
            throw .error(
                "yaml.alias-limit",
                "aliases stand for more than \(YAMLDocument.maximumAliasedNodes) nodes with this one", at: place,
                hint: "write the values out, or repeat less")
        }
        return target
    }

    private mutating func checkTag(_ tag: String?, at place: SourcePlace, allowed: [String]) {
        guard let tag, tag != "!" else { return }
        let prefix = "tag:yaml.org,2002:"
        if tag.hasPrefix(prefix), allowed.contains(String(tag.dropFirst(prefix.count))) { return }
        problems.add(
            .error("yaml.tag", "the tag \(tag) has no meaning here", at: place, hint: "remove the tag"))
    }
}
