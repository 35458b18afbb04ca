package import Diagnostics
import YAML

/// The order of work of one operation, as `playbooks/` holds it: what, where, and after what.
package struct Playbook: Sendable {
    package struct Step: Sendable {
        /// The name of a step kind.
        package var step: String
        package var group: HostGroup
        package var condition: Condition?
        package var after: [Reference]
        package var place: SourcePlace
    }

    /// `start@upstream`: a step of the same host, or of the hosts of a group.
    package struct Reference: Hashable, Sendable {
        package var step: String
        package var group: HostGroup?
    }

    package var steps: [Step]

    /// - Throws: what is wrong with the file, all at once: `playbook.*`, `yaml.*`.
    package init(text: String, file: String) throws(Problems) {
        let document = YAMLDocument(bytes: Array(text.utf8), file: file)
        let notes = DecodingNotes(
            codes: DecodingCodes(
                type: "playbook.type", value: "playbook.value", missingKey: "playbook.missing-key",
                unknownKey: "playbook.unknown-key"))
        var steps: [Step] = []
        if let root = document.root {
            _ = YAMLField(root: root, notes: notes).mapping { file in
                steps = file.required("steps")?.list(Self.step) ?? []
            }
        }
        Self.checkReferences(steps, notes)
        var problems = document.problems
        problems.all += notes.problems.all
        if problems.hasErrors { throw problems }
        self.steps = steps
    }

    private static func step(_ field: YAMLField) -> Step? {
        var step: Step?
        _ = field.mapping { mapping in
            let name = mapping.required("step")?.parsed("a step", hint: "the steps are \(StepKinds.listed)") {
                StepKinds.all[$0] == nil ? nil : $0
            }
            let group = mapping.required("on")?.choice(HostGroup.self)
            let condition = mapping["when"]?.choice(Condition.self)
            let after = mapping["after"]?.list { $0.parsed("a step, or STEP@GROUP", reference) } ?? []
            if let name, let group {
                step = Step(step: name, group: group, condition: condition, after: after, place: field.place)
            }
        }
        return step
    }

    private static func reference(_ text: String) -> Reference? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 1 { return Reference(step: text, group: nil) }
        guard parts.count == 2, let group = HostGroup(rawValue: String(parts[1])) else { return nil }
        return Reference(step: String(parts[0]), group: group)
    }

    private static func checkReferences(_ steps: [Step], _ notes: DecodingNotes) {
        let known = Set(steps.map(\.step))
        for step in steps {
            for reference in step.after where !known.contains(reference.step) {
                notes.add(
                    .error(
                        "playbook.unknown-step", "`\(step.step)` waits for `\(reference.step)`, which is no step here",
                        at: step.place,
                        hint: Suggestion.nearest(to: reference.step, among: known.sorted()).map {
                            "did you mean `\($0)`?"
                        }))
            }
        }
    }
}

/// Which hosts a step is for, or waits for.
package enum HostGroup: String, CaseIterable, Hashable, Sendable {
    case all, database, primary, standbys, synchronous, pgpool, witness
    /// The host that is primary until the operation makes another one so.
    case former
    /// Database hosts that are declared absent.
    case leaving
    /// Hosts that a failover leaves as they are: the primary that is gone, servers that hang, those on another line.
    case gone
    /// The host that the command names, and those that stream from it.
    case named, followers
    /// Seen from one host, the named one where there is none to see from: what it streams from, and what streams from it.
    case upstream, children
    /// Seen from a host with pgpool-II: those that restart before it. The leader of the watchdog is the last.
    case earlier
    /// The host itself, and of its steps only the one that is named.
    case itself = "self"
}

/// What a step may depend on, beside the hosts: a fact of the inventory.
package enum Condition: String, CaseIterable, Hashable, Sendable {
    case replicated, slots, archive
    case builtFromSource = "built-from-source"
    case keyExchange = "key-exchange"
    /// Hosts run pgpool-II.
    case pool
}
