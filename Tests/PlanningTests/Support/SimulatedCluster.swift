import Applying
import Blueprint
import Diagnostics
import FoundationEssentials
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources
import Synchronization
import Testing
import TestSupport

/// Hosts that exist only in a test: they answer a probe from what they hold, and a step's script changes that.
///
/// A script that is neither a probe nor a step of the plan at hand fails the test.
final class SimulatedCluster: HostProvider {
    struct State: Sendable {
        var inventory: Inventory
        var machines: [String: SimulatedMachine] = [:]
        /// The replicated catalogs, the same on every server.
        var catalog = SimulatedCatalog()
        var unreachable: Set<String> = []
        /// The steps that may come, by id.
        var expected: [String: PlannedChange] = [:]
        /// Steps that fail, with their last words.
        var failing: [String: String] = [:]
        /// What happens on the way, before a step's script runs.
        var meanwhile: [String: @Sendable (inout State) -> Void] = [:]
        var carriedOut: [String] = []
        var uploads: [String] = []
        var probes = 0
        var clock = 1000.0
    }

    static let boundary = "SIMULATED"

    private let state: Mutex<State>

    init(_ inventory: Inventory) {
        var state = State(inventory: inventory)
        for host in inventory.hosts { state.machines[host.name] = SimulatedMachine(host) }
        self.state = Mutex(state)
    }

    init(_ state: State) {
        self.state = Mutex(state)
    }

    /// An inventory of the folder `inventories/`, edited as text.
    convenience init(_ name: String, _ edits: (String, String)...) throws {
        self.init(try Self.inventory(name, edits))
    }

    static func inventory(_ name: String, _ edits: [(String, String)] = []) throws -> Inventory {
        var text = try Goldens.text("inventories/\(name).yaml")
        for (old, new) in edits {
            try #require(text.contains(old), "\(name) has no \(old)")
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        let reading = InventoryReader.read(bytes: Array(text.utf8), file: "inventories/\(name).yaml")
        return try #require(reading.inventory, "\(reading.problems.all.map(\.message))")
    }

    /// Declares something else of the same hosts.
    func declare(_ name: String, _ edits: [(String, String)]) throws {
        let inventory = try Self.inventory(name, edits)
        change { state in
            state.inventory = inventory
            for host in inventory.hosts where state.machines[host.name] == nil {
                state.machines[host.name] = SimulatedMachine(host)
            }
        }
    }

    func change(_ body: (inout State) throws -> Void) rethrows {
        try state.withLock { try body(&$0) }
    }

    func read<Value: Sendable>(_ body: (State) throws -> Value) rethrows -> Value {
        try state.withLock { try body($0) }
    }

    func damage(_ host: String, _ body: (inout SimulatedMachine) -> Void) {
        change { state in
            state.clock += 1
            state.machines[host]?.clock = state.clock
            state.machines[host].map { machine in
                var machine = machine
                body(&machine)
                state.machines[host] = machine
            }
        }
    }

    func host(for host: InventoryHost) async throws -> any Host {
        if read({ $0.unreachable.contains(host.name) }) {
            throw HostError(code: "ssh.connect", host: host.name, message: "no route to host")
        }
        return SimulatedHost(name: host.name, cluster: self)
    }

    // MARK: Planning and applying

    static let secret = "s3cr3t-word"

    var secrets: SecretStore {
        let inventory = read(\.inventory)
        var sources = [
            inventory.postgresql.superuserPassword, inventory.replication.password, inventory.ha.password,
            inventory.pgpool.pcpPassword, inventory.pgpool.watchdog.authKey,
        ].compactMap { $0 }
        for user in inventory.postgresql.users {
            if case .secret(let source)? = user.password { sources.append(source) }
        }
        let pairs = sources.map { ($0.label, Secret(label: $0.label, value: "\(Self.secret)-\($0.label)")) }
        return SecretStore(Dictionary(pairs) { $1 })
    }

    var observer: Observer { Observer(provider: self, boundary: { Self.boundary }) }

    func planner(_ options: Planner.Options = .init(), playbook: String = "provision.yaml") throws -> Planner {
        let text = try BuiltInFolder(.playbooks).text(of: playbook)
        return Planner(
            inventory: read(\.inventory), inventoryDigest: "digest", playbook: try Playbook(text: text, file: playbook),
            templates: BuiltInFolder(.templates), secrets: secrets, options: options)
    }

    func plan(_ options: Planner.Options = .init()) async throws -> Plan {
        try await planner(options).plan(with: observer)
    }

    func run(stop: StopSignal = StopSignal(), report: @escaping @Sendable (RunEvent) -> Void = { _ in }) -> Run {
        Run(inventory: read(\.inventory), observer: observer, secrets: secrets, stop: stop, report: report)
    }

    @discardableResult
    func carryOut(_ plan: Plan, parallel: Int = 64) async -> Run.Report {
        expect(plan)
        return await run().carryOut(plan, parallel: parallel)
    }

    func expect(_ plan: Plan) {
        change { $0.expected = Dictionary(plan.changes.map { ($0.id, $0) }) { $1 } }
    }

    /// Plans and carries it out until nothing is left that a later look had to show first.
    func settle() async throws {
        for _ in 0..<4 {
            let plan = try await plan()
            try #require(plan.refusals.isEmpty, "\(plan.refusals.map(\.message))")
            if plan.isEmpty && plan.pending.isEmpty { return }
            let report = await carryOut(plan)
            try #require(report.isComplete, "\(report.failures) \(report.notStarted)")
        }
        #expect(PlanText(try await plan()).text == PlanText.nothing)
    }

    /// Plans, carries it out and sees that nothing is left to do.
    @discardableResult
    func converge() async throws -> Plan {
        let plan = try await plan()
        try #require(plan.refusals.isEmpty, "\(plan.refusals.map(\.message))")
        let report = await carryOut(plan)
        #expect(report.isComplete, "\(report.failures) \(report.notStarted)")
        let again = try await self.plan()
        #expect(PlanText(again).text == PlanText.nothing)
        return plan
    }
}

/// One of the hosts, as the engine sees it.
struct SimulatedHost: Host {
    let name: String
    let cluster: SimulatedCluster

