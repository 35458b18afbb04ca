/// What the engine needs of a host, and all that it may ask of one.
///
/// The engine is tested against a fake that answers from a script of its own and fails when asked anything else.
package protocol Host: Sendable {
    /// The host's key in the inventory.
    var name: String { get }

    /// Runs a POSIX `sh` script, given to `sh -s` on standard input, as root (`become` included).
    ///
    /// A non-zero exit is an ``Outcome``, not an error.
    /// - Throws: ``HostError`` when the host can't be reached or the time limit passes.
    func run(_ script: Script) async throws -> Outcome

    /// Writes bytes to a new file with mode 0600, owned by the account that scripts run as.
    ///
    /// - Throws: ``HostError``.
    func upload(_ bytes: [UInt8], to path: String, limit: Duration) async throws

    /// Starts a script that prints one line when it is ready and then waits for the end of its standard input.
    ///
    /// What it holds (a lock, a client) lives until ``Hold/release()`` or until the connection is gone.
    /// - Throws: ``HostError``, with the script's own words when it exits before it prints a line.
    func hold(_ script: Script) async throws -> any Hold

    /// Ends the connection; scripts that still run lose their standard streams.
    func close() async
}

/// Something held on a host for as long as the connection lives.
package protocol Hold: Sendable {
    /// The line that the script printed when it was ready, without its newline.
    var greeting: String { get }

    func release() async
}
