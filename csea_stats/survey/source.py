"""What surrounds the questions of a survey: its source, its words for people, facts, dates and missing relations."""

from __future__ import annotations

import sys
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(
    defer_build=sys.version_info >= (3, 13),  # before, a class is described only where it is made
    extra="forbid",
    strict=True,
    allow_inf_nan=False,
    str_strip_whitespace=False,
    use_attribute_docstrings=True,
)

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

Text = Annotated[str, Field(min_length=1, max_length=2000)]

People = Annotated[int, Field(ge=0, le=1_000_000_000)]


def number_of_people(printed: int | str | None) -> int | None:
    """Give a printed number of people; None where it is not printed."""
    return printed if isinstance(printed, int) else None


def tuple_of(items: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return answers as a tuple, also where there is one."""
    return (items,) if isinstance(items, str) else items


CALL = r"^csea_stats\.(as_survey|release)\(data[^\n]*\)$"

Status = Literal["printed", "order", "unlabelled", "implied"]
"""How a value got its label: printed beside it; only by the order of print; not at all; or it follows from others."""


class OfItems:
    """What speaks of an answer, or of several: its ``item`` is either."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def item(self) -> str | tuple[str, ...]:
            """The answer, or the answers."""

    @property
    def items(self) -> tuple[str, ...]:
        """The answers as a tuple, also where there is one."""
        return tuple_of(self.item)


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
    year: Annotated[int, Field(ge=1800, le=2200)] | Literal["not told"]
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


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CountedAnswers:
    """How respondents' answers became the counts of a survey."""

    rows: People
    """How many rows the answers had."""
    call: Annotated[str, Field(pattern=CALL, max_length=100_000)] | None = None
    """The call that tells the answers, `data`, so; recipes of what is estimated from the survey begin with it."""
    funnel: Text | None = None
    """Which of them count, and why the others do not, where some do not."""
    cluster: Text | None = None
    """What respondents share whose answers may be alike: "team"."""
    release: Text | None = None
    """The rule by which the counts may be passed on; nothing else of the answers stands in the survey."""
    notes: tuple[Text, ...] = ()
    """Sentences about every answer that was not read as it stands."""
    repeated: Text | None = None
    """How many rows hold the same answers as another, where they are more than come by chance."""
    stand_ins: dict[Identifier, Text] = field(default_factory=dict)
    """Of a question which texts were read as a number."""
    synthetic: bool = False
    """Whether the answers were made from random numbers, so that nothing here is evidence."""
    seed: int | None = None
    """Of synthetic answers."""
    invented: tuple[Text, ...] = ()
    """Of synthetic answers the variables that no printed number stands behind."""
