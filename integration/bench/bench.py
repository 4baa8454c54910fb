"""What the scripts of figures share: where programs are, how runs are told
from each other, and how a table is printed."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BIN = pathlib.Path(os.environ.get("PHOENIX_BIN", ROOT / "bazel-bin"))
PHOENIX = BIN / "tools/phoenix/phoenix"
SEND = BIN / "integration/bench/send"
CONTROLLED_SERVER = BIN / "integration/servers/controlled_server"

GIVE_UP_SECONDS = 600


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, pause=0.01, timeout=GIVE_UP_SECONDS):
    """The condition's first true value."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise RuntimeError(f"in {timeout} s never: {what}")


class Phoenix:
    """A `phoenix run` with a page of metrics."""

    def __init__(self, folder, pipeline):
        self._admin = free_port()
        self.path = pathlib.Path(folder, "pipeline.yaml")
        self.path.write_text(
            pipeline + f'\nadmin_address: "127.0.0.1:{self._admin}"\n')
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [PHOENIX, "run", "--live", "off", "--log-level", "error",
             self.path], cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def _get(self, path):
        """None while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self._admin,
                                                timeout=GIVE_UP_SECONDS)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except OSError:
                return None

    def wait_until_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended: {self.process.returncode}")
            answer = self._get("/readyz")
            return answer is not None and answer[0] == 200
        wait_until(ready, "ready")
        return self

    def count(self, name):
        """The sum of a metric over its labels."""
        _, page = self._get("/metrics")
        return sum(map(float, re.findall(
            rf"^{name}(?:\{{.*\}})? (\S+)$", page, re.M)))

    def settled(self):
        return self.count("phoenix_pipeline_settled_events_total")

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written_bytes(self):
        """What it has made the disk write; a tmpfs is none."""
        text = pathlib.Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)$", text, re.M).group(1))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=GIVE_UP_SECONDS)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def medians(results):
    """Of rows that are dictionaries with the same keys, by name."""
    return {name: {key: statistics.median(row[key] for row in rows)
                   for key in rows[0]} for name, rows in results.items()}


def add_ratios(results, baseline, key):
    """Puts each run's ratio to the baseline of its round into the run."""
    for rows in results.values():
        for row, base in zip(rows, results[baseline]):
            row[f"of {baseline}"] = row[key] / base[key]


def print_table(rows):
    """Markdown, of dictionaries by name; the last line is JSON."""
    keys = list(next(iter(rows.values())))
    print("\n| | " + " | ".join(keys) + " |")
    print("| --- |" + " --- |" * len(keys))
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(
            f"{row[key]:,.0f}" if abs(row[key]) >= 1000 else
            f"{row[key]:.2f}" for key in keys) + " |")
    print(json.dumps(rows))


def compare(kinds, rounds, baseline, key="events/s"):
    """Measures all kinds in turn, round by round: a function by name. Prints
    each run and the table of medians."""
    results = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, measure in kinds.items():
            row = measure()
            results[name].append(row)
            print(f"  {name:28}{row[key]:14,.2f} {key}", flush=True)
    add_ratios(results, baseline, key)
    print_table(medians(results))
    return results


def parser(description, rounds):
    made = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawTextHelpFormatter)
    made.add_argument("--rounds", type=int, default=rounds)
    return made


def work_folder(prefix, parent=None):
    """Gone with the context; on the disk that is to be measured."""
    return tempfile.TemporaryDirectory(prefix=prefix, dir=parent)


def disk_write(folder, total, block=1 << 20):
    """Seconds that the disk takes for so many bytes, one sync at the end."""
    path = os.path.join(folder, "baseline")
    data = os.urandom(block)
    began = time.monotonic()
    with open(path, "wb", buffering=0) as file:
        for at in range(0, total, block):
            file.write(data[:min(block, total - at)])
        os.fdatasync(file.fileno())
    seconds = time.monotonic() - began
    os.unlink(path)
    return seconds
