"""The engines that fit a problem: each takes a `Problem` and returns draws, or estimates with limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from csea_stats.errors import InputError
from csea_stats.regression.problem import Diagnostic, EngineProblem, Sample

__all__ = ["quick", "sample"]

Engine = Literal["laplace", "slice", "nuts"]

GROUPED = 2_000
"""Draws of a chain of NUTS where effects differ between groups: of a spread they are worth fewer."""


def sample(problem: EngineProblem, *, engine: Engine | None = None, seed: int = 1) -> Sample:
    """Draw from a problem's posterior, with the engine asked for or with the first that passes its diagnostics.

    Parameters
    ----------
    problem : EngineProblem
    engine : {"laplace", "slice", "nuts"}, optional
        None, the default: `laplace` (`nested` where effects differ between groups); where one of its diagnostics fails,
        `slice`; where that fails, `nuts`. A diagnostic "fallback" says so.
    seed : int, default 1

    Returns
    -------
    Sample
        Look at `diagnostics`: an engine that was asked for by name is never replaced, failed or not.

    Raises
    ------
    InputError
        If there is no such engine.
    """
    if engine not in (None, "laplace", "slice", "nuts"):
        message = f"engine: found {engine!r}; allowed is 'laplace', 'slice', 'nuts', or None for the first that passes"
        raise InputError(message)
    if engine == "nuts":
        return _chains(problem, seed)
    if engine == "laplace":
        return _weighted(problem, seed, None)
    if engine == "slice":
        return _slices(problem, seed)
    found = quick(problem, seed=seed)
    failed = _failed(found)
    return _after(_chains(problem, seed), found.engine, failed) if failed else found


def quick(problem: EngineProblem, *, seed: int = 1, draws: int | None = None) -> Sample:
    """Draw by importance sampling, or where that fails by slice sampling: never by what compiles a model."""
    first = _weighted(problem, seed, draws)
    failed = _failed(first)
    return _after(_slices(problem, seed, draws), first.engine, failed) if failed else first


WORDS = {
    "laplace": "Importance sampling",
    "slice": "Slice sampling",
    "nuts": "NUTS",
}


def _after(found: Sample, before: str, why: str) -> Sample:
    """Say which engine failed before; a doubt only where none but NUTS was left."""
    text = f"{WORDS[before]} failed ({why}); {WORDS[found.engine]} drew instead."
    told = Diagnostic(name="fallback", value=1.0, state="warn" if found.engine == "nuts" else "pass", text=text)
    return replace(found, diagnostics=(told, *found.diagnostics))


def _failed(found: Sample) -> str:
    return " ".join(one.text for one in found.diagnostics if one.state == "fail")


def _weighted(problem: EngineProblem, seed: int, draws: int | None) -> Sample:
    from csea_stats.regression.engines.laplace import laplace
    from csea_stats.regression.engines.nested import nested

    number = {} if draws is None else {"draws": draws}
    return (nested if problem.spreads else laplace)(problem, seed=seed, **number)


def _slices(problem: EngineProblem, seed: int, draws: int | None = None) -> Sample:
    from csea_stats.regression.engines.slices import slices

    return slices(problem, seed=seed, **({} if draws is None else {"draws": draws}))


def _chains(problem: EngineProblem, seed: int) -> Sample:
    from csea_stats.regression.engines.nuts import nuts

    return nuts(problem, seed=seed, draws=GROUPED if problem.spreads else 1_000)
