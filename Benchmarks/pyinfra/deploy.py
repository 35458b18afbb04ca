"""The cluster as a pyinfra user would write it: facts first, an operation only where something is to do."""

from io import StringIO
from pathlib import Path

from pyinfra import host
from pyinfra.api import deploy
from pyinfra.facts.files import File
from pyinfra.facts.server import Command
from pyinfra.operations import apt, files, server, systemd

DATA = "/var/lib/postgresql/15/main"
ETC = "/etc/postgresql/15/main"
BIN = "/usr/lib/postgresql/15/bin"
REWIND = (
    "GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean), "
    "pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) TO replicator"
)
AS_POSTGRES = "setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/var/lib/postgresql"
PSQL = f"{AS_POSTGRES} {BIN}/psql -XAtq -v ON_ERROR_STOP=1 -d postgres"
OWNED = {"user": "postgres", "group": "postgres"}
MODES = {
    "environment": "644", "pg_ctl.conf": "644", "pg_hba.conf": "640", "pg_ident.conf": "640",
    "postgresql.conf": "644", "start.conf": "644",
}
SEEN = """
SELECT 'slot ' || slot_name FROM pg_replication_slots
UNION ALL SELECT 'role ' || rolname FROM pg_authid WHERE rolpassword IS NOT NULL
UNION ALL SELECT 'database ' || datname FROM pg_database
UNION ALL SELECT 'receiver ' || status FROM pg_stat_wal_receiver
"""

data = host.data
begin = f"# kumki {data.cluster}: begin (managed, changes here are undone)"
end = f"# kumki {data.cluster}: end"


def lines(*text):
    """A file's content, as something to put."""
    return StringIO("\n".join(text) + "\n")


def sql(statement):
    """A statement as a command line of the host's shell."""
    return f'cd / && echo "{statement}" | {PSQL}'


# --- files of every host --------------------------------------------------------------------------------------------

apt.packages(name="Packages", packages=["postgresql-15", "postgresql-client-15"])
# The whole file around what is there: files.block does not find marks again that hold parentheses.
there = host.get_fact(Command, "cat /etc/hosts").splitlines()
first, last = (there.index(begin), there.index(end)) if begin in there else (len(there), len(there))
files.put(
    name="Names of the hosts", dest="/etc/hosts", mode="644",
    src=lines(
        *there[:first], begin, *[f"{address} {name}" for name, address in data.addresses.items()], end,
        *there[last + 1:]))
files.directory(name="Folder of the configuration", path=ETC, mode="755", **OWNED)
written = [
    files.put(
        name=f"Configuration: {name}", src=str(Path(data.files) / host.name / ETC.lstrip("/") / name),
        dest=f"{ETC}/{name}", mode=mode, add_deploy_dir=False, **OWNED)
    for name, mode in MODES.items()
]
files.put(
    name="Passwords for replication", dest="/var/lib/postgresql/.pgpass", mode="600", **OWNED,
    src=lines(
        begin,
        *[f"{address}:5432:*:replicator:{data.secrets['replicator']}" for address in data.addresses.values()], end))

# --- the servers ----------------------------------------------------------------------------------------------------

exists = host.get_fact(File, f"{DATA}/PG_VERSION")
running = exists and host.get_fact(File, f"{DATA}/postmaster.pid")
seen = host.get_fact(Command, f"{PSQL} -c \"{SEEN}\"").splitlines() if running else []


def serve():
    """The data directory is this cluster's, and its server runs."""
    files.directory(name="Folder of the data", path=DATA, mode="700", **OWNED)
    if data.depth > 0:
        files.file(name="It stays a standby", path=f"{DATA}/standby.signal", mode="600", **OWNED)
        for key, value in {"primary_conninfo": f"'{data.conninfo}'", "primary_slot_name": host.name}.items():
            files.line(
                name=f"What it follows: {key}", path=f"{DATA}/postgresql.auto.conf", line=f"^{key} = .*$",
                replace=f"{key} = {value}")
    systemd.service(name="Server runs", service="postgresql@15-main", running=True)
    for slot in data.slots:
        if f"slot {slot}" not in seen:
            server.shell(
                name=f"Slot {slot}", commands=[sql(f"SELECT pg_create_physical_replication_slot('{slot}', true)")])
    if data.depth > 0 and "receiver streaming" not in seen:
        server.shell(
            name="It streams", _timeout=60,
            commands=[
                f"until [ \"$({PSQL} -c 'SELECT status FROM pg_stat_wal_receiver')\" = streaming ]; "
                "do sleep 0.2; done"
            ])
    if data.depth == 0:
        roles()


def roles():
    """Roles and databases, on the primary."""
    for role, statement in {
        "replicator": f"CREATE ROLE replicator LOGIN REPLICATION PASSWORD '{data.secrets['replicator']}'; {REWIND}",
        "postgres": f"ALTER ROLE postgres PASSWORD '{data.secrets['superuser']}'",
        "app": f"CREATE ROLE app LOGIN PASSWORD '{data.secrets['app']}'",
    }.items():
        if f"role {role}" not in seen:
            server.shell(name=f"Role {role}", commands=[sql(statement)])
    if "database app" not in seen:
        server.shell(name="Database", commands=[sql("CREATE DATABASE app OWNER app")])


@deploy("Servers at one depth")
def level(depth):
    """The servers at one depth of the cascade, where there are none yet."""
    if exists or data.depth != depth:
        return
    files.directory(name="Folder for the data", path=DATA, mode="700", **OWNED)
    if depth == 0:
        server.shell(
            name="A new database cluster",
            commands=[
                f"{AS_POSTGRES} {BIN}/initdb --pgdata={DATA} --encoding=UTF8 --locale=C.UTF-8 --data-checksums "
                "--auth-local=peer --auth-host=scram-sha-256"
            ])
    else:
        server.shell(
            name="A copy of the upstream",
            commands=[
                f"{AS_POSTGRES} {BIN}/pg_basebackup --dbname='{data.conninfo}' --pgdata={DATA} -X stream "
                f"--checkpoint=fast --no-password --slot={host.name}"
            ])
    serve()


if exists:
    serve()
    systemd.service(
        name="Server reads changed files", service="postgresql@15-main", reloaded=True,
        _if=lambda: any(operation.did_change() for operation in written))

# A new standby copies its own upstream, so the levels come one after another.
level(0)
level(1)
level(2)
