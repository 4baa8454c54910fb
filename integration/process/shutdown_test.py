"""A run that is told to stop drains what it took, and says what it did not."""

import contextlib
import http.client
import json
import os
import signal
import threading
import time
import unittest

import harness

PIPELINE = """
name: shutdown
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
sinks:
  - name: out
    file: out.ndjson
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

STALLING = """
name: shutdown
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
sinks:
  - name: away
    http: http://127.0.0.1:${SINK_PORT}/
limits:
  drain_timeout: ${DRAIN_TIMEOUT}
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

UNREAD = """
name: shutdown
sources:
  - name: endless
    generator: {rate: 0}
sinks:
  - name: console
    stdout: ndjson
limits:
  drain_timeout: 1s
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

# What an exit may take beyond the drain's deadline: threads end, sinks close.
MARGIN_SECONDS = 3

# How many events one request of the load carries.
BATCH_EVENTS = 200


class HttpProducer(threading.Thread):
    """Posts until it is refused; knows which events were acknowledged."""

    def __init__(self, run, name):
        super().__init__(daemon=True)
        self.run_, self.name_ = run, name
        self.acknowledged = []
        self.unknown = []
        self.start()

    def run(self):
        number = 0
        connection = http.client.HTTPConnection(
            *self.run_.address("HTTP_PORT"), timeout=harness.DEADLINE_SECONDS)
        with contextlib.closing(connection):
            while True:
                events = ["%s-%d" % (self.name_, number + i)
                          for i in range(BATCH_EVENTS)]
                number += BATCH_EVENTS
                if not self.post(connection, events):
                    return

    def post(self, connection, events):
        try:
            connection.request("POST", "/", harness.lines_of(events),
                               harness.NDJSON)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            # No answer: taken or not.
            self.unknown += events
            return False
        if response.status != 200:
            self.unknown += events
            return False
        assert json.loads(body)["accepted"] == len(events)
        self.acknowledged += events
        return True


class TcpProducer(threading.Thread):
    """Sends lines until it is cut; the door acknowledges by closing."""

    def __init__(self, run):
        super().__init__(daemon=True)
        self.run_ = run
        self.start()

    def run(self):
        with contextlib.suppress(OSError), self.run_.connect() as door:
            while True:
                door.sendall(harness.lines_of(["tcp"] * BATCH_EVENTS))


class ShutdownTest(harness.ProcessTest):
    def stall(self, drain_timeout):
        """A run whose sink hangs on what a producer sent."""
        (port,) = harness.free_ports(1)
        self.sink = harness.Destination(port)
        self.addCleanup(self.sink.close)
        self.sink.hold.clear()
        run = self.start(STALLING, {"SINK_PORT": port,
                                    "DRAIN_TIMEOUT": drain_timeout})
        self.producer = run.connect()
        self.addCleanup(self.producer.close)
        self.producer.sendall(b'{"n":1}\n{"n":2}\n')
        harness.wait_until(
            lambda: run.count("phoenix_pipeline_received_events_total") == 2,
            "received")
        return run

    def test_a_drain_under_load_loses_nothing_that_was_acknowledged(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                self.drain_under_load(number)

    def drain_under_load(self, number):
        run = self.start(PIPELINE)
        producers = [HttpProducer(run, "h%d" % i) for i in range(4)]
        lines = TcpProducer(run)
        harness.wait_until(lambda: all(len(p.acknowledged) > 2000
                                       for p in producers), "load")
        self.assertEqual(run.signal(number).wait(), 0, run.text("stderr"))
        for thread in (*producers, lines):
            thread.join(harness.DEADLINE_SECONDS)
            self.assertFalse(thread.is_alive())
        rows = [row for row in run.rows("out.ndjson") if row != "tcp"]
        acknowledged = {e for p in producers for e in p.acknowledged}
        unknown = {e for p in producers for e in p.unknown}
        self.assertEqual(len(rows), len(set(rows)))
        self.assertEqual(acknowledged - set(rows), set())
        self.assertEqual(set(rows) - acknowledged - unknown, set())
        self.assertEqual(run.ledger()["unaccounted"], 0)
        self.assertEqual(run.ledger()["delivered"],
                         len(run.rows("out.ndjson")))
        with open(run.path("out.ndjson"), "w", encoding="utf-8"):
            pass

    def test_new_producers_are_refused_while_it_drains(self):
        run = self.stall("20s")
        run.signal()
        harness.wait_until(lambda: run.get("/readyz").status == 503, "drain")
        with self.assertRaises(ConnectionError):
            run.post(b"{}\n")
        with self.assertRaises(ConnectionError):
            run.send_lines(b"{}\n")
        self.sink.hold.set()
        self.assertEqual(run.wait(), 0)
        self.assert_conserved(run, received=2, delivered=2)

    def test_a_second_signal_ends_it_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM),
                              (signal.SIGINT, signal.SIGINT),
                              (signal.SIGTERM, signal.SIGINT)):
            with self.subTest(second=second):
                run = self.stall("60s")
                run.signal(first)
                harness.wait_until(
                    lambda: run.get("/readyz").status == 503, "drain")
                began = time.monotonic()
                self.assertEqual(run.signal(second).wait(), 128 + second)
                self.assertLess(time.monotonic() - began, MARGIN_SECONDS)

    def test_a_drain_ends_at_its_deadline_and_gives_events_back(self):
        run = self.stall("1s")
        began = time.monotonic()
        self.assertEqual(run.stop(), 1)
        self.assertLess(time.monotonic() - began, 1 + MARGIN_SECONDS)
        self.assert_conserved(run, received=2, retry=2)
        self.assertRegex(run.text("stderr"), "limits.drain_timeout")
        # Its producer is told so: none of its lines is final.
        last = json.loads(harness.read_to_end(self.producer))
        self.assertEqual(last["final_lines"], 0)

    def test_a_reader_that_does_not_read_holds_no_stop_up(self):
        pipe = os.path.join(self.folder, "stdout")
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        run = self.start(UNREAD)
        harness.wait_until(
            lambda: run.count("phoenix_pipeline_in_flight_events") > 0, "full")
        began = time.monotonic()
        self.assertEqual(run.stop(), 1)
        self.assertLess(time.monotonic() - began, 1 + MARGIN_SECONDS)
        self.assertEqual(run.ledger()["unaccounted"], 0)
        self.assertGreater(run.ledger()["retry"], 0)

    def test_a_sender_of_lines_is_told_how_many_are_final(self):
        run = self.start(PIPELINE)
        with run.connect() as door:
            door.sendall(b'{"n":1}\n' * 20000)
            harness.wait_until(
                lambda: run.count("phoenix_pipeline_received_events_total") > 0,
                "received")
            run.signal()
            replies = harness.read_to_end(door)
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        self.assertEqual(json.loads(replies)["final_lines"],
                         len(run.rows("out.ndjson")))

    def test_an_unanswered_request_hears_that_it_was_given_back(self):
        run = self.stall("1s")
        answers = []
        poster = threading.Thread(
            target=lambda: answers.append(run.post(b'{"n":3}\n')), daemon=True)
        poster.start()
        harness.wait_until(
            lambda: run.count("phoenix_pipeline_received_events_total") == 3,
            "received")
        self.assertEqual(run.stop(), 1)
        poster.join(harness.DEADLINE_SECONDS)
        self.assertEqual([answer.status for answer in answers], [503])
        self.assertIn("Retry-After", answers[0].headers)
        self.assert_conserved(run, received=3, retry=3)


if __name__ == "__main__":
    unittest.main()
