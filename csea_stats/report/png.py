"""Sheets into PNG: the same picture on every machine, since fonts come with a package and not from the system."""

from __future__ import annotations

import io
import math
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import MissingPackage
from csea_stats.report.drawing import EM, LABEL, PAPER, RESPONDENTS, STYLES, Line, Rect, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont

    from csea_stats.report.drawing import BlockMark, Placed, Sheet

    Canvas = NDArray[np.uint8]
    Weights = NDArray[np.float64]
    Span = tuple[float, float]

ZOOM = 1.5
"""Pixels of the PNG per pixel of the SVG: 1080 wide, sharp in print at the width of a column."""

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")

EFFORT = 3
"""Of zlib, 1 to 9: with the usual 6 files take a third longer and are a tenth smaller."""

STRIPES, STRIPE, PARTS = 4.0, 1.6, 4
"""Distance and width of a hatch's stripes in pixels of the SVG, and the parts of a pixel's side that are looked at."""


@cache
def font_files() -> tuple[str, ...]:
    """Return the font files that matplotlib ships, found without importing it.

    Raises
    ------
    MissingPackage
        If matplotlib or its fonts are not there.
    """
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise MissingPackage("matplotlib", "drawing text in PNG files")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    found = tuple(str(folder / name) for name in FONTS)
    if not all(Path(name).is_file() for name in found):
        raise MissingPackage("matplotlib", "drawing text in PNG files")
    return found


def png_bytes(sheet: Sheet) -> bytes:
    """Return a sheet as PNG.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    bytes
        `ZOOM` times as wide and high as the SVG; the same for the same sheet.

    Raises
    ------
    MissingPackage
        If Pillow is not installed.

    Notes
    -----
    Every mark but text is a rectangle along the pixels, whose share of each pixel is exact; text is drawn last.
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise MissingPackage("pillow", "writing figures as PNG") from error
    canvas = np.full((*(math.ceil(side * ZOOM) for side in (sheet.height, sheet.width)), 3), _colour(PAPER), np.uint8)
    texts: list[tuple[float, float, Text]] = []
    for piece in sheet.pieces:
        for mark in piece.marks:
            if isinstance(mark, Text):
                texts.append((*_place(piece, mark.x, mark.y), mark))
            elif isinstance(mark, Line):
                ends = _place(piece, mark.x1, mark.y1), _place(piece, mark.x2, mark.y2)
                _stroke(canvas, ends, _style(mark.look))
            else:
                _rectangle(canvas, piece, mark)
    picture, content = Image.fromarray(canvas), io.BytesIO()
    pen = ImageDraw.Draw(picture)
    for x, y, text in texts:
        style = _style(text.look)
        font = _font(bold="font-weight" in style, size=float(style.get("font-size", LABEL * EM)) * ZOOM)
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[text.anchor]
        pen.text((x, y), text.text, font=font, fill=style["fill"], anchor=anchor)
    picture.save(content, "PNG", compress_level=EFFORT)
    return content.getvalue()


@cache
def _style(look: str) -> dict[str, str]:
    return dict(re.findall(r'([\w-]+)="([^"]*)"', STYLES[look]))


@cache
def _colour(code: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(code[1:]))


@cache
def _font(*, bold: bool, size: float) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font_files()[bold], size, layout_engine=ImageFont.Layout.BASIC)


def _place(piece: Placed, x: float, y: float) -> tuple[float, float]:
    """Return where a mark's point is, in pixels."""
    return (piece.left + x * (piece.right - piece.left)) * ZOOM, (piece.top + y * EM) * ZOOM


def _rectangle(canvas: Canvas, piece: Placed, mark: Rect | BlockMark) -> None:
    style = _style(mark.look)
    (left, top), height = _place(piece, mark.x, mark.y), mark.height * EM * ZOOM
    width = mark.width * ZOOM * (piece.right - piece.left if isinstance(mark, Rect) else EM)
    left -= 0 if isinstance(mark, Rect) else width / 2
    right, bottom = left + width, top + height
    fill = style.get("fill", "none")
    if fill != "none":
        hatched = fill.startswith("url")
        _paint(canvas, (left, right), (top, bottom), RESPONDENTS if hatched else fill, hatched=hatched)
    if "stroke" in style:
        half = float(style.get("stroke-width", 1)) * ZOOM / 2
        for y in (top, bottom):
            _stroke(canvas, ((left - half, y), (right + half, y)), style)
        for x in (left, right):
            _stroke(canvas, ((x, top + half), (x, bottom - half)), style)


def _stroke(canvas: Canvas, ends: tuple[Span, Span], style: dict[str, str]) -> None:
    """Draw a line along the pixels, in dashes where its style has them."""
    (x1, y1), (x2, y2) = ends
    half = float(style.get("stroke-width", 1)) * ZOOM / 2
    level = y1 == y2
    start, stop = sorted((x1, x2) if level else (y1, y2))
    dash, gap = (float(part) * ZOOM for part in style.get("stroke-dasharray", f"{stop - start} 1").split())
    across = (y1 - half, y1 + half) if level else (x1 - half, x1 + half)
    for number in range(math.ceil((stop - start) / (dash + gap)) if stop > start else 0):
        along = start + number * (dash + gap), min(start + number * (dash + gap) + dash, stop)
        spans = (along, across) if level else (across, along)
        _paint(canvas, *spans, style["stroke"], opacity=float(style.get("stroke-opacity", 1)))


def _paint(canvas: Canvas, x: Span, y: Span, colour: str, *, opacity: float = 1.0, hatched: bool = False) -> None:
    """Lay a colour over a rectangle, over each pixel as much as it covers."""
    (row, rows), (column, columns) = (_covered(*span, size) for span, size in zip((y, x), canvas.shape, strict=False))
    weights = np.outer(rows, columns) * opacity
    if hatched:
        weights *= _hatch(row, column, weights.shape)
    part = canvas[row : row + len(rows), column : column + len(columns)]
    part[:] = np.rint(part + weights[:, :, None] * (np.array(_colour(colour)) - part.astype(float)))


def _covered(start: float, stop: float, size: int) -> tuple[int, Weights]:
    """Return the first pixel that is touched, and how much of it and of each next one lies between."""
    first, last = max(math.floor(start), 0), min(math.ceil(stop), size)
    pixels = np.arange(first, max(last, first))
    return first, np.minimum(pixels + 1, stop) - np.maximum(pixels, start)


def _hatch(row: int, column: int, shape: tuple[int, ...]) -> Weights:
    """Return how much of each pixel the stripes cover."""
    y, x = (
        (first * PARTS + np.arange(number * PARTS) + 0.5) / PARTS / ZOOM
        for first, number in zip((row, column), shape, strict=True)
    )
    inside = np.add.outer(y, x) / math.sqrt(2) % STRIPES < STRIPE
    return np.asarray(inside.reshape(shape[0], PARTS, shape[1], PARTS).mean(axis=(1, 3)))
