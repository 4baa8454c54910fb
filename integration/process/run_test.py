"""What comes in by each door comes out as the file says, and the pages and the
report account for it."""

import gzip
import json
import os
import signal
import subprocess
import sys
import unittest

import harness
from harness import lines_of

PUBLISH = os.path.abspath(sys.argv.pop(1))

PIPELINE = """
name: run
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
  - name: grpc
    grpc: 127.0.0.1:${GRPC_PORT}
steps:
  - name: wanted
    filter: data.v >= 0
  - name: doubled
    map:
      set:
        data.twice: data.v * 2
routes:
  - name: large
    when: data.v >= 100
    to: [large]
  - name: the-rest
    to: [small]
sinks:
  - name: large
    file: large.ndjson
  - name: small
    file: small.ndjson
  - name: failed
    file: failed.ndjson
dead_letter: failed
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

# One of each fate: two sinks, filtered, failed.
EVENTS = [{"v": 1, "s": "\u00e9"}, {"v": 200}, {"v": -1}, {"w": 0}]
BODY = lines_of(EVENTS)
SMALL = b'{"v":1,"s":"\\u00e9","twice":2}\n'
LARGE = b'{"v":200,"twice":400}\n'

def cloud_event(data, **attributes):
    return {"specversion": "1.0", "id": "1", "source": "/t", "type": "t",
            "datacontenttype": "application/json", "data": data, **attributes}

class DoorsTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.run_ = self.start(PIPELINE)

    def assert_outputs(self):
        """The outputs are those of EVENTS already, and remain so."""
        self.assert_written()
        self.assertEqual(self.run_.stop(), 0, self.run_.text("stderr"))
        self.assert_written()
        self.assert_conserved(self.run_, received=4, delivered=2, filtered=1,
                              dead_lettered=1)

    def assert_written(self):
        for name, expected in (("small", SMALL), ("large", LARGE)):
            with open(self.run_.path(name + ".ndjson"), "rb") as file:
                self.assertEqual(file.read(), expected)
        (failed,) = self.run_.rows("failed.ndjson")
        self.assertEqual((failed["component"], failed["line"]), ("wanted", 13))
        self.assertIn("no such key 'v'", failed["error"]["message"])
        self.assertEqual(failed["event"]["data"], {"w": 0})

    def assert_accepted(self, answer, count):
        self.assertEqual((answer.status, json.loads(answer.body)),
                         (200, {"accepted": count, "rejected": 0,
                                "ack_level": "DELIVERED"}))

    def test_ndjson_over_http(self):
        self.assert_accepted(self.run_.post(BODY), 4)
        self.assert_outputs()

    def test_a_json_array_over_http(self):
        answer = self.run_.post(json.dumps(EVENTS, separators=(",", ":")),
                                {"Content-Type": "application/json"})
        self.assert_accepted(answer, 4)
        self.assert_outputs()

    def test_gzip(self):
        self.assert_accepted(self.run_.post(
            gzip.compress(BODY),
            {**harness.NDJSON, "Content-Encoding": "gzip"}), 4)
        self.assert_outputs()

    def test_zstd(self):
        self.assert_accepted(self.run_.post(
            harness.zstd(BODY),
            {**harness.NDJSON, "Content-Encoding": "zstd"}), 4)
        self.assert_outputs()

    def test_a_chunked_body(self):
        answer = self.run_.post(iter([BODY[:7], BODY[7:30], BODY[30:]]))
        self.assert_accepted(answer, 4)
        self.assert_outputs()

    def test_cloud_events_in_binary_mode(self):
        for line in BODY.splitlines():
            self.assert_accepted(self.run_.post(line, {
                "Content-Type": "application/json", "ce-specversion": "1.0",
                "ce-id": "1", "ce-source": "/t", "ce-type": "t"}), 1)
        self.assert_outputs()

    def test_cloud_events_in_structured_mode(self):
        for event in EVENTS:
            self.assert_accepted(self.run_.post(
                json.dumps(cloud_event(event), separators=(",", ":")),
                {"Content-Type": "application/cloudevents+json"}), 1)
        self.assert_outputs()

    def test_cloud_events_in_batched_mode(self):
        answer = self.run_.post(
            json.dumps([cloud_event(event) for event in EVENTS],
                       separators=(",", ":")),
            {"Content-Type": "application/cloudevents-batch+json"})
        self.assert_accepted(answer, 4)
        self.assert_outputs()

    def test_lines_over_tcp_are_written_when_the_peer_closes(self):
        self.assertEqual(self.run_.send_lines(BODY), b"")
        self.assert_outputs()

    def test_a_last_line_without_its_end_counts(self):
        self.assertEqual(self.run_.send_lines(BODY[:-1]), b"")
        self.assert_outputs()

    def test_publish_over_grpc(self):
        answer = subprocess.run(
            [PUBLISH, "127.0.0.1:%d" % self.run_.ports["GRPC_PORT"]],
            input=BODY, capture_output=True, timeout=harness.DEADLINE_SECONDS)
        self.assertEqual((answer.returncode, answer.stderr), (0, b""))
        self.assertEqual(json.loads(answer.stdout),
                         {"ackLevel": "ACK_LEVEL_DELIVERED"})
        self.assert_outputs()

    def test_many_events_by_all_doors_at_once_come_out_once(self):
        count = 20000
        events = [{"v": n} for n in range(count)]
        body = lines_of(events)
        self.assertEqual(self.run_.send_lines(body), b"")
        self.assert_accepted(self.run_.post(body), count)
        self.assertEqual(self.run_.stop(), 0)
        found = sorted(row["v"] for name in ("small", "large")
                       for row in self.run_.rows(name + ".ndjson"))
        self.assertEqual(found, sorted(2 * list(range(count))))
        self.assert_conserved(self.run_, received=2 * count,
                              delivered=2 * count)

class PagesTest(harness.ProcessTest):
    def test_counts_are_zero_from_the_start_and_right_at_the_end(self):
        run = self.start(PIPELINE)
        names = ("delivered", "filtered", "dead_lettered", "rejected", "retry")
        samples = run.metrics()
        for name in names:
            self.assertEqual(samples.get(
                "phoenix_pipeline_settled_events_total"
                '{outcome="%s",pipeline="run"}' % name), 0, name)
        self.assertEqual(samples["phoenix_unaccounted_events"
                                 '{pipeline="run"}'], 0)
        for door, reason in (("http", "body_invalid"), ("tcp", "event_invalid"),
                             ("grpc", "sequence_gap")):
            self.assertEqual([value for sample, value in samples.items() if
                              sample.startswith("phoenix_component_errors") and
                              'component_name="%s"' % door in sample and
                              'error_type="%s"' % reason in sample], [0])
        run.post(BODY)
        run.send_lines(BODY)
        harness.wait_until(lambda: run.settled("delivered") == 4, "delivered")
        self.assertEqual([run.settled(name) for name in names],
                         [4, 2, 2, 0, 0])
        for kind, name, count in (("source", "http", 4), ("source", "tcp", 4),
                                  ("step", "wanted", 8), ("sink", "small", 2),
                                  ("sink", "large", 2), ("sink", "failed", 2)):
            self.assertEqual(run.count(
                "phoenix_component_received_events_total",
                component_kind=kind, component_name=name), count, name)
        for name in ("small", "large", "failed"):
            self.assertEqual(run.count(
                "phoenix_component_sent_events_total",
                component_name=name), 2, name)
        self.assertEqual(run.count("phoenix_unaccounted_events"), 0)

    def test_doors_are_open_as_soon_as_it_says_ready(self):
        for _ in range(20):
            run = self.start(PIPELINE)
            for port in ("HTTP_PORT", "TCP_PORT", "GRPC_PORT"):
                run.connect(port).close()
            run.process.kill()
            run.process.wait()

    def test_health_pages_tell_a_drain_from_a_death(self):
        # A sink that hangs keeps the drain from ending.
        (port,) = harness.free_ports(1)
        sink = harness.Destination(port)
        self.addCleanup(sink.close)
        sink.hold.clear()
        run = self.start(STALLING, {"SINK_PORT": port})
        self.assertEqual(run.get("/healthz").status, 200)
        with run.connect() as door:
            door.sendall(b"{}\n")
            harness.wait_until(
                lambda: run.count("phoenix_pipeline_received_events_total"),
                "received")
            run.signal(signal.SIGTERM)
            answer = harness.wait_until(
                lambda: (a := run.get("/readyz")).status != 200 and a, "drain")
            self.assertEqual(answer.status, 503)
            self.assertIn(b"drain", answer.body)
            self.assertEqual(run.get("/healthz").status, 200)
            sink.hold.set()
            self.assertEqual(run.wait(), 0)

STALLING = """
name: stalling
sources:
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
sinks:
  - name: away
    http: http://127.0.0.1:${SINK_PORT}/
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

