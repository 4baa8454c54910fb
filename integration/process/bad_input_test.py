"""Whoever sends what is no good hears why, it is counted, and nobody else
notices: after each case the same run takes good events."""

import contextlib
import gzip
import json
import socket
import unittest
import zlib

import harness

PIPELINE = """
name: bad-input
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
      path: /events
      max_body_bytes: 64KiB
      max_stream_bytes: 1MiB
      endpoints:
        - {path: /large, format: ndjson}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
steps:
  - name: small
    filter: '!has(data.v) || data.v < 1000'
sinks:
  - name: out
    file: ${OUT:-out.ndjson}
  - name: failed
    file: failed.ndjson
dead_letter: failed
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

JSON = {"Content-Type": "application/json"}
CLOUD_EVENT = {"Content-Type": "application/cloudevents+json"}
GOOD = b'{"good":1}\n'


class BadInputTest(harness.ProcessTest):
    def setUp(self):
        super().setUp()
        self.run_ = self.start(PIPELINE)
        self.good = 0

    def tearDown(self):
        """The neighbours live, and the ledger closes."""
        self.send_good()
        self.assertEqual(self.run_.stop(), 0, self.run_.text("stderr"))
        good = [row for row in self.run_.rows("out.ndjson")
                if row == {"good": 1}]
        self.assertEqual(len(good), self.good)
        self.assertEqual(self.run_.ledger()["unaccounted"], 0)

    def post(self, body, headers=None):
        return self.run_.post(body, headers, "/events")

    def send_good(self):
        self.assertEqual(self.post(GOOD).status, 200)
        self.assertEqual(self.run_.send_lines(GOOD), b"")
        self.good += 2

    def assert_refused(self, answer, status, text, reason):
        """The answer says why, in the JSON form of google.rpc.Status, and the
        reason is counted."""
        self.assertEqual(answer.status, status, answer.body)
        error = json.loads(answer.body)["error"]
        self.assertIn(text, error["message"])
        self.assertEqual(error["details"][0]["reason"], reason)
        self.assertIn(reason.lower(), self.run_.refused("http"))

    # What is not JSON.

    def test_malformed_json(self):
        for body in (b'{"v":', b"{'v':1}", b'{"v":01}', b'{"v":1}}', b"nope",
                     b'{"v":1,}', b'"\n"', b'{"v":NaN}'):
            with self.subTest(body=body):
                self.assert_refused(self.post(body, JSON), 400, "",
                                    "BODY_INVALID")
                self.send_good()

    def test_a_malformed_line_leaves_its_neighbours(self):
        answer = self.post(GOOD + b"{bad}\n" + GOOD)
        self.good += 2
        self.assertEqual(answer.status, 200)
        found = json.loads(answer.body)
        self.assertEqual((found["accepted"], found["rejected"]), (2, 1))
        self.assertEqual(found["failures"][0]["line"], 2)
        reply = json.loads(self.run_.send_lines(GOOD + b"{bad}\n" + GOOD))
        self.good += 2
        self.assertEqual(reply["line"], 2)
        self.assertEqual(self.run_.refused("tcp"), {"event_invalid": 1})

    def test_invalid_utf_8(self):
        for text in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf"):
            with self.subTest(text=text):
                self.assert_refused(self.post(b'{"s":"' + text + b'"}\n'),
                                    400, "UTF-8", "EVENT_INVALID")
                reply = self.run_.send_lines(b'{"s":"' + text + b'"}\n')
                self.assertIn(b"UTF-8", reply)

    def test_ten_thousand_nested_arrays(self):
        deep = b"[" * 10000 + b"]" * 10000
        self.assert_refused(self.post(deep + b"\n"), 400, "128 levels",
                            "EVENT_INVALID")
        self.assertIn(b"128 levels", self.run_.send_lines(deep + b"\n"))

    # Requests.

    def test_a_wrong_content_type(self):
        for kind in ("text/csv", "", "nonsense", "application/xml"):
            with self.subTest(kind=kind):
                self.assert_refused(self.post(GOOD, {"Content-Type": kind}),
                                    415, "application/x-ndjson",
                                    "CONTENT_TYPE_UNKNOWN")

    def test_a_charset_that_is_not_utf_8(self):
        answer = self.post(GOOD, {
            "Content-Type": "application/x-ndjson; charset=iso-8859-1"})
        self.assert_refused(answer, 415, "utf-8", "CHARSET_UNKNOWN")

    def test_a_request_without_host(self):
        with self.run_.connect("HTTP_PORT") as door:
            door.sendall(b"POST /events HTTP/1.1\r\n"
                         b"Content-Length: 2\r\n\r\n{}")
            self.assertIn(b" 400 ", harness.read_to_end(door))

    def test_an_expectation_that_is_not_known(self):
        answer = self.post(GOOD, {**harness.NDJSON, "Expect": "tea"})
        self.assertEqual(answer.status, 417)

    def test_an_unknown_content_encoding(self):
        answer = self.post(GOOD, {**harness.NDJSON, "Content-Encoding": "br"})
        self.assert_refused(answer, 415, "gzip", "CONTENT_ENCODING_UNKNOWN")

    def test_an_unknown_path_and_method(self):
        self.assertEqual(self.run_.post(GOOD, path="/nowhere").status, 404)
        with self.run_.connect("HTTP_PORT") as door:
            door.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n"
                         b"Connection: close\r\n\r\n")
            self.assertIn(b" 405 ", harness.read_to_end(door))

    def test_what_is_not_http(self):
        for rubbish in (b"\x16\x03\x01\x02\x00\x01\x00", b"HELO\r\n\r\n",
                        b"POST / HTTP/9.9\r\n\r\n",
                        b"POST /events HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
            with self.subTest(rubbish=rubbish):
                with self.run_.connect("HTTP_PORT") as door:
                    door.sendall(rubbish)
                    door.shutdown(socket.SHUT_WR)
                    self.assertRegex(harness.read_to_end(door),
                                     b"^(HTTP/1.1 400 |$)")

    def test_endless_headers(self):
        with self.run_.connect("HTTP_PORT") as door:
            with contextlib.suppress(ConnectionError):
                door.sendall(b"POST /events HTTP/1.1\r\n")
                for number in range(100000):
                    door.sendall(b"X-%d: y\r\n" % number)
            self.assertIn(b" 431 ", door.recv(1 << 16))

    def test_an_oversized_body(self):
        body = json.dumps({"s": "x" * (65 << 10)})
        self.assert_refused(self.post(body, JSON), 413, "max_body_bytes",
                            "BODY_TOO_LARGE")

    def test_an_endless_chunked_body(self):
        self.assertIn(b" 413 ", self.send_endlessly(
            "application/json", b"[" + b"1," * 2000))
        self.assertIn("body_too_large", self.run_.refused("http"))
        self.assertIn(b" 413 ", self.send_endlessly(
            "application/x-ndjson", b'{"v":1}\n' * 500))

    def send_endlessly(self, kind, part):
        """What is answered to a body that never ends."""
        with self.run_.connect("HTTP_PORT") as door:
            door.sendall(b"POST /events HTTP/1.1\r\nHost: x\r\n"
                         b"Content-Type: %s\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n" % kind.encode())
            with contextlib.suppress(ConnectionError):
                for _ in range(100000):
                    door.sendall(b"%x\r\n%s\r\n" % (len(part), part))
                self.fail("100,000 parts were read")
            return door.recv(1 << 16)

    def test_an_oversized_event(self):
        line = b'{"s":"' + b"x" * (2 << 20) + b'"}\n'
        answer = self.run_.post(line, path="/large")
        self.assertEqual(answer.status, 413)

    # Compression.

    def test_a_truncated_gzip_stream(self):
        body = gzip.compress(GOOD * 100)
        for size in (1, 9, 20, len(body) - 1):
            with self.subTest(size=size):
                answer = self.post(body[:size], {**harness.NDJSON,
                                                 "Content-Encoding": "gzip"})
                # Lines that came whole before the cut are events already.
                error = json.loads(answer.body)["error"]
                self.good += int(error["details"][0].get(
                    "metadata", {}).get("accepted", 0))
                self.assert_refused(answer, 400, "compressed body ends",
                                    "BODY_INVALID")

    def test_what_is_not_gzip(self):
        answer = self.post(GOOD, {**harness.NDJSON, "Content-Encoding": "gzip"})
        self.assert_refused(answer, 400, "gzip", "BODY_INVALID")

    def test_a_decompression_bomb(self):
        packer = zlib.compressobj(9, wbits=31)
        zeros = bytes(1 << 20)
        bomb = b"".join([packer.compress(zeros) for _ in range(1024)] +
                        [packer.flush()])
        before = self.run_.peak_bytes()
        for headers in (harness.NDJSON, JSON):
            answer = self.post(bomb, {**headers, "Content-Encoding": "gzip"})
            self.assertEqual(answer.status, 413, answer.body)
        self.assertIn("body_too_large", self.run_.refused("http"))
        self.assertLess(self.run_.peak_bytes() - before, 32 << 20)

    # Events.

    def test_a_cloud_event_without_id(self):
        answer = self.post(
            b'{"specversion":"1.0","source":"/t","type":"t","data":{}}',
            CLOUD_EVENT)
        self.assert_refused(answer, 400, "id", "EVENT_INVALID")
        answer = self.post(b"{}", {
            **JSON, "ce-specversion": "1.0", "ce-source": "/t",
            "ce-type": "t"})
        self.assert_refused(answer, 400, "'ce-id'", "EVENT_INVALID")

    def test_a_batch_with_one_cloud_event_without_id(self):
        event = {"specversion": "1.0", "source": "/t", "type": "t",
                 "data": {"good": 1}}
        answer = self.post(
            json.dumps([{**event, "id": "1"}, event]),
            {"Content-Type": "application/cloudevents-batch+json"})
        self.good += 1
        self.assertEqual(answer.status, 200, answer.body)
        found = json.loads(answer.body)
        self.assertEqual((found["accepted"], found["rejected"]), (1, 1))
        self.assertEqual(found["failures"][0]["index"], 1)

    def test_a_number_beyond_64_bits_fails_the_rule_that_reads_it(self):
        line = b'{"v":123456789012345678901234567890}\n'
        self.assertEqual(self.post(line).status, 200)
        self.assert_dead_letter(line)

    def test_a_number_beyond_64_bits_that_no_rule_reads_is_kept(self):
        line = b'{"w":123456789012345678901234567890,"x":1e400}\n'
        self.assertEqual(self.post(line).status, 200)
        self.assertIn(line.decode(), self.run_.text("out.ndjson"))

    def test_a_path_that_is_there_twice_fails_the_rule_that_reads_it(self):
        line = b'{"v":1,"v":2}\n'
        self.assertEqual(self.post(line).status, 200)
        self.assert_dead_letter(line)

    def assert_dead_letter(self, line):
        """The failed event's bytes are kept as they came."""
        self.assertIn(line.decode().strip(), self.run_.text("failed.ndjson"))
        (failed,) = self.run_.rows("failed.ndjson")
        self.assertEqual(failed["component"], "small")
        self.assertEqual(self.run_.settled("dead_lettered"), 1)

    def test_a_line_of_100_mb_over_tcp(self):
        before = self.run_.peak_bytes()
        with self.run_.connect() as door:
            door.sendall(GOOD + b'"')
            for _ in range(100):
                door.sendall(b"x" * (1 << 20))
            door.sendall(b'"\n' + GOOD)
            door.shutdown(socket.SHUT_WR)
            refusals, _ = harness.split_replies(harness.read_to_end(door))
            reply = json.loads(refusals)
        self.good += 2
        self.assertEqual(reply["line"], 2)
        self.assertIn("max_line_bytes", reply["error"])
        self.assertEqual(self.run_.refused("tcp"), {"event_too_large": 1})
        self.assertLess(self.run_.peak_bytes() - before, 16 << 20)

    def test_lines_that_are_not_events(self):
        self.assertEqual(self.run_.send_lines(b"\n\r\n"), b"")
        reply = self.run_.send_lines(b"\0\0\0\n\xef\xbb\xbf{}\n")
        self.assertIn(b'"line":1', reply)


if __name__ == "__main__":
    unittest.main()
