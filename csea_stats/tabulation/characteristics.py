"""Who answered, as the first table of a paper: counts and percentages, medians and quartiles, no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, check_kind, check_list, is_of, plain_value
from csea_stats.publication.table import Draft, Entered, Table, lettered
from csea_stats.respondents.columns import CodedColumn, Column, MultipleColumn, NumberColumn
from csea_stats.respondents.kinds import wording
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import exactly, integer, number_of, percent
from csea_stats.tabulation.number_summaries import NumberSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    Rows = NDArray[np.bool_]

NO_ANSWER = "No answer"

MEDIAN = "median (Q1, Q3)"


def characteristics(
    data: Microdata, by: str | None = None, questions: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Tell who answered, in all and by group: the first table of a paper.

    Parameters
    ----------
    data : Microdata
    by : str, optional
        A variable with one answer each, whose groups are columns.
    questions : str or sequence of str, optional
        The variables that are told; by default all but ``by``.

    Returns
    -------
    pandas.DataFrame
        A row for each level of each variable. Columns ``variable``, ``level``, and one for each group and for all, with
        the number of respondents in its head. Cells are texts: "27 (55%)", a count with its percentage of those of the
        group who answered the question; of a number the median with the lower and the upper quartile (linear between
        neighbours, R's type 7). A row "No answer" stands under every variable, answers off the scale and people who
        were not asked under those that have some. No test and no interval: the table describes these respondents.

    Raises
    ------
    InputError
        If ``by`` has not one answer each.
    UnknownName
        If there is no such variable.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> table = characteristics(data, by="age", questions="organisation")
    >>> list(table.columns)[1:5]
    ['level', 'under 30 (N = 7)', '30 and over (N = 42)', 'all (N = 49)']
    >>> list(table["all (N = 49)"])
    ['27 (55%)', '14 (29%)', '8 (16%)', '0']
    """
    check_kind("characteristics", data, Microdata)
    heads, variables = _told(data, by, questions)
    table = [(name, level, *cells) for name, levels in variables for level, cells in levels]
    import pandas as pd

    frame = pd.DataFrame(table, columns=["variable", "level", *heads])
    return frame.assign(synthetic=True) if data.synthetic else frame


def characteristics_table(
    data: Microdata,
    by: str | None = None,
    questions: str | Iterable[str] | None = None,
    *,
    caption: str | None = None,
) -> Table:
    """Return `characteristics` as a table for a publication: Word, Excel, LaTeX, HTML, Markdown or CSV.

    Parameters
    ----------
    data : Microdata
    by : str, optional
        A variable with one answer each, whose groups are columns.
    questions : str or sequence of str, optional
        The variables that are told; by default all but ``by``.
    caption : str, optional

    Returns
    -------
    Table
        A group of rows for each variable, a column for each group and for all.

    Raises
    ------
    InputError, UnknownName
        As `characteristics`.

    References
    ----------
    von Elm et al. (2007), STROBE, item 14a: characteristics of those who took part, without tests.

    Examples
    --------
    >>> import csea_stats as cs
    >>> data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    >>> table = characteristics_table(data, by="age", questions="organisation")
    >>> [column.head for column in table.columns][1:], table.row_groups[0][0]
    (['under 30 (N = 7)', '30 and over (N = 42)', 'all (N = 49)'], 0)
    """
    check_kind("characteristics_table", data, Microdata)
    check_kind("caption", caption, str, type(None))
    heads, variables = _told(data, by, questions)
    rows: list[list[Entered]] = []
    groups, seen = [], False
    for name, levels in variables:
        groups.append((len(rows), name))
        rows += [[Entered(text=text) for text in (level, *cells)] for level, cells in levels]
        seen = seen or levels[0][0] == MEDIAN
    told = [caveat("synthetic").text] if data.synthetic else []
    told += ["Percentages are of those who answered the question; they may not add to 100 because of rounding."]
    told += ["Quartiles lie linearly between neighbours (type 7)."] if seen else []
    title = plain_value(caption) or f"Who answered{f', by {_named(data, data.codebook.name(by))}' if by else ''}"
    return lettered(
        Draft(
            caption=f"{'SYNTHETIC. ' if data.synthetic else ''}{title} (N = {integer(len(data))})",
            heads=("", *heads),
            rows=rows,
            row_groups=groups,
            general=(*told, "The table describes these respondents."),
            alt=f"{title}: {number_of(len(variables), 'variables')}; columns {', '.join(heads)}.",
            raw=True,
        )
    )


