"""What `portcullis replay` takes for a large capture: a recorded game, played by many players at once."""

import heapq
import json
import os
import struct
import subprocess
import tempfile
from pathlib import Path

from . import programs
from .errors import BenchError
from .stats import estimate

# Each recorded game with the port of its server in the recording.
GAMES = {"crossfire": 13327, "openttd": 13979}
BYTES = 100_000_000
# From one player's first packet to the next one's.
STEP_NS = 500_000_000

FILE_HEADER = 24
RECORD_HEADER = 16
# Ethernet, and what stands in front of the ports.
ADDRESS_FROM, ADDRESS_TO, PORTS = 14 + 12, 14 + 16, 14 + 20


def records(recording):
    """The frames of a recording of Ethernet, little-endian, in microseconds: nanoseconds and bytes of each."""
    place = FILE_HEADER
    while place < len(recording):
        seconds, micros, kept, _ = struct.unpack_from("<IIII", recording, place)
        place += RECORD_HEADER
        yield (seconds * 1_000_000 + micros) * 1_000, recording[place:place + kept]
        place += kept


def of_player(frames, number, server):
    """The frames as a player of its own sends and receives them, a little later than the player before."""
    address = struct.pack(">BBBB", 10, number >> 16 & 255, number >> 8 & 255, number & 255)
    for time, frame in frames:
        frame = bytearray(frame)
        is_from_client = struct.unpack_from(">H", frame, PORTS + 2)[0] == server
        place = ADDRESS_FROM if is_from_client else ADDRESS_TO
        frame[place:place + 4] = address
        yield time + number * STEP_NS, bytes(frame)


def write(path, recording, server, size):
    """Writes a capture of at least so many bytes, in the order of time; how many players and frames it has."""
    frames = list(records(recording))
    players = -(-size // sum(RECORD_HEADER + len(frame) for _, frame in frames))
    count = 0
    with open(path, "wb") as file:
        file.write(recording[:FILE_HEADER])
        everybody = (of_player(frames, player, server) for player in range(players))
        for time, frame in heapq.merge(*everybody, key=lambda item: item[0]):
            micros = time // 1_000
            file.write(struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame)
            count += 1
    return players, count


def run(quick):
    """A row for each game."""
    program = programs.portcullis()
    with tempfile.TemporaryDirectory(prefix="portcullis-bench-replay-") as folder:
        return [_row(program, Path(folder), game, port, 3 if quick else 21) for game, port in GAMES.items()]


def _row(program, folder, game, port, rounds):
    recording = (programs.ROOT / "Tests" / "Fixtures" / f"{game}.pcap").read_bytes()
    capture, config = folder / f"{game}.pcap", folder / f"{game}.yaml"
    players, frames = write(capture, recording, port, BYTES)
    config.write_text(
        "version: 1\n"
        "listeners:\n"
        f"  - {{ name: a, bind: 127.0.0.1:1, to: 127.0.0.1:2, protocol: {game}, policies: [baseline, {game}] }}\n"
        f"protocols: {programs.ROOT}/rules/protocols\npolicies: {programs.ROOT}/rules/policies\n")
    command = [program, "replay", str(capture), "--config", str(config), "--port", str(port), "-o", "json"]
    seconds, resident = [], 0
    # The first fills the kernel's cache of the file, and does not count.
    for number in range(rounds + 1):
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        text = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0 or json.loads(text)["connections"] != players:
            raise BenchError(f"replay of {players} players of {game} failed:\n{child.stderr.read()[:500]}")
        if number > 0:
            seconds.append(used.ru_utime + used.ru_stime)
            resident = max(resident, used.ru_maxrss)
    value = estimate(seconds)
    report = json.loads(text)
    return {
        "game": game, "megabytes": round(capture.stat().st_size / 1e6), "frames": frames, "players": players,
        "packets": report["packets_in"] + report["packets_out"],
        "seconds": {"median": value.median, "low": value.low, "high": value.high, "rounds": value.count},
        "resident_mb": round(resident / 1024, 1)}
