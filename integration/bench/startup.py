#!/usr/bin/env python3
"""How long `phoenix run` takes to its first accepted event, and what it holds
when idle.

  startup.py [--rounds N] [--json FILE]

Starts examples/telemetry.yaml's doors without the simulator, posts one event as
soon as the port answers, and measures from the start of the process to the 200;
then waits until the process is idle and reads its resident memory. The goals
stand beside the medians.
"""
import argparse
import http.client
import json
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

import bench

PHOENIX = bench.PHOENIX
GOAL_SECONDS = 0.3
GOAL_IDLE_MB = 25
IDLE_SECONDS = 2
GIVE_UP_SECONDS = 20

PIPELINE = """
name: startup
sources:
  - name: door
    http: {{address: "127.0.0.1:{http}"}}
  - name: api
    grpc: {{address: "127.0.0.1:{grpc}"}}
steps:
  - name: plausible
    filter: data.temperature < 200.0
sinks:
  - name: archive
    file: {{path: "{folder}/archive.ndjson"}}
  - name: failed
    file: {{path: "{folder}/failed.ndjson"}}
dead_letter: failed
admin_address: "127.0.0.1:{admin}"
"""


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def post_until_accepted(port, deadline):
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("POST", "/", '{"temperature":20}\n',
                               {"Content-Type": "application/x-ndjson"})
            if connection.getresponse().status == 200:
                return time.monotonic()
        except OSError:
            time.sleep(0.001)
        finally:
            connection.close()
    raise RuntimeError("no event was accepted")


def resident_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines()
                if line.startswith("VmRSS")) * 1024 / 1e6


def measure():
    with tempfile.TemporaryDirectory() as folder:
        door, api, admin = free_ports(3)
        config = pathlib.Path(folder, "startup.yaml")
        config.write_text(PIPELINE.format(http=door, grpc=api, admin=admin,
                                          folder=folder))
        began = time.monotonic()
        process = subprocess.Popen(
            [PHOENIX, "run", "--live", "off", "--log-level", "warn", config],
            stdout=subprocess.DEVNULL)
        try:
            accepted = post_until_accepted(door, began + GIVE_UP_SECONDS)
            time.sleep(IDLE_SECONDS)
            idle = resident_mb(process.pid)
        finally:
            process.terminate()
            process.wait(timeout=GIVE_UP_SECONDS)
    return {"seconds": accepted - began, "idle_mb": idle}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    args = parser.parse_args()
    runs = [measure() for _ in range(args.rounds)]
    medians = {key: statistics.median(run[key] for run in runs)
               for key in runs[0]}
    print(f"start to first accepted event: {medians['seconds']:.3f} s "
          f"(goal {GOAL_SECONDS})")
    print(f"idle memory: {medians['idle_mb']:.1f} MB "
          f"(goal {GOAL_IDLE_MB})")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(medians, indent=2))


if __name__ == "__main__":
    main()
