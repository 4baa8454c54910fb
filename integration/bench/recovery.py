#!/usr/bin/env python3
"""How long a log of some size takes to open after a kill, and how fast its
backlog is handed on, against the same events live.

  recovery.py [--gigabytes N] [--folder DIR]

Fills a log in DIR while its sink is away, kills the process, starts it again
with a sink that takes all, and waits until nothing lags. Then sends the same
lines live to such a pipeline, log included.
"""
import os
import subprocess
import time

import bench
import w1_data

PIPELINE = """
name: recovery
sources:
  - name: lines
    tcp: 127.0.0.1:%d
sinks:
  - name: out
    %s
log:
  embedded: {path: %s, max_bytes: 64GiB}
"""
AWAY = '{http: "http://127.0.0.1:1/"}'
INPUT_LINES = 500_000


class Runs:
    def __init__(self, args, folder):
        self._args = args
        self._folder = folder
        self._input = os.path.join(folder, "input.ndjson")
        w1_data.make(self._input, None, INPUT_LINES)
        self._passes = max(1, round(args.gigabytes * 1e9 /
                                    os.path.getsize(self._input)))
        self.events = self._passes * INPUT_LINES

    def _start(self, sink, log):
        self._port = bench.free_port()
        return bench.Phoenix(self._folder, PIPELINE % (
            self._port, sink.strip("{}"), log))

    def _send(self):
        for _ in range(self._passes):
            subprocess.run([bench.SEND, "tcp", str(self._port), self._input],
                           check=True)

    def fill(self):
        run = self._start(AWAY, "log").wait_until_ready()
        self._send()
        size = run.count("phoenix_log_size_bytes")
        run.kill()
        return size

    def recover(self):
        """Seconds until ready, and events a second from then on."""
        run = self._start("blackhole: {}", "log")
        run.wait_until_ready()
        ready = time.monotonic()
        # What was given to the sink before the kill is given again.
        bench.wait_until(lambda: run.settled() >= self.events, "at rest", 0.05)
        seconds = time.monotonic() - ready
        run.stop()
        return ready - run.began, self.events / seconds

    def live(self):
        run = self._start("blackhole: {}", "live").wait_until_ready()
        began = time.monotonic()
        self._send()
        bench.wait_until(lambda: run.settled() >= self.events, "at rest", 0.05)
        seconds = time.monotonic() - began
        run.stop()
        return self.events / seconds


def main():
    parser = bench.parser(__doc__, rounds=1)
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--folder", default="/var/tmp")
    args = parser.parse_args()
    with bench.work_folder("recovery-", args.folder) as folder:
        runs = Runs(args, folder)
        size = runs.fill()
        ready, replay = runs.recover()
        live = runs.live()
    bench.print_table({f"{runs.events:,} events": {
        "log GB": size / 1e9, "start to ready, s": ready,
        "replay events/s": replay, "live events/s": live,
        "replay of live": replay / live}})


if __name__ == "__main__":
    main()
