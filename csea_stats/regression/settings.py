"""What is compared and which answer is meant, as values: settings of a predictor, and events of the outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import InputError, UnknownName, in_short
from csea_stats.regression.variables import Variable, two_deviations
from csea_stats.respondents.texts import plain
from csea_stats.results.numbers import with_unit
from csea_stats.survey.answer_events import OR_HIGHER, OR_LOWER, Event, answer_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array

Level = str | float | int

Side = Level | tuple[Level, ...]

Contrast = tuple[Side, Side] | float | int
"""From which level (or levels) to which; or by how many units everybody's number is moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeEvent:
    """An answer, or a run of answers.

    Parameters
    ----------
    low, high : int
        First and last answer.
    words : str
    without : tuple of int
        Answers between them that do not belong to it.
    """

    low: int
    high: int
    words: str
    without: tuple[int, ...] = ()

    @property
    def runs(self) -> list[tuple[int, int]]:
        """The answers as runs of neighbours, first and last of each."""
        ends = [-1 + self.low, *self.without, self.high + 1]
        return [(low + 1, high - 1) for low, high in pairwise(ends) if high - low > 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorSetting:
    """What everybody's value of one predictor is set to.

    Parameters
    ----------
    place : int
        Which predictor; -1: none, everybody as they are.
    values, weights : tuple of float
        Values with the share of people set to each; empty: as they are.
    offset : float
        Added to a number.
    words : str
    among : tuple of (place, value)
        Other predictors, and what everybody's is set to.
    """

    place: int
    values: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    offset: float = 0.0
    words: str = ""
    among: tuple[tuple[int, float], ...] = ()

    def patterns(self, design: Design) -> tuple[Array, Array]:
        """Return the patterns with that setting, and their weights."""
        patterns, weights = design.patterns, design.weights
        if self.among:
            patterns = patterns.copy()
            for place, value in self.among:
                patterns[:, place] = value
        if self.place < 0:
            return patterns, weights
        if not self.values:
            moved = patterns.copy()
            moved[:, self.place] += self.offset
            return moved, weights
        moved = np.tile(patterns, (len(self.values), 1))
        moved[:, self.place] = np.repeat(self.values, len(patterns))
        return moved, np.outer(self.weights, weights).ravel()


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorContrast:
    """Two settings of one predictor.

    Parameters
    ----------
    start, end : PredictorSetting
    item : str
        The coefficient it mostly speaks of, ``organisation[NGO]``.
    words : str
        "from government to NGO", "per 5 years of experience".
    smallest : int
        Respondents in the smaller of two groups compared; 0 where it is a number.
    """

    start: PredictorSetting
    end: PredictorSetting
    item: str
    words: str
    smallest: int = 0

    @property
    def change(self) -> str:
        """What differs, as the beginning of a sentence: "with 5 years more of experience"."""
        return f"with {self.words.removeprefix('per ')}" if self.words.startswith("per ") else self.words


def single_events(answers: Sequence[str]) -> tuple[OutcomeEvent, ...]:
    """Return every answer for itself."""
    return tuple(OutcomeEvent(low=place, high=place, words=answer) for place, answer in enumerate(answers))


def event_of(answers: Sequence[str], outcome: Event, *, ordered: bool) -> OutcomeEvent:
    """Return the event that an answer, a list of answers taken together, or an end of a scale is."""
    found = answer_event(answers, outcome, ordered=ordered)
    low, high = found.places[0], found.places[-1]
    without = tuple(place for place in range(low, high) if place not in found.places)
    return OutcomeEvent(low=low, high=high, words=found.words, without=without)


def events(answers: Sequence[str], outcome: Event | None, *, ordered: bool = True) -> tuple[OutcomeEvent, ...]:
    """Return the events meant by an outcome; by default every cut of an ordered outcome, or the later of two answers.

    Of answers in no order every one.

    Examples
    --------
    >>> [event.words for event in events(("poor", "fair", "good"), None)]
    ['poor or lower', 'fair or lower']
    >>> events(("poor", "fair", "good"), "fair or higher")[0]
    OutcomeEvent(low=1, high=2, words='fair or higher', without=())
    """
    last = len(answers) - 1
    if outcome is None:
        if last == 1:
            return (OutcomeEvent(low=1, high=1, words=answers[1]),)
        if not ordered:
            return single_events(answers)
        return tuple(OutcomeEvent(low=0, high=cut, words=answers[cut] + OR_LOWER) for cut in range(last))
    found = event_of(answers, outcome, ordered=ordered)
    high = found.high
    if ordered and found.low == high and outcome in answers and last > 1:
        if high == last:
            message = (
                f"outcome: found {in_short(outcome)}, the highest answer: everybody gave it or a lower one; say "
                f"'{outcome}{OR_HIGHER}'"
            )
            raise InputError(message)
        return (OutcomeEvent(low=0, high=high, words=answers[high] + OR_LOWER),)
    return (found,)


def comparisons(design: Design, variable: str | None, contrast: Contrast | None) -> tuple[PredictorContrast, ...]:
    """Return what is compared; by default lowest against highest, categories against the first, a number by its unit.

    Raises
    ------
    UnknownName
        No such predictor or level.
    InputError
        The contrast does not fit the predictor.
    """
    if variable is None:
        if contrast is not None:
            message = f"contrast: found {in_short(contrast)} without a variable; say which with variable=..."
            raise InputError(message)
        return tuple(found for one in design.variables for found in comparisons(design, one.name, None))
    place = variable_place(design, variable)
    one = design.variables[place]
    if contrast is None:
        return _customary(design, place, one)
    if isinstance(contrast, np.ndarray) and contrast.ndim == 1:
        contrast = tuple(contrast.tolist())
    if (amount := number_in(contrast)) is not None:
        if one.labels or not math.isfinite(amount) or amount == 0:
            message = (
                f"contrast: found {contrast!r} for {variable!r}; a number moves a number; here allowed is (from, "
                f"to) of {', '.join(map(repr, one.labels))}"
            )
            raise InputError(message)
        return (_moved(place, one, amount),)
    if not isinstance(contrast, (tuple, list)) or len(contrast) != 2:
        message = (
            f"contrast: found {contrast!r}; allowed is a pair (from, to), or a number for how far a number is moved"
        )
        raise InputError(message)
    start = _side(design, place, contrast[0], other=contrast[1])
    end = _side(design, place, contrast[1], other=contrast[0])
    return (_pair(design, place, start, end),)


def number_in(value: object) -> float | None:
    """Return a number of Python, NumPy or pandas, or an array of no dimension, as a float; None of anything else.

    Examples
    --------
    >>> number_in(np.int64(5)), number_in(np.array(2.5)), number_in(True), number_in("5")
    (5.0, 2.5, None, None)
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    return None if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) else float(value)


def variable_place(design: Design, variable: str) -> int:
    """Which predictor a name means; a term such as "mo(age)" means its column."""
    if not isinstance(variable, str):
        message = f"variable: found {in_short(variable)}; allowed is a predictor's name"
        raise InputError(message)
    for place, one in enumerate(design.variables):
        if plain(variable) in (plain(one.name), plain(one.predictor.written)):
            return place
    raise UnknownName("predictor", variable, [one.name for one in design.variables])


def _customary(design: Design, place: int, one: Variable) -> tuple[PredictorContrast, ...]:
    if one.shape == "number":
        return (_moved(place, one, one.scale),)
    if one.shape == "contrasts":
        first = _side(design, place, one.labels[0], other="")
        return tuple(_pair(design, place, first, _side(design, place, label, other="")) for label in one.labels[1:])
    low, high = (_side(design, place, end, other="") for end in ("lowest", "highest"))
    return (_pair(design, place, low, high),)


def _moved(place: int, one: Variable, amount: float) -> PredictorContrast:
    units = with_unit(f"{amount:.3g}", one.unit)
    if one.predictor.term in ("plain", "free") and amount == one.scale:
        units += " (2 standard deviations)"
    return PredictorContrast(
        start=PredictorSetting(place=place),
        end=PredictorSetting(place=place, offset=amount),
        item=one.items[0],
        words=f"per {units} more" + ("" if one.unit == one.name else f" of {one.name}"),
    )


def _side(design: Design, place: int, side: Side, *, other: Side) -> PredictorSetting:
    one = design.variables[place]
    if side == "others" and "others" not in one.labels:
        if not one.labels:
            message = f"contrast: 'others' needs levels; {one.name!r} is a number"
            raise InputError(message)
        taken = set(_side(design, place, other, other="").values)
        values = tuple(float(value) for value in one.levels if value not in taken)
        return _mixture(design, place, values, "the others")
    members = tuple(side) if isinstance(side, (tuple, list)) else (side,)
    values = tuple(level_value(one, member) for member in members)
    words = " or ".join(one.told(value) for value in values)
    return _mixture(design, place, values, words)


def level_value(one: Variable, level: Level) -> float:
    """Return the value of a level, or a number as it is."""
    named = {"lowest": 0, "reference": 0, "highest": -1}
    if isinstance(level, str) and level not in one.labels and level in named:
        return float(one.levels[named[level]])
    if one.labels:
        if level not in one.labels:
            raise UnknownName(f"level of {one.name!r}", str(level), one.labels, "Or 'lowest', 'highest', 'others'.")
        return float(one.labels.index(str(level)))
    found = number_in(level)
    if found is None or not math.isfinite(found):
        message = f"contrast: found {in_short(level)} for the number {one.name!r}; allowed is a number"
        raise InputError(message)
    return found


def partners(design: Design, place: int) -> tuple[str, ...]:
    """Return the predictors that one has interactions with."""
    pairs = [pair for pair in design.joints if place in pair]
    return tuple(design.variables[other].name for pair in pairs for other in pair if other != place)


def stepped(design: Design, place: int) -> bool:
    """Whether a predictor is a monotonic term, or has an interaction with one, so that steps may decide its effect."""
    names = {design.variables[place].name, *partners(design, place)}
    return any(one.shape == "monotonic" for one in design.variables if one.name in names)


def people_with(design: Design, setting: PredictorSetting) -> int:
    """Return how many respondents have one of a setting's values, and those that it sets others to."""
    patterns = design.patterns
    same = np.isin(patterns[:, setting.place], setting.values)
    for place, value in setting.among:
        same &= patterns[:, place] == value
    return int(design.totals[same].sum())


def beyond(design: Design, setting: PredictorSetting) -> bool:
    """Whether a setting of a number lies where nobody is, or moves everybody farther than they lie apart."""
    if setting.place < 0 or design.variables[setting.place].labels:
        return False
    levels = design.variables[setting.place].levels
    outside = any(not levels[0] <= value <= levels[-1] for value in setting.values)
    return bool(outside or abs(setting.offset) > levels[-1] - levels[0])


def _mixture(design: Design, place: int, values: tuple[float, ...], words: str) -> PredictorSetting:
    """Everybody set to each of the values, in the shares in which they occur."""
    if len(values) == 1:
        return PredictorSetting(place=place, values=values, weights=(1.0,), words=words)
    shares = np.array([design.weights[design.patterns[:, place] == value].sum() for value in values])
    if not len(values) or shares.sum() == 0:
        message = f"contrast: nobody has {words} of {design.variables[place].name!r}; compare levels that somebody has"
        raise InputError(message)
    shares = shares / shares.sum()
    return PredictorSetting(place=place, values=values, weights=tuple(float(share) for share in shares), words=words)


def _pair(design: Design, place: int, start: PredictorSetting, end: PredictorSetting) -> PredictorContrast:
    one = design.variables[place]
    if set(start.values) & set(end.values):
        message = f"contrast: found {start.words!r} on both sides; the sides must differ"
        raise InputError(message)
    item = one.items[0]
    if one.shape == "contrasts":
        item = f"{one.name}[{end.words}]"
    totals = design.totals
    sizes = [int(totals[np.isin(design.patterns[:, place], side.values)].sum()) for side in (start, end)]
    return PredictorContrast(
        start=start,
        end=end,
        item=item,
        words=f"from {start.words} to {end.words}",
        smallest=min(sizes) if one.labels else 0,
    )


def whole_contrast(design: Design, place: int) -> float:
    """Return how far apart the sides of a predictor's whole contrast are.

    2 standard deviations of a number; lowest to highest level of a score or of a monotonic effect. Two categories are
    one contrast, whichever they are: 1.
    """
    one = design.variables[place]
    if one.shape == "contrasts":
        return 1.0
    if one.labels:
        return float(len(one.labels) - 1)
    if one.predictor.term in ("plain", "free"):
        return one.scale
    return two_deviations(design.patterns[:, place], design.totals)


def whole_words(design: Design, place: int) -> str:
    """Return a predictor's whole contrast in words: "2 standard deviations (17.5 years) of experience"."""
    one = design.variables[place]
    if one.labels:
        return f"from {one.labels[0]} to {one.labels[-1]}"
    units = with_unit(f"{whole_contrast(design, place):.3g}", one.unit)
    return f"2 standard deviations ({units})" + ("" if one.unit == one.name else f" of {one.name}")


def part_of_contrast(design: Design, start: PredictorSetting, end: PredictorSetting) -> float:
    """Return how much of the predictor's whole contrast lies between two settings, each at its average.

    The levels of a score or a monotonic effect are taken to lie at equal distances, as a frequentist fit takes them.
    """
    if design.variables[end.place].shape == "contrasts":
        return 1.0
    return abs(_position(end) - _position(start)) / whole_contrast(design, end.place)


def _position(setting: PredictorSetting) -> float:
    return float(np.dot(setting.values, setting.weights)) if setting.values else setting.offset
