import CLibSSH2
import Hosts

extension Session {
    /// Runs a command to its end with bytes on its standard input.
    ///
    /// - Parameter what: what errors call it: `a script`.
    /// - Throws: ``HostError`` `ssh.timeout`, `ssh.lost`, `ssh.channel`.
    func run(_ command: String, input: [UInt8], limit: Duration, what: String) async throws -> Outcome {
        try await operate(what, limit: limit) { operation in
            var exchange = try await start(command, input: input, operation)
            do {
                while true {
                    let mark = wakes
                    switch try await step(&exchange, operation) {
                    case .ended:
                        let ending = ending(of: exchange.channel)
                        await discard(exchange.channel)
                        return Outcome(ending: ending, output: exchange.output, errors: exchange.errors)
                    case .moved: await giveWay()
                    case .waits: try await pause(operation, since: mark)
                    }
                }
            } catch {
                abandon(exchange.channel)
                throw error
            }
        }
    }

    /// A command that printed its first line and goes on, or one that ended before.
    enum Start: Sendable {
        case holds(channel: Int, greeting: String)
        case ended(Outcome)
    }

    /// Starts a command and leaves it running, its standard input open, once it has printed a line.
    ///
    /// - Throws: as ``run(_:input:limit:what:)``.
    func hold(_ command: String, input: [UInt8], limit: Duration, what: String) async throws -> Start {
        try await operate(what, limit: limit) { operation in
            var exchange = try await start(command, input: input, operation)
            exchange.keepsInputOpen = true
            do {
                while true {
                    let mark = wakes
                    let progress = try await step(&exchange, operation)
                    if let end = exchange.output.firstIndex(of: UInt8(ascii: "\n")), exchange.unsent.isEmpty {
                        holds.insert(exchange.channel)
                        wakeAll()
                        let greeting = String(decoding: exchange.output[..<end], as: UTF8.self)
                        return .holds(channel: exchange.channel, greeting: greeting)
                    }
                    switch progress {
                    case .ended:
                        let ending = ending(of: exchange.channel)
                        await discard(exchange.channel)
                        return .ended(Outcome(ending: ending, output: exchange.output, errors: exchange.errors))
                    case .moved: await giveWay()
                    case .waits: try await pause(operation, since: mark)
                    }
                }
            } catch {
                abandon(exchange.channel)
                throw error
            }
        }
    }

    /// Ends the standard input of what a hold runs, and waits for its end.
    func release(_ channel: Int, limit: Duration) async {
        var exchange = Exchange(channel: channel, unsent: [])
        do {
            try await operate("the end of a hold", limit: limit, isCancellable: false) { operation in
                while true {
                    let mark = wakes
                    switch try await step(&exchange, operation) {
                    case .ended: return
                    case .moved: await giveWay()
                    case .waits: try await pause(operation, since: mark)
                    }
                }
            }
            await discard(channel)
        } catch {
            abandon(channel)
        }
    }

    // MARK: - Channels

    /// Bytes on their way to and from a command.
    private struct Exchange {
        let channel: Int
        var unsent: ArraySlice<UInt8>
        var keepsInputOpen = false
        var isInputEnded = false
        var output: [UInt8] = []
        var errors: [UInt8] = []
    }

    private enum Progress {
        case moved, waits, ended
    }

    private func start(_ command: String, input: [UInt8], _ operation: Operation) async throws -> Exchange {
        let channel = try await open(operation)
        do {
            try await finish(operation, "libssh2_channel_process_startup", on: channel) { channel in
                Int(libssh2_channel_process_startup(channel, "exec", 4, command, UInt32(command.utf8.count)))
            }
        } catch {
            abandon(channel)
            throw error
        }
        return Exchange(channel: channel, unsent: input[...])
    }

    /// Opens a channel; one more than the host allows waits for another to end.
    private func open(_ operation: Operation) async throws -> Int {
        var refusals = 0
        while true {
            do {
                return try await openOnce(operation)
            } catch let error as LibraryError where error.status == LIBSSH2_ERROR_CHANNEL_FAILURE {
                let open = channels.count
                if open > holds.count {
                    while channels.count >= open { try await pause(operation, since: wakes) }
                    continue
                }
                // sshd may count a session for a moment after it has closed it.
                refusals += 1
                if refusals == 5 {
                    throw failure(
                        "ssh.channel", call: error.call, "the host opens no further session: \(error.words)",
                        hint: "raise MaxSessions in its sshd_config; \(holds.count + 1) are needed at once")
                }
                _ = try await wait(operation, atMost: .milliseconds(20 << refusals)) { false }
            }
        }
    }

