"""docs/benchmarks.md out of a run's results, and which targets were missed."""

import datetime
import itertools
import os
import platform
from pathlib import Path

NAMES = {
    "kumki": "kumki",
    "openssh": "OpenSSH by hand, new connections (the floor)",
    "openssh-curve25519": "the same with curve25519 as the key exchange",
    "openssh-open": "the same over connections left open",
    "pyinfra": "pyinfra",
    "ansible": "Ansible, tuned",
    "by-hand": "`pg_ctl stop -m fast`, then `pg_promote()`, over connections left open",
}

CASES = {
    "nothing to do": "Nothing to do",
    "first deploy": "First deploy, packages present",
    "one setting changed": "One setting changed, servers reloaded",
    "switchover": "Write outage of a switchover",
}

HEAD = """\
# Benchmarks

kumki against what one would use instead, on the same hosts in the same state, in alternation in one run. Written by
`make bench`; `make bench-quick` does the three-host part in a few minutes.

{machine}; {date}. {versions}.

Control node and hosts share the machine, so the times are those of all the work together, hosts' part included, and
only the **ratios** carry over to elsewhere. Network latency between containers is next to nothing: what a tool loses
by many round trips shows less here than between sites.{others}

"""

METHOD = """\
## How it is measured

- `Benchmarks/run.sh` makes a lab of N containers (Debian 12, systemd, sshd, PostgreSQL 15's packages; python3, which
  Ansible needs there): a primary, and standbys in two levels, none of which sends to more than six.
- The contenders take turns (A B C D A B C D …), and medians of their wall times are compared. One run of each comes
  before, unmeasured. *CPU* is what the tool and its children used on the control node, *hosts' CPU* what the containers
  used meanwhile, *memory* the peak of all its processes together (proportional set size, seen in a run of its own).
- How the time grows with the hosts is measured last, the sizes in alternation too and all labs up: containers that only
  lie there cost something on the same two cores, and then as much for each size.
- kumki is the static, stripped release. `plan` must end with 0, `apply` plans, carries out and looks again.
- **The floor** (`Benchmarks/floor/`): `xargs -P 64` over `ssh HOST sh -s`, one script by hand per host that reads what
  kumki's probe reads, by as few programs. It compares nothing. The first deploy by hand, the only one it is compared with, is one such round per level
  of the cascade. OpenSSH prefers a key exchange that resists quantum computers and costs tens of milliseconds of CPU
  on both sides; libssh2, and so kumki, does not have it. The line with curve25519 shows the floor without it, which is
  the fair one for the program's own merit; the other is what `ssh` costs as installed.
- **pyinfra** (`Benchmarks/pyinfra/deploy.py`) and **Ansible** (`Benchmarks/ansible/`) hold the same files, blocks,
  service, standby state, slots, roles and database, byte for byte: a run in which either finds something to change
  on what kumki deployed fails the benchmark. They hold a little *less*: passwords of existing roles, live values of
  settings, pending restarts, invalid lines and system identifiers are not compared. Ansible is tuned: no facts
  gathered, pipelining, a fork per host, ControlPersist within a run (connections are closed between runs), and one psql instead
  of a module for each role. pyinfra runs with `--parallel N`.
- **Write outage**: the longest time between two rows that a client with one connection per row had acknowledged. `kumki
  switchover` waits for the proof that the successor has the last WAL, and brings the old primary back; by hand that comes after.
- Not measured: links with latency, hosts on machines of their own, more than {largest} hosts.
"""


def machine():
    """This machine in words."""
    words = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in words if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]) / (1 << 20)
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {release}"


