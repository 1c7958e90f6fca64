"""A long run by hand: ``python -m tests.fuzz.long KIND NUMBER SEED`` prints what came of so many inputs of a kind."""

import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from csea_stats.errors import CseaStatsError
from tests.fuzz.kinds import KINDS

SLOW = 20
"""Seconds of this process above which an input is told."""


def run(kind, number, seed, *, halt=True):
    """Ask about so many inputs; return what came of them, and tell of whatever is neither right nor documented."""
    counts = Counter()
    failed = []

    def ask(what, call):
        try:
            found = call()
        except CseaStatsError as error:
            counts[f"{kind}, {what}: {type(error).__name__}"] += 1
            return None
        counts[f"{kind}, {what}: answered"] += 1
        return found

    for place in range(seed, seed + number):
        start = time.process_time()
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                KINDS[kind](random.Random(f"{kind} {place}"), Path(folder), ask)
            except Exception:
                if halt:
                    raise
                failed.append(place)
                print(f"{kind} {place}:", traceback.format_exc(limit=-3), sep="\n", flush=True)  # noqa: T201 - asked for
        if (took := time.process_time() - start) > SLOW:
            counts[f"{kind}: slower than {SLOW} s"] += 1
            print(f"{kind} {place}: {took:.0f} s", flush=True)  # noqa: T201 - asked for
    counts[f"{kind}: inputs"] = number
    counts[f"{kind}: wrong or undocumented"] = len(failed)
    return counts


def told(counts):
    return "\n".join(f"{number:7,} {what}" for what, number in sorted(counts.items()))


if __name__ == "__main__":
    print(told(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), halt=False)))  # noqa: T201 - asked for
