"""What goes wrong with files, disks and ports is said in words that name the
option, by an exit status that scripts can tell; a disk that has room again is
written to again."""

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
                            ("ADMIN_PORT", ("admin_address",))):
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
