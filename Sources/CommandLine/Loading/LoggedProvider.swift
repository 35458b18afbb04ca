import Diagnostics
import Hosts
import Inventory
import Logging
import Planning

/// Hosts whose connections and scripts are told in the log: sizes, times and ends, never content.
struct LoggedProvider: HostProvider {
    let base: any HostProvider
    let logger: Logger

    func host(for host: InventoryHost) async throws -> any Host {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let connected = try await base.host(for: host)
            let time = clock.now - start
            // A connection that was open already is no news.
            if time > .milliseconds(1) {
                logger.debug("\(host.name): connected to \(host.address) in \(time.milliseconds) ms")
            }
            return LoggedHost(base: connected, logger: logger)
        } catch {
            logger.debug("\(host.name): no connection to \(host.address) after \((clock.now - start).milliseconds) ms")
            throw error
        }
    }
}

/// A host that tells how long its scripts took.
private struct LoggedHost: Host {
    let base: any Host
    let logger: Logger

    var name: String { base.name }

    func run(_ script: Script) async throws -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let outcome = try await base.run(script)
            logger.debug(
                "\(name): script of \(size(script)), \(outcome.ending.text) in \((clock.now - start).milliseconds) ms")
            return outcome
        } catch {
            logger.debug("\(name): script of \(size(script)) lost after \((clock.now - start).milliseconds) ms")
            throw error
        }
    }

    func upload(_ bytes: [UInt8], to path: String, limit: Duration) async throws {
        logger.debug("\(name): upload of \(bytes.count) bytes to \(path)")
        try await base.upload(bytes, to: path, limit: limit)
    }

    func hold(_ script: Script) async throws -> any Hold {
        logger.debug("\(name): held script of \(size(script))")
        return try await base.hold(script)
    }

    func close() async { await base.close() }

    private func size(_ script: Script) -> String { "\(script.text.masked.utf8.count) bytes" }
}

extension Outcome.Ending {
    fileprivate var text: String {
        switch self {
        case .exit(let status): "exit \(status)"
        case .signal(let name): "signal \(name)"
        }
    }
}
