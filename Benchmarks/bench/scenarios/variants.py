"""scale and latency: Portcullis with full inspection, beside itself with other settings. Reported, no target."""

from .. import candidates
from ..load import LOAD_CORE, RELAY_CORE
from ..processes import Children
from ..rounds import settle_rate
from ..scenario import measure_rounds, open_lane
from .steady import sample_of

CONNECTIONS = 1_000
NOMINAL = 20_000
KNOBS = ["low", "balanced", "frugal"]


def run_scale(context):
    """Both may use both cores, so the second worker has one to run on; the load is there, too."""
    plan, names = context.plan, ["workers-1", "workers-2"]
    notes = ["Workers and load share both cores, so this says what a second worker costs, not what it gains."]
    with Children() as children:
        lanes = {
            name: open_lane(context, children, "full", "echo", CONNECTIONS, key=name, cores=LOAD_CORE | RELAY_CORE,
                            workers=number)
            for number, name in enumerate(names, 1)}

        def measure(name, rate, seconds=None):
            # It waits for a core that the load uses, which is no disturbance here.
            return sample_of(lanes[name], plan, rate, seconds) | {"relay_waited": 0.0}

        rate = settle_rate(NOMINAL, lambda name, rate: measure(name, rate, 0.3), notes, names=names)
        title = f"scale: 1 and 2 workers, {CONNECTIONS:,} connections, {rate:,} packets/s, echoed"
        return measure_rounds(
            context, "scale", title, {"connections": CONNECTIONS, "rate": rate}, names,
            lambda name: measure(name, rate), notes)


def run_latency(context):
    """None when this build does not know the key."""
    if not candidates.accepts(context.folder / "check", latency="frugal"):
        return None
    plan, notes, names = context.plan, [], [f"latency-{knob}" for knob in KNOBS]
    with Children() as children:
        lanes = {
            name: open_lane(context, children, "full", "echo", CONNECTIONS, key=name, latency=knob)
            for name, knob in zip(names, KNOBS)}
        rate = settle_rate(
            NOMINAL, lambda name, rate: sample_of(lanes[name], plan, rate, 0.3), notes, names=names)
        title = f"latency: the knob's three places, {CONNECTIONS:,} connections, {rate:,} packets/s, echoed"
        return measure_rounds(
            context, "latency", title, {"connections": CONNECTIONS, "rate": rate}, names,
            lambda name: sample_of(lanes[name], plan, rate), notes)
