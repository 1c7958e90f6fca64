"""Random exports in the shapes of the tools: a draft or a clear error, and the counts of an independent count."""

import random
import re

import numpy as np
import pytest

from csea_stats import draft_codebook, read_respondents
from csea_stats.errors import AnswersError, CseaStatsError
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.respondents.columns import MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import sources_of

from .exports import as_csv, made_export, made_grid


def decided(book):
    return any(line.startswith("!") for name, lines in book.remarks for line in lines)


def counted(column):
    names = column.items if isinstance(column, MultipleColumn) else column.labels
    return {name: count for name, count in zip(names, column.counts, strict=True) if count}


def shown(counts, column):
    """Give how often each answer was given, those that stand once and are in no draft as another one."""
    names = column.items if isinstance(column, MultipleColumn) else column.labels
    found = {answer: count for answer, count in counts.items() if count}
    once = [answer for answer, count in found.items() if count == 1 and answer not in names and "other" in names]
    found = {answer: count for answer, count in found.items() if answer not in once}
    return found | ({"other": len(once)} if once else {})


def check(folder, seed):
    rng = random.Random(seed)
    rows, questions = made_export(rng)
    content, encoding = as_csv(rng, rows)
    path = folder / f"{seed}.csv"
    path.write_bytes(content)
    try:
        book = draft_codebook(path)
    except AnswersError:
        return "error"
    (folder / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    assert load_codebook(folder / "book.toml") == book
    try:
        data = read_respondents(path, book)
    except CseaStatsError:
        assert decided(book)
        return "decide"
    if encoding.startswith("cp") and book.file.encoding not in (None, encoding):
        return "guessed"  # letters do not tell which of two encodings they are
    read = {source: name for name, kind in book.variables for source in sources_of(name, kind)}
    for question in questions:
        names = {read.get(" ".join(header.split()), read.get(header)) for header in question.header}
        if question.secret:
            for secret in {word for row in question.cells for word in re.findall(r"qz\d+", row[0])}:
                assert secret not in book.to_toml()
            continue
        if len(names) != 1 or None in names:
            continue
        column = data.column(names.pop())
        if isinstance(column, NumberColumn):
            assert float(np.nansum(column.values)) == question.total
        elif question.total is None:
            assert counted(column) == shown(question.counts, column), question.kind
    return "read"


def check_grid(folder, seed):
    """A file of odd cells gives a draft that reads it, or a clear error."""
    rng = random.Random(seed)
    content, _ = as_csv(rng, made_grid(rng))
    path = folder / "grid.csv"
    path.write_bytes(content if rng.random() < 0.9 else content[: rng.randint(0, len(content))])
    try:
        book = draft_codebook(path)
    except CseaStatsError:
        return "error"
    (folder / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    again = load_codebook(folder / "book.toml")
    assert (again, again.to_toml()) == (book, book.to_toml())
    try:
        read_respondents(path, book)
    except CseaStatsError:
        assert decided(book)
        return "decide"
    return "read"


def test_some_grids_of_odd_cells(tmp_path):
    found = [check_grid(tmp_path, seed) for seed in range(40)]
    assert found.count("read") > 20


def test_some_exports(tmp_path):
    found = [check(tmp_path, seed) for seed in range(25)]
    assert found.count("read") > 15


@pytest.mark.few(0, slow=3)
@pytest.mark.parametrize("block", range(40))
def test_thousands_of_exports(tmp_path, block):
    found = [check(tmp_path, 1000 + 100 * block + number) for number in range(100)]
    assert found.count("read") > 60


@pytest.mark.few(0, slow=2)
@pytest.mark.parametrize("block", range(20))
def test_thousands_of_grids_of_odd_cells(tmp_path, block):
    for number in range(200):
        check_grid(tmp_path, 10_000 + 200 * block + number)
