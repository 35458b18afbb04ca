"""The tools, each with what it takes to have it do the same work on the same hosts."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import measure
from measure import Failed

HERE = Path(__file__).resolve().parent
DATA = "/var/lib/postgresql/15/main"
ETC = "/etc/postgresql/15/main"
BIN = "/usr/lib/postgresql/15/bin"
MODES = {
    "environment": "0644", "pg_ctl.conf": "0644", "pg_hba.conf": "0640", "pg_ident.conf": "0640",
    "postgresql.conf": "0644", "start.conf": "0644",
}


def quote(text):
    """One word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


class Contender:
    """One way to do the work."""

    name = ""

    def __init__(self, cluster):
        self.cluster = cluster
        self.folder = cluster.folder / self.name
        self.folder.mkdir(exist_ok=True)

    def rest(self):
        """What must not outlive a run, so that the next one starts from the same place."""

    def look(self):
        """Finds nothing to do on a cluster that is as declared."""
        raise NotImplementedError

    def change(self, threshold):
        """Gives log_min_duration_statement another value and has the servers read it."""
        raise NotImplementedError

    def deploy(self):
        """Makes the cluster out of hosts on which only the packages are installed."""
        raise NotImplementedError

    def prepare_change(self, threshold):
        """What a user has done before the clock starts: edited the inventory."""
        self.cluster.describe(threshold)

    def description(self, threshold=1000):
        """The path and the content of what the cluster says of itself."""
        path = self.cluster.folder / f"cluster-{threshold}.json"
        return path, json.loads(path.read_text())

    def run(self, argv, limit=600, **options):
        """One timed run."""
        return measure.run(argv, limit=limit, hosts=self.cluster, **options)


class Kumki(Contender):
    """The one that this is about."""

    name = "kumki"

    def look(self):
        return self.run([self.cluster.kumki, "plan", "cluster.yaml"], cwd=self.cluster.folder)

    def prepare_change(self, threshold):
        self.cluster.inventory(threshold)

    def change(self, threshold):
        return self.deploy()

    def deploy(self):
        return self.run([self.cluster.kumki, "apply", "cluster.yaml", "--yes"], cwd=self.cluster.folder)

    def switch(self, _, new):
        """Makes `new` primary; it also brings the old one back as a standby."""
        return self.run(
            [self.cluster.kumki, "switchover", "cluster.yaml", "--to", new, "--yes"], cwd=self.cluster.folder)

    def bring_back(self, old):
        """Has an old primary that was stopped follow again, and everything as declared."""
        self.run([self.cluster.kumki, "rejoin", "cluster.yaml", old, "--yes", "--approve-destroy", old],
                 cwd=self.cluster.folder)
        self.deploy()


