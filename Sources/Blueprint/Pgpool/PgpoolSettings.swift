import Diagnostics
import Inventory
import Pgpool
import PostgreSQL
import Resources
import Templates

/// What pgpool.conf says on one host: the same on all of them from 4.2 on, but for what ranks a watchdog.
struct PgpoolSettings {
    /// In the order of the file.
    private(set) var pairs: [(name: String, value: Content)] = []

    private let design: Design
    private let location: PgpoolLocation
    private let version: PgpoolVersion
    private let handsOff: Bool

    /// - Parameter handsOff: whether a lost server is no reason to do anything. So it always is under another engine, and
    ///   where people decide: without a watchdog each pgpool-II would find its own truth.
    init(
        _ design: Design, _ host: InventoryHost, _ location: PgpoolLocation, version: PgpoolVersion, handsOff: Bool
    ) throws(Problems) {
        self.handsOff = handsOff || !design.hasWatchdog
        self.design = design
        self.location = location
        self.version = version
        addServer()
        addBackends()
        addPool()
        addRouting()
        try addChecks(host)
        addWatchdog(host)
        for setting in design.inventory.pgpool.settings { set(setting.name, Content(setting.value)) }
    }

    var models: [TemplateModel] {
        pairs.map { ["name": .verbatim($0.name), "value": .text($0.value)] }
    }

    /// A later value takes the place of an earlier one.
    private mutating func set(_ name: String, _ value: Content) {
        if let index = pairs.firstIndex(where: { $0.name == name }) {
            pairs[index].value = value
        } else {
            pairs.append((name, value))
        }
    }

    private mutating func set(_ name: String, _ value: String) { set(name, Content(value)) }
    private mutating func set(_ name: String, _ value: Int) { set(name, String(value)) }
    private mutating func set(_ name: String, _ value: Bool) { set(name, value ? "on" : "off") }

    // MARK: The parts of the file

    private mutating func addServer() {
        if version >= .v4_2 {
            set("backend_clustering_mode", "streaming_replication")
        } else {
            set("master_slave_mode", true)
            set("master_slave_sub_mode", "stream")
        }
        set("listen_addresses", "*")
        set("port", location.port)
        set(version >= .v4_4 ? "unix_socket_directories" : "socket_dir", location.runDirectory)
        set("pcp_listen_addresses", "*")
        set("pcp_port", location.pcpPort)
        set("pcp_socket_dir", location.runDirectory)
        set("pid_file_name", location.pidFile)
        set(version >= .v4_7 ? "work_dir" : "logdir", location.runDirectory)
    }

    private mutating func addBackends() {
        for case (let number, let host?) in design.backends.enumerated() {
            set("backend_hostname\(number)", host.address)
            set("backend_port\(number)", design.location.port)
            set("backend_weight\(number)", weight(of: host).formattedShortly)
            set("backend_data_directory\(number)", design.location.dataDirectory)
            set("backend_flag\(number)", handsOff ? "DISALLOW_TO_FAILOVER" : "ALLOW_TO_FAILOVER")
            if version >= .v4_1 { set("backend_application_name\(number)", host.name) }
        }
    }

    /// A standby that is late on purpose is asked nothing, unless its weight is written down.
    private func weight(of host: InventoryHost) -> Double {
        let isWritten = design.inventory.places["hosts.\(host.name).pgpool.weight"] != nil
        return host.replication.applyDelay == nil || isWritten ? host.pgpool.weight : 0
    }

    private mutating func addPool() {
        set("enable_pool_hba", true)
        set("pool_passwd", "pool_passwd")
        // Each child keeps so many connections to every backend; together they stay below max_connections.
        let cached = 2
        set("num_init_children", min(256, max(8, (connectionLimit - 15) / cached)))
        set("max_pool", cached)
    }

    /// Without load balancing every statement goes to the primary; all backends stay known, so that the pool follows it.
    private mutating func addRouting() {
        let options = design.inventory.pgpool
        let balances = options.loadBalance && options.routing == .all
        set("load_balance_mode", balances)
        guard balances else { return }
        // Bytes. A standby that has more to replay is asked nothing until it has caught up.
        set("delay_threshold", 10_000_000)
        if version >= .v4_3 { set("prefer_lower_delay_standby", true) }
        set("log_standby_delay", "if_over_threshold")
    }

    /// The lowest max_connections of all backends, as declared or PostgreSQL's own.
    private var connectionLimit: Int {
        design.inventory.backends.compactMap { ServerSettings(design, $0)["max_connections"].flatMap { Int($0) } }.min()
            ?? 100
    }

