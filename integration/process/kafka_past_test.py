"""The past of a log in Kafka, and dead letters in a topic of Kafka: asked,
replayed and dropped beside processes that run, by the program as its users call
it."""

import json
import os
import subprocess
import unittest

import kafka_harness  # First: it takes its own argument.
import harness
from harness import lines_of

PIPELINE = """
name: past
admin_address: 127.0.0.1:${ADMIN_PORT}
sources:
  - name: door
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 2s}
steps:
  - name: small
    filter: data.n < 100
sinks:
  - name: out
    http: http://127.0.0.1:${SINK_PORT}/
  - name: failed
    kafka:
      brokers: ${KAFKA_BROKERS}
      topic: ${TOPIC}-failed
      create_topic: {partitions: 2, replication_factor: 1}
dead_letter: failed
"""
WITH_LOG = PIPELINE + """
log:
  kafka:
    brokers: ${KAFKA_BROKERS}
    topic: ${TOPIC}
    group: ${TOPIC}
    create_topic: {partitions: 3, replication_factor: 1}
    commit_interval: 100ms
"""
EVENTS = [{"n": 1}, {"n": 50}, {"n": 500}, {"m": 1}, {"m": 2}]


class KafkaPastTest(kafka_harness.KafkaTest):
    def begin(self, pipeline):
        self.run_ = self.launch(pipeline, {
            "KAFKA_BROKERS": self.brokers,
            "TOPIC": self.topic})
        self.destination = harness.Destination(self.run_.ports["SINK_PORT"])
        self.addCleanup(self.destination.close)
        self.run_.wait_until_ready()
        # Of several connections, and so of several partitions.
        for event in EVENTS:
            self.assertEqual(self.run_.post(lines_of([event])).status, 200)
        harness.wait_until(
            lambda: self.run_.settled("dead_lettered") == 2 and
            self.run_.settled("delivered") == 2, "all settled")

    def phoenix(self, *arguments):
        return subprocess.run(
            [harness.BINARY, *arguments], cwd=self.folder,
            env=self.run_.environment, capture_output=True, text=True,
            timeout=2 * harness.DEADLINE_SECONDS)

    def delivered(self):
        return sorted(row.decode() for row in self.destination.rows)

    def letters(self, *flags):
        done = self.phoenix("dlq", "ls", "pipeline.yaml", "--format", "json",
                            *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w",
                  encoding="utf-8") as file:
            file.write(text)

    def test_explains_and_plans_beside_a_running_pipeline(self):
        self.begin(WITH_LOG)
        letter = self.letters("--where", "data.m == 2")[0]
        event = letter["event"]["id"]
        done = self.phoenix("explain", "pipeline.yaml", event)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("of log '%s'" % self.topic, done.stdout)
        self.assertIn("outcome: dead-lettered by 'small'", done.stdout)
        self.write("candidate.yaml", WITH_LOG.replace("< 100", "< 10"))
        done = self.phoenix("plan", "pipeline.yaml", "candidate.yaml",
                            "--since", "1h")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stdout, r"newly filtered +1\n")
        self.assertIn("5 events of log '%s'" % self.topic, done.stdout)
        done = self.phoenix("plan", "pipeline.yaml", "candidate.yaml",
                            "--last", "100")
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_replays_beside_a_running_pipeline(self):
        self.begin(WITH_LOG)
        done = self.phoenix("replay", "pipeline.yaml", "--from", "1h",
                            "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("would replay 5 events", done.stdout)
        # It knows events by their ids, which a replay does not change.
        self.destination.keys.clear()
        done = self.phoenix("replay", "pipeline.yaml", "--from", "1h",
                            "--where", "data.n > 10")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("delivered 1\n", done.stderr)
        self.assertEqual(self.delivered(),
                         ['{"n":1}', '{"n":50}', '{"n":50}'])
        done = self.phoenix("replay", "pipeline.yaml", "--from", "17")
        self.assertEqual(done.returncode, 66, done.stderr)
        self.assertIn("expected PARTITION/OFFSET", done.stderr)
        # The group has not noticed: what comes now goes where it went.
        self.assertEqual(self.run_.post(lines_of([{"n": 2}])).status, 200)
        harness.wait_until(lambda: '{"n":2}' in self.delivered(), "delivered")
        self.assertEqual(self.run_.stop(), 0, self.run_.text("stderr"))
        self.assertEqual(self.run_.ledger()["unaccounted"], 0)

    def test_publishes_of_a_log_in_kafka_only_what_is_known(self):
        self.begin(WITH_LOG)
        names = {sample.split("{")[0] for sample in self.run_.metrics()}
        self.assertIn("phoenix_log_lag_records", names)
        self.assertNotIn("phoenix_log_lag_events", names)
        self.assertIn("phoenix_log_expired_records_total", names)
        self.assertNotIn("phoenix_log_max_size_bytes", names)
        self.assertNotIn("phoenix_log_size_bytes", names)

    def test_replays_letters_of_a_topic_once(self):
        self.begin(PIPELINE)
        letters = self.letters()
        self.assertEqual(sorted(letter["event"]["data"]["m"]
                                for letter in letters), [1, 2])
        self.assertEqual(letters[0]["component"], "small")
        done = self.phoenix("dlq", "show", "pipeline.yaml",
                            str(letters[0]["number"]))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("no such key 'n'", done.stdout)
        # They fail again: the same letters, with one more attempt.
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([letter["attempts"] for letter in self.letters()],
                         [2, 2])
        self.write("pipeline.yaml", PIPELINE.replace(
            "data.n < 100", "has(data.m) || data.n < 100"))
        done = self.phoenix("dlq", "replay", "pipeline.yaml", "--where",
                            "data.m == 1")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("replayed 1 dead letters", done.stderr)
        self.assertEqual(self.letters(), [])
        self.assertEqual(self.delivered(),
                         ['{"m":1}', '{"m":2}', '{"n":1}', '{"n":50}'])

    def test_keeps_a_second_replay_of_a_topic_away(self):
        self.begin(PIPELINE)
        self.write("pipeline.yaml", PIPELINE.replace(
            "data.n < 100", "has(data.m) || data.n < 100"))
        self.destination.hold.clear()
        requests = self.destination.requests
        first = subprocess.Popen(
            [harness.BINARY, "dlq", "replay", "pipeline.yaml"],
            cwd=self.folder, env=self.run_.environment,
            stderr=subprocess.DEVNULL)
        self.addCleanup(first.wait)
        self.addCleanup(first.kill)
        # It sends only what it has the lock for.
        harness.wait_until(
            lambda: self.destination.requests > requests, "begun")
        second = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(second.returncode, 69, second.stderr)
        self.assertIn("another replay", second.stderr)
        self.assertIn("process %d on " % first.pid, second.stderr)
        self.assertIn("within 20s", second.stderr)
        first.kill()
        first.wait()
        self.destination.hold.set()

        def replayed():
            done = self.phoenix("dlq", "replay", "pipeline.yaml")
            self.assertIn(done.returncode, (0, 69), done.stderr)
            return done.returncode == 0
        harness.wait_until(replayed, "the lock is free", timeout=60)
        self.assertEqual(self.letters(), [])

    def waiting(self):
        return self.run_.metrics().get(
            "phoenix_dead_letter_waiting_events"
            '{component_name="failed",pipeline="past"}')

    def test_says_how_many_letters_of_a_topic_wait(self):
        self.begin(PIPELINE)
        harness.wait_until(lambda: self.waiting() == 2, "the gauge", 60)
        done = self.phoenix("dlq", "drop", "pipeline.yaml", "--where",
                            "data.m == 1")
        self.assertEqual(done.returncode, 0, done.stderr)
        harness.wait_until(lambda: self.waiting() == 1, "the gauge", 60)
        self.assertEqual(self.run_.stop(), 0, self.run_.text("stderr"))
        self.run_ = self.launch(PIPELINE, {"KAFKA_BROKERS": self.brokers,
                                           "TOPIC": self.topic})
        self.run_.wait_until_ready()
        harness.wait_until(lambda: self.waiting() == 1, "the gauge", 60)

    def test_drops_letters_of_a_topic(self):
        self.begin(PIPELINE)
        done = self.phoenix("dlq", "drop", "pipeline.yaml", "--where",
                            "data.m == 1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "dropped 1 dead letters\n")
        self.assertEqual([letter["event"]["data"] for letter in
                          self.letters()], [{"m": 2}])


if __name__ == "__main__":
    unittest.main()
