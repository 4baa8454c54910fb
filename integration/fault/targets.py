"""Where the events of a run end, but for dead letters: files, a Kafka broker or
a PostgreSQL server, each with two sinks that write every event once, or an HTTP
server that may get one twice. All can be read back."""

import glob
import os
import re
import shlex
import signal
import subprocess
import sys

from integration.fault.judge import rows_of
from integration.servers.control import Server

# The sinks of every pipeline, and whether one is on the route of a key: what
# PIPELINE in epoch.py says.
SINKS = {"all": lambda key: key < 62, "few": lambda key: key < 8}


def is_dead_letter(key):
    """Of the rest one fails at a step, one is filtered."""
    return key == 62


PARTITIONS = 3

# What a sink's queue keeps in memory, so little that every stall is felt, and
# on disk, where it has room for all but the longest.
QUEUE = ("queue: {bytes: 1MiB, spill: {path: queues/%s, max_bytes: 256MiB}, "
         "when_full: block}")


class Target:
    """The sinks of one epoch. `server` is None where there is none."""

    environment = {}
    environment_of_another = {}  # What differs for a process that joins.
    log_bytes = "2GiB"
    exactly_once = True
    queues = False
    synced = False
    transaction_seconds = None  # What a transaction may take, if not its own.
    slow_commits = {}  # The environment that makes a sink lag behind its log.

    def __init__(self, server, folder, name):
        self.server = server
        self.folder = folder
        self.name = name

    def yaml(self):
        return "sinks:\n" + "".join(
            "  - name: %s\n    %s\n" % (sink, self.config(sink)) +
            ("    %s\n" % (QUEUE % sink) if self.queues else "")
            for sink in SINKS)

    def topics(self):
        return []

    def transactional_ids(self):
        return []

    def close(self):
        """When its epoch is over."""


class Files(Target):
    kind = "file"
    log_bytes = "128MiB"  # Segments are an eighth: they come and go.
    slow_commits = {"PHOENIX_FAILPOINTS": "file.commit.before_sync=pause:100ms"}

    def config(self, sink):
        rotation = ", rotate_bytes: 4MiB" if sink == "few" else ""
        # Rows that were only written survive a kill, and no loss of power.
        sync = ", sync: true" if self.synced else ""
        return "file: {path: %s.ndjson%s%s}" % (sink, rotation, sync)

    def rows(self, sink):
        pattern = os.path.join(self.folder, sink)
        for path in sorted(glob.glob(pattern + ".?*.ndjson")):
            yield from rows_of(path)
        yield from rows_of(pattern + ".ndjson")


class Kafka(Target):
    """Each process has transactional ids of its own: of two with one id each
    ends the transactions of the other."""

    kind = "kafka"
    environment_of_another = {"WRITER": "2"}

    def __init__(self, server, folder, name):
        super().__init__(server, folder, name)
        self.environment = {"KAFKA_BROKERS": server.address, "WRITER": "1"}
        for sink in SINKS:
            server.tell("create %s %d" % (self._topic(sink), PARTITIONS))

    def _topic(self, sink):
        return "%s-%s" % (self.name, sink)

    def _transactional_id(self, sink, writer="1"):
        return "%s-id-%s" % (self._topic(sink), writer)

    def topics(self):
        return [self._topic(sink) for sink in SINKS]

    def transactional_ids(self):
        return [self._transactional_id(sink) for sink in SINKS]

    def config(self, sink):
        return ("kafka: {brokers: '${KAFKA_BROKERS}', topic: %s, key: data.k, "
                "format: payload, transactional_id: '%s'%s}" % (
                    self._topic(sink),
                    self._transactional_id(sink, "${WRITER}"),
                    self._timeouts()))

    def _timeouts(self):
        seconds = self.transaction_seconds
        return "" if seconds is None else (
            ", delivery_timeout: %ds, transaction_timeout: %ds" % (
                seconds - 1, seconds))

    def rows(self, sink):
        path = os.path.join(self.folder, sink + ".values")
        self.server.tell("read %s %d %s" % (
            self._topic(sink), PARTITIONS, path))
        return rows_of(path)


