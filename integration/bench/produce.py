#!/usr/bin/env python3
"""P11: the Kafka sink alone against librdkafka's own rdkafka_performance.

  produce.py [--rounds N] [--records N]

Records of 256 bytes, idempotent, acknowledged by all replicas, to one topic of
three partitions on the same broker, the same linger. rdkafka_performance is
compiled from the examples that Debian ships beside librdkafka.
"""
import pathlib
import re
import subprocess
import sys

import bench

sys.path.append(str(bench.ROOT))
from integration.servers.control import Server

SINK = bench.BIN / "libs/sinks/kafka/produce_benchmark"
EXAMPLE = pathlib.Path("/usr/share/doc/librdkafka-dev/examples/"
                       "rdkafka_performance.c")

# What the example takes from headers that are not installed.
PRIVATE_HEADER = """
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define RD_MIN(a, b) ((a) < (b) ? (a) : (b))
#define RD_MAX(a, b) ((a) > (b) ? (a) : (b))
#define RD_UNUSED __attribute__((unused))
#define RD_NORETURN __attribute__((noreturn))
#define rd_snprintf snprintf
typedef int64_t rd_ts_t;
static inline rd_ts_t rd_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (rd_ts_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
"""


def compile_peer(folder):
    source = EXAMPLE.read_text()
    source = re.sub(r'#include "[^"]*rd\.h".*', '#include "rd.h"', source)
    source = re.sub(r'#include "[^"]*rdkafka\.h".*',
                    "#include <librdkafka/rdkafka.h>", source)
    source = re.sub(r'#include "[^"]*rdtime\.h".*', "", source)
    pathlib.Path(folder, "rd.h").write_text(PRIVATE_HEADER)
    pathlib.Path(folder, "peer.c").write_text(source)
    subprocess.run(["gcc", "-w", "-O2", f"-I{folder}", f"{folder}/peer.c",
                    "-o", f"{folder}/peer", "-lrdkafka", "-lm", "-lpthread"],
                   check=True)
    return f"{folder}/peer"


class Runs:
    def __init__(self, args, server, peer):
        self._args = args
        self._server = server
        self._peer = peer
        self._topics = 0

    def _new_topic(self):
        self._topics += 1
        self._server.tell(f"create produce-{self._topics} 3")
        return f"produce-{self._topics}"

    def peer(self):
        output = subprocess.run(
            [self._peer, "-P", "-t", self._new_topic(), "-b",
             self._server.address, "-s", "256", "-c", str(self._args.records),
             "-a", "-1", "-X", "enable.idempotence=true", "-X", "linger.ms=5"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True).stdout
        return {"events/s": float(re.findall(r"([\d.]+) msgs/s", output)[-1])}

    def sink(self):
        output = subprocess.run(
            [SINK, self._server.address, self._new_topic(),
             str(self._args.records)],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        return {"events/s": float(output)}


def main():
    parser = bench.parser(__doc__, rounds=5)
    parser.add_argument("--records", type=int, default=1_000_000)
    args = parser.parse_args()
    with bench.work_folder("produce-") as folder, \
            Server(bench.CONTROLLED_SERVER, "kafka") as server:
        runs = Runs(args, server, compile_peer(folder))
        runs.peer()  # The broker's first load is slower than all that follow.
        bench.compare({"rdkafka_performance": runs.peer, "sink": runs.sink},
                      args.rounds, "rdkafka_performance")


if __name__ == "__main__":
    main()
