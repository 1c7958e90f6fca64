"""The shape of a survey file, ``csea-survey/1``: frozen values that check themselves when made.

A survey is what was **printed**: percentages stay the strings they were printed as, a quantity printed twice is two
cells, and a value whose label print does not give is kept without one. docs/survey-format.md tells it in words.
"""

from __future__ import annotations

import dataclasses
from dataclasses import field, fields
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass

from csea_stats.survey.draft_marks import ReadFromFile
from csea_stats.survey.printed_rows import COLUMNS, Row
from csea_stats.survey.source import (
    STRICT,
    CountedAnswers,
    Crosstab,
    Event,
    Fact,
    Identifier,
    OfItems,
    People,
    Source,
    Status,
    TargetWords,
    Text,
    number_of_people,
    tuple_of,
)
from csea_stats.survey.toml_values import document_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from csea_stats.survey.printed_rows import Holder

JOIN = " + "
"""Joins the answers of a sum, in a cell's name and in the keys of ``says``."""


def item_name(cell: Cell | BatteryCell | PrintedAverage) -> str:
    """Name the answer of a cell: a sum is joined, unlabelled values are just that; an average is what it tells.

    Returns
    -------
    str
        Such as "poor", "none + poor", "unlabelled" or "mean + sd".
    """
    if isinstance(cell, PrintedAverage):
        return JOIN.join(cell.told)
    return "unlabelled" if cell.unlabelled is not None else JOIN.join(cell.items)


def cell_name(question: Question, cell: Cell | PrintedAverage) -> str:
    """Name a printed cell, uniquely within its survey.

    Parameters
    ----------
    question : Question
        The cell's question.
    cell : Cell or PrintedAverage
        One of its cells, or of its averages.

    Returns
    -------
    str
        ``question/item @ where``, and ``among QUESTION=ITEM`` where the cell speaks of a subgroup.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> police = next(question for question in survey.question if question.id == "police-knowledge")
    >>> cell_name(police, police.cells[0])
    'police-knowledge/none + poor @ Awareness'
    """
    among = f" among {cell.among}" if cell.among else ""
    return f"{question.id}/{item_name(cell)} @ {cell.where}{among}"


def groups_within(question: Question) -> tuple[Group, ...]:
    """Return the subgroups that a question's cells speak of, in print order."""
    return tuple(dict.fromkeys(cell.among for cell in question.cells if cell.among is not None))


def group_count(survey: Survey, group: Group) -> int | None:
    """Give how many are in a group, where print says so and does not contradict itself.

    Returns
    -------
    int or None
        The one count that is printed for the group's answer, or sum of answers; None where there is none, or several.
    """
    if group.also:
        return None
    counts = {
        cell.count
        for question in survey.question
        if question.id == group.question
        for cell in question.cells
        if set(cell.items) == set(group.items) and cell.among is None and cell.count is not None
    }
    return counts.pop() if len(counts) == 1 else None


def base_of(survey: Survey, question: Question, cell: Cell | PrintedAverage | None = None) -> int | None:
    """Give the printed base that applies to a question, or to one of its cells.

    The cell's own base; else the printed count of the group that the cell speaks of; else the question's base; else
    the printed count of the group that was asked; else, where everybody was asked, all respondents.

    Parameters
    ----------
    survey : Survey
        The survey that holds the question.
    question : Question
        The question.
    cell : Cell or PrintedAverage, optional
        One of its cells, or of its averages.

    Returns
    -------
    int or None
        A number of respondents; None where print does not give it.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> base_of(survey, next(question for question in survey.question if question.id == "girls-online"))
    39
    """
    if cell is not None and cell.base is not None:
        return number_of_people(cell.base)
    if cell is not None and cell.among is not None:
        return group_count(survey, cell.among)
    if question.base is not None or question.missing is not None:
        return number_of_people(question.base)
    return survey.people if question.among is None else group_count(survey, question.among)


