"""A judge that finds nothing is worth nothing: every kind of wrong is planted,
and has to be found, and nothing else."""

import os
import random
import tempfile
import unittest

from integration.fault import judge as judges
from integration.fault.ledger import ACKED, KEYS, Ledger, line


def everything(key):
    return True


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        self.rows = []
        for producer in range(3):
            account = self.ledger.open_account()
            for batch in range(20):
                first, lines = account.make(50, group=batch // 10)
                self.rows += lines
                if batch % 5:
                    account.acknowledge(first, 50)

    def judge(self, rows, expects=everything, **keywords):
        return judges.judge(self.ledger, "out", rows, expects, **keywords)

    def find(self, rows, **keywords):
        return dict(self.judge(rows, **keywords).counts)

    def index_of(self, state):
        """Of a row whose event is in that state."""
        account = self.ledger.accounts[0]
        return next(i for i, s in enumerate(account.states) if s == state)

    def test_a_clean_output_has_no_findings(self):
        verdict = self.judge(self.rows)
        self.assertEqual(dict(verdict.counts), {})
        self.assertEqual(verdict.rows, 3 * 20 * 50)

    def test_one_acknowledged_row_that_is_missing_is_lost(self):
        del self.rows[self.index_of(ACKED)]
        self.assertEqual(self.find(self.rows), {"lost": 1})

    def test_a_row_that_was_never_acknowledged_may_be_missing(self):
        del self.rows[0]
        self.assertEqual(self.find(self.rows), {})

    def test_an_empty_output_has_lost_everything(self):
        self.assertEqual(self.find([]), {"lost": self.ledger.acked()})

    def test_a_row_of_a_sequence_that_was_not_sent_is_invented(self):
        self.rows.append(line(0, 1000, 1))
        self.assertEqual(self.find(self.rows), {"invented": 1})

    def test_a_row_of_an_unknown_producer_is_invented(self):
        self.rows.append(line(3, 0, 1))
        self.assertEqual(self.find(self.rows), {"invented": 1})

    def test_a_torn_row_is_invented_and_its_event_lost(self):
        i = self.index_of(ACKED)
        self.rows[i] = self.rows[i][:100]
        self.assertEqual(self.find(self.rows), {"invented": 1, "lost": 1})

    def test_every_flipped_bit_is_found(self):
        chance = random.Random(1)
        for _ in range(80):
            i = self.index_of(ACKED)
            row = bytearray(self.rows[i])
            at = chance.randrange(len(row))
            row[at] ^= 1 << chance.randrange(8)
            damaged = self.rows[:i] + [bytes(row)] + self.rows[i + 1:]
            found = self.find(damaged)
            self.assertEqual(found.get("lost"), 1, row)
            self.assertEqual(found.get("invented"), 1, row)

    def test_a_row_twice_is_a_duplicate(self):
        self.rows.append(self.rows[7])
        verdict = self.judge(self.rows)
        self.assertEqual(dict(verdict.counts), {"duplicated": 1})
        self.assertEqual(verdict.violations(), {})

    def test_a_duplicate_is_a_violation_where_exactly_once_is_promised(self):
        self.rows.append(self.rows[7])
        verdict = self.judge(self.rows, exactly_once=True)
        self.assertEqual(verdict.violations(), {"duplicated": 1})

    def test_what_the_producer_sent_again_is_no_duplicate(self):
        again = self.ledger.accounts[0].make_again(0, 50, 1)
        first, rest = self.rows[:50], self.rows[50:]
        self.assertEqual(self.find(first + again + rest), {})
        self.assertEqual(self.find(again + rest), {})
        self.assertEqual(self.find(first + again + rest + again),
                         {"duplicated": 50})

    def test_a_part_of_an_attempt_that_was_given_up_has_no_order(self):
        again = self.ledger.accounts[0].make_again(0, 50, 1)
        self.assertEqual(self.find(self.rows[40:50] + again + self.rows[50:]),
                         {})
        self.assertEqual(set(self.find(self.rows[50:] + again)), {"inverted"})

    def test_what_came_of_an_attempt_that_was_given_up_is_not_the_one_acked(
            self):
        account = self.ledger.accounts[0]
        first, given_up = account.make(2)
        account.make_again(first, 2, 1)
        account.acknowledge(first, 2)
        verdict = self.judge(self.rows + given_up)
        self.assertEqual(verdict.violations(), {"lost": 2})

    def test_an_attempt_that_nobody_made_is_invented(self):
        row = self.rows[3].replace(b'"a":0', b'"a":1')
        self.assertEqual(self.find(self.rows + [row]), {"invented": 1})

    def test_two_rows_of_a_key_in_the_wrong_order_are_an_inversion(self):
        keys = self.ledger.accounts[0].keys
        other = next(i for i in range(1, 500) if keys[i] == keys[0])
        self.rows[0], self.rows[other] = self.rows[other], self.rows[0]
        self.assertEqual(self.find(self.rows), {"inverted": 1})

    def test_a_late_duplicate_is_no_inversion(self):
        self.rows += self.rows[:50]
        self.assertEqual(self.find(self.rows), {"duplicated": 50})

    def test_groups_have_no_order_between_them(self):
        per_group = 10 * 50
        self.rows[:2 * per_group] = (self.rows[per_group:2 * per_group] +
                                     self.rows[:per_group])
        self.assertEqual(self.find(self.rows), {})

    def reconnect(self, at):
        """All producers, before their event `at`."""
        for account in self.ledger.accounts:
            account.send_by(1, 0, at)
            account.send_by(2, at, account.sent() - at)

    def test_a_log_in_files_keeps_the_order_over_connections(self):
        self.reconnect(100)
        rows = self.rows[100:200] + self.rows[:100] + self.rows[200:]
        self.assertEqual(set(self.find(rows)), {"inverted"})

    def test_a_log_in_kafka_has_no_order_over_connections(self):
        self.reconnect(100)
        rows = self.rows[100:200] + self.rows[:100] + self.rows[200:]
        self.assertEqual(self.find(rows, over_connections=False), {})

    def test_within_a_connection_each_log_keeps_the_order(self):
        self.reconnect(200)
        for first in (0, 200):
            rows = list(self.rows)
            rows[first:first + 200] = (rows[first + 100:first + 200] +
                                       rows[first:first + 100])
            for over_connections in (True, False):
                self.assertEqual(
                    set(self.find(rows, over_connections=over_connections)),
                    {"inverted"})

    def test_two_connections_that_take_turns_are_each_in_order(self):
        self.reconnect(100)
        keys = self.ledger.accounts[0].keys
        early = next(i for i in range(1, 100) if keys[i] == keys[0])
        late, later = [i for i in range(100, 500) if keys[i] == keys[0]][:2]
        rows = [self.rows[i] for i in (late, 0, later, early)]
        self.assertNotIn("inverted", self.find(rows, over_connections=False))
        rows = [self.rows[i] for i in (late, early, later, 0)]
        self.assertEqual(
            self.find(rows, over_connections=False)["inverted"], 1)

    def test_a_second_attempt_has_the_order_of_its_own_connection(self):
        account = self.ledger.accounts[0]
        self.reconnect(100)
        again = account.make_again(50, 50, 1)
        account.send_by(2, 50, 50)
        rest = self.rows[:50] + self.rows[100:]
        self.assertEqual(self.find(again + rest, over_connections=False), {})
        self.assertEqual(
            set(self.find(rest + again, over_connections=False)), {"inverted"})

    def test_a_second_copy_under_another_identity_is_renamed(self):
        rows = [(row, b"id") for row in self.rows]
        self.assertEqual(self.find(rows + rows[:1]), {"duplicated": 1})
        self.assertEqual(self.find(rows + [(self.rows[0], b"other")]),
                         {"duplicated": 1, "renamed": 1})

    def test_rows_of_keys_that_a_route_leaves_out_are_misrouted(self):
        wanted = [row for row in self.rows if b'"k":5,' not in row]
        left_out = len(self.rows) - len(wanted)
        self.assertGreater(left_out, 0)
        self.assertEqual(self.find(wanted, expects=lambda key: key != 5), {})
        self.assertEqual(self.find(self.rows, expects=lambda key: key != 5),
                         {"misrouted": left_out})

    def test_all_keys_occur(self):
        keys = set(self.ledger.accounts[0].keys)
        self.assertEqual(keys, set(range(KEYS)))

    def test_a_last_line_without_its_end_is_a_row(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "out.ndjson")
            with open(path, "wb") as file:
                file.write(b"\n".join(self.rows))
            self.assertEqual(self.find(judges.rows_of(path)), {})

    def test_books_that_do_not_close_are_found(self):
        self.assertEqual(judges.unbalanced(10, 5, 12, 3), 0)
        self.assertEqual(judges.unbalanced(10, 5, 11, 3), 1)
        self.assertEqual(judges.unbalanced(10, 5, 13, 3), -1)


if __name__ == "__main__":
    unittest.main()
