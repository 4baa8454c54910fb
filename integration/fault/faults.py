"""What is done to a running pipeline. Each fault takes the epoch that it
befalls, and ends with the pipeline ready or on its way there."""

import os
import re
import signal
import subprocess
import time

from integration.process import harness

# How often a process is killed before it was ready.
KILL_AT_START = 0.2

STOP_SECONDS = (1, 4)

# In which a process that is asked to end has done so, whatever waits for it,
# and how often it is asked twice.
DRAIN_SECONDS = 12
ASK_TWICE = 0.3

FULL_SECONDS = (1, 4)
DISK_BYTES = 256 << 20

# In which a disk that is kept full must have been felt.
FILL_SECONDS = 20

# After space has returned, producers must be served again within this.
RESUME_SECONDS = 5

# How long a server is away, beside what it needs to start.
AWAY_SECONDS = (0.1, 1.5)

# Brokers are missed after 3 s (integration/servers/kafka_server.cc).
TAKEOVER_SECONDS = (1, 6)

# How long another process shares the log, and how often it is killed then.
JOIN_SECONDS = (0.5, 4)
KILL_JOINED = 0.3

# How long a failpoint is waited for, and which of its hits may be the one.
FAILPOINT_SECONDS = 1.5
FAILPOINT_HITS = (1, 1, 2, 3, 5, 10, 20)
FAILPOINT_ACTIONS = ("kill", "kill", "error", "error:full")

# By the first part of their name: for every target, or for that one.
FAILPOINTS = {
    "log": """
        log.append.before_ack log.append.before_write log.append.after_write
        log.append.before_sync log.append.after_sync log.cursor.before_write
        log.cursor.before_sync log.cursor.after_sync
        log.recover.before_segments log.recover.before_sync
        log.retain.before_remove log.retain.after_remove log.create.before_meta
        log.seal.before_footer log.seal.before_truncate log.roll.before_create
        log.roll.before_header log.roll.before_folder_sync""".split(),
    "file": """
        file.open.before_record file.commit.before_sync
        file.commit.before_record file.commit.after_record
        file.record.before_rename file.record.after_rename
        file.record.half_written file.rotate.before_rename
        file.rotate.after_rename""".split(),
    "kafka": [],
    "postgres": """
        postgres.commit.before_send postgres.commit.before_answer""".split(),
    "http": [],
    "queue": """
        queue.spill.before_append queue.spill.before_settle
        queue.replay.before_cursor""".split(),
}

# How long the server stands for the sake of a queue's failpoints: they are
# where events go to its disk, and come from there.
SPILL_SECONDS = 0.7


class Disk:
    """A small one of its own for the log, that can be filled. Needs root."""

    def __init__(self, path):
        self.path = path
        os.mkdir(path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES,
                        "phoenix", path], check=True)
        self._ballast = os.path.join(path, "ballast")

    def fill(self):
        """Takes all that is free now; what is given back later, next time."""
        with open(self._ballast, "ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 16))
            except OSError:
                pass

    def free(self):
        os.unlink(self._ballast)

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=False)


def kill(epoch):
    epoch.process.signal(signal.SIGKILL).wait()
    while epoch.chance.random() < KILL_AT_START:
        process = epoch.spawn()
        time.sleep(epoch.chance.uniform(0, 0.2))
        process.signal(signal.SIGKILL).wait()
    epoch.start()


def power(epoch):
    """It dies, and with it what it has not synced."""
    epoch.process.signal(signal.SIGKILL).wait()
    epoch.lossy_disk.cut()
    epoch.start()


def stop(epoch):
    epoch.process.signal(signal.SIGSTOP)
    time.sleep(epoch.chance.uniform(*STOP_SECONDS))
    epoch.process.signal(signal.SIGCONT)


def drain(epoch):
    """It is asked to end: the second time it does so at once, and says that."""
    epoch.process.signal(signal.SIGTERM)
    twice = epoch.chance.random() < ASK_TWICE
    if twice:
        time.sleep(epoch.chance.uniform(0, 0.2))
        epoch.process.signal(signal.SIGTERM)
    status = epoch.process.wait(DRAIN_SECONDS)
    if status != 0 and not twice:
        raise AssertionError("a drain ended with %d: %s" % (
            status, epoch.process.text("stderr")[-2000:]))
    epoch.start()


def disk_full(epoch):
    acked = epoch.ledger.acked
    until = time.monotonic() + (epoch.full_seconds or
                                epoch.chance.uniform(*FULL_SECONDS))
    before = -1
    while time.monotonic() < until or acked() > before:
        # The log deletes what it needs no more until nothing is left.
        before = acked()
        epoch.disk.fill()
        time.sleep(0.3)
        if time.monotonic() > until + FILL_SECONDS:
            raise AssertionError("the full disk was never felt")
    epoch.disk.free()
    harness.wait_until(lambda: acked() > before,
                       "an event acknowledged after space returned",
                       RESUME_SECONDS)


