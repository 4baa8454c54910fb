"""What producers sent and what of it was acknowledged: the truth that outputs
are held against.

Every event is a line of JSON that names its producer, its number there, its key
and which attempt it is, so that an output row says by itself which event it
claims to be, and a copy that the producer made is told from one that the
pipeline made.
"""

import array
import re
import threading
import zlib

# Keys of one producer. Routes and filters of the test's pipeline go by them.
KEYS = 64

# 335 bytes a line, which is what a web request looks like in JSON.
_PAD_BYTES = 274
_PADS = [bytes(97 + (i * 7 + j * 11) % 26 for j in range(_PAD_BYTES))
         for i in range(61)]

_ROW = re.compile(rb'\{"p":(\d+),"s":(\d+),"k":\d+,"a":(\d+),')

SENT, ACKED = 1, 2


def line(producer, sequence, key, attempt=0):
    return b'{"p":%d,"s":%d,"k":%d,"a":%d,"pad":"%b"}' % (
        producer, sequence, key, attempt, _PADS[sequence % len(_PADS)])


def parse(row):
    """(producer, sequence, attempt) that a row claims to be; None when it is
    none."""
    match = _ROW.match(row)
    return tuple(map(int, match.groups())) if match else None


class Account:
    """The events of one producer, by their numbers from 0. Written by its
    producer's thread; read by the judge when that has ended."""

    def __init__(self, producer, first_key):
        self.producer = producer
        self.crcs = array.array("I")
        self.keys = bytearray()
        self.states = bytearray()
        # An order is promised within a group: a connection, or its successors
        # where a producer waits for each answer.
        self.groups = array.array("I")
        # What the last attempt went by. A log in Kafka promises no more than
        # an order within one.
        self.connections = array.array("I")
        self._attempts = {}  # CRCs by (sequence, attempt), beyond the first.
        self._last_attempts = {}  # By sequence, beyond the first.
        self._key = first_key
        self.acked = 0

    def make(self, count, group=0):
        """New events: the number of the first, and their lines."""
        first = len(self.states)
        lines = []
        for sequence in range(first, first + count):
            self._key = (self._key * 5 + 3) % KEYS
            text = line(self.producer, sequence, self._key)
            lines.append(text)
            self.crcs.append(zlib.crc32(text))
            self.keys.append(self._key)
            self.groups.append(group)
        self.connections.extend([0] * count)
        self.states.extend(bytes([SENT]) * count)
        return first, lines

    def make_again(self, first, count, attempt):
        """Lines of events that were sent and never answered."""
        lines = []
        for sequence in range(first, first + count):
            text = line(self.producer, sequence, self.keys[sequence], attempt)
            lines.append(text)
            self._attempts[sequence, attempt] = zlib.crc32(text)
            self._last_attempts[sequence] = attempt
        return lines

    def send_by(self, connection, first, count):
        """On which of the producer's connections the last attempt went."""
        self.connections[first:first + count] = array.array(
            "I", [connection] * count)

    def last_attempt(self, sequence):
        return self._last_attempts.get(sequence, 0)

    def crc(self, sequence, attempt):
        """None when there was no such attempt."""
        if attempt:
            return self._attempts.get((sequence, attempt))
        return self.crcs[sequence] if sequence < self.sent() else None

    def acknowledge(self, first, count):
        self.states[first:first + count] = bytes([ACKED]) * count
        self.acked += count

    def sent(self):
        return len(self.states)


class Ledger:
    """The accounts of all producers."""

    def __init__(self):
        self._lock = threading.Lock()
        self.accounts = []

    def open_account(self):
        with self._lock:
            number = len(self.accounts)
            self.accounts.append(Account(number, number * 7 % KEYS))
            return self.accounts[-1]

    def sent(self):
        return sum(account.sent() for account in self.accounts)

    def acked(self):
        return sum(account.acked for account in self.accounts)
