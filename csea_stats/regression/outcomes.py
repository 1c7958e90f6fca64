"""Outcomes as a model takes them: answers and each row's code, numbers, or how many of how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError
from csea_stats.respondents.columns import CodedColumn, Column, NumberColumn, complete
from csea_stats.results.numbers import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from csea_stats.regression.model import Model
    from csea_stats.regression.problem import Array, Family

LONGEST_SCALE = 21
"""Whole numbers that are still taken as answers of a scale, such as those from 0 to 20."""

MOST_CELLS = 20_000_000
"""Distinct numbers of an outcome times respondents: what a table of both may hold."""

SCALES: tuple[Family, ...] = ("cumulative", "adjacent", "continuation")
"""Families that take the whole numbers of a short scale as ordered answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """An outcome over the rows that are in.

    Parameters
    ----------
    name : str
    family : str
    answers : tuple of str
    kept : (n,) array of bool
        Who is in.
    left_out : tuple of (str, int)
    codes : (m,) array of int
        Each row's answer, of those that are in; all 0 where rows have trials.
    numbers : (K,) array, optional
        What the answers of a linear model stand for.
    trials : (m, 2) array of int, optional
        How many of how many.
    unit : str
        Of a number.
    """

    name: str
    family: Family
    answers: tuple[str, ...]
    kept: NDArray[np.bool_]
    left_out: tuple[tuple[str, int], ...]
    codes: NDArray[np.int64]
    numbers: Array | None = None
    trials: NDArray[np.int64] | None = None
    unit: str = ""


def read_outcome(model: Model, data: Any, predictors: Sequence[Column]) -> ReadOutcome:
    """Read a model's outcome from respondents' answers.

    Raises
    ------
    InputError
        The family does not take such an outcome.
    """
    outcome = data.column(model.outcome.name)
    if model.outcome.trials is not None:
        return _counted(model, outcome, data.column(model.outcome.trials), predictors, len(data))
    kept, left_out = complete([outcome, *predictors], len(data))
    shared = {"name": outcome.name, "kept": kept, "left_out": left_out}
    if isinstance(outcome, NumberColumn):
        return _numbers(model, outcome, data, shared)
    most = len(getattr(outcome, "labels", ()))
    family, answers, codes = coded_outcome(
        model, outcome, lambda codes: np.bincount(codes[kept], minlength=most).astype(float)
    )
    return ReadOutcome(**shared, family=family, answers=answers, codes=codes[kept])


def _numbers(model: Model, column: NumberColumn, data: Any, shared: dict[str, Any]) -> ReadOutcome:
    """Read a number: as it stands for a linear model, the whole numbers of a short scale as answers for others."""
    values = column.values[shared["kept"]]
    if model.family in (None, "linear"):
        numbers, codes = np.unique(values, return_inverse=True)
        if numbers.size * values.size > MOST_CELLS:
            message = (
                f"outcome {column.name!r}: found {integer(numbers.size)} distinct numbers of {integer(values.size)} "
                "respondents; round them first: a linear model holds a table of both"
            )
            raise InputError(message)
        answers = tuple(f"{number:.12g}" for number in numbers)
        return ReadOutcome(
            **shared, family="linear", answers=answers, codes=codes.ravel(), numbers=numbers, unit=column.unit
        )
    if model.family not in SCALES:
        message = (
            f"outcome {column.name!r}: found a number with the family {model.family!r}; allowed are linear, "
            f"{', '.join(SCALES)} for a scale of whole numbers, or how many of how many: {column.name} | trials(n)"
        )
        raise InputError(message)
    low, high = _ends(column, data, values)
    if np.any(values != np.floor(values)) or high - low >= LONGEST_SCALE:
        message = (
            f"outcome {column.name!r}: found numbers from {low:g} to {high:g} with the family {model.family!r}; "
            f"allowed are whole ones, at most {LONGEST_SCALE} of them: take the family linear"
        )
        raise InputError(message)
    answers = tuple(f"{number:g}" for number in range(int(low), int(high) + 1))
    return ReadOutcome(**shared, family=model.family, answers=answers, codes=(values - low).astype(np.int64))


def _ends(column: NumberColumn, data: Any, values: Array) -> tuple[float, float]:
    """Return the ends of a scale: those of the codebook, or the smallest and the largest number given."""
    book = getattr(data, "codebook", None)
    kind = book[column.name] if book is not None and column.name in book else None
    given = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    low, high = (getattr(kind, name, None) for name in ("minimum", "maximum"))
    return (given[0] if low is None else float(np.ceil(low))), (given[1] if high is None else float(np.floor(high)))


