"""A figure as SVG: what matplotlib writes, but that a text is one group of signs, each outlined once."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.path import Path

from csea_stats.publication.lettering import UNIT, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FINE = 64
"""Parts of a unit in which outlines are whole numbers."""

COMMANDS = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3)}
"""Of an outline by matplotlib's codes of a path, and how many points each takes."""

PLACE = re.compile(r'<g id="text-(\d+)" ?/>')
"""Where a text belongs: the writer of matplotlib takes elements, but none that is written already."""


@lru_cache(4096)
def _drawn(name: str, points: tuple[tuple[float, float], ...], codes: tuple[int, ...]) -> str:
    """Return the outline of a sign by its name."""
    told, place = [], 0
    while place < len(codes):
        if codes[place] == Path.CLOSEPOLY:
            told.append("z")
            place += 1
            continue
        command, many = COMMANDS[codes[place]]
        told.append(command + " ".join(f"{FINE * x:.0f} {FINE * y:.0f}" for x, y in points[place : place + many]))
        place += many
    return f'<path id="{name}" d="{"".join(told)}" transform="scale({1 / FINE})"/>'


def _sign(name: str, x: float, y: float) -> str:
    up = f' y="{y:.1f}"' if y else ""
    return f'<use x="{x:.1f}"{up} xlink:href="#{_identifier(name)}"/>'


@lru_cache(4096)
def _identifier(name: str) -> str:
    return escape(name.replace("%20", "_"), quote=True)


class Renderer(RendererSVG):
    """The writer of matplotlib, with a quicker way of writing text."""

    def __init__(self, wide: float, high: float, stream: io.StringIO, **settings: Any) -> None:
        super().__init__(wide, high, stream, **settings)  # type: ignore[no-untyped-call]
        self._outlined: set[str] = set()
        self.texts: list[str] = []

    def draw_text(  # noqa: PLR0913, PLR0917 - as matplotlib calls it
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: bool | str = False,  # noqa: FBT001, FBT002
        mtext: Any = None,
    ) -> None:
        """Write one line of text."""
        if ismath or gc.get_url() is not None or gc.get_clip_rectangle() is not None:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        words = line_of(s, tuple(prop.get_family()), str(prop.get_weight()))[0]
        outlines = list(self._new(words))
        scale = prop.get_size_in_points() / UNIT
        turned = f" rotate({-angle:g})" if angle else ""
        clear = gc.get_alpha() if gc.get_forced_alpha() else gc.get_rgb()[3]
        faint = f' opacity="{clear:g}"' if clear != 1 else ""
        place = f'transform="translate({x:.3f} {y:.3f}){turned} scale({scale:g} {-scale:g})"'
        signs = "".join(_sign(name, begin + x, y) for word, begin in words for name, x, y in word.glyphs)
        defined = f"<defs>{''.join(outlines)}</defs>" if outlines else ""
        self.writer.element("g", id=f"text-{len(self.texts)}")  # type: ignore[no-untyped-call]
        self.texts.append(f'{defined}<g fill="{to_hex(gc.get_rgb())}"{faint} {place}>{signs}</g>')

    def _new(self, words: Any) -> Iterator[str]:
        """Yield the outlines that were not written before."""
        for word, _ in words:
            for name, points, codes in word.outlines:
                if name not in self._outlined:
                    self._outlined.add(name)
                    yield _drawn(_identifier(name), tuple(map(tuple, points)), tuple(codes))


def figure_svg(figure: Any, metadata: Mapping[str, Any]) -> str:
    """Return a figure of matplotlib as SVG."""
    wide, high = 72 * figure.get_size_inches()
    stream, usual = io.StringIO(), figure.dpi
    figure.dpi = 72
    try:
        renderer = Renderer(wide, high, stream, image_dpi=usual, metadata=dict(metadata))
        figure.draw(renderer)
        renderer.finalize()  # type: ignore[no-untyped-call]
    finally:
        figure.dpi = usual
    return PLACE.sub(lambda found: renderer.texts[int(found[1])], stream.getvalue())
