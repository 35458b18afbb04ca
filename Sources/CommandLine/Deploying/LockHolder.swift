import FoundationEssentials
import Glibc

/// Who holds a cluster's lock, as a second operator is told.
struct LockHolder: Sendable {
    var user: String
    var machine: String
    var process: Int32
    var since: Date
    /// `apply`, `stop`
    var command: String

    static func current(_ command: String) -> LockHolder {
        LockHolder(
            user: ProcessInfo.processInfo.userName, machine: ProcessInfo.processInfo.hostName, process: getpid(),
            since: Date(), command: command)
    }

    /// `alice@laptop (pid 4711) since 2026-11-21 03:12:04 UTC, apply`
    var text: String {
        let time = since.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).dropLast()
        return "\(user)@\(machine) (pid \(process)) since \(time) UTC, \(command)"
    }
}
