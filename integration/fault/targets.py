"""Where the events of a run end: files, a Kafka broker or a PostgreSQL server,
each with two sinks that write every event once, and can be read back."""

import glob
import os
import shlex
import subprocess

from integration.fault.judge import rows_of
from integration.servers.control import Server

# The sinks of every pipeline, and whether one is on the route of a key: what
# PIPELINE in epoch.py says.
SINKS = {"all": lambda key: key != 63, "few": lambda key: key < 8}

PARTITIONS = 3


class Target:
    """The sinks of one epoch. `server` is None where there is none."""

    environment = {}
    log_bytes = "2GiB"

    def __init__(self, server, folder, name):
        self.server = server
        self.folder = folder
        self.name = name

    def yaml(self):
        return "sinks:\n" + "".join(
            "  - name: %s\n    %s\n" % (sink, self.config(sink))
            for sink in SINKS)


class Files(Target):
    kind = "file"
    log_bytes = "128MiB"  # Segments are an eighth: they come and go.

    def config(self, sink):
        rotation = ", rotate_bytes: 4MiB" if sink == "few" else ""
        return "file: {path: %s.ndjson%s}" % (sink, rotation)

    def rows(self, sink):
        pattern = os.path.join(self.folder, sink)
        for path in sorted(glob.glob(pattern + ".?*.ndjson")):
            yield from rows_of(path)
        yield from rows_of(pattern + ".ndjson")


class Kafka(Target):
    kind = "kafka"

    def __init__(self, server, folder, name):
        super().__init__(server, folder, name)
        self.environment = {"KAFKA_BROKERS": server.address}
        for sink in SINKS:
            server.tell("create %s %d" % (self._topic(sink), PARTITIONS))

    def _topic(self, sink):
        return "%s-%s" % (self.name, sink)

    def config(self, sink):
        return ("kafka: {brokers: '${KAFKA_BROKERS}', topic: %s, key: data.k, "
                "format: payload, transactional_id: %s-id}" % (
                    self._topic(sink), self._topic(sink)))

    def rows(self, sink):
        path = os.path.join(self.folder, sink + ".values")
        self.server.tell("read %s %d %s" % (
            self._topic(sink), PARTITIONS, path))
        return rows_of(path)


class Postgres(Target):
    kind = "postgres"

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


class Targets:
    """Makes the target of an epoch; a server is started when it is first
    needed, and serves all epochs."""

    KINDS = {kind.kind: kind for kind in (Files, Kafka, Postgres)}

    def __init__(self, server_program):
        self._program = server_program
        self._servers = {}

    def make(self, kind, folder, name):
        if kind != "file" and kind not in self._servers:
            self._servers[kind] = Server(self._program, kind)
        return self.KINDS[kind](self._servers.get(kind), folder, name)

    def close(self):
        for server in self._servers.values():
            server.close()
