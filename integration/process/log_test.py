"""With a log, acknowledged means durable: what was acknowledged comes out,
however the run ended, and every acknowledgement says what it is worth."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import unittest

import harness
from harness import lines_of

PUBLISH = os.path.abspath(sys.argv.pop(1))

PIPELINE = """
name: durable
sources:
  - name: http
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 100ms}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
  - name: grpc
    grpc: 127.0.0.1:${GRPC_PORT}
steps:
  - name: wanted
    filter: data.v >= 0
sinks:
  - name: out
    %s
log:
  embedded: {path: log, max_bytes: 16MiB, sync: %s}
limits:
  drain_timeout: 500ms
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

FILE = "file: out.ndjson"
AWAY = "http: http://127.0.0.1:${SINK_PORT}/"

BODY = lines_of([{"v": 1}, {"v": -1}, {"v": 2}])
DELIVERED = [{"v": 1}, {"v": 2}]


class LogTest(harness.ProcessTest):
    def start_with(self, sink, sync="disk"):
        return self.start(PIPELINE % (sink, sync))

    def wait_until_at_rest(self, run):
        harness.wait_until(
            lambda: run.count("phoenix_pipeline_in_flight_events") == 0,
            "at rest")

    def test_every_door_says_how_durable_its_events_are(self):
        for sync, level in (("disk", "DISK"), ("os", "OS")):
            with self.subTest(sync=sync):
                run = self.start_with(FILE, sync)
                answer = json.loads(run.post(BODY).body)
                self.assertEqual(answer, {"accepted": 3, "rejected": 0,
                                          "ack_level": level})
                with run.connect() as door:
                    door.sendall(BODY)
                    door.shutdown(socket.SHUT_WR)
                    _, receipt = harness.split_replies(
                        harness.read_to_end(door))
                self.assertEqual(receipt,
                                 {"final_lines": 3, "ack_level": level})
                published = subprocess.run(
                    [PUBLISH, "127.0.0.1:%d" % run.ports["GRPC_PORT"]],
                    input=BODY, capture_output=True, check=True,
                    timeout=harness.DEADLINE_SECONDS)
                self.assertEqual(json.loads(published.stdout),
                                 {"ackLevel": "ACK_LEVEL_" + level})
                self.assertEqual(run.stop(), 0)
                self.assert_conserved(run, received=9, delivered=6, filtered=3)

    def test_what_was_acknowledged_outlives_a_kill(self):
        run = self.start_with(AWAY)
        self.assertEqual(run.post(BODY).status, 200)
        run.signal(signal.SIGKILL).wait()
        run = self.start_with(FILE)
        self.wait_until_at_rest(run)
        self.assertEqual(
            run.count("phoenix_pipeline_recovered_events_total"), 3)
        self.assertEqual(run.stop(), 0)
        self.assertEqual(run.rows("out.ndjson"), DELIVERED)
        self.assert_conserved(run, received=0, recovered=3, delivered=2,
                              filtered=1)

    def test_what_is_not_delivered_in_time_waits_for_the_next_run(self):
        run = self.start_with(AWAY)
        self.assertEqual(run.post(BODY).status, 200)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertIn("safe in the log", run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)
        self.assertGreaterEqual(run.ledger()["waiting"], 2)
        run = self.start_with(FILE)
        self.wait_until_at_rest(run)
        self.assertEqual(run.stop(), 0)
        self.assertEqual(run.rows("out.ndjson"), DELIVERED)

    def test_what_was_delivered_does_not_come_again(self):
        run = self.start_with(FILE)
        self.assertEqual(run.post(BODY).status, 200)
        self.assertEqual(run.stop(), 0)
        run = self.start_with(FILE)
        self.assertEqual(run.stop(), 0)
        self.assertEqual(run.rows("out.ndjson"), DELIVERED)
        self.assert_conserved(run, received=0)

    def test_a_full_log_pushes_back_and_names_the_sink(self):
        run = self.start_with(AWAY)
        body = lines_of([{"v": 1, "pad": "x" * 4000}] * 25)

        def refused():
            answer = run.post(body)
            return answer if answer.status != 200 else None
        answer = harness.wait_until(refused, "refused")
        self.assertEqual(answer.status, 429, answer.body)
        self.assertIn("Retry-After", answer.headers)
        self.assertIn(b"sink 'out'", answer.body)
        self.assertIn(b"log", answer.body)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_the_log_has_metrics(self):
        run = self.start_with(FILE)
        self.assertEqual(run.post(BODY).status, 200)
        self.wait_until_at_rest(run)
        harness.wait_until(
            lambda: run.count("phoenix_log_appended_events_total") == 3,
            "published")
        self.assertGreater(run.count("phoenix_log_size_bytes"), 0)
        self.assertGreater(run.count("phoenix_log_syncs_total"), 0)
        self.assertEqual(run.count("phoenix_log_lag_events"), 0)
        self.assertEqual(run.count("phoenix_unaccounted_events"), 0)

    def test_a_log_that_another_process_uses(self):
        first = self.start_with(FILE)
        text = PIPELINE % (FILE, "disk")
        second = self.launch(text.replace("out.ndjson", "other.ndjson"))
        self.assertEqual(second.wait(), 69)
        self.assertRegex(second.text("stderr"),
                         re.compile(r"log 'durable': .*%d" %
                                    first.process.pid))


if __name__ == "__main__":
    unittest.main()
