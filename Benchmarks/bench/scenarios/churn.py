"""churn: connections that are opened, send one packet, get its echo and close."""

from ..load import Use
from ..processes import Children
from ..rounds import quality, settle_rate
from ..scenario import measure_rounds, open_lane

CANDIDATES = ["full", "bare", "haproxy", "nginx", "floor", "direct"]
NOMINAL = 8_000
IN_FLIGHT_MOST = 256
# One address has 28,000 ports, which are used up in seconds.
SOURCES = {"source_count": 4096}
DRAIN = 0.3


def sample_of(lane, plan, rate, seconds=None):
    window = plan.window(seconds)
    answer = lane.generator.churn(rate, IN_FLIGHT_MOST, window, DRAIN, lane.pids)
    latency, completed = answer["latency"], max(answer["completed_in_window"], 1)
    sample = quality(answer, lane.candidate.pids, lane.load_pids)
    sample |= {
        "completed": answer["completed_in_window"], "failed": answer["failed"], "unfinished": answer["unfinished"],
        "rate": answer["completed_in_window"] / answer["seconds"], "p50_us": latency.get("p50_us", 0.0),
        "p99_us": latency.get("p99_us", 0.0),
    }
    if lane.candidate.pids:
        use = Use(answer, lane.candidate.pids)
        cpu_us = use.ns / 1000 / completed
        sample |= {"cpu_us": cpu_us, "per_core": 1e6 / cpu_us, "user_us": cpu_us * use.user_share,
                   "system_us": cpu_us * (1 - use.user_share)}
    return sample


def run(context):
    plan, notes = context.plan, []
    with Children() as children:
        lanes = {key: open_lane(context, children, key, "echo", generator=SOURCES) for key in CANDIDATES}
        rate = settle_rate(
            NOMINAL, lambda key, rate: sample_of(lanes[key], plan, rate, 0.3), notes, "connections/s")
        settings = {"rate": rate, "nominal_rate": NOMINAL, "in_flight_most": IN_FLIGHT_MOST}
        title = f"churn: {rate:,} connections/s, each opened, one packet echoed, closed"
        return measure_rounds(
            context, "churn", title, settings, CANDIDATES, lambda key: sample_of(lanes[key], plan, rate), notes)
