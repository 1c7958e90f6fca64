"""Shares of each answer among people whose predictors are stated, and what new ones among them may answer."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import special

from csea_stats.base.selection import shift_odds
from csea_stats.errors import InputError, UnknownName, described, in_short
from csea_stats.estimators.assumptions import target_caveats
from csea_stats.estimators.estimand import Limits, Participation, Setting, hull
from csea_stats.regression.averages import effects_of, event_share, item_share, thresholds_of, with_effects
from csea_stats.regression.effects import AverageEffect, Prediction
from csea_stats.regression.fitted import PEOPLE, FittedModel, FittedTable
from csea_stats.regression.groups import slope_names
from csea_stats.regression.quantities import ALONE, Moved, OfFit, Quantity
from csea_stats.regression.settings import (
    OutcomeEvent,
    PredictorSetting,
    event_of,
    number_in,
    part_of_contrast,
    single_events,
    stepped,
    whole_words,
)
from csea_stats.respondents.frames import is_frame, opened
from csea_stats.respondents.texts import is_nothing, plain, text_of
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import number_of
from csea_stats.results.values import Caveat, Interval, Scale

if TYPE_CHECKING:
    from csea_stats.regression.design import Design
    from csea_stats.regression.engines.weights import Draws
    from csea_stats.regression.problem import Array
    from csea_stats.regression.variables import Variable
    from csea_stats.targets.populations import Target

STREAM = 31
"""Kept apart from the random numbers of everything else that a seed makes."""

NODES = 61
"""Of the Gauss-Hermite rule by which a share is averaged over what sets people apart."""

Profiles = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""Predictors with the values that people have, once or several times; a frame is understood, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeople(PredictorSetting):
    """People with a stated value of every predictor.

    Parameters
    ----------
    values : tuple of float
        Of each variable of the design.
    groups : tuple of (name, label)
        Of each group effect; a label that no respondent has, or an empty one, is a new group.
    question : str
        Which of several questions with the same answers; empty: averaged over them.
    item : str
        ``organisation[NGO], years[5]``.
    """

    place: int = -1
    groups: tuple[tuple[str, str], ...] = ()
    question: str = ""
    item: str = ""

    def patterns(self, design: Design) -> tuple[Array, Array]:  # noqa: ARG002
        """Return the one pattern that they have."""
        return np.array([self.values], dtype=float), np.ones(1)


def predict(
    fit: FittedModel,
    profiles: Profiles,
    outcome: str | None = None,
    target: Target | Sequence[Target] = PEOPLE,
    *,
    contrast: bool = False,
    new: int | None = None,
) -> Estimates:
    """Shares among stated people, their differences, and the answers of new ones; see `Fit.predict`."""
    people = stated_people(fit.design, profiles)
    events = _events(fit, outcome)
    if not fit.bayes and (named := [label for one in people for _, label in one.groups if label]):
        message = (
            f"predict: found the group {named[0]!r}; a frequentist fit is averaged over groups: leave it out, or fit "
            "with method='bayes'"
        )
        raise InputError(message)
    if new is not None:
        _check_new(fit, new, target, contrast=contrast)
    if contrast and len(people) < 2:
        message = "contrast: found one profile; allowed are two or more, each compared with the first: predict([a, b])"
        raise InputError(message)
    if contrast and (same := [one.item for one in people[1:] if one == people[0]]):
        message = f"contrast: found {in_short(same[0])} on both sides; the sides must differ"
        raise InputError(message)
    known: dict[StatedPeople, list[Estimate]] = {}
    found: list[Estimate] = []
    for one in people[1:] if contrast else people:
        if one not in known:  # many rows of a frame are alike
            start = people[0] if contrast else None
            known[one] = [told for event in events for told in _shares(fit, start, one, event, target)]
            if new is not None:
                known[one] += [_new_answers(fit, one, event, new) for event in events]
        found += known[one]
    return Estimates(found)


def _events(fit: FittedModel, outcome: str | None) -> tuple[OutcomeEvent, ...]:
    """Return every answer by itself, the one asked for, or a run of them; of several questions at once the items."""
    answers = fit.design.answers
    if fit.design.by_item or fit.number:
        return fit.events(outcome)
    if outcome is None:
        return single_events(answers)
    return (event_of(answers, outcome, ordered=fit.design.ordered),)


def _check_new(fit: FittedModel, new: object, target: object, *, contrast: bool) -> None:
    """Refuse what a new answer cannot be told of."""
    if not isinstance(new, int) or isinstance(new, bool) or new < 1:
        message = f"new: found {in_short(new)}; allowed is a number of people, 1 or more"
    elif not fit.bayes:
        message = "new: a confidence interval is of a share, not of answers to come; fit with method='bayes'"
    elif contrast:
        message = "new: found with contrast=True; allowed is one of both: ask for each by itself"
    elif target != PEOPLE:
        message = f"new: found target {target!r}; new people are taken as people like these: leave the target out"
    else:
        return
    raise InputError(message)


# ---------------------------------------------------------------------- who they are


def stated_people(design: Design, profiles: Any) -> tuple[StatedPeople, ...]:
    """Return people as the design codes them.

    Raises
    ------
    InputError
        A predictor is not given, or is given no value that it can have.
    UnknownName
        There is no such predictor, or no such level.
    """
    names, groups = _stated_names(design)
    if isinstance(profiles, Mapping):
        return (_people(design, profiles, "profile", names, groups),)
    if is_frame(profiles):
        rows: Iterable[Any] = frame_rows(design, profiles)
        word = "row"
    elif isinstance(profiles, Sequence) and not isinstance(profiles, str):
        rows, word = profiles, "profile"
    else:
        message = (
            f"predict: found {described(profiles)}; allowed is a mapping of every predictor to a value, such as "
            f"{_example(design)}, a list of them, or a frame"
        )
        raise InputError(message)
    found = tuple(_people(design, row, f"{word} {place}", names, groups) for place, row in enumerate(rows))
    if not found:
        message = f"predict: found no {word}; allowed are one or more"
        raise InputError(message)
    return found


def _stated_names(design: Design) -> tuple[list[str], list[str]]:
    """Return the predictors that a profile states, and the groups and the question that it may."""
    groups = [*_group_columns(design), *[QUESTION] * bool(_questions(design))]
    return [one.name for one in design.variables], groups


def frame_rows(design: Design, profiles: Any) -> list[dict[str, Any]]:
    """Return a frame's rows as profiles; other columns are not looked at."""
    frame, wanted = opened(profiles, "predict"), {plain(name) for names in _stated_names(design) for name in names}
    rows = list(frame.select([one for one in frame.columns if plain(one) in wanted]).iter_rows(named=True))
    return rows if wanted else [{} for _ in range(len(frame))]


