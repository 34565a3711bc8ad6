"""The benchmark of rules, fields, ciphers, the TERA policy and bans, here and in the kernel: a program of its own."""

import json
import subprocess

from . import programs

PRODUCT = "inspection-benchmark"


def run(quick):
    """Its JSON as it comes, and a note when there is none."""
    path = programs.swift_product(PRODUCT)
    if path is None:
        names = "rules, fields, ciphers, tera, bans and kernel"
        return {}, f"'{PRODUCT}' is not built: the scenarios {names} are left out."
    try:
        done = subprocess.run([path, *(["--quick"] if quick else [])], capture_output=True, text=True, timeout=300)
        return json.loads(done.stdout), None
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        return {}, f"'{PRODUCT}' gave no result: {type(error).__name__}."
