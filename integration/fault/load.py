"""Producers that never stop: paced, seeded, and honest about what they heard.

An event is acknowledged only when its door has said so in words. One that was
refused is offered again; one whose answer never came is left unknown, so every
duplicate in an output is the pipeline's own.
"""

import http.client
import json
import random
import socket
import threading
import time

# What one door gets at a time.
BATCH_EVENTS = (100, 1000)

# Between attempts to reach a process that is away.
AWAY_SECONDS = 0.02

# How long an answer may take: longer than any fault that is not a death.
ANSWER_SECONDS = 30

# What a refused producer waits at most, whatever it was told: the load must
# stand when the reason has gone.
REFUSED_SECONDS = 0.2


class Producer(threading.Thread):
    """Sends batches at its pace until it is told to stop."""

    def __init__(self, ledger, address, seed, rate):
        super().__init__(daemon=True)
        self.account = ledger.open_account()
        self._address = address
        self._chance = random.Random(seed)
        self._rate = rate
        self._stopping = threading.Event()
        self.refused = 0
        self.error = None

    def stop(self):
        self._stopping.set()

    def run(self):
        due = time.monotonic()
        try:
            while not self._stopping.is_set():
                count = self._chance.randint(*BATCH_EVENTS)
                self.send(count)
                # One who was held up does not make up for it in one burst.
                due = max(due + count / self._rate, time.monotonic() - 1)
                self._stopping.wait(max(0, due - time.monotonic()))
        except Exception as error:  # A thread's death must not go unseen.
            self.error = error
            raise

    def pause(self, seconds):
        self._stopping.wait(seconds)


class HttpProducer(Producer):
    """NDJSON over one connection that stays open."""

    _connection = None

    def send(self, count):
        first, lines = self.account.make(count)
        body = b"\n".join(lines) + b"\n"
        while not self._stopping.is_set():
            answer = self._post(body)
            if answer is None:
                return
            status, text = answer
            if status == 200:
                if json.loads(text)["accepted"] != count:
                    raise AssertionError("a part was taken: %r" % text)
                self.account.acknowledge(first, count)
                return
            if status == 503:
                return
            if status != 429:
                raise AssertionError("%d %r" % (status, text))
            self.refused += count
            self.pause(REFUSED_SECONDS)

    def _post(self, body):
        """Status and body, or None when nobody answered."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    *self._address, timeout=ANSWER_SECONDS)
            self._connection.request(
                "POST", "/", body, {"Content-Type": "application/x-ndjson"})
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self.pause(AWAY_SECONDS)
            return None


class TcpProducer(Producer):
    """Lines, a connection each time. An end of the connection alone says
    nothing, since a killed process leaves one too: only the door's last line
    tells how many lines it has."""

    _group = 0

    def send(self, count):
        self._group += 1
        first, lines = self.account.make(count, self._group)
        try:
            with socket.create_connection(self._address,
                                          ANSWER_SECONDS) as door:
                door.sendall(b"\n".join(lines) + b"\n")
                door.shutdown(socket.SHUT_WR)
                self.account.acknowledge(first, self._read_final_lines(door))
        except OSError:
            self.pause(AWAY_SECONDS)

    @staticmethod
    def _read_final_lines(door):
        answers = b""
        while True:
            part = door.recv(1 << 16)
            if not part:
                break
            answers += part
        rows = answers.splitlines()
        return json.loads(rows[-1]).get("final_lines", 0) if rows else 0


class Load:
    """All producers of a run, at a total pace in events a second."""

    def __init__(self, ledger, http_address, tcp_address, seed, rate):
        kinds = [(HttpProducer, http_address)] * 5 + [
            (TcpProducer, tcp_address)]
        self._producers = [
            kind(ledger, address, "%s/%d" % (seed, i), rate / len(kinds))
            for i, (kind, address) in enumerate(kinds)]
        for producer in self._producers:
            producer.start()

    def check(self):
        """Fails when a producer has."""
        for producer in self._producers:
            if producer.error is not None:
                raise AssertionError("a producer: %r" % producer.error)

    def refused(self):
        return sum(producer.refused for producer in self._producers)

    def stop(self):
        for producer in self._producers:
            producer.stop()
        for producer in self._producers:
            producer.join(2 * ANSWER_SECONDS)
        self.check()
