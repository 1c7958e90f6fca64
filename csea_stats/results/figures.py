"""Estimates as figures for a publication: intervals by row, priors, and what a participation ratio would do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import InputError
from csea_stats.publication.picture import LOOKS, SETTINGS, Look, Picture, Width, blank, broken
from csea_stats.results.citable import methods_note, notes_of
from csea_stats.results.estimate_frames import outcome_name, tidy
from csea_stats.results.numbers import amount_words, level_words, number_of, ratio
from csea_stats.results.phrases import (
    LABELS,
    Telling,
    claim,
    intervals,
    of_people,
    one_number,
    says,
    synthetic,
    value_words,
)
from csea_stats.targets.populations import Population

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.results.values import EstimateFields, Interval

Kind = Literal["forest", "tiers", "prior", "tipping"]

LONGEST = 40
"""Rows of a figure; more are a table's matter."""

FACTOR = {"share": 100.0, "difference": 100.0}

AXES = {
    "share": "percent",
    "difference": "percentage points",
    "ratio": "ratio",
    "log-odds": "log odds",
    "correlation": "correlation",
    "rank": "rank",
    "count": "people",
    "score": "score",
}


def estimates_figure(estimates: Sequence[EstimateFields], kind: Kind | None, *, width: Width, look: Look) -> Picture:
    """Return a figure of estimates.

    Parameters
    ----------
    estimates : sequence of Estimate
    kind : {"forest", "tiers", "prior", "tipping"}, optional
        None: "tiers" of one number for several targets, else "forest".
    width : {"column", "page"} or millimetres
    look : {"paper", "screen", "grey"}

    Raises
    ------
    InputError
        For another kind, or where there is nothing to draw.
    """
    chosen = kind or _kind_of(estimates)
    shown = _picked(estimates, chosen)
    from matplotlib import rc_context

    with rc_context(SETTINGS):
        rows = len(shown[0].sensitivity) if chosen == "prior" else len(shown)
        height = 62.0 if chosen == "tipping" else 24.0 + 8.0 * rows
        figure, ax, colours = blank(width, height, look)
        wide = figure.get_figwidth() * 25.4
        DRAWN[chosen](ax, shown, colours, wide)
    stamp = synthetic(*shown)
    return Picture(
        figure=figure,
        ax=ax,
        caption=f"{stamp}{_caption(chosen, shown)} {methods_note(shown)}",
        notes=tuple(dict.fromkeys(notes_of(shown).values())),
        alt=stamp + _alt(chosen, shown),
        data=tidy(shown),
    )


def draw(estimates: Sequence[EstimateFields], kind: Kind | None, ax: Any, look: Look = "paper") -> Any:
    """Draw estimates on given axes of matplotlib, and return them; title, legend and caption stay outside."""
    chosen = kind or _kind_of(estimates)
    wide = ax.figure.get_figwidth() * 25.4
    DRAWN[chosen](ax, _picked(estimates, chosen), LOOKS[look], wide)
    return ax


def _kind_of(estimates: Sequence[EstimateFields]) -> Kind:
    return "tiers" if one_number(estimates) else "forest"


def _picked(estimates: Sequence[EstimateFields], kind: str) -> list[EstimateFields]:
    if kind not in DRAWN:
        message = f"kind: found {kind!r}; allowed is one of {', '.join(map(repr, DRAWN))}"
        raise InputError(message)
    shown = [one for one in estimates if PICKED[kind](one)]
    if kind == "forest" and shown:
        shown = [one for one in shown if one.scale == shown[0].scale]
    if kind in ("prior", "tipping"):
        shown = shown[:1]
    if not shown:
        message = f"kind: {kind!r} has nothing to draw of these {len(estimates)} estimates"
        raise InputError(message)
    if len(shown) > LONGEST:
        message = f"estimates: found {len(shown)} rows; a figure has {LONGEST} rows at most: where(), or table()"
        raise InputError(message)
    return shown


PICKED: dict[str, Callable[[EstimateFields], bool]] = {
    "forest": lambda one: one.interval is not None and of_people(one),
    "tiers": lambda one: one.interval is not None or one.value is not None,
    "prior": lambda one: bool(one.sensitivity) and of_people(one),
    "tipping": lambda one: (
        one.scale == "share" and of_people(one) and one.interval is not None and one.estimand == "share"
    ),
}


def _name(one: EstimateFields) -> str:
    within = one.comparison is not None and not one.comparison.reference and not one.comparison.change
    change = one.comparison.change if one.comparison else ""
    name = (one.item if within else outcome_name(one)) or one.label or one.estimand
    return f"{change}: {says(one)}" if change else name


