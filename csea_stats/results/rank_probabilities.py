"""The probability of every rank of every answer, under a model that the value names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from csea_stats.errors import InputError, UnknownName, check_choice, in_short
from csea_stats.publication.lettered_notes import Note, letters, marks
from csea_stats.publication.picture import picture_of
from csea_stats.publication.table_parts import FlatTable
from csea_stats.results.citable import Sentence, doubt_notes
from csea_stats.results.numbers import fixed, integer, number_of, probability
from csea_stats.results.phrases import Length, Reader, Style

if TYPE_CHECKING:
    import pandas as pd

    from csea_stats.publication.canvas import Canvas, Look, Width
    from csea_stats.publication.picture import Picture
    from csea_stats.results.values import Caveat, Provenance


MOST_WRITTEN = 12
"""Ranks up to which a figure writes the probabilities into its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankProbabilities:
    """How probable each rank of each answer is among people like these, under a model.

    Parameters
    ----------
    items : tuple of str
        The answers.
    counts : tuple of int
    base, chosen : int
        How many respondents, and how many answers each of them named.
    ranks : tuple of tuple of float
        A row for each answer, a column for each rank, 1 first; every row and every column adds up to 1.
    beats : tuple of tuple of float
        The probability that the row's answer is the more frequent one; 0 on the diagonal.
    top : tuple of float or None
        That the k answers named most by the respondents are the k most frequent, for k = 1, 2, ...; None where the
        counts do not tell which k they are.
    model : str
        Its name.
    caveats : tuple of Caveat
    provenance : Provenance

    Examples
    --------
    >>> from csea_stats import rank_probabilities
    >>> found = rank_probabilities({"yes": 30, "no": 14, "cannot say": 5}, 49, 1)
    >>> round(found.probability("yes", 1), 3), round(found.ahead("no", "cannot say"), 3)
    (0.993, 0.982)
    """

    items: tuple[str, ...]
    counts: tuple[int, ...]
    base: int
    chosen: int
    ranks: tuple[tuple[float, ...], ...]
    beats: tuple[tuple[float, ...], ...]
    top: tuple[float | None, ...]
    model: str
    caveats: tuple[Caveat, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        if not self.caveats:
            message = "probabilities of ranks need the caveat that names their model"
            raise InputError(message)

    def probability(self, item: str, rank: int) -> float:
        """Return the probability that an answer has a rank; 1 is the most frequent."""
        if rank not in range(1, len(self.items) + 1):
            message = f"rank: found {in_short(rank)}; allowed is 1 to {len(self.items)}"
            raise InputError(message)
        return self.ranks[self._place(item)][rank - 1]

    def ahead(self, item: str, other: str) -> float:
        """Return the probability that an answer is more frequent than another."""
        return self.beats[self._place(item)][self._place(other)]

    def _place(self, item: str) -> int:
        if item not in self.items:
            raise UnknownName("answer", item, self.items)
        return self.items.index(item)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame: a row for each answer, its count, and a column for each rank."""
        import pandas as pd

        names = list(range(1, len(self.items) + 1))
        frame = pd.DataFrame(self.ranks, index=pd.Index(self.items, name="item"), columns=names)
        frame.insert(0, "count", self.counts)
        return frame

    def figure(self, *, width: Width = "column", look: Look = "paper") -> Picture:
        """Return a figure for a publication: the probability of each rank of each answer, darker where it is larger."""
        lead = max(range(len(self.items)), key=self.counts.__getitem__)
        whom = f"People like those {integer(self.base)} who answered, under a {self.model} model"
        most = f"“{self.items[lead]}” is first with probability {probability(self.ranks[lead][0])}"
        return picture_of(
            self._draw,
            width=width,
            look=look,
            head=(whom, "Probability of each rank, in percent; at the right: who named it."),
            caption=f"Probability of each rank of {number_of(len(self.items), 'answers')}. {whom}.",
            notes=tuple(
                Note(letter=letters(place), code=one.code, text=one.text, severity=one.severity)
                for place, one in enumerate(self.caveats)
            ),
            alt=f"A table of {len(self.items)} answers by {len(self.items)} ranks, shaded by probability; {most}.",
            data=FlatTable(
                columns=("item", "count", *map(str, range(1, len(self.items) + 1))),
                rows=tuple((i, n, *r) for i, n, r in zip(self.items, self.counts, self.ranks, strict=True)),
            ),
        )

    def _draw(self, canvas: Canvas) -> float:
        size, edge = len(self.items), canvas.colours["back"]
        for row, chances in enumerate(self.ranks):
            for place, chance in enumerate(chances):
                style = {"facecolor": canvas.colours["main"], "alpha": chance, "edgecolor": edge, "linewidth": 0.5}
                canvas.box(row, (place + 0.5, place + 1.5), 0.9, style)
                if chance >= 0.005 and size <= MOST_WRITTEN:
                    ink = edge if chance > 0.65 else canvas.colours["ink"]
                    canvas.text(place + 1, row, fixed(100 * chance, 0), ha="center", colour=ink)
            canvas.at_right(row, str(self.counts[row]))
        canvas.ax.set_xlim(0.5, size + 0.5)
        canvas.frame("rank", ticks=range(1, size + 1, 1 + size // 13))
        return canvas.rows(self.items)

    def sentence(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentence:
        """Return how probable it is that the answer named most is the most frequent, as a sentence to cite.

        Parameters
        ----------
        length : {"full", "in-text", "note"}
            "full" also tells of the k answers named most, where each respondent named k.
        style : {"plain", "apa", "ama"}
            There is no interval: all three are alike.
        reader : {"journal", "policy"}
            Both are told the same.

        Returns
        -------
        Sentence

        Examples
        --------
        >>> from csea_stats import rank_probabilities
        >>> found = rank_probabilities({"yes": 30, "no": 14, "cannot say": 5}, 49, 1)
        >>> print(found.sentence("note").text)
        30/49; rank 1 with probability 99%, if the model holds.ᵃᵇᶜᵈ
        """
        for name, value, allowed in (("length", length, Length), ("style", style, Style), ("reader", reader, Reader)):
            check_choice(name, value, get_args(allowed))
        notes = doubt_notes(self.caveats)
        lead = max(range(len(self.items)), key=self.counts.__getitem__)
        chance, counted = probability(self.ranks[lead][0]), f"{self.counts[lead]} of {integer(self.base)}"
        if length == "note":
            text = f"{self.counts[lead]}/{integer(self.base)}; rank 1 with probability {chance}, if the model holds."
        elif length == "in-text":
            text = (
                f"“{self.items[lead]}” is named by {counted} respondents (most frequent among people like these with "
                f"probability {chance}; {self.model} model, chance alone)."
            )
        else:
            text = self._told(lead)
        return Sentence(text=text + marks(notes) * (length != "full"), notes=notes)

    def _told(self, lead: int) -> str:
        text = (
            f"Under a {self.model} model, “{self.items[lead]}” ({self.counts[lead]} of {integer(self.base)}) is the "
            f"most frequent answer among people like these with probability {probability(self.ranks[lead][0])}, "
            "allowing for chance alone"
        )
        together = self.top[self.chosen - 1] if 1 < self.chosen < len(self.items) else None
        if together is not None:
            text += (
                f"; the {self.chosen} answers named most here are the {self.chosen} most frequent with probability "
                f"{probability(together)}"
            )
        return f"{text}."

    def __str__(self) -> str:
        return str(self.sentence())
