"""What the page of a fit shows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

    from csea_stats.report.views import Fact, Judged, Note


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
class Row:
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
    rows: tuple[Row, ...]
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
    notes: tuple[Note, ...] = ()
    sentences: tuple[str, ...] = ()
    shown: int = 0
    """How many of its sentences are not folded."""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPage:
    """The whole page."""

    title: str
    kicker: str
    stamp: str
    deck: str
    facts: tuple[Fact, ...]
    sections: tuple[FitSection, ...]
    foot: str
