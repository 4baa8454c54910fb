#!/usr/bin/env python3
"""W1 against its baselines, in turn, in one run.

  w1.py [--rounds N] [--lines N] [--sample NDJSON] [--doors tcp,http]
        [--peers loop,rsyslog] [--json FILE]

Runs Phoenix and each baseline one after the other, round by round, on the same
input, and prints for each the median of: events a second (from the start of
the sender until it ends, which is when everything was taken and written), CPU
seconds per million events (user and system time of the receiver alone), and
peak memory; then the ratios to the hand-written loop. A run whose rows are not
exactly right is an error, not a result.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import bench
import w1_data

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20
FINISH_SECONDS = 120


def wait_for_port(port, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"receiver ended with {process.returncode}")
        if is_listening(port):
            return
        time.sleep(0.005)
    raise RuntimeError(f"nothing listens on port {port}")


def is_listening(port):
    """Without connecting: the hand-written loop takes one connection only."""
    wanted = f":{port:04X} 00000000:0000 0A"
    return wanted in pathlib.Path("/proc/net/tcp").read_text()


def cpu_and_memory(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = stat.rsplit(")", 1)[1].split()
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines()
                if line.startswith("VmHWM"))
    return (int(fields[11]) + int(fields[12])) / TICKS, peak / 1024


class Receiver:
    """One system under test. `port` is where the sender sends."""

    door = "tcp"

    def __init__(self, out):
        self.out = out
        self.port = bench.free_port()

    def start(self):
        self.process = subprocess.Popen(
            self.command(), env={**os.environ, **self.environment()},
            stdout=subprocess.DEVNULL, stderr=sys.stderr)
        wait_for_port(self.port, self.process)

    def environment(self):
        return {}

    def finish(self, rows):
        """Waits until all rows are written; the loop does so before it ends
        the connection."""

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=FINISH_SECONDS)


class Loop(Receiver):
    name = "loop"

    def command(self):
        return [bench.BIN / "integration/bench/w1_loop", str(self.port),
                self.out]

    def stop(self):
        self.process.wait(timeout=FINISH_SECONDS)


class Phoenix(Receiver):
    name = "phoenix tcp"

    def command(self):
        return [bench.PHOENIX, "run",
                "--live", "off", HERE / "w1.yaml"]

    def environment(self):
        return {"W1_TCP_PORT": str(self.port),
                "W1_HTTP_PORT": str(bench.free_port()), "W1_OUT": str(self.out)}


class PhoenixHttp(Phoenix):
    name = "phoenix http"
    door = "http"

    def environment(self):
        return {"W1_HTTP_PORT": str(self.port),
                "W1_TCP_PORT": str(bench.free_port()), "W1_OUT": str(self.out)}


class Rsyslog(Receiver):
    name = "rsyslog"

    def command(self):
        self.work = tempfile.mkdtemp(prefix="w1-rsyslog-")
        template = (HERE / "w1_rsyslog.conf").read_text()
        config = pathlib.Path(self.work, "rsyslog.conf")
        config.write_text(template.replace("@PORT@", str(self.port))
                          .replace("@OUT@", str(self.out))
                          .replace("@WORK@", self.work))
        return ["rsyslogd", "-n", "-f", config, "-i", self.work + "/pid"]

    def finish(self, rows):
        deadline = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < deadline:
            if count_rows(self.out) >= rows:
                return
            time.sleep(0.1)

    def stop(self):
        super().stop()
        shutil.rmtree(self.work)


def count_rows(out):
    total = 0
    for path in pathlib.Path(out).glob("*.ndjson"):
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                total += block.count(b"\n")
    return total


@contextlib.contextmanager
def output_folder(size):
    """A tmpfs of limited size, or a plain folder where mounting is denied."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="w1-out-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", out],
        stderr=subprocess.DEVNULL).returncode == 0
    try:
        yield out
    finally:
        if mounted:
            subprocess.run(["umount", "-l", out], check=True)
        shutil.rmtree(out, ignore_errors=True)


def measure(kind, args, rows):
    with output_folder("2g") as out:
        receiver = kind(out)
        receiver.start()
        cpu_before, _ = cpu_and_memory(receiver.process.pid)
        connections = "4" if receiver.door == "http" else "1"
        sender = subprocess.Popen(
            [bench.SEND, receiver.door,
             str(receiver.port), args.input, connections])
        began = time.monotonic()
        # The loop ends with its connection: it is sampled until then.
        usage = (0.0, 0.0)
        while sender.poll() is None:
            with contextlib.suppress(OSError, StopIteration):
                usage = cpu_and_memory(receiver.process.pid)
            time.sleep(0.002)
        receiver.finish(rows)
        seconds = time.monotonic() - began
        with contextlib.suppress(OSError, StopIteration):
            usage = cpu_and_memory(receiver.process.pid)
        receiver.stop()
        if sender.returncode != 0:
            raise RuntimeError(f"{kind.name}: the sender failed")
        if w1_data.check(out, args.sample, args.lines) != 0:
            raise RuntimeError(f"{kind.name}: wrong output")
    millions = args.lines / 1e6
    return {"events_per_second": args.lines / seconds,
            "cpu_seconds_per_million": (usage[0] - cpu_before) / millions,
            "peak_mib": usage[1]}


def chosen(args):
    doors = {"tcp": Phoenix, "http": PhoenixHttp}
    peers = {"loop": Loop, "rsyslog": Rsyslog}
    names = [p for p in args.peers.split(",") if p]
    if "rsyslog" in names and shutil.which("rsyslogd") is None:
        sys.exit("rsyslogd is missing: run tools/dev setup")
    return [peers[p] for p in names] + [doors[d] for d in
                                        args.doors.split(",")]


def report(results):
    medians = {name: {key: statistics.median(run[key] for run in runs)
                      for key in runs[0]} for name, runs in results.items()}
    print(f"\n{'':14}{'events/s':>12}{'CPU s/M':>10}{'peak MiB':>10}"
          f"{'of loop':>9}")
    for name, row in medians.items():
        ratio = ""
        if "loop" in medians:
            pairs = [a["events_per_second"] / b["events_per_second"]
                     for a, b in zip(results[name], results["loop"])]
            ratio = f"{statistics.median(pairs):.2f}"
        print(f"{name:14}{row['events_per_second']:12,.0f}"
              f"{row['cpu_seconds_per_million']:10.2f}"
              f"{row['peak_mib']:10.1f}{ratio:>9}")
    return medians


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=w1_data.DEFAULT_LINES)
    parser.add_argument("--sample")
    parser.add_argument("--doors", default="tcp,http")
    parser.add_argument("--peers", default="loop,rsyslog")
    parser.add_argument("--json")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="w1-") as folder:
        args.input = os.path.join(folder, "input.ndjson")
        w1_data.make(args.input, args.sample, args.lines)
        rows = sum(c.total() for c in
                   w1_data.expected(args.sample, args.lines).values())
        print(f"{args.lines:,} events in, {rows:,} rows expected, "
              f"{args.rounds} rounds")
        kinds = chosen(args)
        results = {kind.name: [] for kind in kinds}
        for _ in range(args.rounds):
            for kind in kinds:
                with contextlib.redirect_stdout(None):
                    run = measure(kind, args, rows)
                results[kind.name].append(run)
                print(f"  {kind.name:14}{run['events_per_second']:12,.0f}"
                      " events/s", flush=True)
    medians = report(results)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(medians, indent=2))


if __name__ == "__main__":
    main()
