"""Some rounds of load and faults on one folder, and their judgement."""

import collections
import contextlib
import glob
import os
import random
import socket
import sqlite3
import tempfile
import time

from integration.fault import faults
from integration.fault import judge as judges
from integration.fault import load as loads
from integration.fault import targets
from integration.fault.ledger import Ledger
from integration.fault.lossy_disk import LossyDisk
from integration.process import harness

PIPELINE = """
name: fault
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
    filter: data.k != 63
  - name: sound
    filter: data.k != 62 || data.nowhere
routes:
  - name: few
    when: data.k < 8
    to: [few]
  - name: every
    when: "true"
    to: [all]
%sadmin_address: 127.0.0.1:${ADMIN_PORT}
"""

LOG = """
log:
  embedded:
    path: log
    max_bytes: %s
    sync: %s
"""

# One that several processes share; a dead one is missed soon.
KAFKA_LOG = """
log:
  kafka:
    brokers: ${LOG_BROKERS}
    topic: %s
    create_topic: {partitions: %d, replication_factor: %d}
    commit_interval: 100ms
    librdkafka:
      session.timeout.ms: "6000"
      heartbeat.interval.ms: "500"
"""

LOG_PARTITIONS = 4

# As those of the sinks' topics (integration/servers/kafka_server.h).
MAX_COPIES = 3

# What of an epoch's folder is not the pipeline's: its harness writes it.
HARNESS_FILES = ("pipeline.yaml", "stdout", "stderr", "destination")

# A fault comes when the load has stood for about so long.
LOAD_SECONDS = (0.2, 1.0)

# In which the partitions of a process that was killed have gone to another:
# nobody knows before how much is left in them.
MISSED_SECONDS = 10

# What is 0 when there is nothing left to do.
UNREST = ("phoenix_pipeline_in_flight_events", "phoenix_log_lag_events",
          "phoenix_log_lag_records",
          "phoenix_sink_queue_waiting_events")

# A server that returns finds all that was acknowledged meanwhile.
QUIESCE_SECONDS = 180


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


def ack_level(options, target):
    """What an acknowledgement is worth: the log's, and the least of the
    queues'."""
    if options.log == "none":
        return "DISK" if target.queues else "DELIVERED"
    if options.log == "embedded":
        return options.sync.upper()
    if options.brokers == 1:
        return "OS"
    return "DISK" if target.queues else "REPLICATED"


def deeds_of(befell, missed):
    return ", ".join(
        "%d %s" % (count, name) +
        (" (%d missed)" % missed[name] if missed[name] else "")
        for name, count in sorted(befell.items()))


