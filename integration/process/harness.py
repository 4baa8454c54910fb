"""Runs `phoenix run` as a process of its own, and talks to it as its users do:
by its doors, its files, its signals and its pages. Nothing here looks inside.

A test program gets the path of the binary as its first argument.
"""

import collections
import contextlib
import ctypes
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BINARY = os.path.abspath(sys.argv.pop(1))

# Environment variables by which pipeline files name their ports.
PORTS = ("HTTP_PORT", "TCP_PORT", "GRPC_PORT", "ADMIN_PORT", "SINK_PORT")

# Far beyond what anything here takes, so that a hang is a failure, not a wait.
DEADLINE_SECONDS = 30

NDJSON = {"Content-Type": "application/x-ndjson"}

Answer = collections.namedtuple("Answer", "status headers body")


def free_ports(count):
    """Ports that are free now: all held until the last one is known."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def wait_until(condition, what, timeout=DEADLINE_SECONDS):
    """Returns the condition's first true value."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("in %d s never: %s" % (timeout, what))


def lines_of(events):
    """NDJSON, written as tersely as the sinks are expected to keep it."""
    return b"".join(json.dumps(event, separators=(",", ":")).encode() + b"\n"
                    for event in events)


def zstd(data):
    """One Zstandard frame, by the library that Phoenix uses too."""
    library = ctypes.CDLL("libzstd.so.1")
    for name in ("ZSTD_compress", "ZSTD_compressBound"):
        getattr(library, name).restype = ctypes.c_size_t
    room = library.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    size = library.ZSTD_compress(out, ctypes.c_size_t(room), data,
                                 ctypes.c_size_t(len(data)), 3)
    return out.raw[:size]


class Phoenix:
    """One run. Ends with the test at the latest."""

    def __init__(self, folder, pipeline, environment=None):
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        self.ports.update(environment or {})
        self.pipeline = os.path.join(folder, "pipeline.yaml")
        with open(self.pipeline, "w", encoding="utf-8") as file:
            file.write(pipeline)
        self.environment = {**os.environ,
                            **{k: str(v) for k, v in self.ports.items()}}
        # Files, not pipes: nobody reads along, and nothing may block.
        with open(self.path("stdout"), "wb") as out, \
                open(self.path("stderr"), "wb") as err:
            self.process = subprocess.Popen(
                [BINARY, "run", self.pipeline, "--live", "off"], cwd=folder,
                env=self.environment, stdout=out, stderr=err)

    def path(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def rows(self, name):
        """The lines of an output, parsed; none when there is no file."""
        if not os.path.exists(self.path(name)):
            return []
        with open(self.path(name), "rb") as file:
            return [json.loads(line) for line in file]

    def address(self, port):
        return ("127.0.0.1", self.ports[port])

    # Pages.

    def get(self, path):
        connection = http.client.HTTPConnection(*self.address("ADMIN_PORT"),
                                                timeout=DEADLINE_SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", path)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def try_get(self, path):
        """None while nobody listens."""
        try:
            return self.get(path)
        except OSError:
            return None

    def wait_until_ready(self, timeout=DEADLINE_SECONDS):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError("exited %d: %s" % (
                    self.process.returncode, self.text("stderr")))
            answer = self.try_get("/readyz")
            return answer is not None and answer.status == 200
        wait_until(ready, "ready", timeout)
        return self

    def metrics(self):
        """Samples by name and labels, as they are on the page."""
        page = self.get("/metrics").body.decode()
        return {sample: float(value) for sample, value in
                re.findall(r"^([^#\s]\S*(?:\{.*\})?) (\S+)$", page, re.M)}

    def count(self, name, **labels):
        """The sum of a metric's samples that have all of the labels."""
        wanted = ['%s="%s"' % label for label in labels.items()]
        return sum(value for sample, value in self.metrics().items()
                   if sample.split("{")[0] == name and
                   all(label in sample for label in wanted))

    def settled(self, outcome):
        return self.count("phoenix_pipeline_settled_events_total",
                          outcome=outcome)

    def refused(self, source):
        """What a door refused, by reason."""
        pattern = re.compile(
            r'phoenix_component_errors_total\{(?=.*component_name="%s")'
            r'.*error_type="(\w+)"' % source)
        found = {}
        for sample, value in self.metrics().items():
            match = pattern.match(sample)
            if match and value:
                found[match.group(1)] = found.get(match.group(1), 0) + value
        return found

    # Doors.

    def post(self, body, headers=None, path="/", port="HTTP_PORT"):
        connection = http.client.HTTPConnection(*self.address(port),
                                                timeout=DEADLINE_SECONDS)
        with contextlib.closing(connection):
            connection.request("POST", path, body, headers or NDJSON)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def connect(self, port="TCP_PORT"):
        return socket.create_connection(self.address(port), DEADLINE_SECONDS)

    def send_lines(self, data):
        """What the TCP door says of lines that it refused. ConnectionError is
        raised unless it says in the end that all have their outcome."""
        with self.connect() as door:
            door.sendall(data)
            door.shutdown(socket.SHUT_WR)
            answer = read_to_end(door)
        refusals, receipt = split_replies(answer)
        if "error" in receipt or "final_lines" not in receipt:
            raise ConnectionError("cut short: %r" % answer)
        return refusals

    # The process.

    def peak_bytes(self):
        """The most that the process held; a sanitizer's own memory, which is
        as much again and more, can't be told apart from it: then 0."""
        if os.environ.get("PHOENIX_SANITIZED"):
            return 0
        with open("/proc/%d/status" % self.process.pid,
                  encoding="utf-8") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB",
                                 status.read()).group(1)) << 10

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self

    def wait(self, timeout=DEADLINE_SECONDS):
        """The exit status."""
        return self.process.wait(timeout)

    def stop(self):
        return self.signal().wait()

    def ledger(self):
        """The line of the report that accounts for every event."""
        line = re.search(r"^  received ([\d,]+)(?: \+ ([\d,]+) recovered)? = "
                         r"(.*); unaccounted (-?\d+)$",
                         self.text("stderr"), re.M)
        if line is None:
            raise AssertionError("no ledger in: " + self.text("stderr"))
        found = {outcome: int(count.replace(",", "")) for count, outcome in
                 re.findall(r"([\d,]+) (\w+)", line.group(3))}
        if line.group(2):
            found["recovered"] = int(line.group(2).replace(",", ""))
        return {"received": int(line.group(1).replace(",", "")), **found,
                "unaccounted": int(line.group(4))}


