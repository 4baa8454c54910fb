"""Dead letters in their table, over kill -9 and beside a running pipeline, by
the program as its users call it."""

import json
import os
import sqlite3
import subprocess
import unittest

import harness
from harness import lines_of

PIPELINE = """
name: letters
admin_address: 127.0.0.1:${ADMIN_PORT}
sources:
  - name: door
    http: {address: "127.0.0.1:${HTTP_PORT}"}
steps:
  - name: small
    filter: data.n < 100
sinks:
  - name: out
    file: out.ndjson
"""
WITH_LOG = PIPELINE + """
log:
  embedded: {path: wal}
"""
TABLE = "letters.dead-letters.db"
EVENTS = [{"n": 1}, {"m": 2}, {"m": 3}]


class DeadLettersTest(harness.ProcessTest):
    def begin(self, pipeline=PIPELINE):
        self.run_ = self.start(pipeline)
        self.assertEqual(self.run_.post(lines_of(EVENTS)).status, 200)
        harness.wait_until(
            lambda: self.run_.settled("dead_lettered") == 2, "dead letters")

    def phoenix(self, *arguments):
        return subprocess.run(
            [harness.BINARY, *arguments], cwd=self.folder,
            env=self.run_.environment, capture_output=True, text=True,
            timeout=harness.DEADLINE_SECONDS)

    def letters(self, *flags):
        done = self.phoenix("dlq", "ls", "pipeline.yaml", "--format", "json",
                            *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def waiting(self):
        return self.run_.metrics()[
            "phoenix_dead_letter_waiting_events"
            '{component_name="letters.dead-letters",pipeline="letters"}']

    def mend(self):
        path = os.path.join(self.folder, "pipeline.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("data.n < 100",
                                    "has(data.m) || data.n < 100"))

    def test_lists_and_drops_beside_a_running_pipeline(self):
        self.begin()
        letters = self.letters()
        self.assertEqual([letter["event"]["data"] for letter in letters],
                         EVENTS[1:])
        self.assertEqual(letters[0]["component"], "small")
        self.assertIn("no such key 'n'", letters[0]["error"]["message"])
        self.assertEqual(self.waiting(), 2)
        done = self.phoenix("dlq", "drop", "pipeline.yaml", "--where",
                            "data.m == 2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.letters()), 1)
        harness.wait_until(lambda: self.waiting() == 1, "the gauge")

    def test_letters_outlive_a_kill_and_are_replayed(self):
        self.begin(WITH_LOG)
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("is running", done.stderr)
        self.run_.process.kill()
        self.run_.process.wait()
        self.assertEqual(len(self.letters()), 2)
        # What the log hands on again is in the same rows.
        again = self.start(WITH_LOG)
        self.assertEqual(again.stop(), 0)
        self.assertEqual(len(self.letters()), 2)
        self.mend()
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.letters(), [])
        rows = self.run_.rows("out.ndjson")
        self.assertEqual([row for row in rows if "m" in row], EVENTS[1:])

    def test_replays_only_when_the_sinks_are_free(self):
        self.begin()
        self.mend()
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("stop it first", done.stderr)
        self.assertEqual(self.run_.stop(), 0)
        self.assertEqual(len(self.letters()), 2)
        done = self.phoenix("dlq", "replay", "pipeline.yaml", "--where",
                            "data.m == 3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.run_.rows("out.ndjson"), [{"n": 1}, {"m": 3}])

    def test_a_replay_that_is_killed_is_done_again_and_alone(self):
        run = self.run_ = self.start(PIPELINE.replace(
            "file: out.ndjson", "http: http://127.0.0.1:${SINK_PORT}/"))
        count = 3000
        self.assertEqual(
            run.post(lines_of([{"m": i} for i in range(count)])).status, 200)
        harness.wait_until(
            lambda: run.settled("dead_lettered") == count, "dead letters")
        self.mend()
        destination = harness.Destination(run.ports["SINK_PORT"])
        self.addCleanup(destination.close)
        destination.hold.clear()
        replay = subprocess.Popen(
            [harness.BINARY, "dlq", "replay", "pipeline.yaml"],
            cwd=self.folder, env=run.environment, stderr=subprocess.DEVNULL)
        self.addCleanup(replay.wait)
        self.addCleanup(replay.kill)
        lock = run.path(TABLE + "-replay")
        # It holds the lock as soon as it has written who it is.
        harness.wait_until(
            lambda: os.path.exists(lock) and os.path.getsize(lock), "begun")
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("another replay", done.stderr)
        destination.hold.set()
        harness.wait_until(lambda: destination.rows, "some of it")
        replay.kill()
        replay.wait()
        done = self.phoenix("dlq", "replay", "pipeline.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.letters(), [])
        self.assertEqual({json.loads(row)["m"] for row in destination.rows},
                         set(range(count)))

    def test_people_can_query_the_table(self):
        body = b'{\n "m": "\xc3\xa9"\n}'
        run = self.run_ = self.start(PIPELINE)
        self.assertEqual(run.post(
            body, headers={"Content-Type": "application/json",
                           "ce-id": "x", "ce-source": "/s", "ce-type": "t",
                           "ce-specversion": "1.0"}).status, 200)
        self.assertEqual(run.stop(), 0)
        with sqlite3.connect(run.path(TABLE)) as table:
            rows = table.execute(
                "SELECT pipeline, id, component, event_type, payload, attempts "
                "FROM dead_letters").fetchall()
        letter = list(rows[0])
        self.assertRegex(letter.pop(1), "^/s#x#[0-9a-f]{16}$")
        self.assertEqual(letter, ["letters", "small", "t", body, 1])
        self.assertEqual(len(rows), 1)

    def test_events_of_one_id_are_letters_of_their_own(self):
        run = self.run_ = self.start(PIPELINE)
        for body in (b'{"m": 1}', b'{"m": 2}', b'{"m": 1}'):
            self.assertEqual(run.post(
                body, headers={"Content-Type": "application/json",
                               "ce-id": "x", "ce-source": "/s", "ce-type": "t",
                               "ce-specversion": "1.0"}).status, 200)
        self.assertEqual(run.stop(), 0)
        with sqlite3.connect(run.path(TABLE)) as table:
            rows = table.execute(
                "SELECT payload, attempts FROM dead_letters ORDER BY number"
            ).fetchall()
        self.assertEqual(rows, [(b'{"m": 1}', 2), (b'{"m": 2}', 1)])

    def test_a_run_without_dead_letters_leaves_no_file(self):
        run = self.start(PIPELINE)
        self.assertEqual(run.post(lines_of(EVENTS[:1])).status, 200)
        self.assertEqual(run.stop(), 0)
        self.assertFalse(os.path.exists(run.path(TABLE)))

    def test_does_not_start_on_a_file_of_something_else(self):
        path = os.path.join(self.folder, TABLE)
        with open(path, "wb") as file:
            file.write(b"x" * 5000)
        run = self.launch(PIPELINE)
        self.assertEqual(run.wait(), 69)
        self.assertIn("file is not a database", run.text("stderr"))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), b"x" * 5000)


if __name__ == "__main__":
    unittest.main()