def _told(
    data: Microdata, by: str | None, questions: str | Iterable[str] | None
) -> tuple[list[str], list[tuple[str, list[tuple[str, list[str]]]]]]:
    """Return the heads of the groups, and of each variable its name and its levels with their cells."""
    check_kind("by", by, str, type(None))
    given = data.codebook if questions is None else (questions,) if is_of(questions, str) else questions
    wanted = check_list("questions", given)
    names = [name for one in wanted if (name := data.codebook.name(one)) != (by and data.codebook.name(by))]
    groups = list(_groups(data, by))
    heads = [f"{name} (N = {integer(int(rows.sum()))})" for name, rows in groups]
    members = [rows for _, rows in groups]
    return heads, [(_named(data, name), list(_rows(data.column(name), members))) for name in names]


def _groups(data: Microdata, by: str | None) -> Iterator[tuple[str, Rows]]:
    """Yield each group, those whose group is not known, and all."""
    if by is not None:
        column = data.column(by)
        if not isinstance(column, CodedColumn):
            message = f"by {by!r}: allowed are variables with one answer each, Ordered or Categories"
            raise InputError(message)
        for place, label in enumerate(column.labels):
            yield label, column.codes == place
        for code in np.unique(column.codes[column.codes < 0])[::-1].tolist():
            (reason,) = column.taken(column.codes == code).why
            yield NO_ANSWER.lower() if reason == "missing" else reason, column.codes == code
    yield "all", np.ones(len(data), dtype=np.bool_)


def _named(data: Microdata, name: str) -> str:
    column, label = data.column(name), wording(name, data.codebook[name])
    unit = column.unit if isinstance(column, NumberColumn) else ""
    return f"{label}, {unit}" if unit and unit.lower() not in label.lower() else label


def _rows(column: Column, groups: list[Rows]) -> Iterator[tuple[str, list[str]]]:
    """Yield the levels of a variable with a cell for each group, then why the others have none."""
    parts = [column.taken(rows) for rows in groups]
    if isinstance(column, NumberColumn):
        yield MEDIAN, [_median(part) for part in parts if isinstance(part, NumberColumn)]
    else:
        labels = column.items if isinstance(column, MultipleColumn) else column.labels
        counts = [(whole.counts, len(whole.reasons)) for part in parts if (whole := _answered(part))]
        for place, label in enumerate(labels):
            yield label, [_share(found[place], base) for found, base in counts]
    reasons = dict.fromkeys(["missing", *column.why])
    for reason in reasons:
        told = NO_ANSWER if reason == "missing" else reason
        yield told, [integer(part.why.get(reason, 0)) for part in parts]


def _answered(part: Column) -> CodedColumn | MultipleColumn | None:
    """Return those who answered a question whose answers are counted."""
    return None if isinstance(part, NumberColumn) else part.taken(part.answered)


def _share(count: int, base: int) -> str:
    return f"{integer(count)} ({percent(count / base)}%)" if base else "–"


def _median(part: NumberColumn) -> str:
    found = part.taken(part.answered)
    values = tuple(sorted(found.values.tolist()))  # noqa: PD011 - an array, no frame
    if not values:
        return "–"
    lower, middle, upper = (exactly(one, 6) for one in NumberSummary(values=values, unit=part.unit).quartiles)
    return f"{middle} ({lower}, {upper})"
