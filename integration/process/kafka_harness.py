"""Tests of the program beside a Kafka of their own: one broker for all tests of
a file, a topic for each.

A test program gets the path of what runs the broker as its second argument.
"""

import os
import subprocess
import sys

RUN_KAFKA = os.path.abspath(sys.argv.pop(2))

import harness  # noqa: E402  (takes its own argument)


class KafkaTest(harness.ProcessTest):
    """Has `brokers`, and `topic`, which is not there yet."""

    @classmethod
    def setUpClass(cls):
        cls.broker = subprocess.Popen([RUN_KAFKA], stdout=subprocess.PIPE)
        cls.brokers = cls.broker.stdout.readline().decode().strip()
        assert cls.brokers, "no broker"
        cls.topics = 0

    @classmethod
    def tearDownClass(cls):
        cls.broker.terminate()
        cls.broker.wait()
        cls.broker.stdout.close()

    def setUp(self):
        super().setUp()
        type(self).topics += 1
        self.topic = "topic-%d" % self.topics
