import FoundationEssentials
import Glibc
import Testing

/// One host's journal as a full pipe: a step's script can write its line only when it is let in.
///
/// Both ends stay open here, so that no writer ever finds a pipe without a reader.
final class JournalGate: Sendable {
    private static let page = 4096
    /// F_SETPIPE_SZ, which Glibc's module leaves out: fcntl(2).
    private static let setPipeSize: Int32 = 1031

    let host: String
    private let pipe: Int32
    private let file: Int32

    /// - Parameter folder: on this machine, with the pipe `journal` and the file `journal.kept`.
    init(_ host: String, folder: String) throws {
        self.host = host
        pipe = open("\(folder)/journal", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        file = open("\(folder)/journal.kept", O_WRONLY | O_APPEND | O_CLOEXEC)
        try #require(pipe >= 0 && file >= 0, "\(folder): \(String(cString: strerror(errno)))")
        try #require(fcntl(pipe, Self.setPipeSize, Int32(Self.page)) == Self.page)
        try #require(close())
    }

    deinit {
        Glibc.close(pipe)
        Glibc.close(file)
    }

    /// Waits for a line, lets it in, and closes again.
    ///
    /// - Returns: `begin db1/initdb`; a few where the script was quick to write the next.
    func letIn() async throws -> [String] {
        _ = read()
        var text = ""
        while text.isEmpty || !close() {
            text += read()
            if text.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        }
        let bytes = Array(text.utf8)
        _ = write(file, bytes, bytes.count)
        return text.split(separator: "\n").map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    /// Fills the pipe; false when a line came first.
    private func close() -> Bool {
        write(pipe, [UInt8](repeating: UInt8(ascii: "-"), count: Self.page), Self.page) == Self.page
    }

    private func read() -> String {
        var bytes = [UInt8](repeating: 0, count: Self.page)
        let count = Glibc.read(pipe, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
