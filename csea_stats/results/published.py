"""What an estimate, or several, give to a paper: a table, a figure, what to cite, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.publication.canvas import Canvas, Look, Width
from csea_stats.publication.picture import Picture, picture_of
from csea_stats.results.answer_figures import ANSWERS, Asked
from csea_stats.results.citable import methods_note, notes_of
from csea_stats.results.citations import Form, cited, written
from csea_stats.results.estimate_frames import tidy
from csea_stats.results.estimate_tables import Layout, TableSetting, estimates_table
from csea_stats.results.interval_figures import KINDS, FigureKind, head_of
from csea_stats.results.methods_texts import MethodsLength, methods_text
from csea_stats.results.phrases import of_people, one_number, synthetic, unreleased

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from csea_stats.publication.table import Table
    from csea_stats.results.phrases import Style
    from csea_stats.results.values import EstimateFields


Kind = Literal["forest", "tiers", "prior", "tipping", "bounds", "ranks", "shares", "diverging"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSetting:
    """How a figure of estimates is told.

    Parameters
    ----------
    kind : str or None
        None: by what the estimates are.
    width : {"column", "page"} or millimetres
    look : {"paper", "screen", "grey"}
    asked : Asked
        Of figures of whole questions.
    """

    kind: Kind | None = None
    width: Width = "column"
    look: Look = "paper"
    asked: Asked = field(default_factory=lambda: Asked(labels={}))


def estimates_figure(estimates: Sequence[EstimateFields], setting: FigureSetting) -> Picture:
    """Return a figure of estimates.

    Raises
    ------
    InputError
        For another kind, or where there is nothing to draw.
    """
    chosen, shown = _picked(estimates, setting)
    stamp = synthetic(*shown)
    return picture_of(
        lambda canvas: chosen.draw(canvas, shown),
        width=setting.width,
        look=setting.look,
        head=(head_of(shown), chosen.key(shown)),
        caption=f"{stamp}{chosen.caption(shown)} {methods_note(shown)}",
        notes=tuple(dict.fromkeys(notes_of(shown).values())),
        alt=stamp + chosen.alt(shown),
        data=tidy(shown),
        raw=unreleased(shown),
    )


def draw(estimates: Sequence[EstimateFields], ax: Any, setting: FigureSetting) -> Any:
    """Draw estimates on given axes of matplotlib, and return them; title, legend and caption stay outside."""
    chosen, shown = _picked(estimates, setting)
    chosen.draw(Canvas.on(ax, setting.look), shown)
    return ax


def _kind_of(estimates: Sequence[EstimateFields]) -> Kind:
    """Return the kind of figure of estimates for which none is asked."""
    if one_number(estimates):
        return "tiers"
    people = [one for one in estimates if of_people(one)]
    if not people:
        return "tiers"
    kinds: tuple[Kind, ...] = ("ranks", "bounds")
    return next((kind for kind in kinds if all(map(KINDS[kind].fits, people))), "forest")


def _picked(estimates: Sequence[EstimateFields], setting: FigureSetting) -> tuple[FigureKind, list[EstimateFields]]:
    name = setting.kind or _kind_of(estimates)
    if name not in (*KINDS, *ANSWERS):
        message = f"kind: found {in_short(name)}; allowed is one of {', '.join(map(repr, (*KINDS, *ANSWERS)))}"
        raise InputError(message)
    chosen = KINDS[name] if name in KINDS else ANSWERS[name](setting.asked)
    shown = [one for one in estimates if chosen.fits(one)]
    if chosen.one_scale:
        shown = [one for one in shown if one.scale == shown[0].scale]
    if chosen.first:
        shown = shown[:1]
    if not shown:
        message = f"kind: {name!r} has nothing to draw of these {len(estimates)} estimates"
        raise InputError(message)
    if len(shown) > chosen.longest:
        message = f"estimates: found {len(shown)} rows; a figure has {chosen.longest} rows at most: where(), or table()"
        raise InputError(message)
    return chosen, shown


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

    def figure(
        self,
        kind: Kind | None = None,
        *,
        width: Width = "column",
        look: Look = "paper",
        labels: Mapping[str, str] | None = None,
        split: str | None = None,
    ) -> Picture:
        """Return a figure for a publication.

        Parameters
        ----------
        kind : {"forest", "tiers", "prior", "tipping", "bounds", "ranks", "shares", "diverging"}, optional
            "forest": a row of both intervals for each number; "tiers": one number for each of those it may speak for;
            "prior": the first number under each customary prior; "tipping": a share against the participation ratio;
            "bounds": what print leaves open; "ranks": those that each answer may have; "shares": of every answer, with
            counts; "diverging": scales of a battery, parted in two. None: by what the estimates are.
        width : {"column", "page"} or float
            89 or 182 mm, or millimetres.
        look : {"paper", "screen", "grey"}
        labels : mapping of str to str, optional
            The words of questions by their ids, for "shares" and "diverging".
        split : str, optional
            For "diverging" the last answer left of the line; None: half of the answers.

        Returns
        -------
        Picture
            With `save` for SVG, PDF, PNG and TIFF.

        Raises
        ------
        InputError
            For another kind, width or look, or where there is nothing to draw.

        Examples
        --------
        >>> from csea_stats import ordinal
        >>> print(ordinal({"none": 0, "poor": 35, "fair": 10, "good": 4}).figure("diverging").alt)
        1 stack of answers; left of the line “poor or lower”: Question 1 71%.
        """
        asked = Asked(labels=labels or {}, split=split)
        return estimates_figure(self._told, FigureSetting(kind=kind, width=width, look=look, asked=asked))

    def plot(self, kind: Kind | None = None, *, ax: Any, look: Look = "paper") -> Any:
        """Draw on given axes of matplotlib, as `figure`, and return them; `ax.legend()` names what has names."""
        return draw(self._told, ax, FigureSetting(kind=kind, look=look))

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
