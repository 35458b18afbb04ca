package import Diagnostics
import FoundationEssentials
import Synchronization
package import Templates

/// `templates/` or `playbooks/`: as the binary carries it, or a copy that the user edited.
package struct BuiltInFolder: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case templates, playbooks

        /// The option that names a copy.
        var option: String { "--\(rawValue)" }
    }

    package let kind: Kind
    /// The user's copy; nil is what the binary carries.
    package let directory: String?
    private let parsed = ParsedTemplates()

    package init(_ kind: Kind, directory: String? = nil) {
        self.kind = kind
        self.directory = directory
    }

    /// Every file that the binary carries, by its path below the folder.
    package var builtIn: [String: String] {
        let prefix = "\(kind.rawValue)/"
        let files = embeddedFiles.filter { $0.key.hasPrefix(prefix) }
        return Dictionary(files.map { (String($0.key.dropFirst(prefix.count)), $0.value) }) { $1 }
    }

    /// A file's path as messages name it.
    package func path(of name: String) -> String { "\(directory ?? kind.rawValue)/\(name)" }

    /// A file's text. What a user's copy lacks is never taken from the binary: the two may not fit together.
    ///
    /// - Throws: `folder.missing-file`, `folder.unreadable-file`.
    package func text(of name: String) throws(Problems) -> String {
        let path = path(of: name)
        guard let directory else {
            if let text = embeddedFiles[path] { return text }
            throw Problems(
                .error(
                    "folder.missing-file", "kumki has no built-in \(path)",
                    hint: "the built-in files are \(builtIn.keys.sorted().joined(separator: ", "))"))
        }
        guard FileManager.default.fileExists(atPath: path) else {
            let hint =
                builtIn[name] == nil
                ? "create it, or take its name out of what asks for it"
                : "copy \(kind.rawValue)/\(name) of kumki's sources to \(directory), or leave \(kind.option) out"
            throw Problems(.error("folder.missing-file", "\(path) does not exist", hint: hint))
        }
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Problems(
                .error(
                    "folder.unreadable-file", "\(path) can't be read as a text file",
                    hint: "check that it is a file in UTF-8 and that you may read it"))
        }
    }

    /// A file of the folder, ready to be filled.
    ///
    /// - Throws: as ``text(of:)``, and what is wrong with the template itself.
    package func template(named name: String) throws(Problems) -> Template {
        if let template = parsed.templates.withLock({ $0[name] }) { return template }
        let template = try Template(text: text(of: name), file: path(of: name))
        parsed.templates.withLock { $0[name] = template }
        return template
    }
}

/// Templates that were read already: most are filled once for each host.
private final class ParsedTemplates: Sendable {
    let templates = Mutex<[String: Template]>([:])
}
