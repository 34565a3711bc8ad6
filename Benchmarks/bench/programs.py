"""Where the programs are that take part, and the building of the benchmark's own."""

import os
import shutil
import subprocess
from pathlib import Path

from .errors import BenchError

ROOT = Path(__file__).resolve().parents[2]
LOAD = ROOT / "Benchmarks" / "load"
BUILD = ROOT / ".build" / "bench"
RESULTS = ROOT / "Benchmarks" / "results"

SHARED = ["common.c", "histogram.c"]
PROGRAMS = {
    "generator": ["generator.c", "paced.c", "short_lived.c", "bulk.c", "watch.c", *SHARED],
    "server": ["server.c", *SHARED],
    "relay": ["relay.c", *SHARED],
}
FLAGS = ["-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror"]


def find(name):
    """The path of a program, also where a user's PATH does not lead."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise BenchError(f"'{name}' is missing: run packaging/install-packages bench")
    return path


def build():
    """Compiles what is older than its sources."""
    BUILD.mkdir(parents=True, exist_ok=True)
    newest = max(path.stat().st_mtime for path in LOAD.iterdir())
    for program, sources in PROGRAMS.items():
        target = BUILD / program
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        command = [find("gcc"), *FLAGS, "-o", str(target), *(str(LOAD / source) for source in sources)]
        made = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if made.returncode != 0:
            raise BenchError(f"gcc cannot build '{program}':\n{made.stderr}")


def own(program):
    """The path of one of the benchmark's own programs, built before."""
    return str(BUILD / program)


def swift_product(name):
    """The path of a product of the package, or None when it was not built."""
    asked = subprocess.run(
        [find("swift"), "build", "-c", "release", "--show-bin-path"],
        cwd=ROOT, capture_output=True, text=True, timeout=120)
    path = Path(asked.stdout.strip()) / name
    return str(path) if asked.returncode == 0 and path.is_file() else None


def portcullis():
    """The path of the release build."""
    path = swift_product("portcullis")
    if path is None:
        raise BenchError("the release of portcullis is not built: run make build")
    return path
