import Diagnostics
import YAML

/// Finds the secrets in a tree by the names of their keys, known or mistyped ones.
enum SecretPlaces {
    static func find(in node: YAMLNode) -> [SourcePlace] {
        switch node.content {
        case .scalar: []
        case .sequence(let items): items.flatMap(find)
        case .mapping(let entries):
            entries.flatMap { entry in
                Secret.isNamed(byKey: entry.key) ? everything(in: entry.value) : find(in: entry.value)
            }
        }
    }

    private static func everything(in node: YAMLNode) -> [SourcePlace] {
        switch node.content {
        case .scalar(let scalar):
            return scalar.isNull ? [] : lines(of: node)
        case .sequence(let items):
            return items.flatMap(everything)
        case .mapping(let entries):
            return entries.flatMap { isOrigin($0) ? [] : everything(in: $0.value) }
        }
    }

    /// Where a secret comes from is no secret; what cannot be the name of a variable may be the secret itself.
    private static func isOrigin(_ entry: YAMLEntry) -> Bool {
        if entry.key == "env", case .scalar(let scalar) = entry.value.content {
            return NamePattern.isEnvironmentVariable(scalar.text)
        }
        return ["env", "file", "command"].contains(entry.key)
    }

    /// The node's place, and all of every further line that it covers.
    private static func lines(of node: YAMLNode) -> [SourcePlace] {
        let place = node.place
        if node.lastLine == place.line { return [place] }
        let wholeLine = 1 << 20
        return (place.line...node.lastLine).map { line in
            SourcePlace(
                file: place.file, line: line, column: line == place.line ? place.column : 1, length: wholeLine)
        }
    }
}
