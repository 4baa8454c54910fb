"""A sink that stands still and whose queue goes on on disk holds nobody up:
not the other sinks, not the producers. What waits is delivered in order when
the sink is back, or by the next run, however this one ended."""

import json
import re
import signal
import subprocess
import unittest

import harness
from harness import lines_of

PIPELINE = """
name: queues
sources:
  - name: door
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 200ms}
sinks:
  - name: slow
    http: {url: "http://127.0.0.1:${SINK_PORT}/", timeout: %(timeout)s}
    queue:
      bytes: 64KiB
      spill: {path: queues/slow, max_bytes: %(max_bytes)s}
      when_full: %(when_full)s
  - name: fast
    file: {path: fast.ndjson, sync: true}
%(log)s
limits:
  buffer_bytes: 2MiB
  lane_count: 1
  drain_timeout: 500ms
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

LOG = "log:\n  embedded: {path: log, max_bytes: 16MiB}\n"

BATCH = 100


def pipeline(timeout="10m", max_bytes="64MiB", when_full="block", log=LOG):
    return PIPELINE % locals()


def event(number, bytes):
    return {"n": number, "pad": "x" * bytes}


class SinkQueueTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.sent = 0

    def destination(self, run):
        destination = harness.Destination(run.ports["SINK_PORT"])
        self.addCleanup(destination.close)
        return destination

    def send(self, run, batches, bytes=500):
        """Ends with the first refusal, and returns it."""
        for _ in range(batches):
            answer = run.post(lines_of(event(self.sent + i, bytes)
                                       for i in range(BATCH)))
            if answer.status != 200:
                return answer
            self.sent += BATCH
            self.ack_level = json.loads(answer.body)["ack_level"]
        return None

    def wait_for_rows(self, run, name, count):
        harness.wait_until(lambda: len(run.rows(name)) >= count,
                           "%d rows in %s" % (count, name))

    def numbers(self, rows):
        """In the order in which each came first."""
        return list(dict.fromkeys(json.loads(row)["n"] for row in rows))

    def wait_for_all(self, destination):
        harness.wait_until(
            lambda: len(self.numbers(destination.rows)) >= self.sent,
            "everything at the slow sink")
        self.assertEqual(self.numbers(destination.rows),
                         list(range(self.sent)))

    def bound(self, run):
        """The memory that `phoenix check` promises."""
        text = subprocess.run(
            [harness.BINARY, "check", run.pipeline], cwd=run.folder,
            env=run.environment, capture_output=True, check=True,
            text=True).stdout
        number, unit = re.search(r"at most ([\d.]+)(\w+)", text).groups()
        return float(number) * {"MiB": 1 << 20, "GiB": 1 << 30}[unit]

    def test_a_sink_that_stalls_holds_nobody_up(self):
        for log, level in ((LOG, "DISK"), ("", "DISK")):
            with self.subTest(log=log):
                self.setUp()
                run = self.start(pipeline(log=log))
                destination = self.destination(run)
                destination.hold.clear()
                # Many times what the memory of queue and pipeline holds.
                self.assertIsNone(self.send(run, 200))
                self.assertEqual(self.ack_level, level)
                self.wait_for_rows(run, "fast.ndjson", self.sent)
                self.assertEqual(destination.rows, [])
                self.assertGreater(
                    run.count("phoenix_buffer_max_size_bytes",
                              buffer_name="slow"), 0)
                waiting = harness.wait_until(
                    lambda: run.count("phoenix_sink_queue_waiting_events",
                                      component_name="slow"), "waiting")
                self.assertGreater(waiting, self.sent // 2)
                self.assertLess(run.peak_bytes(), self.bound(run))
                destination.hold.set()
                self.wait_for_all(destination)
                harness.wait_until(lambda: run.count(
                    "phoenix_sink_queue_waiting_events") == 0, "an empty queue")
                self.assertEqual(run.count("phoenix_unaccounted_events"), 0)
                self.assertEqual(run.stop(), 0, run.text("stderr"))
                self.assertEqual(run.ledger()["unaccounted"], 0)
                self.assertEqual(
                    run.ledger()["delivered"] + run.ledger()["queued"],
                    self.sent)

    def test_what_waits_on_disk_outlives_a_kill(self):
        for log in (LOG, ""):
            with self.subTest(log=log):
                self.setUp()
                run = self.start(pipeline(log=log))
                held = self.destination(run)
                held.hold.clear()
                self.assertIsNone(self.send(run, 60))
                run.signal(signal.SIGKILL).wait()
                held.close()
                run = self.start(pipeline(log=log))
                destination = self.destination(run)
                self.assertIsNone(self.send(run, 3))
                self.wait_for_all(destination)
                self.assertEqual(run.stop(), 0, run.text("stderr"))
                self.assertIn("found on disk", run.text("stderr"))
                self.assertEqual(run.ledger()["unaccounted"], 0)
                # The other sink has each once, the log or not.
                self.assertEqual(
                    [row["n"] for row in run.rows("fast.ndjson")],
                    list(range(self.sent)))

    def test_what_is_not_delivered_in_time_waits_for_the_next_run(self):
        run = self.start(pipeline())
        held = self.destination(run)
        held.hold.clear()
        self.assertIsNone(self.send(run, 20))
        self.wait_for_rows(run, "fast.ndjson", self.sent)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertIn("what waits is safe on disk", run.text("stderr"))
        held.close()
        run = self.start(pipeline())
        self.wait_for_all(self.destination(run))
        self.assertEqual(run.stop(), 0, run.text("stderr"))

    def fill(self, when_full):
        run = self.start(pipeline(max_bytes="1MiB", when_full=when_full))
        destination = self.destination(run)
        destination.hold.clear()
        return run, destination

    def test_a_full_queue_that_blocks_pushes_back_and_names_the_sink(self):
        run, destination = self.fill("block")
        answer = harness.wait_until(lambda: self.send(run, 100, 4000),
                                    "refused")
        self.assertEqual(answer.status, 429, answer.body)
        self.assertIn("Retry-After", answer.headers)
        self.assertIn(b"sink 'slow'", answer.body)
        harness.wait_until(
            lambda: b"queue of sink 'slow'" in run.get("/readyz").body,
            "not ready for its sake")
        destination.hold.set()
        self.wait_for_all(destination)
        run.wait_until_ready()
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_a_full_queue_gives_to_the_dead_letters(self):
        run, destination = self.fill("dead_letter")
        self.assertIsNone(self.send(run, 30, 4000))
        self.wait_for_rows(run, "fast.ndjson", self.sent)
        destination.hold.set()
        turned_away = harness.wait_until(
            lambda: run.count("phoenix_sink_queue_turned_away_events_total"),
            "turned away")
        harness.wait_until(
            lambda: len(self.numbers(destination.rows)) ==
            self.sent - run.settled("dead_lettered"), "the others")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["dead_lettered"], turned_away)
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_a_full_queue_drops_the_newest(self):
        run, destination = self.fill("drop_newest")
        self.assertIsNone(self.send(run, 30, 4000))
        self.wait_for_rows(run, "fast.ndjson", self.sent)
        harness.wait_until(
            lambda: run.count("phoenix_sink_queue_turned_away_events_total"),
            "turned away")
        destination.hold.set()
        harness.wait_until(
            lambda: len(self.numbers(destination.rows)) == self.sent -
            run.count("phoenix_sink_queue_turned_away_events_total"),
            "the others")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_a_full_queue_drops_the_oldest(self):
        run, destination = self.fill("drop_oldest")
        # More than disk and memory keep.
        self.assertIsNone(self.send(run, 40, 4000))
        self.wait_for_rows(run, "fast.ndjson", self.sent)
        destination.hold.set()
        harness.wait_until(
            lambda: self.numbers(destination.rows)[-1:] == [self.sent - 1],
            "the newest")
        # The reader counts them as it passes over what was dropped.
        harness.wait_until(
            lambda: len(self.numbers(destination.rows)) == self.sent -
            run.count("phoenix_sink_queue_missing_events_total"), "missing")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertIn(" given up", run.text("stderr"))
        self.assertIn("(when_full: drop_oldest)", run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)


if __name__ == "__main__":
    unittest.main()
