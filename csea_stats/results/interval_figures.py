"""Figures of intervals, a row each: numbers, targets, priors, what print leaves open, ranks; and the tipping curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.selection import shift_odds
from csea_stats.results import phrases
from csea_stats.results.estimate_frames import row_name
from csea_stats.results.numbers import amount_words, between_words, level_words, number_of, ratio
from csea_stats.targets.populations import Population

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.publication.canvas import Canvas
    from csea_stats.results.values import EstimateFields

LONGEST = 40
"""Rows of a figure; more are a table's matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKind:
    """A kind of figure.

    Parameters
    ----------
    fits : function
        Whether it shows an estimate.
    draw : function
        Draws on a canvas and returns how high the axes have to be, in millimetres.
    key : function
        What the marks are, in words.
    caption, alt : function
    one_scale, first : bool
        Whether all shown have the scale of the first; whether the first alone is shown.
    longest : int
        Estimates that are shown at most.
    """

    fits: Callable[[EstimateFields], bool]
    draw: Callable[[Canvas, Sequence[EstimateFields]], float]
    key: Callable[[Sequence[EstimateFields]], str]
    caption: Callable[[Sequence[EstimateFields]], str]
    alt: Callable[[Sequence[EstimateFields]], str]
    one_scale: bool = False
    first: bool = False
    longest: int = LONGEST


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


def factor(one: EstimateFields) -> float:
    """Return by what a number is multiplied to be drawn: shares are drawn in percent."""
    return FACTOR.get(one.scale, 1.0)


