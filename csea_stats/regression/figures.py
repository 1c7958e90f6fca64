"""A fit drawn on matplotlib axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError
from csea_stats.survey.codebook import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.fits import Fit
    from csea_stats.results.values import Estimate

KINDS = ("effects", "predictions", "prior", "proportional-odds")
COLOURS = ("#1b4965", "#ca6702", "#5f0f40", "#2a9d8f", "#6c757d")
STAMP = "SYNTHETIC: evidence of nothing"


def plot(fit: Fit, kind: str, ax: Any, by: str | None) -> Any:
    """Draw one of `KINDS`.

    Raises
    ------
    InputError
        There is no such kind.
    """
    if kind not in KINDS:
        message = f"plot: found {kind!r}; allowed is one of {', '.join(KINDS)}"
        raise InputError(message)
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
    if kind == "effects":
        forest(ax, list(fit.effects()))
    elif kind == "prior":
        strip(ax, fit)
    elif kind == "proportional-odds":
        from csea_stats.regression.proportional_odds import draw_proportional_odds

        draw_proportional_odds(ax, fit.proportional_odds())
    else:
        predictions(ax, fit, by or fit.design.variables[0].name)
    if fit.synthetic:
        ax.text(0.5, 0.5, STAMP, transform=ax.transAxes, ha="center", va="center", color="#9d0208", alpha=0.5, size=14)
    return ax


def forest(ax: Any, estimates: Sequence[Estimate]) -> None:
    """Both intervals of each difference, in percentage points."""
    for place, one in enumerate(estimates):
        for offset, interval, colour in ((-0.12, one.interval, COLOURS[0]), (0.12, one.companion, COLOURS[1])):
            if interval is not None:
                told = f"{interval.kind} interval ({interval.method})"
                ends = [100 * interval.lower, 100 * interval.upper]
                ax.plot(ends, [place + offset] * 2, color=colour, lw=2.5, label=told if place == 0 else None)
        if one.value is not None:
            ax.plot(100 * one.value, place - 0.12, "o", color=COLOURS[0], ms=5)
    ax.axvline(0, color="#6c757d", lw=1, ls=":")
    ax.set_yticks(range(len(estimates)), [_short(one.estimand) for one in estimates])
    ax.invert_yaxis()
    ax.set_xlabel("Change of the share, percentage points")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.18), ncols=2)


def strip(ax: Any, fit: Fit) -> None:
    """Return the first effects under each prior."""
    own = list(fit.effects())[:4]
    names = [name for name, _ in own[0].sensitivity]
    for place, one in enumerate(own):
        for step, (_, interval) in enumerate(one.sensitivity):
            ends = [100 * interval.lower, 100 * interval.upper]
            label = names[step] if place == 0 else None
            ax.plot(ends, [place + 0.2 * (step - 1)] * 2, color=COLOURS[step], lw=2.5, label=label)
    ax.axvline(0, color="#6c757d", lw=1, ls=":")
    ax.set_yticks(range(len(own)), [_short(one.estimand) for one in own])
    ax.invert_yaxis()
    ax.set_xlabel("Change of the share, percentage points, under each prior of the coefficients")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.18), ncols=3)


def predictions(ax: Any, fit: Fit, by: str) -> None:
    """Return the share of each answer at each level, with its interval."""
    estimates = list(fit.predictions(by=by))
    variable = next(one for one in fit.design.variables if plain(one.name) == plain(by))
    answers = [event.words for event in fit.single_answers()]
    levels = len(estimates) // len(answers)
    for place, answer in enumerate(answers):
        own = estimates[place :: len(answers)]
        at = [level + 0.12 * (place - (len(answers) - 1) / 2) for level in range(levels)]
        middle = [100 * (one.value or 0.0) for one in own]
        low = [100 * one.interval.lower if one.interval else 0.0 for one in own]
        high = [100 * one.interval.upper if one.interval else 0.0 for one in own]
        colour = COLOURS[place % len(COLOURS)]
        ax.vlines(at, low, high, color=colour, lw=2)
        ax.plot(at, middle, "o", color=colour, ms=5, label=answer)
    told = [str(one.item).split("]")[0].removeprefix(f"{by}[") for one in estimates[:: len(answers)]]
    ax.set_xticks(range(levels), told)
    ax.set_xlabel(variable.name)
    ax.set_ylabel("Share, %")
    ax.set_ylim(0, 100)
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=min(5, len(answers)))


def _short(text: str) -> str:
    """Return an estimand for an axis: broken at its comma."""
    return text.removeprefix("difference in the share of ").replace(", ", "\n", 1)
