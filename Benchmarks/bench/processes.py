"""Child processes: pinned to a core, ended in every case, and what they use."""

import ctypes
import json
import os
import random
import resource
import select
import signal
import socket
import subprocess
import time

from .errors import BenchError

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def raise_descriptor_limit():
    """As far as the machine allows; returns how many descriptors a process may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def free_port():
    """A port nobody listens on, outside the range that the kernel gives to outgoing connections."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        first_outgoing = int(file.read().split()[0])
    for _ in range(1000):
        port = random.randrange(10240, first_outgoing)
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise BenchError("no free port below the range of outgoing connections")


class Child:
    """One process. It has a process group of its own, so that its children end with it."""

    def __init__(self, command, cores, idle_priority=False, log=None):
        def in_child():
            # A group to end it by, but no session: the kernel may share the processor out by session, and then the
            # priorities of generator, server and attackers would mean nothing to each other.
            os.setpgid(0, 0)
            # Nobody stays behind, even when this program is killed.
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            os.sched_setaffinity(0, cores)
            if idle_priority:
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

        self.name = os.path.basename(command[0])
        self.log = log
        self._held = b""
        with open(log, "ab") if log else open(os.devnull, "wb") as errors:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, preexec_fn=in_child)
        self.pid = self.process.pid

    def alive(self):
        return self.process.poll() is None

    def require_alive(self):
        if not self.alive():
            raise BenchError(f"'{self.name}' has ended by itself ({self.process.returncode}): {self.last_words()}")

    def last_words(self):
        """The end of what it wrote to stderr."""
        if not self.log or not os.path.exists(self.log):
            return "it said nothing"
        with open(self.log, errors="replace") as file:
            return file.read()[-2000:].strip() or "it said nothing"

    def read_json(self, timeout):
        """One line of JSON from its stdout."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._held:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(left, 0))
            if not ready:
                raise BenchError(f"'{self.name}' gave no answer within {timeout:.0f} s")
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                self.process.wait(5)
                self.require_alive()
            self._held += piece
        line, self._held = self._held.split(b"\n", 1)
        return json.loads(line)

    def tell(self, command):
        try:
            self.process.stdin.write(command.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.process.wait(5)
            self.require_alive()

    def ask(self, command, timeout):
        self.tell(command)
        return self.read_json(timeout)

    def all_pids(self):
        """Itself and its children."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
            return [self.pid, *map(int, file.read().split())]

    def resident_bytes(self):
        """Resident memory of itself and its children, counted page by page."""
        return sum(_resident_bytes(pid) for pid in self.all_pids())

    def end(self):
        if self.alive():
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(0.5)
            except subprocess.TimeoutExpired:
                pass
        # Its children have its group, also when it is gone.
        self._signal(signal.SIGKILL)
        self.process.wait(5)
        self.process.stdin.close()
        self.process.stdout.close()

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def _resident_bytes(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    return 0


class Children:
    """All children of one scenario; leaving the block ends them, the last first."""

    def __init__(self):
        self._children = []

    def start(self, command, cores, **options):
        child = Child(command, cores, **options)
        self._children.append(child)
        return child

    def end(self, child):
        self._children.remove(child)
        child.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self._children:
            self._children.pop().end()


def wait_for_port(port, child, timeout=15):
    """Waits until somebody listens there."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        child.require_alive()
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise BenchError(f"'{child.name}' does not listen after {timeout} s: {child.last_words()}")
