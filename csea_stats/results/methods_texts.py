"""How estimates were made, as a paragraph for a methods section: from what was run, not from what could be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.publication.lettered_notes import joined
from csea_stats.results.citable import methods_note
from csea_stats.results.estimate_frames import estimand_name
from csea_stats.results.numbers import level_words, number_of, ratio
from csea_stats.results.phrases import is_synthetic
from csea_stats.targets.populations import Population, Selection, SelectionBounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from csea_stats.results.values import EstimateFields

MethodsLength = Literal["paragraph", "sentence"]

PLURALS = {
    "share": "shares",
    "difference": "differences of shares",
    "effect": "average effects",
    "coefficient": "coefficients",
}


def methods_text(estimates: Sequence[EstimateFields], length: MethodsLength = "paragraph") -> str:
    """Return how some estimates were made.

    Parameters
    ----------
    estimates : sequence of Estimate
    length : {"paragraph", "sentence"}

    Raises
    ------
    InputError
        For another length, or without an estimate.

    Examples
    --------
    >>> from csea_stats import proportion
    >>> print(methods_text([proportion(35, 49)], "sentence"))
    Shares of 49 respondents with 95% intervals: CrI, credible interval (Jeffreys); CI, confidence interval (Wilson).
    """
    if length not in ("paragraph", "sentence"):
        message = f"length: found {in_short(length)}; allowed is 'paragraph' or 'sentence'"
        raise InputError(message)
    if not estimates:
        message = "estimates: found none; methods are told of at least one"
        raise InputError(message)
    parts = list(_parts(estimates))
    return parts[0] if length == "sentence" else " ".join(parts)


def _parts(estimates: Sequence[EstimateFields]) -> Iterator[str]:
    names = dict.fromkeys(PLURALS.get(name, name) for name in map(estimand_name, estimates))
    what = joined(list(names)[:4], "and") + (" and others" if len(names) > 4 else "")
    bases = dict.fromkeys(one.base for one in estimates if len(one.base) == 1)
    people = f" of {number_of(next(iter(bases))[0], estimates[0].target.many)}" if len(bases) == 1 else ""
    levels = joined(sorted({level_words(one.interval.level) for one in estimates if one.interval}), "and")
    spans = f" with {levels} intervals: {methods_note(estimates)}" if levels else "."
    yield f"{what[:1].upper()}{what[1:]}{people}{spans}"
    surveys = dict.fromkeys(one.provenance.survey for one in estimates if one.provenance.survey)
    if surveys:
        yield f"Counts are those of {joined(list(surveys), 'and')}."
    if any(len(set(one.counts)) > 1 for one in estimates):
        yield (
            "Where print leaves several counts possible, every one was carried on: an interval covers the intervals of "
            "all of them."
        )
    if any(one.interval and one.interval.simultaneous > 1 for one in estimates):
        yield "Simultaneous intervals hold jointly for the numbers that each says."
    verdicts = [one.verdict for one in estimates if one.verdict is not None and one.interval is not None]
    if verdicts:
        exact = ", and an exact test at the same level agrees" if any(one.rate is not None for one in verdicts) else ""
        yield (
            "A statement is called supported, or contradicted, only where the credible and the confidence interval, "
            f"and the interval under every other customary prior, lie on one side of its threshold{exact}; otherwise "
            "it is not settled."
        )
        number = f"{number_of(len(verdicts), 'statements')} {'was' if len(verdicts) == 1 else 'were'}"
        yield f"{number} tested so, without adjustment for their number."
    yield from assumed({one.target.selection for one in estimates if isinstance(one.target, Population)})
    if is_synthetic(estimates):
        yield "SYNTHETIC: the answers are made up from printed margins; no number is evidence."
    versions = dict(pair for one in estimates for pair in one.provenance.versions)
    if versions:
        told = ", ".join(f"{name} {number}" for name, number in versions.items())
        seeds = sorted({one.provenance.seed for one in estimates if one.provenance.seed is not None})
        yield f"Software: {told}" + (f"; seed {', '.join(map(str, seeds))}." if seeds else ".")


def assumed(strengths: Iterable[Selection | SelectionBounds]) -> Iterator[str]:
    """Yield what is supposed of who took part."""
    known = tuple(strengths)
    priors = sorted(one.ratio for one in known if isinstance(one, Selection))
    if priors:
        within = joined([ratio(one) for one in priors], "or")
        yield (
            "For the population, the log of the ratio at which those who say so and the others take part has a normal "
            f"prior, so that the ratio lies within about {within} times either way with 95% probability; this is "
            "assumed, not estimated."
        )
    bounds = sorted(one.ratio for one in known if isinstance(one, SelectionBounds))
    if bounds:
        within = joined(["without limit" if one == math.inf else f"within {ratio(one)} times" for one in bounds], "or")
        yield f"Bounds for the population hold for every participation ratio, {within} either way."
