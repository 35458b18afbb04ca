/// A unified diff of two texts by lines, for eyes.
package enum TextDiff {
    /// Lines of unchanged text shown around a change.
    private static let context = 2

    /// Nil when the texts are the same. The first two lines name the sides: `--- on db1`, `+++ declared`.
    package static func unified(from old: String, to new: String, oldName: String, newName: String) -> String? {
        if old == new { return nil }
        let before = lines(of: old)
        let after = lines(of: new)
        let edits = merge(before, after)
        var output = ["--- \(oldName)", "+++ \(newName)"]
        for hunk in hunks(of: edits) { output += describe(edits, hunk) }
        if output.count == 2 { output.append("\\ only the newline at the end differs") }
        return output.joined(separator: "\n")
    }

    private enum Edit {
        case keep(String)
        case remove(String)
        case insert(String)

        var changes: Bool { if case .keep = self { false } else { true } }
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.lines.map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Both sides as one list: removals before insertions at each place.
    private static func merge(_ before: [String], _ after: [String]) -> [Edit] {
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var edits: [Edit] = []
        var old = 0
        var new = 0
        while old < before.count || new < after.count {
            if old < before.count, removed.contains(old) {
                edits.append(.remove(before[old]))
                old += 1
            } else if new < after.count, inserted.contains(new) {
                edits.append(.insert(after[new]))
                new += 1
            } else {
                edits.append(.keep(before[old]))
                old += 1
                new += 1
            }
        }
        return edits
    }

    private static func hunks(of edits: [Edit]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, edit) in edits.enumerated() where edit.changes {
            let start = max(0, index - context)
            let end = min(edits.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= start {
                hunks[hunks.count - 1] = last.lowerBound..<end
            } else {
                hunks.append(start..<end)
            }
        }
        return hunks
    }

    private static func describe(_ edits: [Edit], _ hunk: Range<Int>) -> [String] {
        var oldLine = 1
        var newLine = 1
        for edit in edits[..<hunk.lowerBound] {
            switch edit {
            case .keep:
                oldLine += 1
                newLine += 1
            case .remove: oldLine += 1
            case .insert: newLine += 1
            }
        }
        var oldCount = 0
        var newCount = 0
        var body: [String] = []
        for edit in edits[hunk] {
            switch edit {
            case .keep(let line):
                oldCount += 1
                newCount += 1
                body.append(" " + line)
            case .remove(let line):
                oldCount += 1
                body.append("-" + line)
            case .insert(let line):
                newCount += 1
                body.append("+" + line)
            }
        }
        return ["@@ -\(oldLine),\(oldCount) +\(newLine),\(newCount) @@"] + body
    }
}