def _counted(model: Model, successes: Column, trials: Column, predictors: Sequence[Column], people: int) -> ReadOutcome:
    """Read how many of how many."""
    if model.family not in (None, "binomial"):
        message = f"outcome {successes.name!r}: found trials with the family {model.family!r}; allowed is binomial"
        raise InputError(message)
    for one in (successes, trials):
        if not isinstance(one, NumberColumn):
            message = f"outcome {one.name!r}: found answers; allowed in k | trials(n) are two whole numbers"
            raise InputError(message)
    kept, left_out = complete([successes, trials, *predictors], people)
    counts = np.column_stack([successes.values, trials.values])  # type: ignore[union-attr]
    wrong = kept & ((counts != np.floor(counts)).any(axis=1) | (counts[:, 0] < 0) | (counts[:, 0] > counts[:, 1]))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        k, n = counts[row]
        message = (
            f"outcome {successes.name!r}, row {row}: found {k:g} of {n:g}; allowed are whole numbers, from 0 up to "
            f"{trials.name!r}"
        )
        raise InputError(message)
    none = kept & (counts[:, 1] == 0)
    if none.any():
        kept, left_out = kept & ~none, (*left_out, (f"{trials.name}: 0", int(none.sum())))
    return ReadOutcome(
        name=successes.name,
        family="binomial",
        answers=(f"not {successes.name}", successes.name),
        kept=kept,
        left_out=left_out,
        codes=np.zeros(int(kept.sum()), dtype=np.int64),
        trials=counts[kept].astype(np.int64),
    )


def coded_outcome(
    model: Model, column: Column, given: Callable[[NDArray[np.int64]], Array]
) -> tuple[Family, tuple[str, ...], NDArray[np.int64]]:
    """Return the family, the answers and each row's code, of an outcome with one answer each.

    Answers in no order come with those that somebody gave first: the first is what others are compared with.

    Parameters
    ----------
    given : callable
        From each row's code to how many gave each answer.
    """
    nominal = isinstance(column, CodedColumn) and not column.ordered and model.outcome.order is None
    unordered = model.family == "multinomial" or (model.family is None and nominal)
    if not (isinstance(column, CodedColumn) and unordered and len(column.labels) > 2):
        answers, codes = outcome_codes(model, column)
        return "bernoulli" if len(answers) == 2 else model.family or "cumulative", answers, codes
    codes = column.codes.astype(np.int64)
    order = np.argsort(given(codes) == 0, kind="stable")
    place = np.argsort(order)
    return "multinomial", tuple(column.labels[one] for one in order), np.where(codes >= 0, place[codes], codes)


def outcome_codes(model: Model, column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Answers from low to high, and each row's code; below 0 where there is none."""
    if not isinstance(column, CodedColumn):
        kind = "a number" if isinstance(column, NumberColumn) else "a question with several answers each"
        message = f"outcome {column.name!r}: found {kind}; allowed here is one answer each (Ordered or Categories)"
        raise InputError(message)
    if model.family == "linear":
        message = f"outcome {column.name!r}: found answers; the family linear takes a number (Number in the codebook)"
        raise InputError(message)
    codes = column.codes.astype(np.int64)
    answers = column.labels
    if model.outcome.order is not None:
        if set(model.outcome.order) != set(answers):
            message = (
                f"outcome {column.name!r}: found the answers {', '.join(map(repr, answers))}; the model orders "
                f"{', '.join(map(repr, model.outcome.order))}"
            )
            raise InputError(message)
        place = np.array([model.outcome.order.index(answer) for answer in answers])
        answers, codes = model.outcome.order, np.where(codes >= 0, place[codes], codes)
    elif not column.ordered and len(answers) > 2:
        message = (
            f"outcome {column.name!r}: found {len(answers)} answers in no order; allowed here are ordered ones or two: "
            f"{_ordering(column.name)}, give the model its order, or take the family multinomial"
        )
        raise InputError(message)
    if model.family == "bernoulli" and len(answers) != 2:
        message = f"outcome {column.name!r}: found {len(answers)} answers; bernoulli takes two: use cumulative"
        raise InputError(message)
    if model.family == "conditional-bernoulli":
        message = (
            f"outcome {column.name!r}: conditional-bernoulli takes a question with exactly k answers each (Multiple)"
        )
        raise InputError(message)
    return answers, codes


def _ordering(name: str) -> str:
    """Return how the answers of an outcome are ordered."""
    ordered = f'pd.Categorical(frame["{name}"], categories=[...], ordered=True) or pl.Enum([...])'
    return f"say them from low to high, Ordered in the codebook or, in a frame, {ordered}"
