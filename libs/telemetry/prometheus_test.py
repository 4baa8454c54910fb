"""A real Prometheus accepts the page that the kits publish, and finds in it
what was counted. Needs Debian's package `prometheus`."""

import functools
import http.server
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

PAGE_PROGRAM = sys.argv.pop(1)
SCRAPE_DEADLINE_SECONDS = 30

CONFIG = """
scrape_configs:
  - job_name: phoenix
    scrape_interval: 1s
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(folder):
    """An HTTP server for the files of a folder, on a free port."""
    handler = functools.partial(QuietHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {"": "text/plain; version=0.0.4; charset=utf-8"}

    def log_message(self, *args):
        pass


class PrometheusTest(unittest.TestCase):
    page = subprocess.run([PAGE_PROGRAM], check=True, capture_output=True)

    def test_promtool_has_nothing_to_say(self):
        check = subprocess.run(["promtool", "check", "metrics"],
                               input=self.page.stdout, capture_output=True)
        self.assertEqual((check.returncode, check.stdout + check.stderr),
                         (0, b""))

    def test_a_server_scrapes_what_was_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "metrics"), "wb") as file:
                file.write(self.page.stdout)
            pages = serve(folder)
            self.addCleanup(pages.shutdown)
            url = self.start_prometheus(folder, pages.server_port)
            self.assertEqual(
                self.query(url, "phoenix_component_received_events_total"),
                {"door \"1\"": 1000.0})
            self.assertEqual(
                self.query(url, "sum by (component_name) "
                                "(phoenix_component_errors_total)"),
                {"door \"1\"": 2.0})

    def start_prometheus(self, folder, page_port):
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG % page_port)
        address = "127.0.0.1:%d" % free_port()
        process = subprocess.Popen(
            ["prometheus", "--config.file=" + config, "--log.level=error",
             "--storage.tsdb.path=" + os.path.join(folder, "data"),
             "--web.listen-address=" + address])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return "http://" + address

    def query(self, url, expression):
        """Values by component name, once the first scrape is there."""
        parameters = urllib.parse.urlencode({"query": expression})
        deadline = time.monotonic() + SCRAPE_DEADLINE_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(
                        url + "/api/v1/query?" + parameters) as answer:
                    result = json.load(answer)["data"]["result"]
            except urllib.error.URLError:
                result = []
            if result:
                return {series["metric"]["component_name"]:
                        float(series["value"][1]) for series in result}
            time.sleep(0.1)
        return {}


if __name__ == "__main__":
    unittest.main()
