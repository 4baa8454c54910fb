"""A disk that loses nothing shows nothing: what was not synced has to be gone,
and all that was has to be there."""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

from integration.fault.lossy_disk import LossyDisk

LIBRARY = os.path.abspath(sys.argv.pop(1))

# What the scripts below are made of.
PROLOGUE = """
import os
def write(name, data, flags=0):
    fd = os.open(name, os.O_RDWR | os.O_CREAT | flags)
    os.write(fd, data)
    return fd
def sync_names(folder="."):
    os.fsync(os.open(folder, os.O_RDONLY))
"""


@unittest.skipIf(os.environ.get("PHOENIX_SANITIZED"),
                 "a sanitizer wants to be loaded before anything else")
class LossyDiskTest(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        with open(self.path("old"), "wb") as file:
            file.write(b"x" * 10000)

    def path(self, name):
        return os.path.join(self.root, name)

    def run_script(self, disk, script):
        subprocess.run(
            [sys.executable, "-S", "-c", PROLOGUE + textwrap.dedent(script)],
            cwd=self.root, env={**os.environ, **disk.environment()},
            check=True)

    def after_cut(self, script, seed=0):
        """What is there by name, after the script and a loss of power."""
        disk = LossyDisk(LIBRARY, self.root, seed)
        self.run_script(disk, script)
        disk.cut()
        disk.remove()
        return self.found()

    def found(self):
        found = {}
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.root)] = file.read()
        return found

    def after_cuts(self, script):
        """What many seeds leave of `old` after the script."""
        left = set()
        for seed in range(24):
            with open(self.path("old"), "wb") as file:
                file.write(b"x" * 10000)
            left.add(self.after_cut(script, seed).get("old"))
        return left

    def test_what_was_there_before_stays(self):
        self.assertEqual(self.after_cut("pass"), {"old": b"x" * 10000})

    def test_a_synced_file_with_a_synced_name_is_there(self):
        self.assertEqual(
            self.after_cut("os.fdatasync(write('new', b'12'));sync_names()"),
            {"old": b"x" * 10000, "new": b"12"})

    def test_a_synced_file_without_a_synced_name_is_gone(self):
        self.assertNotIn("new",
                         self.after_cut("os.fsync(write('new', b'12'))"))

    def test_a_file_in_a_new_folder_needs_the_names_of_both(self):
        script = "os.mkdir('sub'); os.fsync(write('sub/new', b'12')); %s"
        self.assertNotIn("sub/new",
                         self.after_cut(script % "sync_names('sub')"))
        shutil.rmtree(self.path("sub"), ignore_errors=True)
        self.assertEqual(
            self.after_cut(script % "sync_names('sub'); sync_names()")
            ["sub/new"], b"12")

    def test_what_was_written_since_the_sync_is_gone_or_there_in_part(self):
        left = self.after_cuts("""
            fd = write('old', b'y' * 10000)
            os.fsync(fd)
            os.pwrite(fd, b'z' * 10000, 0)""")
        self.assertIn(b"y" * 10000, left)
        parts = left - {b"y" * 10000}
        self.assertTrue(parts, "nothing was ever written back")
        for part in parts:
            self.assertEqual(set(part), set(b"yz"))
            self.assertEqual(len(part), 10000)

    def test_appended_bytes_that_were_not_synced_are_gone(self):
        self.assertIn(b"x" * 10000,
                      self.after_cuts("write('old', b'y', os.O_APPEND)"))

    def test_a_truncation_is_undone_unless_it_was_synced(self):
        script = "fd = os.open('old', os.O_RDWR); os.ftruncate(fd, 9)"
        self.assertEqual(self.after_cuts(script), {b"x" * 10000})
        self.assertEqual(self.after_cuts(script + "; os.fsync(fd)"),
                         {b"x" * 9})
        self.assertEqual(self.after_cuts("write('old', b'', os.O_TRUNC)"),
                         {b"x" * 10000})

    def test_a_new_name_is_undone_or_done_as_a_whole(self):
        left = set()
        for seed in range(24):
            with open(self.path("old"), "wb") as file:
                file.write(b"x")
            found = self.after_cut("""
                os.fsync(write('new', b'y'))
                sync_names()
                os.rename('new', 'old')""", seed)
            left.add(found["old"])
        self.assertEqual(left, {b"x", b"y"})

    def test_a_removal_is_undone_unless_it_was_synced(self):
        self.assertIn(b"x" * 10000, self.after_cuts("os.unlink('old')"))
        self.assertEqual(self.after_cuts("os.unlink('old'); sync_names()"),
                         {None})

    def test_a_file_keeps_its_inode(self):
        inode = os.stat(self.path("old")).st_ino
        self.after_cut("os.fsync(write('old', b'y'))")
        self.assertEqual(os.stat(self.path("old")).st_ino, inode)

    def test_the_end_of_a_process_loses_nothing(self):
        disk = LossyDisk(LIBRARY, self.root, 0)
        self.run_script(disk, "write('new', b'12')")
        self.assertEqual(self.found()["new"], b"12")
        # And brings nothing to the disk; the next one may.
        self.run_script(disk, "os.fsync(os.open('new', os.O_RDWR))")
        self.run_script(disk, "sync_names()")
        disk.cut()
        disk.remove()
        self.assertEqual(self.found()["new"], b"12")


if __name__ == "__main__":
    unittest.main()
