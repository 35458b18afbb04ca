/// A span of text in a file that the user wrote.
///
/// Lines and columns count from 1; columns and length count Unicode code points, as libyaml's marks do.
package struct SourcePlace: Hashable, Sendable, Codable {
    package let file: String
    package let line: Int
    package let column: Int
    package let length: Int

    package init(file: String, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = max(1, length)
    }
}
