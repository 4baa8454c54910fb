"""The files of a repository, as the rules see them."""

import os
import subprocess


class Repository:
    """Paths, relative to the root with slashes, and what the files hold."""

    def __init__(self, files):
        """`files`: bytes by path."""
        self.files = files
        self.texts = {}
        for path, data in files.items():
            try:
                self.texts[path] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue

    @classmethod
    def tracked(cls, root):
        """What git tracks below `root` and is there."""
        names = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True,
                               capture_output=True).stdout.decode().split("\0")
        files = {}
        for name in filter(None, names):
            path = os.path.join(root, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    files[name] = file.read()
        return cls(files)

    def lines(self, *suffixes):
        """(path, number from 1, line) of text files with these suffixes."""
        for path, text in sorted(self.texts.items()):
            if not suffixes or path.endswith(suffixes):
                for number, line in enumerate(text.splitlines(), 1):
                    yield path, number, line

    def folders(self, root, suffixes):
        """Folders below `root` that hold files with these suffixes."""
        return sorted({path.rpartition("/")[0] for path in self.files
                       if path.startswith(root + "/")
                       and path.endswith(suffixes)})

    def in_folder(self, folder):
        """Names of the files right in the folder."""
        return {path.rpartition("/")[2] for path in self.files
                if path.rpartition("/")[0] == folder}
