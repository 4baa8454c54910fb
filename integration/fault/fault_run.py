"""Breaks a running pipeline and judges what came out of it. See README.md.

Exit status: 0 passed, 1 something was lost, invented, inverted or miscounted,
3 invalid: the load was below its floor, so nothing was shown.
"""

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from integration.fault import judge as judges
from integration.fault import load as loads
from integration.fault.ledger import Ledger
from integration.process import harness

PASSED, VIOLATED, INVALID = 0, 1, 3

PIPELINE = """
name: fault
sources:
  - name: http
    http:
      address: 127.0.0.1:${HTTP_PORT}
  - name: tcp
    tcp: 127.0.0.1:${TCP_PORT}
steps:
  - name: wanted
    filter: data.k != 63
routes:
  - name: few
    when: data.k < 8
    to: [few]
  - name: every
    when: "true"
    to: [all]
sinks:
  - name: all
    file: all.ndjson
  - name: few
    file: few.ndjson
admin_address: 127.0.0.1:${ADMIN_PORT}
"""

LOG = """
log:
  embedded:
    path: log
    max_bytes: 4GiB
"""

# Whether a sink is on the route of a key: what PIPELINE says.
SINKS = {"all": lambda key: key != 63, "few": lambda key: key < 8}

# A fault comes when the load has stood for about so long.
LOAD_SECONDS = (0.3, 1.5)

# How often a process is killed before it was ready.
KILL_AT_START = 0.2

STOP_SECONDS = (1, 4)
FULL_SECONDS = (1, 4)
DISK_BYTES = 256 << 20

# In which a disk that is kept full must have been felt.
FILL_SECONDS = 20

# After space has returned, producers must be served again within this.
RESUME_SECONDS = 5

# Rounds between two judgements, each on a fresh folder, so that outputs stay
# small.
ROUNDS_AN_EPOCH = 5

QUIESCE_SECONDS = 60


def fixed_ports(chance, count):
    """Free ports below the range from which the system picks those of
    connecting clients: a port of that range may connect to itself while its
    server is dead."""
    ports = []
    while len(ports) < count:
        port = chance.randrange(15000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


class Disk:
    """A small one of its own for the log, that can be filled."""

    def __init__(self, path):
        self.path = path
        os.mkdir(path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES,
                        "phoenix", path], check=True)
        self._ballast = os.path.join(path, "ballast")

    def fill(self):
        """Takes all that is free now; what is given back later, next time."""
        with open(self._ballast, "ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 16))
            except OSError:
                pass

    def free(self):
        os.unlink(self._ballast)

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=False)


