#!/usr/bin/env python3
"""W3: a Kafka topic, W1's filter and map, another topic; against the smallest
loop over librdkafka and simdjson on the same broker.

  w3.py [--rounds N] [--records N] [--partitions N] [--sample NDJSON]

Counts from the first record until the broker has the last. A run whose records
are not exactly right is an error, not a result.
"""
import collections
import json
import os
import resource
import subprocess
import sys
import time

import bench
import w1_data

sys.path.append(str(bench.ROOT))
from integration.servers.control import Server

LOOP = bench.BIN / "integration/bench/w3_loop"


class Runs:
    def __init__(self, args, server, folder):
        self._args = args
        self._server = server
        self._folder = folder
        self._topics = 0
        self._want = collections.Counter()
        for rows in w1_data.expected(args.sample, args.records).values():
            self._want.update(rows)
        self.fill()

    def fill(self):
        path = os.path.join(self._folder, "input.ndjson")
        w1_data.make(path, self._args.sample, self._args.records)
        self._create("from")
        subprocess.run([LOOP, "fill", self._server.address, "from", path],
                       check=True, stdout=subprocess.DEVNULL)

    def _create(self, topic):
        self._server.tell(f"create {topic} {self._args.partitions}")

    def _new_topic(self):
        self._topics += 1
        topic = f"to-{self._topics}"
        self._create(topic)
        return topic

    def loop(self):
        topic = self._new_topic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = float(subprocess.run(
            [LOOP, "copy", self._server.address, "from", topic,
             str(self._args.partitions), str(self._args.records)],
            check=True, stdout=subprocess.PIPE).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = (after.ru_utime + after.ru_stime - before.ru_utime -
               before.ru_stime)
        return self._row(topic, seconds, cpu)

    def phoenix(self):
        topic = self._new_topic()
        os.environ.update(W3_BROKERS=self._server.address, W3_FROM="from",
                          W3_TO=topic)
        run = bench.Phoenix(self._folder,
                            (bench.HERE / "w3.yaml").read_text())
        run.wait_until_ready()
        received = "phoenix_pipeline_received_events_total"
        first = bench.wait_until(lambda: run.count(received), "begun")
        began = time.monotonic()
        # Looking costs it time: seldom, and often only towards the end.
        for part, pause in ((0.9, 0.5), (1, 0.05)):
            want = part * self._args.records
            bench.wait_until(lambda: run.settled() >= want, "done", pause)
        # Of what came between two looks at the page.
        share = (self._args.records - first) / self._args.records
        seconds = (time.monotonic() - began) / share
        cpu = run.cpu_seconds()
        run.stop()
        return self._row(topic, seconds, cpu)

    def _row(self, topic, seconds, cpu):
        self._check(topic)
        millions = self._args.records / 1e6
        return {"events/s": self._args.records / seconds,
                "CPU s/M": cpu / millions}

    def _check(self, topic):
        path = os.path.join(self._folder, "values")
        self._server.tell(f"read {topic} {self._args.partitions} {path}")
        got = collections.Counter()
        with open(path, "rb") as file:
            for line, count in collections.Counter(file).items():
                got[w1_data.canonical(json.loads(line))] += count
        if got != self._want:
            raise RuntimeError(f"{topic}: wrong records")


def main():
    parser = bench.parser(__doc__, rounds=3)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--partitions", type=int, default=3)
    parser.add_argument("--sample")
    args = parser.parse_args()
    with bench.work_folder("w3-") as folder, \
            Server(bench.CONTROLLED_SERVER, "kafka") as server:
        runs = Runs(args, server, folder)
        bench.compare({"loop": runs.loop, "phoenix": runs.phoenix},
                      args.rounds, "loop")


if __name__ == "__main__":
    main()
