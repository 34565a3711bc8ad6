"""closing: a ban while many connections of the address are open; how long until the last of them is closed."""

import os
import select
import socket
import struct
import time

from .. import candidates
from ..errors import BenchError
from ..load import LOAD_CORE, RELAY_CORE, Server
from ..processes import Children
from ..scenario import make_result

CANDIDATES = {"workers-1": 1, "workers-2": 2}
CONNECTIONS = 2_000
OTHERS = 200
# The packet that the policy bans for, in the form of the benchmark's game: length, opcode, time.
CHEAT = struct.pack("<HHQ", 12, 31, 0)
TIMEOUT = 20


class Crowd:
    """Connections of one address, silent."""

    def __init__(self, port, source, count):
        self.sockets = {}
        self.poll = select.epoll()
        for _ in range(count):
            connection = socket.socket()
            connection.bind((source, 0))
            connection.connect(("127.0.0.1", port))
            self.sockets[connection.fileno()] = connection
            # An edge alone: what is closed is told once, and nothing needs to be read.
            self.poll.register(connection, select.EPOLLRDHUP | select.EPOLLET)
        self.open = set(self.sockets)

    def wait(self, timeout):
        """Takes out who was closed, and says whether anybody was."""
        events = self.poll.poll(timeout)
        self.open.difference_update(descriptor for descriptor, _ in events)
        return bool(events)

    def close(self):
        self.poll.close()
        for connection in self.sockets.values():
            connection.close()


def measure(lane, number):
    """One more address is banned by what one of its connections sends."""
    server, relay, others = lane
    crowd = Crowd(relay.port, f"127.80.{number // 250}.{number % 250 + 1}", CONNECTIONS)
    try:
        server.wait_for(CONNECTIONS + OTHERS)
        cheater = next(iter(crowd.sockets.values()))
        begin, first = time.monotonic_ns(), None
        cheater.sendall(CHEAT)
        while crowd.open:
            if not crowd.wait(TIMEOUT):
                raise BenchError(f"{len(crowd.open)} of {CONNECTIONS} connections outlived the ban")
            now = time.monotonic_ns()
            first = first or now
        others.wait(0)
        return {
            "closed_ms": (now - begin) / 1e6, "first_ms": (first - begin) / 1e6,
            "dead": OTHERS - len(others.open),
        }
    finally:
        crowd.close()


def open_lane(context, children, name):
    server = Server(children, "echo")
    cores = RELAY_CORE if CANDIDATES[name] == 1 else LOAD_CORE | RELAY_CORE
    relay = candidates.start(
        "full", children, context.folder / name, server.port, cores, workers=CANDIDATES[name], banning=True)
    return server, relay, Crowd(relay.port, "127.81.0.1", OTHERS)


def run(context):
    wanted, names, rounds = context.plan.rounds, list(CANDIDATES), []
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, LOAD_CORE)
    try:
        with Children() as children:
            lanes = {name: open_lane(context, children, name) for name in names}
            for number in range(wanted):
                # The connections of the round before are gone from the server before the next ones come.
                for server, _, _ in lanes.values():
                    wait_until_quiet(server)
                samples = {name: measure(lanes[name], number) for name in names}
                rounds.append({"disturbed": False, "samples": samples})
            for _, _, others in lanes.values():
                others.close()
    finally:
        os.sched_setaffinity(0, cores)
    title = f"closing: a ban while {CONNECTIONS:,} connections of the address are open, and {OTHERS} of another"
    notes = ["The time is from the packet that is banned for to the last closed connection, as the client sees it."]
    return make_result(
        "closing", title, {"connections": CONNECTIONS, "others": OTHERS}, rounds, names, notes, wanted)


def wait_until_quiet(server):
    deadline = time.monotonic() + TIMEOUT
    while server.report()["open"] > OTHERS:
        if time.monotonic() > deadline:
            raise BenchError("connections of a banned address are still open at the server")
        time.sleep(0.01)
