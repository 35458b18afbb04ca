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
        return TextDiff.unified(
            from: hide(old), to: masked, oldName: "\(writing.path) (there)", newName: "\(writing.path) (declared)")
    }

    /// A line of ours is shown as we show it; any other line of a file that holds secrets may hold one itself.
    private func hide(_ text: String) -> String {
        guard writing.content.hasSecrets else { return text }
        let revealed = writing.content.revealed.split(separator: "\n", omittingEmptySubsequences: false)
        let masked = writing.content.masked.split(separator: "\n", omittingEmptySubsequences: false)
        let ours = Dictionary(zip(revealed, masked)) { first, _ in first }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.isEmpty { return "" }
            return ours[line].map(String.init) ?? "<hidden>"
        }.joined(separator: "\n")
    }
}
