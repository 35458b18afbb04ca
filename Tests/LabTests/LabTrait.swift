import FoundationEssentials
import Lab
import Testing

extension Trait where Self == LabTrait {
    /// One lab for all tests of a suite, in `LabCluster.shared`; each test leaves the cluster as it is declared.
    ///
    /// - Parameter isDeployed: whether the tests begin with a cluster that `apply` has built.
    static func lab(
        _ text: String, deployed isDeployed: Bool = true, options: Lab.Options = .init(prebuilt: true)
    ) -> LabTrait {
        LabTrait(text: text, isDeployed: isDeployed, options: options)
    }
}

struct LabTrait: SuiteTrait, TestScoping {
    let text: String
    let isDeployed: Bool
    let options: Lab.Options

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await LabCluster.with(text, options: options) { cluster in
            if isDeployed { try await cluster.kumki("apply", "--yes", expecting: 0) }
            try await LabCluster.$current.withValue(cluster) { try await function() }
        }
    }
}

extension LabCluster {
    @TaskLocal static var current: LabCluster?

    /// The lab of the suite that is running.
    static var shared: LabCluster {
        get throws { try #require(current, "the suite has no lab") }
    }

    /// The lab of the suite that is running, with the suite's own inventory, whatever an earlier test left of it.
    static func ready() async throws -> LabCluster {
        let cluster = try shared
        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        if text != cluster.text {
            try cluster.edit { _ in cluster.text }
            try await cluster.kumki("apply", "--yes", expecting: 0)
        }
        return cluster
    }
}

/// Lets a few labs run at once: on two cores more of them only make each other late.
actor LabTurns {
    static let shared = LabTurns(atOnce: 3)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(atOnce: Int) {
        free = atOnce
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
