import Diagnostics

/// A file's diff for eyes: no secret of either side is shown.
struct FileDiff {
    let writing: FileWriting
    /// What stands there now; nil when there is no such file.
    let old: String?

    var text: String? {
        let masked = writing.content.masked
        guard let old else {
            return TextDiff.unified(from: "", to: masked, oldName: "/dev/null", newName: writing.path)
        }
        let (there, left) = withoutComments(hide(old))
        let comments = left == 0 ? "" : ", without \(left) lines of comments"
        return TextDiff.unified(
            from: there, to: masked, oldName: "\(writing.path) (there\(comments))",
            newName: "\(writing.path) (declared)")
    }

    /// A file that the distribution brought is mostly comments; what goes with it would not be seen among them.
    private func withoutComments(_ text: String) -> (text: String, left: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = Set(writing.content.masked.split(separator: "\n"))
        func isComment(_ line: Substring) -> Bool {
            line.drop { $0 == " " || $0 == "\t" }.first == "#" && !kept.contains(line)
        }
        let left = lines.count(where: isComment)
        if left <= Self.fewComments { return (text, 0) }
        let rest =
            lines.dropLast().filter { !isComment($0) && $0.contains { $0 != " " && $0 != "\t" } } + lines.suffix(1)
        return (rest.joined(separator: "\n"), left)
    }

    private static let fewComments = 20

    /// A line of ours is shown as we show it, and so is another value of a setting that we give none of our secrets; any
    /// other line of a file that holds secrets may hold one itself: at most the name in `name = value` is shown. Without
    /// the space it may be a key in base64.
    private func hide(_ text: String) -> String {
        guard writing.content.hasSecrets else { return text }
        let revealed = writing.content.revealed.split(separator: "\n", omittingEmptySubsequences: false)
        let masked = writing.content.masked.split(separator: "\n", omittingEmptySubsequences: false)
        let ours = Dictionary(zip(revealed, masked)) { first, _ in first }
        let settings = Dictionary(grouping: ours.filter { Self.setting($0.key) != nil }) { Self.setting($0.key) }
        let harmless = Set(settings.filter { $0.value.allSatisfy { $0.key == $0.value } }.compactMap(\.key))
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.isEmpty { return "" }
            if let known = ours[line] { return String(known) }
            guard let name = Self.setting(line) else { return "<hidden>" }
            if harmless.contains(name) { return String(line) }
            return line.dropFirst(name.count).first == "=" ? "<hidden>" : "\(name) = <hidden>"
        }.joined(separator: "\n")
    }

    /// The name in `name = value`.
    private static func setting(_ line: Substring) -> Substring? {
        let name = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "." }
        let rest = line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
        return name.isEmpty || rest.first != "=" ? nil : name
    }
}
