import FoundationEssentials

/// `embed ROOT OUTPUT FOLDER…`: writes every file below the folders as one Swift dictionary from path to text.
@main
enum Embed {
    static func main() throws {
        let words = ProcessInfo.processInfo.arguments
        let root = words[1]
        var source = "/// Every file of `templates/` and `playbooks/` by its path, as it stood at build time.\n"
        source += "package let embeddedFiles: [String: String] = [\n"
        for folder in words.dropFirst(3) {
            for name in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted() {
                let path = "\(folder)/\(name)"
                guard let text = contents(of: "\(root)/\(path)") else { continue }
                source += "    #\"\(path)\"#: ###\"\"\"\n\(text)\n\"\"\"###,\n"
            }
        }
        source += source.contains("###\"\"\"") ? "]\n" : "    :]\n"
        try source.write(toFile: words[2], atomically: true, encoding: .utf8)
    }

    private static func contents(of path: String) -> String? {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory else { return nil }
        return try? String(contentsOfFile: path, encoding: .utf8)
    }
}