class OpenSSH(Contender):
    """Scripts by hand, one per host, by `xargs -P` and `ssh`: the floor."""

    name = "openssh"
    options = ""

    def __init__(self, cluster):
        super().__init__(cluster)
        self.config = self.folder / "config"
        lab = cluster.folder / cluster.lab
        self.config.write_text(
            "".join(f"Host {host['name']}\n  HostName {host['address']}\n" for host in cluster.hosts)
            + f"Host *\n  User root\n  IdentityFile {lab}/id_ed25519\n  IdentitiesOnly yes\n"
            + f"  UserKnownHostsFile {lab}/known_hosts\n  UpdateHostKeys no\n  BatchMode yes\n  LogLevel ERROR\n"
            + self.options)

    def _everywhere(self, scripts):
        folder = self.folder / "scripts"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        for name, text in scripts.items():
            (folder / f"{name}.sh").write_text(text)
        return ["sh", str(HERE / "floor" / "everywhere.sh"), str(self.config), str(folder)]

    def _text(self, file):
        return (HERE / "floor" / file).read_text()

    def look(self):
        head = f"cluster={self.cluster.name} data={DATA} bin={BIN} etc={ETC}\n"
        scripts = {host["name"]: head + self._text("read.sh") for host in self.cluster.hosts}
        sample = self.run(self._everywhere(scripts))
        for name in scripts:
            said = (self.folder / "scripts" / f"{name}.out").read_text()
            if "postgresql-15|installed" not in said or "\nreplicator|" not in said:
                raise Failed(f"openssh: {name} was not read:\n{said[-2000:]}")
        return sample

    def _put(self, name, only=None, threshold=1000):
        """The shell function that puts a host's files in place."""
        _, about = self.description(threshold)
        source = Path(about["files"]) / name
        lines = ["put_files() {"]
        for file, mode in MODES.items():
            if only and file not in only:
                continue
            content = (source / ETC.lstrip("/") / file).read_text()
            lines += [
                f"cat >{ETC}/.{file}.new <<'END-OF-FILE'", content.rstrip("\n"), "END-OF-FILE",
                f"chown postgres:postgres {ETC}/.{file}.new; chmod {mode} {ETC}/.{file}.new",
                f"sync {ETC}/.{file}.new; mv {ETC}/.{file}.new {ETC}/{file}",
            ]
        if not only:
            block = (source / "etc/hosts").read_text().rstrip("\n")
            begin = block.splitlines()[0]
            lines += [
                f"grep -qxF {quote(begin)} /etc/hosts || cat >>/etc/hosts <<'END-OF-FILE'", block, "END-OF-FILE",
                "umask 077; cat >/var/lib/postgresql/.pgpass <<'END-OF-FILE'",
                (source / "var/lib/postgresql/.pgpass").read_text().rstrip("\n")
                .replace("<secret:replication.password>", about["secrets"]["replicator"]), "END-OF-FILE",
                "chown postgres:postgres /var/lib/postgresql/.pgpass; umask 022",
            ]
        return "\n".join(lines) + "\n}\n"

    def change(self, threshold):
        head = f"data={DATA} bin={BIN} etc={ETC}\n"
        text = self._text("settings.sh")
        sample = self.run(self._everywhere({
            host["name"]: head + self._put(host["name"], ["postgresql.conf"], threshold) + text
            for host in self.cluster.hosts}))
        said = (self.folder / "scripts" / "db1.out").read_text()
        if str(threshold) not in said:
            raise Failed(f"openssh: the setting did not change:\n{said}")
        return sample

    def deploy(self):
        _, about = self.description()
        commands = []
        for stage in range(self.cluster.depth + 1):
            scripts = {}
            for host in about["hosts"]:
                if stage not in (0, host["depth"]):
                    continue
                words = {
                    "stage": str(stage), "depth": str(host["depth"]), "name": host["name"],
                    "slots": " ".join(host["slots"]), "conninfo": host["conninfo"],
                    "data": DATA, "bin": BIN, "etc": ETC,
                    **{f"{name}_password": value for name, value in about["secrets"].items()},
                }
                head = "".join(f"{key}={quote(value)}\n" for key, value in words.items())
                put = self._put(host["name"]) if stage == 0 else ""
                scripts[host["name"]] = head + put + self._text("deploy.sh")
            folder = self.folder / f"stage-{stage}"
            shutil.rmtree(folder, ignore_errors=True)
            command = self._everywhere(scripts)
            (self.folder / "scripts").rename(folder)
            commands.append([*command[:-1], str(folder)])
        line = " && ".join(" ".join(quote(word) for word in command) for command in commands)
        return self.run(["sh", "-c", line])


class OpenSSHCheaper(OpenSSH):
    """The same without the key exchange that resists quantum computers, as in libssh2."""

    name = "openssh-curve25519"
    options = "  KexAlgorithms curve25519-sha256\n"


class OpenSSHOpen(OpenSSH):
    """The same over connections that are open already."""

    name = "openssh-open"

    def __init__(self, cluster):
        self.options = f"  ControlMaster auto\n  ControlPersist 30m\n  ControlPath /tmp/kb-{os.getpid()}-%C\n"
        super().__init__(cluster)

    def look(self):
        # Opens what is not open yet; the clock runs only the second time.
        super().look()
        return super().look()

    def close(self):
        """Ends the connections."""
        for host in self.cluster.hosts:
            subprocess.run(
                ["ssh", "-F", str(self.config), "-O", "exit", host["name"]], capture_output=True, check=False)


class ByHand(OpenSSHOpen):
    """What the documentation says: a clean stop here, a promotion there, and the rest afterwards."""

    name = "by-hand"

    def switch(self, old, new):
        """Makes `new` primary; the old one is down in the end."""
        server = "cd /; runuser -u postgres -- "
        stop = server + f"{BIN}/pg_ctl -D {DATA} stop -s -m fast"
        promote = server + "psql -XAtqc 'SELECT pg_promote()'"
        config = quote(str(self.config))
        for host in (old, new):
            self.run(["ssh", "-n", "-F", str(self.config), host, "true"])
        return self.run(
            ["sh", "-c", f"ssh -n -F {config} {old} {quote(stop)} && ssh -n -F {config} {new} {quote(promote)}"])


