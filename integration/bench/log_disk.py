#!/usr/bin/env python3
"""Appends of 1 MiB batches to the log against fio's sequential write.

  log_disk.py [--rounds N] [--folder DIR]

Both write 256 MiB in DIR: fio in blocks of 1 MiB with one sync at the end, and
with an fdatasync for as much as the log usually takes into one group; the log
with one for each group, as it does before it acknowledges.
"""
import json
import os
import subprocess

import bench

LOG_BENCHMARK = bench.BIN / "libs/log/embedded/log_benchmark"
GROUP_BLOCKS = 13


def fio(folder, *arguments):
    output = subprocess.run(
        ["fio", "--name=sequential", f"--directory={folder}", "--rw=write",
         "--bs=1M", "--size=256M", "--ioengine=psync", "--unlink=1",
         "--output-format=json", *arguments],
        check=True, capture_output=True, text=True).stdout
    job = json.loads(output[output.index("{"):])["jobs"][0]
    return {"MB/s": job["write"]["bw_bytes"] / 1e6}


def append(folder):
    output = subprocess.run(
        [LOG_BENCHMARK, "--benchmark_filter=^Append",
         "--benchmark_format=json"], check=True, capture_output=True,
        text=True, env={**os.environ, "TMPDIR": folder}).stdout
    found = json.loads(output)["benchmarks"][0]
    return {"MB/s": found["bytes_per_second"] / 1e6}


def main():
    parser = bench.parser(__doc__, rounds=5)
    parser.add_argument("--folder", default="/var/tmp")
    args = parser.parse_args()
    with bench.work_folder("log-", args.folder) as folder:
        bench.compare({
            "fio, a sync a group": lambda: fio(
                folder, f"--fdatasync={GROUP_BLOCKS}", "--end_fsync=1"),
            "fio, one sync": lambda: fio(folder, "--end_fsync=1"),
            "log": lambda: append(folder),
        }, args.rounds, "fio, a sync a group", "MB/s")


if __name__ == "__main__":
    main()
