package import Diagnostics

/// Script lines that put a file in place whole or not at all.
package struct FileWriting: Sendable {
    package var path: String
    package var content: Content
    package var mode: String
    package var owner: String
    package var group: String

    package init(path: String, content: Content, mode: String, owner: String, group: String) {
        self.path = path
        self.content = content
        self.mode = mode
        self.owner = owner
        self.group = group
    }

    package var temporaryPath: String { path + ".kumki-new" }

    /// A temporary name in the same folder, made new (so that nobody's link is followed), owner and mode, fsync, rename.
    package var script: Content {
        staged + Content("mv -f -- \(Shell.quote(temporaryPath)) \(Shell.quote(path))\n")
    }

    /// All but the rename, for a file that is checked first.
    package var staged: Content {
        let temporary = Shell.quote(temporaryPath)
        var lines: Content = "rm -f -- \(temporary)\n"
        lines.append("(umask 077; set -C; printf '%s' ")
        lines += Shell.quote(content)
        lines.append(" >\(temporary))\n")
        lines.append("chown -- \(Shell.quote(owner)):\(Shell.quote(group)) \(temporary)\n")
        lines.append("chmod \(mode) \(temporary)\nsync -- \(temporary)\n")
        return lines
    }
}
