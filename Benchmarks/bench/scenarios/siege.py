"""siege: banned addresses connect as fast as they can while players play."""

from dataclasses import dataclass
from ipaddress import IPv4Address

from .. import candidates
from ..load import RELAY_CORE, Generator, Server, Use
from ..processes import Children
from ..rounds import quality
from ..scenario import measure_rounds

CANDIDATES = ["full", "haproxy"]
FIRST_LISTED = "127.16.0.1"
LISTED = 10_000
PLAYERS = 200
PACKETS_A_PLAYER = 10
# Connections that wait for their refusal; well below the queue of any listener.
IN_FLIGHT = 128
DRAIN = 0.3


@dataclass
class Lane:
    server: Server
    candidate: candidates.Candidate
    players: Generator
    attackers: Generator

    @property
    def pids(self):
        return [self.server.pid, self.players.pid, self.attackers.pid, *self.candidate.pids]


def open_lane(context, children, name, listed):
    server = Server(children, "echo")
    candidate = candidates.start(name, children, context.folder / name, server.port, RELAY_CORE, listed=listed)
    players = Generator(children, candidate.port, PLAYERS)
    # The attackers take what the players' generator and the server leave of their core: on a machine of their own they
    # would not keep these from it, and the players' latency shall show the relay's queue, not that of the scheduler.
    attackers = Generator(
        children, candidate.port, sources=FIRST_LISTED, source_count=LISTED, seed=2, idle_priority=True)
    return Lane(server, candidate, players, attackers)


def play(lane, plan, besieged):
    """The players' answer, and the attackers' when there are any."""
    window = plan.window()
    if besieged:
        lane.attackers.tell_siege(IN_FLIGHT, window, lane.pids)
    answer = lane.players.run(PLAYERS * PACKETS_A_PLAYER, window, DRAIN, lane.pids)
    return answer, lane.attackers.child.read_json(10) if besieged else None


def sample_of(lane, plan):
    peace, _ = play(lane, plan, False)
    answer, attack = play(lane, plan, True)
    sample = quality(answer, lane.candidate.pids, [lane.server.pid, lane.players.pid])
    use = Use(attack, lane.candidate.pids)
    refused = max(attack["refused_in_window"], 1)
    sample |= {
        "refused_per_second": refused / use.seconds, "refused_per_core": refused / (use.ns / 1e9),
        "cpu_us": use.ns / 1000 / refused, "answered": attack["answered"], "unfinished": attack["unfinished"],
        "failed": attack["failed"], "lost": answer["sent_in_window"] - answer["latency"]["count"],
        "dead": answer["dead"],
    }
    for figure in ("p50_us", "p99_us", "p999_us"):
        sample[f"peace_{figure}"] = peace["latency"].get(figure, 0.0)
        sample[figure] = answer["latency"].get(figure, 0.0)
    return sample


def run(context):
    context.folder.mkdir(parents=True, exist_ok=True)
    listed = context.folder / "listed"
    first = IPv4Address(FIRST_LISTED)
    listed.write_text("".join(f"{first + index}\n" for index in range(LISTED)))
    names, notes = list(CANDIDATES), [
        "The attackers share the load's core, at idle priority: they are as many as that core can be, so the rate "
        "that counts is per second of the relay's core."]
    if not candidates.accepts(context.folder / "check", listed=str(listed)):
        names.remove("full")
        notes.append("This portcullis knows no `reputation.lists`, so only HAProxy was besieged.")
    with Children() as children:
        lanes = {name: open_lane(context, children, name, str(listed)) for name in names}
        settings = {"players": PLAYERS, "packets_a_player": PACKETS_A_PLAYER, "listed": LISTED, "in_flight": IN_FLIGHT}
        title = f"siege: {LISTED:,} banned addresses connecting, {PLAYERS} players"
        return measure_rounds(
            context, "siege", title, settings, names, lambda name: sample_of(lanes[name], context.plan), notes)