QUESTION = "item"
"""What a profile calls one of several questions with the same answers, as models do."""


def _questions(design: Design) -> tuple[str, ...]:
    """Return the questions that a share is of, where they are several; none where an answer belongs to one of them."""
    return design.items if design.several and not design.by_item else ()


def _group_columns(design: Design) -> dict[str, tuple[str, ...]]:
    """Return the columns that tell someone's groups, each with those that it takes to name a group of its own."""
    terms = [one for one in design.model.predictor if one.group in [name for name, _, _ in design.groups]]
    found = {one.within: () for one in terms if one.within}
    return {**found, **{one.name: (one.within, one.name) if one.within else (one.name,) for one in terms}}


def _example(design: Design) -> str:
    return repr({one.name: one.labels[0] if one.labels else 1 for one in design.variables})


def _people(design: Design, given: Any, where: str, names: list[str], groups: list[str]) -> StatedPeople:
    if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
        message = f"{where}: found {described(given)}; allowed is a mapping such as {_example(design)}"
        raise InputError(message)
    stated = {plain(key): value for key, value in given.items()}
    for key in given:
        if plain(key) not in map(plain, (*names, *groups)):
            raise UnknownName(f"predictor of {where}", key, [*names, *groups])
    lacking = [name for name in names if plain(name) not in stated]
    if lacking:
        message = (
            f"{where}: found no {', '.join(map(repr, lacking))}; allowed is a value of every predictor. Averages over "
            "the respondents are fit.predictions()"
        )
        raise InputError(message)
    values = [_value(one, stated[plain(one.name)], where) for one in design.variables]
    named = {name: _group(name, stated.get(plain(name), ""), where) for name in groups}
    told = [(one.name, one.told(value)) for one, value in zip(design.variables, values, strict=True)]
    told += [(name, label) for name, label in named.items() if label]
    question, questions = named.pop(QUESTION, ""), _questions(design)
    parts = {":".join(parts): [named[one] for one in parts] for parts in _group_columns(design).values() if parts}
    if question and questions and question not in questions:
        raise UnknownName(f"question of {where}", question, questions)
    return StatedPeople(
        values=tuple(values),
        groups=tuple((name, ": ".join(parts[name]) if all(parts[name]) else "") for name, _, _ in design.groups),
        question=question if questions else "",
        words=", ".join(text if text.endswith(name) else f"{name} {text}" for name, text in told),
        item=", ".join(f"{name}[{text}]" for name, text in told),
    )