def capital(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def name_of(one: EstimateFields) -> str:
    """Return what the row of an estimate is called."""
    compared = one.comparison
    within = compared is not None and not compared.reference and not compared.change
    name = (one.item if within else row_name(one)) or one.label or one.estimand
    return f"{compared.change}: {phrases.says(one)}" if compared is not None and compared.change else name


def head_of(shown: Sequence[EstimateFields]) -> str:
    """Return whom a figure speaks for, so that a copy of it alone is still honest."""
    whom = {one.target.words for one in shown}
    bases = {one.base for one in shown}
    others = (
        "people like those who answered"
        if all(map(phrases.of_people, shown))
        else "each of those that it may speak for"
    )
    told = whom.pop() if len(whom) == 1 else others
    base = next(iter(bases)) if len(bases) == 1 else ()
    people = f" (answers of {number_of(base[0], shown[0].target.many)})" if len(base) == 1 else ""
    chance = f", {phrases.CHANCE}" if all(map(phrases.of_people, shown)) else ""
    return f"{phrases.synthetic(*shown)}{capital(told)}{people}{chance}"


def key_of(shown: Sequence[EstimateFields]) -> str:
    """Return what filled and hatched bars are."""
    told = []
    for look, spans in (("filled", [one.interval for one in shown]), ("hatched", [one.companion for one in shown])):
        names = dict.fromkeys(
            f"{level_words(span.level)} {'simultaneous ' * (span.simultaneous > 1)}{phrases.LABELS[span.kind]}"
            for span in spans
            if span is not None
        )
        told += [f"{look}: {' or '.join(names)}"] if names else []
    if any(one.value is not None for one in shown):
        told.append(f"line: {'as counted' if all(one.counts for one in shown) else 'estimate'}")
    if any(one.bounds for one in shown):
        told.append("crossed: left open by print")
    return f"{capital('; '.join(told))}." if told else ""


def draw_limits(canvas: Canvas, place: float, one: EstimateFields) -> None:
    """Draw both intervals of an estimate below one another, and its value or what print leaves open of it."""
    by = factor(one)
    pairs = [(span, main) for span, main in ((one.interval, True), (one.companion, False)) if span is not None]
    if one.bounds is not None and one.value is None:
        canvas.open_set(place, (by * one.bounds[0], by * one.bounds[1]), 0.72)
    for index, (span, main) in enumerate(pairs):
        at = place + 0.26 * (index - (len(pairs) - 1) / 2)
        canvas.bar(at, (by * span.lower, by * span.upper), main=main)
    if one.value is not None and math.isfinite(one.value):
        canvas.value(place, by * one.value)


def frame_of(canvas: Canvas, one: EstimateFields, *, told: bool = True) -> None:
    """Frame the axes of a scale; `told`: with the base."""
    bases = f", {number_of(one.base[0], one.target.many)}" if told and len(one.base) == 1 else ""
    share = one.scale == "share"
    canvas.ax.use_sticky_edges = False  # a bar does not end at the frame
    canvas.frame(f"{AXES.get(one.scale, one.scale)}{bases}", ticks=(0, 25, 50, 75, 100) if share else None, grid=True)
    if share:
        canvas.ax.set_xlim(0, 100)
    if one.scale == "ratio":
        canvas.ratios()


def _rows(canvas: Canvas, shown: Sequence[EstimateFields], names: Sequence[str]) -> float:
    """Draw a row for each estimate: both intervals, the value, and the threshold."""
    for place, one in enumerate(shown):
        draw_limits(canvas, place, one)
    thresholds = {one.threshold for one in shown if one.threshold is not None and one.verdict}
    for threshold in thresholds if len(thresholds) == 1 else ():
        canvas.threshold(factor(shown[0]) * threshold)
    frame_of(canvas, shown[0], told=len({one.base for one in shown}) == 1)
    return canvas.rows(names, least=6.5)


def _forest(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    return _rows(canvas, shown, names_of(shown))


def names_of(shown: Sequence[EstimateFields]) -> list[str]:
    """Return what rows are called: where several would be alike, with their group, then with their question."""
    names = [name_of(one) for one in shown]
    groups = [
        "" if one.comparison is None or one.comparison.change else (*one.comparison.groups, one.comparison.level)[0]
        for one in shown
    ]
    for more in (groups, [one.question or "" for one in shown]):
        if len(set(names)) < len(names) and len(set(more)) > 1:
            names = [f"{other}: {name}" if other else name for name, other in zip(names, more, strict=True)]
    return names


def _tiers(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    names = []
    for one in shown:
        whom = one.target.words
        if isinstance(one.target, Population):
            whom += f", within {ratio(one.target.selection.ratio)} times"
        names.append(whom)
    return _rows(canvas, shown, names)


def _times(shown: Sequence[EstimateFields]) -> str:
    some = any(isinstance(one.target, Population) for one in shown)
    told = (
        "Times: how far readiness to take part differed either way (assumed); hatched there: the bound without a prior."
    )
    return f" {told}" if some else ""


def _prior(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    (one,) = shown
    names = []
    for place, (name, interval) in enumerate(one.sensitivity):
        main = one.interval is not None and interval == one.interval
        canvas.bar(place, (factor(one) * interval.lower, factor(one) * interval.upper), main=main, height=0.36)
        names.append(name)
    if one.threshold is not None:
        canvas.threshold(factor(one) * one.threshold)
    frame_of(canvas, one)
    return canvas.rows(names)


def _bounds(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    """Draw what print alone leaves open as a box, and how far chance takes it as a line."""
    for place, one in enumerate(shown):
        by, span = factor(one), one.interval
        if span is not None:
            canvas.bar(place, (by * span.lower, by * span.upper), height=0.1)
        low, high = one.bounds or (one.value or 0.0,) * 2
        canvas.open_set(place, (by * low, by * high), 0.5)
        if one.value is not None:
            canvas.value(place, by * one.value)
    apart = any(one.scale == "difference" for one in shown)
    if apart:
        canvas.threshold(0.0)
    units = "percent; a difference in points" if len({one.scale for one in shown}) > 1 else AXES[shown[0].scale]
    canvas.frame(units, ticks=(-100, -50, 0, 50, 100) if apart else (0, 25, 50, 75, 100), grid=True)
    canvas.ax.set_xlim(-100 if apart else 0, 100)
    return canvas.rows([_left_open_name(one) for one in shown])


def _left_open_name(one: EstimateFields) -> str:
    return capital(f"{one.estimand} {one.label or ''}".strip())


def _ranks(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    """Draw the ranks that each answer may have: as many places wide as there are ranks."""
    most = max(one.interval.upper for one in shown if one.interval)
    marks: list[tuple[float, float]] = []
    for place, one in enumerate(shown):
        if one.interval is not None:
            canvas.bar(place, (one.interval.lower - 0.4, one.interval.upper + 0.4), height=0.5)
        ranks = one.bounds or (one.value or math.nan,)
        marks += [(rank, place) for rank in ranks] + [(math.nan, place)]  # a gap before the next row
        counts = sorted({vector[0] for vector in one.counts})
        canvas.at_right(place, f"{counts[0]} to {counts[-1]}" if len(counts) > 2 else between_words(counts or [0]))
    white = {"color": canvas.colours["back"], "marker": "D", "markersize": 3, "mec": "none"}
    canvas.ax.plot(*zip(*marks, strict=True), **white)
    canvas.ax.set_xlim(0.4, most + 0.6)
    step = max(1, math.ceil(most / 10))
    canvas.frame("rank, 1 is named most", ticks=[1, *(rank for rank in range(step, int(most) + 1, step) if rank > 1)])
    return canvas.rows([name_of(one) for one in shown], least=4.2)


def _tipping(canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    """Draw the limits of a share against the participation ratio, and where the nearer one meets the threshold."""
    (one,), ax, colours = shown, canvas.ax, canvas.colours
    ratios = 10 ** (np.arange(-60, 61) / 60)  # how many times as readily those who say so took part
    styles = {"credible": (colours["main"], "-", 0.22), "confidence": (colours["other"], (0, (4, 2)), 0.0)}
    for span in (one.interval, one.companion):
        if span is None:
            continue
        colour, line, fill = styles[span.kind]
        low, high = (100 * shift_odds(end, 1 / ratios) for end in (span.lower, span.upper))
        name = f"{level_words(span.level)} {phrases.LABELS[span.kind]}"
        ax.plot(ratios, low, color=colour, linestyle=line, label=name)
        ax.plot(ratios, high, color=colour, linestyle=line)
        if fill:
            ax.fill_between(ratios, low, high, color=colour, alpha=fill, linewidth=0)
    for value in one.bounds or (() if one.value is None else (one.value,)):
        again = {"label": "as counted"} if value == (one.bounds or (one.value,))[0] else {}
        ax.plot(ratios, 100 * shift_odds(value, 1 / ratios), color=colours["ink"], linewidth=0.9, **again)
    threshold = 0.5 if one.threshold is None else one.threshold
    ax.axhline(100 * threshold, color=colours["soft"], linewidth=0.7, linestyle=(0, (1, 2)))
    if (at := tips_at(one, threshold)) is not None and ratios[0] < at < ratios[-1]:
        ax.plot([at], [100 * threshold], marker="o", markersize=4, color=colours["ink"])
        side = -1 if one.interval and one.interval.lower > threshold else 1  # where no curve runs
        ends = {"ha": "right" if side < 0 else "left", "va": "top" if side < 0 else "bottom"}
        beside = {"xytext": (4 * side, 3 * side), "textcoords": "offset points", "color": colours["ink"], **ends}
        ax.annotate(ratio(at), (at, 100 * threshold), **beside)
    ax.set_xscale("log")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    canvas.frame("participation ratio of those who say so", ticks=ticks, left="share in the population, %")
    ax.set_xlim(ratios[0], ratios[-1])
    canvas.left_numbers((0, 25, 50, 75, 100))
    ax.set_ylim(0, 100)
    return 46.0


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


def extremes(shown: Sequence[EstimateFields]) -> str:
    """Return between which values some estimates lie, as the end of a clause; what print leaves open counts, too."""
    ends = [(*(one.bounds or (one.value, one.value)), one) for one in shown if one.bounds or one.value is not None]
    if not ends:
        return ""
    low = phrases.value_words(min(ends, key=lambda end: end[0] or 0.0)[2])
    high = phrases.value_words(max(ends, key=lambda end: end[1] or 0.0)[2])
    return f", {low}" if low == high else f", from {low} {'up ' * (' to ' in low + high)}to {high}"


def rows_alt(shown: Sequence[EstimateFields]) -> str:
    """Return what rows of intervals show, in at most some sixty words, from their numbers."""
    verdicts = dict.fromkeys(f"{phrases.claim(one.verdict, one)}: {one.verdict.word}" for one in shown if one.verdict)
    judged = f" {capital('; '.join(list(verdicts)[:2]))}." if verdicts else ""
    first = f" The first row: {phrases.intervals(shown[0], phrases.Telling())}." if shown[0].interval else ""
    what = "intervals" if any(one.interval for one in shown) else "counted numbers"
    return f"{number_of(len(shown), 'rows')} of {what}{extremes(shown)}.{first}{judged}"


def _prior_alt(shown: Sequence[EstimateFields]) -> str:
    ends = [
        (100 * one.lower, 100 * one.upper) if shown[0].scale in FACTOR else (one.lower, one.upper)
        for _, one in shown[0].sensitivity
    ]
    widest = f"the lowest limit is {min(low for low, _ in ends):.3g}, the highest {max(high for _, high in ends):.3g}"
    return f"{number_of(len(ends), 'rows')} of intervals, one for each prior; {widest} ({AXES[shown[0].scale]})."


def _tipping_alt(shown: Sequence[EstimateFields]) -> str:
    first = shown[0]
    threshold = 0.5 if first.threshold is None else first.threshold
    at = tips_at(first, threshold)
    turns = f"; the nearer limit meets {amount_words(threshold)} at a ratio of {ratio(at)}" if at else ""
    value = phrases.value_words(first)
    return f"Curves that fall from left to right: the share at ratios from 0.1 to 10, {value} at 1{turns}."


def _bounds_alt(shown: Sequence[EstimateFields]) -> str:
    widest = max(shown, key=lambda one: one.bounds[1] - one.bounds[0] if one.bounds else 0.0)
    told = f"the widest, {_left_open_name(widest).lower()}, can be anything from {phrases.value_words(widest)}"
    return f"{number_of(len(shown), 'rows')} of boxes for what print leaves open; {told}."


def _ranks_alt(shown: Sequence[EstimateFields]) -> str:
    first = shown[0].interval
    told = f"{name_of(shown[0])} may have rank {first.lower:g} to {first.upper:g}" if first else ""
    single = sum(one.interval is not None and one.interval.lower == one.interval.upper for one in shown)
    return (
        f"{number_of(len(shown), 'answers')} with the ranks that each may have; {told}; {single} have one rank alone."
    )


def _tipping_key(shown: Sequence[EstimateFields]) -> str:
    threshold = amount_words(shown[0].threshold or 0.5)
    return f"Share who {phrases.says(shown[0])}; dot: where the nearer limit meets {threshold}."


KINDS: dict[str, FigureKind] = {
    "forest": FigureKind(
        fits=lambda one: phrases.of_people(one) and (one.interval is not None or phrases.counted_whole(one)),
        draw=_forest,
        key=key_of,
        caption=lambda shown: (
            f"Estimates for {shown[0].target.words}: filled the interval asked for, hatched the other kind."
        ),
        alt=rows_alt,
        one_scale=True,
    ),
    "tiers": FigureKind(
        fits=lambda one: one.interval is not None or one.value is not None or one.bounds is not None,
        draw=_tiers,
        key=lambda shown: f"{capital(phrases.says(shown[0]))}. {key_of(shown)}{_times(shown)}",
        caption=lambda shown: f"One number for each of those it may speak for: {phrases.says(shown[0])}.",
        alt=rows_alt,
        one_scale=True,
    ),
    "prior": FigureKind(
        fits=lambda one: bool(one.sensitivity) and phrases.of_people(one),
        draw=_prior,
        key=lambda shown: f"{capital(name_of(shown[0]))}. Filled: the prior in use; hatched: the others.",
        caption=lambda shown: f"The same number under each customary prior: {name_of(shown[0])}.",
        alt=_prior_alt,
        first=True,
    ),
    "tipping": FigureKind(
        fits=lambda one: (
            one.scale == "share" and phrases.of_people(one) and one.interval is not None and one.estimand == "share"
        ),
        draw=_tipping,
        key=_tipping_key,
        caption=lambda shown: (
            f"Share who {phrases.says(shown[0])}, by how readily they took part beside the others, allowing for chance."
        ),
        alt=_tipping_alt,
        first=True,
    ),
    "bounds": FigureKind(
        fits=lambda one: (
            phrases.left_open(one) and one.bounds is not None and phrases.of_people(one) and one.scale in FACTOR
        ),
        draw=_bounds,
        key=lambda _: "Crossed box: all that print allows; bar: with chance.",
        caption=lambda shown: f"What print leaves open, for {shown[0].target.words}.",
        alt=_bounds_alt,
    ),
    "ranks": FigureKind(
        fits=lambda one: one.scale == "rank" and phrases.of_people(one) and one.interval is not None,
        draw=_ranks,
        key=lambda shown: (
            f"Bar: the ranks that an answer may have, {level_words(shown[0].interval.level)} for all "
            f"{len(shown)} jointly; white: its rank here, or the first and the last that print allows; at the right: "
            "who named it."
            if shown[0].interval
            else ""
        ),
        caption=lambda shown: f"Ranks of {number_of(len(shown), 'answers')} among {shown[0].target.words}.",
        alt=_ranks_alt,
    ),
}
"""The kinds of figure whose rows are intervals."""
