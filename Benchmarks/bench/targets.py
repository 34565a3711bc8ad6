"""What is to be reached, in one table, and whether it was."""

from dataclasses import dataclass

from .stats import Estimate, estimate

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Target:
    """A bound on a figure of one candidate, or on its ratio to, or difference from, another's within the round.

    `kind` is `at most`, `at least`, or `not above`: the last says that nothing was measured that speaks against it.
    """

    scenario: str
    text: str
    figure: str
    candidate: str
    other: str | None
    relation: str
    kind: str
    bound: float
    unit: str = ""
    other_figure: str | None = None


def ratio(scenario, text, figure, candidate, other, kind, bound, other_figure=None):
    return Target(scenario, text, figure, candidate, other, "ratio", kind, bound, "", other_figure)


def _steady(scenario):
    return [
        ratio(scenario, "CPU per round trip, full inspection / HAProxy", "cpu_us", "full", "haproxy", "at most", 0.85),
        ratio(scenario, "CPU per round trip, full inspection / nginx", "cpu_us", "full", "nginx", "at most", 0.92),
        ratio(scenario, "CPU per round trip, full inspection / C floor", "cpu_us", "full", "floor", "not above", 1),
        ratio(scenario, "CPU per round trip, full inspection / bare relay", "cpu_us", "full", "bare", "not above", 1),
        Target(scenario, "added p99 latency, full inspection − HAProxy", "p99_us", "full", "haproxy", "difference",
               "not above", 0, "us"),
    ]


TARGETS = [
    *_steady("steady-1000"),
    *_steady("steady-4000"),
    Target("crowd", "cores per 100,000 packets/s", "cores_per_100k", "full", None, "value", "at most", 1.2),
    Target("crowd", "mean latency", "mean_us", "full", None, "value", "at most", 800, "us"),
    Target("crowd", "resident memory", "resident_mb", "full", None, "value", "at most", 120, "MB"),
    Target("idle", "resident bytes per connection, silent", "idle_per_connection", "full", None, "value", "at most",
           512, "B"),
    Target("idle", "resident bytes per connection, after one packet", "used_per_connection", "full", None, "value",
           "at most", 512, "B"),
    ratio("siege", "refused per second of a core, Portcullis / HAProxy", "refused_per_core", "full", "haproxy",
          "at least", 1),
    ratio("siege", "players' p99, besieged / in peace", "p99_us", "full", "full", "at most", 2, "peace_p99_us"),
    Target("commands", "an operator's ban holds everywhere, 1 worker", "holds_ms", "workers-1", None, "value",
           "at most", 50, "ms"),
    Target("commands", "an operator's ban holds everywhere, 2 workers", "holds_ms", "workers-2", None, "value",
           "at most", 50, "ms"),
    Target("closing", "a ban closes 2,000 connections, 1 worker", "closed_ms", "workers-1", None, "value", "at most",
           100, "ms"),
    Target("closing", "a ban closes 2,000 connections, 2 workers", "closed_ms", "workers-2", None, "value", "at most",
           100, "ms"),
    ratio("bulk", "throughput to the client, full inspection / HAProxy", "down_mb_s", "full", "haproxy", "at least",
          0.9),
]



@dataclass(frozen=True)
class RowTarget:
    """A bound on a figure of the row that the in-process benchmark gives for `row`."""

    scenario: str
    text: str
    row: dict
    figure: str
    bound: float
    unit: str
    kind: str = "at most"


def _session(text, rules, signatures, bound, of="these packets"):
    row = {"rules": rules, "signatures": signatures, "of": of, "bytes": 128}
    return RowTarget("rules", f"session, packet of 128 bytes, {text}", row, "ns", bound, "ns")


def _table(text, table, asked, figure, bound, unit):
    return RowTarget("bans", f"{table}, {text}", {"table": table, "asked": asked}, figure, bound, unit)


