import Diagnostics
import Synchronization

/// What is the same on every host, rendered once: with n hosts, n files of n lines each are the larger part of a plan.
final class SharedContents: Sendable {
    private let contents = Mutex<[String: Content]>([:])

    func content(
        _ name: String, _ render: () throws(Problems) -> Content
    ) throws(Problems) -> Content {
        if let content = contents.withLock({ $0[name] }) { return content }
        let content = try render()
        contents.withLock { $0[name] = content }
        return content
    }
}
