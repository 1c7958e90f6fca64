"""What an estimate, or several, give to a paper: a table, a figure, what to cite, and how they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csea_stats.results.citations import Form, cited, written
from csea_stats.results.estimate_tables import Layout, TableSetting, estimates_table
from csea_stats.results.figures import Kind, draw, estimates_figure
from csea_stats.results.methods_texts import MethodsLength, methods_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from csea_stats.publication.picture import Look, Picture, Width
    from csea_stats.publication.table import Table
    from csea_stats.results.phrases import Style
    from csea_stats.results.values import EstimateFields


class Published:
    """An estimate, or several, as a paper takes them."""

    __slots__ = ()

    @property
    def _told(self) -> Sequence[EstimateFields]:
        """The estimates."""
        raise NotImplementedError

    def table(
        self,
        layout: Layout | None = None,
        *,
        style: Style = "plain",
        companion: bool = True,
        caption: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Table:
        """Return a table for a publication: to look at, or to save as Word, Excel, LaTeX, HTML, Markdown or CSV.

        Parameters
        ----------
        layout : {"topline", "contrasts", "effects", "coefficients", "tiers", "ranks"}, optional
            "topline": shares of each answer; "contrasts": two groups; "effects": of predictors; "coefficients": any
            numbers, a row each; "tiers": one number for each of those it may speak for; "ranks". None: by what the
            estimates are. Estimates of other kinds are left out, and the note says how many.
        style : {"plain", "apa", "ama"}
            Of intervals.
        companion : bool
            Whether the interval of the other kind has a column.
        caption : str, optional
        labels : mapping of str to str, optional
            The words of questions by their ids.

        Returns
        -------
        Table

        Raises
        ------
        InputError
            For another layout, or where a layout has nothing to show.

        Examples
        --------
        >>> from csea_stats import multinomial
        >>> print(multinomial({"poor": 30, "fair": 12, "good": 7}).table().rows[0][0].text)
        poor
        """
        setting = TableSetting(style=style, companion=companion, labels=labels or {})
        return estimates_table(self._told, layout, setting, caption=caption)

    def figure(self, kind: Kind | None = None, *, width: Width = "column", look: Look = "paper") -> Picture:
        """Return a figure for a publication.

        Parameters
        ----------
        kind : {"forest", "tiers", "prior", "tipping"}, optional
            "forest": a row of both intervals for each number; "tiers": one number for each of those it may speak for;
            "prior": the first number under each customary prior; "tipping": a share against the participation ratio.
            None: "tiers" or "forest", by what is there.
        width : {"column", "page"} or float
            89 or 182 mm, or millimetres.
        look : {"paper", "screen", "grey"}

        Returns
        -------
        Picture
            With `save` for SVG, PDF, PNG and TIFF.

        Raises
        ------
        InputError
            For another kind, width or look, or where there is nothing to draw.
        """
        return estimates_figure(self._told, kind, width=width, look=look)

    def plot(self, kind: Kind | None = None, *, ax: Any, look: Look = "paper") -> Any:
        """Draw on given axes of matplotlib, as `figure`, and return them."""
        return draw(self._told, kind, ax, look)

    def cite(self, form: Form = "text") -> str:
        """Return what the numbers are cited with: the package, a shipped survey, and the works behind the methods used.

        Parameters
        ----------
        form : {"text", "bibtex", "csl"}

        Returns
        -------
        str
        """
        return written(cited(self._told), form)

    def methods_text(self, length: MethodsLength = "paragraph") -> str:
        """Return how they were made, for a methods section: from what was run.

        Parameters
        ----------
        length : {"paragraph", "sentence"}
        """
        return methods_text(self._told, length)
