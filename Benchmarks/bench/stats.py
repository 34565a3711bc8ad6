"""Medians with confidence intervals that assume nothing about how the values are distributed."""

from dataclasses import dataclass
from math import comb


@dataclass(frozen=True)
class Estimate:
    """A median, the interval around it, and how surely the true median is in it."""

    median: float
    low: float
    high: float
    confidence: float
    count: int

    def as_json(self):
        return {"median": self.median, "low": self.low, "high": self.high,
                "confidence": self.confidence, "rounds": self.count}


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        raise ValueError("no values")
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def coverage(count, rank):
    """How surely the true median lies between the rank-th smallest and the rank-th greatest of so many values.

    Each value is below it with probability one half, so the number below it is binomial.
    """
    outside = sum(comb(count, below) for below in range(rank)) / 2**count
    return 1 - 2 * outside


def interval_rank(count, confidence=0.95):
    """The greatest rank whose interval still has this confidence; 1, the whole range, when none has."""
    rank = 1
    while 2 * (rank + 1) <= count and coverage(count, rank + 1) >= confidence:
        rank += 1
    return rank


def estimate(values, confidence=0.95):
    """The median and its interval from order statistics. With fewer than six values the interval is their range, and
    its confidence, which stands in the result, is less than asked for."""
    ordered = sorted(values)
    rank = interval_rank(len(ordered), confidence)
    return Estimate(median(ordered), ordered[rank - 1], ordered[-rank], coverage(len(ordered), rank), len(ordered))