def _factor(one: EstimateFields) -> float:
    return FACTOR.get(one.scale, 1.0)


def _bar(ax: Any, interval: Interval, at: float, colours: dict[str, str], *, main: bool, factor: float) -> None:
    """Draw an interval: the one asked for filled, the other outlined, so that grey tells them apart too."""
    low, high = factor * interval.lower, factor * interval.upper
    if math.isinf(high):
        high = ax.get_xlim()[1]
    ax.barh(
        at,
        high - low,
        left=low,
        height=0.22,
        color=colours["main"] if main else colours["back"],
        edgecolor=colours["main"] if main else colours["other"],
        linewidth=0.9,
        hatch=None if main else "////",
    )


def _forest(ax: Any, shown: Sequence[EstimateFields], colours: dict[str, str], wide: float) -> None:
    _rows(ax, shown, [_name(one) for one in shown], colours, wide)


def _tiers(ax: Any, shown: Sequence[EstimateFields], colours: dict[str, str], wide: float) -> None:
    names = []
    for one in shown:
        whom = one.target.words
        if isinstance(one.target, Population):
            whom += f", participation within {ratio(one.target.selection.ratio)} times"
        names.append(whom)
    _rows(ax, shown, names, colours, wide)


def _rows(ax: Any, shown: Sequence[EstimateFields], names: Sequence[str], colours: dict[str, str], wide: float) -> None:
    """Draw a row for each estimate: both intervals, the value, and the threshold."""
    for place, one in enumerate(shown):
        factor = _factor(one)
        pairs = [(span, main) for span, main in ((one.interval, True), (one.companion, False)) if span is not None]
        for index, (span, main) in enumerate(pairs):
            at = place + 0.26 * (index - (len(pairs) - 1) / 2)
            _bar(ax, span, at, colours, main=main, factor=factor)
        if one.value is not None and math.isfinite(one.value):
            ax.plot([factor * one.value] * 2, [place - 0.32, place + 0.32], color=colours["ink"], linewidth=1.4)
    thresholds = {one.threshold for one in shown if one.threshold is not None and one.verdict}
    for threshold in thresholds if len(thresholds) == 1 else ():
        ax.axvline(_factor(shown[0]) * threshold, color=colours["soft"], linewidth=0.7, linestyle=(0, (4, 2)))
    ax.set_yticks(range(len(shown)), list(broken(names, max(14, int(wide / 4.5)))))
    ax.set_ylim(len(shown) - 0.4, -0.6)
    _framed(ax, shown[0], colours, told=len({one.base for one in shown}) == 1)


def _framed(ax: Any, one: EstimateFields, colours: dict[str, str], *, told: bool = True) -> None:
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0, colors=colours["ink"])
    ax.tick_params(axis="x", colors=colours["soft"])
    bases = f", {number_of(one.base[0], one.target.many)}" if told and len(one.base) == 1 else ""
    ax.set_xlabel(f"{AXES[one.scale]}{bases}", color=colours["soft"])
    if one.scale == "share":
        ax.set_xlim(0, 100)
    if one.scale == "ratio":
        ax.set_xscale("log")


def _prior(ax: Any, shown: Sequence[EstimateFields], colours: dict[str, str], wide: float) -> None:
    (one,) = shown
    names = []
    for place, (name, interval) in enumerate(one.sensitivity):
        main = one.interval is not None and interval == one.interval
        _bar(ax, interval, place, colours, main=main, factor=_factor(one))
        names.append(name)
    if one.threshold is not None:
        ax.axvline(_factor(one) * one.threshold, color=colours["soft"], linewidth=0.7, linestyle=(0, (4, 2)))
    ax.set_yticks(range(len(names)), list(broken(names, max(14, int(wide / 4.5)))))
    ax.set_ylim(len(names) - 0.4, -0.6)
    _framed(ax, one, colours)


def moved(share: float, participation: float) -> float:
    """Return the share in a population of which those who say so took part so many times as readily as the others.

    Examples
    --------
    >>> moved(0.5, 1.0), round(moved(35 / 49, 2.5), 3)
    (0.5, 0.5)
    """
    return share / (share + participation * (1 - share)) if 0 < share < 1 else share


