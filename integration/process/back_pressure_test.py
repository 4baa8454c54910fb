"""A sink that stands still holds its producers up, and nothing else: memory
stays within what `phoenix check` prints, and afterwards everything arrives, in
order. PHOENIX_STALL_SECONDS makes the stall longer, to record a figure."""

import collections
import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

import harness

PIPELINE = """
name: back-pressure
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
      max_wait: 200ms
      ack_timeout: 10m
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
sinks:
  - name: slow
    http:
      url: http://127.0.0.1:${SINK_PORT}/
      timeout: 10m
      max_batch_events: 10000
limits:
  buffer_bytes: 8MiB
  sink_queue_bytes: 4MiB
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

STALL_SECONDS = float(os.environ.get("PHOENIX_STALL_SECONDS", "4"))

TCP_PRODUCERS = 3
HTTP_PRODUCERS = 3
BATCH_EVENTS = 500
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def event(name, number):
    return {"p": name, "n": number, "pad": "x" * 150}


def body(name, first):
    return harness.lines_of(event(name, first + i)
                            for i in range(BATCH_EVENTS))


# More than the room that others leave, and all or nothing.
LARGE = json.dumps([event("late", n) for n in range(10000)])


class Producer(threading.Thread):
    """Sends until it is told to end; counts what was acknowledged."""

    def __init__(self, run, name):
        super().__init__(daemon=True)
        self.run_, self.name_ = run, name
        self.ending = threading.Event()
        self.sent = 0
        self.moved = time.monotonic()
        self.pushed_back = 0
        self.error = None
        self.start()

    def run(self):
        try:
            self.produce()
        except Exception as error:
            self.error = error

    def count(self):
        self.sent += BATCH_EVENTS
        self.moved = time.monotonic()


class TcpProducer(Producer):
    def produce(self):
        with self.run_.connect() as door:
            door.settimeout(STALL_SECONDS + harness.DEADLINE_SECONDS)
            while not self.ending.is_set():
                door.sendall(body(self.name_, self.sent))
                self.count()
            door.shutdown(socket.SHUT_WR)
            refusals, receipt = harness.split_replies(
                harness.read_to_end(door))
            assert refusals == b"" and receipt["final_lines"] == self.sent


class HttpProducer(Producer):
    def produce(self):
        door = http.client.HTTPConnection(
            *self.run_.address("HTTP_PORT"),
            timeout=STALL_SECONDS + harness.DEADLINE_SECONDS)
        with contextlib.closing(door):
            while not self.ending.is_set():
                self.post(door)

    def post(self, door):
        door.request("POST", "/", body(self.name_, self.sent), harness.NDJSON)
        response = door.getresponse()
        text = response.read()
        if response.status == 200:
            return self.count()
        assert response.status == 429, (response.status, text)
        assert int(response.headers["Retry-After"]) >= 1
        self.pushed_back += 1
        time.sleep(0.1)


class BackPressureTest(harness.ProcessTest):
    def printed_bound(self, run):
        """What `phoenix check` says of the memory of the process."""
        plan = subprocess.run([harness.BINARY, "check", run.pipeline],
                              env=run.environment, capture_output=True,
                              text=True, check=True).stdout
        size, unit = re.search(r"memory of the process, at most "
                               r"([\d.]+)(\wiB)", plan).groups()
        return int(float(size) * UNITS[unit])

    def test_a_stalled_sink_holds_producers_up_and_loses_nothing(self):
        (port,) = harness.free_ports(1)
        sink = harness.Destination(port)
        self.addCleanup(sink.close)
        run = self.start(PIPELINE, {"SINK_PORT": port})
        bound = self.printed_bound(run)
        lines = [TcpProducer(run, "t%d" % i) for i in range(TCP_PRODUCERS)]
        posts = [HttpProducer(run, "h%d" % i) for i in range(HTTP_PRODUCERS)]
        harness.wait_until(lambda: len(sink.rows) > 20000, "flowing")

        sink.hold.clear()
        time.sleep(STALL_SECONDS)
        # Late enough in the stall to be held up by it.
        for producer in lines:
            self.assertGreater(time.monotonic() - producer.moved, 1)
        # A request that was taken before the stall waits for its answer.
        late = run.post(LARGE, {"Content-Type": "application/json"})
        self.assertEqual(late.status, 429, late.body)
        self.assertIn("Retry-After", late.headers)
        self.assertIn(b"sink 'slow'", late.body)
        self.assertEqual(run.get("/healthz").status, 200)
        stalled_peak = run.peak_bytes()

        sink.hold.set()
        before = len(sink.rows)
        harness.wait_until(lambda: len(sink.rows) > before + 20000, "again")
        for producer in (*lines, *posts):
            producer.ending.set()
        for producer in (*lines, *posts):
            producer.join(harness.DEADLINE_SECONDS)
            self.assertFalse(producer.is_alive())
            self.assertIsNone(producer.error)
        peak = run.peak_bytes()
        self.assertEqual(run.stop(), 0, run.text("stderr"))

        self.assert_arrived_in_order(sink.rows, (*lines, *posts))
        total = sum(producer.sent for producer in (*lines, *posts))
        self.assert_conserved(run, received=total, delivered=total)
        print("stall of %.0f s: bound %.1f MiB, peak %.1f MiB in the stall, "
              "%.1f MiB in all; %d events, %d answers 429" % (
                  STALL_SECONDS, bound / 2**20, stalled_peak / 2**20,
                  peak / 2**20, total,
                  sum(producer.pushed_back for producer in posts)),
              file=sys.stderr)
        self.assertLessEqual(peak, bound)

    def assert_arrived_in_order(self, rows, producers):
        numbers = collections.defaultdict(list)
        for row in rows:
            parsed = json.loads(row)
            numbers[parsed["p"]].append(parsed["n"])
        for producer in producers:
            self.assertEqual(numbers.pop(producer.name_, []),
                             list(range(producer.sent)), producer.name_)
        self.assertEqual(numbers, {})


if __name__ == "__main__":
    unittest.main()
