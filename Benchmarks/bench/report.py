"""The results as tables in Markdown, and as JSON."""

import json

from .candidates import LABELS
from .rounds import FOREIGN_MOST, LOAD_MOST
from .targets import judge

# Columns per scenario: the figure, its heading, and how many digits stand behind the point. The first and those of p99
# are shown with their intervals; results.json has all of them.
_STEADY = [
    ("cpu_us", "CPU us/round trip", 2), ("user_us", "user", 2), ("system_us", "system", 2), ("p50_us", "p50 us", 0),
    ("p99_us", "p99 us", 0), ("p999_us", "p99.9 us", 0), ("added_p50_us", "added p50", 0),
    ("added_p99_us", "added p99", 0), ("added_p999_us", "added p99.9", 0), ("load_core", "load core", 2)]
COLUMNS = {
    "steady": _STEADY,
    "scale": _STEADY,
    "latency": _STEADY,
    "crowd": [
        ("cores_per_100k", "cores per 100,000 packets/s", 2), ("cpu_us", "CPU us/packet", 2), ("mean_us", "mean us", 0),
        ("p50_us", "p50 us", 0), ("p99_us", "p99 us", 0), ("resident_mb", "resident MB", 1),
        ("load_core", "load core", 2)],
    "churn": [
        ("per_core", "connections/s per core", 0), ("cpu_us", "CPU us/connection", 1), ("user_us", "user", 1),
        ("system_us", "system", 1), ("p50_us", "p50 us", 0), ("p99_us", "p99 us", 0), ("rate", "connections/s", 0),
        ("load_core", "load core", 2)],
    "siege": [
        ("refused_per_core", "refused/s per core", 0), ("refused_per_second", "refused/s", 0),
        ("cpu_us", "CPU us/refused", 2), ("peace_p50_us", "players' p50 us in peace", 0),
        ("p50_us", "besieged", 0), ("peace_p99_us", "players' p99 us in peace", 0), ("p99_us", "besieged", 0)],
    "commands": [("holds_ms", "ms until it holds", 1), ("closed_ms", "to the last closed", 1)],
    "closing": [("closed_ms", "ms to the last closed", 1), ("first_ms", "to the first", 1)],
    "bulk": [
        ("down_mb_s", "MB/s to the client", 0), ("up_mb_s", "MB/s from the client", 0),
        ("down_us_per_mb", "CPU us/MB to", 0), ("up_us_per_mb", "CPU us/MB from", 0), ("load_core", "load core", 2)],
    "idle": [("idle_per_connection", "B/connection, silent", 0), ("used_per_connection", "after one packet", 0),
             ("empty_bytes", "resident before, B", 0), ("used_bytes", "resident with all, B", 0)],
}


def label(name):
    return LABELS.get(name, name)


def number(value, digits):
    return f"{value:,.{digits}f}"


def _cell(value, digits, with_interval=True):
    if value is None:
        return "–"
    text = number(value.median, digits)
    if value.low == value.high or not with_interval:
        return text
    return f"{text} [{number(value.low, digits)}, {number(value.high, digits)}]"


def _table(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def scenario_lines(result):
    columns = COLUMNS[result.name.split("-")[0]]
    columns = [column for column in columns if any(column[0] in row for row in result.summary.values())]
    rows = [
        [label(name), *(
            _cell(figures.get(figure), digits, place == 0 or "p99_" in figure)
            for place, (figure, _, digits) in enumerate(columns))]
        for name, figures in result.summary.items()]
    lines = [f"## {result.title}", ""]
    lines += _table(["", *(heading for _, heading, _ in columns)], rows)
    lines += [""] + [f"- {note}" for note in result.notes] + ([""] if result.notes else [])
    return lines


def _target_lines(results, micro):
    rows = []
    for target, value, verdict in judge(results, micro):
        digits = 2 if getattr(target, "relation", "") == "ratio" or abs(target.bound) < 10 else 0
        bound = {"at most": "≤ ", "at least": "≥ ", "not above": "not measurably above "}[target.kind]
        rows.append([
            target.scenario, target.text, f"{bound}{number(target.bound, digits)} {target.unit}".strip(),
            _cell(value, digits), f"{value.confidence:.0%} of {value.count}", verdict])
    return _table(["scenario", "figure", "target", "measured", "confidence, rounds", "verdict"], rows) if rows else []


def _micro_lines(micro):
    lines = []
    for part, rows in micro.items():
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            headings = list(dict.fromkeys(key for row in rows for key in row))
            lines += [f"## {part}", ""]
            lines += _table(headings, [[_plain(row.get(key, "–")) for key in headings] for row in rows]) + [""]
    return lines


def _plain(value):
    if isinstance(value, dict) and "median" in value:
        return f"{value['median']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
    return number(value, 2) if isinstance(value, float) else str(value)


def markdown(facts, results, micro, plan):
    told = ", ".join(f"{name} {facts[name]}" for name in ("swift", "gcc", "haproxy", "nginx"))
    kind = "QUICK run: only a glance, its intervals decide nothing. " if plan.quick else ""
    lines = [
        "# Results", "",
        f"{facts['date']}, commit {facts['commit']}; {facts['cores']} x {facts['cpu']}"
        f"{' (virtual)' if facts['virtual'] else ''}, {facts['memory_gib']} GiB, Linux {facts['kernel']}; {told}.", "",
        f"{kind}Each cell is the median over {plan.rounds} interleaved rounds of {plan.seconds} s, with the 95 % "
        "confidence interval of the median (order statistics). Ratios and differences are taken within the round. "
        f"A round counts when other programs used less than {FOREIGN_MOST:.0%} of a core; the load's own core stays "
        f"below {LOAD_MOST:.0%}.", ""]
    targets = _target_lines(results, micro)
    if targets:
        lines += ["## Targets", "", *targets, ""]
    for result in results.values():
        lines += scenario_lines(result)
    lines += _micro_lines(micro)
    return "\n".join(lines).rstrip() + "\n"


def as_json(facts, results, micro, plan):
    judged = [
        {"scenario": target.scenario, "figure": target.text, "kind": target.kind, "bound": target.bound,
         "unit": target.unit, "measured": value.as_json(), "verdict": verdict}
        for target, value, verdict in judge(results, micro)]
    whole = {
        "machine": facts,
        "plan": {"quick": plan.quick, "rounds": plan.rounds, "seconds": plan.seconds, "warm_up": plan.warm_up},
        "targets": judged, "scenarios": [result.as_json() for result in results.values()], "micro": micro}
    return json.dumps(_rounded(whole), indent=1) + "\n"


def _rounded(value):
    """Six digits say all there is to say."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return value
