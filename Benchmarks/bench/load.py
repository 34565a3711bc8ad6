"""The load generator and the server, as objects."""

import time

from . import programs
from .errors import BenchError
from .processes import free_port, wait_for_port

LOAD_CORE = {0}
RELAY_CORE = {1}
# Addresses of the loopback network that players come from, one for each.
PLAYERS = "127.64.0.1"


class Server:
    """The game server: `echo`, `sink` or `source`."""

    def __init__(self, children, mode):
        self.port = free_port()
        self.child = children.start([programs.own("server"), mode, f"127.0.0.1:{self.port}"], LOAD_CORE)
        self.child.read_json(10)
        wait_for_port(self.port, self.child)

    @property
    def pid(self):
        return self.child.pid

    def begin_window(self, begin_ns, end_ns):
        self.child.tell(f"window {begin_ns} {end_ns}")

    def report(self):
        return self.child.ask("report", 10)

    def wait_for(self, connections, timeout=20):
        """Waits until so many have arrived: a relay may still be dialling when its clients are connected."""
        deadline = time.monotonic() + timeout
        while self.report()["open"] < connections:
            if time.monotonic() > deadline:
                raise BenchError(f"of {connections} connections only {self.report()['open']} reached the server")
            time.sleep(0.02)


class Generator:
    """A load generator with its connections open."""

    def __init__(self, children, port, connections=0, sources=PLAYERS, source_count=None, size=(32, 256), seed=1,
                 tick=0, idle_priority=False):
        command = [
            programs.own("generator"), f"127.0.0.1:{port}", f"connections={connections}",
            f"sources={sources}/{source_count or max(connections, 1)}", f"size={size[0]}..{size[1]}", f"seed={seed}",
            f"tick={tick}"]
        self.child = children.start(command, LOAD_CORE, idle_priority=idle_priority)
        ready = self.child.read_json(40)
        if ready["connected"] != connections:
            raise BenchError(f"only {ready['connected']} of {connections} connections could be opened: {ready}")

    @property
    def pid(self):
        return self.child.pid

    def run(self, rate, window, drain, pids):
        return self._ask(f"run {rate} {window.begin} {window.end} {int(drain * 1e9)} {_list(pids)}", window, drain)

    def churn(self, rate, most, window, drain, pids):
        return self._ask(
            f"churn {rate} {most} {window.begin} {window.end} {int(drain * 1e9)} {_list(pids)}", window, drain)

    def tell_siege(self, most, window, pids):
        self.child.tell(f"siege {most} {window.begin} {window.end} {_list(pids)}")

    def bulk(self, way, size, window, pids):
        return self._ask(f"bulk {way} {size} {window.begin} {window.end} {_list(pids)}", window, 0)

    def once(self, rate=20_000, drain=2):
        return self.child.ask(f"once {rate} {int(drain * 1e9)}", 30)

    def _ask(self, command, window, drain):
        return self.child.ask(command, window.seconds_left() + drain + 10)


def _list(pids):
    return ",".join(map(str, pids))


class Window:
    """The measured time of a round, after its warm-up."""

    def __init__(self, warm_up, seconds):
        self.begin = time.monotonic_ns() + int(warm_up * 1e9)
        self.end = self.begin + int(seconds * 1e9)

    def seconds_left(self):
        return (self.end - time.monotonic_ns()) / 1e9


class Use:
    """What a set of processes used of the processor in a window, from the generator's answer."""

    def __init__(self, answer, pids):
        rows = [answer["cpu"][str(pid)] for pid in pids]
        self.seconds = answer["seconds"]
        self.ns = sum(row["ns"] for row in rows)
        self.waited_ns = sum(row["waited_ns"] for row in rows)
        user, system = sum(row["user_ticks"] for row in rows), sum(row["system_ticks"] for row in rows)
        self.user_share = user / (user + system) if user + system else 0.0

    @property
    def cores(self):
        return self.ns / 1e9 / self.seconds


TICKS_PER_SECOND = 100


def foreign_cores(answer):
    """Processor time of whatever was not watched, in cores. Ticks are coarse, so it may be a little below zero."""
    busy = sum(answer["busy_ticks"]) / TICKS_PER_SECOND
    watched = sum(row["ns"] for row in answer["cpu"].values()) / 1e9
    return (busy - watched) / answer["seconds"]
