"""HAProxy and Portcullis in front of a game: their files, their processes, and the logs they leave."""
import json
import os
import random
import re
import signal
import socket
import subprocess

from checks import wait_until

# HAProxy dials Portcullis from here, so that the player's 127.0.0.1 is no trusted source and nobody is exempt.
BALANCER = "127.0.0.2"


def free_port(avoid=()):
    """A port below the range from which the kernel takes those of clients."""
    while True:
        port = random.randrange(20_000, 32_000)
        # The games' scripts number their display by the port.
        display = 100 + port % 800
        if port in avoid or os.path.exists(f"/tmp/.X{display}-lock") or os.path.exists(f"/tmp/.X11-unix/X{display}"):
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Relay:
    """Two ways through the same two programs: to the game's server, and to a sink."""

    def __init__(self, game, program, root, folder, sink_port):
        self.folder = folder
        ports = []
        for _ in range(5):
            ports.append(free_port(ports))
        self.server_port, self.player_port, self.attack_port, player_inner, attack_inner = ports
        rules = os.path.join(root, "rules")
        listeners = "".join(f"""
  - name: {name}
    bind: 127.0.0.1:{port}
    proxy_protocol: {{ from: [{BALANCER}/32] }}
    protocol: {game.name}
    policies: [baseline, {game.name}]
    to: {name}
""" for name, port in (("game", player_inner), ("sink", attack_inner)))
        self._write("portcullis.yaml", f"""version: 1
protocols: {rules}/protocols
policies: {rules}/policies
listeners:{listeners}
pools:
  game: {{ servers: [127.0.0.1:{self.server_port}] }}
  sink: {{ servers: [127.0.0.1:{sink_port}], send_proxy: v2 }}
reputation:
  half_life: 10m
  ladder: [{{ at: 20, ban: 10m }}]
logs:
  bans: {folder}/bans.log
  events: {folder}/events.json
  connections: {folder}/connections.log
""")
        proxies = "".join(f"""
listen {name}
    bind 127.0.0.1:{front}
    server portcullis 127.0.0.1:{back} send-proxy-v2 source {BALANCER}
""" for name, front, back in (
            ("player", self.player_port, player_inner), ("attacker", self.attack_port, attack_inner)))
        self._write("haproxy.cfg", f"""global
    maxconn 200
defaults
    mode tcp
    timeout connect 5s
    timeout client 10m
    timeout server 10m
{proxies}""")
        self._portcullis = self._start("portcullis", [program, "run", f"{folder}/portcullis.yaml", "--workers", "2"])
        self._haproxy = self._start("haproxy", ["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"])
        for port in ports[1:]:
            if not wait_until(lambda: is_listening(port) or self._portcullis.poll() is not None, 30):
                raise RuntimeError(f"nothing listens on {port}; the logs are in {folder}")

    def stop(self):
        """Ends both programs; gives the exit status of ours."""
        for process in (self._haproxy, self._portcullis):
            process.send_signal(signal.SIGTERM)
        try:
            self._haproxy.wait(10)
        except subprocess.TimeoutExpired:
            self._haproxy.kill()
        try:
            return self._portcullis.wait(40)
        except subprocess.TimeoutExpired:
            self._portcullis.kill()
            return None

    def events(self, kind):
        """The objects of one kind in the event log."""
        lines = [json.loads(line) for line in self._lines("events.json")]
        return [line for line in lines if line["event_type"] == kind]

    def connections(self, address):
        """The connection log's lines of an address, as dictionaries."""
        lines = [dict(re.findall(r"(\w+)=(\S+)", line)) for line in self._lines("connections.log")]
        return [line for line in lines if line.get("client", "").rsplit(":", 1)[0] == address]

    def ban_lines(self, address):
        """The ban log's lines in which an address was banned."""
        return [line for line in self._lines("bans.log") if f" Ban {address} " in line]

    def _lines(self, name):
        try:
            with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                # A line that is being written has no end yet.
                return [line for line in file if line.endswith("\n")]
        except FileNotFoundError:
            return []

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _start(self, name, command):
        with open(os.path.join(self.folder, f"{name}.out"), "w", encoding="utf-8") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _sockets():
    """Local port, remote port and state of every IPv4 TCP socket here."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in list(table)[1:]:
            words = line.split()
            yield int(words[1].split(":")[1], 16), int(words[2].split(":")[1], 16), words[3]


def is_listening(port):
    return any(local == port and state == "0A" for local, _, state in _sockets())


def is_connected_to(port):
    return any(remote == port and state == "01" for _, remote, state in _sockets())
