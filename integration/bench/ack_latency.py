#!/usr/bin/env python3
"""How long a producer waits for a durable acknowledgement, against one
fdatasync on the same disk.

  ack_latency.py [--seconds N] [--folder DIR]

Posts batches by HTTP at a steady pace, REQUESTS a second over four
connections, to a pipeline whose log is in DIR; each post waits for its answer.
Then writes as many bytes as such a batch has to a file there, at the same pace,
each with an fdatasync. In milliseconds.
"""
import os
import socket
import threading
import time

import bench

RATES = (1_000, 10_000, 100_000)
REQUESTS = 100
CONNECTIONS = 4
EVENT = b'{"client":"192.0.2.7","path":"/blog/x","pad":"%s"}\n' % (b"p" * 280)

PIPELINE = """
name: acks
sources:
  - name: door
    http: {address: "127.0.0.1:%d"}
sinks:
  - name: out
    blackhole: {}
log:
  embedded: {path: log, max_bytes: 4GiB}
"""


def paced(count, deed):
    """Milliseconds that each of the deeds took."""
    found = []
    due = time.monotonic()
    for _ in range(count):
        time.sleep(max(0, due - time.monotonic()))
        began = time.monotonic()
        deed()
        found.append((time.monotonic() - began) * 1000)
        due += CONNECTIONS / REQUESTS
    return found


class Producer(threading.Thread):
    def __init__(self, port, events, count):
        super().__init__()
        body = EVENT * events
        self._request = (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "
                         b"application/x-ndjson\r\nContent-Length: %d\r\n\r\n"
                         % len(body)) + body
        self._door = socket.create_connection(("127.0.0.1", port))
        self._door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._count = count
        self.found = []

    def run(self):
        self.found = paced(self._count, self._post)

    def _post(self):
        self._door.sendall(self._request)
        answer = self._door.recv(1 << 16)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(answer)


def acks(rate, seconds, parent):
    with bench.work_folder("acks-", parent) as folder:
        port = bench.free_port()
        run = bench.Phoenix(folder, PIPELINE % port).wait_until_ready()
        try:
            producers = [
                Producer(port, rate // REQUESTS,
                         seconds * REQUESTS // CONNECTIONS)
                for _ in range(CONNECTIONS)]
            for i, producer in enumerate(producers):
                threading.Timer(i / REQUESTS, producer.start).start()
            time.sleep(CONNECTIONS / REQUESTS + 0.5)
            for producer in producers:
                producer.join()
        finally:
            run.stop()
        return [one for producer in producers for one in producer.found]


def syncs(rate, seconds, parent):
    data = EVENT * (rate // REQUESTS)
    with bench.work_folder("sync-", parent) as folder, \
            open(os.path.join(folder, "file"), "wb", buffering=0) as file:
        def deed():
            file.write(data)
            os.fdatasync(file.fileno())
        return paced(seconds * REQUESTS // CONNECTIONS, deed)


def main():
    parser = bench.parser(__doc__, rounds=1)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--folder", default="/var/tmp")
    args = parser.parse_args()
    rows = {}
    for rate in RATES:
        ack = acks(rate, args.seconds, args.folder)
        sync = syncs(rate, args.seconds, args.folder)
        rows[f"{rate:,} events/s"] = {
            "ack p50": bench.percentile(ack, 0.5),
            "ack p99": bench.percentile(ack, 0.99),
            "fdatasync p50": bench.percentile(sync, 0.5),
            "fdatasync p99": bench.percentile(sync, 0.99),
            "p99 of p99": bench.percentile(ack, 0.99) /
                          bench.percentile(sync, 0.99)}
    bench.print_table(rows)


if __name__ == "__main__":
    main()
