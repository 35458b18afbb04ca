import Diagnostics

/// The engine's records of a lab do not match what is there, as after a machine that died: only a fresh start helps.
struct StaleLab: Error {
    var reason: String
    /// The container that keeps the engine from listing the others, by its id.
    var container: String?
    /// What to tell when a fresh start is not ours to make.
    var diagnostic: Diagnostic

    init(reason: String) {
        self.reason = reason
        diagnostic = .error("lab.stale", reason)
    }

    /// What a failed listing says: a container whose network namespace is gone keeps podman from listing any.
    init(listing words: String) {
        reason = "it died with the machine"
        container = words.split { !$0.isHexDigit }.first { $0.count == 64 }.map(String.init)
        let last = words.split(separator: "\n").last.map(String.init) ?? "it said nothing"
        diagnostic = .error(
            "lab.engine", "the engine can't list its containers: \(last)",
            hint: container.map { "remove the container that is in its way, if it is yours: podman rm --force \($0)" })
    }
}
