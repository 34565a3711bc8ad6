import tempfile
import unittest
from pathlib import Path

from bench import programs, replay


class CaptureTests(unittest.TestCase):
    def test_every_player_has_the_whole_recording_in_the_order_of_time(self):
        for game, port in replay.GAMES.items():
            recording = (programs.ROOT / "Tests" / "Fixtures" / f"{game}.pcap").read_bytes()
            frames = list(replay.records(recording))
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "game.pcap"
                players, count = replay.write(path, recording, port, 3 * len(recording))
                written = list(replay.records(path.read_bytes()))
            self.assertEqual((players, count), (4, 4 * len(frames)))
            self.assertEqual(len(written), count)
            times = [time for time, _ in written]
            self.assertEqual(times, sorted(times))
            clients = set()
            for _, frame in written:
                place = replay.ADDRESS_FROM if int.from_bytes(frame[36:38], "big") == port else replay.ADDRESS_TO
                clients.add(frame[place:place + 4])
            self.assertEqual(clients, {bytes([10, 0, 0, number]) for number in range(4)})


if __name__ == "__main__":
    unittest.main()
