#!/usr/bin/env python3
"""P6: W1 with a durable log against W1 without, in turn, in one run.

  durable.py [--rounds N] [--lines N] [--sample NDJSON] [--folder DIR]

The same sender, rules and outputs as w1.py by TCP; the log is in DIR, which is
to be on the disk that is measured, and acknowledges what is synced there. A run
counts from the start of the sender until every row is in the outputs, which
are on a tmpfs and have to be right. Beside it: how fast the disk writes as
many bytes as the log without compression has.
"""
import contextlib
import os
import pathlib
import subprocess
import time

import bench
import w1
import w1_data

LOG = """
log:
  embedded: {path: "%s", max_bytes: 16GiB, compression: %s}
"""
COMPRESSIONS = ("none", "lz4", "zstd")


def bytes_in(folder):
    return sum(path.stat().st_size
               for path in pathlib.Path(folder).glob("*.ndjson"))


class Runs:
    def __init__(self, args, folder):
        self._args = args
        self._folder = folder
        self._out_bytes = 0  # Of a right output, as the run without log has it.
        self._log_bytes = 0  # Of the log without compression.

    def memory(self):
        return self._measure("")

    def durable(self, compression):
        with bench.work_folder("log-", self._folder) as log:
            return self._measure(LOG % (log + "/log", compression))

    def disk(self):
        seconds = bench.disk_write(self._folder, self._log_bytes)
        rate = self._args.lines / seconds
        return {"events/s": rate, "acked events/s": rate,
                "CPU s/M": 0.0, "log MB": self._log_bytes / 1e6}

    def _measure(self, log):
        with w1.output_folder("2g") as out, \
                bench.work_folder("w1-") as folder:
            port = bench.free_port()
            os.environ.update(W1_TCP_PORT=str(port), W1_OUT=str(out),
                              W1_HTTP_PORT=str(bench.free_port()))
            text = (bench.HERE / "w1.yaml").read_text().replace(
                'admin_address: "off"\n', "")
            run = bench.Phoenix(folder, text + log).wait_until_ready()
            try:
                return self._send(run, port, out)
            finally:
                run.stop()

    def _send(self, run, port, out):
        cpu = run.cpu_seconds()
        began = time.monotonic()
        subprocess.run([bench.SEND, "tcp", str(port), self._args.input],
                       check=True)
        acked = time.monotonic() - began
        if not self._out_bytes:
            self._out_bytes = bytes_in(out)
        bench.wait_until(lambda: bytes_in(out) == self._out_bytes, "written")
        seconds = time.monotonic() - began
        with contextlib.redirect_stdout(None):
            if w1_data.check(out, self._args.sample, self._args.lines):
                raise RuntimeError("wrong output")
        written = run.written_bytes()
        self._log_bytes = max(self._log_bytes, written)
        lines = self._args.lines
        return {"events/s": lines / seconds, "acked events/s": lines / acked,
                "CPU s/M": (run.cpu_seconds() - cpu) / lines * 1e6,
                "log MB": written / 1e6}


def main():
    parser = bench.parser(__doc__, rounds=3)
    parser.add_argument("--lines", type=int, default=w1_data.DEFAULT_LINES)
    parser.add_argument("--sample")
    parser.add_argument("--folder", default="/var/tmp")
    args = parser.parse_args()
    with bench.work_folder("durable-", args.folder) as folder:
        args.input = os.path.join(folder, "input.ndjson")
        w1_data.make(args.input, args.sample, args.lines)
        runs = Runs(args, folder)
        kinds = {"memory": runs.memory}
        for compression in COMPRESSIONS:
            kinds[f"durable, {compression}"] = (
                lambda chosen=compression: runs.durable(chosen))
        kinds["disk alone"] = runs.disk
        bench.compare(kinds, args.rounds, "memory")


if __name__ == "__main__":
    main()
