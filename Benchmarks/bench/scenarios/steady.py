"""steady: connections that stay open, packets echoed; what a round trip costs the relay and how long it takes."""

from ..load import Use
from ..processes import Children
from ..rounds import quality, settle_rate
from ..scenario import measure_rounds, open_lane

CANDIDATES = ["full", "bare", "haproxy", "nginx", "floor", "direct"]
DRAIN = 0.3


def sample_of(lane, plan, rate, seconds=None):
    """One short run on the lane's open connections."""
    window = plan.window(seconds)
    answer = lane.generator.run(rate, window, DRAIN, lane.pids)
    sample = quality(answer, lane.candidate.pids, lane.load_pids)
    latency = answer["latency"]
    received = max(answer["in_window"], 1)
    sample |= {
        "sent": answer["sent_in_window"], "received": answer["in_window"],
        "lost": answer["sent_in_window"] - latency["count"], "errors": answer["errors"], "dead": answer["dead"],
        "rate": answer["in_window"] / answer["seconds"],
        "mean_us": latency.get("mean_us", 0.0), "p50_us": latency.get("p50_us", 0.0),
        "p99_us": latency.get("p99_us", 0.0), "p999_us": latency.get("p999_us", 0.0),
        "load_us": Use(answer, lane.load_pids).ns / 1000 / received,
    }
    if lane.candidate.pids:
        use = Use(answer, lane.candidate.pids)
        cpu_us = use.ns / 1000 / received
        sample |= {"cpu_us": cpu_us, "user_us": cpu_us * use.user_share, "system_us": cpu_us * (1 - use.user_share)}
    return sample


def add_latency(rounds):
    """What the relay adds: its figure less that without a relay, in the same round."""
    for entry in rounds:
        direct = entry["samples"].get("direct")
        for sample in entry["samples"].values():
            for figure in ("mean_us", "p50_us", "p99_us", "p999_us"):
                if direct and sample is not direct:
                    sample[f"added_{figure}"] = sample[figure] - direct[figure]


def run(context, name, connections, nominal):
    plan, notes = context.plan, []
    with Children() as children:
        lanes = {key: open_lane(context, children, key, "echo", connections) for key in CANDIDATES}
        rate = settle_rate(nominal, lambda key, rate: sample_of(lanes[key], plan, rate, 0.3), notes)

        settings = {"connections": connections, "rate": rate, "nominal_rate": nominal, "bytes": [32, 256]}
        title = f"steady: {connections:,} connections, {rate:,} packets/s, echoed"
        return measure_rounds(
            context, name, title, settings, CANDIDATES, lambda key: sample_of(lanes[key], plan, rate), notes,
            derive=add_latency)


def run_1000(context):
    return run(context, "steady-1000", 1_000, 20_000)


def run_4000(context):
    return run(context, "steady-4000", 4_000, 25_000)
