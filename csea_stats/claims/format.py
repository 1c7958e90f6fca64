"""The shape of a claim file, ``csea-claims/1``: what a report says, each sentence as a hypothesis on an estimand.

The kinds of hypothesis are few and closed. A claim that no number of the survey bears on is kept too, with what would
be needed. docs/claims.md tells the format in words.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from csea_stats.survey.source import STRICT, Identifier, People, Text
from csea_stats.survey.survey import Among, Items, Percent  # noqa: TC001 - read when the classes are made

FORMAT = "csea-claims/1"

Part = Annotated[float, Field(gt=0, lt=1)]
Gap = Annotated[float, Field(gt=-1, lt=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Answer:
    """A share: who gave an answer, or one of several, of those asked."""

    question: Identifier
    item: Items
    among: Among | None = None
    """A printed subgroup; by default everybody who was asked."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ShareTest:
    """One share against a threshold, or within a range."""

    kind: Literal["share"]
    question: Identifier
    item: Items
    among: Among | None = None
    above: Part | None = None
    below: Part | None = None
    between: tuple[Part, Part] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class DifferenceTest:
    """A printed subgroup against all others: share in the group minus share among the rest."""

    kind: Literal["difference"]
    question: Identifier
    item: Items
    group: Among
    above: Gap | None = None
    below: Gap | None = None
    between: tuple[Gap, Gap] | None = None
    alike: bool | None = None
    """Said to be alike without a margin: can be contradicted, never supported."""
    planned: bool | None = None
    """The group was named before the answers were seen; else every number says that it was chosen after."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class TwoAnswersTest:
    """One share against another: first minus second."""

    kind: str
    first: Answer
    second: Answer
    above: Gap | None = None
    below: Gap | None = None
    between: tuple[Gap, Gap] | None = None
    alike: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PairedTest(TwoAnswersTest):
    """Two answers of the same respondents: first share minus second."""

    kind: Literal["paired"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class OverlappingTest(TwoAnswersTest):
    """Two shares of different bases that may have members in common: first minus second."""

    kind: Literal["overlapping"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RankTest:
    """Answers said to be the most common: each of them among the first ``top``."""

    kind: Literal["rank"]
    question: Identifier
    item: Items
    top: Annotated[int, Field(ge=1)] = 1


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class SuperiorityTest:
    """A group's ordered answers against those of all others: P(higher) + P(same) / 2 against one half."""

    kind: Literal["superiority"]
    question: Identifier
    group: Among
    above: Part | None = None
    below: Part | None = None
    planned: bool | None = None
    """As of a difference."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CrosstabTest:
    """A relation of two questions of which print gives the margins at most."""

    kind: Literal["crosstab"]
    question: Identifier
    item: Items
    group: Among
    part: Literal["difference", "in", "out"] = "difference"
    """The group's share minus the others', or the share in the group, or outside it."""
    above: Gap | None = None
    below: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class EachTest:
    """The same answer to several questions: the share of each against a threshold, or within a range."""

    kind: Literal["each"]
    questions: Annotated[tuple[Identifier, ...], Field(min_length=2)]
    item: Items
    above: Part | None = None
    below: Part | None = None
    between: tuple[Part, Part] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class PrintedTest:
    """A printed count or percentage, held against print as a whole."""

    kind: Literal["printed"]
    question: Identifier
    item: Items
    among: Among | None = None
    count: People | None = None
    percent: Percent | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class NoNumber:
    """A statement that no number of the survey bears on."""

    kind: Literal["no-number"]
    needs: Text
    """What would be needed to test it, a noun phrase: "counts of children by gender"."""


Test = Annotated[
    ShareTest
    | DifferenceTest
    | PairedTest
    | OverlappingTest
    | RankTest
    | SuperiorityTest
    | CrosstabTest
    | EachTest
    | PrintedTest
    | NoNumber,
    Field(discriminator="kind"),
]

KINDS: dict[str, type] = {
    "share": ShareTest,
    "difference": DifferenceTest,
    "paired": PairedTest,
    "overlapping": OverlappingTest,
    "rank": RankTest,
    "superiority": SuperiorityTest,
    "crosstab": CrosstabTest,
    "each": EachTest,
    "printed": PrintedTest,
    "no-number": NoNumber,
}
"""The class of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class OtherReading:
    """Another hypothesis that a statement's words may mean, which is less easily true."""

    reading: Text
    """How the words are read then, to stand after "Read as": "fewer than a quarter"."""
    test: Test


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Claim:
    """One statement of a report, in words of our own, and the hypothesis that it makes."""

    id: Identifier
    section: Text
    """The section of the report."""
    text: Text
    """The statement in our own words, a full sentence."""
    test: Test
    headline: bool = False
    """Whether the page shows it at its top."""
    note: Text | None = None
    """How the words were read as a hypothesis, where another reading is possible: the weakest that can be defended."""
    other: tuple[OtherReading, ...] = ()
    """Stricter readings under which a verdict is another."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ClaimFile:
    """The statements of one report on one survey."""

    format: Literal["csea-claims/1"]
    survey: Identifier
    """Id of the survey that the statements are about."""
    claim: Annotated[tuple[Claim, ...], Field(min_length=1)]
