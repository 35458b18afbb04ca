"""Times kumki against other tools on the same hosts, in alternation, and writes docs/benchmarks.md."""

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import measure
import report
from cluster import Cluster
from contenders import Ansible, ByHand, Kumki, OpenSSH, OpenSSHCheaper, OpenSSHOpen, Pyinfra
from writer import Writer

ROOT = Path(__file__).resolve().parent.parent


def say(text):
    """Progress, with the time."""
    print(time.strftime("%H:%M:%S"), text, flush=True)


class Bench:
    """One run over all sizes and cases."""

    def __init__(self, options):
        self.options = options
        self.work = ROOT / ".build-bench"
        self.work.mkdir(exist_ok=True)
        self.kumki = Path(options.kumki).resolve()
        self.results = {"load": os.getloadavg()[0], "nice": os.nice(0), "kumki": self._binary(), "cases": {}}

    def _binary(self):
        size = self.kumki.stat().st_size / (1 << 20)
        runs = [measure.run([str(self.kumki), "--version"], limit=10) for _ in range(21)]
        version = runs[0].output.strip()
        return {"version": version, "megabytes": size, "start": measure.median(runs, "wall") * 1000}

    def alternate(self, case, size, work):
        """Runs each contender's work as often as it is to be run, one after the other, round by round."""
        table = {name: [] for name, _, _, _ in work}
        rounds = max(count for _, count, _, _ in work)
        for number in range(rounds):
            for name, count, act, settle in work:
                if number >= count:
                    continue
                sample = act(number)
                settle()
                table[name].append(sample)
                say(f"{case}, {size} hosts, round {number + 1}: {name:18} {sample.wall:7.2f} s, "
                    f"cpu {sample.cpu:6.2f} s, hosts' cpu {sample.hosts_cpu:6.2f} s")
        self.results["cases"][f"{case} {size}"] = {
            name: {
                "rounds": len(samples),
                **{field: measure.median(samples, field) for field in ("wall", "cpu", "hosts_cpu")},
                "walls": [sample.wall for sample in samples],
            } for name, samples in table.items()
        }
        return self.results["cases"][f"{case} {size}"]

    def watch_memory(self, work, table):
        """One run of each besides the timed ones, in which memory is looked at."""
        for name, count, act, settle in work:
            if count == 1 and name == "ansible":
                continue
            with measure.MemoryWatch() as watch:
                act(0)
            settle()
            table[name].update(memory=watch.peak, largest=watch.largest)
            say(f"memory of {name}: {watch.peak:.0f} MB")

    def counts(self, size):
        """How often each contender runs: the slow ones less often where hosts are many."""
        few = self.options.rounds
        return {"pyinfra": max(1, min(few, 3)), "ansible": max(1, min(few, 2 if size < 12 else 1))}

    def size(self, size, network, labs):
        """All cases of one size; its lab stays up until all labs go."""
        cluster = Cluster(self.kumki, self.work, size, network)
        say(f"a lab of {size} hosts")
        if not self.options.keep:
            labs.callback(cluster.down)
        cluster.up()
        cluster.describe()
        contenders = [Kumki(cluster), OpenSSH(cluster)]
        extra = [OpenSSHCheaper(cluster), OpenSSHOpen(cluster)]
        peers = [] if self.options.without_peers else [
            Pyinfra(cluster, self.options.tools), Ansible(cluster, self.options.tools)]
        if size > self.options.ansible_up_to:
            peers = peers[:1]
        counts = self.counts(size)

        def entries(of, act):
            return [
                (one.name, counts.get(one.name, self.options.rounds), lambda number, one=one: act(one, number),
                 one.rest) for one in of
            ]

        if size == 3 and "deploy" in self.options.cases:
            def deploy(one, _):
                cluster.reset()
                return one.deploy()
            # What one would write by hand is the measure; the peers hold the state, they do not make it here.
            self.alternate("first deploy", size, entries(contenders, deploy))
        cluster.reset()
        cluster.inventory()
        contenders[0].deploy()
        say("deployed by kumki")

        if "look" in self.options.cases:
            def look(one, _):
                return one.look()
            work = entries(contenders + extra + peers, look)
            for name, count, act, settle in work:
                # What takes minutes and runs once shows nothing of a cold start.
                if count == 1 and name == "ansible":
                    continue
                act(0)
                settle()
                say(f"warm: {name}")
            table = self.alternate("nothing to do", size, work)
            self.watch_memory(work, table)
            extra[1].close()

        if size == 3 and "change" in self.options.cases:
            values = iter(range(2000, 3000))

            def change(one, _):
                threshold = next(values)
                one.prepare_change(threshold)
                return one.change(threshold)
            self.alternate("one setting changed", size, entries(contenders + peers, change))

        if size == 3 and "switch" in self.options.cases:
            self.switches(cluster, contenders[0])
        return contenders

    def switches(self, cluster, kumki):
        """How long nobody can write while another host becomes primary."""
        hosts = [cluster.hosts[0]["name"], cluster.hosts[1]["name"]]
        by_hand = ByHand(cluster)

        def switch(one, _):
            old, new = hosts
            hosts.reverse()
            sample, outage = writer.outage(lambda: one.switch(old, new))
            if one is by_hand:
                kumki.bring_back(old)
            return dataclasses.replace(sample, wall=outage)

        with Writer(cluster, cluster.hosts[2]["name"]) as writer:
            rounds = self.options.rounds
            work = [
                (one.name, rounds, lambda number, one=one: switch(one, number), one.rest) for one in (kumki, by_hand)]
            self.alternate("switchover", cluster.size, work)
        by_hand.close()

    def growth(self, contenders):
        """The same work for clusters of different sizes, in alternation.

        All labs are up, so that what hosts cost that only lie there is the same for each.
        """
        work = [
            (f"{one.name} {size}", self.options.rounds, lambda _, one=one: one.look(), one.rest)
            for size, several in contenders.items() for one in several
        ]
        self.alternate("growth", sum(contenders), work)

    def run(self):
        """All sizes; then the report."""
        first, second, third = self.options.network.split(".")
        contenders = {}
        with contextlib.ExitStack() as labs:
            for index, size in enumerate(self.options.sizes):
                contenders[size] = self.size(size, f"{first}.{second}.{int(third) + index}", labs)
                (self.work / "results.json").write_text(json.dumps(self.results, indent=1))
            if "look" in self.options.cases and len(contenders) > 1:
                self.growth(contenders)
                (self.work / "results.json").write_text(json.dumps(self.results, indent=1))
        self.results["tools"] = self._versions()
        text = report.text(self.results, report.machine())
        print(text)
        if self.options.output:
            (ROOT / self.options.output).write_text(text)
        return report.missed(self.results)

    def _versions(self):
        def first(*argv):
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "?"
        found = {"OpenSSH": first("ssh", "-V").split(",")[0]}
        if not self.options.without_peers:
            tools = Path(self.options.tools)
            found["pyinfra"] = first(str(tools / "pyinfra"), "--version")
            found["Ansible"] = first(str(tools / "ansible-playbook"), "--version")
        return found


