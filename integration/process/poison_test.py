"""One event in ten is no good, in five ways: behind a durable log, under load.
The producer hears of each that never became an event; each that a step fails on
is a dead letter; nothing else is missing, and nothing dies."""

import collections
import json
import os
import random
import sqlite3
import threading
import unittest

import harness

PIPELINE = """
name: poison
sources:
  - name: http
    http: {address: "127.0.0.1:${HTTP_PORT}", max_event_bytes: 4KiB}
steps:
  - name: plausible
    filter: data.v >= 0
sinks:
  - name: out
    file: out.ndjson
log:
  embedded: {path: log, max_bytes: 64MiB}
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

BATCHES = 100
BATCH = 100
PRODUCERS = 4

# What is refused at the door.
REFUSED = {
    "no JSON": b'{"v":',
    "too deep": b"[" * 1000 + b"]" * 1000,
    "too large": b'{"v":1,"pad":"' + b"x" * 5000 + b'"}',
    "no UTF-8": b'{"v":1,"pad":"\xff"}',
}
# What only a step finds out: it is acknowledged, and becomes a dead letter.
FAILING = "wrong type"


class Producer(threading.Thread):
    def __init__(self, run, number):
        super().__init__()
        self._run = run
        self._number = number
        self._chance = random.Random(number)
        self.good = []
        self.sent = collections.Counter()
        self.refused = 0
        self.problems = ["it ended early"]

    def run(self):
        problems = []
        for batch in range(BATCHES):
            lines, poisoned = self._make(batch)
            answer = self._run.post(b"\n".join(lines) + b"\n")
            found = json.loads(answer.body)
            told = [failure["line"] for failure in found.get("failures", [])]
            self.refused += found["rejected"]
            if answer.status != 200 or told != poisoned:
                problems.append((answer, poisoned))
        self.problems = problems

    def _make(self, batch):
        """Lines, and the numbers of those that the door must refuse."""
        lines, poisoned = [], []
        for i in range(BATCH):
            value = (self._number * BATCHES + batch) * BATCH + i
            kind = "good"
            if self._chance.random() < 0.1:
                kind = self._chance.choice([*REFUSED, FAILING])
            self.sent[kind] += 1
            if kind in REFUSED:
                poisoned.append(i + 1)
                lines.append(REFUSED[kind])
            elif kind == FAILING:
                lines.append(b'{"v":"%d"}' % value)
            else:
                self.good.append(value)
                lines.append(b'{"v":%d}' % value)
        return lines, poisoned


class PoisonTest(harness.ProcessTest):
    def letters(self):
        """Errors of the dead letters, by their original payload."""
        path = os.path.join(self.folder, "poison.dead-letters.db")
        with sqlite3.connect(path) as table:
            return dict(table.execute(
                "select payload, error_message from dead_letters"))

    def test_one_event_in_ten_is_no_good(self):
        run = self.start(PIPELINE)
        producers = [Producer(run, number) for number in range(PRODUCERS)]
        for producer in producers:
            producer.start()
        for producer in producers:
            producer.join()
            self.assertEqual(producer.problems, [])
        sent = sum((producer.sent for producer in producers),
                   collections.Counter())
        self.assertEqual(set(sent), {"good", FAILING, *REFUSED})
        harness.wait_until(
            lambda: run.count("phoenix_log_lag_events") == 0 and
            len(run.rows("out.ndjson")) == sent["good"], "delivered")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assert_conserved(run, received=sent["good"] + sent[FAILING],
                              delivered=sent["good"],
                              dead_lettered=sent[FAILING])
        self.assertEqual(sum(producer.refused for producer in producers),
                         sum(sent[kind] for kind in REFUSED))
        self.assertEqual(
            sorted(row["v"] for row in run.rows("out.ndjson")),
            sorted(value for producer in producers for value in producer.good))
        letters = self.letters()
        self.assertEqual(len(letters), sent[FAILING])
        for error in letters.values():
            self.assertIn("data.v", error)


if __name__ == "__main__":
    unittest.main()
