"""The engines that fit a problem: each takes a `Problem` and returns draws, or estimates with limits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError
from csea_stats.regression.problem import Diagnostic, EngineProblem, Sample

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["sample"]

Engine = Literal["laplace", "nuts"]

GROUPED = 2_000
"""Draws of a chain of NUTS where effects differ between groups: of a spread they are worth fewer."""


def sample(problem: EngineProblem, *, engine: Engine | None = None, seed: int = 1) -> Sample:
    """Draw from a problem's posterior, with the engine asked for or with the first that passes its diagnostics.

    Parameters
    ----------
    problem : EngineProblem
    engine : {"laplace", "nuts"}, optional
        None, the default: `laplace` (`nested` where effects differ between groups), and where one of its diagnostics
        fails, `nuts`; a diagnostic "fallback" says so.
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
    from csea_stats.regression.engines.laplace import laplace
    from csea_stats.regression.engines.nested import nested

    if engine not in (None, "laplace", "nuts"):
        message = f"engine: found {engine!r}; allowed is 'laplace', 'nuts', or None for the first that passes"
        raise InputError(message)

    def chains() -> Sample:
        from csea_stats.regression.engines.nuts import nuts

        return nuts(problem, seed=seed, draws=GROUPED if problem.spreads else 1_000)

    weighted = nested if problem.spreads else laplace
    return in_turn(engine, lambda: weighted(problem, seed=seed), chains)


def in_turn(engine: str | None, near: Callable[[], Sample], far: Callable[[], Sample]) -> Sample:
    """Return the draws of the engine asked for, or those of `near` if they pass their diagnostics, else of `far`.

    Parameters
    ----------
    engine : {"laplace", "nuts"} or None
    near, far : callable
        Draw by importance sampling, and by NUTS.
    """
    why = ""
    if engine != "nuts":
        first = near()
        failed = [diagnostic.text for diagnostic in first.diagnostics if diagnostic.state == "fail"]
        if engine == "laplace" or not failed:
            return first
        why = " ".join(failed)
    second = far()
    if engine == "nuts":
        return second
    text = f"Importance sampling failed ({why}); NUTS drew instead."
    told = Diagnostic(name="fallback", value=1.0, state="warn", text=text)
    return replace(second, diagnostics=(told, *second.diagnostics))
