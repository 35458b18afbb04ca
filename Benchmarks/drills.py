"""Runs every fault of `kumki drill` several times against clusters in containers, and writes docs/drills.md."""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A host goes that is both primary and the watchdog's leader: the worst that one host can do.
LEADING = ", leading"
FAULTS = ["kill-primary", "power-off", "power-off, leading", "partition-primary", "partition-primary, leading", "hang-primary",
          "kill-pool-leader", "lose-standby", "partition-leader", "lose-quorum"]
# Seconds that the median of the outages is to stay within, on pgpool-trio.
LIMITS = {"kill-primary": 4, "power-off": 10, "power-off, leading": 10, "partition-primary": 10, "partition-primary, leading": 10,
          "hang-primary": 10, "kill-pool-leader": 3}


def say(text):
    """Progress, with the time."""
    print(time.strftime("%H:%M:%S"), text, flush=True)


class Cluster:
    """One inventory's lab, brought up and deployed."""

    def __init__(self, kumki, inventory):
        self.kumki = str(kumki)
        self.inventory = inventory
        self.name = re.search(r"^cluster: (\S+)", inventory.read_text(), re.M).group(1)

    def call(self, *words, limit=900, expect=(0,)):
        """Standard output and standard error."""
        process = subprocess.run([self.kumki, *words], capture_output=True, text=True, timeout=limit, check=False)
        if process.returncode not in expect:
            sys.exit(f"drills.py: kumki {' '.join(words)} ended with {process.returncode}:\n"
                     f"{process.stdout}{process.stderr}")
        return process.stdout, process.stderr

    def deploy(self):
        self.call("lab", "up", str(self.inventory))
        self.call("apply", "--yes", str(self.inventory))

    def leave(self):
        self.call("lab", "down", str(self.inventory))

    def drill(self, fault):
        """One run; nothing is left to change after it, or it counts as one that was not mended."""
        if fault.endswith(LEADING):
            self.bring_together()
        out, err = self.call("drill", str(self.inventory), fault.removesuffix(LEADING), "--yes", "--json", limit=600, expect=(0, 2))
        run = json.loads(out)
        run["machine"] = machine()
        run["host"] = self.found(r"^\S+ +(\S+) +[\d.]+ s", err)
        healed, placed = self.moment("is healed", err), self.moment("every host is in its place", err)
        run["back"] = round(placed - healed, 1) if healed is not None and placed is not None else None
        plan, _ = self.call("plan", str(self.inventory), expect=(0, 2))
        run["plan"] = "Nothing to change" in plan
        if not run["rejoined"]:
            time.sleep(20)
            self.call("apply", "--yes", str(self.inventory), limit=600, expect=(0, 1, 2))
        say(f"{self.name} {fault:18} {run['host']}  outage {run['outage_seconds']:.1f} s, lost {run['lost']}, back after "
            f"{run['back']} s, {'as declared' if run['rejoined'] and run['plan'] else 'NOT as declared'}, "
            f"load {os.getloadavg()[0]:.1f}")
        time.sleep(3)
        return run

    def bring_together(self):
        """The watchdog's leader becomes primary; a witness can't, and is no leader where another can be."""
        status = json.loads(self.call("status", str(self.inventory), "--json")[0])
        if status["primary"] != status["engine"]["leader"]:
            self.call("switchover", str(self.inventory), "--to", status["engine"]["leader"], "--yes")

    @staticmethod
    def found(pattern, text):
        match = re.search(pattern, text, re.M)
        return match.group(1) if match else "?"

    @classmethod
    def moment(cls, words, text):
        text = cls.found(r"^ *\+([\d.]+) s  .*" + words, text)
        return None if text == "?" else float(text)


def seconds(values):
    return ", ".join(f"{value:.1f}" for value in values)


def rows(runs, limits):
    """The table of one cluster."""
    lines = ["| fault | outage, median | outages of the runs, s | target | lost | two primaries | as declared again, "
             "after the fault is healed, s |", "| --- | ---: | --- | ---: | ---: | --- | --- |"]
    for fault in [fault for fault in FAULTS if fault in runs]:
        outages = [run["outage_seconds"] for run in runs[fault]]
        median = statistics.median(outages)
        limit = limits.get(fault)
        target = f"{limit} s: {'yes' if median <= limit else 'no'}" if limit else ""
        double = sum(run["double_primary"] for run in runs[fault])
        mended = [run for run in runs[fault] if run["rejoined"] and run["plan"]]
        back = seconds([run["back"] for run in mended if run["back"] is not None])
        if len(mended) < len(outages):
            back += f"; {len(outages) - len(mended)} not by itself"
        lines.append(f"| {fault} | {median:.1f} s | {seconds(outages)} | {target} | {sum(run['lost'] for run in runs[fault])} "
                     f"of {sum(run['acknowledged'] for run in runs[fault])} | {double or 'never'} | {back} |")
    return "\n".join(lines)