    private mutating func addChecks(_ host: InventoryHost) throws(Problems) {
        let ha = design.inventory.ha
        let times = PoolTimes(design.inventory)
        let isFast = ha.profile == .fast
        set("sr_check_period", isFast && !standsFirst(host) ? 1 : 10)
        set("sr_check_user", ha.user)
        // From 4.0 on an empty password, the default, means the one of pool_passwd.
        let password = version.supportsSCRAM ? nil : try PgpoolAccounts(design).clearPassword()
        if let password { set("sr_check_password", password) }
        set("sr_check_database", "postgres")
        set("health_check_period", times.checkPeriod)
        set("health_check_timeout", times.checkTimeout)
        set("health_check_user", ha.user)
        if let password { set("health_check_password", password) }
        set("health_check_database", "postgres")
        set("health_check_max_retries", times.checkRetries)
        set("health_check_retry_delay", times.checkRetryDelay)
        set("connect_timeout", isFast ? 1000 : 10_000)
        // A lost session is one pgpool-II's word, which sets the server aside for a second; the health checks of all of
        // them agree sooner.
        set(version >= .v4_0 ? "failover_on_backend_error" : "fail_over_on_backend_error", !design.hasWatchdog)
        if version >= .v4_3 { set("failover_on_backend_shutdown", false) }
        // The failover script ends once the new one is primary, and tells of it where that takes longer.
        set("search_primary_node_timeout", 10)
        if version >= .v4_0 { set("detach_false_primary", false) }
        set("failover_command", failoverCommand)
        set(version >= .v4_2 ? "follow_primary_command" : "follow_master_command", "")
        if version >= .v4_1 {
            set("auto_failback", true)
            set("auto_failback_interval", 5)
        }
    }

    private var failoverCommand: String {
        guard design.hasWatchdog, design.inventory.ha.autoFailover else { return "" }
        let script = PgpoolScripts.failover.path(in: location)
        if version >= .v4_1 { return "\(script) %h %N" }
        // Up to 4.0 only the old primary's number is told.
        let addresses = design.backends.map { Shell.quote($0?.address ?? "-") }.joined(separator: " ")
        return "set -- \(addresses); shift %P && exec \(script) %h \"$1\""
    }

    private mutating func addWatchdog(_ host: InventoryHost) {
        let inventory = design.inventory
        let options = inventory.pgpool.watchdog
        set("use_watchdog", design.hasWatchdog)
        guard design.hasWatchdog else { return }
        let times = PoolTimes(inventory)
        if version >= .v4_2 { addNodes() } else { addOthers(host) }
        set("wd_priority", design.poolPriority(of: host))
        if let key = options.authKey { set("wd_authkey", Content(design.secrets.secret(key))) }
        set("wd_ipc_socket_dir", location.runDirectory)
        if let vip = PgpoolScripts.writer(design) {
            if PgpoolKeys.areExchanged(design) {
                set("wd_escalation_command", PgpoolScripts.escalation.path(in: location))
            }
            set(version >= .v4_4 ? "delegate_ip" : "delegate_IP", vip.address)
            let script = PgpoolScripts.vip.path(in: location)
            set("if_cmd_path", "/usr/bin")
            set("if_up_cmd", "sudo -n \(script) up")
            set("if_down_cmd", "sudo -n \(script) down")
            set("arping_path", "/usr/bin")
            set("arping_cmd", "sudo -n \(script) announce")
            set("ping_path", PgpoolScripts.pingFolder(location))
        }
        set("wd_lifecheck_method", "heartbeat")
        set("wd_interval", times.watchdogInterval)
        set("wd_heartbeat_keepalive", times.watchdogInterval)
        set("wd_heartbeat_deadtime", times.watchdogDeadtime)
        if version >= .v3_7 {
            set("failover_when_quorum_exists", true)
            set("failover_require_consensus", true)
            set("allow_multiple_failover_requests_from_node", false)
        }
        if version >= .v4_1 { set("enable_consensus_with_half_votes", options.halfVotes ?? false) }
    }

    /// Whether a host has the lowest priority of several.
    ///
    /// A vote that reaches a node before it stands itself is lost, and then waited for four seconds; so the winner must
    /// be the last to stand. A node stands a second after its watchdog was last woken, and each check of the standbys
    /// wakes it: who checks seldom stands first.
    private func standsFirst(_ host: InventoryHost) -> Bool {
        let priorities = design.inventory.poolHosts.map(design.poolPriority)
        return priorities.count > 1 && design.poolPriority(of: host) == priorities.min()
    }

    private static let watchdogPort = 9000
    private static let heartbeatPort = 9694

    /// All nodes; which of them a host is, pgpool_node_id says.
    private mutating func addNodes() {
        for (number, node) in design.watchdogNodes.enumerated() {
            set("hostname\(number)", node.address)
            set("wd_port\(number)", Self.watchdogPort)
            set("pgpool_port\(number)", location.port)
            set("heartbeat_hostname\(number)", node.address)
            set("heartbeat_port\(number)", Self.heartbeatPort)
            set("heartbeat_device\(number)", "")
        }
    }

    /// Before 4.2: the host itself, then the others, numbered without it.
    private mutating func addOthers(_ host: InventoryHost) {
        set("wd_hostname", host.address)
        set("wd_port", Self.watchdogPort)
        set("wd_heartbeat_port", Self.heartbeatPort)
        for (number, node) in design.watchdogNodes.filter({ $0.name != host.name }).enumerated() {
            set("other_pgpool_hostname\(number)", node.address)
            set("other_pgpool_port\(number)", location.port)
            set("other_wd_port\(number)", Self.watchdogPort)
            set("heartbeat_destination\(number)", node.address)
            set("heartbeat_destination_port\(number)", Self.heartbeatPort)
            set("heartbeat_device\(number)", "")
        }
    }
}

extension Double {
    /// `1`, `0.5`
    var formattedShortly: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : String(self) }
}
