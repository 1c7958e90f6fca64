"""Observed answers by each predictor's levels beside those of sets of answers that the fitted model makes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.errors import InputError, UnknownName
from csea_stats.publication.picture import Picture, picture_of
from csea_stats.publication.table import Table, plain_table
from csea_stats.publication.table_parts import FlatTable
from csea_stats.regression.datatree import predicted_answers
from csea_stats.regression.predictive import DRAWS, STREAM, bands_of, one_completed, pattern_shares
from csea_stats.respondents.texts import plain
from csea_stats.results.numbers import between_words, level_words, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from csea_stats.publication.canvas import Canvas, Look, Width
    from csea_stats.regression.design import Design
    from csea_stats.regression.fitted import FittedModel
    from csea_stats.regression.problem import Array
    from csea_stats.regression.variables import Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCount:
    """How many of those with a level of a predictor gave an answer, observed and by the model.

    Parameters
    ----------
    predictor, level, answer : str
    people : int
        With that level; of several questions their answers.
    observed : (int, int)
        The smallest and the largest count that the source allows.
    lower, upper : int
        Between which the central sets of answers lie.
    """

    predictor: str
    level: str
    answer: str
    people: int
    observed: tuple[int, int]
    lower: int
    upper: int

    @property
    def outside(self) -> bool:
        """Whether every count that the source allows lies outside."""
        return self.observed[1] < self.lower or self.observed[0] > self.upper


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCheck:
    """Observed and replicated answers by each predictor's levels.

    Parameters
    ----------
    counts : tuple of CheckedCount
    level : float
        Of the sets of answers between lower and upper.
    synthetic : bool
    """

    counts: tuple[CheckedCount, ...]
    level: float
    synthetic: bool = False

    @property
    def outside(self) -> tuple[CheckedCount, ...]:
        """Those that the model does not expect."""
        return tuple(one for one in self.counts if one.outside)

    @property
    def sentence(self) -> str:
        """How many are outside, and how many by chance alone would be."""
        if not self.counts:
            return "There is no predictor with levels to look at."
        where = ", ".join(f"{one.predictor} {one.level}: {one.answer}" for one in self.outside)
        most = (1 - self.level) * len(self.counts)
        return (
            f"{len(self.outside)} of {number_of(len(self.counts), 'counts')} by level lie outside what the fitted "
            f"model makes in {level_words(self.level)} of sets of answers{f' ({where})' if where else ''}; were the "
            f"model right at most about {most:.0f} would."
        )

    def __repr__(self) -> str:
        return f"<AnswerCheck: {number_of(len(self.counts), 'counts')}, {len(self.outside)} outside>"

    def __str__(self) -> str:
        return f"SYNTHETIC. {self.sentence}" if self.synthetic else self.sentence

    def table(self, caption: str | None = None) -> Table:
        """Return a table for a publication: what was counted beside what the model makes, a row for each count."""
        rows = [
            (
                *(one.predictor, one.level, one.answer, one.people),
                between_words(range(one.observed[0], one.observed[1] + 1)),
                between_words(range(one.lower, one.upper + 1)),
                "outside" * one.outside,
            )
            for one in self.counts
        ]
        stamp = "SYNTHETIC. " if self.synthetic else ""
        heads = ("Predictor", "Level", "Answer", "People", "Counted", f"Model, {level_words(self.level)}", "")
        return plain_table(stamp + (caption or "Answers, counted and as the fitted model makes them"), heads, rows)

    def _repr_html_(self) -> str:
        return self.table().to_html()

    def figure(self, by: str | None = None, *, width: Width = "column", look: Look = "paper") -> Picture:
        """Return a figure for a publication: what was counted beside what the model makes, a row for each answer.

        Parameters
        ----------
        by : str, optional
            A predictor; None: the first.
        width, look
            As of `Estimates.figure`.

        Raises
        ------
        UnknownName
            There is no such predictor.
        InputError
            There is none with levels to look at.
        """
        names = list(dict.fromkeys(one.predictor for one in self.counts))
        if not names:
            raise InputError(f"figure: {self.sentence}")
        if by is not None and plain(by) not in map(plain, names):
            raise UnknownName("predictor", by, names)
        shown = [one for one in self.counts if plain(one.predictor) == plain(by or names[0])]
        stamp = "SYNTHETIC. " if self.synthetic else ""
        outside = sum(one.outside for one in shown)
        told = f"{outside} of {number_of(len(shown), 'counts')} lie outside"
        whom = f"Answers by {shown[0].predictor}, counted and as the fitted model makes them"
        return picture_of(
            lambda canvas: draw_check(canvas, shown),
            width=width,
            look=look,
            head=(
                f"{stamp}{whom}",
                f"Hatched: {level_words(self.level)} of sets of answers; line: counted; crossed: left open by print.",
            ),
            caption=f"{stamp}{whom}. {self.sentence}",
            alt=f"{stamp}{whom}: {number_of(len(shown), 'rows')}; {told}.",
            data=FlatTable(columns=COLUMNS, rows=tuple(_row(one) for one in shown)),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row for each count."""
        import pandas as pd

        frame = pd.DataFrame(map(_row, self.counts), columns=COLUMNS)
        return frame.assign(synthetic=True) if self.synthetic else frame


COLUMNS = ("predictor", "level", "answer", "people", "observed", "observed_upper", "lower", "upper", "outside")
"""Of a frame, and of the numbers beside a figure."""