def server_kill(epoch):
    """Of Kafka, its coordinators are lost with the broker."""
    epoch.target.server.tell("kill")
    time.sleep(epoch.chance.uniform(*AWAY_SECONDS))
    epoch.target.server.tell("restart")


def server_stop(epoch):
    """It is there, and does not answer."""
    stand_still(epoch.target.server, epoch.chance.uniform(*STOP_SECONDS))


def stand_still(server, seconds):
    server.tell("pause")
    time.sleep(seconds)
    server.tell("resume")


def coordinator(epoch):
    """The broker dies that coordinates the transactions of a sink, or, with
    `--log kafka`, the group of those that share the log; another takes over
    before it returns."""
    server = epoch.target.server
    server.tell("kill_coordinator %s %s" % epoch.chance.choice(
        epoch.coordinated()))
    time.sleep(epoch.chance.uniform(*TAKEOVER_SECONDS))
    server.tell("revive")


def both_kill(epoch):
    """The pipeline dies while its server is away, and both return."""
    epoch.target.server.tell("kill")
    time.sleep(epoch.chance.uniform(*AWAY_SECONDS))
    epoch.process.signal(signal.SIGKILL).wait()
    epoch.target.server.tell("restart")
    epoch.start()


def join(epoch):
    """Another process takes its share of the log, and gives it back: in order
    or by its death. Only PostgreSQL keeps two writers apart."""
    another = epoch.spawn_another()
    try:
        another.wait_until_ready()
        time.sleep(epoch.chance.uniform(*JOIN_SECONDS))
        if epoch.chance.random() < KILL_JOINED:
            return
        if another.signal(signal.SIGTERM).wait(DRAIN_SECONDS) != 0:
            raise AssertionError("who joined ended with %d: %s" % (
                another.process.returncode, another.text("stderr")[-2000:]))
    finally:
        another.process.kill()
        another.wait()


def failpoint(epoch):
    """It fails or dies at a named place, then runs anew without."""
    name = epoch.chance.choice(failpoints_of(epoch.target, epoch.failpoint))
    # Where a queue's disk fails, its events come behind later ones: the
    # judge would find that (docs/concepts/guarantee.md).
    action = ("kill" if epoch.target.queues else
              epoch.chance.choice(FAILPOINT_ACTIONS))
    hit = epoch.chance.choice(FAILPOINT_HITS)
    epoch.process.signal(signal.SIGKILL).wait()
    process = epoch.spawn(
        {"PHOENIX_FAILPOINTS": "%s=%s@%d" % (name, action, hit)})
    if name in FAILPOINTS["queue"]:
        stand_still(epoch.target.server, SPILL_SECONDS)
    try:
        process.process.wait(FAILPOINT_SECONDS)
    except subprocess.TimeoutExpired:
        process.signal(signal.SIGKILL).wait()
        died = False
    else:
        died = process.process.returncode == -signal.SIGKILL
    epoch.count_failpoint(name, action, died or has_fired(process, name))
    epoch.start()


def failpoints_of(target, prefix):
    names = FAILPOINTS["log"] + FAILPOINTS[target.kind]
    if target.queues and target.server is not None:
        names = names + FAILPOINTS["queue"]
    return [name for name in names if name.startswith(prefix)]


def has_fired(process, name):
    text = process.text("stderr")
    if "no such failpoint" in text:
        raise AssertionError(text)
    return re.search("failpoint '%s'" % re.escape(name), text) is not None


ANYWHERE = {"kill": kill, "stop": stop, "drain": drain, "failpoint": failpoint}
WITH_SERVER = {"server_kill": server_kill, "server_stop": server_stop,
               "both_kill": both_kill}
WITH_SHARED_LOG = {"join": join}
WITH_BROKERS = {"coordinator": coordinator}
ALL = {**ANYWHERE, **WITH_SERVER, **WITH_SHARED_LOG, **WITH_BROKERS,
       "disk_full": disk_full, "power": power}

# A disk that is small is no disk that forgets.
APART = ("power",)


def fitting(options, target):
    """Of the faults, those that the target and the log can suffer."""
    found = [name for name in options.faults
             if (target.server is not None or name not in WITH_SERVER) and
             (options.log == "kafka" and target.kind == "postgres" or
              name not in WITH_SHARED_LOG) and
             (target.kind == "kafka" and options.brokers > 1 or
              name not in WITH_BROKERS)]
    return found or ["kill"]
