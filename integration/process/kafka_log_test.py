"""With a log in Kafka: what was acknowledged comes out, whichever process dies,
and processes with one group share the work."""

import json
import os
import signal
import tempfile
import threading
import unittest

import kafka_harness  # First: it takes its own argument.
import harness
from harness import lines_of

PIPELINE = """
name: shared
sources:
  - name: http
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 2s}
steps:
  - name: wanted
    filter: data.v >= 0
sinks:
  - name: out
    %s
log:
  kafka:
    brokers: ${KAFKA_BROKERS}
    topic: ${TOPIC}
    create_topic: {partitions: 4, replication_factor: 1}
    commit_interval: 100ms
    librdkafka:
      session.timeout.ms: "${SESSION:-6000}"
      heartbeat.interval.ms: "500"
limits:
  drain_timeout: 5s
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

CLEANER = """
name: cleaner
sources:
  - name: none
    file: none.ndjson
sinks:
  - name: topic
    kafka:
      brokers: ${KAFKA_BROKERS}
      topic: ${TOPIC}
      create_topic: {partitions: 4, delete_at_end: true}
"""

FILE = "file: out.ndjson"
AWAY = "http: http://127.0.0.1:${SINK_PORT}/"


class KafkaLogTest(kafka_harness.KafkaTest):
    def start_with(self, sink, folder=None, **more):
        run = harness.Phoenix(folder or self.folder, PIPELINE % sink,
                              {"KAFKA_BROKERS": self.brokers,
                               "TOPIC": self.topic, **more})
        self.addCleanup(run.process.wait)
        self.addCleanup(run.process.kill)
        return run.wait_until_ready()

    def values_of(self, *runs):
        return [row["v"] for run in runs for row in run.rows("out.ndjson")]

    def test_an_acknowledgement_says_what_the_topic_promises(self):
        run = self.start_with(FILE)
        answer = json.loads(run.post(lines_of([{"v": 1}, {"v": -1}])).body)
        # One broker has one copy.
        self.assertEqual(answer, {"accepted": 2, "rejected": 0,
                                  "ack_level": "OS"})
        harness.wait_until(lambda: self.values_of(run) == [1], "delivered")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assert_conserved(run, received=2, logged=2, recovered=2,
                              delivered=1, filtered=1)

    def test_what_was_acknowledged_outlives_a_kill(self):
        run = self.start_with(AWAY)
        sent = list(range(500))
        for value in sent:
            answer = run.post(lines_of([{"v": value}]))
            self.assertEqual(answer.status, 200, answer.body)
        run.signal(signal.SIGKILL).wait()
        run = self.start_with(FILE)
        harness.wait_until(
            lambda: set(self.values_of(run)) == set(sent), "delivered")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_says_that_it_waits_for_a_process_that_was_killed(self):
        run = self.start_with(FILE, SESSION=20000)
        self.assertEqual(run.post(lines_of([{"v": 1}])).status, 200)
        harness.wait_until(lambda: self.values_of(run) == [1], "delivered")
        run.signal(signal.SIGKILL).wait()
        run = self.start_with(FILE, SESSION=20000)
        harness.wait_until(
            lambda: b"session.timeout.ms, 20000" in run.get("/readyz").body,
            "told")
        # It takes events all the same.
        self.assertEqual(run.post(lines_of([{"v": 2}])).status, 200)
        harness.wait_until(lambda: 2 in self.values_of(run), "delivered",
                           timeout=2 * harness.DEADLINE_SECONDS)
        run.wait_until_ready()
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertIn("Nothing of the log is read yet", run.text("stderr"))

    def test_another_process_hands_on_what_a_killed_one_has_taken(self):
        other_folder = tempfile.mkdtemp(dir=self.folder)
        one = self.start_with(FILE)
        other = self.start_with(FILE, other_folder)
        acked = []
        stopping = threading.Event()

        def load(run, first):
            value = first
            while not stopping.is_set():
                try:
                    answer = run.post(lines_of([{"v": value}]))
                except OSError:
                    return
                if answer.status == 200:
                    acked.append(value)
                value += 1

        producers = [threading.Thread(target=load, args=(run, first))
                     for run, first in ((one, 0), (one, 1_000_000),
                                        (other, 2_000_000))]
        for producer in producers:
            producer.start()
        harness.wait_until(lambda: self.values_of(other) and len(acked) > 500,
                           "shared")
        one.signal(signal.SIGKILL).wait()
        killed_at = len(acked)
        harness.wait_until(lambda: len(acked) > killed_at + 100, "going on")
        stopping.set()
        for producer in producers:
            producer.join()
        harness.wait_until(
            lambda: set(acked) <= set(self.values_of(one, other)), "delivered",
            timeout=2 * harness.DEADLINE_SECONDS)
        self.assertEqual(other.stop(), 0, other.text("stderr"))
        self.assertEqual(other.ledger()["unaccounted"], 0)

    def delete_topic(self):
        """As somebody who cleans up would."""
        folder = tempfile.mkdtemp(dir=self.folder)
        with open(os.path.join(folder, "none.ndjson"), "w", encoding="utf-8"):
            pass
        run = harness.Phoenix(folder, CLEANER,
                              {"KAFKA_BROKERS": self.brokers,
                               "TOPIC": self.topic})
        self.assertEqual(run.wait(), 0, run.text("stderr"))

    def post_values(self, run, values):
        for value in values:
            answer = run.post(lines_of([{"v": value}]))
            self.assertEqual(answer.status, 200, answer.body)

    def assert_delivers(self, run, values):
        harness.wait_until(lambda: set(self.values_of(run)) >= set(values),
                           "delivered", timeout=2 * harness.DEADLINE_SECONDS)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual(run.ledger()["unaccounted"], 0)

    def test_a_topic_made_anew_brings_new_events(self):
        run = self.start_with(FILE)
        self.post_values(run, range(20))
        harness.wait_until(lambda: len(self.values_of(run)) == 20, "delivered")
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.delete_topic()
        # At the offsets of those before, and beyond.
        run = self.start_with(FILE)
        self.post_values(run, range(20, 60))
        self.assert_delivers(run, range(60))
        self.assertEqual(sorted(self.values_of(run)), list(range(60)))

    def test_a_topic_may_be_made_anew_beside_a_process_that_runs(self):
        run = self.start_with(FILE)
        self.post_values(run, range(20))
        harness.wait_until(lambda: len(self.values_of(run)) == 20, "delivered")
        self.delete_topic()
        other = self.start_with(FILE, tempfile.mkdtemp(dir=self.folder))
        self.assertEqual(other.stop(), 0, other.text("stderr"))
        # Before it notices some may be delivered, which come again.
        self.post_values(run, range(20, 60))
        self.assert_delivers(run, range(60))

    def test_a_file_is_refused_that_asks_for_what_is_not_there(self):
        run = self.start_with(FILE)
        self.assertEqual(run.stop(), 0)
        more = harness.Phoenix(
            self.folder, (PIPELINE % FILE).replace("partitions: 4",
                                                   "partitions: 9"),
            {"KAFKA_BROKERS": self.brokers, "TOPIC": self.topic})
        self.assertEqual(more.wait(), 69, more.text("stderr"))
        self.assertIn("it has 4 partitions, expected 9", more.text("stderr"))


if __name__ == "__main__":
    unittest.main()