def _value(one: Variable, value: object, where: str) -> float:
    if one.labels and not is_nothing(value):
        text = text_of(value)
        if text not in one.labels:
            raise UnknownName(f"level of {one.name!r} ({where})", text, one.labels)
        return float(one.labels.index(text))
    found = None if one.labels else number_in(value)
    if found is None or not math.isfinite(found):
        allowed = f"one of {', '.join(map(repr, one.labels))}" if one.labels else "a number"
        message = f"{where}: found {in_short(value)} for {in_short(one.name)}; allowed is {allowed}"
        raise InputError(message)
    return found


def _group(name: str, value: object, where: str) -> str:
    if is_nothing(value):
        return ""
    if not isinstance(value, (str, int, float)):
        message = f"{where}: found {in_short(value)} for the group {name!r}; allowed is its name, or '' for a new one"
        raise InputError(message)
    return text_of(value)


# ---------------------------------------------------------------------- what is told of them


def _shares(
    fit: FittedModel,
    start: StatedPeople | None,
    end: StatedPeople,
    event: OutcomeEvent,
    target: Target | Sequence[Target],
) -> list[Estimate]:
    """Return the share of an answer among some people, or what it is more than among others."""
    quantity = Quantity(start=start, end=end, event=event)
    if start is None:
        share = _share(fit, end, event)
        return share.estimates(target, Setting(method=fit.engine, level=fit.level))
    difference = StatedDifference(
        fit=fit,
        item=_item(f"{end.item} against {start.item}", event),
        words=f"difference in the {fit.measure(event)}, from {start.words} to {end.words}"
        f"{'' if start.question and end.question else _averaged(fit.design)}",
        noted=(caveat("association"), *dict.fromkeys((*_doubts(fit.design, start), *_doubts(fit.design, end)))),
        quantity=quantity,
    )
    return difference.estimates(target, Setting(method=fit.engine, level=fit.level, threshold=0.0))


def _share(fit: FittedModel, people: StatedPeople, event: OutcomeEvent) -> StatedShare:
    return StatedShare(
        fit=fit,
        item=_item(people.item, event),
        words=f"{fit.measure(event)}{_with(fit.design, people)}",
        says=fit.says(event),
        noted=_doubts(fit.design, people),
        quantity=Quantity(start=None, end=people, event=event),
    )


def _item(whom: str, event: OutcomeEvent) -> str:
    return f"{whom}: {event.words}" if whom else event.words


def _with(design: Design, people: StatedPeople) -> str:
    averaged = "" if people.question else _averaged(design)
    return (f", with {people.words}" if people.words else "") + averaged


def _averaged(design: Design) -> str:
    """Say over how many questions a share is averaged."""
    questions = _questions(design)
    return f", averaged over {number_of(len(questions), 'questions')}" if questions else ""


def _doubts(design: Design, people: StatedPeople) -> tuple[Caveat, ...]:
    """Return where the model alone speaks: beyond what any respondent has, and of groups nobody is of."""
    found = []
    for one, value in zip(design.variables, people.values, strict=True):
        outside = value not in one.levels if one.labels else not one.levels[0] <= value <= one.levels[-1]
        if outside:
            found.append(caveat("beyond-everybody", name=one.name.replace("_", " ")))
    coded = [place for place, one in enumerate(design.variables) if one.labels]
    here = design.patterns[design.totals > 0]
    alike = (here[:, coded] == np.array(people.values)[coded]).all(axis=1)
    if not found and not alike.any():
        told = ", ".join(f"{design.variables[place].name.replace('_', ' ')}" for place in coded)
        found.append(caveat("combination-unseen", names=told))
    for (name, label), (_, labels, _) in zip(people.groups, design.groups, strict=True):
        if label in labels:
            found.append(caveat("group-seen", name=name, label=label))
        else:
            found.append(caveat("group-new", name=name, label=f" (“{label}” is none of theirs)" if label else ""))
    if design.persons:
        found.append(caveat("people-averaged"))
    return tuple(found)


