/// Settings that kumki writes itself, each with the key of the inventory that decides its value.
package enum OwnedSettings {
    /// Nil when the user may set it.
    package static func owner(of name: String, archive: Bool) -> String? {
        if let key = postgresql[name] { return key }
        if archive, ["archive_mode", "archive_command", "archive_library", "restore_command"].contains(name) {
            return "replication.archive decides it"
        }
        if name.hasPrefix("recovery_target") {
            return "a standby always follows the newest timeline; restore to a point in time by hand"
        }
        return nil
    }

    /// Whether the setting says where the server listens or its files stand: that has keys of its own, or none.
    package static func isAboutPlaces(_ name: String) -> Bool {
        ["port", "data_directory", "config_file", "hba_file", "ident_file", "external_pid_file"].contains(name)
    }

    private static let postgresql = [
        "primary_conninfo": "hosts.HOST.upstream and replication.user decide it",
        "primary_slot_name": "replication.slots decides it",
        "synchronous_standby_names": "replication.synchronous and each host's replication decide it",
        "port": "write it as postgresql.port",
        "data_directory": "write it as postgresql.data_directory",
        "config_file": "kumki decides where its files stand",
        "hba_file": "write lines under postgresql.hba",
        "ident_file": "kumki decides where its files stand",
        "external_pid_file": "kumki decides where its files stand",
        "include": "write the settings here",
        "include_dir": "write the settings here",
        "include_if_exists": "write the settings here",
        "recovery_min_apply_delay": "write it as hosts.HOST.replication.apply_delay",
        "hot_standby": "it is always on, or standbys could not be asked how far they are",
        "standby_mode": "kumki writes it for standbys",
        "trigger_file": "promotion is `kumki switchover` or `kumki failover`",
        "promote_trigger_file": "promotion is `kumki switchover` or `kumki failover`",
    ]

    /// The same for `pgpool.settings`.
    static func pgpoolOwner(of name: String) -> String? {
        if let key = pgpool[name] { return key }
        let backend = ["backend_hostname", "backend_port", "backend_data_directory", "backend_application_name"]
        if backend.contains(where: name.hasPrefix) { return "hosts decides it" }
        if name.hasPrefix("backend_flag") { return "ha.engine decides it" }
        if name.hasPrefix("backend_weight") { return "write it as hosts.HOST.pgpool.weight" }
        if ["hostname", "wd_port", "pgpool_port", "heartbeat_", "other_pgpool", "other_wd"].contains(
            where: name.hasPrefix)
        {
            return "hosts decides it"
        }
        return nil
    }

    private static let pgpool = [
        "port": "write it as pgpool.port",
        "pcp_port": "write it as pgpool.pcp_port",
        "load_balance_mode": "write it as pgpool.load_balance",
        "health_check_period": "write it as pgpool.health_check.period",
        "health_check_timeout": "write it as pgpool.health_check.timeout",
        "health_check_max_retries": "write it as pgpool.health_check.retries",
        "health_check_user": "write it as ha.user",
        "health_check_password": "write it as ha.password",
        "sr_check_user": "write it as ha.user",
        "sr_check_password": "write it as ha.password",
        "use_watchdog": "ha.engine decides it",
        "wd_interval": "write it as pgpool.watchdog.interval",
        "wd_heartbeat_deadtime": "write it as pgpool.watchdog.deadtime",
        "wd_authkey": "write it as pgpool.watchdog.auth_key",
        "wd_priority": "write it as hosts.HOST.pgpool.priority",
        "enable_consensus_with_half_votes": "write it as pgpool.watchdog.half_votes",
        "delegate_ip": "write it as vips.writer.address",
        "failover_command": "ha.engine decides it",
        "follow_primary_command": "ha.engine decides it",
        "follow_master_command": "ha.engine decides it",
        "backend_clustering_mode": "replication streams: kumki decides it",
        "master_slave_mode": "replication streams: kumki decides it",
        "master_slave_sub_mode": "replication streams: kumki decides it",
        "pool_passwd": "kumki decides where its files stand",
        "enable_pool_hba": "kumki decides it",
        "replication_mode": "replication streams: kumki decides it",
        "socket_dir": "kumki decides where its files stand",
        "unix_socket_directories": "kumki decides where its files stand",
        "pcp_socket_dir": "kumki decides where its files stand",
        "wd_ipc_socket_dir": "kumki decides where its files stand",
        "pid_file_name": "kumki decides where its files stand",
        "logdir": "kumki decides where its files stand",
        "work_dir": "kumki decides where its files stand",
        "wd_hostname": "hosts decides it",
        "wd_heartbeat_port": "hosts decides it",
        "wd_heartbeat_keepalive": "write it as pgpool.watchdog.interval",
        "wd_escalation_command": "vips.writer decides it",
        "if_cmd_path": "vips.writer decides it",
        "if_up_cmd": "vips.writer decides it",
        "if_down_cmd": "vips.writer decides it",
        "arping_path": "vips.writer decides it",
        "arping_cmd": "vips.writer decides it",
        "ping_path": "vips.writer decides it",
    ]
}
