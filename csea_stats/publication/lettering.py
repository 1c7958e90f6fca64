"""Short texts on a figure: shaped once, measured by sums, drawn by any writer of matplotlib.

A figure with a hundred labels spends most of its time on text. A word that comes again, in this figure or the next, is
not shaped again; and what stands beside a row is no object of its own.
"""

from __future__ import annotations

import unicodedata
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox

from csea_stats.publication.fonts import families, lacking
from csea_stats.publication.markup import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

UNIT = 100.0
"""Points at which words are shaped."""

PITCH = 1.2
"""From one line to the next, in sizes."""

MIDDLE = 0.36
"""From the baseline of a line to its middle, in sizes: that of figures and of most letters."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A word, or a line that runs from right to left, as signs of a font.

    Parameters
    ----------
    glyphs : tuple of (str, float, float)
        The name of each and where it stands.
    outlines : tuple of (str, vertices, codes)
    advance : float
        Up to where the next word begins.
    """

    glyphs: tuple[tuple[str, float, float], ...]
    outlines: tuple[tuple[str, Any, Any], ...]
    advance: float


@lru_cache(512)
def properties(fonts: tuple[str, ...], size: float, weight: str) -> FontProperties:
    """Return a font as matplotlib names it."""
    return FontProperties(family=list(fonts), size=size, weight=weight)


@lru_cache(64)
def _files(fonts: tuple[str, ...], weight: str) -> tuple[str, ...]:
    found = [fontManager.findfont(FontProperties(family=[font], weight=weight)) for font in fonts]
    return tuple(dict.fromkeys(found))


@lru_cache(8192)
def _shape(word: str, fonts: tuple[str, ...], weight: str) -> Shaped:
    font = get_font(_files(fonts, weight))
    font.set_size(UNIT, 72)
    turned = _turned(word)
    glyphs, outlines, _ = text_to_path.get_glyphs_with_font(font, word if turned else f"{word} ")
    if turned:
        advance = text_to_path.get_text_width_height_descent(word, properties(fonts, UNIT, weight), ismath=False)[0]
    else:
        advance = glyphs.pop()[1]
    return Shaped(
        glyphs=tuple((name, float(x), float(y)) for name, x, y, _ in glyphs),
        outlines=tuple((name, vertices, codes) for name, (vertices, codes) in outlines.items() if len(codes)),
        advance=float(advance),
    )


def _turned(text: str) -> bool:
    """Whether some of a text runs from right to left."""
    return any(sign > "\u0589" and unicodedata.bidirectional(sign) in ("R", "AL", "AN", "RLE", "RLO") for sign in text)


@lru_cache(8192)
def line_of(
    line: str, fonts: tuple[str, ...], weight: str = "normal"
) -> tuple[tuple[tuple[Shaped, float], ...], float]:
    """Return the words of a line with where each begins, and how long the line is; at a size of `UNIT` points."""
    if _turned(line):
        whole = _shape(line, fonts, weight)
        return ((whole, 0.0),), whole.advance
    space = _shape("", fonts, weight), _shape("||", fonts, weight), _shape("| |", fonts, weight)
    gap = space[2].advance - space[1].advance
    place, told = 0.0, []
    for word in line.split(" "):
        if word:
            shaped = _shape(word, fonts, weight)
            told.append((shaped, place))
            place += shaped.advance
        place += gap
    return tuple(told), place - gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text at a place.

    Parameters
    ----------
    text : str
    at : (float, float)
    within : transform of matplotlib
        What the place is in.
    offset : (float, float)
        From there, in points.
    size : float
        Points.
    colour, weight, ha, va, fonts
        As for a text of matplotlib.
    upright : bool
        Whether it runs upwards, around its place.
    """

    text: str
    at: tuple[float, float]
    within: Any
    offset: tuple[float, float] = (0.0, 0.0)
    size: float = 7.0
    colour: str = "#000000"
    weight: str = "normal"
    ha: str = "left"
    va: str = "center"
    fonts: tuple[str, ...] = ()
    upright: bool = False

    def lines(self, pixel: float) -> Iterator[tuple[float, float, float, str]]:
        """Yield where each line begins, how long it is, and its text, in pixels, of which a point has so many."""
        x, y = self.within.transform(self.at)
        x, y = x + pixel * self.offset[0], y + pixel * self.offset[1]
        lines = self.text.split("\n")
        size, pitch = pixel * self.size, pixel * self.size * PITCH
        if self.upright:
            long = line_of(self.text, self.fonts, self.weight)[1] * size / UNIT
            yield x, y - long / 2, long, self.text
            return
        top = y + {"center": 0.5, "top": 0.0, "bottom": 1.0}[self.va] * pitch * len(lines)
        for number, line in enumerate(lines):
            long = line_of(line, self.fonts, self.weight)[1] * size / UNIT
            left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.ha] * long
            yield left, top - (number + 0.5) * pitch - MIDDLE * size, long, line


class Lettering(Artist):
    """Many short texts on axes, as one artist of matplotlib."""

    zorder = 3

    def __init__(self, ax: Any) -> None:
        super().__init__()
        self.ax: Any = ax
        self.pieces: list[Piece] = []
        ax.add_artist(self)
        self.set_clip_on(False)

    def write(self, text: str, at: tuple[float, float], within: Any, **style: Any) -> None:
        """Write a text at a place."""
        shown = printable_lines(text)
        self.pieces.append(Piece(text=shown, at=at, within=within, fonts=tuple(families(shown)), **style))

    def current(self) -> list[Piece]:
        """Return what is drawn as things stand."""
        return self.pieces

    def get_texts(self) -> list[str]:
        """Return the texts."""
        return [piece.text for piece in self.current()]

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return how far the texts reach, in pixels; say once which signs no font has."""
        pixel = (renderer or self.ax.figure.canvas.get_renderer()).points_to_pixels(1.0)
        ends = []
        for piece in self.current():
            for sign in sorted(lacking(piece.text)):
                warnings.warn(f"Glyph {ord(sign)} missing from the font of figures", UserWarning, stacklevel=2)
            size = pixel * piece.size
            for x, y, long, _ in piece.lines(pixel):
                box = [(0.0, -0.24 * size), (long, 0.76 * size)]
                ends += [(x - up, y + right) if piece.upright else (x + right, y + up) for right, up in box]
        return Bbox([np.min(ends, axis=0), np.max(ends, axis=0)]) if ends else Bbox.null()

    def get_tightbbox(self, renderer: Any = None) -> Bbox | None:
        """Return the same; None where nothing is written."""
        return self.get_window_extent(renderer) if self.current() else None

    def draw(self, renderer: Any) -> None:
        """Draw the texts."""
        if not self.get_visible():
            return
        pixel, high = renderer.points_to_pixels(1.0), renderer.get_canvas_width_height()[1]
        for piece in self.current():
            context = renderer.new_gc()
            context.set_foreground(piece.colour)
            font = properties(piece.fonts, piece.size, piece.weight)
            for x, y, _, line in piece.lines(pixel):
                if line:
                    renderer.draw_text(
                        context, x, high - y if renderer.flipy() else y, line, font, 90.0 * piece.upright
                    )
            context.restore()
        self.stale = False


def printable_lines(text: str) -> str:
    """Return a text without what no file can hold; its lines stay."""
    return "\n".join(map(printable, text.split("\n")))
