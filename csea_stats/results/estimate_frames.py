"""Estimates as flat rows: one for each estimate, and parts that its id joins to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.publication.table_parts import FlatTable
from csea_stats.results.phrases import is_synthetic
from csea_stats.targets.populations import FinitePopulation, Population, Respondents, Selection, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from csea_stats.results.values import Base, EstimateFields, Interval

Part = Literal["estimates", "intervals", "counts", "verdicts", "notes"]

Entry = str | int | float | None

TARGETS: dict[type, str] = {
    Respondents: "respondents",
    Superpopulation: "people",
    FinitePopulation: "finite",
    Population: "population",
}
"""How a row names a class of targets."""

KINDS: dict[str, str] = {
    "share": "share",
    "difference": "effect",
    "ratio": "ratio",
    "log-odds": "coefficient",
    "correlation": "correlation",
    "rank": "rank",
    "count": "count",
    "score": "average",
    "average": "average",
}
"""What a row calls an estimand that a fit or a test tells in words of its own, by its scale."""

NAMED = (
    "share",
    "share, jointly",
    "cumulative share",
    "weighted share",
    "share in the group",
    "share outside the group",
    "share of all who began",
    "difference",
    "paired difference",
    "difference between groups",
    "ratio of the shares",
    "odds ratio",
    "superiority",
    "tipping point",
    "rank, jointly",
    "mean",
    "median",
)
"""Estimands that a row calls by their own name."""

COLUMNS: dict[Part, tuple[str, ...]] = {
    "estimates": (
        *("id", "question", "outcome", "by", "from", "to", "estimand", "scale", "target", "tau", "count", "base"),
        *("value", "set_low", "set_high", "cri_low", "cri_high", "ci_low", "ci_high", "level", "verdict", "notes"),
    ),
    "intervals": ("id", "role", "kind", "lower", "upper", "level", "method", "family", "prior"),
    "counts": ("id", "group", "count_low", "count_high", "base_low", "base_high"),
    "verdicts": ("id", "threshold", "direction", "word", "why", "probability_low", "probability_high"),
    "notes": ("id", "code", "severity", "text"),
}
"""The columns of each part; ``id`` joins them."""

CATEGORIES = ("estimand", "scale", "target", "verdict", "role", "kind", "direction", "word", "severity", "code")

WHOLE = ("count", "base", "count_low", "count_high", "base_low", "base_high", "family")

REAL = (
    *("tau", "value", "set_low", "set_high", "cri_low", "cri_high", "ci_low", "ci_high", "level"),
    *("lower", "upper", "threshold", "probability_low", "probability_high"),
)


def estimand_name(estimate: EstimateFields) -> str:
    """Return what a row calls an estimand: one of a closed list."""
    if estimate.comparison is not None and estimate.comparison.change:
        return "effect"
    return estimate.estimand if estimate.estimand in NAMED else KINDS[estimate.scale]


def outcome_name(estimate: EstimateFields) -> str:
    """Return the answer, or sum of answers, that an estimate is about, without the groups that it compares."""
    item, compared = estimate.item or "", estimate.comparison
    if compared is None:
        return item
    for ending in (f": {compared.level} minus {compared.reference}", f" among {compared.level}"):
        item = item.removesuffix(ending)
    return item


def row_name(estimate: EstimateFields) -> str:
    """Return what the row of an estimate is called: of an answer with all below it "fair or lower"."""
    name = outcome_name(estimate)
    summed = estimate.estimand == "cumulative share" and name and " or lower" not in name
    return f"{name} or lower" if summed else name


def _tau(target: Target) -> float | None:
    selection = getattr(target, "selection", None)
    return selection.tau if isinstance(selection, Selection) else None


def ids(estimates: Iterable[EstimateFields]) -> list[str]:
    """Return an id for each estimate: question, answer, estimand, target, and a number where that is not enough.

    Examples
    --------
    >>> from csea_stats import TIERS, proportion
    >>> ids(proportion(35, 49, target=TIERS))[1:3]
    ['share/people', 'share/population-0.25']
    """
    seen: dict[str, int] = {}
    found = []
    for one in estimates:
        tau = _tau(one.target)
        target = TARGETS[type(one.target)] + ("" if tau is None else f"-{tau:g}")
        stamp = "SYNTHETIC" if is_synthetic((one,)) else ""
        name = "/".join(filter(None, (stamp, one.question, _slug(one.item), _slug(estimand_name(one)), target)))
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def _slug(text: str | None) -> str:
    return re.sub(r"[^\w.+-]+", "-", text or "").strip("-").lower()


def _estimate_rows(name: str, one: EstimateFields) -> Iterator[tuple[Entry, ...]]:
    compared = one.comparison
    by = (None, None, None) if compared is None else (compared.by, compared.reference or None, compared.level or None)
    single = len(one.base) == 1 and len(one.counts) == 1 and len(one.counts[0]) == 1
    base = one.base[0] if len(one.base) == 1 else None
    ends: dict[str, tuple[Entry, Entry]] = {"credible": (None, None), "confidence": (None, None)}
    for span in (one.companion, one.interval):
        if span is not None:
            ends[span.kind] = span.lower, span.upper
    yield (
        *(name, one.question, outcome_name(one) or None, *by),
        *(estimand_name(one), one.scale, TARGETS[type(one.target)], _tau(one.target)),
        *(one.counts[0][0] if single else None, base if isinstance(base, int) else None),
        *(one.value, *(one.bounds or (None, None)), *ends["credible"], *ends["confidence"]),
        *(one.interval.level if one.interval else None, one.verdict.word if one.verdict else None),
        "; ".join(dict.fromkeys(doubt.code for doubt in one.caveats)),
    )


def _interval_rows(name: str, one: EstimateFields) -> Iterator[tuple[Entry, ...]]:
    told: list[tuple[str, Interval | None, str | None]] = [("main", one.interval, None)]
    told += [("companion", one.companion, None), *(("strip", span, prior) for prior, span in one.sensitivity)]
    for role, span, prior in told:
        if span is not None:
            limits = (span.kind, span.lower, span.upper, span.level, span.method, span.simultaneous)
            yield (name, role, *limits, prior)


def _count_rows(name: str, one: EstimateFields) -> Iterator[tuple[Entry, ...]]:
    names = one.comparison.groups if one.comparison else ()
    for place, values in enumerate(zip(*one.counts, strict=True)):
        base = _ends(one.base[place] if place < len(one.base) else one.base[-1]) if one.base else (None, None)
        yield (name, names[place] if place < len(names) else None, min(values), max(values), *base)


def _ends(base: Base) -> tuple[int, int]:
    return (base, base) if isinstance(base, int) else (min(base), max(base))


def _verdict_rows(name: str, one: EstimateFields) -> Iterator[tuple[Entry, ...]]:
    if one.verdict is not None:
        found = one.verdict
        yield (name, found.threshold, found.direction, found.word, found.why, *(one.probability or (None, None)))


def _note_rows(name: str, one: EstimateFields) -> Iterator[tuple[Entry, ...]]:
    for doubt in one.caveats:
        yield (name, doubt.code, doubt.severity, doubt.text)


ROWS: dict[Part, Callable[[str, EstimateFields], Iterator[tuple[Entry, ...]]]] = {
    "estimates": _estimate_rows,
    "intervals": _interval_rows,
    "counts": _count_rows,
    "verdicts": _verdict_rows,
    "notes": _note_rows,
}


def part_rows(estimates: Sequence[EstimateFields], part: Part = "estimates") -> list[tuple[Entry, ...]]:
    """Return the rows of a part, as long as its `COLUMNS`.

    Raises
    ------
    InputError
        For another part.
    """
    if part not in ROWS:
        message = f"part: found {in_short(part)}; allowed is one of {', '.join(map(repr, ROWS))}"
        raise InputError(message)
    return [row for name, one in zip(ids(estimates), estimates, strict=True) for row in ROWS[part](name, one)]


def tidy(estimates: Sequence[EstimateFields]) -> FlatTable:
    """Return estimates as the rows that a table or a figure shows the numbers of."""
    return FlatTable(columns=COLUMNS["estimates"], rows=tuple(part_rows(estimates)))


def part_frame(estimates: Sequence[EstimateFields], part: Part = "estimates", backend: str = "pandas") -> Any:
    """Return a part as a pandas or polars frame, its columns typed.

    Raises
    ------
    InputError
        For another part or backend.
    """
    rows = part_rows(estimates, part)
    if backend == "polars":
        return _polars(rows, COLUMNS[part])
    if backend != "pandas":
        message = f"backend: found {in_short(backend)}; allowed is 'pandas' or 'polars'"
        raise InputError(message)
    import pandas as pd

    types = dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(REAL, "Float64") | dict.fromkeys(CATEGORIES, "category")
    frame = pd.DataFrame(rows, columns=list(COLUMNS[part]))
    return frame.astype({name: types.get(name, "str") for name in COLUMNS[part]})


def _polars(rows: Sequence[tuple[Entry, ...]], columns: Sequence[str]) -> Any:
    try:
        import polars as pl
    except ImportError as error:
        from csea_stats.errors import MissingPackage

        raise MissingPackage("polars", "a polars frame") from error
    types: dict[str, Any] = dict.fromkeys(WHOLE, pl.Int64) | dict.fromkeys(REAL, pl.Float64)
    types |= dict.fromkeys(CATEGORIES, pl.Categorical)
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in columns}, orient="row")
