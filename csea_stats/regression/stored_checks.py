"""Whether what a saved fit holds goes together: kinds of values, shapes of arrays, numbers that can be."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.regression.fitting import ENGINES
from csea_stats.regression.groups import named_effects
from csea_stats.regression.problem import Diagnostic, Limits
from csea_stats.regression.variables import FARTHEST
from csea_stats.results.field_kinds import is_kind
from csea_stats.results.values import Caveat, Provenance
from csea_stats.survey.source import TargetWords

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Profiled, Sample
    from csea_stats.regression.variables import Variable

TEXTS = tuple[str, ...]

OF_FIT = {
    "method": str,
    "engine": str,
    "seed": int,
    "synthetic": bool,
    "level": float,
    "taken": TEXTS,
    "provenance": Provenance,
    "words": TargetWords | None,
}

OF_DESIGN = {
    "outcome": str,
    "answers": TEXTS,
    "left_out": tuple[tuple[str, int], ...],
    "doubts": tuple[Caveat, ...],
    "family": str,
    "unit": str,
}

OF_RESULT = {
    "engine": str,
    "chains": int,
    "replicates": int,
    "versions": tuple[tuple[str, str], ...],
    "log_likelihood": float,
    "method": str,
    "level": float,
}


def check_stored(fit: FittedModel) -> None:
    """Refuse values that do not go together.

    Raises
    ------
    ValueError
        What does not go with what.
    """
    wrong = _of_other_kind(fit, OF_FIT)
    if "level" not in wrong and not 0 < fit.level < 1:
        wrong.append("level")
    if fit.engine not in (*ENGINES.get(fit.method, ()), "prior"):
        wrong.append("engine")
    if not fit.readings or not (fit.bayes or fit.counterpart):
        wrong.append("readings")
    wrong += _wrong_design(fit.design)
    if not wrong:
        readings = [*fit.readings, *fit.counterpart, *(one for _, under in fit.strip for one in under)]
        wrong += [f"{one.place + 1}. reading" for one in readings if not _goes_with(one)]
    if wrong:
        message = f"what does not go with the rest: {', '.join(wrong)}"
        raise ValueError(message)


def _of_other_kind(value: Any, kinds: dict[str, Any]) -> list[str]:
    """Return the fields that a value has of another kind."""
    return [name for name, hint in kinds.items() if hasattr(value, name) and not is_kind(getattr(value, name), hint)]


def _wrong_design(design: Design) -> Iterator[str]:
    """Say what of a design does not go with the rest of it."""
    yield from _of_other_kind(design, OF_DESIGN)
    patterns, wide = design.patterns, len(design.answers)
    if patterns.shape[1:] != (len(design.variables),) or not _finite(patterns):
        yield "patterns"
        return
    yield from (one.name for place, one in enumerate(design.variables) if not _is_variable(one, patterns[:, place]))
    if design.numbers is not None and design.numbers.shape != (wide,):
        yield "numbers"
    if not all(one.shape == (len(patterns), wide) and _are_people(one) for one in (*design.tables, *design.imputed)):
        yield "tables"
    trials = design.trials
    if trials is not None and not (
        trials.shape == (len(trials), 3)
        and _are_codes(trials[:, 0], len(patterns))
        and np.all((trials[:, 1] >= 0) & (trials[:, 1] <= trials[:, 2]))
    ):
        yield "trials"
    each = design.answered or ()
    sizes = (len(patterns), len(design.items), max(wide, 2))
    if len({one.shape for one in each}) > 1 or not all(map(_are_codes, each, sizes)):
        yield "answers"
    for name, labels, codes in design.groups:
        if codes.shape != (len(patterns),) or not _are_codes(codes, len(labels)):
            yield str(name)
    rows = design.rows
    if rows is not None and not (rows.index.ndim == 1 and rows.cells.ndim == 2 and len(rows.cells) == len(rows.index)):
        yield "rows"


def _is_variable(variable: Variable, values: Any) -> bool:
    """Whether a predictor's levels are those of its labels, and its averages as many as its columns."""
    labels, levels = variable.labels, variable.levels
    if not (is_kind(labels, TEXTS) and is_kind(variable.unit, str) and is_kind(variable.scale, float)):
        return False
    wide = 1 if variable.shape in ("number", "score") else len(labels) - 1
    if levels.ndim != 1 or len(levels) < 2 or variable.means.shape != (wide,):
        return False
    if labels and not (_are_codes(levels, len(labels)) and _are_codes(values, len(labels))):
        return False
    numbers = np.concatenate([levels, values, variable.means])
    return 1 / FARTHEST <= variable.scale <= FARTHEST and bool(np.all(np.abs(numbers) <= FARTHEST))  # NaN is not


