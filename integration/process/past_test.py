"""What the log has kept: explained, compared with a candidate and sent again,
by the program as its users call it."""

import json
import os
import re
import subprocess
import unittest

import harness
from harness import lines_of

PIPELINE = """
name: past
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
log:
  embedded: {path: wal, retain_bytes: 100MiB}
"""
EVENTS = [{"n": 1}, {"n": 50}, {"n": 500}]


class PastTest(harness.ProcessTest):

    def setUp(self):
        super().setUp()
        self.run_ = self.start(PIPELINE)
        self.assertEqual(self.run_.post(lines_of(EVENTS)).status, 200)
        harness.wait_until(lambda: self.run_.settled("delivered") == 2,
                           "delivered")

    def phoenix(self, *arguments):
        return subprocess.run(
            [harness.BINARY, *arguments], cwd=self.folder,
            env=self.run_.environment, capture_output=True, text=True,
            timeout=harness.DEADLINE_SECONDS)

    def test_explains_beside_a_running_pipeline(self):
        done = self.phoenix("explain", "pipeline.yaml", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("data.n = 500", done.stdout)
        self.assertIn("outcome: filtered by 'small' (pipeline.yaml:",
                      done.stdout)

    def test_explains_under_which_revision_an_event_was_taken(self):
        path = os.path.join(self.folder, "pipeline.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PIPELINE.replace("< 100", "< 10"))
        now = self.phoenix("explain", "pipeline.yaml", "0").stdout
        taken, explained = re.search(
            r"taken by revision (\w{12}); explained by (\w{12})\n",
            now).groups()
        self.assertNotEqual(taken, explained)
        told = json.loads(self.phoenix("explain", "pipeline.yaml", "0",
                                       "--format", "json").stdout)
        self.assertEqual(told["revision"], taken)
        self.assertEqual(told["explained_by_revision"], explained)
        dumped = self.phoenix("log", "dump", "wal", "--limit", "1").stdout
        self.assertEqual(json.loads(dumped)["phoenixrevision"], taken)

    def test_plans_beside_a_running_pipeline(self):
        candidate = os.path.join(self.folder, "candidate.yaml")
        with open(candidate, "w", encoding="utf-8") as file:
            file.write(PIPELINE.replace("< 100", "< 10"))
        done = self.phoenix("plan", "pipeline.yaml", "candidate.yaml")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stdout, r"newly filtered +1\n")

    def test_replays_only_when_nobody_has_the_log(self):
        done = self.phoenix("replay", "pipeline.yaml", "--from", "0")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn(str(self.run_.process.pid), done.stderr)
        self.assertEqual(self.run_.stop(), 0)
        done = self.phoenix("replay", "pipeline.yaml", "--from", "0",
                            "--where", "data.n > 10")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.run_.rows("out.ndjson"),
                         [{"n": 1}, {"n": 50}, {"n": 50}])


if __name__ == "__main__":
    unittest.main()
