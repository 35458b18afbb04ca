package import Diagnostics

/// A YAML text as a tree with places, and everything that is wrong with it as YAML.
///
/// One document a file; at most ``maximumBytes``, ``maximumDepth`` levels, ``maximumAliasedNodes`` nodes by aliases.
package struct YAMLDocument: Sendable {
    package static let maximumBytes = 8 << 20
    package static let maximumDepth = 64
    /// How many nodes all aliases together may stand for: a "billion laughs" ends at the alias that passes it.
    package static let maximumAliasedNodes = 50_000

    /// Nil when the text could not be read to its end.
    package let root: YAMLNode?
    package let problems: Problems

    /// Reads the text; the file's name is for the places only.
    package init(bytes: [UInt8], file: String) {
        if let tooLarge = Self.sizeProblem(byteCount: bytes.count, file: file) {
            root = nil
            problems = Problems(tooLarge)
            return
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        do throws(Diagnostic) {
            var composer = Composer(reader: try EventReader(bytes: text, file: file), file: file)
            (root, problems) = composer.document()
        } catch {
            root = nil
            problems = Problems(error)
        }
    }

    /// What is wrong with a file of this size, so that one can tell before reading it.
    package static func sizeProblem(byteCount: Int, file: String) -> Diagnostic? {
        if byteCount <= maximumBytes { return nil }
        return .error(
            "yaml.size", "the file has \(byteCount) bytes, more than the \(maximumBytes) that are read",
            at: SourcePlace(file: file, line: 1, column: 1), hint: "check that it is the right file")
    }
}