def machine():
    """What it runs on, as a page says it."""
    cpu = next((line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    return f"{os.cpu_count()} cores ({cpu})"


def machines(results):
    """The machine; where kept figures are of another one, each with what was measured on it."""
    found = {}
    for name, faults in results.items():
        for fault, runs in faults.items():
            found.setdefault(runs[0]["machine"], []).append(f"`{fault}` of {name}")
    first, *others = sorted(found, key=lambda name: -len(found[name]))
    return ".\n".join([first] + [f"On {other}: {', '.join(found[other])}" for other in others])


def page(results, calm, options):
    version = subprocess.run([str(options.kumki), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    parts = [f"""# Drills of the pgpool-II clusters

Every fault of `kumki drill`, run after run, against the clusters of `inventories/` in containers. A client writes rows through the
virtual address, one after the other in a session that it opens anew when it is lost; the outage is the longest gap between two
acknowledged rows, and afterwards every acknowledged row is looked for on every host. A fault is mended after ten seconds or more;
from then on the last column counts until every host is in its place without a person, and then plan must find nothing to change and
verify be green. With `leading`, the host is primary and the watchdog's leader at once. A container that loses its power still closes its
connections; a real host falls silent, as in the partitions. Written by `make drills`.

PostgreSQL 15, pgpool-II 4.3; {time.strftime('%Y-%m-%d')}. {version}. Control node, hosts and client share the machine: {machines(results)}.
"""]
    for name, runs in results.items():
        limits = LIMITS if name == "pgpool-trio" else {}
        text = {
            "pgpool-trio": "Three hosts, any one of two synchronous standbys confirms each commit: nothing may be lost.",
            "pgpool-pair": "Two hosts and a witness, asynchronous: what the primary had not sent yet is lost with it, and one "
                           "that is cut off goes on taking rows beside its successor until it sees the others again.",
        }.get(name, "")
        parts.append(f"## {name}\n\n{text}\n\n{rows(runs, limits)}\n")
    if calm:
        outages = [run["outage_seconds"] for run in calm]
        fast = calm[0]["fast"]
        slow = statistics.median(outages)
        parts.append(f"""## Against pgpool-II's own pace

`kill-primary` on pgpool-trio with `ha.profile: calm`, whose time-outs are near those of the manual's example: median {slow:.1f} s
({seconds(outages)}), lost {sum(run['lost'] for run in calm)}. `fast`, the default, took {fast:.1f} s just before: 1/{slow / fast:.1f} of it.
""")
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kumki", type=Path, default=ROOT / "dist/kumki", help="the binary")
    parser.add_argument("--inventories", nargs="+", default=["pgpool-trio", "pgpool-pair"], help="names in inventories/")
    parser.add_argument("--faults", nargs="+", default=FAULTS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--calm-runs", type=int, default=3, help="of kill-primary with `profile: calm`; 0 for none")
    parser.add_argument("--keep", action="store_true",
                        help="keep the figures of the last run for what this one does not run")
    parser.add_argument("--output", default=str(ROOT / "docs/drills.md"), help="'' writes nothing")
    options = parser.parse_args()
    work = ROOT / ".build-bench"
    work.mkdir(exist_ok=True)
    results, calm = {}, []
    if options.keep:
        kept = json.loads((work / "drills.json").read_text())
        results, calm = kept["results"], kept["calm"]

    def keep():
        (work / "drills.json").write_text(json.dumps({"results": results, "calm": calm}, indent=1))

    for name in options.inventories:
        inventory = work / f"{name}.yaml"
        text = (ROOT / f"inventories/{name}.yaml").read_text()
        inventory.write_text(text)
        cluster = Cluster(options.kumki.resolve(), inventory)
        say(f"{name}: deploying")
        cluster.deploy()
        for fault in options.faults:
            results.setdefault(name, {})[fault] = [cluster.drill(fault) for _ in range(options.runs)]
            keep()
        if name == "pgpool-trio" and options.calm_runs and "kill-primary" in options.faults:
            inventory.write_text(text.replace("  engine: pgpool\n", "  engine: pgpool\n  profile: calm\n"))
            cluster.call("apply", "--yes", str(inventory))
            fast = statistics.median(run["outage_seconds"] for run in results[name]["kill-primary"])
            calm = [cluster.drill("kill-primary") | {"fast": fast} for _ in range(options.calm_runs)]
            inventory.write_text(text)
        cluster.leave()
        keep()
    text = page(results, calm, options)
    print(text)
    if options.output:
        Path(options.output).write_text(text)


if __name__ == "__main__":
    main()