class StatedShare(Prediction):
    """The share of an answer among people whose predictors are stated."""

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws."""
        return _side(self, reading, self.quantity.end, None if moved is None else moved[1])


class StatedDifference(AverageEffect):
    """The difference of that share between two kinds of people."""

    name: ClassVar[str] = "difference"

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws."""
        low, high = moved if moved is not None else (None, None)
        start = self.quantity.start or self.quantity.end
        return _side(self, reading, self.quantity.end, high) - _side(self, reading, start, low)

    @cached_property
    def _parts(self) -> dict[int, float]:
        """By how much of its whole contrast they differ in each predictor."""
        start, end, design = self.quantity.start or self.quantity.end, self.quantity.end, self.fit.design
        pairs = enumerate(zip(start.values, end.values, strict=True))
        sides = {place: [_at(place, one) for one in pair] for place, pair in pairs if pair[0] != pair[1]}
        return {place: part_of_contrast(design, *pair) for place, pair in sides.items()}

    @property
    def part(self) -> float:
        """How many whole contrasts they are apart: what participation differs by adds up over the predictors."""
        start = self.quantity.start or self.quantity.end
        return sum(self._parts.values()) + float(_groups(start) != _groups(self.quantity.end))

    @property
    def whole(self) -> str:
        """The whole contrasts in words."""
        return ", ".join(whole_words(self.fit.design, place) for place in self._parts) or "one group against another"

    @property
    def stepped(self) -> bool:
        """Whether they differ in a monotonic term, or in what has an interaction with one."""
        return any(stepped(self.fit.design, place) for place in self._parts)

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Return them: two stated profiles are no two groups of respondents whose counts could stand beside."""
        if self.fit.design.grouped and self.methods[method].kind == "confidence":
            return math.nan, math.nan
        return OfFit.limits(self, method, level, who)

    def beside(self, method: str) -> str:
        """Return the default method of the other kind."""
        return OfFit.beside(self, method)


def _groups(people: PredictorSetting) -> tuple[tuple[str, str], ...]:
    return people.groups if isinstance(people, StatedPeople) else ()


def _at(place: int, value: float) -> PredictorSetting:
    return PredictorSetting(place=place, values=(value,), weights=(1.0,))


def _side(
    quantity: StatedShare | StatedDifference,
    reading: FittedTable,
    people: PredictorSetting,
    shift: Array | float | None,
) -> Array:
    """Return the share among some people at each draw."""
    if reading.design.grouped and isinstance(people, StatedPeople):
        return _grouped_share(reading, people, quantity.quantity.event, shift, quantity.fit.seed)
    return reading.share(people, quantity.quantity.event, shift)


def _grouped_share(
    reading: FittedTable, people: StatedPeople, event: OutcomeEvent, shift: Array | float | None, seed: int
) -> Array:
    """Return the share at each draw: averaged over what sets people apart, with the group's own or a drawn effect."""
    design, sample = reading.design, reading.whole
    pattern, items = people.patterns(design)[0], range(len(design.items))
    moved = None if shift is None else np.exp(-np.broadcast_to(np.asarray(shift, dtype=float), (reading.draws,)))
    if design.exactly:
        shares = item_share(design, sample, pattern, None, event.low, event)
        return np.asarray((shares if moved is None else shift_odds(shares, moved[:, None]))[:, 0])
    apart, weights = np.zeros((reading.draws, 1)), np.ones(1)
    if design.persons:
        nodes, weights = np.polynomial.hermite.hermgauss(NODES)
        apart = reading.named["sd(respondent)"][:, None] * (math.sqrt(2) * nodes)
        weights = weights / weights.sum()
    apart = apart + _group_effects(reading, people, seed)[:, None]
    total = np.zeros(reading.draws)
    counted = [event.low] if design.by_item else [design.items.index(people.question)] if people.question else items
    answers = OutcomeEvent(low=1, high=1, words=event.words) if design.by_item else event
    for item in counted:
        eta = effects_of(design, sample, pattern, item=item).repeat(apart.shape[1], axis=1)
        eta = with_effects(eta, apart)
        shares = event_share(design.link, thresholds_of(design, sample, item), eta, answers)
        total += (shares if moved is None else shift_odds(shares, moved[:, None])) @ weights
    return total / len(counted)


def _group_effects(reading: FittedTable, people: StatedPeople, seed: int) -> Array:
    """Return the effects of the groups that they are of; of a new group some drawn from the spread at each draw."""
    values, design = reading.named, reading.design
    total, pattern = np.zeros(reading.draws), people.patterns(design)[0]

    def own(effect: str, name: str, at: int, width: int) -> Array:
        _, label = people.groups[at]
        labels = design.groups[at][1]
        if label in labels:
            return np.asarray(values[effect][:, labels.index(label)]).reshape(reading.draws, width)
        # the same group draws the same effect, whatever is asked of it
        rng = np.random.default_rng([seed, STREAM, zlib.crc32(f"{name}\0{label}".encode())])
        return np.asarray(values[f"sd({name})"][:, None] * rng.standard_normal((reading.draws, width)))

    for at, (name, _, _) in enumerate(design.groups):
        total += own(f"group {name}", name, at, 1)[:, 0]
    for name, (at, place) in zip(slope_names(design), design.slopes, strict=True):
        columns = design.variables[place].own_columns(pattern[:, place])[0]
        total += own(f"slope {name}", name, at, len(columns)) @ columns
    return total


