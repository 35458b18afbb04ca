/// Columns of text, as wide as their widest cell.
struct TextTable: Sendable {
    /// Empty shows none.
    var header: [String]
    var rows: [[String]]
    /// Columns whose cells stand at their right end.
    var numbers: Set<Int> = []

    func text(_ style: Style) -> String {
        let all = (header.isEmpty ? [] : [header]) + rows
        let count = all.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        var lines: [String] = []
        for (index, row) in all.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return numbers.contains(column) ? space + cell : cell + space
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            lines.append(index == 0 && !header.isEmpty ? style.paint(line, .dim) : line)
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