def numbers(text):
    """A list of numbers between commas."""
    return [int(word) for word in text.split(",")]


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kumki", default=str(ROOT / "dist/kumki"), help="the binary; default: dist/kumki")
    parser.add_argument("--tools", default="", help="the folder of ansible-playbook and pyinfra")
    parser.add_argument("--without-peers", action="store_true", help="kumki and OpenSSH only")
    parser.add_argument("--sizes", type=numbers, default=[3, 12, 40], help="numbers of hosts; default: 3,12,40")
    parser.add_argument(
        "--cases", type=lambda text: text.split(","), default=["deploy", "look", "change", "switch"],
        help="default: deploy,look,change,switch; all but look are timed with 3 hosts")
    parser.add_argument(
        "--ansible-up-to", type=int, default=12, help="hosts; with more it takes minutes a run; default: 12")
    parser.add_argument("--rounds", type=int, default=5, help="of kumki and OpenSSH; default: 5")
    parser.add_argument("--network", default="198.18.130", help="the first three numbers of the first lab's network")
    parser.add_argument("--output", default="docs/benchmarks.md", help="empty: none")
    parser.add_argument("--keep", action="store_true", help="leave the labs running")
    options = parser.parse_args()
    if not os.access(options.kumki, os.X_OK):
        parser.error(f"{options.kumki} is missing: make release")
    try:
        missed = Bench(options).run()
    except measure.Failed as failure:
        print(f"benchmark: {failure}", file=sys.stderr)
        return 1
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