def split_replies(answer):
    """The TCP door's last reply, parsed, and what it said before."""
    lines = answer.splitlines(keepends=True)
    if not lines:
        return b"", {}
    return b"".join(lines[:-1]), json.loads(lines[-1])


def read_to_end(connection):
    data = b""
    while True:
        part = connection.recv(1 << 16)
        if not part:
            return data
        data += part


class ProcessTest(unittest.TestCase):
    """Gives each test a folder, and ends what it started."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def launch(self, pipeline, environment=None):
        run = Phoenix(self.folder, pipeline, environment)
        self.addCleanup(run.process.wait)
        self.addCleanup(run.process.kill)
        return run

    def start(self, pipeline, environment=None):
        return self.launch(pipeline, environment).wait_until_ready()

    def assert_conserved(self, run, **expected):
        """The run's ledger is this, and nothing else."""
        self.assertEqual(run.ledger(),
                         {"delivered": 0, **expected, "unaccounted": 0})


class Destination(http.server.ThreadingHTTPServer):
    """A server that takes what an http sink posts. While `hold` is clear it
    takes requests in and doesn't answer."""

    daemon_threads = True

    def __init__(self, port):
        self.rows = []
        self.requests = 0  # Answered or not.
        self.keys = set()
        self.hold = threading.Event()
        self.hold.set()
        self.stopped = threading.Event()
        super().__init__(("127.0.0.1", port), DestinationHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.stopped.set()
        self.hold.set()
        self.shutdown()
        self.server_close()


class DestinationHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        self.server.hold.wait()
        if self.server.stopped.is_set():
            return
        # Sent again after an answer that was lost: at least once.
        key = self.headers["Idempotency-Key"]
        if key not in self.server.keys:
            self.server.keys.add(key)
            self.server.rows.extend(body.splitlines())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass
