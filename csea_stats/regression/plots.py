"""A fit drawn on matplotlib axes: one hue for people like these, ink for the rest, every figure with its base."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError, in_short
from csea_stats.publication.picture import Picture, picture_of
from csea_stats.respondents.texts import plain
from csea_stats.results.citable import notes_of
from csea_stats.results.estimate_frames import tidy
from csea_stats.results.interval_figures import extremes, names_of
from csea_stats.results.numbers import level_words, number_of
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.publication.canvas import Canvas, Look, Width
    from csea_stats.regression.fitted import FittedModel
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval

KINDS = ("effects", "predictions", "prior", "proportional-odds")

COLOURS = ("#0E5A9A", "#83878E")
"""People like these; what stands beside."""

INK, SOFT, GRID = "#1B1D21", "#4B5058", "#E6E2D9"

STAMP = "SYNTHETIC: evidence of nothing"

WIDTH = 8.0
"""Of a figure, in inches."""

THICK = 0.2
"""Of a bar, in rows."""

MOST_SHOWN = 4
"""Effects that the figure of the priors shows."""


def check_kind_of(fit: FittedModel, kind: str) -> None:
    """Refuse a kind of figure that there is not, or that a fit has not.

    Raises
    ------
    InputError
        There is no such kind, or the fit has none of it.
    """
    if kind not in KINDS:
        message = f"plot: found {in_short(kind)}; allowed is one of {', '.join(KINDS)}"
        raise InputError(message)
    if kind not in kinds_of(fit):
        message = f"plot: {kind!r} is not to be had of this fit; allowed is one of {', '.join(kinds_of(fit))}"
        raise InputError(message)


def plot(fit: FittedModel, kind: str, estimates: Sequence[Estimate], ax: Any, by: str | None) -> Any:
    """Draw estimates of a fit as one of `KINDS`."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=size(fit, kind, estimates, by), layout="constrained")
    if kind == "effects":
        forest(ax, estimates)
    elif kind == "prior":
        strip(ax, fit, estimates)
    elif kind == "proportional-odds":
        draw_proportional_odds(ax, estimates)
    else:
        predictions(ax, fit, estimates, by or fit.design.variables[0].name)
    if kind != "proportional-odds":
        ax.set_xlabel(fill(f"{ax.get_xlabel()}. {_whom(fit)}", 62), color=SOFT, loc="left", fontsize=9)
        _plain(ax)
    if fit.synthetic:
        _stamp(ax)
    legend = ax.get_legend()
    for text in (*ax.texts, ax.title, ax.xaxis.label, *ax.get_yticklabels(), *(legend.get_texts() if legend else ())):
        text.set_parse_math(False)  # labels are the survey's: "$0 to $500" is no formula
    return ax


def picture(
    fit: FittedModel, kind: str, estimates: Sequence[Estimate], *, width: Width, look: Look, by: str | None
) -> Picture:
    """Return what is drawn of a fit as a figure for a publication."""
    drawn, key = _DRAWN[kind]
    stamp, what = "SYNTHETIC. " if fit.synthetic else "", kind.replace("-", " ").capitalize()
    caption = f"{stamp}{what} of the model {fit.design.resolved.formula}, {_whom(fit)}."
    return picture_of(
        lambda canvas: drawn(canvas, fit, estimates, by),
        width=width,
        look=look,
        head=(caption, key(fit, estimates)),
        caption=caption,
        alt=f"{caption} {number_of(len(estimates), 'estimates')}{extremes(estimates)}.",
        notes=tuple(dict.fromkeys(notes_of(estimates).values())),
        data=tidy(estimates),
        raw=fit.holds_answers,
    )


def _level(one: Estimate, name: str, answer: str) -> str:
    """Return the level that a prediction is for."""
    return str(one.item).removeprefix(f"{name}[").partition(f"]: {answer}")[0]


def _rows_of_predictions(canvas: Canvas, fit: FittedModel, estimates: Sequence[Estimate], by: str | None) -> float:
    """Draw a row for each answer under a heading for each level."""
    name = by or fit.design.variables[0].name
    answers = [event.words for event in fit.single_answers()]
    names: list[str] = []
    heads: list[int] = []
    for index, one in enumerate(estimates):
        if index % len(answers) == 0:
            heads.append(len(names))
            names.append(_level(one, name, answers[0]))
        if one.interval is not None:
            canvas.bar(len(names), (_factor(one) * one.interval.lower, _factor(one) * one.interval.upper), height=0.4)
        for value in one.bounds or (() if one.value is None else (one.value,)):
            canvas.value(len(names), _factor(one) * value)
        names.append(answers[index % len(answers)])
    canvas.ax.use_sticky_edges = False
    if fit.number:
        canvas.frame(f"average of {_outcome(fit)}", grid=True)
    else:
        canvas.ax.set_xlim(0, 100)
        canvas.frame(f"{_outcome(fit)}: percent", ticks=(0, 25, 50, 75, 100), grid=True)
    return canvas.rows(names, heads=heads, least=4.8)


