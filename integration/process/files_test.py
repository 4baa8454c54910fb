"""What goes wrong with files, disks and ports is said in words that name the
option, by an exit status that scripts can tell; a disk that has room again is
written to again."""

import base64
import json
import os
import socket
import subprocess
import unittest

import harness

TO_FILE = """
name: files
sources:
  - name: door
    http:
      address: 127.0.0.1:${HTTP_PORT}
sinks:
  - name: out
    file: "${OUT}"
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

FROM_FILE = """
name: files
sources:
  - name: in
    file: "${IN}"
sinks:
  - name: out
    file: out.ndjson
admin_address: "off"
"""

WITH_DEAD_LETTERS = """
name: files
sources:
  - name: in
    file: {path: "${IN}", max_row_bytes: 1KiB}
sinks:
  - name: out
    file: out.ndjson
  - name: failed
    file: failed.ndjson
dead_letter: failed
admin_address: "off"
"""

FOLLOW = """
name: files
sources:
  - name: in
    file: {path: "${IN}", follow: true, state_path: positions,
           poll_interval: 10ms}
sinks:
  - name: out
    file: out.ndjson
  - name: failed
    file: failed.ndjson
dead_letter: failed
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

EXIT_NO_INPUT = 66
EXIT_UNAVAILABLE = 69
EXIT_CONFIG = 78

DISK_BYTES = 1 << 20


class StartTest(harness.ProcessTest):
    def assert_does_not_start(self, run, status, *words):
        self.assertEqual(run.wait(), status)
        for word in words:
            self.assertIn(word, run.text("stderr"))
        self.assertEqual(run.text("stdout"), "")

    def test_a_directory_as_an_input_file(self):
        self.assert_does_not_start(
            self.launch(FROM_FILE, {"IN": self.folder}), EXIT_UNAVAILABLE,
            "source 'in'", "is a directory", "path")

    def test_an_input_file_that_is_not_there(self):
        self.assert_does_not_start(
            self.launch(FROM_FILE, {"IN": "nowhere.ndjson"}),
            EXIT_UNAVAILABLE, "source 'in'", "nowhere.ndjson")

    def test_an_output_in_a_folder_that_cannot_be_made(self):
        self.assert_does_not_start(
            self.launch(TO_FILE, {"OUT": "/proc/none/out.ndjson"}),
            EXIT_UNAVAILABLE, "sink 'out'", "/proc/none")

    def test_an_output_that_is_a_directory(self):
        self.assert_does_not_start(
            self.launch(TO_FILE, {"OUT": self.folder}), EXIT_UNAVAILABLE,
            "sink 'out'", "directory")

    def test_an_output_that_another_process_writes(self):
        first = self.start(TO_FILE, {"OUT": "out.ndjson"})
        second = harness.Phoenix(self.folder, TO_FILE, {"OUT": "out.ndjson"})
        self.addCleanup(second.process.wait)
        self.addCleanup(second.process.kill)
        self.assert_does_not_start(second, EXIT_UNAVAILABLE, "sink 'out'",
                                   "out.ndjson")
        self.assertEqual(first.post(b"{}\n").status, 200)

    def test_ports_in_use(self):
        for name, words in (("HTTP_PORT", ("source 'door'", "address")),
                            ("ADMIN_PORT", ("change `admin_address`",))):
            with self.subTest(port=name), socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                port = taken.getsockname()[1]
                run = self.launch(TO_FILE, {"OUT": "out.ndjson", name: port})
                self.assert_does_not_start(run, EXIT_UNAVAILABLE, str(port),
                                           "in use", *words)

    def test_a_pipeline_file_that_is_not_there_or_wrong(self):
        for arguments, status in ((["nowhere.yaml"], EXIT_NO_INPUT),
                                  ([self.folder], EXIT_NO_INPUT),
                                  ([os.devnull], EXIT_CONFIG)):
            with self.subTest(arguments=arguments):
                done = subprocess.run([harness.BINARY, "run", *arguments],
                                      capture_output=True, text=True,
                                      timeout=harness.DEADLINE_SECONDS)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(arguments[0], done.stderr)


