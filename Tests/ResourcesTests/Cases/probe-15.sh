LC_ALL=C; export LC_ALL; umask 077; cd /
s() { printf '\n%s %s\n' B0UNDARY "$*"; }
main() {
s system
(ID=; VERSION_CODENAME=; [ -r /etc/os-release ] && . /etc/os-release; echo "id=$ID"; echo "codename=$VERSION_CODENAME")
read -r v </proc/sys/kernel/hostname && echo "hostname=$v"
read -r v </proc/sys/kernel/random/boot_id && echo "boot=$v"
while read -r k v u; do [ "$k" = MemTotal: ] && echo "memory=$v" && break; done </proc/meminfo
[ -d /run/systemd/system ] && echo systemd=yes
while read -r k v w; do [ "$k" = Uid: ] && echo "uid=$w" && break; done </proc/self/status
s stat
stat -c '%F|%a|%U|%G|%s|%.6Y|%n' -- /etc/hosts '/it'\''s here' 2>&1
s sha256
sha256sum -- /etc/hosts '/it'\''s here' 2>/dev/null
if [ -e /etc/hosts ]; then s content /etc/hosts; cat /etc/hosts || s failed; else s missing /etc/hosts; fi
s packages
dpkg-query -W -f '${Package}|${db:Status-Status}|${Version}\n' curl 2>&1
s units
systemctl show -p Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload a.service 2>&1
s accounts
getent passwd postgres; echo "status=$?"
D=/var/lib/postgresql/15/main; B=/usr/lib/postgresql/15/bin; run=; s server
if [ -e "$D/PG_VERSION" ]; then read -r v <"$D/PG_VERSION"; echo "version=$v"
elif [ -d "$D" ] && [ ! -e "$D/kumki.moving" ]; then for f in "$D"/* "$D"/.[!.]*; do [ -e "$f" ] && [ "${f##*/}" != lost+found ] && echo foreign=yes && break; done; fi
[ -e "$D/standby.signal" ] && echo signal=standby
for f in "$D/kumki.failed" "$D.kumki-failed"; do [ -e "$f" ] && { printf marker=; head -n 1 "$f"; }; done
P=5432
if [ -e "$D/postmaster.pid" ]; then { read -r v; read -r x; read -r x; read -r p; } <"$D/postmaster.pid"; c=; read -r c <"/proc/$v/comm"; if [ "$c" = postgres ] || [ "$c" = postmaster ]; then run=yes; echo "pid=$v"; [ -n "$p" ] && P=$p && echo "port=$p"; fi; fi
if [ -e "$D/PG_VERSION" ]; then
if [ -x "$B/pg_controldata" ]; then s control; "$B/pg_controldata" "$D" 2>&1; fi
[ -e "$D/postgresql.auto.conf" ] && { s auto; cat "$D/postgresql.auto.conf"; }
[ -e "$D/recovery.conf" ] && { s recovery; cat "$D/recovery.conf"; }
h=; for f in "$D"/pg_wal/*.history; do [ -e "$f" ] && h=$f; done
[ -n "$h" ] && { s history "${h##*/}"; cat "$h"; }
fi
if [ -n "$run" ] && [ -x "$B/psql" ]; then s sql
timeout -k 2 40 setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql PGPORT="$P" 'PGCONNECT_TIMEOUT=5' 'PGAPPNAME=kumki' 'PGOPTIONS=-c synchronous_commit=local -c lock_timeout=5000 -c lc_messages=C -c client_encoding=UTF8 -c standard_conforming_strings=on -c client_min_messages=warning' 'PGHOST=/var/run/postgresql' 'PGUSER=postgres' 'PGDATABASE=postgres' /usr/lib/postgresql/15/bin/psql -XAtq -v VERBOSITY=terse -F '	' <<'KUMKI-SQL'
SELECT 'server', jsonb_build_object(
'version', current_setting('server_version_num')::int, 'recovery', pg_is_in_recovery(),
'identifier', (SELECT system_identifier::text FROM pg_control_system()),
'timeline', CASE WHEN pg_is_in_recovery() THEN greatest(
  (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()),
  (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
  ELSE ('x' || substr(CASE WHEN pg_is_in_recovery() THEN '00000000' ELSE pg_walfile_name(pg_current_wal_lsn()) END, 1, 8))::bit(32)::int END,
'current', CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn()::text END,
'received', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()::text END,
'replayed', CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END,
'loaded', extract(epoch FROM pg_conf_load_time()), 'started', extract(epoch FROM pg_postmaster_start_time()));
SELECT 'settings', coalesce(jsonb_object_agg(lower(s.name), jsonb_build_object(
'setting', CASE WHEN ours THEN coalesce(f.setting, boot_val) ELSE s.setting END, 'unit', unit,
'vartype', vartype, 'context', context, 'source', CASE WHEN ours THEN CASE WHEN f.setting IS NULL THEN 'default' ELSE 'configuration file' END ELSE source END,
'sourceFile', CASE WHEN ours THEN f.sourcefile ELSE s.sourcefile END, 'bootValue', boot_val,
'pendingRestart', pending_restart)), '{}')
FROM (SELECT *, source IN ('client', 'session') AS ours FROM pg_settings) s
LEFT JOIN pg_file_settings f ON ours AND applied AND lower(f.name) = lower(s.name)
WHERE source NOT IN ('default', 'override', 'client', 'session') OR f.setting IS NOT NULL
OR pending_restart OR lower(s.name) = ANY (ARRAY['max_connections']::text[]);
SELECT 'roles', coalesce(jsonb_object_agg(rolname, jsonb_build_object('superuser', rolsuper, 'createdb',
rolcreatedb, 'createrole', rolcreaterole, 'replication', rolreplication, 'bypassrls', rolbypassrls,
'login', rolcanlogin, 'inherit', rolinherit, 'verifier', rolpassword)), '{}') FROM pg_authid
WHERE rolname = ANY (ARRAY['app','o''brien']::text[]);
SELECT 'databases', jsonb_object_agg(datname, jsonb_build_object('owner', pg_get_userbyid(datdba),
'encoding', pg_encoding_to_char(encoding), 'collate', coalesce(datcollate, ''))) FROM pg_database;
SELECT 'slots', coalesce(jsonb_agg(jsonb_build_object('name', slot_name, 'physical', slot_type = 'physical',
'active', active, 'restartLSN', restart_lsn::text,
'retainedBytes', pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)::bigint, 'walStatus', wal_status)
ORDER BY slot_name), '[]') FROM pg_replication_slots WHERE NOT temporary;
SELECT 'standbys', coalesce(jsonb_agg(jsonb_build_object('applicationName', application_name,
'clientAddress', host(client_addr), 'state', state, 'syncState', sync_state, 'replayedLSN', replay_lsn::text)
ORDER BY application_name), '[]') FROM pg_stat_replication;
SELECT 'receiver', jsonb_build_object('status', status, 'conninfo', coalesce(conninfo, ''), 'slotName', slot_name,
'timeline', received_tli) FROM pg_stat_wal_receiver WHERE status IS NOT NULL;
SELECT 'file-errors', coalesce(jsonb_agg(coalesce(sourcefile || ':' || sourceline || ': ', '')
|| coalesce(name || ': ', '') || error), '[]') FROM pg_file_settings WHERE error IS NOT NULL
AND error <> 'setting could not be applied' AND error NOT LIKE '% without restarting the server';
SELECT 'hba-errors', coalesce(jsonb_agg('line ' || line_number || ': ' || error), '[]')
FROM pg_hba_file_rules WHERE error IS NOT NULL;
SELECT 'rewind-grants', coalesce(jsonb_agg(rolname || ' ' || f), '[]') FROM pg_roles,
unnest(ARRAY['pg_catalog.pg_ls_dir(text, boolean, boolean)','pg_catalog.pg_stat_file(text, boolean)','pg_catalog.pg_read_binary_file(text)','pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)']::text[]) f WHERE rolname = ANY (ARRAY['app','o''brien']::text[])
AND has_function_privilege(rolname, f, 'EXECUTE');
KUMKI-SQL
q=$?; echo "status=$q"; if [ "$q" = 0 ]; then :
s extensions app
timeout -k 2 40 setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql PGPORT="$P" 'PGCONNECT_TIMEOUT=5' 'PGAPPNAME=kumki' 'PGOPTIONS=-c synchronous_commit=local -c lock_timeout=5000 -c lc_messages=C -c client_encoding=UTF8 -c standard_conforming_strings=on -c client_min_messages=warning' 'PGHOST=/var/run/postgresql' 'PGUSER=postgres' 'PGDATABASE=app' /usr/lib/postgresql/15/bin/psql -XAtq -v VERBOSITY=terse -F '	' <<'KUMKI-SQL'
SELECT extname FROM pg_extension;
KUMKI-SQL
echo "status=$?"
fi; fi
s command 'a listener'; ( true
); s status $?
s end
}
main </dev/null
