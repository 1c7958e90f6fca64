"""How long the audit of a survey takes by its cells: `uv run python benchmarks/auditing.py`.

Made-up surveys of 300, 1,000 and 3,000 cells, each printed with percentages and some counts: questions with one answer
and with several, groups of the answers to another question, batteries, a slip in one cell of fifty. The seconds
per cell must not grow with the number of cells. Then groups whose sizes only percentages tell.
"""

import random
import time
from dataclasses import replace

from csea_stats.auditing.audit import find
from csea_stats.auditing.printed_tables import Book
from csea_stats.survey.survey import Battery, Cell, Group, Question, Source, Survey, TargetWords

SIZES = (300, 1_000, 3_000)
GROUPS = (3, 4, 5, 6, 12, 40)
RESPONDENTS = 412
NAMES = tuple("abcdefgh")


def split(rng, total, parts):
    """Share a total out at random."""
    cuts = sorted(rng.randint(0, total) for _ in range(parts - 1))
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


def cells_of(rng, counts, base, among=None, where="Table 1"):
    """Print counts: a percentage each, with one decimal or none, and most with a count; one of fifty with a slip."""
    made = []
    for name, count in zip(NAMES, counts, strict=False):
        percent = f"{100 * count / base:.{rng.choice([0, 1])}f}"
        shown = count if rng.random() < 0.7 else None
        if rng.random() < 0.02 and shown is not None:
            shown = max(shown - 3, 0)
        made.append(Cell(item=name, where=where, percent=percent, count=shown, among=among))
    return made


def made_survey(cells, seed=1):
    """Make a survey of at least so many cells, every kind of question in every part of it."""
    rng = random.Random(seed)
    sizes = split(rng, RESPONDENTS - 40, 4)
    sizes = [size + 10 for size in sizes]
    regions = tuple(f"region {i}" for i in range(4))
    region_cells = [Cell(item=name, where="Table 0", count=size) for name, size in zip(regions, sizes, strict=True)]
    region = Question(id="region", label="region", kind="single", categories=regions, cells=tuple(region_cells))
    questions, batteries, made = [region], [], len(region_cells)
    while made < cells:
        number = len(questions)
        kind = ("single", "multiple", "ordinal", "grouped", "battery")[number % 5]
        size = rng.randint(4, 8)
        if kind == "grouped":
            inside = [split(rng, size_of, 5) for size_of in sizes]
            told = cells_of(rng, [sum(some) for some in zip(*inside, strict=True)], RESPONDENTS)
            for name, counts in zip(regions, inside, strict=True):
                told += cells_of(rng, counts, sum(counts), Group(question="region", item=name))
            questions.append(question(f"q{number}", "ordinal", 5, told))
        elif kind == "battery":
            some = [
                question(f"q{number}-{i}", "ordinal", 5, cells_of(rng, split(rng, RESPONDENTS, 5), RESPONDENTS))
                for i in range(4)
            ]
            questions += some
            batteries.append(Battery(id=f"b{number}", label="b", questions=tuple(one.id for one in some)))
        else:
            counts = split(rng, RESPONDENTS, size)
            if kind == "multiple":
                counts = [rng.randint(0, RESPONDENTS) for _ in range(size)]
            questions.append(question(f"q{number}", kind, size, cells_of(rng, counts, RESPONDENTS)))
        made = sum(len(one.cells) for one in questions)
    return Survey(
        format="csea-survey/1",
        id="made",
        title="Made up",
        respondents=RESPONDENTS,
        source=Source(title="t", publisher=("p",), country="c", year=2024, mode="m", recruitment="r"),
        targets=TargetWords(respondents="a", superpopulation="b", population="c"),
        question=tuple(questions),
        battery=tuple(batteries),
    )


def question(name, kind, size, cells):
    """Make a question of so many answers."""
    return Question(id=name, label=name, kind=kind, categories=NAMES[:size], cells=tuple(cells))


def made_groups(number, seed=1):
    """Make a survey of a question by so many groups, whose sizes only percentages tell."""
    rng = random.Random(seed)
    names, sizes = tuple(f"g{i}" for i in range(number)), [20 + size for size in split(rng, 1000 - 20 * number, number)]
    told = [Cell(item=n, where="T", percent=f"{size / 10:.0f}") for n, size in zip(names, sizes, strict=True)]
    groups = Question(id="g", label="g", kind="single", categories=names, cells=tuple(told))
    inside = [split(rng, size, 3) for size in sizes]
    cells = [
        Cell(item=item, where="T", percent=f"{100 * count / sum(some):.0f}", among=Group(question="g", item=name))
        for name, some in zip(names, inside, strict=True)
        for item, count in zip(NAMES, some, strict=False)
    ]
    everybody = [sum(some) for some in zip(*inside, strict=True)]
    cells += [Cell(item=i, where="T", percent=f"{c / 10:.0f}") for i, c in zip(NAMES, everybody, strict=False)]
    return replace(made_survey(1), respondents=1000, question=(groups, question("q", "ordinal", 3, cells)), battery=())


def main() -> None:
    """Print the seconds of each size, and per cell."""
    find(Book(made_survey(50)))  # loads what is imported at first use
    for survey in (*map(made_survey, SIZES), *map(made_groups, GROUPS)):
        cells = sum(len(one.cells) for one in survey.question)
        start = time.perf_counter()
        found = find(Book(survey))
        seconds = time.perf_counter() - start
        print(f"{cells:6,} cells {len(found):5} findings {seconds:8.2f} s {1000 * seconds / cells:6.2f} ms a cell")


if __name__ == "__main__":
    main()