    private func openOnce(_ operation: Operation) async throws -> Int {
        while isOpening { try await pause(operation, since: wakes) }
        isOpening = true
        defer {
            isOpening = false
            wakeAll()
        }
        var opened: OpaquePointer?
        try await finish(operation, "libssh2_channel_open_ex") { session in
            opened = libssh2_channel_open_ex(session, "session", 7, kumki_ssh2_window, kumki_ssh2_packet, nil, 0)
            return opened == nil ? Int(libssh2_session_last_errno(session)) : 0
        }
        let id = nextID()
        channels[id] = opened
        return id
    }

    /// Sends and receives what can be at once. Both ways in turn: a command may read only after its output is taken.
    private func step(_ exchange: inout Exchange, _ operation: Operation) async throws -> Progress {
        let channel = exchange.channel
        var moved = false
        if !exchange.unsent.isEmpty {
            let count = try await write(channel, exchange.unsent, operation)
            if let count, count > 0 {
                exchange.unsent = exchange.unsent.dropFirst(count)
                moved = true
            }
        } else if !exchange.isInputEnded && !exchange.keepsInputOpen {
            let status = try await attempt(operation, "libssh2_channel_send_eof", on: channel) { channel in
                whole { libssh2_channel_send_eof(channel) }
            }
            if status != nil { exchange.isInputEnded = true }
        }
        if try await read(channel, 0, into: &exchange.output, operation) { moved = true }
        if try await read(channel, SSH_EXTENDED_DATA_STDERR, into: &exchange.errors, operation) { moved = true }
        if moved { return .moved }
        guard let pointer = channels[channel], libssh2_channel_eof(pointer) == 1 else { return .waits }
        let status = try await attempt(operation, "libssh2_channel_wait_closed", on: channel) {
            Int(libssh2_channel_wait_closed($0))
        }
        return status == nil ? .waits : .ended
    }

    /// How many bytes were taken; nil when the host has no room for more.
    func write(_ channel: Int, _ bytes: ArraySlice<UInt8>, _ operation: Operation) async throws -> Int? {
        try await attempt(operation, "libssh2_channel_write_ex", on: channel) { channel in
            bytes.withUnsafeBytes {
                libssh2_channel_write_ex(channel, 0, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
    }

    /// Whether anything was there.
    func read(_ channel: Int, _ stream: Int32, into bytes: inout [UInt8], _ operation: Operation) async throws
        -> Bool
    {
        let count = try await attempt(operation, "libssh2_channel_read_ex", on: channel) { channel in
            scratch.withUnsafeMutableBytes {
                libssh2_channel_read_ex(channel, stream, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
        guard let count, count > 0 else { return false }
        bytes += scratch[..<count]
        return true
    }

    /// How the command of a closed channel ended.
    private func ending(of channel: Int) -> Outcome.Ending {
        guard let library, let pointer = channels[channel] else { return .exit(255) }
        // The status is 0 until one arrives, so a signal is looked for first.
        var name: UnsafeMutablePointer<CChar>?
        libssh2_channel_get_exit_signal(pointer, &name, nil, nil, nil, nil, nil)
        guard let name else { return .exit(libssh2_channel_get_exit_status(pointer)) }
        defer { libssh2_free(library.session, name) }
        return .signal(String(cString: name))
    }

    /// Frees a channel that the host has closed.
    func discard(_ channel: Int) async {
        _ = try? await operate("closing a channel", limit: nil, isCancellable: false) { operation in
            try await finish(operation, "libssh2_channel_free", on: channel) { channel in
                whole { libssh2_channel_free(channel) }
            }
        }
        channels[channel] = nil
        holds.remove(channel)
        wakeAll()
    }

    /// Closes a channel whose command may still run, which takes its standard streams away.
    ///
    /// sshd answers only when the command has ended, so nobody waits for that.
    func abandon(_ channel: Int) {
        holds.remove(channel)
        Task { await discard(channel) }
    }

    /// A call that ends a channel's input, once there is room for it: libssh2 writes those few bytes on its stack anew at
    /// each call, and takes the end of a packet that it has half sent for another one.
    private func whole(_ call: () -> Int32) -> Int {
        if let library, !library.socket.isWritable { return Int(LIBSSH2_ERROR_EAGAIN) }
        return Int(call())
    }

    func attempt(_ operation: Operation, _ call: String, on channel: Int, _ body: (OpaquePointer) -> Int) async throws
        -> Int?
    {
        try await attempt(operation, call) { _ in channels[channel].map(body) ?? Int(LIBSSH2_ERROR_CHANNEL_CLOSED) }
    }

    @discardableResult
    func finish(_ operation: Operation, _ call: String, on channel: Int, _ body: (OpaquePointer) -> Int) async throws
        -> Int
    {
        try await finish(operation, call) { _ in channels[channel].map(body) ?? Int(LIBSSH2_ERROR_CHANNEL_CLOSED) }
    }
}
