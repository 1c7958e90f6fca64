"""What a figure for a publication is drawn on: axes in the colours of a look, rows with labels, and the layout."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.publication.fonts import FONT, families
from csea_stats.publication.markup import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Width = Literal["column", "page"] | float

Look = Literal["paper", "screen", "grey"]

Numbers = tuple["Sequence[float]", "Sequence[str]"]
"""Of an axis: where they stand, and how they are told."""

WIDTHS = {"column": 89.0, "page": 182.0}
"""Millimetres of a journal's column and page."""

LOOKS: dict[str, dict[str, str]] = {
    "paper": {"main": "#0E5A9A", "other": "#A35A00", "ink": "#1B1D21", "soft": "#4B5058", "back": "#FFFFFF"},
    "screen": {"main": "#0E5A9A", "other": "#A35A00", "ink": "#1B1D21", "soft": "#4B5058", "back": "#FBFAF7"},
    "grey": {"main": "#222222", "other": "#8A8A8A", "ink": "#000000", "soft": "#444444", "back": "#FFFFFF"},
}
"""Colours; every series also differs by its shape."""

GRID = "#E6E2D9"

SETTINGS: dict[Any, Any] = {
    "font.family": [FONT],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.6,
    "text.hinting": "none",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "csea_stats",
    "pdf.fonttype": 42,
}
"""Of matplotlib: sizes at the final width; a dollar sign is a dollar sign; the same figure gives the same bytes."""

EDGE = 1.0
"""Millimetres left free around a figure."""

INCH = 25.4
"""Millimetres."""

HEADING = 2.6
"""Millimetres of a figure for each letter of a heading that stands over its axes."""

LINE = 3.4
"""Millimetres from one line of labels to the next."""

GAP = (4, 2)
"""Dashes of a line that marks a threshold, in its widths."""


