import Hosts

/// A script that runs on a host until it is released or the connection ends.
final class SSHHold: Hold {
    let greeting: String
    private let session: Session
    private let channel: Int

    init(greeting: String, session: Session, channel: Int) {
        self.greeting = greeting
        self.session = session
        self.channel = channel
    }

    /// Ends the script's standard input, and waits up to 10 s for its end.
    func release() async {
        await session.release(channel, limit: .seconds(10))
    }
}