class UnreadableRowsTest(harness.ProcessTest):
    def write(self, name, data, mode="wb"):
        path = os.path.join(self.folder, name)
        with open(path, mode) as file:
            file.write(data)
        return path

    def read_once(self, name, data):
        """The run that has read it, and its dead letters."""
        self.path = self.write(name, data)
        run = self.launch(WITH_DEAD_LETTERS, {"IN": self.path})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        return run, run.rows("failed.ndjson")

    def assert_letter(self, letter, line, word):
        place = "%s:%d" % (self.path, line)
        self.assertEqual(letter["component"], "in")
        self.assertEqual(letter["line"], 5)
        self.assertTrue(letter["error"]["message"].startswith(place + ": "),
                        letter)
        self.assertIn(word, letter["error"]["message"])
        self.assertEqual(letter["event"]["subject"], place)

    def test_bad_lines_become_dead_letters_with_their_bytes(self):
        bad = b'{"v":1'
        run, letters = self.read_once(
            "in.ndjson", b'{"v":1}\n' + bad + b'\n{"v":3}\n\xff\xfe\n"' +
            b"x" * 2000 + b'"\n{"v":6}\n')
        self.assertEqual([row["v"] for row in run.rows("out.ndjson")],
                         [1, 3, 6])
        letters.sort(key=lambda letter: letter["event"]["subject"])
        self.assertEqual(len(letters), 3)
        self.assert_letter(letters[0], 2, "not valid JSON")
        self.assertEqual(letters[0]["event"]["data"].encode(), bad)
        self.assert_letter(letters[1], 4, "UTF-8")
        self.assertEqual(base64.b64decode(letters[1]["event"]["data_base64"]),
                         b"\xff\xfe")
        self.assert_letter(letters[2], 5, "max_row_bytes")
        self.assertEqual(letters[2]["event"]["data"], '"' + "x" * 1023)
        self.assert_conserved(run, received=6, delivered=3, dead_lettered=3)

    def test_bad_records_of_csv_become_dead_letters(self):
        run, letters = self.read_once(
            "in.csv", b"\xef\xbb\xbfv,name\n1,a\n2\n3,\xe4\n4,d\n")
        self.assertEqual(run.rows("out.ndjson"),
                         [{"v": 1, "name": "a"}, {"v": 4, "name": "d"}])
        self.assert_letter(letters[0], 3, "row has 1 fields: expected 2")
        self.assertEqual(letters[0]["event"]["data"], "2")
        self.assert_letter(letters[1], 4, "not UTF-8")
        self.assertEqual(base64.b64decode(letters[1]["event"]["data_base64"]),
                         b"3,\xe4")
        self.assert_conserved(run, received=4, delivered=2, dead_lettered=2)

    def test_a_header_with_a_name_twice_fails_every_row(self):
        run, letters = self.read_once("in.csv", b"v,v\n1,2\n")
        self.assertEqual(run.rows("out.ndjson"), [])
        self.assertEqual(len(letters), 2)
        self.assert_letter(letters[0], 1, "name 'v' comes twice")
        self.assertEqual(letters[1]["event"]["data"], "1,2")

    def test_a_folder_that_fits_a_pattern_is_passed_over(self):
        os.mkdir(os.path.join(self.folder, "b.in"))
        os.mkfifo(os.path.join(self.folder, "c.in"))
        self.write("a.in", b'{"v":1}\n')
        run = self.launch(WITH_DEAD_LETTERS,
                          {"IN": os.path.join(self.folder, "*.in")})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        self.assert_conserved(run, received=1, delivered=1)
        self.assertEqual(run.text("stderr").count("b.in"), 1)

    def test_following_loses_nothing_over_rotation_and_restart(self):
        path = self.write("in.ndjson", b'{"v":1}\nbad\n')
        run = self.start(FOLLOW, {"IN": path})
        harness.wait_until(lambda: run.settled("dead_lettered") == 1,
                           "a letter")
        os.rename(path, path + ".1")
        self.write("in.ndjson", b'{"v":2}\n')
        self.write("in.ndjson.1", b'{"v":3}\n', "ab")
        harness.wait_until(lambda: run.settled("delivered") == 3, "three rows")
        self.assertEqual(run.stop(), 0)
        self.assert_conserved(run, received=4, delivered=3, dead_lettered=1)
        # Rewritten, in the same inode, and as long as before.
        self.write("in.ndjson", b'{"v":4}\n')
        self.write("in.ndjson.1", b'{"v":5}\n', "ab")
        again = self.start(FOLLOW, {"IN": path})
        harness.wait_until(lambda: again.settled("delivered") == 2, "two more")
        self.assertEqual(again.stop(), 0)
        self.assertEqual(sorted(row["v"] for row in again.rows("out.ndjson")),
                         [1, 2, 3, 4, 5])
        self.assertEqual(len(again.rows("failed.ndjson")), 1)


class FullDiskTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES, "phoenix",
             self.disk], capture_output=True, text=True)
        self.assertEqual(mounted.returncode, 0, "this test needs root, to "
                         "mount a small disk: " + mounted.stderr)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk])

    def fill(self):
        """A file that leaves no byte of the disk."""
        path = os.path.join(self.disk, "ballast")
        with open(path, "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                return path

    def test_writes_go_on_when_there_is_room_again(self):
        run = self.start(TO_FILE,
                         {"OUT": os.path.join(self.disk, "out.ndjson")})
        ballast = self.fill()
        events = [{"n": n, "pad": "x" * 100} for n in range(2000)]
        with run.connect("HTTP_PORT") as door:
            body = harness.lines_of(events)
            door.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "
                         b"application/x-ndjson\r\nConnection: close\r\n"
                         b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            harness.wait_until(
                lambda: run.count("phoenix_pipeline_received_events_total") ==
                len(events), "received")
            self.assertEqual(run.settled("delivered"), 0)
            harness.wait_until(lambda: "No space left" in run.text("stderr"),
                               "a word in the log")
            os.remove(ballast)
            self.assertIn(b'"accepted":2000', harness.read_to_end(door))
        self.assertEqual(run.rows("disk/out.ndjson"), events)
        self.assertEqual(run.stop(), 0)
        self.assert_conserved(run, received=2000, delivered=2000)

    def test_a_disk_that_stays_full_never_holds_half_a_line(self):
        run = self.start(
            TO_FILE + "limits: {drain_timeout: 1s}\n",
            {"OUT": os.path.join(self.disk, "out.ndjson")})
        with run.connect("HTTP_PORT") as door:
            body = harness.lines_of([{"pad": "x" * 1000}] * 3000)
            door.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "
                         b"application/x-ndjson\r\n"
                         b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            harness.wait_until(
                lambda: run.count("phoenix_pipeline_received_events_total") ==
                3000 and run.settled("delivered"), "a full disk")
            self.assertEqual(run.stop(), 1)
            self.assertIn(b" 503 ", door.recv(1 << 16))
        with open(os.path.join(self.disk, "out.ndjson"), "rb") as file:
            written = file.read()
        self.assertTrue(written.endswith(b"\n"))
        for line in written.splitlines():
            self.assertEqual(json.loads(line), {"pad": "x" * 1000})
        self.assertEqual(run.ledger()["unaccounted"], 0)
        self.assertEqual(run.ledger()["delivered"], written.count(b"\n"))


if __name__ == "__main__":
    unittest.main()
