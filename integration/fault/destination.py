"""An HTTP server that keeps what is posted to it, until it is killed:

    destination.py PORT FOLDER

appends the body of a POST to /NAME to FOLDER/NAME.bodies, a line for each, and
answers when it is there. What a kill has cut short goes when it starts again:
nothing was answered. It takes requests before it says `ready`.
"""

import http.server
import os
import sys
import threading

SUFFIX = ".bodies"


class Files:
    """The files by name, each with the lock of who appends."""

    def __init__(self, folder):
        self._folder = folder
        self._lock = threading.Lock()
        for name in os.listdir(folder):
            if name.endswith(SUFFIX):
                cut_torn_line(os.path.join(folder, name))

    def append(self, name, body):
        path = os.path.join(self._folder, os.path.basename(name) + SUFFIX)
        with self._lock, open(path, "ab", buffering=0) as file:
            file.write(body + b"\n")


def cut_torn_line(path):
    with open(path, "r+b") as file:
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.files.append(self.path, body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Those who end in the middle of a request are what this is for."""


def main(port, folder):
    server = Server(("127.0.0.1", int(port)), Handler)
    server.files = Files(folder)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