def _tipping(ax: Any, shown: Sequence[EstimateFields], colours: dict[str, str], _: float) -> None:
    """Draw the limits of a share against the participation ratio, and where the nearer one meets the threshold."""
    (one,) = shown
    ratios = [10 ** (step / 60) for step in range(-60, 61)]
    styles = {"credible": (colours["main"], "-", 0.22), "confidence": (colours["other"], (0, (4, 2)), 0.0)}
    for span in (one.interval, one.companion):
        if span is None:
            continue
        colour, line, fill = styles[span.kind]
        low, high = ([100 * moved(end, r) for r in ratios] for end in (span.lower, span.upper))
        name = f"{level_words(span.level)} {LABELS[span.kind]}"
        ax.plot(ratios, low, color=colour, linestyle=line, label=name)
        ax.plot(ratios, high, color=colour, linestyle=line)
        if fill:
            ax.fill_between(ratios, low, high, color=colour, alpha=fill, linewidth=0)
    if one.value is not None:
        ax.plot(
            ratios, [100 * moved(one.value, r) for r in ratios], color=colours["ink"], linewidth=0.9, label="as counted"
        )
    threshold = 0.5 if one.threshold is None else one.threshold
    ax.axhline(100 * threshold, color=colours["soft"], linewidth=0.7, linestyle=(0, (1, 2)))
    if (at := tips_at(one, threshold)) is not None and ratios[0] < at < ratios[-1]:
        ax.plot([at], [100 * threshold], marker="o", markersize=4, color=colours["ink"])
        ax.annotate(ratio(at), (at, 100 * threshold), textcoords="offset points", xytext=(4, 5), color=colours["ink"])
    ax.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlim(ratios[0], ratios[-1])
    ax.set_ylim(0, 100)
    ax.set_xlabel("participation ratio of those who say so", color=colours["soft"])
    ax.set_ylabel("share in the population, %", color=colours["soft"])
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(frameon=False, fontsize=7, loc="best")


def tips_at(one: EstimateFields, threshold: float) -> float | None:
    """Return the participation ratio at which the nearer of both limits meets the threshold.

    None where an interval holds the threshold.
    """
    spans = [span for span in (one.interval, one.companion) if span is not None]
    lows, highs = [span.lower for span in spans], [span.upper for span in spans]
    end = min(lows) if min(lows) > threshold else max(highs) if max(highs) < threshold else None
    if end is None or not 0 < end < 1 or not 0 < threshold < 1:
        return None
    return end * (1 - threshold) / ((1 - end) * threshold)


DRAWN: dict[str, Callable[[Any, Sequence[EstimateFields], dict[str, str], float], None]] = {
    "forest": _forest,
    "tiers": _tiers,
    "prior": _prior,
    "tipping": _tipping,
}


def _caption(kind: str, shown: Sequence[EstimateFields]) -> str:
    first = shown[0]
    if kind == "tipping":
        return f"Share who {says(first)}, by how readily they took part beside the others, allowing for chance."
    if kind == "prior":
        return f"The same number under each customary prior: {_name(first)}."
    if kind == "tiers":
        return f"One number for each of those it may speak for: {says(first)}."
    return f"Estimates for {first.target.words}: filled the interval asked for, hatched the other kind."


def _alt(kind: str, shown: Sequence[EstimateFields]) -> str:
    """Return what a figure shows, in at most some sixty words, from its numbers."""
    first = shown[0]
    if kind == "tipping":
        threshold = 0.5 if first.threshold is None else first.threshold
        at = tips_at(first, threshold)
        turns = f"; the nearer limit meets {amount_words(threshold)} at a ratio of {ratio(at)}" if at else ""
        falling = f"Curves that fall from left to right: the share at ratios from 0.1 to 10, {value_words(first)} at 1"
        return f"{falling}{turns}."
    told = number_of(len(shown), "rows") + " of intervals"
    if kind == "prior":
        told = f"{len(first.sensitivity)} rows of intervals, one for each prior"
    values = [one for one in shown if one.value is not None]
    ends = ""
    if values and kind != "prior":
        least, most = (pick(values, key=lambda one: one.value or 0.0) for pick in (min, max))
        low, high = value_words(least), value_words(most)
        ends = f", from {low} to {high}" if low != high else f", {low}"
    verdicts = dict.fromkeys(f"{claim(one.verdict, one)}: {one.verdict.word}" for one in shown if one.verdict)
    judged = f" {'; '.join(list(verdicts)[:2]).capitalize()}." if verdicts else ""
    widest = f" The first row: {intervals(first, Telling())}." if first.interval else ""
    return f"{told}{ends}.{widest}{judged}"