def _seconds(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _others(load, nice):
    """What else went on, where it may have disturbed the times."""
    words = ""
    if load > os.cpu_count() / 2:
        words += f"\n\nOther work ran beside it (load average {load:.1f} when it began)."
    if nice != 0:
        words += f" The contenders ran at nice {nice}."
    return words


def _ratio(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _table(entries):
    with_memory = any("memory" in entry for entry in entries.values())
    lines = [
        "| | runs | wall s | kumki's is | CPU s | hosts' CPU s |" + (" memory MB |" if with_memory else ""),
        "| --- | ---: | ---: | ---: | ---: | ---: |" + (" ---: |" if with_memory else ""),
    ]
    kumki = entries["kumki"]["wall"]
    for name, entry in entries.items():
        ratio = "" if name == "kumki" else f"{_ratio(kumki / entry['wall'])} ×"
        if name in ("pyinfra", "ansible"):
            ratio = f"1/{entry['wall'] / kumki:.1f}"
        line = (f"| {NAMES[name]} | {entry['rounds']} | {_seconds(entry['wall'])} | {ratio} | {_seconds(entry['cpu'])} "
                f"| {_seconds(entry['hosts_cpu'])} |")
        lines.append(line + (f" {entry['memory']:.0f} |" if "memory" in entry else " |" if with_memory else ""))
    return "\n".join(lines) + "\n"


def _growth(entries):
    lines = ["| | hosts | runs | wall s | ms a host | CPU s | hosts' CPU s |", "| --- |" + " ---: |" * 6]
    for key in sorted(entries, key=lambda key: (key.rpartition(" ")[0], int(key.rpartition(" ")[2]))):
        name, _, size = key.rpartition(" ")
        entry = entries[key]
        lines.append(
            f"| {NAMES[name]} | {size} | {entry['rounds']} | {_seconds(entry['wall'])} "
            f"| {entry['wall'] / int(size) * 1000:.0f} | {_seconds(entry['cpu'])} | {_seconds(entry['hosts_cpu'])} |")
    return "\n".join(lines) + "\n"


def targets(results):
    """Each target as its words, what was reached and whether that is enough."""
    cases, found = results["cases"], []

    def ratio(case, other, limit, words):
        entries = cases.get(case, {})
        if other in entries:
            value = entries["kumki"]["wall"] / entries[other]["wall"]
            shown = f"1/{1 / value:.1f}" if limit < 1 else f"{value:.2f} ×"
            found.append((words, shown, value <= limit))

    sizes = sorted(int(name.rpartition(" ")[2]) for name in cases if name.startswith("nothing to do"))
    for size in sizes:
        case = f"nothing to do {size}"
        ratio(case, "openssh", 1.0, f"nothing to do, {size} hosts: at most 1.0 × the floor")
        # The gap to pyinfra is widest where hosts are few.
        ratio(case, "pyinfra", 1 / 5 if size < 12 else 1 / 3,
              f"nothing to do, {size} hosts: at most 1/{5 if size < 12 else 3} of pyinfra")
        ratio(case, "ansible", 1 / 40, f"nothing to do, {size} hosts: at most 1/40 of Ansible")
    ratio("first deploy 3", "openssh", 1.2, "first deploy, 3 hosts: at most 1.2 × the deploy by hand")
    ratio("switchover 3", "by-hand", 2.0, "write outage of a switchover: at most 2 × that by hand")
    grown = next((entries for name, entries in cases.items() if name.startswith("growth")), {})
    for few, many in itertools.pairwise(sizes if grown else []):
        growth, floor = (grown[f"{one} {many}"]["wall"] / grown[f"{one} {few}"]["wall"] for one in ("kumki", "openssh"))
        words = f"nothing to do, {few} to {many} hosts: at most {many / few:.2f} times the time"
        found.append((words, f"{growth:.2f} (the floor: {floor:.2f})", growth <= many / few))
    if sizes:
        peak = cases[f"nothing to do {sizes[-1]}"]["kumki"]["largest"]
        found.append((f"peak memory with {sizes[-1]} hosts: under 60 MB", f"{peak:.0f} MB", peak < 60))
    binary = results["kumki"]
    found.append(("`kumki --version`: under 20 ms", f"{binary['start']:.1f} ms", binary["start"] < 20))
    size = binary["megabytes"]
    found.append(("the static, stripped binary: under 25 MB", f"{size:.1f} MB", size < 25))
    return found


def missed(results):
    """The targets that were not reached, in words."""
    return [f"{words}: {reached}" for words, reached, good in targets(results) if not good]


def text(results, about):
    """The whole page."""
    versions = ", ".join([f"kumki {results['kumki']['version']}", *(
        words if name.lower() in words.lower() else f"{name} {words}" for name, words in results["tools"].items())])
    page = HEAD.format(
        machine=about, date=datetime.date.today().isoformat(), versions=versions,
        others=_others(results["load"], results["nice"]))
    page += "| what it must reach | reached | |\n| --- | ---: | --- |\n"
    for words, reached, good in targets(results):
        page += f"| {words} | {reached} | {'yes' if good else '**no**'} |\n"
    for key, words in CASES.items():
        sizes = sorted(int(name.rpartition(" ")[2]) for name in results["cases"] if name.startswith(key))
        for size in sizes:
            page += f"\n## {words}: {size} hosts\n\n" + _table(results["cases"][f"{key} {size}"])
    for name in results["cases"]:
        if name.startswith("growth"):
            page += "\n## Growth with the hosts\n\n" + _growth(results["cases"][name])
    sizes = [int(name.rpartition(" ")[2]) for name in results["cases"] if not name.startswith("growth")]
    return page + "\n" + METHOD.format(largest=max(sizes, default=3))