def broken(text: str, width: int) -> str:
    r"""Return a label broken at words; signs of double width count twice.

    Examples
    --------
    >>> broken("fear of others' reactions", 14)
    "fear of\nothers'\nreactions"
    """
    text = printable(text)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    share = len(text) / (len(text) + wide) if text else 1.0
    return fill(text, max(4, int(width * share)), break_on_hyphens=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Axes to draw on.

    Parameters
    ----------
    ax : matplotlib Axes
    colours : mapping of str to str
        Of a look.
    wide : float
        Millimetres of the whole figure.
    marks : RowMarks
        The boxes and lines of its rows.
    letters : Lettering
        Its short texts, and of a figure of its own the axes.
    """

    ax: Any
    colours: dict[str, str]
    wide: float
    marks: Any
    letters: Any

    @classmethod
    def on(cls, ax: Any, look: Look) -> Canvas:
        """Return axes that somebody made: their numbers and names stay matplotlib's."""
        from csea_stats.publication.lettering import Lettering
        from csea_stats.publication.marks import RowMarks

        wide = ax.figure.get_figwidth() * INCH
        return cls(ax=ax, colours=colours_of(look), wide=wide, marks=RowMarks(ax), letters=Lettering(ax))

    @property
    def own(self) -> bool:
        """Whether the axes are those of a figure of its own."""
        return hasattr(self.letters, "take")

    def bar(self, at: float, ends: tuple[float, float], *, main: bool = True, height: float = 0.22) -> None:
        """Draw an interval: the one asked for filled, the other hatched, so that grey tells them apart too.

        An end that is infinite is drawn to the edge.
        """
        style = {
            "facecolor": self.colours["main"] if main else self.colours["back"],
            "edgecolor": self.colours["main"] if main else self.colours["other"],
            "linewidth": 0.9,
            "hatch": None if main else "//////",
        }
        self.box(at, ends, height, style)

    def box(self, at: float, ends: tuple[float, float], height: float, style: Mapping[str, Any]) -> None:
        """Draw a rectangle in a row."""
        self.marks.add(at, ends, height, style)

    def open_set(self, at: float, ends: tuple[float, float], height: float = 0.5) -> None:
        """Draw what the source leaves open: hatched in ink."""
        ink = self.colours["ink"]
        self.box(at, ends, height, {"facecolor": "none", "edgecolor": ink, "linewidth": 0.7, "hatch": "xxxxxx"})

    def value(self, at: float, value: float, reach: float = 0.32) -> None:
        """Draw a value as a line across its row."""
        self.box(at, (value, value), 2 * reach, {"edgecolor": self.colours["ink"], "linewidth": 1.4})

    def threshold(self, value: float) -> None:
        """Draw what numbers are held against, as a dashed line."""
        self.ax.axvline(value, color=self.colours["soft"], linewidth=0.7, linestyle=(0, GAP))

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Write a text at a place of the data."""
        self.letters.write(text, (x, y), self.ax.transData, **({"colour": self.colours["ink"]} | style))

    def rows(self, names: Sequence[str], *, heads: Iterable[int] = (), least: float = 5.0) -> float:
        """Name the rows 0, 1, ... from above; return how high the axes have to be for them, in millimetres.

        Parameters
        ----------
        names : sequence of str
        heads : iterable of int
            Rows that are headings of those below.
        least : float
            Millimetres of a row.
        """
        ax, heading = self.ax, set(heads)
        labels = [broken(name, max(14, int(self.wide / 4.2))) for name in names]
        shown = [label if row not in heading else "" for row, label in enumerate(labels)]
        ax.set_ylim(len(shown) - 0.45, -0.55)
        if self.own:
            self.letters.name_rows(shown)
        else:
            ax.set_yticks(range(len(shown)), shown, fontfamily=families(*shown))
        for row in sorted(heading):
            self._heading(row, names[row])
        if reach := self.marks.reach():
            ax.update_datalim(reach)
            ax.autoscale(enable=None)  # limits that were set stay
        pitch = max(least, LINE * max((label.count("\n") + 1 for label in shown), default=1) + 1.2)
        return pitch * len(shown)

    def _heading(self, row: int, text: str) -> None:
        """Write a heading above rows: from the axes on, or, where it is long, from the edge of the figure."""
        from matplotlib.transforms import blended_transform_factory

        style: dict[str, Any] = {"weight": "bold", "size": 7.5, "offset": (-2.0, -1.0), "colour": self.colours["ink"]}
        if self.own and len(text) > self.wide / HEADING:
            edge = blended_transform_factory(self.ax.figure.transFigure, self.ax.transData)
            room = int(self.wide / 1.62)
            shown = text if len(text) <= room else f"{text[: room - 1].rstrip()}…"
            self.letters.write(shown, (EDGE / self.wide, row), edge, **(style | {"offset": (0.0, -1.0)}))
        else:
            self.letters.write(text, (0.0, row), self.ax.get_yaxis_transform(), **style)

    def at_right(self, row: float, text: str) -> None:
        """Write a text to the right of a row."""
        style = {"offset": (4.0, 0.0), "colour": self.colours["ink"]}
        self.letters.write(text, (1.0, row), self.ax.get_yaxis_transform(), **style)

    def frame(
        self,
        label: str,
        *,
        ticks: Sequence[float] | None = None,
        grid: bool = False,
        left: str | None = None,
        signs: bool = True,
    ) -> None:
        """Leave away what carries no number, and name the axis below.

        Parameters
        ----------
        label : str
        ticks : sequence of float, optional
        grid : bool
            Whether a fine line stands at each of them.
        left : str, optional
            The name of the axis at the left; None: it has no numbers.
        signs : bool
            Whether numbers below zero are told as such.
        """
        ax = self.ax
        for side in ("top", "right") if left else ("top", "right", "left"):
            ax.spines[side].set_visible(False)
        numbers = None if ticks is None else (ticks, [number_text(one if signs else abs(one)) for one in ticks])
        if self.own:
            self._own_frame(label, numbers, left)
        else:
            self._given_frame(label, numbers, left)
        if grid and self.own:
            from csea_stats.publication.marks import GridLines

            GridLines(ax, GRID)
        elif grid:
            ax.grid(axis="x", color=GRID, linewidth=0.6)
            ax.set_axisbelow(True)

    def _own_frame(self, label: str, numbers: Numbers | None, left: str | None) -> None:
        from csea_stats.publication.marks import ToldAxis, numbered

        soft, ink = self.colours["soft"], self.colours["ink"]
        self.letters.take(
            ToldAxis(name=printable(label), colour=soft, ink=ink),
            ToldAxis(name=left, colour=soft, ink=ink) if left else None,
        )
        if numbers is not None:
            numbered(self.ax.xaxis, *numbers)

    def _given_frame(self, label: str, numbers: Numbers | None, left: str | None) -> None:
        ax, soft = self.ax, self.colours["soft"]
        ax.spines["bottom"].set_color(soft)
        ax.tick_params(axis="y", length=3 if left else 0, colors=self.colours["ink"])
        ax.tick_params(axis="x", colors=soft)
        if left:
            ax.spines["left"].set_color(soft)
            ax.set_ylabel(left, color=soft)
        if numbers is not None:
            ax.set_xticks(*numbers)
            ax.set_xticks([], minor=True)
        ax.set_xlabel(printable(label), color=soft, fontfamily=families(label))

    def ratios(self) -> None:
        """Make the axis below one of ratios: half as many is as far from 1 as twice as many."""
        from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

        self.ax.set_xscale("log")
        self.ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        self.ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: number_text(number)))
        self.ax.xaxis.set_minor_locator(NullLocator())

    def left_numbers(self, ticks: Sequence[float]) -> None:
        """Give the axis at the left its numbers."""
        from csea_stats.publication.marks import numbered

        numbered(self.ax.yaxis, ticks, list(map(number_text, ticks)))


def number_text(number: float) -> str:
    """Return a number of an axis."""
    return f"{number:g}".replace("-", "−")


def blank(width: Width, look: Look) -> Canvas:
    """Return empty axes of a figure of its own.

    Parameters
    ----------
    width : {"column", "page"} or float
        A number is in millimetres.
    look : {"paper", "screen", "grey"}

    Raises
    ------
    InputError
        For another width or look.
    """
    colours = colours_of(look)
    wide: object = WIDTHS.get(width) if isinstance(width, str) else width
    if isinstance(wide, bool) or not isinstance(wide, (int, float)) or not 40 <= wide <= 400:
        message = f"width: found {in_short(width)}; allowed is 'column', 'page', or millimetres from 40 to 400"
        raise InputError(message)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from csea_stats.publication.marks import AxesFrame, RowMarks

    figure = Figure(figsize=(wide / INCH, wide / INCH), facecolor=colours["back"])
    FigureCanvasAgg(figure)
    ax = figure.add_subplot(facecolor=colours["back"])
    return Canvas(ax=ax, colours=colours, wide=float(wide), marks=RowMarks(ax), letters=AxesFrame(ax))


def colours_of(look: Look) -> dict[str, str]:
    """Return the colours of a look."""
    if look not in LOOKS:
        message = f"look: found {in_short(look)}; allowed is one of {', '.join(map(repr, LOOKS))}"
        raise InputError(message)
    return LOOKS[look]


def fitted(canvas: Canvas, tall: float, head: Sequence[str]) -> None:
    """Write what stands above the axes, and make the figure as high as axes of so many millimetres need.

    Measured once, when the figure is made: a layout by matplotlib's own engines costs more than the drawing.
    """
    ax, figure = canvas.ax, canvas.ax.figure
    if legend := ax.get_legend():
        legend.remove()
    lines = [broken(line, int(canvas.wide / 1.42)) for line in head if line]
    text = "\n".join(lines)
    above = 3.1 * (text.count("\n") + 1) + 1.6 if text else 0.0
    figure.set_size_inches(canvas.wide / INCH, tall / INCH)
    ax.set_position((0.3, 0.0, 0.6, 1.0))
    renderer, scale = figure.canvas.get_renderer(), INCH / figure.dpi
    axes, whole = ax.get_window_extent(), ax.get_tightbbox(renderer)
    left, below, right, over = (
        max(0.0, scale * gap) + EDGE
        for gap in (axes.x0 - whole.x0, axes.y0 - whole.y0, whole.x1 - axes.x1, whole.y1 - axes.y1)
    )
    legend = _legend(canvas)
    named = scale * legend.get_window_extent(renderer).height + 1.0 if legend else 0.0
    high = below + tall + over + above + named
    figure.set_size_inches(canvas.wide / INCH, high / INCH)
    wide = max(canvas.wide - left - right, 0.2 * canvas.wide)
    ax.set_position((left / canvas.wide, below / high, wide / canvas.wide, tall / high))
    if legend:
        legend.set_bbox_to_anchor((EDGE / canvas.wide, 1 - (EDGE + above) / high), transform=figure.transFigure)
    if text:
        style = {"fontsize": 7.5, "va": "top", "linespacing": 1.15, "fontfamily": families(text)}
        figure.text(EDGE / canvas.wide, 1 - EDGE / high, text, color=canvas.colours["ink"], **style)


def _legend(canvas: Canvas) -> Any:
    """Return the legend of what was drawn under a name, above the axes; None where nothing was."""
    handles, labels = canvas.ax.get_legend_handles_labels()
    if not handles:
        return None
    labels = [broken(label, int((canvas.wide - 10) / 1.5)) for label in labels]
    widest = max(7 + 1.5 * max(map(len, label.split("\n"))) for label in labels)
    columns = max(1, min(len(labels), int((canvas.wide - 2 * EDGE) / widest)))
    handles, labels = (
        [one for column in range(columns) for one in every[column::columns]] for every in (handles, labels)
    )
    style = {"frameon": False, "fontsize": 7, "borderpad": 0, "borderaxespad": 0, "handlelength": 1.4}
    return canvas.ax.figure.legend(
        handles, labels, loc="upper left", ncols=columns, columnspacing=1.0, handletextpad=0.5, **style
    )
