import Applying
import ArgumentParser
import Diagnostics
import FoundationEssentials
import Hosts
import Logging
import Synchronization

/// Where a command's words go: results to standard output, everything about them to standard error.
final class Console: Sendable {
    let isVerbose: Bool
    /// How standard output, and standard error, are coloured.
    let style: Style
    let errorStyle: Style
    let logger: Logger

    private struct Sources {
        var texts: [String: [UInt8]] = [:]
        var secretPlaces: [SourcePlace] = []
    }

    private let sources = Mutex(Sources())

    init(isVerbose: Bool = false, noColor: Bool = false) {
        let environment = ProcessInfo.processInfo.environment
        let allowed = !noColor && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        self.isVerbose = isVerbose
        style = Style(usesColor: allowed && TextStream.output.isTerminal)
        errorStyle = Style(usesColor: allowed && TextStream.errors.isTerminal)
        var logger = Logger(label: "kumki") { _ in VerboseLog() }
        logger.logLevel = isVerbose ? .debug : .error
        self.logger = logger
    }

    func print(_ text: String) {
        TextStream.output.write(text)
    }

    func tell(_ text: String) {
        TextStream.errors.write(text)
    }

    // MARK: Diagnostics

    /// Remembers a file's text, so that messages about it show the line.
    func remember(_ file: String, _ bytes: [UInt8], secretPlaces: [SourcePlace]) {
        sources.withLock {
            $0.texts[file] = bytes
            $0.secretPlaces += secretPlaces
        }
    }

    func report(_ problems: Problems) {
        var known = sources.withLock { $0 }
        // Places are also in a user's templates and playbooks; those hold no secrets.
        for file in Set(problems.all.compactMap(\.place?.file)) where known.texts[file] == nil {
            known.texts[file] = (try? Data(contentsOf: URL(filePath: file))).map { Array($0) }
        }
        let printer = DiagnosticPrinter(
            sources: known.texts, secretPlaces: known.secretPlaces, usesColor: errorStyle.usesColor)
        tell(printer.text(problems))
    }

    func report(_ diagnostics: [Diagnostic]) {
        if !diagnostics.isEmpty { report(Problems(diagnostics)) }
    }

    /// Runs a command; what it throws is printed here and ends it with status 1.
    func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let problems as Problems {
            report(problems)
            throw ExitCode(1)
        } catch let diagnostic as Diagnostic {
            report([diagnostic])
            throw ExitCode(1)
        } catch let error as HostError {
            report([error.diagnostic])
            throw ExitCode(1)
        } catch let held as ClusterLock.Held {
            report([held.diagnostic])
            throw ExitCode(1)
        }
    }
}
