import CLibSSH2
import Hosts

/// Why a jump host's session opens no tunnel now, though another session to it might.
struct TunnelDelayed: Error {}

extension Session {
    /// A stream through this host to a port that it can reach.
    ///
    /// libssh2 opens one channel at a time, and a target that is down holds that up until the jump host gives up on it.
    /// - Throws: ``TunnelDelayed`` when another target has held it up for a second; ``HostError`` `ssh.connect`, which
    ///   names this host.
    func tunnel(to address: String, port: Int, limit: Duration) async throws -> Descriptor {
        let place = "\(address) port \(port)"
        let (near, far) = try pair()
        let channel = try await operate("the tunnel to \(place)", limit: limit, code: "ssh.connect") { operation in
            if try await !wait(operation, atMost: .seconds(1), until: { !isOpening }) { throw TunnelDelayed() }
            isOpening = true
            var opened: OpaquePointer?
            do {
                try await finish(operation, "libssh2_channel_direct_tcpip_ex") { session in
                    opened = libssh2_channel_direct_tcpip_ex(session, address, Int32(port), "127.0.0.1", 0)
                    return opened == nil ? Int(libssh2_session_last_errno(session)) : 0
                }
            } catch let error as LibraryError {
                turnIsOver()
                throw failure(
                    "ssh.connect", call: error.call, "it can't reach \(place): \(error.words)",
                    hint: "see whether the target is up, and whether the jump host's AllowTcpForwarding lets us through"
                )
            }
            // A call that was given up on stays half done in the session, which then opens nothing else: no end of turn.
            turnIsOver()
            let id = nextID()
            channels[id] = opened
            return id
        }
        // Ends with either end of the tunnel.
        Task { await carry(channel, near) }
        return far
    }

    private func pair() throws -> (Descriptor, Descriptor) {
        do {
            return try Descriptor.pair()
        } catch {
            throw failure("ssh.connect", call: error.call, error.words)
        }
    }

    private func turnIsOver() {
        isOpening = false
        wakeAll()
    }

    /// Moves bytes between a channel and a socket until either ends.
    private func carry(_ channel: Int, _ socket: Descriptor) async {
        try? await operate("a tunnel", limit: nil) { operation in
            let token = try watch(socket)
            defer { unwatch(token) }
            var up: [UInt8] = []
            var down: [UInt8] = []
            while true {
                let mark = wakes
                var moved = false
                if up.isEmpty, let count = try socket.receive(into: &scratch) {
                    if count == 0 { return }
                    up += scratch[..<count]
                }
                if !up.isEmpty, let count = try await write(channel, up[...], operation), count > 0 {
                    up.removeFirst(count)
                    moved = true
                }
                if down.isEmpty, try await read(channel, 0, into: &down, operation) { moved = true }
                if !down.isEmpty, let count = try socket.send(down[...]) {
                    down.removeFirst(count)
                    moved = true
                }
                if moved {
                    await giveWay()
                    continue
                }
                if down.isEmpty, let pointer = channels[channel], libssh2_channel_eof(pointer) == 1 { return }
                try await pause(operation, since: mark)
            }
        }
        abandon(channel)
    }
}
