"""A client that writes a row after the other, and for how long it could not."""

import itertools
import subprocess
import time

import measure

FOLDER = "/root/bench-writer"

# One connection per row, to whichever of the hosts takes writes; the time of each row that was acknowledged.
LOOP = """
mkdir -p {folder}; cd {folder}; rm -f stop times
umask 077; printf '*:*:*:app:%s\\n' '{password}' >pass
cat >loop.sh <<'END'
cd {folder}
export PGHOST={hosts} PGUSER=app PGDATABASE=app PGPASSFILE={folder}/pass PGCONNECT_TIMEOUT=2
export PGTARGETSESSIONATTRS=read-write
end=$(($(date +%s) + 900))
while [ ! -e stop ] && [ "$(date +%s)" -lt "$end" ]; do
    psql -XAtqc 'INSERT INTO written VALUES (1)' >/dev/null 2>&1 && date +%s.%N >>times
done
END
setsid sh loop.sh >/dev/null 2>&1 </dev/null &
"""


class Writer:
    """Runs in one host's container; that host's server may be anything, the host itself must stay."""

    def __init__(self, cluster, host):
        self.cluster = cluster
        self.host = host

    def __enter__(self):
        table = "SET ROLE app; CREATE TABLE IF NOT EXISTS written (n int)"
        self.cluster.inside(
            self.cluster.hosts[0]["name"], f"cd /; runuser -u postgres -- psql -XAtqd app -c '{table}'")
        password = (self.cluster.folder / self.cluster.lab / "secrets" / "app").read_text().strip()
        hosts = ",".join(host["address"] for host in self.cluster.hosts)
        self.cluster.inside(self.host, LOOP.format(folder=FOLDER, password=password, hosts=hosts))
        return self

    def __exit__(self, *_):
        self.cluster.inside(self.host, f"touch {FOLDER}/stop")

    def outage(self, act):
        """What `act` gives, and the longest time without an acknowledged row from its begin until rows come again."""
        begin = self._wait()
        done = act()
        self._wait()
        times = self._times()[begin - 1:]
        return done, max(after - before for before, after in itertools.pairwise(times))

    def _wait(self):
        """Until some more rows are acknowledged; how many there are then."""
        before = len(self._times())
        for _ in range(600):
            now = len(self._times())
            if now > before + 5:
                return now
            time.sleep(0.1)
        raise measure.Failed("nothing can be written any more")

    def _times(self):
        read = self.cluster.inside(self.host, f"cat {FOLDER}/times", stdout=subprocess.PIPE)
        return [float(line) for line in read.stdout.split()]
