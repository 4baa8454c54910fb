"""What a loss of power leaves of a folder: the other half of lossy_disk.cc."""

import os
import shutil


class LossyDisk:
    """Watches `root`, but for the names in `apart`, which lose nothing. All
    that is there at first is on the disk. `library` is liblossy_disk.so."""

    def __init__(self, library, root, seed, apart=()):
        self._library = os.path.abspath(library)
        self._root = os.path.realpath(root)
        self._state = self._root + ".disk"
        self._seed = seed
        self._apart = apart
        os.mkdir(self._state)
        self._settle()

    def environment(self):
        """Of a process that is to have this disk."""
        return {"LD_PRELOAD": self._library,
                "PHOENIX_LOSSY_ROOT": self._root,
                "PHOENIX_LOSSY_STATE": self._state,
                "PHOENIX_LOSSY_SEED": str(self._seed)}

    def cut(self):
        """The power is lost, and returns. Files keep their inodes, as they do
        on a disk. No process may have one open."""
        tree = self._path("tree")
        for folder, _, names in os.walk(tree):
            for name in names:
                path = os.path.join(folder, name)
                data = self._path("data", str(os.stat(path).st_ino))
                if os.path.exists(data):
                    shutil.copyfile(data, path)
        for name in self._names(self._root):
            remove(os.path.join(self._root, name))
        for name in self._names(tree):
            os.rename(os.path.join(tree, name),
                      os.path.join(self._root, name))
        self._settle()

    def remove(self):
        shutil.rmtree(self._state)

    def _settle(self):
        """All that is there is on the disk."""
        for name in ("tree", "data", "names"):
            remove(self._path(name))
            os.mkdir(self._path(name))
        for name in self._names(self._root):
            path = os.path.join(self._root, name)
            to = self._path("tree", name)
            if os.path.isdir(path):
                shutil.copytree(path, to, copy_function=os.link)
            else:
                os.link(path, to)
        self._seed += 1

    def _path(self, *names):
        return os.path.join(self._state, *names)

    def _names(self, folder):
        return [name for name in os.listdir(folder) if name not in self._apart]


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)
