"""Write docs/models/: a card and the figure of its prior for each shipped model, from its specification.

A card needs no answers: its respondents are blank.
Run by hand after a model changes; a test says when a card no longer fits its model.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats import load_model, model_names
from csea_stats.regression.blank_answers import POINTS, blank_answers, values_of
from csea_stats.regression.fit import Fit
from csea_stats.regression.predictive import Expected, expected, prior_fit
from csea_stats.report.drawing import EM, Line, Mark, Placed, Sheet, Text, sheet_svg
from csea_stats.report.fit_tables import event_and_sides
from csea_stats.report.model_card import model_card
from csea_stats.report.sheets import AXIS_START, LABELS_END, MARGIN, WIDTH, Stack
from csea_stats.report.strips import Axis, bar, grid
from csea_stats.report.text import capital, wrapped
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.respondents.kinds import Number
from csea_stats.results.numbers import integer, percent_range, points_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.model import Model
    from csea_stats.respondents.codebook import Codebook

RIGHT = WIDTH - MARGIN
AXIS_END = 560
LINE = 17.0
INNER = 0.5
"""Level of the thick bar."""

DRAWS = 16_000
"""Of the prior: its limits then move by about a point at most from seed to seed."""

POINTS_AXIS = Axis(low=-1.0, high=1.0, step=0.5)

Span = tuple[float, float]


def card_files(model: Model, codebook: Codebook, *, seed: int = 1) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    """Return a model's card and the figure of its prior.

    Parameters
    ----------
    model : Model
    codebook : Codebook
        Of the answers that it is made for: gives labels and limits; no answer is looked at.
    seed : int, default 1

    Returns
    -------
    two pairs of (name, bytes)
        ``<id>.md`` and ``<id>.svg``.
    """
    data = blank_answers(model, codebook)
    fit = Fit.of(prior_fit(model, data, seed=seed, draws=DRAWS))
    found = expected(fit, draws=DRAWS)
    about = _about(model, codebook, fit, seed)
    lines = (
        "## What it expects before any answer is known",
        "",
        f"![Prior predictive: shares of each answer, and effects, from the prior alone]({model.id}.svg)",
        "",
        about,
        "",
        "",
    )
    mark = "## What is estimated"
    card = model_card(fit.design.resolved).replace(mark, "\n".join(lines) + mark, 1)
    return (f"{model.id}.md", card.encode()), (f"{model.id}.svg", prior_svg(model, fit, found, about).encode())


def _about(model: Model, codebook: Codebook, fit: Fit, seed: int) -> str:
    numbers = [
        f"{one.name} {values_of(kind)[0]:g} to {values_of(kind)[-1]:g} {kind.unit} in {POINTS} steps"
        for one in model.predictor
        if one.term != "group" and isinstance(kind := codebook[one.name], Number)
    ]
    mixed = "every mixture of the predictors equally often" + (f" ({'; '.join(numbers)})" if numbers else "")
    return (
        f"Drawn from the prior, seed {seed}: the parameters {integer(fit.readings[0].draws)} times, and with each set "
        f"of them the answers of {integer(fit.design.people)} respondents, {mixed}. Thin 95%, thick 50% of the draws; "
        "no answer is looked at."
    )


def prior_svg(model: Model, fit: Fit, found: Expected, about: str) -> str:
    """Return the figure of a prior: shares of each answer among made-up respondents, and effects."""
    stack = Stack().text(model.id, "head", 16.0, 4.0).text(model.formula, "foot", after=12.0)
    unit = "respondents" if found.base == fit.design.people else "answers"
    stack = stack.text(f"Share of each answer, of {integer(found.base)} {unit}", "tl", after=4.0)
    stack = _axis(stack, [(0.0, "0", "start"), (0.5, "half", "middle"), (1.0, "100%", "end")])
    places, note = _shown(fit, found)
    for place in places:
        wide, inner = (found.span(place, level, prior=True) or (0.0, 1.0) for level in (0.95, INNER))
        marks = [*grid(0.0, 1.5), *bar(wide, "joint", 0.75, 0.125), *bar(inner, "o1", 0.75, 0.5)]
        stack = _row(stack, capital(found.labels[place]), marks, percent_range(*wide))
    if note:
        stack = stack.add((), 6.0).text(note, "foot")
    effects = _effects(fit)
    if effects:
        stack = stack.add((), 14.0).text("Effects, percentage points", "tl", after=4.0)
        stack = _axis(stack, [(0.0, "−100", "start"), (0.5, "0", "middle"), (1.0, "+100", "end")])
        for name, wide, inner in effects:
            marks = [
                *POINTS_AXIS.lines(0.0, 1.5),
                POINTS_AXIS.bar(wide, "joint", 0.75, 0.125),
                POINTS_AXIS.bar(inner, "o1", 0.75, 0.5),
            ]
            stack = _row(stack, name, marks, points_span(*wide))
    stack = stack.add((), 10.0).text(about, "foot")
    words = " ".join(
        f"{found.labels[place]}: {percent_range(*(found.span(place, 0.95, prior=True) or (0.0, 1.0)))}."
        for place in places
    )
    title = f"Prior predictive of {model.id}"
    return sheet_svg(
        Sheet(width=WIDTH, height=round(stack.y + MARGIN), pieces=stack.pieces, title=title, description=words)
    )


def _shown(fit: Fit, found: Expected) -> tuple[range, str]:
    """Return which answers are drawn: of items that are alike before any answer, the first."""
    design = fit.design
    if design.by_item:
        return range(1), f"The other {len(design.items) - 1} answers are alike beforehand."
    return range(len(found.labels)), ""


def _effects(fit: Fit) -> list[tuple[str, Span, Span]]:
    """Return each effect with its central 95% and 50% under the prior; of items that are alike, the first."""
    from dataclasses import replace

    found: dict[str, tuple[str, Span, Span]] = {}
    inner = replace(fit, level=INNER)
    for wide, narrow in zip(fit.effects(), inner.effects(), strict=True):
        answer, sides = event_and_sides(fit, wide)
        alike = fit.design.by_item
        name = capital(f"{answer}, {sides}")
        if wide.interval is None or narrow.interval is None:
            continue
        ends = (wide.interval.lower, wide.interval.upper), (narrow.interval.lower, narrow.interval.upper)
        found.setdefault(sides if alike else name, (name, *ends))
    return list(found.values())


def _axis(stack: Stack, told: Sequence[tuple[float, str, str]]) -> Stack:
    marks = tuple(Text(look="ax", x=x, y=0.8, text=text, anchor=anchor) for x, text, anchor in told)
    head = (Text(look="ax", x=1.0, y=0.8, text="95%", anchor="end"),)
    pieces = (
        Placed(marks=marks, left=AXIS_START, right=AXIS_END, top=stack.y),
        Placed(marks=head, left=MARGIN, right=RIGHT, top=stack.y),
    )
    return stack.add(pieces, 20.0)


def _row(stack: Stack, name: str, marks: Sequence[Mark], value: str) -> Stack:
    lines = wrapped(name, LABELS_END - MARGIN)
    height = max(24.0, len(lines) * LINE + 7)
    labels = tuple(Text(look="tv", x=0.0, y=(index * LINE + 16) / EM, text=line) for index, line in enumerate(lines))
    rule = (Line(look="rule", x1=0.0, x2=1.0, y1=height / EM, y2=height / EM),)
    number = (Text(look="tv", x=1.0, y=1.0, text=value, anchor="end"),)
    pieces = (
        Placed(marks=rule, left=MARGIN, right=RIGHT, top=stack.y),
        Placed(marks=labels, left=MARGIN, right=LABELS_END, top=stack.y),
        Placed(marks=tuple(marks), left=AXIS_START, right=AXIS_END, top=stack.y),
        Placed(marks=number, left=MARGIN, right=RIGHT, top=stack.y),
    )
    return stack.add(pieces, height)


FOLDER = Path(__file__).parents[1] / "docs" / "models"
CODEBOOK = "bosnia-herzegovina-2021"
"""Whose labels and limits the shipped models are made for."""


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    codebook = load_codebook(CODEBOOK)
    for name in model_names():
        for file, content in card_files(load_model(name), codebook, seed=1):
            (FOLDER / file).write_bytes(content)


if __name__ == "__main__":
    main()