def _row(one: CheckedCount) -> tuple[str | int, ...]:
    return one.predictor, one.level, one.answer, one.people, *one.observed, one.lower, one.upper, one.outside


def draw_check(canvas: Canvas, shown: Sequence[CheckedCount]) -> float:
    """Draw a row for each answer under a heading for each level, in percent of those who have it."""
    names: list[str] = []
    heads: list[int] = []
    for one in shown:
        head = f"{one.level} ({number_of(one.people, 'people')})"
        if not heads or names[heads[-1]] != head:
            heads.append(len(names))
            names.append(head)
        row, unit = len(names), 100 / one.people if one.people else 0.0
        canvas.bar(row, (unit * one.lower, unit * one.upper), main=False, height=0.5)
        low, high = one.observed
        if low == high:
            canvas.value(row, unit * low)
        else:
            canvas.open_set(row, (unit * low, unit * high), 0.72)
        canvas.at_right(row, between_words(range(low, high + 1)) + ", outside" * one.outside)
        names.append(one.answer)
    canvas.ax.set_xlim(0, 100)
    canvas.frame("percent of those with the level", ticks=(0, 25, 50, 75, 100), grid=True)
    return canvas.rows(names, heads=heads, least=4.8)


def answer_check(fit: FittedModel, draws: int = DRAWS) -> AnswerCheck:
    """Draw sets of answers for everybody as they are, and count each answer by level."""
    fit = one_completed(fit)
    design = fit.design
    rng = np.random.default_rng([fit.seed, STREAM, 2])
    if design.several:
        counts = tuple(_checked_items(fit, rng, draws))
        return AnswerCheck(counts=counts, level=fit.level, synthetic=fit.synthetic)
    answers, bands = bands_of(design)
    levels = _levels(design)
    spans = []
    for reading in fit.readings:
        sums = [np.zeros((draws, len(answers))) for _ in levels]
        shares = pattern_shares(reading, rng, draws)
        for pattern, people in enumerate(reading.table.sum(axis=1)):
            drawn = rng.multinomial(round(float(people)), shares[:, pattern])
            for place in (place for place, (_, _, inside) in enumerate(levels) if inside[pattern]):
                sums[place] += drawn
        tail = (1 - fit.level) / 2
        spans.append([np.quantile(one, [tail, 1 - tail], axis=0, method="inverted_cdf") for one in sums])
    found = []
    for place, (predictor, label, inside) in enumerate(levels):
        tables = np.stack([table[inside].sum(axis=0) @ bands for table in design.tables])
        low = np.min([ends[place][0] for ends in spans], axis=0)
        high = np.max([ends[place][1] for ends in spans], axis=0)
        for answer, name in enumerate(answers):
            found.append(
                CheckedCount(
                    predictor=predictor,
                    level=label,
                    answer=name,
                    people=int(tables[0].sum()),
                    observed=(int(tables[:, answer].min()), int(tables[:, answer].max())),
                    lower=int(low[answer]),
                    upper=int(high[answer]),
                )
            )
    return AnswerCheck(counts=tuple(found), level=fit.level, synthetic=fit.synthetic)


def _levels(design: Design) -> list[tuple[str, str, Array]]:
    """Return which patterns have each level of each predictor, and are of each group."""
    found = [(one.name, *group) for place, one in enumerate(design.variables) for group in _groups(design, place, one)]
    return found + [
        (name, label, codes == at) for name, labels, codes in design.groups for at, label in enumerate(labels)
    ]


def _checked_items(fit: FittedModel, rng: np.random.Generator, draws: int) -> Iterator[CheckedCount]:
    """Yield the counts of several items: of each item's yes, or of each answer to all questions."""
    design, reading = fit.design, fit.readings[0]
    patterns, items, answers = design.rows_answered()
    drawn = predicted_answers(reading.thinned(draws, rng), rng)  # a row for each draw
    told = [(item, items == at, 1) for at, item in enumerate(design.items)] if design.by_item else []
    told = told or [(answer, answers >= 0, at) for at, answer in enumerate(design.answers)]
    tail = (1 - fit.level) / 2
    for name, label, inside in _levels(design):
        for words, rows, answer in told:
            here = rows & inside[patterns]
            counts = (drawn[:, here] == answer).sum(axis=1)
            low, high = np.quantile(counts, [tail, 1 - tail], method="inverted_cdf")
            seen = int((answers[here] == answer).sum())
            yield CheckedCount(
                predictor=name,
                level=label,
                answer=words,
                people=int(here.sum()),
                observed=(seen, seen),
                lower=int(low),
                upper=int(high),
            )


def _groups(design: Design, place: int, one: Variable) -> list[tuple[str, Array]]:
    """Return which patterns have each level; of a number up to and above quartiles that no single person's are."""
    values = design.patterns[:, place]
    if one.labels:
        found = [(label, values == code) for code, label in enumerate(one.labels)]
    else:
        cuts = tuple(dict.fromkeys(shared_quartiles(values, design.totals)))
        if not cuts:
            return []
        edges = [-np.inf, *cuts, np.inf]
        words = [f"up to {one.told(cuts[0])}", *(f"above {one.told(low)}" for low in cuts)]
        words[1:-1] = [f"{text} up to {one.told(high)}" for text, high in zip(words[1:-1], cuts[1:], strict=True)]
        sides = zip(words, pairwise(edges), strict=True)
        found = [(word, (values > low) & (values <= high)) for word, (low, high) in sides]
    totals = design.totals
    return [(label, inside) for label, inside in found if totals[inside].sum() > 0]
