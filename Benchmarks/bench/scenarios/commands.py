"""commands: an operator bans an address with many open connections; how long until he is answered and all are closed.

And the two commands with a million bans: `bans import` of a list, `bans export` of all.
"""

import http.client
import os
import socket
import subprocess
import time

from .. import candidates, programs
from ..errors import BenchError
from ..load import LOAD_CORE, RELAY_CORE, Server
from ..processes import Children
from ..scenario import make_result
from .closing import CANDIDATES, OTHERS, TIMEOUT, Crowd, wait_until_quiet

CONNECTIONS = 200
LISTED = 1_000_000


class ControlConnection(http.client.HTTPConnection):
    """HTTP over the control socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def measure(lane, number):
    """One more address is banned by a request."""
    server, relay, others, folder = lane
    address = f"127.82.{number // 250}.{number % 250 + 1}"
    crowd = Crowd(relay.port, address, CONNECTIONS)
    control = ControlConnection(str(folder / "p.sock"))
    try:
        server.wait_for(CONNECTIONS + OTHERS)
        control.connect()
        begin = time.monotonic_ns()
        control.request("PUT", f"/v1/bans/{address}", body='{"for": "1h"}')
        while crowd.open:
            if not crowd.wait(TIMEOUT):
                raise BenchError(f"{len(crowd.open)} of {CONNECTIONS} connections outlived the ban")
        closed = time.monotonic_ns()
        answer = control.getresponse()
        answer.read()
        answered = time.monotonic_ns()
        if answer.status != 200:
            raise BenchError(f"the ban was answered with {answer.status}")
        others.wait(0)
        return {
            "closed_ms": (closed - begin) / 1e6, "holds_ms": (max(closed, answered) - begin) / 1e6,
            "dead": OTHERS - len(others.open),
        }
    finally:
        control.close()
        crowd.close()


def measure_list(folder):
    """A million addresses, in and out."""
    path = folder / "million.txt"
    with path.open("w") as file:
        for number in range(LISTED):
            file.write(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}\n")
    samples = {}
    for name, arguments in (("import_s", ["import", str(path), "--for", "1d"]), ("export_s", ["export"])):
        begin = time.monotonic_ns()
        done = subprocess.run(
            [programs.portcullis(), "bans", *arguments, "--socket", str(folder / "p.sock")], capture_output=True)
        if done.returncode != 0:
            raise BenchError(f"bans {arguments[0]} ended with {done.returncode}: {done.stderr[:500]}")
        samples[name] = (time.monotonic_ns() - begin) / 1e9
    return samples


def open_lane(context, children, name):
    server = Server(children, "echo")
    cores = RELAY_CORE if CANDIDATES[name] == 1 else LOAD_CORE | RELAY_CORE
    folder = context.folder / name
    relay = candidates.start(
        "full", children, folder, server.port, cores, workers=CANDIDATES[name], controlled=True)
    return server, relay, Crowd(relay.port, "127.81.0.1", OTHERS), folder


def run(context):
    wanted, names, rounds = context.plan.rounds, list(CANDIDATES), []
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, LOAD_CORE)
    try:
        with Children() as children:
            lanes = {name: open_lane(context, children, name) for name in names}
            for number in range(wanted):
                for server, *_ in lanes.values():
                    wait_until_quiet(server)
                samples = {name: measure(lanes[name], number) for name in names}
                rounds.append({"disturbed": False, "samples": samples})
            listed = measure_list(lanes["workers-2"][3])
            for _, _, others, _ in lanes.values():
                others.close()
    finally:
        os.sched_setaffinity(0, cores)
    title = f"commands: an operator bans an address with {CONNECTIONS} open connections; {OTHERS} of another stay"
    notes = [
        "`holds` is from the request to the answer and the last closed connection, whichever is later; the state is on "
        "disk by then.",
        f"With {LISTED:,} addresses: `bans import` of a list takes {listed['import_s']:.1f} s, `bans export` of all "
        f"{listed['export_s']:.1f} s.",
    ]
    return make_result(
        "commands", title, {"connections": CONNECTIONS, "others": OTHERS, "listed": LISTED}, rounds, names, notes,
        wanted)
