"""Time of respondents' answers, from a frame or a file to a fit: `uv run python benchmarks/answers.py`.

A million rows of three questions, in every type of column that a frame may have them in: read by a codebook, collapsed
and fitted, against one pandas `groupby` of the same texts from the same run (target: 5 times). Then a CSV file of
100,000 rows and 100 questions, against Python's own csv module reading it. Measured on a busy machine with two slow
cores, November 2026: 1.0 to 3.4 times; the file in 5 seconds, 4 times the csv module alone.
"""

import csv
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

import csea_stats as cs

ROWS = 1_000_000
TARGET = 5
LABELS = {
    "awareness": ["none", "poor", "fair", "good", "excellent"],
    "age": ["under 30", "30-39", "40-49", "50 and over"],
    "organisation": ["government", "NGO", "other"],
}
FORMULA = "awareness ~ mo(age) + organisation"


def best(call, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def codebook(*, codes):
    """Return the codebook of the three questions, answered by labels or by codes from 1."""
    kinds = {"organisation": cs.Categories}
    values = {name: dict(enumerate(labels, 1)) if codes else None for name, labels in LABELS.items()}
    return cs.Codebook(
        {name: kinds.get(name, cs.Ordered)(*labels, values=values[name]) for name, labels in LABELS.items()}
    )


def frames(rows=ROWS, seed=1):
    """Return the same answers in every type of column, each with its codebook."""
    rng = np.random.default_rng(seed)
    codes = {name: rng.integers(0, len(labels), rows) for name, labels in LABELS.items()}
    texts = {name: np.array(labels, dtype=object)[codes[name]] for name, labels in LABELS.items()}
    plain, coded = codebook(codes=False), codebook(codes=True)
    polars = pl.DataFrame({name: column.tolist() for name, column in texts.items()})
    return {
        "pandas str": (pd.DataFrame(texts, dtype="str"), plain),
        "pandas object": (pd.DataFrame(texts, dtype=object), plain),
        "pandas categorical": (pd.DataFrame(texts, dtype="category"), plain),
        "pandas codes": (pd.DataFrame(codes) + 1, coded),
        "polars texts": (polars, plain),
        "polars Categorical": (polars.cast(pl.Categorical), plain),
        "polars Enum": (polars.cast({name: pl.Enum(labels) for name, labels in LABELS.items()}), plain),
        "polars codes": (pl.DataFrame(codes) + 1, coded),
    }


def grouped(frame):
    """Return how long one groupby of the texts takes."""
    return best(lambda: frame.groupby(list(LABELS), observed=True).size())


def fitted(frame, book):
    """Return how long reading and fitting take."""
    return best(lambda: cs.fit(FORMULA, cs.read_respondents(frame, book)))


def file_rows(path, rows=100_000, columns=100, seed=1):
    """Write a file of answers, and return its codebook."""
    rng = np.random.default_rng(seed)
    answers = np.array([*LABELS["awareness"], ""])
    names = [f"q{place}" for place in range(columns)]
    cells = answers[rng.integers(0, len(answers), (rows, columns))].tolist()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *names])
        writer.writerows([number, *row] for number, row in enumerate(cells))
    return cs.Codebook({name: cs.Ordered(*LABELS["awareness"]) for name in names})


def main():
    found = frames()
    group = grouped(found["pandas str"][0])
    print(f"{ROWS:,} rows of 3 questions; one pandas groupby: {1000 * group:.0f} ms")
    for name, (frame, book) in found.items():
        taken = fitted(frame, book)
        judged = "met" if taken <= TARGET * group else "MISSED"
        print(f"{name:20} {1000 * taken:6.0f} ms  {taken / group:4.1f} times (target {TARGET}: {judged})")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        book = file_rows(path)
        alone = best(lambda: sum(1 for _ in csv.reader(path.open(newline="", encoding="utf-8"))), 1)
        taken = best(lambda: cs.read_respondents(path, book), 1)
        print(f"a file of 100,000 x 100 cells: {taken:.1f} s, {taken / alone:.1f} times the csv module alone")


if __name__ == "__main__":
    main()
