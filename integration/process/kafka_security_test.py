"""A Kafka that asks who comes: by TLS and SCRAM, with rules for who may do
what. What the pipeline file says wrong is told, in words, and nothing is lost
over rights that come later.

Gets the path of `controlled_server` as its second argument.
"""

import os
import sys
import unittest

SERVERS = os.path.abspath(sys.argv.pop(2))

import harness  # noqa: E402  (takes its own argument)
from harness import lines_of  # noqa: E402
from integration.servers.control import Server  # noqa: E402

ADMINISTRATOR = "astrid"
USER = "ulla"

CONNECTION = """
      brokers: ${BROKERS}
      tls: {ca_file: "${CA_FILE}"}
      sasl:
        mechanism: SCRAM-SHA-256
        username: ${NAME}
        password: ${PASSWORD}"""

HTTP_DOOR = """
  - name: http
    http: {address: "127.0.0.1:${HTTP_PORT}", max_wait: 1s}"""
KAFKA_DOOR = """
  - name: in
    kafka:
      topics: [%(topic)s]
      group: readers-of-%(topic)s""" + CONNECTION
KAFKA_SINK = """
  - name: out
    kafka:
      topic: %(topic)s
      format: payload
      %(more)s""" + CONNECTION
FILE_SINK = """
  - name: out
    file: out.ndjson"""
KAFKA_LOG = """
log:
  kafka:
      topic: log-of-%(topic)s
      create_topic: {partitions: 2, replication_factor: 1}""" + CONNECTION

PIPELINE = """
name: secured
sources:%s
sinks:%s
admin_address: 127.0.0.1:${ADMIN_PORT}
limits: {drain_timeout: 2s}
%s
"""


class KafkaSecurityTest(harness.ProcessTest):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(SERVERS, "secured_kafka")
        _, cls.brokers, cls.ca_file = cls.server.address.split()
        cls.topics = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        super().setUp()
        type(self).topics += 1
        self.topic = "topic-%d" % self.topics
        self.server.tell("create %s 1" % self.topic)

    def run_as(self, name, source, sink, log="", more="", **environment):
        names = {"topic": self.topic, "more": more}
        pipeline = PIPELINE % (source % names, sink % names, log % names)
        return self.launch(pipeline, {
            "BROKERS": self.brokers, "CA_FILE": self.ca_file, "NAME": name,
            "PASSWORD": name[::-1], **environment})

    def assert_refused(self, run, reason):
        """It does not start, says why, and keeps the password to itself."""
        self.assertEqual(run.wait(60), 69, run.text("stderr"))
        self.assertIn(reason, run.text("stderr"))
        self.assertNotIn(run.ports["PASSWORD"], run.text("stderr"))

    def everywhere(self):
        """A door, a sink and a log that each have to connect."""
        return [(KAFKA_DOOR, FILE_SINK, ""), (HTTP_DOOR, KAFKA_SINK, ""),
                (HTTP_DOOR, FILE_SINK, KAFKA_LOG)]

    def test_passes_events_through_door_log_and_sink(self):
        more = "transactional_id: writer-of-" + self.topic
        run = self.run_as(ADMINISTRATOR, HTTP_DOOR, KAFKA_SINK, KAFKA_LOG,
                          more).wait_until_ready()
        values = list(range(200))
        answer = run.post(lines_of({"v": value} for value in values))
        self.assertEqual(answer.status, 200, answer.body)
        harness.wait_until(lambda: run.settled("delivered") == len(values),
                           "delivered", 60)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        run = self.run_as(ADMINISTRATOR, KAFKA_DOOR,
                          FILE_SINK).wait_until_ready()
        harness.wait_until(lambda: len(run.rows("out.ndjson")) >= len(values),
                           "delivered", 60)
        self.assertEqual(run.stop(), 0, run.text("stderr"))
        self.assertEqual([row["v"] for row in run.rows("out.ndjson")], values)

    def test_tells_a_wrong_password_from_a_broker_that_is_away(self):
        for parts in self.everywhere():
            with self.subTest(parts=parts):
                run = self.run_as(USER, *parts, PASSWORD="guessed")
                self.assert_refused(run, "SASL authentication")

    def test_says_that_it_does_not_trust_the_broker(self):
        with open(os.path.join(self.folder, "other.pem"), "wb") as file:
            os.chmod(file.name, 0o644)
            file.write(self.another_authority())
        for parts in self.everywhere():
            with self.subTest(parts=parts):
                run = self.run_as(USER, *parts, CA_FILE=file.name)
                self.assert_refused(run, "certificate verify failed")

    def another_authority(self):
        """The certificate of somebody else."""
        path = os.path.join(os.path.dirname(self.ca_file), "broker.crt")
        with open(path, "rb") as file:
            return file.read()

    def test_says_what_the_user_may_not_see(self):
        for parts in self.everywhere():
            with self.subTest(parts=parts):
                self.assert_refused(self.run_as(USER, *parts),
                                    "uthorization failed")

    def test_waits_for_the_right_to_read_in_a_group(self):
        self.server.tell("allow topic " + self.topic)
        writer = self.run_as(USER, HTTP_DOOR, KAFKA_SINK).wait_until_ready()
        answer = writer.post(lines_of([{"v": 1}]))
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(writer.stop(), 0, writer.text("stderr"))
        run = self.run_as(USER, KAFKA_DOOR, FILE_SINK)
        harness.wait_until(
            lambda: "GROUP_AUTHORIZATION_FAILED" in run.text("stderr"),
            "said that it may not")
        harness.wait_until(
            lambda: b"GROUP_AUTHORIZATION_FAILED" in run.get("/readyz").body,
            "not ready")
        self.server.tell("allow group readers-of-" + self.topic)
        harness.wait_until(lambda: run.rows("out.ndjson") == [{"v": 1}],
                           "delivered", 60)
        run.wait_until_ready()
        self.assertEqual(run.stop(), 0, run.text("stderr"))


if __name__ == "__main__":
    unittest.main()
