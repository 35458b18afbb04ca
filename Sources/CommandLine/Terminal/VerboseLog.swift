import FoundationEssentials
import Logging

/// What `--verbose` tells, a line each on standard error, with the time as server logs have it.
struct VerboseLog: LogHandler {
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        TextStream.errors.write("\(time) \(event.message.description.visible)\n")
    }
}