class Postgres(Target):
    kind = "postgres"
    slow_commits = {
        "PHOENIX_FAILPOINTS": "postgres.commit.before_send=pause:100ms"}

    def __init__(self, server, folder, name):
        super().__init__(server, folder, name)
        self.environment = {"POSTGRES": server.address}
        for sink in SINKS:
            self._sql("create table %s (n bigserial, line text)" %
                      self._table(sink))

    def _table(self, sink):
        return "%s_%s" % (self.name.replace("-", "_"), sink)

    def _sql(self, command):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1",
                        "-d", self.server.address, "-c", command], check=True)

    def config(self, sink):
        return ("postgres: {connection: '${POSTGRES}', table: %s, columns: "
                "{line: {value: data, type: text}}, "
                "exactly_once: {create_table: true}}" % self._table(sink))

    def rows(self, sink):
        path = os.path.join(self.folder, sink + ".lines")
        self._sql("\\copy (select line from %s order by n) to %s" % (
            self._table(sink), shlex.quote(path)))
        return rows_of(path)


class Destination:
    """`destination.py` as a server that can be told what others are told."""

    def __init__(self, port, folder):
        self._command = [sys.executable, os.path.join(
            os.path.dirname(os.path.abspath(__file__)), "destination.py"),
                         str(port), folder]
        self._process = None
        self.tell("restart")

    def tell(self, command):
        if command == "restart":
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, text=True)
            if self._process.stdout.readline() != "ready\n":
                raise RuntimeError("the destination did not start")
        elif command == "kill":
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
        else:
            self._process.send_signal({"pause": signal.SIGSTOP,
                                       "resume": signal.SIGCONT}[command])


class Http(Target):
    """Each sink has a queue on disk, for the server is away or stands."""

    kind = "http"
    log_bytes = "128MiB"
    exactly_once = False
    queues = True

    _EVENT = re.compile(rb'"id":"([^"]*)".*?"data":(\{"p":[^}]*\})')

    def __init__(self, port, folder, name):
        self._port = port
        self._bodies = os.path.join(folder, "destination")
        os.mkdir(self._bodies)
        super().__init__(Destination(port, self._bodies), folder, name)

    def config(self, sink):
        # A request may be given up whose answer is under way.
        return ("http: {url: 'http://127.0.0.1:%d/%s', format: cloudevents, "
                "timeout: 2s}" % (self._port, sink))

    def rows(self, sink):
        for body in rows_of(os.path.join(self._bodies, sink + ".bodies")):
            for event in self._EVENT.finditer(body):
                yield event.group(2), event.group(1)

    def close(self):
        self.server.tell("kill")


class Targets:
    """Makes the target of an epoch; a server is started when it is first
    needed, and serves all epochs."""

    KINDS = {kind.kind: kind for kind in (Files, Kafka, Postgres, Http)}
    _SERVED = ("kafka", "postgres")

    def __init__(self, server_program, brokers, queues, synced,
                 transaction_seconds):
        self._program = server_program
        self._arguments = {"kafka": [str(brokers)]}
        self._queues = queues
        self._synced = synced
        self._transaction_seconds = transaction_seconds
        self._servers = {}

    def make(self, kind, folder, name, port):
        """`port` is free, for a server that only this target has."""
        server = (self.server(kind) if kind in self._SERVED else
                  port if kind == "http" else None)
        target = self.KINDS[kind](server, folder, name)
        target.queues = target.queues or self._queues
        target.synced = self._synced
        target.transaction_seconds = self._transaction_seconds
        return target

    def server(self, kind):
        if kind not in self._servers:
            self._servers[kind] = Server(self._program, kind,
                                         *self._arguments.get(kind, []))
        elif kind == "kafka":
            # Of an epoch that failed a broker may have been left dead.
            self._servers[kind].tell("revive")
        return self._servers[kind]

    def close(self):
        for server in self._servers.values():
            server.close()
