"""A drawing as a value, and the two ways it is written.

Marks have x as a share of the width (0 to 1) and y in em (1 em is 16 px), so that one drawing can be fluid on the
page, where text never scales, and fixed in a file of its own.
"""

import html
from dataclasses import dataclass

from markupsafe import Markup

from csea_stats.publication.markup import printable
from csea_stats.publication.table_parts import RAW

EM = 16.0
"""Pixels of one em."""

LABEL = 0.8125
"""Size of a drawing's text, in em."""


def escape(text: str) -> str:
    """Return a text for XML, without signs that it forbids or that turn its direction."""
    return html.escape(printable(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle as wide as a part of the axis; ``moves``: what of which key the page's script moves it to."""

    look: str
    x: float
    width: float
    y: float
    height: float
    moves: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line."""

    look: str
    x1: float
    x2: float
    y1: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMark:
    """A mark at one value: centred there, its width in em, so that it does not grow with the figure."""

    look: str
    x: float
    y: float
    width: float
    height: float
    moves: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text, its baseline at y."""

    look: str
    x: float
    y: float
    text: str
    anchor: str = "start"


Mark = Rect | Line | BlockMark | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Marks with what they say in words.

    Parameters
    ----------
    marks : tuple of marks
        In the order of painting.
    height : float
        In em.
    title, description : str
        For a reader who does not see it.
    """

    marks: tuple[Mark, ...]
    height: float
    title: str = ""
    description: str = ""


def number(value: float) -> str:
    """Return a coordinate with at most three decimals, without trailing zeros.

    Examples
    --------
    >>> number(71.42857), number(50.0), number(-0.0)
    ('71.429', '50', '0')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _moves(moves: tuple[str, str] | None) -> str:
    return f' data-{moves[0]}="{escape(moves[1])}"' if moves else ""


def _fluid(mark: Mark) -> str:
    match mark:
        case Rect():
            return (
                f'<rect class="{mark.look}" x="{number(mark.x * 100)}%" y="{number(mark.y)}em" '
                f'width="{number(mark.width * 100)}%" height="{number(mark.height)}em"'
                f"{_moves(mark.moves)}/>"
            )
        case Line():
            return (
                f'<line class="{mark.look}" x1="{number(mark.x1 * 100)}%" x2="{number(mark.x2 * 100)}%" '
                f'y1="{number(mark.y1)}em" y2="{number(mark.y2)}em"/>'
            )
        case BlockMark():
            return (
                f'<rect class="{mark.look}" x="{number(mark.x * 100)}%" y="{number(mark.y)}em" '
                f'width="{number(mark.width)}em" height="{number(mark.height)}em" '
                f'transform="translate({number(-mark.width * EM / 2)} 0)"{_moves(mark.moves)}/>'
            )
        case Text():
            anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
            return (
                f'<text class="{mark.look}" x="{number(mark.x * 100)}%" y="{number(mark.y / LABEL)}em"{anchor}>'
                f"{escape(mark.text)}</text>"
            )


def fluid_svg(drawing: Drawing, name: str = "", look: str = "strip") -> Markup:
    """Return a drawing as SVG for the page: as wide as its place, styled by the page.

    Parameters
    ----------
    drawing : Drawing
    name : str
        Stem of the ids of its title and description, unique in the page; empty: a drawing beside the same numbers in
        words, hidden from a screen reader.
    look : str
        Its classes.

    Returns
    -------
    Markup
        Every text in it is escaped.
    """
    marks = "".join(map(_fluid, drawing.marks))
    size = f'style="height:{number(drawing.height)}em"'
    if not name:
        return _markup(f'<svg class="{look}" {size} aria-hidden="true" focusable="false">{marks}</svg>')
    return _markup(
        f'<svg class="{look}" {size} role="img" aria-labelledby="{name}-t {name}-d"><title id="{name}-t">'
        f'{escape(drawing.title)}</title><desc id="{name}-d">{escape(drawing.description)}</desc>{marks}</svg>'
    )


def _markup(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - every text of a mark is escaped where it is written


PAPER, INK, SOFT, RULE, GRID, OUTLINE = "#FCFBF8", "#1B1D21", "#4B5058", "#D8D4CB", "#E6E2D9", "#83878E"

RESPONDENTS, PEOPLE, POPULATION = "#2B2F36", "#0E5A9A", "#A35A00"

RAMP = ("#1B1D21", "#4A4F58", "#8D9299", "#D3D4D3", PAPER)
"""The light palette of design; a test holds it equal to the page's own."""

STYLES: dict[str, str] = {
    "c1": f'fill="{RESPONDENTS}"',
    "c0": f'fill="none" stroke="{OUTLINE}"',
    "cm": f'fill="url(#hatch)" stroke="{RESPONDENTS}"',
    "under": f'fill="{PAPER}"',
    "cmiss": f'fill="none" stroke="{INK}" stroke-dasharray="2 2"',
    "s1": f'stroke="{PAPER}"',
    "s1 w": f'stroke="{PAPER}" stroke-width="3"',
    "s0": f'stroke="{OUTLINE}"',
    "work": f'fill="{PEOPLE}"',
    "workb": f'fill="{PAPER}" stroke="{PEOPLE}" stroke-width="1.25"',
    "nat": f'fill="{POPULATION}"',
    "now": f'fill="{POPULATION}"',
    "joint": f'fill="{OUTLINE}"',
    "gap": f'stroke="{PAPER}" stroke-width="2.5"',
    "drop": f'stroke="{RESPONDENTS}" stroke-dasharray="1.5 2.5"',
    "g": f'stroke="{GRID}"',
    "half": f'stroke="{INK}" stroke-opacity="0.75"',
    "rule": f'stroke="{RULE}"',
    "o0": f'fill="{RAMP[0]}"',
    "o1": f'fill="{RAMP[1]}"',
    "o2": f'fill="{RAMP[2]}"',
    "o3": f'fill="{RAMP[3]}" stroke="{OUTLINE}"',
    "o4": f'fill="{RAMP[4]}" stroke="{INK}"',
    "so0": f'stroke="{PAPER}"',
    "so1": f'stroke="{PAPER}"',
    "so2": f'stroke="{PAPER}"',
    "so3": f'stroke="{OUTLINE}"',
    "so4": f'stroke="{OUTLINE}"',
    "ax": f'fill="{SOFT}"',
    "tl": f'fill="{INK}" font-weight="bold"',
    "tv": f'fill="{INK}"',
    "head": f'fill="{INK}" font-weight="bold" font-size="16"',
    "foot": f'fill="{SOFT}"',
}
"""How each look is painted in a file of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Marks and where their axis lies on a sheet, in pixels."""

    marks: tuple[Mark, ...]
    left: float
    right: float
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A figure as a file: pieces on a page of fixed size, in pixels."""

    width: int
    height: int
    pieces: tuple[Placed, ...]
    title: str
    description: str


def _fixed(mark: Mark, piece: Placed) -> str:
    span = piece.right - piece.left
    style = STYLES[mark.look]
    match mark:
        case Rect():
            return (
                f'<rect {style} x="{number(piece.left + mark.x * span)}" y="{number(piece.top + mark.y * EM)}" '
                f'width="{number(mark.width * span)}" height="{number(mark.height * EM)}"/>'
            )
        case Line():
            return (
                f'<line {style} x1="{number(piece.left + mark.x1 * span)}" x2="{number(piece.left + mark.x2 * span)}" '
                f'y1="{number(piece.top + mark.y1 * EM)}" y2="{number(piece.top + mark.y2 * EM)}"/>'
            )
        case BlockMark():
            left = piece.left + mark.x * span - mark.width * EM / 2
            return (
                f'<rect {style} x="{number(left)}" y="{number(piece.top + mark.y * EM)}" '
                f'width="{number(mark.width * EM)}" height="{number(mark.height * EM)}"/>'
            )
        case Text():
            size = "" if "font-size" in style else f' font-size="{number(LABEL * EM)}"'
            return (
                f'<text {style}{size} x="{number(piece.left + mark.x * span)}" y="{number(piece.top + mark.y * EM)}" '
                f'text-anchor="{mark.anchor}">{escape(mark.text)}</text>'
            )


def sheet_svg(sheet: Sheet, *, raw: bool = False) -> str:
    """Return a sheet as an SVG file: fixed size, styles inlined, readable without the page; `raw` marks it so."""
    remark = f"<!-- {RAW} -->\n" if raw else ""
    marks = "\n".join(_fixed(mark, piece) for piece in sheet.pieces for mark in piece.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width}" height="{sheet.height}" '
        f'viewBox="0 0 {sheet.width} {sheet.height}" role="img" aria-labelledby="t d" '
        'font-family="DejaVu Sans, Inter, Segoe UI, Liberation Sans, Arial, sans-serif">\n'
        f'{remark}<title id="t">{escape(sheet.title)}</title>\n<desc id="d">{escape(sheet.description)}</desc>\n'
        '<defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="1.6" height="4" fill="{RESPONDENTS}"/></pattern></defs>\n'
        f'<rect width="{sheet.width}" height="{sheet.height}" fill="{PAPER}"/>\n{marks}\n</svg>\n'
    )