class Epoch:
    """`failpoints` counts, by name, how often one was armed and fired."""

    def __init__(self, options, servers, seed, rounds):
        self._options = options
        self.chance = random.Random(seed)
        self._seed = seed
        self._rounds = rounds
        self.folder = tempfile.mkdtemp(prefix="phoenix-fault-")
        self.ports = dict(zip(harness.PORTS, fixed_ports(
            self.chance, len(harness.PORTS))))
        kind = self.chance.choice(options.sinks)
        self.target = servers.make(
            kind, self.folder, os.path.basename(
                self.folder).replace("_", "-").lower(),
            self.ports["SINK_PORT"])
        self._environment = dict(self.target.environment)
        self.kafka = None
        if "kafka" in (kind, options.log):
            self.kafka = servers.server("kafka")
            self._environment["LOG_BROKERS"] = self.kafka.address
        self.disk = None
        self.lossy_disk = None
        self.process = None
        self._load = None
        self.ledger = Ledger()
        self.up_seconds = 0.0
        self.offered = 0
        self.ready_seconds = []
        self.end_seconds = []  # Of those that were asked to end.
        self.befell = collections.Counter()
        self.missed = collections.Counter()  # Of them, what did nothing.
        self.failpoints = collections.Counter()
        self.full_seconds = options.full_seconds
        self.failpoint = options.failpoint
        self.verdicts = []

    def run(self):
        if "disk_full" in self._options.faults:
            self.disk = faults.Disk(os.path.join(self.folder, "log"))
        if "power" in self._options.faults:
            self.lossy_disk = LossyDisk(
                self._options.lossy_disk, self.folder,
                self.chance.randrange(1 << 30), HARNESS_FILES)
        try:
            self._run()
        finally:
            if self._load is not None:
                self._load.abandon()
            if self.process is not None:
                self.process.process.kill()
                self.process.wait()
            self.target.close()
            if self.disk is not None:
                self.disk.unmount()
            if self.lossy_disk is not None:
                self.lossy_disk.remove()

    def _run(self):
        self.start()
        self._load = loads.Load(self.ledger, self._doors(), self._seed,
                                self._options.rate)
        fitting = faults.fitting(self._options, self.target.kind) or ["kill"]
        for _ in range(self._rounds):
            self._stand()
            fault = self.chance.choice(fitting)
            self.befell[fault] += 1
            if faults.ALL[fault](self) is False:
                self.missed[fault] += 1
        self._stand()
        self._load.stop()
        self._come_to_rest()
        self._check_books()
        self.verdicts = [
            judges.judge(self.ledger, sink, self.target.rows(sink), expects,
                         exactly_once=(self.target.exactly_once and
                                       self._options.log != "none"),
                         over_connections=self._options.log != "kafka")
            for sink, expects in targets.SINKS.items()]
        self.verdicts.append(judges.judge(
            self.ledger, "dead letters", self._dead_letters(),
            targets.is_dead_letter,
            exactly_once=(self._options.log != "none" and
                          not self.befell["join"]),
            over_connections=self._options.log != "kafka"))

    def _dead_letters(self):
        """Of all tables, in the order in which they came. Each process that
        shares a log has one of its own, so two may have the same letter."""
        letters = []
        for path in glob.glob(os.path.join(
                self.folder, "**", "fault.dead-letters.db"), recursive=True):
            with contextlib.closing(sqlite3.connect(path)) as table:
                letters += table.execute(
                    "select first_failed, number, payload from dead_letters")
        return [bytes(payload) for _, _, payload in sorted(letters)]

    def _doors(self):
        loads.HttpProducer.ack_level = ack_level(self._options, self.target)
        doors = {"http": "HTTP_PORT", "tcp": "TCP_PORT"}
        if self._options.producer:
            loads.GrpcProducer.program = self._options.producer
            doors["grpc"] = "GRPC_PORT"
        return {door: self.process.address(port)
                for door, port in doors.items()}

    def start(self):
        began = time.monotonic()
        self.process = self.spawn()
        self.process.wait_until_ready(faults.READY_SECONDS)
        self.ready_seconds.append(time.monotonic() - began)

    def spawn(self, environment=None):
        disk = {}
        if self.lossy_disk is not None:
            # What the sinks have is of no use when the log is to be judged.
            disk = {**self.lossy_disk.environment(),
                    **self.target.slow_commits}
        return harness.Phoenix(
            self.folder, self._pipeline(),
            {**self.ports, **self._environment, **disk, **(environment or {})})

    def spawn_another(self):
        """One that shares the log, and has a folder and doors of its own."""
        return harness.Phoenix(tempfile.mkdtemp(dir=self.folder),
                               self._pipeline(),
                               {**self._environment,
                                **self.target.environment_of_another})

    def servers(self):
        """That of the sinks, and that of the log, where there are any."""
        found = [self.target.server]
        if self._options.log == "kafka" and self.kafka not in found:
            found.append(self.kafka)
        return [server for server in found if server is not None]

    def coordinated(self):
        """What a broker coordinates, and the topic in which it does."""
        found = [("__transaction_state", name)
                 for name in self.target.transactional_ids()]
        if self._options.log == "kafka":
            found.append(("__consumer_offsets", "fault"))
        return found

    def led(self):
        """Topics and partitions that events go to, each led by a broker."""
        counts = {topic: targets.PARTITIONS for topic in self.target.topics()}
        if self._options.log == "kafka":
            counts[self._log_topic()] = LOG_PARTITIONS
        return [(topic, partition) for topic, count in counts.items()
                for partition in range(count)]

    def _log_topic(self):
        return self.target.name + "-log"

    def _pipeline(self):
        return PIPELINE % self.target.yaml() + self._log()

    def _log(self):
        if self._options.log == "kafka":
            copies = min(self._options.brokers, MAX_COPIES)
            return KAFKA_LOG % (self._log_topic(), LOG_PARTITIONS, copies)
        if self._options.log == "embedded":
            return LOG % (self.target.log_bytes, self._options.sync)
        return ""

    def count_failpoint(self, name, action, fired):
        self.failpoints[name, action.partition(":")[0], fired] += 1

    def _stand(self):
        """Lets the load stand for a while: from when something is acknowledged,
        which a log in Kafka does some time after the process is ready."""
        acked = self.ledger.acked()
        harness.wait_until(lambda: self.ledger.acked() > acked,
                           "an event acknowledged")
        sent, began = self.ledger.sent(), time.monotonic()
        time.sleep(self.chance.uniform(*LOAD_SECONDS))
        self.up_seconds += time.monotonic() - began
        self.offered += self.ledger.sent() - sent
        self._load.check()
        self._check_alive()

    def _check_alive(self):
        status = self.process.process.poll()
        if status is not None:
            raise AssertionError("it died by itself: %d: %s" % (
                status, self.process.text("stderr")[-2000:]))

    # The end.

    def _come_to_rest(self):
        stays = MISSED_SECONDS if self._options.log == "kafka" else 0
        harness.wait_until(lambda: self._stays_at_rest(stays), "at rest",
                           QUIESCE_SECONDS)

    def _stays_at_rest(self, seconds):
        """A process that has no partition yet lags behind nothing; that it has
        none it says when it is asked whether it is ready."""
        recovered = self._recovered()
        if not self._is_at_rest():
            return False
        time.sleep(seconds)
        return self._is_at_rest() and self._recovered() == recovered

    def _is_at_rest(self):
        self._check_alive()
        return (self.process.get("/readyz").status == 200 and
                not any(self.process.count(metric) for metric in UNREST))

    def _recovered(self):
        return self.process.count("phoenix_pipeline_recovered_events_total")

    def _check_books(self):
        count = self.process.count
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
        status = self.process.stop()
        if status != 0:
            raise AssertionError("exit status %d: %s" % (
                status, self.process.text("stderr")[-2000:]))

    # What it found.

    def offered_rate(self):
        return self.offered / self.up_seconds

    def violations(self):
        return sum(sum(verdict.violations().values())
                   for verdict in self.verdicts)

    def __str__(self):
        deeds = deeds_of(self.befell, self.missed)
        ended = (", ended after at most %.2f s" % max(self.end_seconds)
                 if self.end_seconds else "")
        return "\n".join(
            ["seed %s: to %s: %s: %d sent (%d events/s), %d acknowledged, %d "
             "refused, ready after at most %.2f s%s" % (
                 self._seed, self.target.kind, deeds, self.ledger.sent(),
                 self.offered_rate(), self.ledger.acked(),
                 self._load.refused(), max(self.ready_seconds), ended)] +
            ["  " + str(verdict) for verdict in self.verdicts])
