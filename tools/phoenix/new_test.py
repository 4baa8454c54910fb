"""Holds what `phoenix new component` writes against the repository's style,
whatever the length of the name."""

import os
import shutil
import subprocess
import tempfile
import unittest

from tools.tidy import structure_rules
from tools.tidy import text_rules
from tools.tidy.repository import Repository

PHOENIX = os.path.abspath("tools/phoenix/phoenix")
KINDS = ["source", "operator", "sink"]
NAMES = ["s3", "smtpsink", "a" * 20 + "_" + "b" * 19]


LIST = """#include "libs/{kind}s/builtin.h"

#include "libs/{kind}s/file/file_factory.h"

namespace phoenix {{

void RegisterBuiltin{Kind}s({Kind}Registry& registry) {{
  RegisterFile{Kind}(registry);
}}

}}  // namespace phoenix
"""
BUILD = """phoenix_cc_library(
    name = "builtin",
    deps = [
        "//libs/{kind}s/file:file_factory",
    ],
)
"""


def make_checkout(root):
    """The part of a checkout that the command looks at and edits."""
    write(os.path.join(root, "libs/component/registry.h"), "")
    shutil.copy(".clang-format", root)
    for kind in KINDS:
        folder = os.path.join(root, "libs/%ss" % kind)
        for name, text in [("builtin.cc", LIST), ("BUILD", BUILD)]:
            write(os.path.join(folder, name),
                  text.format(kind=kind, Kind=kind.capitalize()))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def files_of(root):
    """The files below `root`, by path."""
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                files[os.path.relpath(path, root)] = file.read()
    return files


class NewComponentTest(unittest.TestCase):
    def setUp(self):
        self.checkout = tempfile.TemporaryDirectory()
        self.addCleanup(self.checkout.cleanup)
        self.root = self.checkout.name
        make_checkout(self.root)
        for kind in KINDS:
            for name in NAMES:
                done = self.new(kind, name)
                self.assertEqual(done.returncode, 0, done.stderr)

    def new(self, kind, name, **environment):
        return subprocess.run([PHOENIX, "new", "component", kind, name],
                              cwd=self.root, capture_output=True, text=True,
                              env={**os.environ, **environment})

    def test_is_formatted(self):
        paths = [path for path in files_of(self.root)
                 if path.endswith((".cc", ".h", ".proto"))
                 and os.path.getsize(os.path.join(self.root, path)) > 0]
        self.assertGreater(len(paths), 6 * len(KINDS) * len(NAMES))
        done = subprocess.run(
            ["clang-format", "--dry-run", "-Werror", *paths], cwd=self.root,
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_is_tidy(self):
        repository = Repository(files_of(self.root))
        for rule in [structure_rules.function_length,
                     structure_rules.include_guards, text_rules.banned_calls,
                     text_rules.banned_words, text_rules.columns,
                     text_rules.raw_new]:
            with self.subTest(rule.__name__):
                self.assertEqual([], [problem for problem in rule(repository)
                                      if "registry.h" not in problem[0]])

    def test_says_when_it_can_not_be_formatted(self):
        done = self.new("sink", "other", PATH="/nowhere")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("not formatted, as clang-format is not installed: "
                      "run tools/dev fmt\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
