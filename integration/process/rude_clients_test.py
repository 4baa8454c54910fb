"""Clients that break off, fall silent, drip or come in crowds cost nobody else
anything."""

import concurrent.futures
import contextlib
import json
import os
import socket
import struct
import time
import unittest

import harness

PIPELINE = """
name: rude-clients
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
      header_timeout: 500ms
      read_timeout: 500ms
      idle_timeout: 500ms
      max_connections: ${MAX_CONNECTIONS:-256}
  - name: tcp
    tcp:
      address: 127.0.0.1:${TCP_PORT}
      max_connections: ${MAX_CONNECTIONS:-256}
  - name: grpc
    grpc: 127.0.0.1:${GRPC_PORT}
sinks:
  - name: out
    file: out.ndjson
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

HEAD = (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        b"Content-Length: %d\r\n\r\n")
CROWD = 200
GOOD = b'{"good":1}\n'


def reset(connection):
    """Closes so that the peer sees a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
    connection.close()


class RudeClientsTest(harness.ProcessTest):
    def begin(self, **environment):
        self.run_ = self.start(PIPELINE, environment)
        return self.run_

    def finish(self):
        """Good events pass, it stops in order, no descriptor is left open."""
        self.assertEqual(self.run_.post(GOOD).status, 200)
        self.assertEqual(self.run_.send_lines(GOOD), b"")
        self.assertEqual(self.run_.stop(), 0, self.run_.text("stderr"))
        self.assertEqual(self.run_.ledger()["unaccounted"], 0)
        self.assertEqual(self.run_.ledger()["delivered"],
                         len(self.run_.rows("out.ndjson")))

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.run_.process.pid))

    def test_requests_that_are_cut_anywhere(self):
        run = self.begin()
        request = HEAD % (2 * len(GOOD)) + GOOD + GOOD
        run.post(GOOD)
        before = self.descriptors()
        for size in range(0, len(request), 3):
            for leave in (reset, socket.socket.close):
                door = run.connect("HTTP_PORT")
                door.sendall(request[:size])
                leave(door)
        harness.wait_until(lambda: self.descriptors() <= before + 2, "closed")
        self.finish()

    def test_lines_that_are_cut_anywhere(self):
        run = self.begin()
        run.send_lines(GOOD)
        before = self.descriptors()
        for size in range(len(GOOD) * 2):
            door = run.connect()
            door.sendall((GOOD + GOOD)[:size])
            reset(door)
        harness.wait_until(lambda: self.descriptors() <= before + 2, "closed")
        self.finish()

    def test_rubbish_at_the_grpc_door(self):
        run = self.begin()
        for rubbish in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096),
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64):
            with run.connect("GRPC_PORT") as door, \
                    contextlib.suppress(ConnectionError):
                door.sendall(rubbish)
                door.shutdown(socket.SHUT_WR)
                harness.read_to_end(door)
        self.finish()

    def test_silent_clients_are_answered_and_cut_off(self):
        run = self.begin()
        for sent, answer in ((b"", b""), (b"POST / HT", b" 408 "),
                             (HEAD % 100, b" 408 "),
                             (HEAD % 100 + GOOD, b" 408 ")):
            with self.subTest(sent=sent), run.connect("HTTP_PORT") as door:
                door.sendall(sent)
                self.assertIn(answer, harness.read_to_end(door))
        self.finish()

    def test_a_slow_writer_is_waited_for(self):
        run = self.begin()
        with run.connect("HTTP_PORT") as door:
            door.sendall(HEAD % (10 * len(GOOD)))
            for _ in range(10):
                door.sendall(GOOD)
                # Others are served meanwhile, and it is within the timeout.
                self.assertEqual(run.post(GOOD).status, 200)
                time.sleep(0.1)
            self.assertIn(b'"accepted":10', door.recv(1 << 16))
        with run.connect() as door:
            for byte in GOOD:
                door.sendall(bytes([byte]))
                time.sleep(0.01)
            door.shutdown(socket.SHUT_WR)
            refusals, receipt = harness.split_replies(
                harness.read_to_end(door))
        self.assertEqual((refusals, receipt["final_lines"]), (b"", 1))
        self.finish()

    def test_a_peer_that_reads_no_answers_holds_nobody_up(self):
        run = self.begin()
        with run.connect() as door, run.connect("HTTP_PORT") as post:
            door.settimeout(1)
            with contextlib.suppress(TimeoutError):
                for _ in range(200):
                    door.sendall(b"{bad}\n" * 10000)
            post.settimeout(1)
            with contextlib.suppress(TimeoutError, ConnectionError):
                post.sendall((HEAD % len(GOOD) + GOOD) * 20000)
            self.assertEqual(run.post(GOOD).status, 200)
            self.assertEqual(run.send_lines(GOOD), b"")
            self.assertLess(run.peak_bytes(), 160 << 20)
            self.finish()

    def test_a_peer_that_ends_and_reads_no_answers_is_left(self):
        run = self.begin(MAX_CONNECTIONS=1)
        with run.connect() as door:
            for _ in range(600):
                door.sendall(b"{bad}\n" * 10000)
            door.shutdown(socket.SHUT_WR)
            harness.wait_until(lambda: self.is_served(run), "left")
        self.finish()

    def test_a_crowd_at_once(self):
        run = self.begin()
        doors = [run.connect(port) for port in ("HTTP_PORT", "TCP_PORT")
                 for _ in range(CROWD // 2)]
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            posts = [pool.submit(run.post, GOOD) for _ in range(CROWD)]
            lines = [pool.submit(run.send_lines, GOOD) for _ in range(CROWD)]
            for post in posts:
                self.assertEqual(post.result().status, 200)
            for line in lines:
                self.assertEqual(line.result(), b"")
        for door in doors:
            door.close()
        self.finish()
        self.assertEqual(len(run.rows("out.ndjson")), 2 * CROWD + 2)

    def test_more_connections_than_there_may_be(self):
        run = self.begin(MAX_CONNECTIONS=2)
        doors = [run.connect() for _ in range(2)]
        for door in doors:
            door.sendall(GOOD)
        harness.wait_until(
            lambda: run.count("phoenix_pipeline_received_events_total") == 2,
            "both taken in")
        with run.connect() as third:
            self.assertIn("max_connections",
                          json.loads(harness.read_to_end(third))["error"])
        posts = [run.connect("HTTP_PORT") for _ in range(2)]
        for post in posts:
            post.sendall(b"POST / HTTP/1.1\r\n")
        with run.connect("HTTP_PORT") as third:
            self.assertIn(b" 503 ", harness.read_to_end(third))
        for door in (*doors, *posts):
            reset(door)
        harness.wait_until(lambda: self.is_served(run), "served again")
        self.finish()

    def is_served(self, run):
        with contextlib.suppress(OSError):
            return run.post(GOOD).status == 200 and run.send_lines(GOOD) == b""


if __name__ == "__main__":
    unittest.main()