class Epoch:
    """Some rounds on one folder, and their judgement."""

    def __init__(self, options, seed, rounds):
        self._options = options
        self._chance = random.Random(seed)
        self._seed = seed
        self._rounds = rounds
        self.folder = tempfile.mkdtemp(prefix="phoenix-fault-")
        self._ports = dict(zip(harness.PORTS, fixed_ports(
            self._chance, len(harness.PORTS))))
        self._disk = None
        self._process = None
        self.ledger = Ledger()
        self.up_seconds = 0.0
        self.offered = 0
        self.ready_seconds = []
        self.refused = 0
        self.verdicts = []

    def run(self):
        if "disk_full" in self._options.faults:
            self._disk = Disk(os.path.join(self.folder, "log"))
        try:
            self._run()
        finally:
            if self._process is not None:
                self._process.process.kill()
                self._process.wait()
            if self._disk is not None:
                self._disk.unmount()

    def _run(self):
        self._start()
        self._load = loads.Load(
            self.ledger, self._process.address("HTTP_PORT"),
            self._process.address("TCP_PORT"), self._seed, self._options.rate)
        for _ in range(self._rounds):
            self._stand()
            getattr(self, "_" + self._chance.choice(self._options.faults))()
        self._stand()
        self._load.stop()
        self.refused = self._load.refused()
        self._come_to_rest()
        self._check_books()
        self.verdicts = [
            judges.judge(self.ledger, sink, judges.rows_of(
                os.path.join(self.folder, sink + ".ndjson")), expects)
            for sink, expects in SINKS.items()]

    def _start(self):
        began = time.monotonic()
        self._process = self._spawn()
        self._process.wait_until_ready()
        self.ready_seconds.append(time.monotonic() - began)

    def _spawn(self):
        pipeline = PIPELINE + ("" if self._options.no_log else LOG)
        return harness.Phoenix(self.folder, pipeline, self._ports)

    def _stand(self):
        """Lets the load stand for a while, and sees that it does."""
        sent, acked = self.ledger.sent(), self.ledger.acked()
        began = time.monotonic()
        time.sleep(self._chance.uniform(*LOAD_SECONDS))
        harness.wait_until(lambda: self.ledger.acked() > acked,
                           "an event acknowledged")
        self.up_seconds += time.monotonic() - began
        self.offered += self.ledger.sent() - sent
        self._load.check()
        status = self._process.process.poll()
        if status is not None:
            raise AssertionError("it died by itself: %d: %s" % (
                status, self._process.text("stderr")[-2000:]))

    # Faults. Each ends with the process ready.

    def _kill(self):
        self._process.signal(signal.SIGKILL).wait()
        while self._chance.random() < KILL_AT_START:
            process = self._spawn()
            time.sleep(self._chance.uniform(0, 0.2))
            process.signal(signal.SIGKILL).wait()
        self._start()

    def _stop(self):
        self._process.signal(signal.SIGSTOP)
        time.sleep(self._chance.uniform(*STOP_SECONDS))
        self._process.signal(signal.SIGCONT)

    def _disk_full(self):
        until = time.monotonic() + self._chance.uniform(*FULL_SECONDS)
        before = -1
        while time.monotonic() < until or self.ledger.acked() > before:
            # The log deletes what it needs no more until nothing is left.
            before = self.ledger.acked()
            self._disk.fill()
            time.sleep(0.3)
            if time.monotonic() > until + FILL_SECONDS:
                raise AssertionError("the full disk was never felt")
        self._disk.free()
        harness.wait_until(lambda: self.ledger.acked() > before,
                           "an event acknowledged after space returned",
                           RESUME_SECONDS)

    # The end.

    def _come_to_rest(self):
        def at_rest():
            return (self._process.count(
                        "phoenix_pipeline_in_flight_events") == 0 and
                    self._process.count("phoenix_log_lag_events") == 0)
        harness.wait_until(at_rest, "at rest", QUIESCE_SECONDS)

    def _check_books(self):
        count = self._process.count
        missing = judges.unbalanced(
            count("phoenix_pipeline_received_events_total"),
            count("phoenix_pipeline_recovered_events_total"),
            count("phoenix_pipeline_settled_events_total"),
            count("phoenix_pipeline_in_flight_events"))
        if missing:
            raise AssertionError("%d events are unaccounted for" % missing)
        # What the pipeline finds when it counts by itself, each second.
        harness.wait_until(lambda: count("phoenix_unaccounted_events") == 0,
                           "every event accounted for")
        status = self._process.stop()
        if status != 0:
            raise AssertionError("exit status %d: %s" % (
                status, self._process.text("stderr")[-2000:]))

    # What it found.

    def offered_rate(self):
        return self.offered / self.up_seconds

    def violations(self):
        return sum(sum(verdict.violations().values())
                   for verdict in self.verdicts)

    def __str__(self):
        return "\n".join(
            ["seed %s: %d sent (%d events/s), %d acknowledged, %d refused, "
             "ready after at most %.2f s" % (
                 self._seed, self.ledger.sent(), self.offered_rate(),
                 self.ledger.acked(), self.refused,
                 max(self.ready_seconds))] +
            ["  " + str(verdict) for verdict in self.verdicts])


def run_epoch(options, seed, rounds):
    """PASSED, VIOLATED or INVALID; keeps the folder unless it passed."""
    epoch = Epoch(options, seed, rounds)
    try:
        epoch.run()
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print("seed %s: %s\n  kept: %s" % (seed, error, epoch.folder))
        return VIOLATED
    print(epoch, flush=True)
    if epoch.violations():
        print("  kept: " + epoch.folder)
        return VIOLATED
    shutil.rmtree(epoch.folder)
    if epoch.offered_rate() < options.min_rate:
        print("  invalid: fewer than %d events/s were offered" %
              options.min_rate)
        return INVALID
    return PASSED


def parse(arguments):
    parser = argparse.ArgumentParser(prog="integration/fault/run",
                                     description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--faults", default="kill",
                        type=lambda text: text.split(","),
                        help="of kill, stop, disk_full; with commas")
    parser.add_argument("--rate", type=int, default=60000,
                        help="events a second that are offered")
    parser.add_argument("--min-rate", type=int, default=50000,
                        help="below this a run is invalid")
    parser.add_argument("--no-log", action="store_true",
                        help="acknowledged is delivered")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    print("again: integration/fault/run --rounds %d --seed %d --faults %s%s" % (
        options.rounds, options.seed, ",".join(options.faults),
        " --no-log" if options.no_log else ""), flush=True)
    results = []
    for done in range(0, options.rounds, ROUNDS_AN_EPOCH):
        rounds = min(ROUNDS_AN_EPOCH, options.rounds - done)
        seed = "%d.%d" % (options.seed, done // ROUNDS_AN_EPOCH)
        results.append(run_epoch(options, seed, rounds))
    print("%d rounds: %d epochs passed, %d violated, %d invalid" % (
        options.rounds, results.count(PASSED), results.count(VIOLATED),
        results.count(INVALID)))
    for result in (VIOLATED, INVALID):
        if result in results:
            return result
    return PASSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
