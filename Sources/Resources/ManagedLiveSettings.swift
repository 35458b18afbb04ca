/// The settings that failovers change on their own: they lie in postgresql.auto.conf, where ALTER SYSTEM and
/// pg_basebackup -R put them, and are compared by their live value.
package enum ManagedLiveSettings {
    package static let names = upstream + ["synchronous_standby_names"]
    /// Those that are a standby's own.
    package static let upstream = ["primary_conninfo", "primary_slot_name"]
}
