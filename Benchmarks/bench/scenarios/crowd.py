"""crowd: as many connections as one process may hold, packets one way, as fast as the load's core allows."""

import time

from ..configs import CONNECTIONS_MOST
from ..load import Use
from ..processes import Children
from ..rounds import quality, settle_rate
from ..scenario import measure_rounds, open_lane

CANDIDATES = ["full", "bare", "haproxy", "nginx", "floor", "direct"]
NOMINAL = 100_000
# Microseconds: the generator sends what is due by then in one go, or it could not make a tenth of such a load.
TICK = 250


def sample_of(lane, plan, rate, seconds=None):
    """The server takes the time of every packet; what is on its way at the end has a second to arrive."""
    window = plan.window(seconds)
    lane.server.begin_window(window.begin, window.end)
    answer = lane.generator.run(rate, window, 0, lane.pids)
    deadline = time.monotonic() + 1
    while (report := lane.server.report())["received"] < answer["sent"] and time.monotonic() < deadline:
        time.sleep(0.02)
    latency, received = report["latency"], max(report["in_window"], 1)
    sample = quality(answer, lane.candidate.pids, lane.load_pids)
    sample |= {
        "sent": answer["sent_in_window"], "received": report["in_window"],
        "lost": answer["sent"] - report["received"], "dead": answer["dead"],
        "rate": report["in_window"] / answer["seconds"], "mean_us": latency.get("mean_us", 0.0),
        "p50_us": latency.get("p50_us", 0.0), "p99_us": latency.get("p99_us", 0.0),
        "p999_us": latency.get("p999_us", 0.0), "load_us": Use(answer, lane.load_pids).ns / 1000 / received,
    }
    if lane.candidate.pids:
        cpu_us = Use(answer, lane.candidate.pids).ns / 1000 / received
        sample |= {
            "cpu_us": cpu_us, "cores_per_100k": cpu_us / 10,
            "resident_mb": lane.candidate.resident_bytes() / 1e6}
    return sample


def run(context):
    plan, notes = context.plan, []
    with Children() as children:
        lanes = {
            key: open_lane(context, children, key, "sink", CONNECTIONS_MOST, generator={"tick": TICK})
            for key in CANDIDATES}
        rate = settle_rate(NOMINAL, lambda key, rate: sample_of(lanes[key], plan, rate, 0.3), notes, least=0.2)
        settings = {"connections": CONNECTIONS_MOST, "rate": rate, "nominal_rate": NOMINAL, "bytes": [32, 256],
                    "tick_us": TICK}
        title = f"crowd: {CONNECTIONS_MOST:,} connections, {rate:,} packets/s, one way"
        return measure_rounds(
            context, "crowd", title, settings, CANDIDATES, lambda key: sample_of(lanes[key], plan, rate), notes)
