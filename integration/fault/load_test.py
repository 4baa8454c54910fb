"""Producers that say which connection an event went by, against doors that end
connections when they like."""

import http.server
import os
import socketserver
import tempfile
import threading
import unittest

from integration.fault import load as loads
from integration.fault.ledger import Ledger


class HttpDoor(http.server.BaseHTTPRequestHandler):
    """Ends the connection as its next answer of `ANSWERS` says: with it,
    `instead` of it, or not at all."""

    protocol_version = "HTTP/1.1"
    ANSWERS = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        end = self.ANSWERS.pop(0)
        self.close_connection = end is not None
        if end == "instead":
            return
        answer = b'{"accepted":%d,"ack_level":"DISK"}' % body.count(b"\n")
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        if end == "with":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


class TcpDoor(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b'{"final_lines":%d}\n' % len(list(self.rfile)))


# What it says of each batch in turn.
GRPC_PRODUCER = """#!/bin/sh
for answer in 'taken 1' 'taken 1' 'unknown 1' 'taken 2' 'away 3'; do
  read -r count
  for i in $(seq "$count"); do read -r line; done
  echo "$answer"
done
"""


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class ConnectionTest(unittest.TestCase):
    def connections(self, producer, batches):
        """By which connection each of so many batches went at last."""
        self.addCleanup(producer.close)
        for _ in range(batches):
            producer._send(10)
        found = list(producer.account.connections)
        self.assertEqual(len(found), 10 * batches)
        each = found[::10]
        self.assertEqual(found, [one for one in each for _ in range(10)])
        return each

    def http(self, answers, insists):
        HttpDoor.ANSWERS = list(answers)
        server = serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                       HttpDoor))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        producer = loads.HttpProducer(Ledger(), server.server_address, 1, 1,
                                      insists)
        producer.ack_level = "DISK"
        return producer

    def test_requests_of_one_connection_share_its_number(self):
        producer = self.http([None, None, None], False)
        self.assertEqual(self.connections(producer, 3), [1, 1, 1])

    def test_a_door_that_ends_a_connection_begins_the_next(self):
        producer = self.http([None, "with", None, None], False)
        self.assertEqual(self.connections(producer, 4), [1, 1, 2, 2])

    def test_what_is_sent_again_went_by_the_connection_of_its_last_attempt(
            self):
        producer = self.http([None, "instead", None], True)
        self.assertEqual(self.connections(producer, 2), [1, 2])
        self.assertEqual(producer.account.last_attempt(10), 1)

    def test_what_is_given_up_went_by_the_connection_that_broke(self):
        producer = self.http([None, "instead", None], False)
        self.assertEqual(self.connections(producer, 3), [1, 1, 2])

    def test_each_batch_by_tcp_is_a_connection(self):
        server = serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0),
                                                       TcpDoor))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        producer = loads.TcpProducer(Ledger(), server.server_address, 1, 1,
                                     False)
        self.assertEqual(self.connections(producer, 3), [1, 2, 3])
        self.assertEqual(producer.account.acked, 30)

    def test_a_channel_says_by_which_connection_a_call_went(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "producer")
            with open(program, "w", encoding="utf-8") as file:
                file.write(GRPC_PRODUCER)
            os.chmod(program, 0o700)
            producer = loads.GrpcProducer(Ledger(), ("door", 1), 1, 1, True)
            producer.program = program
            self.assertEqual(self.connections(producer, 3), [1, 1, 2])
            self.assertEqual(producer.offer([b"x"]), loads.AWAY)


if __name__ == "__main__":
    unittest.main()
