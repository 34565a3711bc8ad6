"""One game's evening: a player through HAProxy and Portcullis, and attackers beside them."""
import os
import re
import signal
import subprocess
import threading
import traceback

import games
from checks import wait_until
from peers import Sink, attempt, is_answered
from relay import Relay, is_connected_to

PLAYER = "127.0.0.1"


def most_allowed(attack, tries):
    """The packets that the policy allows: its burst, and what comes back between the first byte and the last."""
    return attack.allowed + int(attack.refill * (tries[-1].ended - tries[0].started))


class Session:
    """Plays one game, and checks what the player, the server and the logs saw."""

    # Loading a game takes a whole core: its script would lose patience with two of them at once.
    _loading = threading.Lock()

    def __init__(self, game, scripts, program, root, folder, seconds, checks):
        self.game, self._program, self._root, self._seconds, self._checks = game, program, root, seconds, checks
        self._script = os.path.join(scripts, game.name + ".sh")
        self.folder = os.path.join(folder, game.name)
        os.mkdir(self.folder)

    def expect(self, holds, text, found=""):
        return self._checks.expect(holds, f"{self.game.name}: {text}", found)

    def play(self):
        try:
            self._play()
        except Exception:
            self.expect(False, "the run itself", traceback.format_exc())

    def _play(self):
        sink = Sink(self.game.hello, self.game.answer)
        relay = Relay(self.game, self._program, self._root, self.folder, sink.port)
        player = None
        try:
            with self._loading:
                player = self._start_player(relay)
                came = wait_until(lambda: is_connected_to(relay.server_port) or player.poll() is not None, 60)
            self.expect(came and player.poll() is None, "the player reaches the server", "see player.out")
            self._attack(relay, sink, player)
            try:
                player.wait(self._seconds + 120)
            except subprocess.TimeoutExpired:
                pass
            self._check_player(relay, player)
        finally:
            if player and player.poll() is None:
                # The script ends its game's processes itself.
                player.send_signal(signal.SIGTERM)
                player.wait(60)
            status = relay.stop()
        self.expect(status == 0, "Portcullis ends by itself, with 0, when it is told to", status)
        self._check_connections(relay)

    def _start_player(self, relay):
        # The script keeps its work directory, with the logs of the game itself, in ours.
        environment = dict(os.environ, TMPDIR=self.folder, KEEP="1")
        with open(os.path.join(self.folder, "player.out"), "w", encoding="utf-8") as log:
            return subprocess.Popen(
                [self._script, str(relay.server_port), str(relay.player_port), str(self._seconds)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def _attack(self, relay, sink, player):
        on_sink, on_server = games.attacks(self.game, os.path.join(self._root, "rules"))
        for attack in on_sink:
            self._run_attack(relay, sink, attack)
            self._play_on(player)
        self._attack_server(relay, on_server)
        self.expect(is_answered(relay.attack_port, PLAYER, self.game.hello),
                    f"{PLAYER} is let in when the others are banned")
        self.expect(player.poll() is None, "the player is in the game from the first attack to the last")

    def _play_on(self, player):
        """Lets the player play for a while, so that the attacks meet every stage of the game."""
        try:
            player.wait(self._seconds / 7)
        except subprocess.TimeoutExpired:
            pass

    def _run_attack(self, relay, sink, attack):
        """Attacks until the address is banned, and counts what the server got."""
        name = f"{attack.name} from {attack.address}"
        tries = []
        while len(tries) < attack.connections:
            tries.append(attempt(relay.attack_port, attack.address, self.game.hello, attack.burst))
            if not tries[-1].was_answered:
                break
        self.expect(len(tries) == attack.connections and tries[-1].was_answered,
                    f"{name}: takes {attack.connections} connections", [vars(one) for one in tries])
        lines = wait_until(lambda: relay.ban_lines(attack.address), 5)
        wanted = rf'\[rule-\d+\] Ban {attack.address} for=\d+s count=1 packet={attack.packet} reason="{attack.rule}" '
        self.expect(len(lines) == 1 and re.search(wanted, lines[0]),
                    f"{name}: the ban log names rule {attack.rule}, packet {attack.packet} and the address", lines)
        wait_until(lambda: sink.open_count == 0, 5)
        # The logs are written one after the other, so the line of a ban may stand there before the others do.
        wait_until(lambda: len(relay.connections(attack.address)) >= len(tries), 5)
        wait_until(lambda: sum(one["src_ip"] == attack.address for one in relay.events("connection")) >= len(tries), 5)

        arrived = sum(len(self.game.packets(stream)) for stream in sink.streams(attack.address))
        most = most_allowed(attack, tries)
        exactly = "exactly" if most == attack.allowed else f"of {attack.allowed} to {most} allowed ones"
        self.expect(attack.allowed <= arrived <= most, f"{name}: {exactly} {arrived} packets reached the server",
                    f"by the policy {attack.allowed} to {most}")
        found = [one for one in relay.events("finding") if one["src_ip"] == attack.address]
        self.expect(len(found) in attack.findings and all(one["rule_name"] == attack.rule for one in found),
                    f"{name}: {len(found)} packets against the rule brought the ban, not one more",
                    f"by the policy {attack.findings}")
        passed = sum(int(line["packets_in"]) for line in relay.connections(attack.address))
        self.expect(passed == arrived, f"{name}: the connection log counts what the server counts",
                    f"{passed} and {arrived}")
        count = sink.accepted_count
        refused = not is_answered(relay.attack_port, attack.address, self.game.hello)
        refused = refused and not is_answered(relay.player_port, attack.address, self.game.hello)
        self.expect(refused and sink.accepted_count == count,
                    f"{name}: refused on both listeners afterwards, and the server hears nothing of it")

    def _attack_server(self, relay, attack):
        """The same on the server of the player: what it got stands in the connection log."""
        name = f"{attack.name} from {attack.address}"
        one = attempt(relay.player_port, attack.address, self.game.hello, attack.burst)
        wait_until(lambda: relay.connections(attack.address), 5)
        lines = relay.connections(attack.address)
        passed = sum(int(line["packets_in"]) for line in lines)
        most = most_allowed(attack, [one])
        self.expect(one.was_answered and len(lines) == 1 and attack.allowed <= passed <= most,
                    f"{name}: {passed} packets reached it, then it was banned",
                    f"by the policy {attack.allowed} to {most}; {lines}")
        self.expect(bool(relay.ban_lines(attack.address)), f"{name}: the ban log names it", "it does not")

    def _check_player(self, relay, player):
        with open(os.path.join(self.folder, "player.out"), encoding="utf-8", errors="replace") as log:
            said = [line for line in log.read().splitlines() if line.startswith(("OK ", "FAIL", "SKIP"))]
        last = said[-1] if said else ""
        self.expect(player.poll() == 0 and last.startswith("OK "), f"the player's own report: {last}",
                    f"status {player.poll()}")

    def _check_connections(self, relay):
        lines = [line for line in relay.connections(PLAYER) if line["listener"] == "game"]
        packets = [(int(line["packets_in"]), int(line["packets_out"])) for line in lines]
        self.expect(any(up > 20 and down > 100 for up, down in packets),
                    f"the player's packets in and out: {packets}", lines)
        dropped = sum(int(line["dropped_in"]) + int(line["dropped_out"]) for line in lines)
        self.expect(lines and dropped == 0, "not one packet of the player is dropped", f"{dropped}: {lines}")
        self.expect(lines and all(line["end"][0] in "CS" for line in lines),
                    "the player's connections end by the player or the server, not by a rule", lines)
        found = [one for one in relay.events("finding") if one["src_ip"] == PLAYER or one["from"] == "server"]
        self.expect(not found, "no rule finds fault with the player or the server, and no packet is unknown", found[:5])
        self.expect(not relay.ban_lines(PLAYER), f"{PLAYER} is not banned", relay.ban_lines(PLAYER))

    def show_logs(self):
        """The end of every log."""
        paths = [os.path.join(place, name) for place, _, names in os.walk(self.folder) for name in names]
        for path in sorted(paths):
            if not path.endswith((".log", ".out", ".json")):
                continue
            with open(path, encoding="utf-8", errors="replace") as log:
                lines = log.read().splitlines()
            print(f"--- {path}, the last of {len(lines)} lines")
            for line in lines[-8:]:
                print("    " + line[:300])
