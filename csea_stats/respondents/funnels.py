"""Who counts as a respondent: hurdle by hurdle, how many were excluded, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.publication.picture import picture_of
from csea_stats.publication.table_parts import FlatTable
from csea_stats.respondents.columns import MISSING, OFF_SCALE, CodedColumn, Column, NumberColumn
from csea_stats.respondents.kind_parts import limits_words
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.publication.canvas import Canvas, Look, Width
    from csea_stats.publication.picture import Picture
    from csea_stats.respondents.declarations import Declarations, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hurdle.

    Parameters
    ----------
    variable : str
    allowed : str
        What counts, in words; "" for rows that are excluded one by one.
    reached, passed : int
    why : tuple of (str, int)
        How many were excluded for which answer, or for none.
    """

    variable: str
    allowed: str
    reached: int
    passed: int
    why: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """From the rows of a source to its respondents; `str` of it tells it in sentences.

    Parameters
    ----------
    started : int
        Rows of the source.
    steps : tuple of Step
        The hurdles, in the codebook's order; who failed one is not seen by the next.
    respondents : int
        Who passed all.
    hollow : tuple of (str, int)
        Variables with several answers in one column, and how many respondents' cells hold separators only: no answer.

    Examples
    --------
    >>> print(Funnel(started=3, steps=(), respondents=3))
    3 rows; all of them count as respondents.
    """

    started: int
    steps: tuple[Step, ...]
    respondents: int
    hollow: tuple[tuple[str, int], ...] = ()

    @property
    def excluded(self) -> int:
        """How many rows do not count."""
        return self.started - self.respondents

    def __str__(self) -> str:
        hollow = [f"{name!r}: {count} that hold{'s' * (count == 1)} separators only" for name, count in self.hollow]
        unanswered = f" No answer to {', to '.join(hollow)}." if hollow else ""
        if not self.excluded:
            return f"{number_of(self.started, 'rows')}; all of them count as respondents.{unanswered}"
        parts = []
        for step in self.steps:
            if step.reached > step.passed:
                alone = len(step.why) == 1
                why = ", ".join(reason if alone else f"{reason} {times}" for reason, times in step.why)
                rule = f" by {step.variable!r}, which has to be {step.allowed}" if step.allowed else ""
                parts.append(f"{step.reached - step.passed}{rule} ({why})")
        return (
            f"{number_of(self.started, 'rows')}, of which {self.respondents} "
            f"count{'s' * (self.respondents == 1)} as respondents; excluded: {'; '.join(parts)}.{unanswered}"
        )


MOST_ROWS = 40
"""Rows of a figure."""


def funnel_figure(
    funnel: Funnel, columns: Sequence[Column], labels: Mapping[str, str], *, synthetic: bool, width: Width, look: Look
) -> Picture:
    """Return who was in the source, who counts, and who answered each question, as a figure for a publication.

    Of more questions than a figure has rows for, those with the fewest answers.
    """
    room = MOST_ROWS - len(funnel.steps) - 1
    told = sorted(columns, key=lambda one: int(one.answered.sum()))[:room] if len(columns) > room else columns
    asked = {one.name: len(one.reasons) - one.why.get("not asked", 0) for one in told}
    answered = {one.name: int(one.answered.sum()) for one in told}
    rows = [("rows of the source", funnel.started, funnel.started, "")]
    for step in funnel.steps:
        name = f"{step.variable}: {step.allowed}" if step.allowed else "not left out one by one"
        rows.append((name, step.passed, step.reached, ", ".join(f"{reason}: {times}" for reason, times in step.why)))
    rows += [(labels.get(one.name, one.name), answered[one.name], asked[one.name], "") for one in told]
    least = min(told, key=lambda one: answered[one.name] / max(1, asked[one.name]), default=None)
    fewest = f"; fewest of those asked answer “{labels.get(least.name, least.name)}”" if least is not None else ""
    fewest += f": {answered[least.name]} of {asked[least.name]}" if least is not None else ""
    stamp, some = (
        "SYNTHETIC. " * synthetic,
        f", the {len(told)} questions with the fewest answers" * (told is not columns),
    )
    return picture_of(
        lambda canvas: _draw_funnel(canvas, rows, funnel),
        width=width,
        look=look,
        head=(
            f"{stamp}From {number_of(funnel.started, 'rows')} to {number_of(funnel.respondents, 'respondents')}{some}",
            "Filled: passed, or answered; hatched: asked, without an answer, or left out; dashed: not asked.",
        ),
        caption=f"{stamp}Who counts as a respondent, and who answered each question{some}. {funnel}",
        alt=f"{stamp}{number_of(funnel.started, 'rows')}, {number_of(funnel.respondents, 'respondents')}{fewest}.",
        data=FlatTable(columns=("step", "answered", "asked", "reasons"), rows=tuple(rows)),
    )


