"""python3 -m bench [--quick] [SCENARIO ...]: runs the benchmark and writes Benchmarks/results/."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import machine, micro, plot, processes, programs, replay, report
from .errors import BenchError
from .rounds import FULL, QUICK, Plan, say
from .scenario import Context
from .scenarios import bulk, churn, closing, commands, crowd, idle, siege, steady, variants

# By the name that is given on the command line, in the order of the report.
SCENARIOS = {
    "steady": [steady.run_1000, steady.run_4000],
    "crowd": [crowd.run],
    "idle": [idle.run],
    "churn": [churn.run],
    "siege": [siege.run],
    "closing": [closing.run],
    "commands": [commands.run],
    "bulk": [bulk.run],
    "scale": [variants.run_scale],
    "latency": [variants.run_latency],
}
IN_PROCESS = ["rules", "fields", "ciphers", "tera", "bans", "state", "kernel"]
# What has rows instead of rounds that are interleaved.
ROWS = [*IN_PROCESS, "replay"]
# Reported without a target, so a glance does without them.
NOT_QUICK = ["scale", "latency"]


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a glance in under two minutes")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join([*SCENARIOS, *ROWS]))
    parsed = parser.parse_args(arguments)
    unknown = [name for name in parsed.scenarios if name not in SCENARIOS and name not in ROWS]
    if unknown:
        parser.error(f"no scenario '{unknown[0]}': {', '.join([*SCENARIOS, *ROWS])} are there")
    return parsed


def run(parsed):
    plan = Plan(parsed.quick, **(QUICK if parsed.quick else FULL))
    chosen = parsed.scenarios or [
        name for name in [*SCENARIOS, *ROWS] if not (parsed.quick and name in NOT_QUICK)]
    for program in ("haproxy", "nginx", "gcc", "swift"):
        programs.find(program)
    programs.portcullis()
    programs.build()
    processes.raise_descriptor_limit()
    results, rows = {}, {}
    with tempfile.TemporaryDirectory(prefix="portcullis-bench-") as folder:
        for name in chosen:
            for number, scenario in enumerate(SCENARIOS.get(name, [])):
                begun = time.monotonic()
                result = scenario(Context(plan, Path(folder) / f"{name}-{number}"))
                if result is None:
                    say(f"{name} is left out: this build of portcullis does not know it.\n")
                    continue
                results[result.name] = result
                say("\n".join(report.scenario_lines(result)))
                say(f"({time.monotonic() - begun:.0f} s)\n")
    if any(name in IN_PROCESS for name in chosen):
        rows, note = micro.run(parsed.quick)
        if note:
            say(note)
        rows = {name: value for name, value in rows.items() if name in chosen}
    if "replay" in chosen:
        rows["replay"] = replay.run(parsed.quick)
    return plan, results, rows


def write(plan, results, rows):
    facts = machine.facts()
    programs.RESULTS.mkdir(exist_ok=True)
    text = report.markdown(facts, results, rows, plan)
    (programs.RESULTS / "results.md").write_text(text)
    (programs.RESULTS / "results.json").write_text(report.as_json(facts, results, rows, plan))
    plot.draw(facts, results, plan, programs.RESULTS)
    print(text)


def stop(number, _):
    raise SystemExit(128 + number)


def main():
    # An end from outside goes the way of an error, so that every child is ended.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        write(*run(parse(sys.argv[1:])))
    except BenchError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


main()