def _outcome(fit: FittedModel) -> str:
    return fit.model.outcome.label or fit.design.outcome


def _rows_of_priors(canvas: Canvas, fit: FittedModel, estimates: Sequence[Estimate], by: str | None) -> float:  # noqa: ARG001
    """Draw a row for each prior under a heading for each of the first effects, the one in use filled."""
    own = [one for one in estimates if one.sensitivity][:MOST_SHOWN]
    used = fit.model.priors.coefficients.prior if fit.bayes else ""
    names: list[str] = []
    heads: list[int] = []
    for one, head in zip(own, names_of(own), strict=True):
        heads.append(len(names))
        names.append(head)
        for name, span in one.sensitivity:
            ends = _factor(one) * span.lower, _factor(one) * span.upper
            canvas.bar(len(names), ends, main=name == used, height=0.4)
            names.append(name)
    canvas.threshold(0.0)
    canvas.ax.use_sticky_edges = False
    canvas.frame(_what(own[0]), grid=True)
    return canvas.rows(names, heads=heads, least=4.8)


def _rows_of_cuts(canvas: Canvas, fit: FittedModel, estimates: Sequence[Estimate], by: str | None) -> float:  # noqa: ARG001
    """Draw what is common to all cuts and each cut, under a heading for each coefficient."""
    names: list[str] = []
    heads: list[int] = []
    reach = 1.5 * max((abs(one.value) for one in estimates if one.value is not None), default=1.0) + 2.0
    seen = ""
    for one in estimates:
        item, _, cut = str(one.item).rpartition(": ")
        if item != seen:
            heads.append(len(names))
            names.append(item)
        if one.interval is not None:
            ends = max(one.interval.lower, -reach), min(one.interval.upper, reach)
            canvas.bar(len(names), ends, main=item != seen, height=0.4)
        if one.value is not None:
            canvas.value(len(names), one.value)
        names.append("common to all cuts" if item != seen else cut)
        seen = item
    canvas.threshold(0.0)
    canvas.ax.set_xlim(-reach - 0.2, reach + 0.2)
    canvas.frame("log odds ratio towards later answers", grid=True)
    return canvas.rows(names, heads=heads, least=4.8)


def _told_bars(_: FittedModel, estimates: Sequence[Estimate]) -> str:
    kind = next((_kind(one.interval) for one in estimates if one.interval is not None), "")
    return f"Bar: {kind}; line: estimate." if kind else "Line: estimate."


def _told_priors(fit: FittedModel, estimates: Sequence[Estimate]) -> str:
    spans = [span for one in estimates for _, span in one.sensitivity]
    return f"Bar: {_kind(spans[0])}; filled: the prior in use; hatched: the others." if fit.bayes and spans else ""


def _told_cuts(_: FittedModel, estimates: Sequence[Estimate]) -> str:
    level = next((level_words(one.interval.level) for one in estimates if one.interval is not None), "")
    return f"Bar: {level} interval, filled: one for all cuts, hatched: of each cut; line: estimate."


_DRAWN: dict[str, tuple[Callable[..., float], Callable[..., str]]] = {
    "predictions": (_rows_of_predictions, _told_bars),
    "prior": (_rows_of_priors, _told_priors),
    "proportional-odds": (_rows_of_cuts, _told_cuts),
}
"""What each kind draws for a publication, and what its marks are."""


def kinds_of(fit: FittedModel) -> tuple[str, ...]:
    """Return the kinds of figure that a fit has."""
    cumulative = not fit.design.several and fit.design.family == "cumulative" and not fit.design.free_terms
    some = bool(fit.design.variables)
    has = {
        "effects": some,
        "predictions": some,
        "prior": some and bool(fit.strip),
        "proportional-odds": some and cumulative and len(fit.readings) == 1,
    }
    return tuple(kind for kind in KINDS if has[kind])


