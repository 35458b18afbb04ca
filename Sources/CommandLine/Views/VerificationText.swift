import Operations

/// What was proved, a line a check.
struct VerificationText {
    let verification: Verification
    var style = Style.plain

    var text: String {
        let width = verification.checks.map(\.name.count).max() ?? 0
        var text = verification.checks.map { check in
            let mark = check.passed ? style.paint("ok    ", .green) : style.paint("FAILED", .red)
            return "\(mark)  \(check.name.visible.padded(to: width))  \(check.detail.visible)\n"
        }.joined()
        let failed = verification.checks.count { !$0.passed }
        text +=
            failed == 0
            ? style.paint("The cluster does what the inventory says.", .green) + "\n"
            : style.paint("\(failed) of \(verification.checks.count) checks failed.", .red) + "\n"
        return text
    }
}
