"""Random tables by groups, printed in every form, come back number by number."""

import random
import tomllib

import pytest

from tests.encoding.conftest import drafted

ANSWERS = (
    ("yes", "no"),
    ("never", "sometimes", "often"),
    ("radio", "school", "peers", "other"),
    ("very poor", "poor", "fair", "good"),
)
GROUPS = (
    ("Teacher", "Nurse"),
    ("North", "Centre", "South"),
    ("under 30", "30 or over"),
    ("Men", "Women", "Non-binary"),
)
TITLE = "Table 3. Views of it"
STYLES = {"n (p)": "{n} ({p})", "n (p%)": "{n} ({p}%)", "p% (n)": "{p}% ({n})", "p": "{p}", "n": "{n}"}


def people(rng):
    """Answers, groups and the counts of each group; no two groups of one size."""
    answers, groups = rng.choice(ANSWERS), rng.choice(GROUPS)
    sizes = rng.sample(range(11, 140), len(groups))
    picks = [[rng.randrange(len(answers)) for _ in range(size)] for size in sizes]
    return answers, groups, sizes, [[some.count(k) for k in range(len(answers))] for some in picks]


def with_total(groups, sizes, counts, name):
    return [*groups, name], [*sizes, sum(sizes)], [*counts, [sum(column) for column in zip(*counts, strict=True)]]


def percent(count, size):
    return f"{100 * count / size:.1f}"


def by_columns(rng, answers, groups, sizes, counts):
    """Groups in columns: rows of texts, how many are heads, and what each cell says."""
    if rng.random() < 0.7:
        groups, sizes, counts = with_total(groups, sizes, counts, "Total")
    style = rng.choice([*STYLES, "pairs"])
    place = rng.choice(["heads", "row", *(["total"] if style in ("n (p)", "n", "pairs") else [])])
    names = [f"{name} (n = {size})" if place == "heads" else name for name, size in zip(groups, sizes, strict=True)]
    wide = [
        [str(size), "100.0"] if style == "pairs" else [f"{size} (100.0)" if "p" in style else str(size)]
        for size in sizes
    ]
    if style == "pairs":
        rows = [["", *(text for name in names for text in (name, ""))], ["", *["n", "%"] * len(names)]]
        cells = [[[str(n), percent(n, size)] for n in some] for some, size in zip(counts, sizes, strict=True)]
    else:
        rows = [["", *names]]
        cells = [
            [[STYLES[style].format(n=n, p=percent(n, size))] for n in some]
            for some, size in zip(counts, sizes, strict=True)
        ]
    heads = len(rows)
    rows += [[answer, *(text for some in cells for text in some[k])] for k, answer in enumerate(answers)]
    if place == "row":
        blank = [""] if style == "pairs" else []
        rows.insert(rng.choice([heads, len(rows)]), ["N", *(text for size in sizes for text in (str(size), *blank))])
    if place == "total":
        rows.append(["Total", *(text for some in wide for text in some)])
    return rows, heads, style


def by_rows(rng, answers, groups, sizes, counts):
    """Groups in rows, with the total first or last, and their sizes in a column or beside their names."""
    table = list(zip(*with_total(groups, sizes, counts, "All"), strict=True))
    table = table[-1:] + table[:-1] if rng.random() < 0.5 else table
    style, column = rng.choice(["n (p)", "p", "n"]), rng.random() < 0.5
    rows = [["", *answers, *(["n"] if column else [])]]
    for name, size, some in table:
        cells = [STYLES[style].format(n=n, p=percent(n, size)) for n in some]
        rows.append([name, *cells, str(size)] if column else [f"{name} (n = {size})", *cells])
    return rows, 1, style


def laid_out(rows, heads):
    """Print rows as a PDF gives them: labels to the left, numbers to the right, heads over pairs in their middle."""
    wide = [max(len(row[place]) for row in rows) + 3 for place in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        if heads == 2 and number == 0:
            texts = [" " * wide[0], *(row[k].center(wide[k] + wide[k + 1]) for k in range(1, len(row), 2))]
        else:
            texts = [row[0].ljust(wide[0]), *(text.rjust(width) for text, width in zip(row[1:], wide[1:], strict=True))]
        lines.append("".join(texts).rstrip())
    return "\n".join(lines)


def printed(rows, heads, form):
    if form == "pdf":
        return f"{TITLE}\n{laid_out(rows, heads)}"
    if form == "md":
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([f"**{TITLE}**", "", lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])
    if form == "html":
        spans = [2 if heads == 2 and place and text else 1 for place, text in enumerate(rows[0])]
        first = [f"<th colspan={span}>{text}" for span, text in zip(spans, rows[0], strict=True) if text or span == 1]
        first = [cell for place, cell in enumerate(first) if place == 0 or not cell.endswith(">")]
        body = "".join(f"<tr>{''.join(f'<td>{text}' for text in row)}" for row in rows[1:])
        return f"<table><caption>{TITLE}</caption><tr>{''.join(first)}{body}</table>"
    return "\n".join([TITLE, *(form.join(row) for row in rows)])


def check(seed):
    rng = random.Random(seed)
    answers, groups, sizes, counts = people(rng)
    rows, heads, style = rng.choice([by_columns, by_columns, by_rows])(rng, answers, groups, sizes, counts)
    expected = {
        (group, answer): (None if style == "p" else n, None if style == "n" else percent(n, size))
        for group, size, some in zip(groups, sizes, counts, strict=True)
        for answer, n in zip(answers, some, strict=True)
    }
    for form in ("\t", ";", "md", "html", "pdf"):
        found = tomllib.loads(drafted(printed(rows, heads, form)))["question"]
        cells = [cell for question in found[1:] for cell in question["cells"] if "among" in cell]
        told = {(cell["among"]["item"], cell["item"]): (cell.get("count"), cell.get("percent")) for cell in cells}
        assert told == expected, (seed, form, rows)
        assert found[0]["counts"] == dict(zip(groups, sizes, strict=True)), (seed, form, rows)


@pytest.mark.few(7)
@pytest.mark.parametrize("seed", range(20))
def test_a_table_by_groups_comes_back(seed):
    check(seed)


@pytest.mark.slow
def test_hundreds_of_tables_by_groups_come_back():
    for seed in range(1_000, 1_600):
        check(seed)
