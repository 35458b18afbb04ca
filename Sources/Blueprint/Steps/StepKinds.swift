import Diagnostics
import Inventory
import Resources

/// What a playbook's step makes of one host. Where the facts show that nothing is left to do it makes nothing.
typealias StepKind = @Sendable (InventoryHost, Design) throws(Problems) -> [any Resource]

/// Every word that a playbook may use as a `step`.
enum StepKinds {
    static let all: [String: StepKind] = [
        "record": RecordSteps.opening, "record-closed": RecordSteps.closing, "leftovers": LeftoverSteps.leftovers,
        "hosts": SystemSteps.hosts, "packages": SystemSteps.packages, "unit": SystemSteps.unit,
        "start-guard": StartGuardSteps.startGuard,
        "source": SourceSteps.server,
        "archive-directory": SystemSteps.archiveDirectory, "key": KeySteps.key,
        "authorized-keys": KeySteps.authorizedKeys, "known-hosts": KeySteps.knownHosts,
        "server-files": ConfigurationSteps.serverFiles, "pg_hba.conf": ConfigurationSteps.hba,
        "pgpass": ConfigurationSteps.pgpass, "postgresql.conf": ConfigurationSteps.configuration,
        "overrides": ConfigurationSteps.overrides, "lowered-settings": ConfigurationSteps.lowered,
        "initdb": ServerSteps.initdb, "basebackup": ServerSteps.basebackup, "standby-file": ServerSteps.standbyFile,
        "upstream-settings": ServerSteps.upstreamSettings, "start": ServerSteps.start, "reload": ServerSteps.reload,
        "stop": ServerSteps.stop, "retired": DrainSteps.retired, "drain-mark": DrainSteps.mark,
        "purged": RecordSteps.purged,
        "checkpoint": PromotionSteps.checkpoint,
        "promote": PromotionSteps.promote,
        "confirmed": PromotionSteps.confirmed, "timeline-checkpoint": ReturnSteps.checkpoint,
        "rewind": ReturnSteps.rewind, "set-aside": ReturnSteps.setAside, "rebuilt": ReturnSteps.rebuilt,
        "restart": ServerSteps.restart,
        "lowered-restart": ServerSteps.loweredRestart,
        "streaming": ServerSteps.streaming, "synchronous": ServerSteps.synchronous,
        "synchronous-reload": ServerSteps.synchronousReload, "slots": ServerSteps.slots,
        "cut": FailoverSteps.cut, "primary-file": FailoverSteps.primaryFile, "caught-up": FailoverSteps.caughtUp,
        "take-over": FailoverSteps.takeOver, "kill": FailoverSteps.kill, "attached": FailoverSteps.attached,
        "confirmed-again": FailoverSteps.confirmed,
        "superuser": CatalogSteps.superuser, "replication-role": CatalogSteps.replicationRole,
        "ha-role": CatalogSteps.haRole, "pool-packages": DrainSteps.poolBack(PgpoolSteps.packages),
        "pool-source": SourceSteps.pool, "pool-files": DrainSteps.poolBack(PgpoolSteps.files),
        "pool-scripts": DrainSteps.poolBack(PgpoolScripts.ofPool),
        "failover-script": DrainSteps.poolBack(PgpoolScripts.failoverBefore),
        "failover-script-last": DrainSteps.poolBack(PgpoolScripts.failoverAfter),
        "auto-rejoin": PgpoolScripts.ofServer,
        "pool-rights": PgpoolScripts.rights, "failover-key": PgpoolKeys.key,
        "failover-authorized-keys": PgpoolKeys.authorizedKeys, "failover-known-hosts": PgpoolKeys.knownHosts,
        "pgpool.conf": DrainSteps.poolBack(PgpoolSteps.configuration),
        "pool-start": DrainSteps.poolBack(PgpoolSteps.start),
        "pool-restart": PgpoolSteps.restart, "pool-rekey": PgpoolSteps.rekey, "pool-reload": PgpoolSteps.reload,
        "pool-stop": PgpoolSteps.stop,
        "pool-halt": PgpoolSteps.halt, "pool-retired": PgpoolTraces.retired,
        "pause-mark": PgpoolSteps.pauseMark, "hands-off": PgpoolSteps.handsOff, "hands-on": PgpoolSteps.handsOn,
        "pool-backends": PgpoolSteps.backends,
        "users": CatalogSteps.users, "databases": CatalogSteps.databases, "extensions": CatalogSteps.extensions,
    ]

    static var listed: String { all.keys.sorted().joined(separator: ", ") }
}
