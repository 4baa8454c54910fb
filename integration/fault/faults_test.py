"""Faults that look whether they hit, and which ones befall whom: with servers
and processes that only note what they are told."""

import argparse
import collections
import contextlib
import io
import random
import signal
import unittest
from unittest import mock

from integration.fault import epoch as epochs
from integration.fault import fault_run
from integration.fault import faults
from integration.fault import load as loads
from integration.fault import targets


class FakeKafka:
    """Counts a transaction as timed out when it has been asked `patience` times
    since the process last stopped; never when that is None."""

    def __init__(self, patience):
        self.told = []
        self._patience = patience
        self._asked = 0
        self._timed_out = 0

    def tell(self, command):
        self.told.append(command)
        if not command.startswith("timed_out"):
            return ""
        self._asked += 1
        if self._asked == self._patience:
            self._timed_out += 1
        return str(self._timed_out)


class FakeEpoch:
    def __init__(self, patience=None):
        self.chance = random.Random(1)
        self.kafka = FakeKafka(patience)
        self.sinks = FakeKafka(None)
        self.signals = []
        self.process = argparse.Namespace(signal=self.signals.append)
        self.target = argparse.Namespace(transactional_ids=lambda: ["id"])

    def led(self):
        return [("topic", 2)]

    def servers(self):
        return [self.kafka, self.sinks]


class FakeTime:
    """Passes only by sleeping."""

    def __init__(self):
        self.now = 0

    def sleep(self, seconds):
        self.now += seconds

    def monotonic(self):
        return self.now


class FaultsTest(unittest.TestCase):
    def setUp(self):
        patch = mock.patch.object(faults, "time", FakeTime())
        self.time = patch.start()
        self.addCleanup(patch.stop)

    def test_a_transaction_is_outlasted_until_its_coordinator_says_so(self):
        epoch = FakeEpoch(patience=8)
        self.assertIs(faults.txn_timeout(epoch), True)
        self.assertEqual(epoch.signals, [signal.SIGSTOP, signal.SIGCONT])

    def test_a_stop_that_no_transaction_was_open_at_is_repeated(self):
        a_stop = (faults.TRANSACTION_SECONDS + faults.ABORT_SECONDS) / 0.2
        epoch = FakeEpoch(patience=int(1.5 * a_stop))
        self.assertIs(faults.txn_timeout(epoch), True)
        self.assertEqual(epoch.signals, 2 * [signal.SIGSTOP, signal.SIGCONT])

    def test_a_transaction_that_never_times_out_is_a_miss(self):
        epoch = FakeEpoch()
        self.assertIs(faults.txn_timeout(epoch), False)
        self.assertEqual(len(epoch.signals), 2 * faults.TRANSACTION_TRIES)
        self.assertEqual(epoch.signals[-1], signal.SIGCONT)

    def test_the_leader_returns_after_another_has_taken_over(self):
        epoch = FakeEpoch()
        self.assertIsNone(faults.leader(epoch))
        self.assertEqual(epoch.kafka.told, ["kill_leader topic 2", "revive"])


    def test_the_server_of_the_sinks_dies_or_that_of_the_log(self):
        epoch = FakeEpoch()
        for _ in range(20):
            faults.server_kill(epoch)
        told = epoch.kafka.told + epoch.sinks.told
        self.assertEqual(told, 20 * ["kill", "restart"])
        self.assertTrue(epoch.kafka.told and epoch.sinks.told)


class ServersTest(unittest.TestCase):
    def servers(self, log, of_sinks, kafka):
        epoch = epochs.Epoch.__new__(epochs.Epoch)
        epoch._options = argparse.Namespace(log=log)
        epoch.target = argparse.Namespace(server=of_sinks)
        epoch.kafka = kafka
        return epoch.servers()

    def test_a_server_that_has_both_is_one(self):
        self.assertEqual(self.servers("kafka", "kafka", "kafka"), ["kafka"])
        self.assertEqual(self.servers("kafka", "sql", "kafka"),
                         ["sql", "kafka"])
        self.assertEqual(self.servers("kafka", None, "kafka"), ["kafka"])
        self.assertEqual(self.servers("embedded", "sql", None), ["sql"])


class FakeProcess:
    """Each time it is asked whether it is ready something has happened."""

    def __init__(self, *states):
        self._states = list(states)
        self._state = states[0]

    def get(self, path):
        self._state = self._states.pop(0)
        return argparse.Namespace(status=self._state[0])

    def count(self, metric):
        return self._state[1] if "recovered" in metric else self._state[2]


class RestTest(unittest.TestCase):
    def rests(self, *states):
        epoch = epochs.Epoch.__new__(epochs.Epoch)
        epoch.process = FakeProcess(*states)
        epoch._check_alive = lambda: None
        with mock.patch.object(epochs, "time", FakeTime()):
            return epoch._stays_at_rest(10)

    def test_who_has_nothing_to_do_and_gets_nothing_rests(self):
        self.assertTrue(self.rests((200, 5, 0), (200, 5, 0)))

    def test_who_is_given_no_partition_does_not_rest(self):
        self.assertFalse(self.rests((503, 0, 0)))
        self.assertFalse(self.rests((200, 0, 0), (503, 0, 0)))

    def test_who_gets_another_partition_meanwhile_does_not_rest(self):
        self.assertFalse(self.rests((200, 5, 0), (200, 9, 0)))
        self.assertFalse(self.rests((200, 5, 0), (200, 5, 4)))


