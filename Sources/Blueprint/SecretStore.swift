package import Diagnostics
package import Inventory

/// The values of an inventory's secrets, read before the work begins; or names in their place, for what is only shown.
package struct SecretStore: Sendable {
    private let values: [String: Secret]
    /// Whether every secret only stands for itself.
    package let isPlaceholder: Bool

    package init(_ values: [String: Secret]) {
        self.values = values
        isPlaceholder = false
    }

    private init() {
        values = [:]
        isPlaceholder = true
    }

    /// Every secret stands for itself as `<secret:label>`; the same input gives the same bytes.
    package static let placeholders = SecretStore()

    package func secret(_ source: SecretSource) -> Secret {
        if isPlaceholder { return Secret(label: source.label, value: "<secret:\(source.label)>") }
        guard let secret = values[source.label] else {
            preconditionFailure("secret \(source.label) was not read before it was asked for")
        }
        return secret
    }

    /// Every value that must not appear in what is printed.
    package var all: [Secret] { Array(values.values) }
}