class Ansible(Contender):
    """ansible-core, tuned."""

    name = "ansible"

    def __init__(self, cluster, tools):
        super().__init__(cluster)
        self.program = Path(tools) / "ansible-playbook"
        # A socket's path must be short.
        self.sockets = Path(f"/tmp/kb-{os.getpid()}-a")
        self.ssh = "-o ControlMaster=auto -o ControlPersist=60s -o IdentitiesOnly=yes -o UpdateHostKeys=no"

    def _inventory(self, threshold):
        path, about = self.description(threshold)
        groups = {}
        for host in about["hosts"]:
            group = "primary" if host["depth"] == 0 else "standbys"
            groups.setdefault(group, {"hosts": {}})["hosts"][host["name"]] = {
                "ansible_host": host["address"], "conninfo": host["conninfo"], "slots": host["slots"]}
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        target = self.folder / f"inventory-{path.stem}.yaml"
        target.touch(mode=0o600)
        target.write_text(json.dumps({"all": {"children": groups, "vars": {
            "ansible_user": "root", "ansible_ssh_private_key_file": about["key"],
            "cluster": about["cluster"], "files": about["files"], "secrets": about["secrets"],
            "data": DATA, "etc": ETC, "bin": BIN,
            "psql": [*as_postgres, f"{BIN}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"],
            "configuration": [{"name": name, "mode": mode} for name, mode in MODES.items()],
        }}}, indent=1))
        return target

    def _play(self, threshold=1000, changes=None):
        inventory = self._inventory(threshold)
        environment = dict(os.environ)
        environment.update(
            ANSIBLE_CONFIG=str(HERE / "ansible/ansible.cfg"), ANSIBLE_SSH_CONTROL_PATH_DIR=str(self.sockets),
            ANSIBLE_SSH_ARGS=self.ssh + f" -o UserKnownHostsFile={self.description(threshold)[1]['known_hosts']}",
            ANSIBLE_LOCALHOST_WARNING="False", LC_ALL="C.UTF-8")
        sample = self.run(
            [str(self.program), "-i", str(inventory), "-f", str(max(self.cluster.size, 5)),
             str(HERE / "ansible/site.yaml")], limit=900, env=environment, cwd=self.folder)
        return self._checked(sample, changes)

    def _checked(self, sample, changes):
        changed = [line for line in sample.output.splitlines() if "changed=" in line and "changed=0" not in line]
        if changes is not None and bool(changed) != changes:
            raise Failed("ansible: changes that were " + ("expected" if changes else "not expected") + ":\n"
                         + sample.output[-12000:])
        return sample

    def look(self):
        return self._play(changes=False)

    def change(self, threshold):
        return self._play(threshold, changes=True)

    def deploy(self):
        return self._play(changes=True)

    def rest(self):
        for socket in self.sockets.glob("*"):
            subprocess.run(
                ["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "any"], capture_output=True, check=False)
        shutil.rmtree(self.sockets, ignore_errors=True)


class Pyinfra(Contender):
    """pyinfra 3."""

    name = "pyinfra"

    def __init__(self, cluster, tools):
        super().__init__(cluster)
        self.program = Path(tools) / "pyinfra"

    def _run(self, threshold=1000, changes=None):
        path, about = self.description(threshold)
        hosts = []
        addresses = {host["name"]: host["address"] for host in about["hosts"]}
        for host in about["hosts"]:
            hosts.append((host["name"], {
                "ssh_hostname": host["address"], "ssh_user": "root", "ssh_key": about["key"],
                "ssh_known_hosts_file": about["known_hosts"], "ssh_strict_host_key_checking": "yes",
                "cluster": about["cluster"], "files": about["files"], "secrets": about["secrets"],
                "addresses": addresses, "depth": host["depth"],
                "slots": host["slots"], "conninfo": host["conninfo"],
            }))
        inventory = self.folder / f"inventory_{path.stem.replace('-', '_')}.py"
        inventory.touch(mode=0o600)
        inventory.write_text(f"database = {hosts!r}\n")
        sample = self.run(
            [str(self.program), "-y", "--parallel", str(self.cluster.size), str(inventory),
             str(HERE / "pyinfra/deploy.py")], limit=900, cwd=self.folder)
        total = re.search(r"Grand total +\d+ +(\S+)", sample.output)
        changed = total is None or total[1] != "-"
        if changes is not None and changes != changed:
            raise Failed("pyinfra: changes that were " + ("expected" if changes else "not expected") + ":\n"
                         + sample.output[-12000:])
        return sample

    def look(self):
        return self._run(changes=False)

    def change(self, threshold):
        return self._run(threshold, changes=True)

    def deploy(self):
        return self._run(changes=True)
