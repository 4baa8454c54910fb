"""A log on a small disk that fills up: it refuses what is new, or gives up what
is oldest, as its file says; it heals by itself once its sinks have what it
holds, also when a run begins on the full disk; and the books of every run are
right."""

import json
import os
import signal
import subprocess
import unittest

import harness
from harness import lines_of

PIPELINE = """
name: full
sources:
  - name: door
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 100ms}
sinks:
  - name: away
    http: {url: "http://127.0.0.1:${SINK_PORT}/", timeout: 10m}
log:
  embedded: {path: disk/log, max_bytes: 64MiB, when_full: %s}
limits:
  buffer_bytes: 1MiB
  drain_timeout: 1s
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

DISK_BYTES = 6 << 20  # Less than one segment: the log is its newest one.
BATCH = 100
BATCHES = 200  # More than the disk has room for.


class FullLogTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.sent = 0
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES, "phoenix",
             disk], capture_output=True, text=True)
        self.assertEqual(mounted.returncode, 0, "this test needs root, to "
                         "mount a small disk: " + mounted.stderr)
        self.addCleanup(subprocess.run, ["umount", "-l", disk])

    def destination(self, run):
        destination = harness.Destination(run.ports["SINK_PORT"])
        self.addCleanup(destination.close)
        return destination

    def send(self, run):
        answer = run.post(lines_of({"n": self.sent + i, "pad": "x" * 500}
                                   for i in range(BATCH)))
        if answer.status == 200:
            self.sent += BATCH
        return answer

    def fill(self, run):
        """Sends until the disk is full, and returns the refusal."""
        for _ in range(BATCHES):
            answer = self.send(run)
            if answer.status != 200:
                return answer
        self.fail("the disk never was full")

    def fill_rest(self):
        """What the log has left of the disk others take."""
        with open(os.path.join(self.folder, "disk", "ballast"), "wb",
                  buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                return

    def assert_refused(self, answer):
        self.assertEqual(answer.status, 429, answer.body)
        self.assertIn("Retry-After", answer.headers)
        self.assertIn(b"log 'full'", answer.body)

    def wait_until_it_takes_events(self, run):
        harness.wait_until(lambda: self.send(run).status == 200, "room")

    def wait_for_all(self, destination):
        harness.wait_until(
            lambda: len({json.loads(row)["n"]
                         for row in destination.rows}) == self.sent,
            "everything that was acknowledged")

    def assert_all_delivered(self, run, received):
        """But for what the log refused when the door had it already."""
        ledger = run.ledger()
        self.assertEqual(ledger["unaccounted"], 0)
        self.assertEqual(ledger["delivered"], self.sent)
        self.assertEqual(ledger["received"] - ledger.get("retry", 0), received)

    def test_a_full_disk_heals_once_the_sinks_have_what_the_log_holds(self):
        run = self.start(PIPELINE % "block")
        destination = self.destination(run)
        destination.hold.clear()
        self.assert_refused(self.fill(run))
        self.fill_rest()
        self.assert_refused(self.send(run))
        harness.wait_until(
            lambda: b"log: refuses events: " in run.get("/readyz").body,
            "not ready")
        self.assertEqual(run.get("/readyz").status, 503)
        harness.wait_until(lambda: run.count("phoenix_log_refusing") == 1,
                           "the metric")
        destination.hold.set()
        # Though nobody sends anything, for it is not ready.
        run.wait_until_ready()
        harness.wait_until(lambda: run.count("phoenix_log_refusing") == 0,
                           "the metric")
        self.wait_until_it_takes_events(run)
        self.wait_for_all(destination)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assert_all_delivered(run, self.sent)

    def test_a_run_begins_on_a_full_disk(self):
        run = self.start(PIPELINE % "block")
        self.fill(run)
        run.signal(signal.SIGKILL).wait()
        self.fill_rest()
        run = self.start(PIPELINE % "block")
        self.assert_refused(self.send(run))
        destination = self.destination(run)
        found = self.sent
        self.wait_for_all(destination)
        self.wait_until_it_takes_events(run)
        self.wait_for_all(destination)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["recovered"], found)
        self.assert_all_delivered(run, self.sent - found)

    def test_the_oldest_are_dropped_from_a_full_disk(self):
        run = self.start(PIPELINE % "drop_oldest")
        for _ in range(BATCHES):
            self.assertEqual(self.send(run).status, 200)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        ledger = run.ledger()
        self.assertEqual(ledger["unaccounted"], 0)
        self.assertEqual(ledger["dropped"] + ledger["waiting"],
                         self.sent - ledger["delivered"])
        self.assertRegex(run.text("stderr"),
                         "log: .* events given up before they were final")
        run = self.start(PIPELINE % "drop_oldest")
        destination = self.destination(run)
        harness.wait_until(
            lambda: len(destination.rows) == ledger["waiting"], "the rest")
        self.assertEqual(max(json.loads(row)["n"] for row in destination.rows),
                         self.sent - 1)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assert_conserved(run, received=0, recovered=ledger["waiting"],
                              delivered=ledger["waiting"])


if __name__ == "__main__":
    unittest.main()