    func run(_ script: Script) async throws -> Outcome {
        let text = script.text.revealed
        let isGone = cluster.read { $0.unreachable.contains(name) }
        if isGone { throw HostError(code: "ssh.lost", host: name, message: "the connection was lost") }
        if text.contains("\(SimulatedCluster.boundary) \"$*\"") {
            return cluster.answer(text, on: name)
        }
        if text.contains("\nmark 0; ") { return cluster.carryOut(text, on: name) }
        if text.hasPrefix("umask 077; mkdir -p") { return Outcome(ending: .exit(0)) }
        Issue.record("\(name): nobody expected this script:\n\(script.text.masked)")
        return Outcome(ending: .exit(127), errors: Array("nobody expected this".utf8))
    }

    func upload(_ bytes: [UInt8], to path: String, limit: Duration) async throws {
        cluster.change { $0.uploads.append("\(name):\(path) \(bytes.count)") }
    }

    func hold(_ script: Script) async throws -> any Hold {
        Issue.record("\(name): nobody expected a hold")
        throw HostError(code: "host.failed", host: name, message: "nobody expected a hold")
    }

    func close() async {}
}

extension SimulatedCluster {
    fileprivate func answer(_ script: String, on host: String) -> Outcome {
        let output = state.withLock { state in
            state.probes += 1
            return state.machines[host].map { ProbeAnswer(machine: $0, state: state).text(for: script) } ?? ""
        }
        return Outcome(ending: .exit(0), output: Array(output.utf8))
    }

    /// Carries out the steps of one script up to the first that fails, and tells their beginnings as the script does.
    fileprivate func carryOut(_ script: String, on host: String) -> Outcome {
        var said = ""
        for (index, id) in Self.steps(of: script).enumerated() {
            said += "kumki-step \(index) \(index).00\n"
            let body = script.split(separator: "step\(index)() {\n", maxSplits: 1).last ?? ""
            let end = body.firstRange(of: "}\nstep\(index + 1)() {\n") ?? body.firstRange(of: "}\nmark 0; ")
            let text = String(body[..<(end?.lowerBound ?? body.endIndex)])
            if let words = step(id, text, on: host) {
                return Outcome(ending: .exit(1), output: Array(said.utf8), errors: Array(words.utf8))
            }
        }
        return Outcome(ending: .exit(0), output: Array((said + "kumki-step end 99.00\n").utf8))
    }

    private static func steps(of script: String) -> [String] {
        script.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("mark "), let start = line.firstRange(of: " begin "),
                let end = line.firstRange(of: "\" >>")
            else { return nil }
            return String(line[start.upperBound..<end.lowerBound])
        }
    }

    /// The script's last words when it fails.
    private func step(_ id: String, _ script: String, on host: String) -> String? {
        state.withLock { state in
            guard let planned = state.expected[id], planned.host == host else {
                Issue.record("\(host): nobody expected the step \(id)")
                return "nobody expected this step"
            }
            state.meanwhile[id]?(&state)
            state.carriedOut.append(id)
            if let words = state.failing[id] { return words }
            state.clock += 1
            return StepEffect(state: state, host: host).carryOut(planned.resource, script, &state)
        }
    }
}
