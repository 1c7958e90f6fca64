"""Who counts as a respondent: hurdle by hurdle, how many were excluded, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.respondents.columns import MISSING, OFF_SCALE, CodedColumn, Column, NumberColumn
from csea_stats.respondents.kinds import limits_words
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from csea_stats.respondents.codebook import Codebook, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hurdle.

    Parameters
    ----------
    variable : str
    allowed : str
        What counts, in words.
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
                why = ", ".join(f"{reason} {times}" for reason, times in step.why)
                parts.append(
                    f"{step.reached - step.passed} by {step.variable!r}, which has to be {step.allowed} ({why})"
                )
        return (
            f"{number_of(self.started, 'rows')}, of which {self.respondents} "
            f"count{'s' * (self.respondents == 1)} as respondents; excluded: {'; '.join(parts)}.{unanswered}"
        )


def pass_hurdles(
    book: Codebook, columns: Sequence[Column], hollow: Mapping[str, NDArray[np.bool_]], rows: int
) -> tuple[NDArray[np.bool_], Funnel]:
    """Return who passes every hurdle of a codebook, and the funnel.

    Parameters
    ----------
    book : Codebook
    columns : sequence of Column
    hollow : mapping
        Per variable the rows that hold separators only.
    rows : int
    """
    kept = np.ones(rows, dtype=np.bool_)
    found = {column.name: column for column in columns}
    steps = []
    for name, allowed in book.eligible:
        column = found[book.name(name)]
        passes, words = _passes(column, allowed)
        failed = kept & ~passes
        steps.append(
            Step(
                variable=column.name,
                allowed=words,
                reached=int(kept.sum()),
                passed=int((kept & passes).sum()),
                why=_why(column, failed),
            )
        )
        kept = kept & passes
    counts = {name: int((mask & kept & (found[name].reasons == MISSING)).sum()) for name, mask in hollow.items()}
    unanswered = tuple((name, count) for name, count in counts.items() if count)
    return kept, Funnel(started=rows, steps=tuple(steps), respondents=int(kept.sum()), hollow=unanswered)


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
