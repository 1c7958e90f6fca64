"""The certificate of a model with an engine: many fits, and what their ranks and intervals say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from csea_stats.calibration.coverage import six_decimals
from csea_stats.calibration.fingerprints import code_fingerprint, package_version
from csea_stats.calibration.replicates import run
from csea_stats.calibration.simulated import FIXED, RANKED, Calibrated, effect_words
from csea_stats.errors import InputError, check_choice
from csea_stats.regression.fitting import ENGINES, as_model
from csea_stats.regression.library import model_names
from csea_stats.results.certificates import BINS, Certificate, Ranked, Situation
from csea_stats.survey.loading import load_survey
from csea_stats.synthesis.synthesise import synthesise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.calibration.replicates import Row, Workers
    from csea_stats.calibration.simulated import Engine
    from csea_stats.regression.model import Model

FEWER = 4
"""Sets of answers drawn from the prior for each one drawn at a fixed truth."""

COVERED = ("laplace", "slice")
"""Engines of which intervals are counted at fixed truths: that is about the posterior, whoever draws from it."""

SHIPPED = "bosnia-herzegovina-2021"
"""The survey whose made-up answers give shipped models their predictors."""

CODE = {
    engine: ("regression/densities", *(f"regression/engines/{name}" for name in names))
    for engine, names in {
        "laplace": (
            *("conditional", "families", "group_cells", "laplace", "likelihood", "linear", "links", "nested", "nets"),
            *("objectives", "prior_densities", "proposal", "tilts", "weights"),
        ),
        "slice": (
            *("conditional", "families", "group_cells", "laplace", "likelihood", "linear", "links", "nested", "nets"),
            *("objectives", "prior_densities", "proposal", "slices", "tilts", "weights"),
        ),
        "nuts": ("links", "nuts", "tilts"),
    }.items()
}
"""Files that draw, by the engine."""


def certify_model(  # noqa: PLR0913 - what `certify` is asked
    what: object, data: Any, engine: str | None, level: float, replicates: int, *, workers: Workers, folder: Any = None
) -> Certificate:
    """Return the certificate of a model; see `csea_stats.certify`."""
    model = as_model(what)
    used = cast("Engine", "laplace" if engine is None else check_choice("method of a model", engine, ENGINES["bayes"]))
    answers = shipped_answers(model) if data is None else data
    drawn = Calibrated.of(model, answers, used, level)
    rows: dict[str, list[Row]] = {}
    for fixed in ("", *(FIXED if used in COVERED else ())):
        task = replace(drawn, fixed=fixed)
        file = None if folder is None else Path(folder) / f"{task.fingerprint}.jsonl"
        rows[fixed] = run(task, max(replicates // FEWER, 1) if fixed else replicates, file, workers)
    drawn_freely = rows.pop("")
    return Certificate(
        what=model.id or model.formula,
        method=used,
        kind="credible",
        level=level,
        coverage=(),
        verdict=(),
        situations=tuple(
            Situation(
                n=(drawn.design.people,),
                situation=f"{fixed}: {effect_words(effect)}",
                coverage=six_decimals(np.mean([row[1 + place] for row in found])),
                replicates=len(found),
            )
            for fixed, found in rows.items()
            for place, effect in enumerate(drawn.effects)
        ),
        ranks=ranked(drawn.names, drawn_freely),
        replicates=replicates,
        failed=sum(row[0] for row in drawn_freely),
        version=package_version(),
        code=code_fingerprint(CODE[used]),
    )


def shipped_answers(model: Model) -> Any:
    """Return made-up answers for a shipped model.

    Raises
    ------
    InputError
        If it is none of those.
    """
    if model.id not in model_names():
        message = "data: found None; allowed for a model of your own are the answers whose predictors it takes"
        raise InputError(message)
    return synthesise(load_survey(SHIPPED), seed=1)


def ranked(names: Sequence[str], rows: Sequence[Row]) -> tuple[Ranked, ...]:
    """Return how even the ranks of each quantity are."""
    found, expected = np.array([row[1:] for row in rows], dtype=int), len(rows) / BINS
    told = []
    for name, ranks in zip(names, found.T, strict=True):
        counts = np.bincount(ranks * BINS // (RANKED + 1), minlength=BINS)
        inside = ((ranks >= 0.05 * (RANKED + 1)) & (ranks < 0.95 * (RANKED + 1))).mean()
        chi2 = float(((counts - expected) ** 2 / expected).sum())
        told.append(Ranked(quantity=name, chi2=round(chi2, 4), inside=six_decimals(inside)))
    return tuple(told)
