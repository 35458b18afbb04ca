/// The word that a mistyped one was meant to be.
package enum Suggestion {
    /// The nearest of `candidates` when it is near enough to be a slip: a third of its length, at least one change.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let simplified = simplify(word)
        if simplified.count > 64 { return nil }
        let ranked = candidates.map { ($0, distance(simplified, simplify($0))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
        return best.1 <= max(1, min(word.count, best.0.count) / 3) ? best.0 : nil
    }

    private static func simplify(_ word: String) -> [Character] {
        word.lowercased().map { $0 == "-" ? "_" : $0 }
    }

    /// Insertions, deletions, changes and swaps of neighbours that lead from one word to the other.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
