import unittest

from bench.scenario import Result
from bench.stats import Estimate
from bench.targets import MISS, PASS, UNDECIDED, Target, measured, ratio, verdict


def interval(low, high, confidence=0.95):
    return Estimate((low + high) / 2, low, high, confidence, 20)


def target(kind, bound):
    return ratio("s", "t", "cpu_us", "a", "b", kind, bound)


class VerdictTests(unittest.TestCase):
    def test_at_most_holds_when_the_whole_interval_does(self):
        self.assertEqual(verdict(target("at most", 0.85), interval(0.80, 0.85)), PASS)
        self.assertEqual(verdict(target("at most", 0.85), interval(0.80, 0.86)), UNDECIDED)
        self.assertEqual(verdict(target("at most", 0.85), interval(0.86, 0.90)), MISS)

    def test_at_least_is_the_mirror_of_at_most(self):
        self.assertEqual(verdict(target("at least", 0.9), interval(0.9, 1.0)), PASS)
        self.assertEqual(verdict(target("at least", 0.9), interval(0.89, 1.0)), UNDECIDED)
        self.assertEqual(verdict(target("at least", 0.9), interval(0.8, 0.89)), MISS)

    def test_not_above_fails_only_when_the_whole_interval_is_above(self):
        self.assertEqual(verdict(target("not above", 1), interval(0.98, 1.10)), PASS)
        self.assertEqual(verdict(target("not above", 1), interval(1.01, 1.10)), MISS)

    def test_too_few_rounds_decide_nothing(self):
        self.assertEqual(verdict(target("at most", 0.85), interval(0.1, 0.1, 0.75)), UNDECIDED)


class MeasuredTests(unittest.TestCase):
    def result(self):
        rounds = [
            {"counts": counts, "samples": {"a": {"cpu_us": a, "peace": 2}, "b": {"cpu_us": b}}}
            for counts, a, b in [(True, 8, 10), (True, 9, 10), (False, 50, 10), (True, 30, 30)]]
        return Result("s", "", {}, rounds, {}, True)

    def test_ratios_are_taken_within_the_round_and_only_of_rounds_that_count(self):
        value = measured(target("at most", 1), self.result())
        self.assertEqual((value.low, value.median, value.high, value.count), (0.8, 0.9, 1, 3))

    def test_a_difference_and_another_figure_of_the_same_candidate(self):
        difference = Target("s", "t", "cpu_us", "a", "b", "difference", "not above", 0)
        self.assertEqual(measured(difference, self.result()).median, -1)
        self.assertEqual(
            measured(ratio("s", "t", "cpu_us", "a", "a", "at most", 2, "peace"), self.result()).median, 4.5)

    def test_a_figure_that_nobody_measured_gives_nothing(self):
        self.assertIsNone(measured(ratio("s", "t", "none", "a", "b", "at most", 1), self.result()))
