import Diagnostics
import Hosts
import Inventory
import Lab

/// A program of this machine that prints a secret: a password manager's.
struct SecretCommand {
    /// The program, then its arguments.
    let words: [String]
    /// Where it runs: the inventory's folder.
    let folder: String
    let source: SecretSource
    var programs: any ProgramRunner = LocalPrograms()

    private static let limit: Duration = .seconds(30)

    /// - Throws: `Diagnostic` `secret.command`; its words are those of standard error, never the output.
    func output() async throws(Diagnostic) -> String {
        let arguments = ["-c", #"cd "$1" && shift && exec "$@""#, "sh", folder] + words
        let outcome: Outcome
        do {
            outcome = try await programs.run(Command("sh", arguments, limit: Self.limit))
        } catch {
            throw failure("it did not end within \(Self.limit.text)")
        }
        if outcome.succeeded { return outcome.outputText }
        let said = outcome.errorText.split(whereSeparator: \.isNewline).suffix(2).joined(separator: "; ")
        throw failure("it failed" + (said.isEmpty ? "" : ": \(said)"))
    }

    private func failure(_ words: String) -> Diagnostic {
        .error(
            "secret.command", "\(source.label): \(self.words.first ?? "the command"): \(words)", at: source.place,
            hint: "run the command by hand; it must print the secret and nothing else")
    }
}
