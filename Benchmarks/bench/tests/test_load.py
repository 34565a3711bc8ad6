import unittest

from bench.load import Use, foreign_cores
from bench.machine import version
from bench.processes import free_port
from bench.rounds import counted, fullness, interleave, is_disturbed, settle_rate

ANSWER = {
    "seconds": 2.0, "busy_ticks": [100, 150], "stolen_ticks": 0,
    "cpu": {
        "7": {"ns": 1_000_000_000, "waited_ns": 50, "user_ticks": 25, "system_ticks": 75},
        "8": {"ns": 600_000_000, "waited_ns": 10, "user_ticks": 0, "system_ticks": 0},
    },
}


class UseTests(unittest.TestCase):
    def test_processes_add_up(self):
        use = Use(ANSWER, [7, 8])
        self.assertAlmostEqual(use.cores, 0.8)
        self.assertEqual(use.waited_ns, 60)
        self.assertEqual(use.user_share, 0.25)

    def test_a_process_without_a_tick_has_no_user_share(self):
        self.assertEqual(Use(ANSWER, [8]).user_share, 0)

    def test_what_nobody_watched_is_foreign(self):
        self.assertAlmostEqual(foreign_cores(ANSWER), (2.5 - 1.6) / 2)


def sample(foreign=0.0, waited=0.0, load=0.5, relay=0.5):
    return {"foreign": foreign, "relay_waited": waited, "load_core": load, "relay_core": relay}


class RoundTests(unittest.TestCase):
    def test_a_round_is_disturbed_above_the_marks_and_not_at_them(self):
        self.assertFalse(is_disturbed(sample(foreign=0.15, waited=0.05)))
        self.assertTrue(is_disturbed(sample(foreign=0.151)))
        self.assertTrue(is_disturbed(sample(waited=0.051)))

    def test_each_round_begins_with_another_candidate(self):
        order = []
        interleave(["a", "b", "c"], lambda name: order.append(name) or sample(), 3)
        self.assertEqual("".join(order), "abcbcacab")

    def test_a_disturbed_round_is_repeated_and_does_not_count(self):
        values = iter([0.0, 1.0] + [0.0] * 20)
        rounds = interleave(["a"], lambda _: sample(foreign=next(values)), 6)
        self.assertEqual([entry["disturbed"] for entry in rounds], [False, True] + [False] * 5)
        self.assertEqual(counted(rounds, 6), ([rounds[0], *rounds[2:]], True))

    def test_repeating_has_an_end_and_a_noisy_machine_is_told_from_a_quiet_one(self):
        rounds = interleave(["a"], lambda _: sample(foreign=1.0), 6)
        self.assertEqual(len(rounds), 12)
        self.assertEqual(counted(rounds, 6), (rounds[-6:], False))


class RateTests(unittest.TestCase):
    def settle(self, load_at):
        notes = []
        rate = settle_rate(20_000, lambda _, rate: sample(load=load_at(rate), relay=0.1), notes)
        return rate, notes

    def test_a_rate_that_the_core_bears_stays(self):
        self.assertEqual(self.settle(lambda rate: 0.7), (20_000, []))

    def test_a_rate_that_is_too_high_is_lowered_until_the_core_bears_it_and_that_is_said(self):
        rate, notes = self.settle(lambda rate: rate / 16_000)
        self.assertLessEqual(rate / 16_000, 0.8)
        self.assertGreater(rate, 10_000)
        self.assertIn("lowered from 20,000", notes[0])

    def test_a_core_that_stays_busy_at_any_rate_does_not_bring_the_rate_below_half(self):
        self.assertEqual(self.settle(lambda rate: 0.95)[0], 10_000)

    def test_the_nearer_of_both_marks_counts(self):
        self.assertAlmostEqual(fullness(sample(load=0.8, relay=0.1)), 1)
        self.assertAlmostEqual(fullness(sample(load=0.1, relay=0.9)), 1)


class MachineTests(unittest.TestCase):
    def test_the_version_is_found_in_what_programs_say(self):
        self.assertEqual(version("nginx version: nginx/1.22.1"), "1.22.1")
        self.assertEqual(version("HAProxy version 2.6.12-1+deb12u4 2026/10/17"), "2.6.12")
        self.assertEqual(version("nothing"), "unknown")

    def test_a_port_lies_below_those_of_outgoing_connections(self):
        with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
            self.assertLess(free_port(), int(file.read().split()[0]))
