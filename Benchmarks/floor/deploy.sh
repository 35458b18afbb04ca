# shellcheck shell=sh disable=SC2154 # the variables are set by lines put before these
# A deploy by hand: one script per host and stage. Stage 0 puts files in place and makes the primary; stage N makes
# the standbys of depth N.
# The lines before this one define put_files, and set: stage, depth, network, address, upstream_address, conninfo,
# name, slots, superuser_password, replicator_password, app_password, data, bin, etc.
set -eu
cd /
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql "$@"; }
sql() { as_postgres "$bin/psql" -XAtq -v ON_ERROR_STOP=1 -d postgres; }

start() {
    systemctl enable --quiet postgresql@15-main
    systemctl start postgresql@15-main
    for slot in $slots; do
        echo "SELECT pg_create_physical_replication_slot('$slot', true);" | sql >/dev/null
    done
}

if [ "$stage" = 0 ]; then
    dpkg-query -W postgresql-15 postgresql-client-15 >/dev/null
    install -d -o postgres -g postgres -m 0755 "$etc"
    put_files
fi
if [ "$stage" = 0 ] && [ "$depth" = 0 ]; then
    install -d -o postgres -g postgres -m 0755 "${data%/*}"
    install -d -o postgres -g postgres -m 0700 "$data"
    as_postgres "$bin/initdb" --pgdata="$data" --encoding=UTF8 --locale=C.UTF-8 --data-checksums \
        --auth-local=peer --auth-host=scram-sha-256 >/dev/null
    start
    sql <<SQL
CREATE ROLE replicator LOGIN REPLICATION PASSWORD '$replicator_password';
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), pg_read_binary_file(text),
    pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;
ALTER ROLE postgres PASSWORD '$superuser_password';
CREATE ROLE app LOGIN PASSWORD '$app_password';
CREATE DATABASE app OWNER app;
SQL
fi
if [ "$stage" != 0 ] && [ "$depth" = "$stage" ]; then
    install -d -o postgres -g postgres -m 0755 "${data%/*}"
    as_postgres "$bin/pg_basebackup" --dbname="$conninfo" --pgdata="$data" -X stream --checkpoint=fast \
        --no-password --slot="$name"
    {
        grep -vE '^primary_(conninfo|slot_name) ' "$data/postgresql.auto.conf" || :
        printf "primary_conninfo = '%s'\nprimary_slot_name = %s\n" "$conninfo" "$name"
    } >"$data/auto.new"
    chown postgres:postgres "$data/auto.new"
    mv "$data/auto.new" "$data/postgresql.auto.conf"
    install -o postgres -g postgres -m 0600 /dev/null "$data/standby.signal"
    start
    tries=0
    until [ "$(echo 'SELECT status FROM pg_stat_wal_receiver;' | sql)" = streaming ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || { echo "$name does not stream" >&2; exit 1; }
        sleep 0.1
    done
fi
