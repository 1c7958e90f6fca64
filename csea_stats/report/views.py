"""What the page shows, as frozen values: every decision is made before a template lays them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """A difference of shares, for every target."""

    answer: str
    sides: str
    svg: Markup
    described: str
    people: str
    beside: str
    judged: Judged | None
    probability: str
    population: str
    bound: str
    population_judged: Judged | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectTable:
    """The effects, a strip each on one axis."""

    caption: str
    heads: tuple[str, ...]
    axis: Markup
    rows: tuple[EffectRow, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRow:
    """A row of a table whose first column may hold a strip."""

    name: str
    cells: tuple[str, ...]
    svg: Markup | None = None
    head: bool = False
    """Whether it is a heading over the rows that follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table: names, strips, numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[FittedRow, ...]
    axis: Markup | None = None
    key: str = ""
    text: int = 0
    """How many of its columns, from the second on, are text rather than numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSection:
    """A part of the page: a heading, what is said, and tables."""

    anchor: str
    title: str
    short: str
    told: tuple[str, ...] = ()
    effects: EffectTable | None = None
    grids: tuple[Grid, ...] = ()
    notes: tuple[NoteView, ...] = ()
    sentences: tuple[str, ...] = ()
    shown: int = 0
    """How many of its sentences are not folded."""
    facts: tuple[HeadedText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPage:
    """The whole page."""

    title: str
    raw: bool
    """Whether it tells respondents' answers as they stand."""
    kicker: str
    stamp: str
    deck: str
    facts: tuple[HeadedText, ...]
    sections: tuple[FitSection, ...]
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict: the shape beside it and its word."""

    shape: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A mark that leads to a note: "A2", "b"."""

    text: str
    href: str
    spoken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note beside the numbers it touches: "check" (print check), "caveat" or "tipping".

    ``others`` are the anchors of notes that say the same and are told in this one.
    """

    kind: str
    heading: str
    paragraphs: tuple[str, ...]
    anchor: str = ""
    others: tuple[str, ...] = ()
    big: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """An entry of a figure's legend."""

    look: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its title and caption."""

    title: str
    svg: Markup
    caption: str
    legend: tuple[Shade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """One interval of an item, or its count."""

    lane: str
    name: str
    how: str
    interval: str
    bound: str = ""
    probability: str = ""
    judged: Judged | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTable:
    """An item for every target; ``head`` is what its rows are, ``beside`` what stands in brackets."""

    caption: str
    level: str
    rows: tuple[TargetRow, ...]
    with_bound: bool
    probability: str = ""
    asked: str = ""
    verdicts: tuple[tuple[str, Judged], ...] = ()
    head: str = "Speaks for"
    beside: str = "bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer, or several of which print tells the same."""

    names: tuple[str, ...]
    references: tuple[Reference, ...]
    svg: Markup
    count: str
    share: str
    people: str
    companion: str = ""
    population: str = ""
    bound: str = ""
    ranks: str = ""
    key: str = ""

    @property
    def name(self) -> str:
        """The answers as one text."""
        text = "; ".join(self.names)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTable:
    """All answers of a question."""

    caption: str
    rows: tuple[AnswerRow, ...]
    sums: tuple[AnswerRow, ...]
    axis: Markup
    population: str
    key: str
    companion: str = ""
    narrow: str = ""
    assumed: str = ""

    @property
    def ranked(self) -> bool:
        """Whether any answer has ranks."""
        return any(row.ranks for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPart:
    """A part of a block: what stands in the column, and the notes beside it."""

    notes: tuple[NoteView, ...]
    figures: tuple[Figure, ...] = ()
    targets: TargetTable | None = None
    answers: AnswerTable | None = None
    sentences: tuple[str, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One question, battery or comparison; ``lines`` stand as a list under the lede.

    ``others`` are the anchors of questions that are told in this block.
    """

    anchor: str
    kicker: str
    label: str
    lede: str
    asked: str = ""
    judged: Judged | None = None
    references: tuple[Reference, ...] = ()
    lines: tuple[str, ...] = ()
    parts: tuple[BlockPart, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A row of a joint chart: one finding for every target. What more is told of it is folded under the row."""

    anchor: str
    label: str
    item: str
    marks: str = ""
    svg: Markup | None = None
    counted: str = ""
    people: str = ""
    judged: Judged | None = None
    population: str = ""
    population_judged: Judged | None = None
    key: str = ""
    block: Block | None = None
    bare: str = ""
    """What stands in place of a strip where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Findings on one axis: rows of one answer each, a battery's questions, or the answers of a list."""

    anchor: str
    title: str
    lede: str = ""
    references: tuple[Reference, ...] = ()
    lines: tuple[str, ...] = ()
    rows: tuple[ChartRow, ...] = ()
    heads: tuple[str, ...] = ()
    axis: Markup | None = None
    note: str = ""
    answers: AnswerTable | None = None
    block: Block | None = None
    folded: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """A group against another: both shares, and their difference for every target."""

    anchor: str
    answer: str
    first: str
    second: str
    svg: Markup
    counted: str
    people: str
    beside: str
    judged: Judged | None
    population: str
    population_judged: Judged | None
    key: str
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonView:
    """All comparisons of the groups of one question; ``missing`` is what print would need for more."""

    title: str
    heads: tuple[str, ...]
    axis: Markup
    rows: tuple[ComparedRow, ...]
    note: str
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """What was found, in bold, then for whom it holds: verdicts where something is asked, else intervals."""

    strong: str
    href: str
    rest: str = ""
    verdicts: tuple[tuple[str, Judged, str], ...] = ()
    """(for whom, verdict, key of what moves with the ratio)."""
    people: str = ""
    assumed: str = ""
    population: tuple[tuple[str, str], ...] = ()
    """(interval, key) under that assumption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A finding that opens the page."""

    label: str
    href: str
    references: tuple[Reference, ...]
    tipping: str
    track: Markup | None
    svg: Markup
    rows: tuple[TargetRow, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane of the strip, explained."""

    svg: Markup
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundRow:
    """A relation that print leaves open: what it could be for these respondents, and a region for people like these."""

    outcome: str
    group: str
    inside: str
    outside: str
    difference: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """An unpublished cross-tabulation."""

    label: str
    where: str
    judged: Judged | None
    rows: tuple[BoundRow, ...]
    folded: str
    caption: str
    region: str
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A finding of the audit, in full."""

    anchor: str
    mark: str
    heading: str
    href: str
    printed: str
    expected: str
    explanations: tuple[str, ...]
    consequence: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Checks of one kind that print passes."""

    name: str
    number: int
    power: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadedText:
    """A heading and what is said under it."""

    head: str
    text: str
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodEntry:
    """A method with its references."""

    head: str
    text: str
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLink:
    """A model fitted to the answers that a page tells: its first effects, and the page that tells it in full."""

    title: str
    href: str
    line: str
    sentences: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """How respondents' answers became counts."""

    told: tuple[str, ...]
    notes: tuple[str, ...]
    released: bool
    """Whether the counts may be passed on."""
    apart: Grid | None
    small: Grid | None
    """Counts of few people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    title: str
    raw: bool
    """Whether it tells respondents' answers as they stand."""
    kicker: str
    stamp: str
    draft: str
    """What of the file is still to be written or confirmed."""
    deck: str
    facts: tuple[HeadedText, ...]
    summary: tuple[SentenceView, ...]
    whom: str
    lanes: tuple[Lane, ...]
    axis: Markup
    level: str
    headlines: tuple[Headline, ...]
    headline_note: str
    questions: tuple[Chart, ...]
    comparisons: tuple[ComparisonView, ...]
    fitted: tuple[Block, ...]
    models: tuple[ModelLink, ...]
    sample: SampleView | None
    relations: tuple[Relation, ...]
    relations_head: tuple[str, ...]
    checks_intro: str
    checks: tuple[Check, ...]
    checks_remarks: str
    checks_powers: tuple[tuple[str, str], ...]
    unchecked: tuple[Check, ...]
    passed: tuple[Passed, ...]
    methods: tuple[MethodEntry, ...]
    provenance: tuple[HeadedText, ...]
    sentences: tuple[tuple[str, tuple[str, ...]], ...]
    caveats: tuple[str, ...]
    foot: str
    ratios: str
    strengths: tuple[str, ...]
    many: str
    workforce: str
