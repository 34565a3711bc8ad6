"""What is known of each game: a few of its packets, and what its policies allow."""
import re
from dataclasses import dataclass, field


@dataclass
class Attack:
    """Packets that a policy refuses, sent from an address of their own."""

    name: str
    address: str
    rule: str
    # What the ban log calls the packet that brought the ban about.
    packet: str
    # Sent at once on each new connection, until the address is banned.
    burst: bytes
    # Connections that it takes, computed from the policy's points.
    connections: int
    # How many packets reach the server, by the policy: least, and how many more come back a second.
    allowed: int
    refill: float = 0
    # How many packets the policy finds fault with before the ban: least and most.
    findings: range = field(default_factory=lambda: range(1))


@dataclass
class Game:
    name: str
    # Sent by an attacker first, and what a server answers: then the way to the server stands.
    hello: bytes
    answer: bytes
    # Bytes of the length field, whether it counts itself, and its order.
    counts_itself: bool
    order: str

    def packets(self, stream):
        """Cuts a stream into packets; a rest that is none is the last."""
        packets = []
        while len(stream) >= 2:
            size = int.from_bytes(stream[:2], self.order) + (0 if self.counts_itself else 2)
            if not 2 < size <= len(stream):
                break
            packets.append(stream[:size])
            stream = stream[size:]
        return packets + ([stream] if stream else [])


# A score decays between two connections, so that points which just reach the ladder's step need one more.
BAN_AT = 20


def connections_until_ban(points):
    """How many connections it takes when each of them costs so many points."""
    return int(BAN_AT / points) + 1


def findings_until_ban(points):
    """How many findings it takes; at once they do not decay, spread over two reads they do."""
    exact = round(BAN_AT / points)
    return range(exact, exact + 2)


class Policy:
    """The numbers of a policy's file, read without a YAML parser."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self._text = file.read()

    def limit(self, name):
        """Burst, tokens a second, and points of the rule with this name."""
        rule = re.search(rf"name: {name}\n(.*?)(?=\n  - id|\Z)", self._text, re.S).group(1)
        rate, unit, burst = re.search(r"rate: (\d+)/([smh]), burst: (\d+)", rule).groups()
        score = re.search(r"score: ([\d.]+)", rule).group(1)
        return int(burst), int(rate) / {"s": 1, "m": 60, "h": 3600}[unit], float(score)

    def points(self, violation):
        """Points of a violation; the file names them."""
        return float(re.search(rf"^  {violation}: .*score: ([\d.]+)", self._text, re.M).group(1))


def crossfire_packet(text):
    return len(text).to_bytes(2, "big") + text


def openttd_packet(opcode, body=b""):
    return (3 + len(body)).to_bytes(2, "little") + bytes([opcode]) + body


CROSSFIRE = Game("crossfire", b"", crossfire_packet(b"tick \0\0\0\1"), False, "big")
OPENTTD = Game("openttd", openttd_packet(7), openttd_packet(6), True, "little")
GAMES = [CROSSFIRE, OPENTTD]


def attacks(game, rules):
    """The attacks on a game, each from an address of its own, and what the shipped policies make of them."""
    baseline = Policy(f"{rules}/policies/baseline.yaml")
    policy = Policy(f"{rules}/policies/{game.name}.yaml")
    framing = baseline.points("framing")
    burst, refill, points = baseline.limit("packet-flood")
    if game is CROSSFIRE:
        plain, plain_name, guess_rule = crossfire_packet(b"beat"), "beat", "account-creation"
        guess, guess_name = crossfire_packet(b"accountnew \4name\4word"), "accountnew"
        malformed = crossfire_packet(b"")
        unknown = policy.points("unknown")
        forbidden = Attack(
            "a word that no client knows", "127.0.0.11", "unknown", "0x" + b"becomead".hex(),
            burst=plain + crossfire_packet(b"becomeadmin now") * 20, connections=1, allowed=1,
            findings=findings_until_ban(unknown))
    else:
        plain, plain_name, guess_rule = openttd_packet(7), "CLIENT_GAME_INFO", "password-guessing"
        guess, guess_name = openttd_packet(11, b"pass\0"), "CLIENT_GAME_PASSWORD"
        malformed = b"\2\0\7"
        phase = baseline.points("phase")
        count = connections_until_ban(phase)
        forbidden = Attack(
            "a remote console before the welcome", "127.0.0.11", "phase", "CLIENT_RCON",
            burst=openttd_packet(32, b"pw\0quit\0"), connections=count, allowed=count,
            findings=range(count, count + 1))
    hello = 1 if game.hello else 0
    count = connections_until_ban(framing)
    guess_burst, guess_refill, guess_points = policy.limit(guess_rule)
    guesses = connections_until_ban(guess_points)
    flood = dict(
        rule="packet-flood", packet=plain_name, burst=plain * (burst + 200), connections=1, allowed=burst,
        refill=refill, findings=findings_until_ban(points))
    return [
        Attack("a flood", "127.0.0.9", **flood),
        Attack(
            "a length that no packet has", "127.0.0.10", "framing", "-", burst=plain + malformed + plain,
            connections=count, allowed=count * (1 + hello), findings=range(count, count + 1)),
        forbidden,
        Attack(
            f"{guess_rule} over several connections", "127.0.0.12", guess_rule, guess_name,
            burst=guess * (guess_burst + 2), connections=guesses, allowed=guess_burst + guesses * hello,
            refill=guess_refill, findings=range(guesses, guesses + 1)),
    ], Attack("a flood on the game's own server", "127.0.0.13", **flood)