class FittingTest(unittest.TestCase):
    def fitting(self, kind, log="embedded", brokers=1):
        options = argparse.Namespace(faults=list(faults.ALL), log=log,
                                     brokers=brokers)
        return set(faults.fitting(options, kind))

    def test_a_file_suffers_what_needs_no_server(self):
        self.assertEqual(self.fitting("file"), faults.ANYWHERE.keys() |
                         {"disk_full", "power"})

    def test_with_a_log_in_kafka_there_is_a_server(self):
        self.assertLessEqual(faults.WITH_SERVER.keys(),
                             self.fitting("file", "kafka"))

    def test_only_several_brokers_take_over_from_each_other(self):
        takeovers = faults.WITH_BROKERS.keys()
        self.assertFalse(takeovers & self.fitting("kafka"))
        self.assertLessEqual(takeovers, self.fitting("kafka", brokers=2))
        self.assertFalse(takeovers & self.fitting("postgres", brokers=2))

    def test_a_log_in_kafka_suffers_what_befalls_brokers(self):
        self.assertLessEqual(faults.WITH_BROKERS.keys(),
                             self.fitting("postgres", "kafka", brokers=3))
        self.assertLessEqual(faults.WITH_BROKERS.keys(),
                             self.fitting("file", "kafka", brokers=3))

    def test_processes_join_where_several_may_write(self):
        self.assertIn("join", self.fitting("postgres", "kafka"))
        self.assertIn("join", self.fitting("kafka", "kafka"))
        self.assertNotIn("join", self.fitting("file", "kafka"))
        self.assertNotIn("join", self.fitting("kafka"))

    def test_only_a_kafka_sink_has_transactions_that_time_out(self):
        self.assertIn("txn_timeout", self.fitting("kafka"))
        self.assertNotIn("txn_timeout", self.fitting("postgres", "kafka"))

    def test_what_fits_nothing_is_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            with self.assertRaises(SystemExit):
                fault_run.parse(["--faults", "kill,leader"])
        self.assertIn("nothing can suffer leader with --sinks file",
                      said.getvalue())
        fault_run.parse(["--faults", "kill,leader", "--brokers", "2",
                         "--sinks", "file,kafka"])
        self.assertNotIn("leader", fault_run.parse(["--faults", "all"]).faults)


class KafkaTargetTest(unittest.TestCase):
    def test_one_that_joins_has_transactional_ids_of_its_own(self):
        target = targets.Kafka(mock.Mock(address="a:1"), "folder", "name")
        config = target.config("all")
        self.assertIn("transactional_id: 'name-all-id-${WRITER}'", config)
        self.assertNotEqual(target.environment["WRITER"],
                            target.environment_of_another["WRITER"])
        self.assertIn(
            config.split("'")[3].replace("${WRITER}",
                                         target.environment["WRITER"]),
            target.transactional_ids())


class ReportTest(unittest.TestCase):
    def test_a_miss_is_said(self):
        count = collections.Counter
        self.assertEqual(
            epochs.deeds_of(count(txn_timeout=9, kill=1), count(txn_timeout=2)),
            "1 kill, 9 txn_timeout (2 missed)")

    def test_a_fault_that_always_missed_shows_nothing(self):
        count = collections.Counter
        self.assertTrue(fault_run.shows_nothing(count(a=2, b=1), count(a=2)))
        self.assertFalse(fault_run.shows_nothing(count(a=2), count(a=1)))


class AckLevelTest(unittest.TestCase):
    def level(self, log, sync="disk", brokers=1, queues=False):
        return epochs.ack_level(
            argparse.Namespace(log=log, sync=sync, brokers=brokers),
            argparse.Namespace(queues=queues))

    def test_an_acknowledgement_is_worth_what_the_log_is(self):
        self.assertEqual(self.level("embedded"), "DISK")
        self.assertEqual(self.level("embedded", sync="os"), "OS")
        self.assertEqual(self.level("kafka"), "OS")
        self.assertEqual(self.level("kafka", brokers=2), "REPLICATED")
        self.assertEqual(self.level("none"), "DELIVERED")

    def test_a_queue_on_disk_has_its_share(self):
        self.assertEqual(self.level("none", queues=True), "DISK")
        self.assertEqual(self.level("kafka", brokers=2, queues=True), "DISK")

    def test_an_answer_that_says_less_is_refused(self):
        producer = loads.HttpProducer(mock.Mock(), None, 1, 1, False)
        producer.ack_level = "REPLICATED"
        answer = b'{"accepted":2,"ack_level":"%s"}'
        self.assertEqual(producer._answer(200, answer % b"REPLICATED", 2), 2)
        with self.assertRaisesRegex(AssertionError, "not REPLICATED"):
            producer._answer(200, answer % b"OS", 2)


if __name__ == "__main__":
    unittest.main()