def size(fit: FittedModel, kind: str, estimates: Sequence[Estimate], by: str | None = None) -> tuple[float, float]:
    """Return the size of a figure of its own, in inches: as high as its rows need."""
    if kind == "proportional-odds":
        return WIDTH, 4.5
    if kind == "predictions":
        one = next((v for v in fit.design.variables if by is None or plain(v.name) == plain(by)), None)
        levels = len(one.labels) if one is not None and one.labels else 5
        rows = levels * (len(fit.single_answers()) + 0.7)
        return WIDTH, 1.5 + 0.2 * rows
    rows = len(estimates) if kind == "effects" else min(len(estimates), MOST_SHOWN)
    return WIDTH, 1.6 + (0.5 if kind == "effects" else 0.7) * rows


def forest(ax: Any, estimates: Sequence[Estimate]) -> None:
    """Both intervals of each difference, in percentage points: the one asked for filled, its companion outlined."""
    kinds: dict[bool, str] = {}
    for place, one in enumerate(estimates):
        for offset, interval, filled in ((-0.13, one.interval, True), (0.13, one.companion, False)):
            if interval is not None:
                _bar(ax, interval, place + offset, filled=filled, factor=_factor(one))
                kinds.setdefault(filled, f"{'filled' if filled else 'outlined'}: {_kind(interval)}")
        if one.value is not None:
            ax.plot([_factor(one) * one.value] * 2, [place - 0.27, place + 0.01], color=INK, lw=1.6)
    told = "; ".join(kinds[filled] for filled in (True, False) if filled in kinds)
    _rows(ax, estimates, f"{_what(estimates[0])}; {told}")


def _factor(one: Estimate) -> float:
    """Return by what a number is multiplied to be drawn: shares are told in points."""
    return 1.0 if one.scale == "average" else 100.0


def _what(one: Estimate) -> str:
    return "change of the average" if one.scale == "average" else "change of the share, percentage points"


def strip(ax: Any, fit: FittedModel, effects: Sequence[Estimate]) -> None:
    """Draw the first effects under each prior, the one in use filled."""
    own = [one for one in effects if one.sensitivity][:MOST_SHOWN]
    names = [name for name, _ in own[0].sensitivity]
    used = fit.model.priors.coefficients.prior if fit.bayes else ""
    step = 0.72 / len(names)
    for place, one in enumerate(own):
        for index, (name, interval) in enumerate(one.sensitivity):
            at = place + step * (index - (len(names) - 1) / 2)
            _bar(ax, interval, at, filled=name == used, height=0.8 * step, factor=_factor(one))
    told = ", ".join(f"{name} (in use, filled)" if name == used else name for name in names)
    kind = _kind(own[0].sensitivity[0][1])
    _rows(ax, own, f"{_what(own[0])}, {kind}; priors from top to bottom: {told}")


def _rows(ax: Any, estimates: Sequence[Estimate], told: str) -> None:
    """Finish a figure with a row for each effect."""
    ax.use_sticky_edges = False  # a bar does not end at the frame
    ax.axvline(0, color=INK, lw=0.9, alpha=0.75, zorder=0.9)
    common, labels = _labels(estimates)
    ax.set_yticks(range(len(estimates)), labels)
    ax.set_ylim(len(estimates) - 0.5, -0.5)
    ax.set_xlabel(f"{common}: {told}" if common else f"{told[:1].upper()}{told[1:]}")


def predictions(ax: Any, fit: FittedModel, estimates: Sequence[Estimate], by: str) -> None:
    """Draw the share of each answer at each level, with its interval: a row each, levels one below the other."""
    variable = next(one for one in fit.design.variables if plain(one.name) == plain(by))
    answers = [event.words for event in fit.single_answers()]
    places, labels, heads = [], [], []
    shown: Interval | None = None
    for index, one in enumerate(estimates):
        level, answer = divmod(index, len(answers))
        place = level * (len(answers) + 0.9) + answer
        places.append(place)
        labels.append(fill(answers[answer], 40))
        if answer == 0:
            name = str(one.item).removeprefix(f"{by}[").removeprefix(f"{variable.name}[")
            heads.append((place - 0.75, name.partition(f"]: {answers[0]}")[0]))
        if one.interval is not None:
            shown = one.interval
            _bar(ax, one.interval, place, filled=True, factor=_factor(one))
        for value in one.bounds or (() if one.value is None else (one.value,)):
            ax.plot([_factor(one) * value] * 2, [place - 0.33, place + 0.33], color=INK, lw=1.6)
    for place, name in heads:
        ax.text(0.0, place, name, transform=ax.get_yaxis_transform(), va="center", weight="bold", color=INK, size=9)
    ax.set_yticks(places, labels)
    ax.set_ylim(places[-1] + 0.7, -1.4)
    if not fit.number:
        ax.set_xlim(0, 100)
    told = f"{'average' if fit.number else 'share, %'}{f', {_kind(shown)}' if shown else ''}"
    ax.set_xlabel(f"{fit.model.outcome.label or fit.design.outcome} by {variable.name}: {told}")


