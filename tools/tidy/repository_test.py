"""Holds the mechanical part of the style on every file that git tracks."""

import os
import unittest

from tools.tidy import link_rules
from tools.tidy import structure_rules
from tools.tidy import text_rules
from tools.tidy.repository import Repository

# This file's real place, not the link to it that Bazel runs.
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))

RULES = [
    link_rules.links,
    structure_rules.blobs,
    structure_rules.built_files,
    structure_rules.complete_folders,
    structure_rules.function_length,
    structure_rules.include_guards,
    structure_rules.layers,
    structure_rules.listed_components,
    text_rules.banned_calls,
    text_rules.banned_words,
    text_rules.columns,
    text_rules.raw_new,
]


class RepositoryTest(unittest.TestCase):
    repository = Repository.tracked(ROOT)

    def test_git_was_asked_in_the_right_place(self):
        self.assertIn("tools/tidy/repository_test.py", self.repository.files)

    def test_every_rule_is_kept(self):
        for rule in RULES:
            with self.subTest(rule.__name__):
                problems = ["%s:%d: %s" % problem
                            for problem in rule(self.repository)]
                self.assertFalse(problems, "\n" + "\n".join(problems))


if __name__ == "__main__":
    unittest.main()
