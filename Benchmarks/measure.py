"""Runs a command and says what it cost: wall time, processor time, memory."""

import contextlib
import os
import signal
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass


@dataclass
class Sample:
    """What one run of a command cost."""

    wall: float
    """Seconds from start to exit."""
    cpu: float
    """Seconds of processor time on the control node: the command and all that it waited for."""
    hosts_cpu: float
    """Seconds of processor time in the hosts' containers meanwhile."""
    status: int
    output: str


class Failed(Exception):
    """A contender did not do what it was to be timed at."""


def run(argv, *, limit, hosts=None, cwd=None, env=None, expect=(0,)):
    """Runs a command to its end, at most `limit` seconds; `hosts` are containers whose processor time counts."""
    before = hosts.cpu() if hosts else 0.0
    begin = time.monotonic()
    process = subprocess.Popen(
        argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    chunks = []
    reader = threading.Thread(target=_drain, args=(process.stdout, chunks), daemon=True)
    reader.start()
    timer = threading.Timer(limit, _end, args=(process.pid,))
    timer.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        _end(process.pid)
        raise
    finally:
        timer.cancel()
    wall = time.monotonic() - begin
    # A connection that a tool keeps open in the background holds the pipe too: it is not waited for.
    reader.join(0.5)
    process.returncode = os.waitstatus_to_exitcode(status)
    after = hosts.cpu() if hosts else 0.0
    output = b"".join(chunks).decode(errors="replace")
    sample = Sample(wall, usage.ru_utime + usage.ru_stime, after - before, process.returncode, output)
    if sample.status not in expect:
        tail = "\n".join(output.splitlines()[-30:])
        raise Failed(f"{argv[0]} ended with {sample.status} after {wall:.1f} s:\n{tail}")
    return sample


def _drain(stream, chunks):
    while chunk := os.read(stream.fileno(), 1 << 16):
        chunks.append(chunk)


def _end(group):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


class MemoryWatch:
    """The memory of all that descends from this process, looked at some thirty times a second.

    Looking costs time: runs that are timed are not watched. (`ru_maxrss` is of no use here: a process inherits it from
    the one that started it.)
    """

    def __init__(self):
        self.peak = 0.0
        """MB: proportional set sizes of all processes together, so that what they share counts once."""
        self.largest = 0.0
        """MB: the largest resident size that any one process ever had."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._before = set(self._descendants())
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(0.03):
            total = 0
            for pid in self._descendants():
                if pid in self._before:
                    continue
                total += self._number(pid, "smaps_rollup", "Pss:")
                self.largest = max(self.largest, self._number(pid, "status", "VmHWM:") / 1024)
            self.peak = max(self.peak, total / 1024)

    @staticmethod
    def _descendants():
        children = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stat:
                    parent = int(stat.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry))
        waiting, found = [os.getpid()], []
        while waiting:
            for child in children.get(waiting.pop(), []):
                found.append(child)
                waiting.append(child)
        return found

    @staticmethod
    def _number(pid, file, key):
        try:
            with open(f"/proc/{pid}/{file}", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith(key):
                        return int(line.split()[1])
        except (OSError, ValueError):
            pass
        return 0


def median(samples, field):
    """The median of one field of samples."""
    return statistics.median(getattr(sample, field) for sample in samples)