def _bar(
    ax: Any, interval: Interval, place: float, *, filled: bool, height: float = THICK, factor: float = 100.0
) -> None:
    """Draw an interval: filled, or as an outline."""
    low, high = factor * interval.lower, factor * interval.upper
    face = COLOURS[0] if filled else "none"
    ax.barh(place, high - low, left=low, height=height, facecolor=face, edgecolor=COLOURS[0], lw=1.1)


def _kind(interval: Interval) -> str:
    return f"{level_words(interval.level)} {interval.kind} interval ({method_words(interval.method)})"


def _plain(ax: Any) -> None:
    """Leave away what carries no number."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(COLOURS[1])
    ax.tick_params(axis="y", length=0, labelsize=9)
    ax.tick_params(axis="x", colors=SOFT)
    ax.grid(axis="x", color=GRID, zorder=0)
    ax.set_axisbelow(True)


def _stamp(ax: Any) -> None:
    style = {"ha": "center", "va": "center", "rotation": 8, "zorder": 5, "weight": "bold", "clip_on": True}
    ax.text(0.5, 0.5, STAMP, transform=ax.transAxes, color=INK, alpha=0.28, size=13, **style)


def _whom(fit: FittedModel) -> str:
    return f"{number_of(fit.design.base, 'respondents')}; people like these, chance alone"


def _labels(estimates: Sequence[Estimate]) -> tuple[str, list[str]]:
    """Return what all estimands begin with, and the rest of each, on two lines where long."""
    texts = [one.estimand.removeprefix("difference in the ").removeprefix("share of ") for one in estimates]
    heads = {text.partition(": ")[0] for text in texts if ": " in text}
    common = heads.pop() if len(heads) == 1 and all(": " in text for text in texts) else ""
    rest = [text.removeprefix(f"{common}: ") if common else text for text in texts]
    told = []
    for text in rest:
        answer, comma, sides = text.partition(", ")
        told.append(f"{fill(answer, 44)}\n{fill(sides, 44)}" if comma else fill(text, 44))
    return common, told


CUT_COLOURS = ("#1b4965", "#ca6702")


def draw_proportional_odds(ax: Any, estimates: Sequence[Estimate]) -> None:
    """Draw every effect on matplotlib axes: the common one as a band, those of the cuts as intervals on it."""
    items: dict[str, list[Estimate]] = {}
    for one in estimates:
        items.setdefault(str(one.item).rpartition(": ")[0], []).append(one)
    place, ticks, words = 0, [], []
    reach = 1.5 * max((abs(one.value) for one in estimates if one.value is not None), default=1.0) + 2.0
    for item, (common, *cuts) in items.items():
        top = place
        for cut in cuts:
            _cut_bar(ax, cut, place, reach)
            ticks.append(place)
            words.append(f"{item}: {str(cut.item).rpartition(': ')[2]}")
            place += 1
        if common.interval is not None and common.value is not None:
            low, high = max(common.interval.lower, -reach), min(common.interval.upper, reach)
            label = "common to all cuts" if top == 0 else None
            ax.fill_betweenx([top - 0.4, place - 0.6], low, high, color=CUT_COLOURS[1], alpha=0.25, lw=0, label=label)
            ax.plot([common.value] * 2, [top - 0.4, place - 0.6], color=CUT_COLOURS[1], lw=1.5)
        place += 1
    ax.axvline(0, color="#6c757d", lw=1, ls=":")
    ax.set_yticks(ticks, words)
    ax.invert_yaxis()
    kinds = dict.fromkeys(f"{level_words(i.level)} {i.kind} interval" for one in estimates if (i := one.interval))
    ax.set_xlabel(f"Log odds ratio towards later answers, {', '.join(kinds)}")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2)


def _cut_bar(ax: Any, cut: Estimate, place: int, reach: float) -> None:
    """One cut; an end beyond the axes is an arrow."""
    if cut.interval is None or cut.value is None:
        return
    label = "at each cut" if place == 0 else None
    low, high = max(cut.interval.lower, -reach), min(cut.interval.upper, reach)
    ax.plot([low, high], [place, place], color=CUT_COLOURS[0], lw=2.5, label=label)
    ax.plot(cut.value, place, "o", color=CUT_COLOURS[0], ms=5)
    for end, inner, marker in ((cut.interval.lower, low, "<"), (cut.interval.upper, high, ">")):
        if end != inner:
            ax.plot(inner, place, marker, color=CUT_COLOURS[0], ms=6)
