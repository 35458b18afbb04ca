package import Diagnostics

/// A host that can't be reached, can't be trusted, or did not answer in time.
package struct HostError: Error, Hashable, Sendable {
    /// Stable, listed in `docs/errors.md`: `ssh.connect`, `ssh.host-key-changed`, `ssh.timeout`.
    package var code: String
    package var host: String
    /// The call that failed, as its library names it: `libssh2_session_handshake`.
    package var call: String?
    package var message: String
    package var hint: String?
    /// How the script ended that failed with the call: a ``Host/hold(_:)`` whose script exits early.
    package var status: Int32?

    package init(
        code: String, host: String, call: String? = nil, message: String, hint: String? = nil, status: Int32? = nil
    ) {
        self.code = code
        self.host = host
        self.call = call
        self.message = message
        self.hint = hint
        self.status = status
    }

    package var diagnostic: Diagnostic {
        let call = call.map { " (\($0))" } ?? ""
        return .error(code, "\(host): \(message)\(call)", hint: hint)
    }
}
