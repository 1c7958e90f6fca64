"""SVG files into PNG: the same picture on every machine, since fonts come with a package and not from the system."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from contextlib import suppress
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


ENOUGH = 8
"""Figures from which a second process pays: resvg holds the interpreter's lock, so threads do not help."""


def png_files(svgs: Sequence[str]) -> tuple[bytes, ...]:
    """Return several SVG as PNG, in their order; of many, every other one is drawn by a second process.

    Where none can be started, or it fails, all are drawn here: the bytes are the same.
    """
    if len(svgs) < ENOUGH or not sys.executable or getattr(sys, "frozen", False):
        return tuple(map(png_bytes, svgs))
    here, there = svgs[::2], svgs[1::2]
    helper = _started(there)
    try:
        pictures = list(map(png_bytes, here))
    except BaseException:
        if helper:
            helper.kill()
            helper.communicate()
        raise
    others = (_answer(helper, len(there)) if helper else None) or tuple(map(png_bytes, there))
    for index, picture in enumerate(others):
        pictures.insert(2 * index + 1, picture)
    return tuple(pictures)


def _started(svgs: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """Start a second process on some SVG; None if there can be none."""
    command = [sys.executable, "-m", "csea_stats.report.png"]
    try:
        helper = subprocess.Popen(  # noqa: S603 - our own module, under the running interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    if helper.stdin:
        with suppress(OSError), helper.stdin as stream:  # one that has ended takes nothing; its answer tells
            stream.write(json.dumps(svgs).encode())
    helper.stdin = None
    return helper


def _answer(helper: subprocess.Popen[bytes], number: int) -> tuple[bytes, ...] | None:
    """Return the PNG that a second process has drawn; None if it has not."""
    with helper:
        text, _ = helper.communicate()
    try:
        pictures = tuple(b64decode(picture) for picture in json.loads(text))
    except ValueError:
        return None
    return pictures if helper.returncode == 0 and len(pictures) == number else None


if __name__ == "__main__":
    drawn = map(png_bytes, json.load(sys.stdin.buffer))
    sys.stdout.write(json.dumps([b64encode(picture).decode() for picture in drawn]))
