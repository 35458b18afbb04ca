/// One thing that a session was asked to do: what errors call it, and what may end its waiting early.
///
/// It lives inside its session's isolation.
final class Operation {
    let id: Int
    /// As in "the connection was lost during a script"; it changes with the stages of an operation.
    var what: String
    let limit: Duration
    /// The code of the error that says that the limit has passed.
    let code: String
    var isExpired = false
    var isCancelled = false
    var waiter: CheckedContinuation<Void, Never>?

    init(id: Int, what: String, limit: Duration, code: String) {
        self.id = id
        self.what = what
        self.limit = limit
        self.code = code
    }

    func wake() {
        waiter?.resume()
        waiter = nil
    }
}

extension Duration {
    /// For messages: `10 s`, `0.5 s`.
    var inWords: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return tenths.truncatingRemainder(dividingBy: 10) == 0 ? "\(Int(tenths / 10)) s" : "\(tenths / 10) s"
    }
}
