"""What a figure is drawn with: boxes and lines as one artist, and axes whose numbers are no objects of their own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform

from csea_stats.publication.fonts import FONT, families
from csea_stats.publication.lettering import PITCH, UNIT, Lettering, Piece, line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TICK, SHORT, PAD, SPACE = 3.5, 3.0, 3.2, 2.8
"""Points: of a tick below and at the left, from a tick to its number, from the numbers to the name of the axis."""

LETTERS, NAME = 7.5, 8.0
"""Points of the numbers of an axis and of the names of rows; of the name of an axis."""

AS_IT_STANDS = IdentityTransform()

USUAL = (FONT,)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a row, or a line across it.

    Parameters
    ----------
    at : float
        The row.
    ends : (float, float)
        Infinity is the edge of the axes.
    height : float
        In rows.
    style : mapping
        Of what is drawn: facecolor ("none": clear; of a line there is none), edgecolor, linewidth, hatch, linestyle,
        alpha.
    """

    at: float
    ends: tuple[float, float]
    height: float
    style: Mapping[str, Any]

    @property
    def line(self) -> bool:
        """Whether it is a line."""
        return "facecolor" not in self.style


class RowMarks(Artist):
    """All boxes and lines of the rows of a figure, as one artist of matplotlib."""

    zorder = 1.5

    def __init__(self, ax: Any) -> None:
        super().__init__()
        self.ax, self.boxes = ax, list[Box]()
        ax.add_artist(self)

    def add(self, at: float, ends: tuple[float, float], height: float, style: Mapping[str, Any]) -> None:
        """Add a box or a line."""
        self.boxes.append(Box(at, (float(ends[0]), float(ends[1])), height, style))

    def reach(self) -> list[tuple[float, float]]:
        """Return the finite corners, by which axes find their limits."""
        return [(end, one.at) for one in self.boxes for end in one.ends if math.isfinite(end)]

    def _corners(self) -> Any:
        """Return the lower left and the upper right corner of each, in pixels."""
        edges = sorted(self.ax.get_xlim())
        x = np.clip(np.array([one.ends for one in self.boxes], float), -1e300, 1e300)
        x = np.where(np.isfinite([one.ends for one in self.boxes]), x, np.clip(x, *edges))
        y = np.array([(one.at - one.height / 2, one.at + one.height / 2) for one in self.boxes])
        place = self.ax.transData.transform(np.column_stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]]).reshape(-1, 2))
        return place.reshape(-1, 2, 2)

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - as matplotlib asks
        """Return how far the boxes reach, in pixels."""
        if not self.boxes:
            return Bbox.null()
        corners = self._corners().reshape(-1, 2)
        return Bbox([corners.min(axis=0), corners.max(axis=0)])

    def draw(self, renderer: Any) -> None:
        """Draw the boxes in their order, then the lines."""
        if not self.get_visible() or not self.boxes:
            return
        placed = zip(self.boxes, self._corners(), strict=True)
        for one, ((left, low), (right, high)) in sorted(placed, key=lambda each: each[0].line):
            context = renderer.new_gc()
            context.set_clip_rectangle(self.ax.bbox)
            style = one.style
            context.set_linewidth(style.get("linewidth", 0.0))
            context.set_foreground(style.get("edgecolor", "none"))
            if "linestyle" in style:
                context.set_dashes(0.0, style["linestyle"])
            face = to_rgba(style.get("facecolor", "none"), style.get("alpha"))
            if one.line:
                context.set_capstyle("projecting")
                renderer.draw_path(context, Path([(left, low), (left, high)]), AS_IT_STANDS)
            else:
                context.set_joinstyle("miter")
                if style.get("hatch"):
                    context.set_hatch(style["hatch"])
                    context.set_hatch_color(to_rgba(style["edgecolor"]))
                ends = [(left, low), (right, low), (right, high), (left, high), (left, low)]
                renderer.draw_path(context, Path(ends, closed=True), AS_IT_STANDS, face if face[3] else None)
            context.restore()
        self.stale = False


class GridLines(Artist):
    """A fine line at each number of the axis below."""

    zorder = 0.5

    def __init__(self, ax: Any, colour: str) -> None:
        super().__init__()
        self.ax, self.colour = ax, colour
        ax.add_artist(self)

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002
        """Return the axes."""
        return Bbox(self.ax.bbox.get_points())

    def draw(self, renderer: Any) -> None:
        """Draw the lines."""
        ax = self.ax
        places = [x for x, _ in shown_numbers(ax.xaxis)]
        _strokes(renderer, [((x, 0.0), (x, 1.0)) for x in places], ax.get_xaxis_transform(), self.colour, 0.6)


