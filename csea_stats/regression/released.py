"""What of a fit of respondents' answers may be passed on: its numbers to two figures, if tables of them could be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError, check_kind
from csea_stats.publication.writing import checked_folder, write_files
from csea_stats.regression.groups import named_effects
from csea_stats.regression.storing import ARCHIVE
from csea_stats.respondents.disclosure_rules import Disclosure, rule_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from csea_stats.regression.fitted import FittedModel
    from csea_stats.regression.problem import Array
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates

    Json = dict[str, Any]

Release = bool | str | Disclosure
"""Whether something may be passed on, and by which rule; True: by "standard"."""

FORMAT = "csea-released-fit/1"

FIGURES = 2
"""Significant figures of every number."""

SPARE = 10
"""Respondents more than coefficients and thresholds, at least."""


def save_released(
    fit: FittedModel, path: str | os.PathLike[str], effects: Estimates, coefficients: Estimates, *, release: Release
) -> Path:
    """Write what may be passed on; see `Fit.save`."""
    rule = check_released("save", fit, release)
    if (checked_folder(path) / ARCHIVE).exists():
        message = f"{path}: holds a fit with each respondent's answers; allowed is another folder for what is passed on"
        raise InputError(message)
    body = {"format": FORMAT, **_told(fit, effects, coefficients, rule)}
    text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    files = [("fit-released.json", text.encode()), ("model.toml", fit.model.to_toml().encode())]
    return write_files(path, files)[0].parent


def check_released(what: str, fit: FittedModel, release: Release) -> Disclosure:
    """Return the rule by which a fit may be passed on; refuse one that tells as much as a table that the rule hides.

    A fit tells about as much as its outcome's answers in all and by each predictor: their sums are what its likelihood
    looks at. So each of these counts is held to the rule's minimum, each group to its smallest, an interaction by the
    groups of both. A fit of counts that are public, or of made-up answers, may always be passed on.

    Raises
    ------
    InputError
        With the table that the rule would hide.
    """
    check_kind("release", release, bool, str, Disclosure)
    rule = rule_of(None if release is True else release)  # type: ignore[arg-type]
    if not fit.holds_answers:
        return rule
    fit.refuse_imputed(f"{what}(release=...)")
    if fit.design.several or fit.design.trials is not None:
        message = f"{what}(release=...): found a fit of several answers of each respondent; {_INSTEAD}"
        raise InputError(message)
    problem = fit.design.problem()
    wide = sum(np.shape(one)[1] for one in (problem.linear, *problem.steps))
    count = wide + (1 if problem.family == "linear" else len(fit.design.answers) - 1)
    if fit.design.people - count < SPARE:
        message = (
            f"{what}(release=...): found {number_of(fit.design.people, 'respondents')} and {count} coefficients; "
            f"allowed are at least {SPARE} respondents more"
        )
        raise InputError(message)
    for words, table in _tables(fit):
        small = table.min() < rule.minimum
        if small or table.sum(axis=1).min() < rule.group:
            found = "an answer" if small else "a group"
            least = rule.minimum if small else rule.group
            message = (
                f"{what}(release=...): {words} has {found} of fewer than {least}, which the rule hides; {_INSTEAD}"
            )
            raise InputError(message)
    return rule


_INSTEAD = "allowed is a fit of what may be told: csea_stats.fit(model, csea_stats.release(data))"


def _tables(fit: FittedModel) -> Iterator[tuple[str, Array]]:
    """Yield the outcome's answers in all, by each predictor's levels and each group, and by both of an interaction."""
    design = fit.design
    answers = design.tables[0]
    yield f"“{design.outcome}”", answers.sum(axis=0, keepdims=True)
    coded = {
        one.name: design.patterns[:, place].astype(int) for place, one in enumerate(design.variables) if one.labels
    }
    coded |= {name: np.asarray(codes) for name, _, codes in design.groups}
    pairs = [one.between for one in fit.model.interaction if set(one.between) <= coded.keys()]
    for names in [*((name,) for name in coded), *pairs]:
        levels = np.unique(np.stack([coded[name] for name in names]), axis=1, return_inverse=True)[1].ravel()
        table = np.stack([answers[levels == level].sum(axis=0) for level in range(levels.max() + 1)])
        yield f"“{design.outcome}” by {' and '.join(f'“{name}”' for name in names)}", table


def _told(fit: FittedModel, effects: Estimates, coefficients: Estimates, rule: Disclosure) -> Json:
    told: Json = {
        "rule": rule.text if fit.holds_answers else None,
        "synthetic": fit.synthetic,
        "formula": fit.model.formula,
        "outcome": fit.design.outcome,
        "answers": list(fit.design.answers),
        "respondents": fit.design.people,
        "method": fit.method,
        "engine": fit.engine,
        "versions": dict(fit.provenance.versions),
        "effects": [_row(one) for one in effects],
        "coefficients": [_row(one) for one in coefficients],
    }
    if fit.bayes:
        named = _named(fit)
        names = [f"{name} {k + 1}" if one.shape[1] > 1 else name for name, one in named for k in range(one.shape[1])]
        table = np.atleast_2d(np.cov(np.concatenate([one for _, one in named], axis=1), rowvar=False))
        told["covariance"] = {"names": names, "values": [[_rounded(float(one)) for one in row] for row in table]}
    told["caveats"] = sorted({doubt.code for one in effects for doubt in one.caveats})  # a text may tell a count
    return told


def _named(fit: FittedModel) -> list[tuple[str, Array]]:
    """Return the draws of coefficients and thresholds, not of the effects of single groups or people."""
    apart = {name for name, _ in named_effects(fit.design)} if fit.design.grouped else set()
    return [(name, one.reshape(len(one), -1)) for name, one in fit.draws.items() if name not in apart]


def _row(one: Estimate) -> Json:
    """Return an estimate to two figures, whom it speaks for, and its interval's level and kind."""
    told: Json = {"item": one.item, "estimand": one.estimand, "target": one.target.words if one.target else None}
    told["estimate"] = None if one.value is None else _rounded(one.value)
    for name, span in (("interval", one.interval), ("companion", one.companion)):
        told[name] = span and {
            "lower": _rounded(span.lower),
            "upper": _rounded(span.upper),
            "level": span.level,
            "kind": span.kind,
            "method": span.method,
        }
    return told


def _rounded(value: float) -> float | None:
    return float(f"{value:.{FIGURES}g}") if np.isfinite(value) else None
