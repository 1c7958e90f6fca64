"""SVG files into PNG: the same picture on every machine, since fonts come with a package and not from the system."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.errors import MissingPackage

if TYPE_CHECKING:
    from collections.abc import Sequence

ZOOM = 1.5
"""Pixels of the PNG per pixel of the SVG: 1080 wide, sharp in print at the width of a column."""

FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


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


def png_bytes(svg: str) -> bytes:
    """Return an SVG of fixed size as PNG.

    Parameters
    ----------
    svg : str
        With width and height in pixels.

    Returns
    -------
    bytes
        `ZOOM` times as wide and high; the same for the same SVG.

    Raises
    ------
    MissingPackage
        If resvg-py is not installed.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise MissingPackage("resvg-py", "writing figures as PNG") from error
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            font_files=list(font_files()),
            skip_system_fonts=True,
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )


def png_files(svgs: Sequence[str]) -> tuple[bytes, ...]:
    """Return several SVG as PNG, in their order; one after the other, since resvg holds the interpreter's lock."""
    return tuple(map(png_bytes, svgs))
