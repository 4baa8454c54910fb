"""Holds outputs against the ledger, when all faults are over and the pipeline
has come to rest."""

import collections
import os
import zlib

from integration.fault import ledger as ledgers

# Examples of each finding that a verdict keeps.
_EXAMPLES = 5

# Of an event: its last attempt, which was acknowledged if any was; the first.
_SEEN, _SEEN_FIRST = 1, 2


class Verdict:
    """What one sink has wrong. Duplicates are a finding only where the sink
    promises none."""

    FINDINGS = ("lost", "invented", "misrouted", "inverted", "renamed",
                "duplicated")

    def __init__(self, sink, exactly_once):
        self.sink = sink
        self.exactly_once = exactly_once
        self.rows = 0
        self.counts = collections.Counter()
        self.examples = collections.defaultdict(list)

    def add(self, finding, example):
        self.counts[finding] += 1
        if len(self.examples[finding]) < _EXAMPLES:
            self.examples[finding].append(example)

    def violations(self):
        return {finding: count for finding, count in self.counts.items()
                if finding != "duplicated" or self.exactly_once}

    def __str__(self):
        text = "sink '%s': %d rows" % (self.sink, self.rows)
        for finding in self.FINDINGS:
            text += ", %d %s" % (self.counts[finding], finding)
        for finding in self.violations():
            text += "\n    %s: %s" % (finding, self.examples[finding])
        return text


def rows_of(path):
    """The lines of an output, without their ends; a last one may lack it."""
    if not os.path.exists(path):
        return
    with open(path, "rb") as file:
        for row in file:
            yield row[:-1] if row.endswith(b"\n") else row


class SinkJudge:
    """Takes the rows of one sink in their order. `expects` says of a key
    whether the sink is on its route. A row of a sink that may get an event
    twice brings the identity by which a destination tells that. Within a
    connection the events of a key keep their order; `over_connections`: and
    over those that a producer had one after the other."""

    def __init__(self, ledger, sink, expects, exactly_once=False,
                 over_connections=True):
        self._accounts = ledger.accounts
        self._expects = [expects(key) for key in range(ledgers.KEYS)]
        self._seen = [bytearray(account.sent()) for account in self._accounts]
        self._order_scopes = [
            account.groups if over_connections else account.connections
            for account in self._accounts]
        self._copies = set()  # What was sent again.
        self._identities = {}
        self._last = {}
        self.verdict = Verdict(sink, exactly_once)

    def take(self, row, identity=None):
        self.verdict.rows += 1
        found = ledgers.parse(row)
        if found is None or not self._was_sent(*found, row):
            self.verdict.add("invented", row[:80])
            return
        if (identity is not None and
                self._identities.setdefault(found, identity) != identity):
            self.verdict.add("renamed", found)
        producer, sequence, attempt = found
        if not self._expects[self._accounts[producer].keys[sequence]]:
            self.verdict.add("misrouted", found)
        elif self._is_copy(producer, sequence, attempt):
            self.verdict.add("duplicated", found)
        elif attempt == self._accounts[producer].last_attempt(sequence):
            # Of an attempt that was given up any part may have been taken; it
            # stands for nothing.
            self._seen[producer][sequence] |= _SEEN
            self._check_order(producer, sequence)

    def _was_sent(self, producer, sequence, attempt, row):
        return (producer < len(self._accounts) and
                self._accounts[producer].crc(sequence, attempt) ==
                zlib.crc32(row))

    def _is_copy(self, producer, sequence, attempt):
        """Whether this very attempt was there before."""
        if attempt:
            before = len(self._copies)
            self._copies.add((producer, sequence, attempt))
            return len(self._copies) == before
        was = self._seen[producer][sequence]
        self._seen[producer][sequence] = was | _SEEN_FIRST
        return bool(was & _SEEN_FIRST)

    def _check_order(self, producer, sequence):
        account = self._accounts[producer]
        key = (producer, self._order_scopes[producer][sequence],
               account.keys[sequence])
        last = self._last.get(key, -1)
        if sequence < last:
            self.verdict.add("inverted", (producer, sequence, "after", last))
        else:
            self._last[key] = sequence

    def finish(self):
        """The verdict, once every row was taken."""
        for account, seen in zip(self._accounts, self._seen):
            for sequence, state in enumerate(account.states):
                if (state == ledgers.ACKED and not seen[sequence] & _SEEN and
                        self._expects[account.keys[sequence]]):
                    self.verdict.add("lost", (account.producer, sequence))
        return self.verdict


def judge(ledger, sink, rows, expects, exactly_once=False,
          over_connections=True):
    """`rows` are bytes, or pairs of them and an identity."""
    sink_judge = SinkJudge(ledger, sink, expects, exactly_once,
                           over_connections)
    for row in rows:
        sink_judge.take(*row if isinstance(row, tuple) else (row,))
    return sink_judge.finish()


def unbalanced(received, recovered, settled, in_flight):
    """Events that the pipeline's own books don't account for."""
    return received + recovered - settled - in_flight
