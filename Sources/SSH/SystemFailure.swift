import Glibc

/// A system call that failed, with the system's words for it.
struct SystemFailure: Error {
    let call: String
    let words: String

    init(_ call: String, _ error: Int32) {
        self.call = call
        words = String(cString: strerror(error))
    }

    init(_ call: String, words: String) {
        self.call = call
        self.words = words
    }
}
