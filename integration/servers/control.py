"""Real servers for scripts, by `controlled_server`."""

import subprocess


class ServerError(Exception):
    """A server did not do what it was told: that shows nothing about those who
    use it."""


class Server:
    """One that runs until `close`. `address` says how to connect."""

    def __init__(self, program, kind, *arguments):
        self._process = subprocess.Popen(
            [program, kind, *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.address = self._process.stdout.readline().strip()
        if not self.address:
            raise ServerError("no %s server" % kind)

    def tell(self, command):
        """Gives a command, as controlled_server.cc has them; returns what it
        asks for."""
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        verdict, _, found = answer.partition(" ")
        if verdict != "ok":
            raise ServerError("%s: %s" % (command, answer))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self._process.stdin.close()
        self._process.wait()
