"""What all scenarios have in common: lanes, results, and how a result is written as JSON."""

from dataclasses import dataclass, field

from . import candidates
from .candidates import LABELS
from .load import RELAY_CORE, Generator, Server
from .rounds import LOAD_MOST, counted, interleave, summarise


@dataclass
class Context:
    """What every scenario is given."""

    plan: object
    folder: object


@dataclass
class Lane:
    """One candidate with a server and a generator of its own, all open for the whole scenario."""

    candidate: object
    server: Server
    generator: Generator

    @property
    def name(self):
        return self.candidate.name

    @property
    def load_pids(self):
        return [self.server.pid, self.generator.pid]

    @property
    def pids(self):
        return [*self.load_pids, *self.candidate.pids]


def open_lane(context, children, name, mode, connections=0, key=None, cores=None, **options):
    """Starts server, candidate and generator. `key` names the lane where a candidate has several."""
    generator_options = options.pop("generator", {})
    server = Server(children, mode)
    candidate = candidates.start(
        name, children, context.folder / (key or name), server.port, cores or RELAY_CORE, **options)
    if key:
        candidate.name = key
    generator = Generator(children, candidate.port, connections, **generator_options)
    server.wait_for(connections)
    return Lane(candidate, server, generator)


@dataclass
class Result:
    """What one scenario gave."""

    name: str
    title: str
    settings: dict
    rounds: list
    summary: dict
    clean: bool
    notes: list = field(default_factory=list)

    @property
    def candidates(self):
        return list(self.summary)

    def samples(self, candidate, figure):
        """The figure of each round that counts."""
        return [entry["samples"][candidate][figure] for entry in self.rounds if entry["counts"]]

    def as_json(self):
        return {
            "name": self.name, "title": self.title, "settings": self.settings, "notes": self.notes,
            "undisturbed": self.clean, "rounds": self.rounds,
            "summary": {name: {figure: value.as_json() for figure, value in figures.items()}
                        for name, figures in self.summary.items()},
        }


def measure_rounds(context, name, title, settings, names, measure, notes, wanted=None, derive=None):
    """Runs the rounds and makes the result of them; `derive` adds figures that need a whole round."""
    wanted = wanted or context.plan.rounds
    rounds = interleave(names, measure, wanted)
    if derive:
        derive(rounds)
    return make_result(name, title, settings, rounds, names, notes, wanted)


def make_result(name, title, settings, rounds, names, notes, wanted):
    kept, clean = counted(rounds, wanted)
    for entry in rounds:
        entry["counts"] = any(entry is other for other in kept)
    disturbed = sum(entry["disturbed"] for entry in rounds)
    if disturbed:
        notes.append(f"{disturbed} of {len(rounds)} rounds were disturbed by other programs and "
                     + ("do not count." if clean else "count all the same: too few were quiet."))
    summary = summarise(kept, names)
    if "rate" in settings:
        notes += what_was_full(summary)
    notes += what_went_wrong(kept, names)
    return Result(name, title, settings, rounds, summary, clean, notes)


def what_was_full(summary):
    """A sentence when the load's core was busier than it should be: its own queue is then part of the latencies."""
    full = [f"{LABELS.get(name, name)} {figures['load_core'].median:.0%}" for name, figures in summary.items()
            if figures["load_core"].median > LOAD_MOST]
    return [f"The load's core was busier than {LOAD_MOST:.0%} with: {', '.join(full)}."] if full else []


TROUBLES = {"lost": "packets lost", "dead": "connections lost", "errors": "errors of the generator",
            "failed": "connections failed", "unfinished": "connections unfinished",
            "answered": "banned connections that got a byte"}


def what_went_wrong(rounds, names):
    """A sentence for every candidate that did not do its work: cheap is only who does it all."""
    sentences = []
    for name in names:
        sums = {text: sum(entry["samples"][name].get(figure, 0) for entry in rounds)
                for figure, text in TROUBLES.items() if not (figure == "unfinished" and "answered" in
                                                             rounds[0]["samples"][name])}
        told = ", ".join(f"{count:,} {text}" for text, count in sums.items() if count)
        if told:
            sentences.append(f"{LABELS.get(name, name)}: {told} in {len(rounds)} rounds.")
    return sentences
