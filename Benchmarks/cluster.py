"""A cluster of N hosts in containers, and what the contenders need to know of it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from measure import Failed

INVENTORY = """\
cluster: {name}
ssh:
  user: root
  identity_file: {lab}/id_ed25519
  known_hosts_file: {lab}/known_hosts
hosts:
{hosts}
postgresql:
  version: 15
  superuser_password: {{file: {lab}/secrets/superuser}}
  settings:
    max_connections: 100
    max_wal_senders: 20
    max_replication_slots: 20
    shared_buffers: 32MB
    log_min_duration_statement: {threshold}
  hba:
    - {{type: host, database: app, user: app, address: {network}.0/24, method: scram-sha-256}}
  users:
    - {{name: app, password: {{file: {lab}/secrets/app}}}}
  databases:
    - {{name: app, owner: app}}
replication:
  password: {{file: {lab}/secrets/replicator}}
"""

# What a deploy leaves on a host, taken away again; what came with the image stays.
RESET = """
systemctl stop postgresql@15-main </dev/null >/dev/null 2>&1
systemctl disable postgresql@15-main >/dev/null 2>&1
systemctl reset-failed >/dev/null 2>&1
rm -rf /var/lib/postgresql/15/main* /var/lib/postgresql/.pgpass /etc/postgresql/15/main /var/lib/kumki
rm -rf /var/log/postgresql/* /etc/systemd/system/postgresql@15-main.service.d /usr/local/lib/kumki
sed -i.before '/^# kumki .* begin/,/^# kumki .* end/d' /etc/hosts 2>/dev/null ||
    { sed '/^# kumki .* begin/,/^# kumki .* end/d' /etc/hosts >/tmp/hosts && cat /tmp/hosts >/etc/hosts; }
rm -f /etc/hosts.before /tmp/hosts
systemctl daemon-reload
"""


class Cluster:
    """One lab: a primary, and standbys that follow it or each other so that no server sends to more than six."""

    def __init__(self, kumki, work, size, network):
        self.kumki = str(kumki)
        self.name = f"b-{size}"
        self.size = size
        self.network = network
        self.folder = Path(work) / self.name
        self.lab = f".kumki/lab/{self.name}"
        self.engine = "podman" if shutil.which("podman") else "docker"
        self.hosts = self._topology()
        self.folder.mkdir(parents=True, exist_ok=True)

    def _topology(self):
        fanout = max(1, min(6, self.size // 4))
        hosts = []
        for index in range(self.size):
            upstream = None if index == 0 else hosts[(index - 1) // fanout]
            hosts.append({
                "name": f"db{index + 1}",
                "address": f"{self.network}.{11 + index}",
                "upstream": upstream and upstream["name"],
                "upstream_address": upstream and upstream["address"],
                "depth": upstream["depth"] + 1 if upstream else 0,
                "slots": [],
            })
            if upstream:
                upstream["slots"].append(hosts[-1]["name"])
        return hosts

    @property
    def depth(self):
        """How many standbys stand between the primary and the farthest one, that one included."""
        return max(host["depth"] for host in self.hosts)

    # --- files ---------------------------------------------------------------------------------------------------

    def inventory(self, threshold=1000):
        """Writes the inventory in which log_min_duration_statement has this value; its path."""
        lines = []
        for host in self.hosts:
            words = f"address: {host['address']}, roles: [{'standby' if host['upstream'] else 'primary'}]"
            if host["depth"] > 1:
                words += f", upstream: {host['upstream']}"
            lines.append(f"  {host['name']}: {{{words}}}")
        path = self.folder / "cluster.yaml"
        path.write_text(INVENTORY.format(
            name=self.name, lab=self.lab, hosts="\n".join(lines), network=self.network, threshold=threshold))
        return path

    def render(self, threshold=1000):
        """Has kumki write the files of all hosts, for the other contenders to put in place; their folder."""
        folder = self.folder / f"files-{threshold}"
        shutil.rmtree(folder, ignore_errors=True)
        self._kumki("render", str(self.inventory(threshold)), "--output", str(folder))
        return folder

    def describe(self, threshold=1000):
        """Everything that a contender needs to know, as one JSON document; its path."""
        files = self.render(threshold)
        secrets = {
            path.name: path.read_text().strip() for path in (self.folder / self.lab / "secrets").iterdir()}
        hosts = []
        for host in self.hosts:
            live = files / host["name"] / "var/lib/postgresql/15/main/postgresql.auto.conf"
            conninfo = ""
            if live.exists():
                conninfo = re.search(r"^primary_conninfo = '(.*)'$", live.read_text(), re.M)[1]
            hosts.append({**host, "conninfo": conninfo})
        path = self.folder / f"cluster-{threshold}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps({
            "cluster": self.name, "files": str(files), "secrets": secrets, "depth": self.depth,
            "key": str(self.folder / self.lab / "id_ed25519"),
            "known_hosts": str(self.folder / self.lab / "known_hosts"), "hosts": hosts,
        }, indent=1))
        return path

    # --- containers ----------------------------------------------------------------------------------------------

    def up(self):
        """Starts the hosts, with PostgreSQL's packages and python3 in place, and nothing else."""
        self._kumki("lab", "up", str(self.inventory()), "--prebuilt", limit=1200)
        self._add_python()

    def down(self):
        """Removes the hosts."""
        self._kumki("lab", "down", str(self.inventory()), limit=600)

    def reset(self):
        """Takes every deploy back."""
        for host in self.hosts:
            self.inside(host["name"], RESET)
        os.sync()

    def inside(self, host, script, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120):
        """Runs a script in a host's container, by the container engine."""
        return subprocess.run(
            [self.engine, "exec", "-i", self.container(host), "sh", "-s"], input=script.encode(), check=False,
            stdout=stdout, stderr=stderr, timeout=timeout)

    def container(self, host):
        """The name of a host's container."""
        return f"kumki.{self.name}.{host}"

    def cpu(self):
        """Seconds of processor time that the hosts have used."""
        total = 0.0
        for counter, unit in self._counters():
            text = counter.read_text()
            total += float(re.search(r"\d+", text)[0]) / unit
        return total

    def _counters(self):
        if not hasattr(self, "_paths"):
            names = [self.container(host["name"]) for host in self.hosts]
            found = subprocess.run(
                [self.engine, "inspect", "--format", "{{.State.CgroupPath}}", *names], check=True,
                capture_output=True, text=True).stdout.split()
            self._paths = []
            for path in found:
                old = Path("/sys/fs/cgroup/cpuacct" + path) / "cpuacct.usage"
                new = Path("/sys/fs/cgroup" + path) / "cpu.stat"
                self._paths.append((old, 1e9) if old.exists() else (new, 1e6))
        return self._paths

    def _add_python(self):
        """Ansible wants python3 on the hosts: installed in one, copied to all."""
        overlay = self.folder.parent / "python3.tar"
        first = self.hosts[0]["name"]
        if not overlay.exists():
            script = """
            export DEBIAN_FRONTEND=noninteractive
            dpkg-query -W -f '${Package}\\n' | sort >/tmp/before
            { apt-get -qq update && apt-get -qq install -y --no-install-recommends python3 python3-apt; } \
                </dev/null >&2 || exit 1
            dpkg-query -W -f '${Package}\\n' | sort >/tmp/after
            cd / && { comm -13 /tmp/before /tmp/after | xargs dpkg -L
                ls /var/lib/dpkg/info/*python* /var/lib/dpkg/status /usr/bin/python3*; } |
                sort -u | while read -r path; do [ -d "$path" ] || echo ".$path"; done >/tmp/list
            find ./usr/lib/python3* -name '*.pyc' >>/tmp/list
            tar -c --no-recursion --ignore-failed-read -T /tmp/list -f -
            rm -f /tmp/before /tmp/after /tmp/list
            """
            part = overlay.with_suffix(".part")
            with part.open("wb") as tar:
                result = self.inside(first, script, timeout=600, stdout=tar, stderr=subprocess.PIPE)
            if result.returncode != 0:
                raise Failed("python3 can't be installed in a host:\n" + result.stderr.decode()[-2000:])
            part.rename(overlay)
        for host in self.hosts:
            if self.inside(host["name"], "command -v python3").returncode == 0:
                continue
            with overlay.open("rb") as tar:
                subprocess.run(
                    [self.engine, "exec", "-i", self.container(host["name"]), "tar", "-x", "-C", "/", "-f", "-"],
                    stdin=tar, check=True)
            self.inside(host["name"], "ldconfig")

    def _kumki(self, *arguments, limit=300):
        result = subprocess.run(
            [self.kumki, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=limit, check=False)
        if result.returncode != 0:
            raise Failed(f"kumki {' '.join(arguments)}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