ROW_TARGETS = [
    _session("50 rules", 50, 0, 50),
    _session("1,000 rules over 500 opcodes", 1000, 0, 100),
    _session("50 rules and 1,000 signatures", 50, 1000, 150),
    _session("50 rules and 1,000 signatures of others", 50, 1000, 50, of="others"),
    RowTarget("replay", "a capture of 100 MB, Crossfire", {"game": "crossfire"}, "seconds", 5, "s"),
    RowTarget("replay", "a capture of 100 MB, OpenTTD", {"game": "openttd"}, "seconds", 5, "s"),
    RowTarget("ciphers", "TERA's cipher, packet of 1,024 bytes", {"cipher": "tera", "bytes": 1024}, "ns", 1024, "ns"),
    _table("bytes per entry", "IPv4 addresses", "IPv4", "bytes_per_entry", 24, "B"),
    _table("load from text", "IPv4 addresses", "IPv4", "load_ms", 1000, "ms"),
    _table("lookup, listed", "IPv4 addresses", "IPv4", "listed_ns", 30, "ns"),
    _table("lookup, not listed", "IPv4 addresses", "IPv4", "other_ns", 30, "ns"),
    _table("lookup, listed", "IPv4 networks", "IPv4", "listed_ns", 30, "ns"),
    _table("lookup, listed", "IPv6 networks", "IPv6", "listed_ns", 30, "ns"),
    _table("lookup, listed", "all of these", "IPv4", "listed_ns", 30, "ns"),
    _table("lookup, listed", "all of these", "IPv6", "listed_ns", 30, "ns"),
    RowTarget("state", "1,000,000 bans in force again, IPv4", {"bans": "IPv4 addresses"}, "restore_ms", 2000, "ms"),
    RowTarget("state", "1,000,000 bans in force again, IPv6", {"bans": "IPv6 /64"}, "restore_ms", 2000, "ms"),
    RowTarget("kernel", "10,000 bans into the kernel, IPv4", {"bans": 10000, "of": "IPv4"}, "ban_ms", 2000, "ms"),
    RowTarget("kernel", "10,000 bans into the kernel, IPv6", {"bans": 10000, "of": "IPv6"}, "ban_ms", 2000, "ms"),
]

PASS, MISS, UNDECIDED = "pass", "miss", "not decided"


def measured(target, result):
    """The estimate that the target is about, from the rounds that count; None when the scenario has no such figure."""
    try:
        values = result.samples(target.candidate, target.figure)
        if target.other:
            others = result.samples(target.other, target.other_figure or target.figure)
            if target.relation == "ratio":
                values = [value / other for value, other in zip(values, others)]
            else:
                values = [value - other for value, other in zip(values, others)]
    except (KeyError, ZeroDivisionError):
        return None
    return estimate(values, CONFIDENCE) if values else None


def verdict(target, value: Estimate):
    """A claim holds when the whole interval does; too few rounds decide nothing."""
    if value.confidence < CONFIDENCE:
        return UNDECIDED
    if target.kind == "not above":
        return PASS if value.low <= target.bound else MISS
    inside = (value.high <= target.bound, value.low > target.bound)
    if target.kind == "at least":
        inside = (value.low >= target.bound, value.high < target.bound)
    return PASS if inside[0] else MISS if inside[1] else UNDECIDED


def measured_row(target, micro):
    """The estimate in the row that the target is about; None when there is no such row."""
    for row in micro.get(target.scenario, []):
        if all(row.get(key) == value for key, value in target.row.items()):
            value = row[target.figure]
            if not isinstance(value, dict):
                # Counted, not timed: the same in every run.
                return Estimate(value, value, value, 1.0, 1)
            # The program's own interval; with few rounds it is their range.
            confidence = CONFIDENCE if value["rounds"] >= 20 else 0.0
            return Estimate(value["median"], value["low"], value["high"], confidence, value["rounds"])
    return None


def judge(results, micro=None):
    """A row for every target whose scenario ran."""
    rows = []
    for target in TARGETS:
        result = results.get(target.scenario)
        value = measured(target, result) if result else None
        if value:
            rows.append((target, value, verdict(target, value)))
    for target in ROW_TARGETS:
        value = measured_row(target, micro or {})
        if value:
            rows.append((target, value, verdict(target, value)))
    return rows
