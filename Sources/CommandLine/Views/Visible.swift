import Diagnostics

extension String {
    /// What a host said, made safe for a terminal: nothing of it can be taken for a command.
    var visible: String {
        DiagnosticPrinter.visible(split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    "))
    }

    /// Spaces up to a width; longer texts stay whole.
    func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
