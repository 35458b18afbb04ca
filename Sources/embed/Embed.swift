import FoundationEssentials

/// `embed ROOT OUTPUT FOLDER…`: writes every file below the folders as one Swift dictionary from path to text.
@main
enum Embed {
    static func main() throws {
        let words = ProcessInfo.processInfo.arguments
        let root = words[1]
        var entries: [String] = []
        for folder in words.dropFirst(3) {
            for name in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted() {
                let path = "\(folder)/\(name)"
                guard !isDirectory("\(root)/\(path)") else { continue }
                let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
                entries.append("    \(literal(path)): \(literal(text)),\n")
            }
        }
        let source = """
            /// Every file of `templates/` and `playbooks/` by its path, as it stood at build time.
            let embeddedFiles: [String: String] = [
            \(entries.isEmpty ? ":" : entries.joined())]

            """
        try source.write(toFile: words[2], atomically: true, encoding: .utf8)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// Whatever the text is made of, one literal of ASCII that stands for exactly that.
    private static func literal(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() + "\""
    }
}
