package import Diagnostics
package import Pgpool
import YAML

extension PgpoolSetting {
    /// Why a version has no setting of that name, without a place; nil when it has, or may have.
    ///
    /// - Parameter version: nil while nobody knows what will be installed: only names of no version at all are wrong then.
    package static func absence(of name: String, in version: PgpoolVersion?) -> Diagnostic? {
        guard let setting = named(name) else { return unknown(name) }
        guard let version else { return nil }
        if let change = renames.last(where: { $0.old == name && $0.version <= version }) {
            return .error(
                "setting.renamed", "\(name) has another name from pgpool-II \(change.version) on",
                hint: "use \(change.new)")
        }
        if setting.isKnown(to: version) { return nil }
        if let change = renames.first(where: { $0.new == name && $0.version > version }) {
            return .error(
                "setting.renamed", "\(name) is the name from pgpool-II \(change.version) on, this is \(version)",
                hint: "up to then it is \(change.old)")
        }
        if setting.since > version {
            return .error(
                "setting.unknown", "\(name) is there from pgpool-II \(setting.since) on, this is \(version)",
                hint: "take the setting out, or use a later pgpool-II")
        }
        let end = setting.before.map { " from pgpool-II \($0) on" } ?? ""
        return .error("setting.removed", "\(name) is gone\(end)", hint: "take it out")
    }

    private static func unknown(_ name: String) -> Diagnostic {
        let near = Suggestion.nearest(to: name, among: PgpoolSetting.names)
        return .error(
            "setting.unknown", "pgpool-II has no setting \(name)",
            hint: near.map { "did you mean \($0)?" } ?? "look it up in the documentation of your version")
    }
}

/// The settings of pgpool.conf that the inventory declares, as far as the version can be told from it.
extension InventoryRules {
    func pgpoolSettings() -> [Diagnostic] {
        // An older one is refused as a whole.
        let version = inventory.pgpool.archivedVersion.flatMap { $0 < .v3_5 ? nil : $0 }
        return inventory.pgpool.settings.flatMap { setting -> [Diagnostic] in
            let path = "pgpool.settings.\(setting.name)"
            if let owner = OwnedSettings.pgpoolOwner(of: setting.name) {
                return [.error("setting.owned", "\(setting.name) is not set here", at: keyPlace(path), hint: owner)]
            }
            if var problem = PgpoolSetting.absence(of: setting.name, in: version) {
                problem.place = keyPlace(path)
                return [problem]
            }
            return unsafe(setting, at: path)
        } + certificates()
    }

    private func isOff(_ value: String) -> Bool { ["off", "false", "no", "0"].contains(value.lowercased()) }

    private func unsafe(_ setting: DeclaredSetting, at path: String) -> [Diagnostic] {
        guard ["failover_when_quorum_exists", "failover_require_consensus"].contains(setting.name),
            isOff(setting.value)
        else { return [] }
        return [
            .warning(
                "setting.unsafe",
                "with \(setting.name) off, one pgpool-II may promote a standby while others see the primary",
                at: place(path), hint: "leave it out, so that it is on")
        ]
    }

    /// pgpool-II does not start with `ssl` alone, and takes a relative path from its own folder.
    private func certificates() -> [Diagnostic] {
        let settings = inventory.pgpool.settings
        let paths = ["ssl_cert", "ssl_key", "ssl_ca_cert", "ssl_ca_cert_dir", "ssl_crl_file", "ssl_dh_params_file"]
        var problems = settings.filter { paths.contains($0.name) && !$0.value.isEmpty && !$0.value.hasPrefix("/") }.map
        {
            Diagnostic.error(
                "setting.value", "\($0.name) is no absolute path", at: place("pgpool.settings.\($0.name)"),
                hint: "write where the file lies on the hosts with pgpool-II; kumki does not bring it there")
        }
        guard inventory.pgpool.hasSSL else { return problems }
        for name in ["ssl_cert", "ssl_key"] where !settings.contains(where: { $0.name == name && !$0.value.isEmpty }) {
            problems.append(
                .error(
                    "setting.value", "ssl is on, and \(name) is missing", at: place("pgpool.settings.ssl"),
                    hint: "write the path of the file on the hosts with pgpool-II"))
        }
        return problems
    }
}
