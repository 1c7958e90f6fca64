"""How long intervals take: 10,000 at once, and one share for every target.

Run by hand: ``python benchmarks/intervals.py``.
"""

import time

import numpy as np

import csea_stats as cs
from csea_stats.base.binomial import SHARE_METHODS

NUMBER = 10_000
LIMITS = {"jeffreys": 0.05, "wilson": 0.05, "blaker": 5.0}
"""Seconds that 10,000 intervals may take on two cores."""


def best(call, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    rng = np.random.default_rng(1)
    bases = rng.integers(1, 3000, NUMBER)
    counts = rng.integers(0, bases + 1)
    for method in SHARE_METHODS:
        taken = best(lambda m=method: cs.proportion_interval(counts, bases, method=m))
        limit = LIMITS.get(method)
        judged = "" if limit is None else f"  (limit {limit * 1000:.0f} ms: {'met' if taken <= limit else 'MISSED'})"
        print(f"{NUMBER} {method:16} {taken * 1000:9.1f} ms{judged}")
    shares = [(x, 1000 + x) for x in range(200)]  # different each time, so that nothing is cached
    start = time.perf_counter()
    for x, n in shares:
        cs.proportion(x, n, target=cs.TIERS, label="say so")
    print(f"200 shares, 5 targets each {(time.perf_counter() - start) * 1000:9.1f} ms")
    start = time.perf_counter()
    cs.difference((7, 9), (28, 44), target=cs.TIERS)
    print(f"1 difference, 5 targets    {(time.perf_counter() - start) * 1000:9.1f} ms")
    start = time.perf_counter()
    cs.multinomial([11, 14, 9, 1, 15])
    print(f"1 joint band of 5 shares   {(time.perf_counter() - start) * 1000:9.1f} ms")


if __name__ == "__main__":
    main()