def numbered(axis: Any, places: Sequence[float], texts: Sequence[str]) -> None:
    """Give an axis its numbers without an object for each."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_major_formatter(FixedFormatter(list(texts)))


def shown_numbers(axis: Any) -> list[tuple[float, str]]:
    """Return the numbers of an axis that lie within its limits, with their texts."""
    places = axis.get_majorticklocs()
    texts = axis.get_major_formatter().format_ticks(places)
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    return [(x, text) for x, text in zip(places, texts, strict=False) if low - slack <= x <= high + slack]


def _strokes(renderer: Any, lines: Sequence[Any], within: Any, colour: str, width: float, off: Any = None) -> None:
    """Draw straight lines, from a place to another, or from each by so many pixels to the left and down."""
    if not lines:
        return
    context = renderer.new_gc()
    context.set_foreground(colour)
    context.set_linewidth(width)
    context.set_capstyle("butt")
    ends = within.transform(np.array(lines, float).reshape(-1, 2)).reshape(-1, 2, 2)
    if off:
        ends[:, 1] = ends[:, 0] - np.array(off)
    path = Path(ends.reshape(-1, 2), [Path.MOVETO, Path.LINETO] * len(lines))
    renderer.draw_path(context, path, AS_IT_STANDS)
    context.restore()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAxis:
    """How an axis is told.

    Parameters
    ----------
    name : str
    colour, ink : str
        Of its line and name; of its numbers.
    """

    name: str
    colour: str
    ink: str


class AxesFrame(Lettering):
    """The axes of a figure: the line below with its numbers and its name, and at the left the rows, or numbers too.

    What is drawn follows the limits, the locators and the formatters of the axes as they stand when it is drawn.
    """

    def __init__(self, ax: Any) -> None:
        super().__init__(ax)
        self.below: ToldAxis | None = None
        self.left: ToldAxis | None = None

    def take(self, below: ToldAxis, left: ToldAxis | None) -> None:
        """Draw the axes in place of matplotlib."""
        self.below, self.left = below, left
        self.ax.set_axis_off()
        self.ax.xaxis.label.set_text(below.name)
        if not left:
            self.name_rows([])

    def name_rows(self, names: Sequence[str]) -> None:
        """Name the rows from above."""
        numbered(self.ax.yaxis, range(len(names)), names)

    def current(self) -> list[Piece]:
        """Return the texts: of both axes, then those that were written."""
        ax, side = self.ax, self.below
        if side is None:
            return self.pieces
        told, within = list(self.pieces), ax.get_xaxis_transform()
        style: dict[str, Any] = {"colour": side.colour, "ha": "center", "va": "top"}
        below: dict[str, Any] = {"size": LETTERS, "offset": (0.0, -TICK - PAD), "fonts": USUAL, **style}
        told += [Piece(text=text, at=(x, 0.0), within=within, **below) for x, text in shown_numbers(ax.xaxis)]
        under = -TICK - PAD - PITCH * LETTERS - SPACE
        name = ax.get_xlabel()
        style = {"size": NAME, "offset": (0.0, under), "fonts": tuple(families(name)), **style}
        told.append(Piece(text=name, at=(0.5, 0.0), within=ax.transAxes, **style))
        return told + (self._left_numbers(self.left) if self.left else self._row_names(side))

    def _row_names(self, side: ToldAxis) -> list[Piece]:
        within = self.ax.get_yaxis_transform()
        style: dict[str, Any] = {
            "size": LETTERS,
            "colour": side.ink,
            "ha": "right",
            "offset": (-PAD, 0.0),
            "within": within,
        }
        return [
            Piece(text=text, at=(0.0, row), fonts=tuple(families(text)), **style)
            for row, text in shown_numbers(self.ax.yaxis)
        ]

    def _left_numbers(self, side: ToldAxis) -> list[Piece]:
        ax = self.ax
        style: dict[str, Any] = {"size": LETTERS, "colour": side.ink, "ha": "right", "fonts": USUAL}
        shown, within = shown_numbers(ax.yaxis), ax.get_yaxis_transform()
        told = [Piece(text=text, at=(0.0, y), within=within, offset=(-SHORT - PAD, 0.0), **style) for y, text in shown]
        reach = max((line_of(text, USUAL)[1] for _, text in shown), default=0.0) * LETTERS / UNIT
        offset = (-SHORT - PAD - reach - SPACE - 2.0, 0.0)
        style = {"size": NAME, "colour": side.colour, "fonts": tuple(families(side.name)), "upright": True}
        return [*told, Piece(text=side.name, at=(0.0, 0.5), within=ax.transAxes, offset=offset, **style)]

    def draw(self, renderer: Any) -> None:
        """Draw the lines, then the texts."""
        if not self.get_visible():
            return
        if self.below:
            self._draw_lines(renderer, self.below)
        super().draw(renderer)

    def _draw_lines(self, renderer: Any, below: ToldAxis) -> None:
        ax, pixel = self.ax, renderer.points_to_pixels(1.0)
        _strokes(renderer, [((0, 0), (1, 0))], ax.transAxes, below.colour, 0.6)
        ticks = [((x, 0.0), (x, 0.0)) for x, _ in shown_numbers(ax.xaxis)]
        _strokes(renderer, ticks, ax.get_xaxis_transform(), below.colour, 0.8, (0.0, TICK * pixel))
        if self.left:
            _strokes(renderer, [((0, 0), (0, 1))], ax.transAxes, self.left.colour, 0.6)
            ticks = [((0.0, y), (0.0, y)) for y, _ in shown_numbers(ax.yaxis)]
            _strokes(renderer, ticks, ax.get_yaxis_transform(), self.left.ink, 0.8, (SHORT * pixel, 0.0))
