import Diagnostics
import YAML

extension InventoryDecoder {
    func replication(_ field: YAMLField) -> ReplicationOptions {
        field.mapping { map in
            var options = ReplicationOptions()
            if let user = map["user"]?.line("a name") { options.user = user }
            options.password = map["password"]?.secret()
            map["synchronous"]?.mapping { map in
                if let method = map["method"]?.choice(ReplicationOptions.Method.self) { options.method = method }
                if let confirm = map["confirm"]?.integer(in: 1...100) { options.confirm = confirm }
            }
            if let slots = map["slots"]?.boolean() { options.slots = slots }
            options.archive = map["archive"]?.mapping { map in
                ReplicationOptions.Archive(
                    directory: map.required("directory")?.absolutePath() ?? "/",
                    shared: map["shared"]?.boolean() ?? false, keep: map["keep"]?.duration())
            }
            return options
        } ?? ReplicationOptions()
    }

    func engine(_ field: YAMLField) -> EngineOptions {
        if let word = field.scalar?.text, EngineOptions.Engine(rawValue: word) != nil {
            field.mistyped("a mapping", hint: "write `ha: {engine: \(word)}`")
            return EngineOptions()
        }
        return field.mapping { map in
            var options = EngineOptions()
            if let engine = map["engine"]?.choice(EngineOptions.Engine.self) { options.engine = engine }
            if let user = map["user"]?.line("a name") { options.user = user }
            options.password = map["password"]?.secret()
            if let automatic = map["auto_failover"]?.boolean() { options.autoFailover = automatic }
            if let rejoin = map["auto_rejoin"]?.choice(EngineOptions.AutoRejoin.self) { options.autoRejoin = rejoin }
            if let missing = map["missing_standbys"]?.choice(EngineOptions.MissingStandbys.self) {
                options.missingStandbys = missing
            }
            if let profile = map["profile"]?.choice(EngineOptions.Profile.self) { options.profile = profile }
            if let delay = map["delay"]?.duration() { options.delay = delay }
            return options
        } ?? EngineOptions()
    }

    func pgpool(_ field: YAMLField) -> PgpoolOptions {
        field.mapping { map in
            var options = PgpoolOptions()
            if let install = map["install"].flatMap(toolInstall) { options.install = install }
            if let port = map["port"]?.port() { options.port = port }
            if let port = map["pcp_port"]?.port() { options.pcpPort = port }
            options.pcpPassword = map["pcp_password"]?.secret()
            if let balance = map["load_balance"]?.boolean() { options.loadBalance = balance }
            if let routing = map["routing"]?.choice(PgpoolOptions.Routing.self) { options.routing = routing }
            if let check = map["health_check"]?.mapping(healthCheck) { options.healthCheck = check }
            if let watchdog = map["watchdog"]?.mapping(watchdog) { options.watchdog = watchdog }
            if let field = map["settings"] { options.settings = settings(field) }
            return options
        } ?? PgpoolOptions()
    }

    private func healthCheck(_ map: YAMLMapping) -> PgpoolOptions.HealthCheck {
        PgpoolOptions.HealthCheck(
            period: map["period"]?.wholeSeconds(), timeout: map["timeout"]?.wholeSeconds(),
            retries: map["retries"]?.integer(in: 0...1000))
    }

    private func watchdog(_ map: YAMLMapping) -> PgpoolOptions.Watchdog {
        PgpoolOptions.Watchdog(
            interval: map["interval"]?.wholeSeconds(), deadtime: map["deadtime"]?.wholeSeconds(),
            halfVotes: map["half_votes"]?.boolean(), authKey: map["auth_key"]?.secret())
    }
}

extension YAMLField {
    /// A duration that pgpool-II can keep: whole seconds, at least one.
    fileprivate func wholeSeconds() -> Duration? {
        guard let duration = duration() else { return nil }
        if duration.components.attoseconds != 0 || duration < .seconds(1) {
            reject("pgpool-II counts in whole seconds, from 1 on", hint: "write 1s or more")
            return nil
        }
        return duration
    }
}