FILES = """
name: files
sources:
  - name: in
    file: "${IN}"
steps:
  - name: wanted
    filter: data.v > 0
sinks:
  - name: out
    file: out.ndjson
admin_address: "off"
"""

class FileTest(harness.ProcessTest):
    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_a_one_shot_run_ends_by_itself(self):
        path = self.write("in.ndjson", b'{"v":1}\n{"v":0}\n{"v":2}')
        run = self.launch(FILES, {"IN": path})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        self.assertEqual(run.text("out.ndjson"), '{"v":1}\n{"v":2}\n')
        self.assert_conserved(run, received=3, delivered=2, filtered=1)

    def test_all_files_of_a_pattern_are_read(self):
        for n in range(3):
            self.write("in%d.ndjson" % n, lines_of([{"v": n + 1}] * 1000))
        run = self.launch(FILES, {"IN": os.path.join(self.folder,
                                                     "in?.ndjson")})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        rows = [row["v"] for row in run.rows("out.ndjson")]
        self.assertEqual(sorted(rows), [1] * 1000 + [2] * 1000 + [3] * 1000)

    def test_csv_rows_become_objects(self):
        path = self.write("in.csv", b'v,name\n1,"a, b"\n0,c\n')
        run = self.launch(FILES, {"IN": path})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        self.assertEqual(run.rows("out.ndjson"), [{"v": 1, "name": "a, b"}])

    def test_an_empty_file_is_a_run_without_events(self):
        run = self.launch(FILES, {"IN": self.write("in.ndjson", b"")})
        self.assertEqual(run.wait(), 0, run.text("stderr"))
        self.assert_conserved(run, received=0)

if __name__ == "__main__":
    unittest.main()