def _draw_funnel(canvas: Canvas, rows: Sequence[tuple[str, int, int, str]], funnel: Funnel) -> float:
    hurdles = len(funnel.steps)
    for place, (_, passed, reached, why) in enumerate(rows):
        whole = reached if place <= hurdles else funnel.respondents
        if whole > reached:
            style = {
                "edgecolor": canvas.colours["soft"],
                "facecolor": "none",
                "linewidth": 0.7,
                "linestyle": (3.0, 2.0),
            }
            canvas.box(place, (reached, whole), 0.6, style)
        if reached > passed:
            canvas.bar(place, (passed, reached), main=False, height=0.6)
        canvas.box(place, (0, passed), 0.6, {"facecolor": canvas.colours["soft" if place <= hurdles else "main"]})
        canvas.at_right(place, f"{passed} of {reached}" if place else str(passed))
        if why:
            canvas.text(0.02 * funnel.started, place, why, colour=canvas.colours["back"], size=6.5)
    canvas.ax.set_xlim(0, max(1, funnel.started))
    canvas.frame("people")
    return canvas.rows([name for name, *_ in rows])


def pass_hurdles(
    book: Declarations,
    columns: Sequence[Column],
    hollow: Mapping[str, NDArray[np.bool_]],
    names: Sequence[str] | Sequence[int],
    filled: Mapping[str, NDArray[np.bool_]],
) -> tuple[NDArray[np.bool_], Funnel, list[str]]:
    """Return who counts, the funnel, and which excluded rows there are not.

    Parameters
    ----------
    book : Declarations
    columns : sequence of Column
    hollow : mapping
        Per variable the rows that hold separators only.
    names : sequence of str or int
        Each row's id, or its number where there are no ids.
    filled : mapping
        Per column that has to hold something the rows where it does.
    """
    kept = np.ones(len(names), dtype=np.bool_)
    found = {column.name: column for column in columns}
    steps = []

    def hurdle(variable: str, words: str, passes: NDArray[np.bool_], why: tuple[tuple[str, int], ...]) -> None:
        nonlocal kept
        reached, kept = kept, kept & passes
        counts = {"reached": int(reached.sum()), "passed": int(kept.sum())}
        steps.append(Step(variable=variable, allowed=words, **counts, why=why))

    for name, there in filled.items():
        hurdle(name, "filled", there, (("blank", int((kept & ~there).sum())),))
    for name, allowed in book.eligible:
        column = found[book.name(name)]
        passes, words = _passes(column, allowed)
        hurdle(column.name, words, passes, _why(column, kept & ~passes))
    reasons = dict(book.exclude)
    if reasons:
        stays = np.array([str(name) not in reasons for name in names], dtype=np.bool_)
        why = Counter(reasons[str(names[row])] for row in np.flatnonzero(kept & ~stays).tolist())
        hurdle("exclude", "", stays, tuple(why.items()))
    if book.duplicates is not None:
        rows = np.flatnonzero(kept).tolist()
        last = {names[row] or row: row for row in (rows if book.duplicates == "last" else reversed(rows))}
        stays = np.zeros(len(names), dtype=np.bool_)
        stays[list(last.values())] = True
        why_not = (("repeated", int((kept & ~stays).sum())),)
        hurdle(str(book.respondent), f"the {book.duplicates} row of its id", stays, why_not)
    counts = {name: int((mask & kept & (found[name].reasons == MISSING)).sum()) for name, mask in hollow.items()}
    unanswered = tuple((name, count) for name, count in counts.items() if count)
    funnel = Funnel(started=len(names), steps=tuple(steps), respondents=int(kept.sum()), hollow=unanswered)
    return kept, funnel, sorted(set(reasons).difference(map(str, names)), key=list(reasons).index) if reasons else []


def _passes(column: Column, allowed: tuple[str, ...] | Limits) -> tuple[NDArray[np.bool_], str]:
    if isinstance(column, CodedColumn):
        labels = [str(label) for label in allowed]
        places = [column.labels.index(label) for label in labels if label in column.labels]
        places += [OFF_SCALE - column.off_scale.index(label) for label in labels if label in column.off_scale]
        return np.isin(column.codes, places), " or ".join(map(repr, labels))
    if not isinstance(column, NumberColumn):
        return np.ones(len(column.marks), dtype=np.bool_), ""
    low, high = (None if end is None else float(end) for end in allowed)
    with np.errstate(invalid="ignore"):
        passes = column.answered
        passes = passes if low is None else passes & (column.values >= low)
        passes = passes if high is None else passes & (column.values <= high)
    return passes, limits_words(low, high) or "a number"


def _why(column: Column, failed: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
    reasons = column.reasons[failed]
    found: list[tuple[str, int]] = []
    if isinstance(column, CodedColumn):
        counts = column.taken(failed).counts
        found += [(repr(label), times) for label, times in zip(column.labels, counts, strict=True) if times]
    elif (reasons == 0).any():
        found.append(("a number outside", int((reasons == 0).sum())))
    return (*found, *column.taken(failed).why.items())
