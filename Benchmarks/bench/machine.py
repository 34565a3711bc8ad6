"""What was measured on: enough to compare two results, nothing that says whose machine it is."""

import datetime
import os
import re
import subprocess

from . import programs


def _first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=programs.ROOT)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"


def _field(path, name):
    with open(path) as file:
        for line in file:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "unknown"


def version(text):
    """The version number in a program's words about itself."""
    found = re.search(r"\d+(\.\d+)+", text)
    return found.group(0) if found else "unknown"


def facts():
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "kernel": os.uname().release,
        "virtual": "hypervisor" in _field("/proc/cpuinfo", "flags"),
        "commit": _first_line(["git", "describe", "--always", "--dirty"]),
        "swift": version(_first_line([programs.find("swift"), "--version"])),
        "gcc": version(_first_line([programs.find("gcc"), "-dumpfullversion"])),
        "haproxy": version(_first_line([programs.find("haproxy"), "-v"])),
        "nginx": version(_first_line([programs.find("nginx"), "-v"])),
    }
