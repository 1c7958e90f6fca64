"""The shape of a survey file, ``csea-survey/1``: frozen values that check themselves when made.

A survey is what was **printed**: percentages stay the strings they were printed as, a quantity printed twice is
two cells, and a value whose label print does not give is kept without one. docs/survey-format.md tells it in
words; the JSON Schema beside the shipped surveys is made from these classes.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "csea-survey/1"

Status = Literal["printed", "order", "unlabelled", "implied"]
"""How a value got its label: printed beside it; only by the order of print; not at all; or it follows from others."""

Kind = Literal["single", "ordinal", "yes-no", "pick", "multiple", "open-coded"]

STRICT = ConfigDict(
    extra="forbid", strict=True, allow_inf_nan=False, str_strip_whitespace=False, use_attribute_docstrings=True
)

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Percent = Annotated[str, Field(pattern=r"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)$")]
People = Annotated[int, Field(ge=0, le=1_000_000_000)]
Items = Text | Annotated[tuple[Text, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Group:
    """The respondents who gave one answer: the base of a nested question or of a subgroup's cell."""

    question: Identifier
    """Id of the question that defines the group."""
    item: Text
    """The answer that its members gave."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Cell:
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
    base: People | None = None
    """The base printed for this cell, where it is not the question's own."""
    among: Group | None = None
    """The subgroup of respondents that the cell speaks of."""
    status: Status = "printed"
    note: Text | None = None
    """What a reader should know about this cell, in our words."""

    @property
    def items(self) -> tuple[str, ...]:
        """The items as a tuple, also where there is one."""
        return (self.item,) if isinstance(self.item, str) else self.item


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
    base: People | None = None
    """How many answered, as printed; None: all respondents, or those of ``among``."""
    among: Group | None = None
    """Who was asked, where not everybody."""
    chosen: Annotated[int, Field(ge=1)] | None = None
    """For ``pick``: how many each respondent names, as print says."""
    list_length: Annotated[int, Field(ge=1)] | None = None
    """How many answers were offered, as printed, where print shows fewer."""
    partial: bool = False
    """Whether there are answers that print does not show."""
    exclusive: bool | None = None
    """Whether each respondent gives one answer; None: true but for pick, multiple and open-coded."""
    headline: Items | None = None
    """The answer, or the sum of answers, that the page leads with."""
    cells: tuple[Cell, ...] = ()
    where: Text | None = None
    """Section of the source."""
    note: Text | None = None

    @property
    def one_answer(self) -> bool:
        """Whether each respondent gives exactly one answer."""
        return self.kind in ("single", "ordinal", "yes-no") if self.exclusive is None else self.exclusive


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BatteryCell:
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

    @property
    def items(self) -> tuple[str, ...]:
        """The items as a tuple, also where there is one."""
        return (self.item,) if isinstance(self.item, str) else self.item


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Battery:
    """Questions with the same answers that print tells about together."""

    id: Identifier
    label: Text
    questions: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    cells: Annotated[tuple[BatteryCell, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Fact:
    """A printed number that is no answer to a question: the funnel, the questionnaire, the project.

    ``name`` says what is counted; the same name printed twice must agree. ``sum_of`` names facts that it totals.
    """

    name: Identifier
    label: Text
    count: People
    where: Text
    sum_of: tuple[Identifier, ...] = ()
    status: Literal["printed", "implied"] = "printed"
    """Whether it is printed, or follows from what is printed and is kept to check a sum."""
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Event:
    """A printed date or period; the same name printed twice must agree."""

    name: Identifier
    label: Text
    printed: Text
    """As printed: "June - August 2021", "first half of 2021", "26th July 2021", "2021"."""
    where: Text
    after: Identifier | None = None
    """An event that must be over when this one happens."""
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Crosstab:
    """A relation between two questions that readers will ask about and print does not give."""

    outcome: Identifier
    by: Identifier
    where: Text
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TargetWords:
    """How a sentence names the people that a number speaks for."""

    respondents: Text
    """"the 49 frontline workers who answered"."""
    superpopulation: Text
    """"frontline workers like those who answered"."""
    population: Text
    """"frontline support workers in Bosnia and Herzegovina"."""
    one: Text = "respondent"
    """One of them, as a table's column head says it: "worker"."""
    many: Text = "respondents"
    workforce: Text = "the population"
    """A short name of the population for headings: "National workforce"."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Source:
    """Where the numbers were printed, and how the answers were got."""

    title: Text
    publisher: tuple[Text, ...]
    country: Text
    year: Annotated[int, Field(ge=1800, le=2200)]
    mode: Text
    """How respondents answered, one or two short sentences of ours."""
    recruitment: Text
    """How they were found, one or two short sentences of ours."""
    probability_sample: bool = False
    languages: tuple[Text, ...] = ()
    questions: People | None = None
    started: People | None = None
    disqualified: People | None = None
    url: Text | None = None
    terms: Text | None = None
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, config=STRICT)
class Survey:
    """A published survey: validated, immutable.

    Made by `csea_stats.load_survey`; ``to_frame()`` gives a row per printed cell.
    """

    format: Literal["csea-survey/1"]
    id: Identifier
    title: Text
    """A short title of ours for the page."""
    respondents: Annotated[int, Field(ge=1, le=1_000_000_000)]
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

    def __repr__(self) -> str:
        return f"<Survey: {self.id}, {self.respondents} respondents, {len(self.question)} questions>"

    def to_frame(self) -> pd.DataFrame:
        """Make a pandas frame with a row per printed number.

        Returns
        -------
        pandas.DataFrame
            Columns ``question``, ``item``, ``base``, ``percent`` (the printed string), ``count``, ``where``,
            ``status``, ``note``, and more: see `csea_stats.survey.tables.Row`.

        Examples
        --------
        >>> import csea_stats as cs
        >>> frame = cs.load_survey("bosnia-herzegovina-2021").to_frame()
        >>> list(frame.loc[frame.question == "collaboration", "percent"].dropna())
        ['55', '6', '49', '31', '14']
        """
        from csea_stats.survey.tables import to_frame

        return to_frame(self)
