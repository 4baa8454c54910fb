"""Breaks a running pipeline and judges what came out of it. See README.md.

Exit status: 0 passed, 1 something was lost, invented, inverted, duplicated or
miscounted, 3 invalid: the load was below its floor, what was to be done never
hit, or a server failed, so nothing was shown.
"""

import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import time

from integration.fault import faults
from integration.fault import targets
from integration.fault.epoch import Epoch, deeds_of
from integration.servers.control import ServerError

PASSED, VIOLATED, INVALID = 0, 1, 3
NAMES = {PASSED: "passed", VIOLATED: "violated", INVALID: "invalid"}

# What else is part of the command that repeats a run, unless it is this.
DEFAULTS = {"log": "embedded", "sync": "disk", "queues": False,
            "full_seconds": None, "failpoint": "", "brokers": 1,
            "rate": 60000, "min_rate": 50000}

# Rounds between two judgements, each on a fresh folder, so that outputs stay
# small.
ROUNDS_AN_EPOCH = 10


class Run:
    """All epochs, one after the other."""

    def __init__(self, options):
        self._options = options
        self._targets = targets.Targets(
            options.servers, options.brokers, options.queues,
            "power" in options.faults,
            faults.TRANSACTION_SECONDS
            if {"txn_timeout", "join"} & set(options.faults) else None)
        self._results = collections.Counter()
        self._befell = collections.Counter()
        self._missed = collections.Counter()
        self._failpoints = collections.Counter()

    def run(self):
        began = time.monotonic()
        try:
            for number in self._numbers():
                self._results[self._run_epoch(number)] += 1
        finally:
            self._targets.close()
        self._report(time.monotonic() - began)
        return next((result for result in (VIOLATED, INVALID)
                     if self._results[result]), PASSED)

    def _numbers(self):
        if self._options.epoch is not None:
            return [self._options.epoch]
        return range(-(-self._options.rounds // ROUNDS_AN_EPOCH))

    def _run_epoch(self, number):
        seed = "%d.%d" % (self._options.seed, number)
        try:
            return self._judge_epoch(number, seed)
        except ServerError as error:
            print("seed %s: invalid: a server failed: %s" % (seed, error),
                  flush=True)
            return INVALID

    def _judge_epoch(self, number, seed):
        """Keeps the folder unless it passed."""
        rounds = min(ROUNDS_AN_EPOCH,
                     self._options.rounds - number * ROUNDS_AN_EPOCH)
        epoch = Epoch(self._options, self._targets, seed, rounds)
        try:
            epoch.run()
        except (AssertionError, OSError, RuntimeError,
                subprocess.SubprocessError) as error:
            print("seed %s: to %s: %s" % (seed, epoch.target.kind, error))
            return self._keep(epoch, number)
        print(epoch, flush=True)
        self._befell += epoch.befell
        self._missed += epoch.missed
        self._failpoints += epoch.failpoints
        if epoch.violations():
            return self._keep(epoch, number)
        shutil.rmtree(epoch.folder)
        if epoch.offered_rate() < self._options.min_rate:
            print("  invalid: fewer than %d events/s were offered" %
                  self._options.min_rate)
            return INVALID
        if shows_nothing(epoch.befell, epoch.missed):
            print("  invalid: a fault never hit")
            return INVALID
        return PASSED

    def _keep(self, epoch, number):
        print("  kept: %s\n  again: %s --epoch %d" % (
            epoch.folder, command(self._options), number), flush=True)
        return VIOLATED

    def _report(self, seconds):
        for name in sorted({name for name, _, _ in self._failpoints}):
            count = lambda action, fired: self._failpoints[name, action, fired]
            print("  %-32s killed %d of %d, failed %d of %d" % (
                name, count("kill", True),
                count("kill", True) + count("kill", False),
                count("error", True),
                count("error", True) + count("error", False)))
        print("%s: %s; epochs: %s; in %d s" % (
            command(self._options),
            deeds_of(self._befell, self._missed),
            ", ".join("%d %s" % (self._results[result], name)
                      for result, name in NAMES.items()), seconds))


def shows_nothing(befell, missed):
    """Whether there is a fault that missed each time."""
    return any(missed[fault] == count for fault, count in befell.items())


def command(options):
    """What repeats the run."""
    text = "tools/dev fault --rounds %d --seed %d --faults %s --sinks %s" % (
        options.rounds, options.seed, ",".join(options.faults),
        ",".join(options.sinks))
    for name, default in DEFAULTS.items():
        value = getattr(options, name)
        if value != default:
            text += " --" + name.replace("_", "-")
            text += "" if value is True else " %s" % value
    return text


def fitting(options):
    """Of the faults, those that any of the sinks, or the log, can suffer."""
    fits = {fault for kind in options.sinks
            for fault in faults.fitting(options, kind)}
    return [fault for fault in options.faults if fault in fits]


def words_of(known, apart=()):
    """`all` is every one of them but those that stand apart."""
    def parse_words(text):
        words = ([word for word in known if word not in apart]
                 if text == "all" else text.split(","))
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(
                    "'%s' is none of %s" % (word, ", ".join(known)))
        return words
    return parse_words


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/dev fault",
                                     description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--epoch", type=int,
                        help="only this one of the run, as a failure prints it")
    parser.add_argument("--faults", default="kill",
                        type=words_of(faults.ALL, faults.APART),
                        help="with commas, of %s; or all but power (disk_full "
                        "needs root)" % ", ".join(faults.ALL))
    parser.add_argument("--sinks", default="file",
                        type=words_of(targets.Targets.KINDS),
                        help="with commas, of %s; or all: an epoch draws one "
                        "of them" % ", ".join(targets.Targets.KINDS))
    parser.add_argument("--rate", type=int,
                        help="events a second that are offered")
    parser.add_argument("--min-rate", type=int,
                        help="below this a run is invalid")
    parser.add_argument("--log", choices=("embedded", "kafka", "none"),
                        help="none: acknowledged is delivered")
    parser.add_argument("--sync", choices=("disk", "os"),
                        help="of the log; os loses what was acknowledged when "
                        "the power is cut, and has to be found violated")
    parser.add_argument("--failpoint",
                        help="only those whose names begin so, as: queue.")
    parser.add_argument("--brokers", type=int,
                        help="of Kafka; beyond 1 another takes over")
    parser.add_argument("--full-seconds", type=float,
                        help="how long a disk is full; by chance otherwise")
    parser.add_argument("--queues", action="store_true",
                        help="each sink has a queue on disk, as http ones "
                        "always have")
    parser.add_argument("--producer",
                        help="grpc_producer; without it nothing comes by gRPC")
    parser.add_argument("--servers",
                        help="controlled_server, for kafka and postgres")
    parser.add_argument("--lossy-disk", help="liblossy_disk.so, for power")
    parser.set_defaults(**DEFAULTS)
    options = parser.parse_args(arguments)
    if {"power", "disk_full"} <= set(options.faults):
        parser.error("power and disk_full are of two different disks")
    if options.faults == words_of(faults.ALL, faults.APART)("all"):
        options.faults = fitting(options)
    for fault in set(options.faults).difference(fitting(options)):
        parser.error("nothing can suffer %s with --sinks %s --log %s "
                     "--brokers %d" % (fault, ",".join(options.sinks),
                                       options.log, options.brokers))
    return options


def main(arguments):
    options = parse(arguments)
    if "power" in options.faults and os.environ.get("PHOENIX_SANITIZED"):
        print("not run: a sanitizer wants to be loaded before anything else")
        return PASSED
    print("again: " + command(options), flush=True)
    return Run(options).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
