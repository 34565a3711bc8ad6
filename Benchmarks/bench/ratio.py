"""python3 -m bench.ratio SCENARIO FIGURE CANDIDATE OTHER: a ratio of the last run, taken within the rounds."""

import json
import sys
from pathlib import Path

from .stats import estimate

RESULTS = Path(__file__).resolve().parents[1] / "results" / "results.json"


def ratio(whole, scenario, figure, candidate, other):
    """The estimate over the rounds that count, or over all where none does."""
    rounds = next(entry for entry in whole["scenarios"] if entry["name"] == scenario)["rounds"]
    quiet = [entry["samples"] for entry in rounds if not entry["disturbed"]] or [entry["samples"] for entry in rounds]
    return estimate([samples[candidate][figure] / samples[other][figure] for samples in quiet])


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    found = ratio(json.loads(RESULTS.read_text()), *sys.argv[1:])
    print(f"{found.median:.2f} [{found.low:.2f}, {found.high:.2f}]")
