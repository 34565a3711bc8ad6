import random
import unittest

from bench.stats import coverage, estimate, interval_rank, median


class MedianTests(unittest.TestCase):
    def test_an_odd_count_has_the_middle_one_and_an_even_count_the_mean_of_two(self):
        self.assertEqual(median([3, 1, 2]), 2)
        self.assertEqual(median([4, 1, 3, 2]), 2.5)

    def test_no_values_have_no_median(self):
        with self.assertRaises(ValueError):
            median([])


class IntervalTests(unittest.TestCase):
    def test_the_coverage_is_the_binomial_one(self):
        # The range of n values misses the median when all lie on one side: 2 / 2^n.
        self.assertAlmostEqual(coverage(5, 1), 1 - 2 / 32)
        self.assertAlmostEqual(coverage(6, 1), 1 - 2 / 64)
        self.assertAlmostEqual(coverage(20, 6), 0.95861, places=5)

    def test_the_interval_is_the_narrowest_that_is_sure_enough(self):
        for count in range(6, 60):
            rank = interval_rank(count)
            self.assertGreaterEqual(coverage(count, rank), 0.95)
            self.assertLess(coverage(count, rank + 1), 0.95)

    def test_twenty_values_give_the_sixth_from_both_ends(self):
        value = estimate(range(20))
        self.assertEqual((value.low, value.median, value.high), (5, 9.5, 14))

    def test_five_values_are_too_few_and_say_so_and_six_are_enough(self):
        self.assertLess(estimate(range(5)).confidence, 0.95)
        self.assertEqual((estimate(range(5)).low, estimate(range(5)).high), (0, 4))
        self.assertGreaterEqual(estimate(range(6)).confidence, 0.95)

    def test_the_interval_holds_the_true_median_as_often_as_it_says(self):
        source = random.Random(1)
        inside = 0
        for _ in range(2000):
            value = estimate([source.lognormvariate(0, 1) for _ in range(21)])
            inside += value.low <= 1 <= value.high
        self.assertGreater(inside / 2000, 0.95)