# ---------------------------------------------------------------------- what new ones answer


def _new_answers(fit: FittedModel, people: StatedPeople, event: OutcomeEvent, number: int) -> Estimate:
    """Return the probability of one new person's answer, or how many of several give it, over share and chance."""
    share = _share(fit, people, event)
    draws = [share.at(reading, ALONE, 0, 0.0) for reading in fit.readings]
    interval, who = None, number_of(number, "new people")
    if fit.number:
        return _new_number(fit, people, event, number)
    if number == 1:
        low, high = hull([one.mean() for one in draws])
        words = f"probability that one new person answers {fit.what(event)}"
    else:
        tail = (1 - fit.level) / 2
        ends = [[count_quantile(one, number, at) for at in (tail, 0.5, 1 - tail)] for one in draws]
        low, high = hull([middle for _, middle, _ in ends])
        words = f"number of {who} who answer {fit.what(event)}"
        interval = _predictive(fit, share, ends)
    return _told(fit, share, people, words, (low, high), interval, "share" if number == 1 else "count")


def _new_number(fit: FittedModel, people: StatedPeople, event: OutcomeEvent, number: int) -> Estimate:
    """Return what one new person answers, or what several do on average: the model's average and the errors' chance."""
    share, tail = _share(fit, people, event), (1 - fit.level) / 2
    ends = []
    for reading in fit.readings:
        drawn, whole = share.at(reading, ALONE, 0, 0.0), reading.whole.thresholds
        rng = np.random.default_rng([fit.seed, STREAM, number])
        errors = np.mean([whole[:, 1] * rng.standard_t(whole[:, 2]) for _ in range(number)], axis=0)
        new = replace(drawn, numbers=drawn.numbers + reading.design.moments[1] * errors)
        ends.append([new.quantile(at) for at in (tail, 0.5, 1 - tail)])
    who = "one new person" if number == 1 else f"{number_of(number, 'new people')} on average"
    words = f"answer of {who} to {fit.what(event)}"
    return _told(
        fit, share, people, words, hull([middle for _, middle, _ in ends]), _predictive(fit, share, ends), "average"
    )


def _predictive(fit: FittedModel, share: StatedShare, ends: Sequence[Sequence[float]]) -> Interval:
    """Return the interval of what new people answer: from the least to the greatest limit over the readings."""
    return Interval(
        lower=min(least for least, _, _ in ends),
        upper=max(most for _, _, most in ends),
        level=fit.level,
        kind="credible",
        method=f"{share.named(fit.engine)}, predictive",
    )


def _told(  # noqa: PLR0913, PLR0917
    fit: FittedModel,
    share: StatedShare,
    people: StatedPeople,
    words: str,
    ends: tuple[float, float],
    interval: Interval | None,
    scale: Scale,
) -> Estimate:
    """Return what new people answer as an estimate."""
    low, high = ends
    target = fit.named(PEOPLE)
    doubts = (*target_caveats(target), caveat("new-people"), *share.noted, *fit.caveats)
    return Estimate(
        question=fit.design.outcome,
        item=share.item,
        estimand=f"{words}{_with(fit.design, people)}",
        scale=scale,
        target=target,
        value=None if share.several else low,
        bounds=(low, high) if share.several else None,
        interval=interval,
        base=share.base,
        caveats=tuple(dict.fromkeys(doubts)),
        provenance=fit.provenance,
    )


def count_quantile(shares: Draws, number: int, probability: float) -> float:
    """Return the smallest count up to which a probability lies, of binomial counts whose share is one of many.

    Parameters
    ----------
    shares : Draws
    number : int
        Of people.
    probability : float

    Examples
    --------
    >>> from csea_stats.regression.engines.weights import Draws
    >>> count_quantile(Draws(np.array([0.5])), 10, 0.5), count_quantile(Draws(np.array([0.0, 1.0])), 10, 0.6)
    (5.0, 10.0)
    """
    low, high = -1, number  # up to low less than the probability lies, up to high at least it
    while high - low > 1:
        middle = (low + high) // 2
        if replace(shares, numbers=special.bdtr(float(middle), number, shares.numbers)).mean() >= probability - 1e-12:
            high = middle
        else:
            low = middle
    return float(high)
