"""Breaks a running pipeline and judges what came out of it. See README.md.

Exit status: 0 passed, 1 something was lost, invented, inverted, duplicated or
miscounted, 3 invalid: the load was below its floor, so nothing was shown.
"""

import argparse
import collections
import random
import shutil
import subprocess
import sys
import time

from integration.fault import faults
from integration.fault import targets
from integration.fault.epoch import Epoch

PASSED, VIOLATED, INVALID = 0, 1, 3
NAMES = {PASSED: "passed", VIOLATED: "violated", INVALID: "invalid"}

# Options that are part of the command that repeats a run.
FLAGS = ("no_log", "queues")

# Rounds between two judgements, each on a fresh folder, so that outputs stay
# small.
ROUNDS_AN_EPOCH = 10


class Run:
    """All epochs, one after the other."""

    def __init__(self, options):
        self._options = options
        self._targets = targets.Targets(options.servers, options.queues)
        self._results = collections.Counter()
        self._befell = collections.Counter()
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
        """Keeps the folder unless it passed."""
        rounds = min(ROUNDS_AN_EPOCH,
                     self._options.rounds - number * ROUNDS_AN_EPOCH)
        seed = "%d.%d" % (self._options.seed, number)
        epoch = Epoch(self._options, self._targets.make, seed, rounds)
        try:
            epoch.run()
        except (AssertionError, OSError, RuntimeError,
                subprocess.SubprocessError) as error:
            print("seed %s: to %s: %s" % (seed, epoch.target.kind, error))
            return self._keep(epoch, number)
        print(epoch, flush=True)
        self._befell += epoch.befell
        self._failpoints += epoch.failpoints
        if epoch.violations():
            return self._keep(epoch, number)
        shutil.rmtree(epoch.folder)
        if epoch.offered_rate() < self._options.min_rate:
            print("  invalid: fewer than %d events/s were offered" %
                  self._options.min_rate)
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
            ", ".join("%d %s" % (count, name) for name, count in
                      sorted(self._befell.items())),
            ", ".join("%d %s" % (self._results[result], name)
                      for result, name in NAMES.items()), seconds))


def command(options):
    """What repeats the run."""
    return "tools/dev fault --rounds %d --seed %d --faults %s --sinks %s%s" % (
        options.rounds, options.seed, ",".join(options.faults),
        ",".join(options.sinks), "".join(
            " --" + flag.replace("_", "-") for flag in FLAGS
            if getattr(options, flag)))


def words_of(known):
    def parse_words(text):
        words = list(known) if text == "all" else text.split(",")
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
    parser.add_argument("--faults", default="kill", type=words_of(faults.ALL),
                        help="with commas, of %s; or all (disk_full needs "
                        "root)" % ", ".join(faults.ALL))
    parser.add_argument("--sinks", default="file",
                        type=words_of(targets.Targets.KINDS),
                        help="with commas, of %s; or all: an epoch draws one "
                        "of them" % ", ".join(targets.Targets.KINDS))
    parser.add_argument("--rate", type=int, default=60000,
                        help="events a second that are offered")
    parser.add_argument("--min-rate", type=int, default=50000,
                        help="below this a run is invalid")
    parser.add_argument("--no-log", action="store_true",
                        help="acknowledged is delivered")
    parser.add_argument("--queues", action="store_true",
                        help="each sink has a queue on disk, as http ones "
                        "always have")
    parser.add_argument("--producer",
                        help="grpc_producer; without it nothing comes by gRPC")
    parser.add_argument("--servers",
                        help="controlled_server, for kafka and postgres")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    print("again: " + command(options), flush=True)
    return Run(options).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
