"""A figure for a publication as a value: drawn once, saved as SVG, PDF, PNG or TIFF, with its words and its numbers."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError
from csea_stats.publication.canvas import SETTINGS, Canvas, blank, fitted
from csea_stats.publication.lettered_notes import notes_line
from csea_stats.publication.markup import printable
from csea_stats.publication.saving import save_content
from csea_stats.publication.spreadsheets import to_csv
from csea_stats.publication.table_parts import RAW, FlatTable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from csea_stats.publication.canvas import Look, Width
    from csea_stats.publication.lettered_notes import Note

DPI = 600


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A figure with what belongs to it; made by `figure()` of estimates and fits.

    Parameters
    ----------
    figure : matplotlib Figure
    ax : matplotlib Axes
    caption : str
    notes : tuple of Note
    alt : str
        What it shows, for those who cannot see it.
    data : FlatTable
        The numbers it is drawn from.
    raw : bool
        Whether it shows respondents' answers as they stand, which its SVG then says where nobody sees it.
    """

    figure: Any
    ax: Any
    caption: str
    alt: str
    notes: tuple[Note, ...] = ()
    data: FlatTable = field(default_factory=FlatTable)
    raw: bool = False

    def to_svg(self) -> str:
        """Return the figure as SVG, with its title and its description for readers that speak."""
        from matplotlib import rc_context

        from csea_stats.publication.svg import figure_svg

        with rc_context(SETTINGS), glyphs_told(said=True):
            text = figure_svg(self.figure, {"Date": None})
        head, svg, rest = text.partition("<svg ")
        described = f"<title>{escape(printable(self.caption))}</title>\n<desc>{escape(printable(self.alt))}</desc>\n"
        opening, end, body = rest.partition(">\n")
        raw = f"<!-- {RAW} -->\n" if self.raw else ""
        return f'{head}{svg}role="img" {opening}{end}{raw}{described}{body}'

    def save(self, path: str | os.PathLike[str], *, data: bool = False) -> Path:
        """Write the figure into a file whose ending says how: .svg, .pdf, .png or .tiff.

        Parameters
        ----------
        path : path
        data : bool
            Whether the numbers that it is drawn from are written beside it, as CSV.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            For another ending.
        OutputError
            If the file cannot be written; an old one is still whole then.
        """
        ending = Path(path).suffix.lower()
        if ending == ".svg":
            content = self.to_svg().encode()
        elif ending in ENDINGS:
            content = self._rendered(ending[1:], ENDINGS[ending](self))
        else:
            message = f"path: found the ending {ending!r}; allowed is one of .svg, {', '.join(ENDINGS)}"
            raise InputError(message)
        written = save_content(path, content)
        if data:
            save_content(written.with_suffix(".csv"), to_csv(self.data).encode())
        return written

    def _rendered(self, form: str, metadata: dict[str, Any]) -> bytes:
        from matplotlib import rc_context

        stream = io.BytesIO()
        more: dict[str, Any] = {} if form == "tiff" else {"metadata": metadata}
        with rc_context(SETTINGS), glyphs_told(said=True):
            self.figure.savefig(stream, format=form, dpi=DPI, facecolor=self.figure.get_facecolor(), **more)
        return stream.getvalue()

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.caption, self.alt, notes_line(self.notes))))

    def __repr__(self) -> str:
        return f"<Picture: {self.caption[:70]}>"

    def _repr_html_(self) -> str:
        svg = self.to_svg()
        notes = "".join(f"<p>{escape(str(note))}</p>" for note in self.notes)
        return f"<figure>{svg[svg.index('<svg ') :]}<figcaption>{escape(self.caption)}{notes}</figcaption></figure>"


ENDINGS: dict[str, Any] = {
    ".pdf": lambda picture: {"Title": picture.caption, "Subject": picture.alt, "CreationDate": None},
    ".png": lambda picture: {"Title": picture.caption, "Description": picture.alt},
    ".tiff": lambda _: {},
}
"""What each kind of file says of the figure in words."""


class glyphs_told:  # noqa: N801 - read as a statement
    """Say which signs of a text no font has, once, instead of a warning for each; or nothing, where it was said."""

    def __init__(self, *, said: bool = False) -> None:
        self._said = said

    def __enter__(self) -> None:
        self._caught = warnings.catch_warnings(record=True)
        self._found = self._caught.__enter__()
        warnings.simplefilter("always")

    def __exit__(self, *error: object) -> None:
        self._caught.__exit__(None, None, None)
        told = [str(one.message) for one in self._found or ()]
        missing = sorted({text.split()[1] for text in told if text.startswith("Glyph ")})
        if missing and error[0] is None and not self._said:
            signs = ", ".join(f"{chr(int(code))!r} (U+{int(code):04X})" for code in missing[:8])
            warnings.warn(f"the font of figures has no {signs}: boxes stand in their place", UserWarning, stacklevel=5)


def picture_of(  # noqa: PLR0913 - what a figure says is asked for by name
    draw: Callable[[Canvas], float],
    *,
    width: Width,
    look: Look,
    head: Sequence[str],
    caption: str,
    alt: str,
    notes: Sequence[Note] = (),
    data: FlatTable | None = None,
    raw: bool = False,
) -> Picture:
    """Return a figure of its own.

    Parameters
    ----------
    draw : function
        Draws on axes and returns how high they have to be, in millimetres.
    width, look
        As for `blank`.
    head : sequence of str
        What stands above the axes, a paragraph each: whom it speaks for, what the marks are.
    caption, alt, notes, data, raw
        As for `Picture`.
    """
    from matplotlib import rc_context

    with rc_context(SETTINGS), glyphs_told():
        canvas = blank(width, look)
        fitted(canvas, draw(canvas), head)
    return Picture(
        figure=canvas.ax.figure,
        ax=canvas.ax,
        caption=caption,
        alt=alt,
        notes=tuple(notes),
        data=data or FlatTable(),
        raw=raw,
    )
