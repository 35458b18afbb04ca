/// A value that must never be printed, logged, saved or put on a command line.
///
/// Printing one gives `<secret:replication.password>`. The value comes out only through ``reveal()``, which is
/// called where bytes leave for a host's standard input, where it is hidden from outputs, and where its verifier is made.
package struct Secret: Hashable, Sendable {
    /// What the secret is for, as the path of its key in the inventory: `replication.password`.
    package let label: String
    private let value: String

    package init(label: String, value: String) {
        self.label = label
        self.value = value
    }

    package func reveal() -> String { value }

    /// The same secret, quoted or derived for the place where it goes.
    package func map(_ transform: (String) throws -> String) rethrows -> Secret {
        Secret(label: label, value: try transform(value))
    }

    package var isEmpty: Bool { value.isEmpty }

    /// Whether a key sounds like one whose value must not be shown, mistyped ones too.
    package static func isNamed(byKey key: String) -> Bool {
        let key = key.lowercased()
        if key.contains("password_encryption") { return false }
        return ["passw", "secret", "verifier", "auth_key", "authkey", "pwd"].contains { key.contains($0) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret:\(label)>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
