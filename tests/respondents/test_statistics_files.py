"""Random SPSS files: every code is an answer, a reason, or missing and told; or an error that names its row."""

import random
import re
from collections import Counter

import pandas as pd
import pyreadstat
import pytest

from csea_stats import Codebook, Ordered, read_respondents
from csea_stats.respondents import statistics_files

LABELS = {1: "low", 2: "middle", 3: "high", 8: "don't know", 9: "refused", 95: "broken off"}


def statistics(seed, folder):
    """Write a .sav file of labelled codes with codes declared missing; return what the answers come to."""
    rng = random.Random(f"statistics {seed}")
    declared, blank = rng.choice([([8, 9], {8, 9}), ([{"lo": 90, "hi": 99}, 8], {8, 90, 95}), ([], set())])
    named = rng.choice([[], ["don't know"], ["don't know", "refused", "broken off"]])
    by_values = rng.random() < 0.5
    known = {1, 2, 3} | {code for code, label in LABELS.items() if label in named}
    codes = [rng.choice([*LABELS, 90, None]) for _ in range(rng.randint(2, 12))]
    path = folder / "a.sav"
    shown = {code: label for code, label in LABELS.items() if not by_values or code > 3}
    frame = pd.DataFrame({"q": pd.Series(codes, dtype=float), "n": range(len(codes))})
    pyreadstat.write_sav(
        frame, path, variable_value_labels={"q": shown}, missing_ranges={"q": declared} if declared else {}
    )
    values = {1: "low", 2: "middle", 3: "high"} if by_values else None
    book = Codebook({"q": Ordered("low", "middle", "high", off_scale=named, values=values)}, respondent=None)
    wrong = [row for row, code in enumerate(codes) if code is not None and code not in known | blank]
    checked = book.check(path)
    assert sorted(row for one in checked.problems for row in one.rows) == wrong
    assert all(one.column == "q" for one in checked.problems)
    if wrong:
        return "told"
    expected = Counter()
    for code in codes:
        label = LABELS.get(code)
        reason = label if label in named else "missing"
        expected[label if code in (1, 2, 3) else f"?{reason}"] += 1
    data = read_respondents(path, book)
    column = data.column("q")
    found = Counter(dict(zip(column.labels, column.counts, strict=True)))
    assert found + Counter({f"?{reason}": times for reason, times in column.why.items()}) == expected
    lost = Counter(code for code in codes if code in blank - known)
    for code, number in lost.items():
        sentence = re.compile(
            rf"column 'q': {code}( \(.*\))?, which the file declares missing, .* \({number} answers?\)"
        )
        assert any(sentence.fullmatch(note) for note in data.notes), (code, data.notes)
    return "read"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Read here what is whole: a process for each of so many files takes long."""
    monkeypatch.setattr(statistics_files, "read_apart", statistics_files.read_here)


@pytest.mark.parametrize("number", [40, pytest.param(1500, marks=pytest.mark.slow)])
def test_codes_that_a_file_declares_missing_are_counted_and_told(tmp_path, number):
    found = Counter(statistics(seed, tmp_path) for seed in range(number))
    assert min(found.values()) > 5
