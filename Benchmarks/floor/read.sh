# shellcheck shell=sh disable=SC2154 # the variables are set by lines put before these
# What a planner must know of a host, read by as few programs as a careful hand would use.
# The lines before this one set: cluster, data, bin, etc.
LC_ALL=C
export LC_ALL
set -- /etc/hosts "$etc" "$etc/environment" "$etc/pg_ctl.conf" "$etc/pg_hba.conf" "$etc/pg_ident.conf" \
    "$etc/postgresql.conf" "$etc/start.conf" /var/lib/postgresql/.pgpass

# shellcheck disable=SC1091
. /etc/os-release
echo "$ID $VERSION_CODENAME"
cat /proc/sys/kernel/hostname /proc/sys/kernel/random/boot_id
grep MemTotal /proc/meminfo
grep Uid /proc/self/status
stat -c '%F|%a|%U|%G|%s|%Y|%n' -- "$@"
sha256sum -- "$@" 2>/dev/null
cat /etc/hosts /var/lib/postgresql/.pgpass
cat "/var/lib/kumki/$cluster/record" 2>/dev/null
dpkg-query -W -f '${Package}|${db:Status-Status}|${Version}\n' postgresql-15 postgresql-client-15
systemctl show -p Id,LoadState,ActiveState,UnitFileState postgresql@15-main.service
cat "$data/PG_VERSION" "$data/postmaster.pid" "$data/postgresql.auto.conf"
ls "$data/standby.signal" 2>/dev/null
"$bin/pg_controldata" "$data"
grep -c ':1538 ' /proc/net/tcp
cd /
setpriv --reuid=postgres --regid=postgres --init-groups "$bin/psql" -XAtq -d postgres <<'SQL'
SELECT current_setting('server_version_num'), pg_is_in_recovery(), pg_conf_load_time(), pg_postmaster_start_time(),
    (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
    pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn();
SELECT name, setting, unit, vartype, context, source, sourcefile, boot_val, pending_restart FROM pg_settings
    WHERE source NOT IN ('default', 'override', 'client', 'session') OR pending_restart
    OR name IN ('data_directory', 'hba_file', 'ident_file', 'synchronous_standby_names');
SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin, rolinherit, rolpassword
    FROM pg_authid WHERE rolname IN ('app', 'postgres', 'replicator');
SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate FROM pg_database;
SELECT slot_name, slot_type, active, restart_lsn, wal_status FROM pg_replication_slots WHERE NOT temporary;
SELECT application_name, client_addr, state, sync_state, replay_lsn FROM pg_stat_replication;
SELECT status, conninfo, slot_name, received_tli FROM pg_stat_wal_receiver;
SELECT sourcefile, sourceline, name, error FROM pg_file_settings WHERE error IS NOT NULL;
SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL;
SQL
