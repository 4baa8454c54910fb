"""What is done to a running pipeline. Each fault takes the epoch that it
befalls, and ends with the pipeline ready or on its way there. One that can miss
says whether it hit."""

import os
import re
import signal
import subprocess
import time

from integration.process import harness

# How often a process is killed before it was ready.
KILL_AT_START = 0.2

# Until a process is ready whose brokers have just begun to serve, on a machine
# that builds beside.
READY_SECONDS = 120

STOP_SECONDS = (1, 4)

# In which a process that is asked to end has done so, whatever waits for it,
# and how often it is asked twice.
DRAIN_SECONDS = 10
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

# How long the next leader is alone after it has taken over.
LED_SECONDS = (0, 3)

# What a transaction may take, and how soon after that its coordinator, which
# looks every second (integration/servers/kafka_server.cc), must have aborted
# it. Now and then none is open: so it is tried again.
TRANSACTION_SECONDS = 5
ABORT_SECONDS = 3
TRANSACTION_TRIES = 5

# How long the pipeline goes on standing still then.
ABORTED_SECONDS = (0, 2)

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
    "kafka": """
        kafka.commit.before_positions kafka.commit.before_send
        kafka.commit.before_answer""".split(),
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
    began = time.monotonic()
    status = epoch.process.wait(DRAIN_SECONDS)
    epoch.end_seconds.append(time.monotonic() - began)
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
    server = a_server(epoch)
    server.tell("kill")
    time.sleep(epoch.chance.uniform(*AWAY_SECONDS))
    server.tell("restart")


def a_server(epoch):
    """That of the sinks, or of the log."""
    servers = epoch.servers()
    return servers[0] if len(servers) == 1 else epoch.chance.choice(servers)


def server_stop(epoch):
    """It is there, and does not answer."""
    stand_still(a_server(epoch), epoch.chance.uniform(*STOP_SECONDS))


def stand_still(server, seconds):
    server.tell("pause")
    time.sleep(seconds)
    server.tell("resume")


def coordinator(epoch):
    """The broker dies that coordinates the transactions of a sink, or, with
    `--log kafka`, the group of those that share the log; another takes over
    before it returns."""
    epoch.kafka.tell("kill_coordinator %s %s" % epoch.chance.choice(
        epoch.coordinated()))
    time.sleep(epoch.chance.uniform(*TAKEOVER_SECONDS))
    epoch.kafka.tell("revive")


def leader(epoch):
    """The broker dies that leads a partition of a sink's topic, or of a log in
    Kafka; it returns after another has taken over, and has to catch up before
    the next one dies."""
    epoch.kafka.tell("kill_leader %s %d" % epoch.chance.choice(epoch.led()))
    time.sleep(epoch.chance.uniform(*LED_SECONDS))
    epoch.kafka.tell("revive")


def txn_timeout(epoch):
    """It stands still for longer than a transaction may take: the coordinator
    aborts the one that is open, and fences its producer."""
    return any(outlast_transaction(epoch) for _ in range(TRANSACTION_TRIES))


def outlast_transaction(epoch):
    """Whether one was open, so that it was aborted."""
    time.sleep(epoch.chance.uniform(0, 0.5))
    before = timed_out(epoch)
    epoch.process.signal(signal.SIGSTOP)
    until = time.monotonic() + TRANSACTION_SECONDS + ABORT_SECONDS
    while timed_out(epoch) == before and time.monotonic() < until:
        time.sleep(0.2)
    hit = timed_out(epoch) > before
    if hit:
        time.sleep(epoch.chance.uniform(*ABORTED_SECONDS))
    epoch.process.signal(signal.SIGCONT)
    return hit


def timed_out(epoch):
    """Transactions of the sinks that their coordinators have given up."""
    return sum(int(epoch.kafka.tell("timed_out " + name))
               for name in epoch.target.transactional_ids())


def both_kill(epoch):
    """The pipeline dies while its server is away, and both return."""
    server = a_server(epoch)
    server.tell("kill")
    time.sleep(epoch.chance.uniform(*AWAY_SECONDS))
    epoch.process.signal(signal.SIGKILL).wait()
    server.tell("restart")
    epoch.start()


def join(epoch):
    """Another process takes its share of the log, and gives it back: in order
    or by its death."""
    another = epoch.spawn_another()
    try:
        another.wait_until_ready(READY_SECONDS)
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
    action = epoch.chance.choice(FAILPOINT_ACTIONS)
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
WITH_BROKERS = {"coordinator": coordinator, "leader": leader}
WITH_TRANSACTIONS = {"txn_timeout": txn_timeout}
ALL = {**ANYWHERE, **WITH_SERVER, **WITH_SHARED_LOG, **WITH_BROKERS,
       **WITH_TRANSACTIONS,
       "disk_full": disk_full, "power": power}

# Targets to which several processes may write.
SHARED_BY_WRITERS = ("kafka", "postgres")

# A disk that is small is no disk that forgets.
APART = ("power",)


def fitting(options, kind):
    """Of the faults, those that such a target and the log can suffer."""
    kafka = "kafka" in (kind, options.log)
    unfit = set()
    if kind == "file" and options.log != "kafka":
        unfit |= WITH_SERVER.keys()
    if options.log != "kafka" or kind not in SHARED_BY_WRITERS:
        unfit |= WITH_SHARED_LOG.keys()
    if options.brokers == 1 or not kafka:
        unfit |= WITH_BROKERS.keys()
    if kind != "kafka":
        unfit |= WITH_TRANSACTIONS.keys()
    return [name for name in options.faults if name not in unfit]
