"""Producers that never stop: paced, seeded, and honest about what they heard.

An event is acknowledged only when its door has said so in words. One that was
refused is offered again. One whose answer never came is sent again by some
producers, as another attempt of the same event; by the others it is left
unknown.
"""

import http.client
import json
import random
import socket
import subprocess
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

# What a door may say of a batch, beside how many of its first events it has.
REFUSED, AWAY, UNKNOWN = "refused", "away", "unknown"


class Producer(threading.Thread):
    """Sends batches at its pace until it is told to stop."""

    # An order is promised within a group of batches.
    _group = 0

    # Which of its connections it used last, counted from the first.
    _connected = 0

    def __init__(self, ledger, address, seed, rate, insists):
        super().__init__(daemon=True)
        self.account = ledger.open_account()
        self._address = address
        self._chance = random.Random(seed)
        self._rate = rate
        self._insists = insists
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
                self._send(count)
                # One who was held up does not make up for it in one burst.
                due = max(due + count / self._rate, time.monotonic() - 1)
                self._stopping.wait(max(0, due - time.monotonic()))
        except Exception as error:  # A thread's death must not go unseen.
            self.error = error
            raise
        finally:
            self.close()

    def _send(self, count):
        first, lines = self.account.make(count, self._group)
        attempt = 0
        while not self._stopping.is_set():
            answer = self.offer(lines)
            self.account.send_by(self._connected, first, count)
            if isinstance(answer, int):
                self.account.acknowledge(first, answer)
                return
            if answer == REFUSED:
                self.refused += count
                self._stopping.wait(REFUSED_SECONDS)
                continue
            self._stopping.wait(AWAY_SECONDS)
            if answer == UNKNOWN:
                if not self._insists:
                    return
                attempt += 1
                lines = self.account.make_again(first, count, attempt)

    def offer(self, lines):
        """How many of the first events are acknowledged, or REFUSED, AWAY or
        UNKNOWN."""
        raise NotImplementedError

    def close(self):
        """Lets go of what it holds."""


class HttpProducer(Producer):
    """NDJSON over one connection that stays open. `ack_level` is what an answer
    has to say that an acknowledgement is worth."""

    ack_level = None
    _connection = None

    def offer(self, lines):
        try:
            if self._connection is None or self._connection.sock is None:
                self._connection = http.client.HTTPConnection(
                    *self._address, timeout=ANSWER_SECONDS)
                self._connection.connect()
                self._connected += 1
        except OSError:
            self.close()
            return AWAY
        try:
            self._connection.request(
                "POST", "/", b"\n".join(lines) + b"\n",
                {"Content-Type": "application/x-ndjson"})
            response = self._connection.getresponse()
            return self._answer(response.status, response.read(), len(lines))
        except (OSError, http.client.HTTPException):
            self.close()
            return UNKNOWN

    def _answer(self, status, text, count):
        if status == 200:
            answer = json.loads(text)
            if answer["accepted"] != count:
                raise AssertionError("a part was taken: %r" % text)
            if answer["ack_level"] != self.ack_level:
                raise AssertionError("not %s: %r" % (self.ack_level, text))
            return count
        if status == 429:
            taken = json.loads(text).get("accepted", 0)
            return UNKNOWN if taken else REFUSED
        if status == 503:
            return UNKNOWN
        raise AssertionError("%d %r" % (status, text))

    def close(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class TcpProducer(Producer):
    """Lines, a connection each time. An end of the connection alone says
    nothing, since a killed process leaves one too: only the door's last line
    tells how many lines it has."""

    def offer(self, lines):
        self._group += 1
        try:
            door = socket.create_connection(self._address, ANSWER_SECONDS)
        except OSError:
            return AWAY
        self._connected = self._group
        try:
            with door:
                door.sendall(b"\n".join(lines) + b"\n")
                door.shutdown(socket.SHUT_WR)
                return self._read_final_lines(door)
        except OSError:
            return UNKNOWN

    @staticmethod
    def _read_final_lines(door):
        answers = b""
        while True:
            part = door.recv(1 << 16)
            if not part:
                break
            answers += part
        rows = answers.splitlines()
        return json.loads(rows[-1]).get("final_lines", 0) if rows else UNKNOWN


class GrpcProducer(Producer):
    """Unary calls over one channel, by `grpc_producer.cc`."""

    program = None
    _caller = None

    def offer(self, lines):
        if self._caller is None:
            self._caller = subprocess.Popen(
                [self.program, "%s:%d" % self._address],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._caller.stdin.write(b"%d\n" % len(lines) +
                                 b"\n".join(lines) + b"\n")
        self._caller.stdin.flush()
        said = self._caller.stdout.readline().decode().strip()
        answer, _, connected = said.partition(" ")
        if connected.isdigit():
            self._connected = int(connected)
        if answer == "taken":
            return len(lines)
        if answer in (REFUSED, AWAY, UNKNOWN):
            return answer
        raise AssertionError("gRPC: '%s'" % said)

    def close(self):
        if self._caller is not None:
            self._caller.stdin.close()
            self._caller.wait(2 * ANSWER_SECONDS)
            self._caller.stdout.close()


class Load:
    """All producers of a run, at a total pace in events a second. `addresses`
    has a door for `http`, `tcp` and, where there is one, `grpc`."""

    KINDS = (("http", HttpProducer, False), ("http", HttpProducer, True),
             ("http", HttpProducer, False), ("http", HttpProducer, True),
             ("tcp", TcpProducer, False), ("grpc", GrpcProducer, True),
             ("grpc", GrpcProducer, False))

    def __init__(self, ledger, addresses, seed, rate):
        kinds = [kind for kind in self.KINDS if kind[0] in addresses]
        self._producers = [
            kind(ledger, addresses[door], "%s/%d" % (seed, i),
                 rate / len(kinds), insists)
            for i, (door, kind, insists) in enumerate(kinds)]
        for producer in self._producers:
            producer.start()

    def check(self):
        """Fails when a producer has."""
        for producer in self._producers:
            if producer.error is not None:
                raise AssertionError("a producer: %r" % producer.error)

    def refused(self):
        return sum(producer.refused for producer in self._producers)

    def abandon(self):
        """Ends it without waiting."""
        for producer in self._producers:
            producer.stop()

    def stop(self):
        self.abandon()
        for producer in self._producers:
            producer.join(2 * ANSWER_SECONDS)
        self.check()
