import Operations

/// `verify --json`.
struct VerificationPayload: Encodable {
    struct Check: Encodable {
        var name: String
        var passed: Bool
        var detail: String
    }

    var passed: Bool
    var checks: [Check]

    init(_ verification: Verification) {
        passed = verification.passed
        checks = verification.checks.map { Check(name: $0.name, passed: $0.passed, detail: $0.detail) }
    }
}
