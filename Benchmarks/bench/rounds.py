"""Interleaved rounds: A B C, B C A, … and which of them count."""

import sys
from dataclasses import dataclass, field

from .load import Use, Window, foreign_cores
from .stats import estimate

# A round in which others used more than this, in cores, or in which the relay was kept from its core for more than
# this share of the time, is repeated.
FOREIGN_MOST = 0.15
WAITED_MOST = 0.05
# The load's own core must have this share to spare, or its queues would be measured.
LOAD_MOST = 0.80
# Where the rate is settled, the relay's core has some to spare, too: a full one would measure its queue.
RELAY_MOST = 0.90
# With fewer values than this there is no interval with 95 % confidence.
ROUNDS_LEAST = 6


@dataclass
class Plan:
    """How long and how often is measured."""

    quick: bool
    rounds: int
    warm_up: float
    seconds: float
    notes: list = field(default_factory=list)

    def window(self, seconds=None):
        return Window(self.warm_up, seconds or self.seconds)


FULL = {"rounds": 21, "warm_up": 0.15, "seconds": 0.8}
QUICK = {"rounds": 3, "warm_up": 0.1, "seconds": 0.45}


def quality(answer, relay_pids, load_pids):
    """What says whether a sample can be trusted; part of every sample."""
    relay = Use(answer, relay_pids) if relay_pids else None
    return {
        "load_core": Use(answer, load_pids).cores,
        "relay_core": relay.cores if relay else 0.0,
        "relay_waited": relay.waited_ns / 1e9 / relay.seconds if relay else 0.0,
        "foreign": foreign_cores(answer),
        "stolen": answer["stolen_ticks"] / 100 / answer["seconds"],
    }


def is_disturbed(sample):
    return sample["foreign"] > FOREIGN_MOST or sample["relay_waited"] > WAITED_MOST


def say(text):
    print(text, file=sys.stderr, flush=True)


def interleave(names, measure, wanted):
    """Measures every candidate once a round, in an order that begins with another one each time.

    A disturbed round is repeated, but not in a glance; when as many were disturbed as are wanted, what there is must
    do. Returns all rounds, each with `disturbed` and a sample for every name.
    """
    rounds, clean = [], 0
    most = wanted if wanted < ROUNDS_LEAST else 2 * wanted
    while clean < wanted and len(rounds) < most:
        start = len(rounds) % len(names)
        samples = {name: measure(name) for name in names[start:] + names[:start]}
        disturbed = any(is_disturbed(sample) for sample in samples.values())
        rounds.append({"disturbed": disturbed, "samples": samples})
        clean += not disturbed
    return rounds


def counted(rounds, wanted):
    """The rounds that count, and whether they are all undisturbed. Too few clean ones are worse than all."""
    clean = [entry for entry in rounds if not entry["disturbed"]]
    if len(clean) >= min(wanted, ROUNDS_LEAST):
        return clean[:wanted], True
    return rounds[-wanted:], False


def summarise(rounds, names):
    """The median of every figure of every candidate, over rounds."""
    summary = {}
    for name in names:
        figures = rounds[0]["samples"][name].keys()
        summary[name] = {
            figure: estimate([entry["samples"][name][figure] for entry in rounds]) for figure in figures
            if all(isinstance(entry["samples"][name].get(figure), (int, float)) for entry in rounds)}
    return summary


def settle_rate(nominal, trial, notes, unit="packets/s", names=("full", "floor"), least=0.5):
    """Lowers the rate until the load's own core stays below its mark; a dear and a cheap candidate stand for all.

    It stays above `least` of what was asked for: a sleep a packet may cost as much as the packet, so a lower rate can
    leave a core as busy as before, and then lowering it further only takes the meaning from the scenario.
    """
    rate = nominal
    for _ in range(8):
        excess = max(fullness(trial(name, rate)) for name in names)
        if excess <= 0.97 or rate <= nominal * least:
            break
        rate = max(int(rate * max(0.6, 0.92 / excess)) // 500 * 500, int(nominal * least))
    if rate < nominal:
        notes.append(f"The rate was lowered from {nominal:,} to {rate:,} {unit}, to keep the core of the load "
                     f"generator and the server below {LOAD_MOST:.0%}, and the relay's below {RELAY_MOST:.0%}.")
    return rate


def fullness(sample):
    """How near a trial came to the marks of both cores; 1 is at the nearer one."""
    return max(sample["load_core"] / LOAD_MOST, sample["relay_core"] / RELAY_MOST)
