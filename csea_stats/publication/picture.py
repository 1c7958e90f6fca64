"""A figure for a publication as a value: drawn once, saved as SVG, PDF, PNG or TIFF, with its words and its numbers."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import InputError
from csea_stats.publication.lettered_notes import notes_line
from csea_stats.publication.markup import printable
from csea_stats.publication.saving import save_content
from csea_stats.publication.spreadsheets import to_csv
from csea_stats.publication.table_parts import FlatTable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from csea_stats.publication.lettered_notes import Note

Width = Literal["column", "page"] | float

Look = Literal["paper", "screen", "grey"]

WIDTHS = {"column": 89.0, "page": 182.0}
"""Millimetres of a journal's column and page."""

LOOKS: dict[str, dict[str, str]] = {
    "paper": {"main": "#0E5A9A", "other": "#A35A00", "ink": "#1B1D21", "soft": "#4B5058", "back": "#FFFFFF"},
    "screen": {"main": "#0E5A9A", "other": "#A35A00", "ink": "#1B1D21", "soft": "#4B5058", "back": "#FBFAF7"},
    "grey": {"main": "#222222", "other": "#8A8A8A", "ink": "#000000", "soft": "#444444", "back": "#FFFFFF"},
}
"""Colours; every series also differs by its shape."""

DPI = 600

SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "csea_stats",
    "pdf.fonttype": 42,
}
"""Of matplotlib: sizes at the final width; a dollar sign is a dollar sign; the same figure gives the same bytes."""


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
    """

    figure: Any
    ax: Any
    caption: str
    alt: str
    notes: tuple[Note, ...] = ()
    data: FlatTable = field(default_factory=FlatTable)

    def to_svg(self) -> str:
        """Return the figure as SVG, with its title and its description for readers that speak."""
        text = self._rendered("svg", {"Date": None}).decode()
        head, svg, rest = text.partition("<svg ")
        described = f"<title>{escape(printable(self.caption))}</title>\n<desc>{escape(printable(self.alt))}</desc>\n"
        opening, end, body = rest.partition(">\n")
        return f'{head}{svg}role="img" {opening}{end}{described}{body}'

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
        with rc_context(SETTINGS), glyphs_told():
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
    """Say which signs of a text the font has not, once, instead of a warning for each."""

    def __enter__(self) -> None:
        self._caught = warnings.catch_warnings(record=True)
        self._found = self._caught.__enter__()
        warnings.simplefilter("always")

    def __exit__(self, *error: object) -> None:
        self._caught.__exit__(None, None, None)
        told = [str(one.message) for one in self._found or ()]
        missing = sorted({text.split()[1] for text in told if text.startswith("Glyph ")})
        if missing and error[0] is None:
            signs = ", ".join(f"{chr(int(code))!r} (U+{int(code):04X})" for code in missing[:8])
            warnings.warn(f"the font of figures has no {signs}: boxes stand in their place", UserWarning, stacklevel=3)


def blank(width: Width, height: float, look: Look) -> tuple[Any, Any, dict[str, str]]:
    """Return a figure of a width with empty axes, and the colours of its look.

    Parameters
    ----------
    width : {"column", "page"} or float
        A number is in millimetres.
    height : float
        In millimetres.
    look : {"paper", "screen", "grey"}

    Raises
    ------
    InputError
        For another width or look.
    """
    if look not in LOOKS:
        message = f"look: found {look!r}; allowed is one of {', '.join(map(repr, LOOKS))}"
        raise InputError(message)
    if isinstance(width, str) and width not in WIDTHS:
        message = f"width: found {width!r}; allowed is 'column', 'page', or millimetres from 40 to 400"
        raise InputError(message)
    wide: object = WIDTHS[width] if isinstance(width, str) else width
    if isinstance(wide, bool) or not isinstance(wide, (int, float)) or not 40 <= wide <= 400:
        message = f"width: found {width!r}; allowed is 'column', 'page', or millimetres from 40 to 400"
        raise InputError(message)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = LOOKS[look]
    figure = Figure(figsize=(wide / 25.4, height / 25.4), layout="constrained", facecolor=colours["back"])
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot(facecolor=colours["back"]), colours


def broken(texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield labels broken at words."""
    from textwrap import fill

    for text in texts:
        yield fill(printable(text), width, break_on_hyphens=False)
