"""A log of which files were lost, or that an older copy has replaced: whatever
is acknowledged afterwards is written all the same. Offsets are never given
twice, or the process does not start and says what to run."""

import glob
import os
import re
import shutil
import signal
import subprocess
import unittest

import harness
from harness import lines_of

PIPELINE = """
name: kept
admin_address: 127.0.0.1:${ADMIN_PORT}
sources:
  - name: door
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 1ms}
sinks:
  - name: archive
    require: exactly_once
    file: out.ndjson
log:
  embedded: {path: log, max_bytes: 64MiB, retain_bytes: %s}
"""

NOTHING, SOME = "0B", "32MiB"


class LostLogTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.sent = 0

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def run_with(self, retained, events, end=signal.SIGTERM):
        """One run that acknowledges so many events, each a batch."""
        run = self.start(PIPELINE % retained)
        for _ in range(events):
            answer = run.post(lines_of([{"n": self.sent}]))
            self.assertEqual(answer.status, 200)
            self.sent += 1
        harness.wait_until(lambda: len(run.rows("out.ndjson")) >= self.sent,
                           "all written: %s" % run.rows("out.ndjson"))
        run.signal(end).wait()
        # Each was sent by a connection of its own: they have no order.
        self.assertCountEqual([row["n"] for row in run.rows("out.ndjson")],
                              list(range(self.sent)))
        return run

    def newest_segment(self):
        return max(glob.glob(self.path("log", "segments", "*.log")))

    def test_writes_what_comes_after_the_cursor_and_all_segments_are_gone(self):
        for retained in (NOTHING, SOME):
            self.run_with(retained, 5)
            os.remove(self.path("log", "cursor"))
            for segment in glob.glob(self.path("log", "segments", "*")):
                os.remove(segment)
            self.run_with(retained, 3)

    def test_writes_what_comes_after_the_cursor_is_damaged_and_the_end_gone(
            self):
        self.run_with(SOME, 3)
        self.run_with(SOME, 3, signal.SIGKILL)
        with open(self.path("log", "cursor"), "r+b") as cursor:
            cursor.write(b"x" * 4160)
        os.remove(self.newest_segment())
        run = self.run_with(SOME, 4)
        self.assertIn("offsets go on far behind", run.text("stderr"))

    def test_does_not_start_with_an_emptied_end_until_it_is_given_up(self):
        self.run_with(SOME, 3)
        self.run_with(SOME, 3, signal.SIGKILL)
        open(self.newest_segment(), "w").close()
        for _ in range(2):
            refused = self.launch(PIPELINE % SOME)
            self.assertEqual(refused.wait(), 69)
            self.assertIn("--accept-missing", refused.text("stderr"))
        subprocess.run([harness.BINARY, "log", "repair", self.path("log"),
                        "--accept-missing"], check=True, capture_output=True)
        self.run_with(SOME, 4)

    def test_does_not_start_with_an_older_copy_until_it_is_told_to_go_on(self):
        self.run_with(SOME, 3)
        shutil.copytree(self.path("log"), self.path("copy"))
        self.run_with(SOME, 3)
        for _ in range(2):
            shutil.rmtree(self.path("log"))
            shutil.copytree(self.path("copy"), self.path("log"))
            refused = self.launch(PIPELINE % SOME)
            self.assertEqual(refused.wait(), 69)
            said = refused.text("stderr")
            self.assertIn("sink 'archive'", said)
            self.assertIn("log 'kept@", said)
            offset = re.search(r"phoenix log repair DIR --next-offset (\d+)`",
                               said).group(1)
            subprocess.run([harness.BINARY, "log", "repair", self.path("log"),
                            "--next-offset", offset],
                           check=True, capture_output=True)
            self.run_with(SOME, 4)


if __name__ == "__main__":
    unittest.main()