def printed_bases(question: Question) -> tuple[int, ...]:
    """Return every base that a question prints, in print order."""
    bases = [question.base, *(cell.base for cell in question.cells), *(one.base for one in question.averages)]
    return tuple(base for base in bases if isinstance(base, int))


def battery_cell_name(battery: Battery, cell: BatteryCell) -> str:
    """Name a printed statement about a battery's questions: ``battery/item @ where``.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> battery_cell_name(survey.battery[0], survey.battery[0].cells[1])
    'government-activities/unlabelled @ Figure 9'
    """
    return f"{battery.id}/{item_name(cell)} @ {cell.where}"


FORMAT = "csea-survey/1"

Kind = Literal["single", "ordinal", "yes-no", "pick", "multiple", "open-coded"]

Percent = Annotated[str, Field(pattern=r"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)$")]

NOT_PRINTED = "not printed"

Unprinted = Literal["not printed"]
"""In place of a number that print does not give and that is not the usual one."""

Items = Text | Annotated[tuple[Text, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Group(OfItems):
    """The respondents who gave an answer, or one of several: the base of a nested question or of a subgroup's cell.

    In a file a list of such tables is the respondents who did all of it: `also` holds the second and later ones.
    """

    question: Identifier
    """Id of the question that defines the group."""
    item: Items
    """The answer that its members gave, or several of which each of them gave at least one."""
    also: tuple[Group, ...] = ()
    """What else its members answered, to other questions."""

    @property
    def parts(self) -> tuple[Group, ...]:
        """Every question's share in the definition, each a group by itself."""
        return (self, *self.also) if not self.also else (dataclasses.replace(self, also=()), *self.also)

    def __str__(self) -> str:
        return " & ".join(f"{one.question}={JOIN.join(one.items)}" for one in self.parts)

    @property
    def told(self) -> str:
        """The group as messages and findings name it: "age = under 30"."""
        return " & ".join(f"{one.question} = {JOIN.join(one.items)}" for one in self.parts)


def _all_of(value: object) -> object:
    """Take a list of groups as the one group of those who are in all of them."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        value = {**value[0], "also": value[1:]}
    if isinstance(value, dict):  # what comes from here on is no JSON to pydantic, so that lists must be tuples
        value = {key: tuple(map(_all_of, one)) if isinstance(one, list) else one for key, one in value.items()}
    return value


Among = Annotated[Group, BeforeValidator(_all_of, json_schema_input_type=Group | tuple[Group, ...])]
"""A group, or a list of them: those who are in all."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Cell(OfItems):
    """One printed statement of how many: exactly as printed, with its place.

    A cell tells ``percent`` and/or ``count`` and/or ``words`` of one item (or of the sum of several, a list), or is
    a ``range`` in which it lies, or holds ``unlabelled`` percentages that belong to its items in an order that
    print does not give (as many values as items, or fewer).
    """

    item: Items
    """The answer, or several whose sum is meant; for ``unlabelled`` the answers that the values may belong to."""
    where: Text
    """The figure or section of the source."""
    percent: Percent | None = None
    """The percentage as the printed string, without its sign: "41", "8.0"."""
    count: People | None = None
    """The printed number of respondents."""
    words: Text | None = None
    """A number printed in words: "all seven", "a quarter". Exact phrases are checked; vague ones cannot be."""
    unlabelled: Annotated[tuple[Percent, ...], Field(min_length=1)] | None = None
    """Printed percentages whose labels print does not give."""
    range: tuple[Percent, Percent] | None = None
    """Two printed percentages between which it lies, the smaller first."""
    base: People | Unprinted | None = None
    """The base printed for this cell, where it is not the question's own; "not printed": another, unknown."""
    among: Among | None = None
    """The subgroup of respondents that the cell speaks of."""
    weighted: bool = False
    """Whether the percentage is of weighted answers, so that no count of people has it."""
    effective: Annotated[float, Field(gt=0)] | None = None
    """Of a weighted percentage the effective number of respondents, as printed."""
    status: Status = "printed"
    note: Text | None = None
    """What a reader should know about this cell, in our words."""


AVERAGES = ("mean", "sd", "median")

Number = Annotated[str, Field(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,9})?$")]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PrintedAverage:
    """A printed mean or median of a question's scores, with the standard deviation where print gives it."""

    where: Text
    """The figure or section of the source."""
    mean: Number | None = None
    """The mean as the printed string: "3.42"."""
    sd: Number | None = None
    """The standard deviation as the printed string, beside a mean."""
    median: Number | None = None
    """The median as the printed string."""
    quartiles: tuple[Number, Number] | None = None
    """The lower and the upper quartile as printed, beside a median."""
    base: People | Unprinted | None = None
    """Of how many, where it is not the question's own base; "not printed": of another number, unknown."""
    among: Among | None = None
    """The subgroup of respondents that it speaks of."""
    note: Text | None = None

    @property
    def told(self) -> dict[str, str]:
        """What it tells, by name."""
        return {name: value for name in AVERAGES if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Uncounted:
    """How many of those who were asked are in no count, for one reason."""

    reason: Text
    """Such as "no answer" or "don't know"."""
    count: People
    off_scale: bool = False
    """Whether they gave an answer, but one that is off the scale: "don't know"."""
    among: Among | None = None
    """The subgroup of respondents that it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Question:
    """One question, its answers and what was printed about it."""

    id: Identifier
    label: Text
    """A short wording of ours, a phrase without a full stop: "Public awareness"."""
    kind: Kind
    categories: tuple[Text, ...] = ("yes", "no")
    """The answers; an ordinal question's from low to high."""
    asked: Text | None = None
    """What was asked, in our words."""
    says: dict[Text, Text] = field(default_factory=dict)
    """Verb phrase per answer that completes "N respondents ...": {"poor" = "rate public awareness poor"}.

    For a sum of answers the key joins them with " + ".
    """
    named: dict[Text, Text] = field(default_factory=dict)
    """Noun phrase per answer for those who gave it: {"under 30" = "workers under 30"}; keys as those of ``says``."""
    base: People | Unprinted | None = None
    """How many answered, as printed; None: all respondents, or those of ``among``; "not printed": an unknown number."""
    missing: Literal["some"] | None = None
    """"some": not everybody who was asked answered, and print does not say how many did."""
    among: Among | None = None
    """Who was asked, where not everybody."""
    chosen: Annotated[int, Field(ge=1)] | None = None
    """For ``pick``: how many each respondent names, as print says."""
    list_length: Annotated[int, Field(ge=1)] | None = None
    """How many answers were offered, as printed, where print shows fewer."""
    partial: bool | Literal["nobody"] = False
    """Whether there are answers that print does not show; "nobody": such as nobody gave, as print says."""
    exclusive: bool | None = None
    """Whether each respondent gives one answer; None: true but for pick, multiple and open-coded."""
    headline: Items | None = None
    """The answer, or the sum of answers, that the page leads with."""
    cells: tuple[Cell, ...] = ()
    where: Text | None = None
    """Section of the source."""
    note: Text | None = None
    scores: tuple[int, ...] | None = None
    """The number that each answer counts as in a mean; None: an ordinal question's answers count as 1, 2, 3, ..."""
    integers: tuple[int, int] | None = None
    """Of a question answered by a whole number: the least and the greatest that may be given."""
    averages: tuple[PrintedAverage, ...] = ()
    """Printed means and medians."""
    measured_in: Text | None = None
    """Of a question answered by a number, what it counts: "years". Its answers, if any, are bands of the number."""
    apart: tuple[Uncounted, ...] = ()
    """Who was asked and is in no count."""

    @property
    def values(self) -> tuple[int, ...] | None:
        """What the answers count as in a mean: each answer's score, or the ends of the numbers that may be given."""
        ordered = range(1, len(self.categories) + 1) if self.kind == "ordinal" and self.measured_in is None else ()
        return self.integers or self.scores or tuple(ordered) or None

    @property
    def leading(self) -> tuple[str, ...]:
        """The headline's answers, in the order of the file; none without a headline."""
        return () if self.headline is None else tuple_of(self.headline)

    def in_order(self, items: Iterable[str]) -> tuple[str, ...]:
        """Return answers in the question's order."""
        return tuple(sorted(items, key=self.categories.index))

    def cells_among(self, group: Group | None) -> tuple[Cell, ...]:
        """Return the cells on a group; on all who were asked where there is none."""
        return tuple(cell for cell in self.cells if cell.among == group)

    @property
    def one_answer(self) -> bool:
        """Whether each respondent gives exactly one answer."""
        return self.kind in ("single", "ordinal", "yes-no") if self.exclusive is None else self.exclusive

    @property
    def shows_all(self) -> bool:
        """Whether print shows every answer that was offered."""
        return not self.partial and (self.list_length or 0) <= len(self.categories)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BatteryCell(OfItems):
    """A printed statement about several questions at once."""

    item: Items
    where: Text
    range: tuple[Percent, Percent] | None = None
    """The smallest and the largest percentage of the item (or the sum) over the battery's questions."""
    words: Text | None = None
    """A number printed in words for all of the questions: "about a half"."""
    unlabelled: Annotated[tuple[Percent, ...], Field(min_length=1)] | None = None
    """Percentages of the questions' answers, none of whose labels print gives."""
    status: Status = "printed"
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Battery:
    """Questions with the same answers that print tells about together."""

    id: Identifier
    label: Text
    questions: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    cells: tuple[BatteryCell, ...] = ()
    """What print says of them together; may be nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, config=STRICT)
class Survey(ReadFromFile):
    """A published survey: validated, immutable.

    Made by `csea_stats.load_survey`; ``to_frame()`` gives a row per printed cell.
    """

    format: Literal["csea-survey/1"]
    id: Identifier
    title: Text
    """A short title of ours for the page."""
    respondents: Annotated[int, Field(ge=1, le=1_000_000_000)] | Unprinted
    source: Source
    targets: TargetWords
    question: Annotated[tuple[Question, ...], Field(min_length=1)]
    battery: tuple[Battery, ...] = ()
    fact: tuple[Fact, ...] = ()
    event: tuple[Event, ...] = ()
    crosstab: tuple[Crosstab, ...] = ()
    headlines: tuple[Identifier, ...] = ()
    """Questions whose headline answers open the page, chosen by whoever encoded the survey."""
    deck: Text | None = None
    """One or two sentences under the page's title."""
    limits: Text | None = None
    """What the survey can and cannot show, one or two sentences of ours."""
    sample: CountedAnswers | None = None
    """Of a survey made from respondents' answers: how they became its counts."""

    def __repr__(self) -> str:
        return f"<Survey: {self.id}, {self.respondents} respondents, {len(self.question)} questions>"

    @property
    def people(self) -> int | None:
        """How many answered; None where print does not say."""
        return number_of_people(self.respondents)

    def to_toml(self) -> str:
        """Write the survey as a file, ``csea-survey/1``; `csea_stats.load_survey` reads an equal survey from it."""
        return document_toml(self)

    def to_frame(self) -> pd.DataFrame:
        """Make a pandas frame with a row per printed number.

        Returns
        -------
        pandas.DataFrame
            Columns ``question``, ``item``, ``base``, ``percent`` (the printed string), ``count``, ``where``,
            ``status``, ``note``, and more: see `csea_stats.survey.printed_rows.Row`.

        Examples
        --------
        >>> import csea_stats as cs
        >>> frame = cs.load_survey("bosnia-herzegovina-2021").to_frame()
        >>> list(frame.loc[frame.question == "collaboration", "percent"].dropna())
        ['55', '6', '49', '31', '14']
        """
        import pandas as pd

        table = rows(self)
        names = [*COLUMNS, *(field.name for field in fields(Row) if field.name not in COLUMNS)]
        kinds = dict.fromkeys(names, "str") | {"base": "Int64", "count": "Int64", "candidates": "object"}
        return pd.DataFrame(
            {name: pd.Series([getattr(row, name) for row in table], dtype=kinds[name]) for name in names}
        )


def rows(survey: Survey) -> tuple[Row, ...]:
    """List every printed number of a survey.

    Parameters
    ----------
    survey : Survey
        A survey.

    Returns
    -------
    tuple of Row
        In the file's order: the questions' cells, the batteries', the facts, the events; one row per unlabelled value.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> table = rows(load_survey("bosnia-herzegovina-2021"))
    >>> [row.percent for row in table if row.question == "girls-age" and row.status == "unlabelled"]
    ['43', '22']
    """
    return tuple(_rows(survey))


def _rows(survey: Survey) -> Iterator[Row]:
    for question in survey.question:
        yield from _lists(question)
        for cell in question.cells:
            base, name = base_of(survey, question, cell), cell_name(question, cell)
            yield from _printed(cell, base, question=question.id, holder="cell", name=name)
        yield from _averages(survey, question)
    for battery in survey.battery:
        bases = {base_of(survey, question) for question in survey.question if question.id in battery.questions}
        base = bases.pop() if len(bases) == 1 else None
        for statement in battery.cells:
            name = battery_cell_name(battery, statement)
            yield from _printed(statement, base, question=battery.id, holder="battery", name=name)
    for fact in survey.fact:
        yield Row(
            question=fact.name,
            item=fact.label,
            count=fact.count,
            where=fact.where,
            status=fact.status,
            note=fact.note,
            holder="fact",
            name=f"fact {fact.name} @ {fact.where}",
        )
    for event in survey.event:
        yield Row(
            question=event.name,
            item=event.printed,
            where=event.where,
            note=event.note or event.label,
            holder="event",
            name=f"event {event.name} @ {event.where}",
        )


def _lists(question: Question) -> Iterator[Row]:
    """How many answers were offered, and how many each respondent names."""
    told = (
        ("answers offered", "list_length", question.list_length),
        ("answers named by each", "chosen", question.chosen),
    )
    for item, key, count in told:
        if count is not None:
            name = f"{question.id}.{key}"
            yield Row(question=question.id, item=item, count=count, where=question.where, holder="list", name=name)


def _averages(survey: Survey, question: Question) -> Iterator[Row]:
    for one in question.averages:
        base, name, among = base_of(survey, question, one), cell_name(question, one), str(one.among or "") or None
        row = Row(question=question.id, item="", base=base, where=one.where, holder="average", name=name, among=among)
        told = one.told | ({"quartiles": " and ".join(one.quartiles)} if one.quartiles else {})
        for item, value in told.items():
            yield dataclasses.replace(row, item=item, value=value, note=one.note)
    for reason in question.apart:
        among = f" among {reason.among}" if reason.among else ""
        name = f"{question.id}/{reason.reason}, in no count{among}"
        place = question.where
        row = Row(question=question.id, item=reason.reason, count=reason.count, where=place, holder="apart", name=name)
        yield dataclasses.replace(row, among=str(reason.among or "") or None)


def _note(cell: Cell | BatteryCell) -> str | None:
    """Give the note, and before it the number in words, so that the leading columns hold all that is printed."""
    words = f'In words: "{cell.words}".' if cell.words else ""
    return " ".join(filter(None, (words, cell.note))) or None


def _printed(cell: Cell | BatteryCell, base: int | None, *, question: str, holder: Holder, name: str) -> Iterator[Row]:
    """Yield the row of a cell, or a row for each of its values without labels."""
    own = cell if isinstance(cell, Cell) else None
    group, percent = (own.among, own.percent) if own else (None, None)
    for value in (None,) if cell.unlabelled is None else cell.unlabelled:
        yield Row(
            question=question,
            item=item_name(cell),
            base=base,
            percent=percent or value or (None if cell.range is None else "-".join(cell.range)),
            count=own.count if own else None,
            where=cell.where,
            status=cell.status if value is None else "unlabelled",
            note=_note(cell),
            words=cell.words,
            among=str(group) if group else None,
            candidates=() if value is None else cell.items,
            holder=holder,
            name=name,
        )
