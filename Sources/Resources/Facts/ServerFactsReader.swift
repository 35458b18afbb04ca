import FoundationEssentials
import PostgreSQL

extension Timeline {
    /// The first eight digits of a WAL file's or history file's name.
    fileprivate init?(hexadecimal: Substring) {
        guard let number = UInt32(hexadecimal, radix: 16), number > 0 else { return nil }
        self.init(number)
    }
}

/// The server's sections of a probe's output.
struct ServerFactsReader {
    private var values: [Substring: String] = [:]
    private var seen = false
    private var isForeign = false
    private var control: String?
    private var autoConf = ""
    private var recoveryConf: String?
    private var history: (name: String, text: String)?
    private var rows: [String: String] = [:]
    private var asked = false
    private var extensions: [String: Set<String>] = [:]

    mutating func read(kind: String, key: String, body: String) {
        switch kind {
        case "server":
            seen = true
            for line in body.split(separator: "\n") {
                let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2 { values[pair[0]] = String(pair[1]) }
            }
        case "control": control = body
        case "auto": autoConf = body
        case "recovery": recoveryConf = body
        case "history": history = (key, body)
        case "sql":
            asked = true
            for line in body.split(separator: "\n") {
                let pair = line.split(separator: "\t", maxSplits: 1)
                if pair.count == 2 { rows[String(pair[0])] = String(pair[1]) }
            }
        case "extensions":
            let lines = body.split(separator: "\n").map(String.init)
            if lines.last == "status=0" { extensions[key] = Set(lines.dropLast()) }
        default: break
        }
    }

    func facts(for probe: ServerProbe, errors: String) -> Reading<ServerFacts> {
        guard seen else { return .unknown("the server was not read") }
        let version = values["version"]
        if version == nil, values["foreign"] == nil { return .absent }
        var facts = ServerFacts(state: .stopped, dataVersion: version)
        facts.control = control.flatMap { try? ControlData(parsing: $0) }
        facts.autoConf = autoConf
        facts.recoveryConf = recoveryConf
        facts.hasStandbySignal = values["signal"] == "standby"
        facts.marker = values["marker"]
        facts.port = values["port"].flatMap { Int($0) }
        if let history, let timeline = Timeline(hexadecimal: history.name.prefix(8)) {
            facts.history = try? TimelineHistory(timeline: timeline, parsing: history.text)
        }
        if values["pid"] != nil {
            switch live() {
            case .success(let live): facts.state = .running(live)
            case .failure(let missing):
                facts.state = .silent(
                    asked
                        ? "\(missing.question) was not answered: \(lastWords(errors))"
                        : "its programs are not installed")
            }
        }
        return .present(facts)
    }

    private func lastWords(_ errors: String) -> String {
        errors.split(separator: "\n").last.map(String.init) ?? "it did not answer in time"
    }

    /// A question without an answer is no empty answer: the whole server counts as silent then.
    private struct Missing: Error {
        var question: String
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ key: String) throws(Missing) -> Value {
        guard let text = rows[key], let value = try? JSONDecoder().decode(type, from: Data(text.utf8)) else {
            throw Missing(question: key)
        }
        return value
    }

    /// The row `server` as it comes.
    private struct ServerRow: Decodable {
        var version: Int
        var recovery: Bool
        var identifier: String
        var timeline: Int
        var current: String?
        var received: String?
        var replayed: String?
        var loaded: Double
        var started: Double
    }

    private func live() -> Result<LiveServer, Missing> {
        Result { () throws(Missing) in try answered() }
    }

    private func answered() throws(Missing) -> LiveServer {
        let row = try decode(ServerRow.self, "server")
        var live = LiveServer(
            versionNumber: row.version, inRecovery: row.recovery, systemIdentifier: row.identifier,
            timeline: row.timeline)
        live.currentLSN = row.current.flatMap { LSN($0) }
        live.receivedLSN = row.received.flatMap { LSN($0) }
        live.replayedLSN = row.replayed.flatMap { LSN($0) }
        live.configurationLoaded = row.loaded
        live.started = row.started
        live.settings = try decode([String: LiveSetting].self, "settings")
        live.roles = try decode([String: LiveRole].self, "roles")
        live.databases = try decode([String: LiveDatabase].self, "databases")
        live.extensions = extensions
        live.slots = try decode([LiveSlot].self, "slots")
        live.standbys = try decode([LiveStandby].self, "standbys")
        live.receiver = rows["receiver"] == nil ? nil : try decode(LiveReceiver.self, "receiver")
        live.fileErrors = try decode([String].self, "file-errors")
        // Older versions can't be asked.
        live.hbaErrors = rows["hba-errors"] == nil ? [] : try decode([String].self, "hba-errors")
        live.conflicts = rows["conflicts"] == nil ? [:] : try decode([String: Int].self, "conflicts")
        live.rewindGrants = rows["rewind-grants"] == nil ? [] : Set(try decode([String].self, "rewind-grants"))
        return live
    }
}
