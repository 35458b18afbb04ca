package import Diagnostics

/// A POSIX `sh` script and how long it may take.
package struct Script: Hashable, Sendable {
    package var text: Content
    package var limit: Duration

    package init(_ text: Content, limit: Duration = .seconds(60)) {
        self.text = text
        self.limit = limit
    }
}
