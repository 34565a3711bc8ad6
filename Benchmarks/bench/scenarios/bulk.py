"""bulk: one connection as full as it gets, with packets of 32 KiB, towards the client (a map) and from it."""

import time

from ..load import Use
from ..processes import Children
from ..rounds import quality
from ..scenario import measure_rounds, open_lane

CANDIDATES = ["full", "bare", "haproxy", "nginx", "floor", "direct"]
PACKET = 32_768


def one_way(lane, plan, way):
    """Megabytes a second in the window, and the generator's answer."""
    window = plan.window(plan.seconds * 0.75)
    lane.server.begin_window(window.begin, window.end)
    answer = lane.generator.bulk(way, PACKET, window, lane.pids)
    if way == "up":
        time.sleep(0.02)
    received = (lane.server.report() if way == "up" else answer)["bytes_in_window"]
    return received / 1e6 / ((window.end - window.begin) / 1e9), received, answer


def sample_of(down, up, plan):
    rate, received, answer = one_way(down, plan, "down")
    sample = quality(answer, down.candidate.pids, down.load_pids) | {"down_mb_s": rate}
    up_rate, up_received, up_answer = one_way(up, plan, "up")
    sample["up_mb_s"] = up_rate
    for figure, lane, bytes_received, given in (
            ("down_us_per_mb", down, received, answer), ("up_us_per_mb", up, up_received, up_answer)):
        if lane.candidate.pids:
            sample[figure] = Use(given, lane.candidate.pids).ns / 1000 / max(bytes_received / 1e6, 1e-6)
    return sample


def run(context):
    with Children() as children:
        down = {key: open_lane(context, children, key, "source", key=f"{key}-down") for key in CANDIDATES}
        up = {key: open_lane(context, children, key, "sink", key=f"{key}-up") for key in CANDIDATES}
        notes = ["There is no rate to lower: whichever core is full first bounds the throughput, and the load's core "
                 "has two ends to serve. The processor time per megabyte tells the relays apart where it does."]
        return measure_rounds(
            context, "bulk", "bulk: one connection, packets of 32 KiB", {"bytes": PACKET}, CANDIDATES,
            lambda key: sample_of(down[key], up[key], context.plan), notes)
