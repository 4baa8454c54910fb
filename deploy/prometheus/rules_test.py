"""The alert rules are valid, fire when they should, and name metrics that there
are. Needs promtool, of Debian's package `prometheus`."""

import re
import subprocess
import unittest

FOLDER = "deploy/prometheus/"


def promtool(*arguments):
    return subprocess.run(("promtool",) + arguments, capture_output=True,
                          text=True)


class RulesTest(unittest.TestCase):
    def assert_well(self, run):
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_promtool_takes_them(self):
        self.assert_well(
            promtool("check", "rules", FOLDER + "phoenix.rules.yaml"))

    def test_they_fire_when_they_should(self):
        self.assert_well(
            promtool("test", "rules", FOLDER + "phoenix.rules.test.yaml"))

    def test_they_name_metrics_that_there_are(self):
        with open("libs/telemetry/names.cc", encoding="utf-8") as file:
            known = set(re.findall(r'"(phoenix_\w+)"', file.read()))
        with open(FOLDER + "phoenix.rules.yaml", encoding="utf-8") as file:
            used = set(re.findall(r"phoenix_[a-z_]+", file.read()))
        self.assertGreater(len(used), 8)
        self.assertLessEqual(used, known)


if __name__ == "__main__":
    unittest.main()