def _are_codes(codes: Any, number: int) -> bool:
    """Whether an array holds whole numbers from 0 to below another."""
    return bool(codes.ndim == 1 and np.all((codes >= 0) & (codes < number) & (codes == np.floor(codes))))


def _are_people(table: Any) -> bool:
    return _finite(table) and bool(np.all(table >= 0)) and 0 < float(table.sum()) < 1e15


def _finite(array: Any) -> bool:
    return bool(np.all(np.isfinite(array)))


def _is_result(result: Any) -> bool:
    """Whether what is told of draws, or of an estimate, is of its kind; a limit of a coefficient of nobody is NaN."""
    told = [
        *((one, Diagnostic) for one in result.diagnostics),
        *((one, Limits) for one in getattr(result, "limits", ())),
    ]
    return not _of_other_kind(result, OF_RESULT) and all(
        is_kind(replace(one, value=0.0) if one.value != one.value else one, kind) for one, kind in told
    )


def _goes_with(reading: FittedTable) -> bool:
    """Whether the numbers of a reading have the shapes of its design, and are numbers."""
    if reading.place not in range(len(reading.design.tables)):
        return False
    if (sample := reading.sample) is not None:
        return all(_is_sample(reading.design, one) for one in (sample, sample.weighted) if one is not None)
    return reading.profiled is not None and _is_profiled(reading.design.straightened, reading.profiled)


def _is_profiled(design: Design, profiled: Profiled) -> bool:
    """Whether an estimate has the shapes of a design."""
    shapes = [(len(design.cuts),), (len(design.linear_items),)]
    if len(profiled.limits) != len(design.linear_items) * (not design.grouped) or not 0 < profiled.level < 1:
        return False
    if any(one.lower > one.upper or one.value < one.lower or one.value > one.upper for one in profiled.limits):
        return False
    told = (profiled.thresholds, profiled.linear)
    return _is_result(profiled) and [one.shape for one in told] == shapes and not _lacks_numbers(told)


def _is_sample(design: Design, sample: Sample) -> bool:
    """Whether draws have the shapes of a design."""
    if not _is_result(sample) or not sample.thresholds.ndim:
        return False
    draws = len(sample.thresholds)
    firsts = 3 if design.numbers is not None else len(design.cuts) or len(design.items)
    wide = [firsts, len(design.items_of(design.linear_terms)), len(design.monotonic_items)]
    wide += [len(labels) for _, labels in design.step_labels]
    wide += [math.prod(shape) for _, shape in named_effects(design)] if design.grouped else []
    told = [sample.thresholds, sample.linear, sample.monotonic, *sample.zetas, *sample.effects]
    if sample.sds is not None:
        told, wide = [*told, sample.sds], [*wide, len(design.spreads)]
    if [one.shape for one in told] != [(draws, width) for width in wide] or not draws:
        return False
    weights = sample.weights
    if weights is not None and not (weights.shape == (draws,) and _finite(weights) and np.all(weights >= 0)):
        return False
    return not _lacks_numbers(told)


def _lacks_numbers(arrays: Sequence[Any]) -> bool:
    return any(bool(np.any(np.isnan(one))) for one in arrays)
