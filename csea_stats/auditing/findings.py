"""What an audit says: findings, readings and the audit itself, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from csea_stats.errors import check_choice
from csea_stats.results.citable import Sentence
from csea_stats.results.phrases import Length, Reader, Style

Status = Literal["inconsistent", "consistent", "cannot be checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found in one place.

    Parameters
    ----------
    code : str
        The check, such as "percent-and-count": one of a closed list, told in the docs.
    question : str or None
        Id of the question, or of the battery; None where the finding concerns the survey.
    cells : tuple of str
        Names of the cells compared, ``question/item @ where``.
    printed : str
        What print says, quoted as short values ("24%, n=11, base 49").
    expected : str
        What it would have to be for print to agree.
    verdict : {"inconsistent", "consistent", "cannot be checked"}
    explanations : tuple of str
        What would rescue the print: another base, rounding, a sum of rounded figures, one count off, another coding.
    consequence : str
        What the package does about it.
    power : str
        What this check would have caught: "59 of the 101 whole percentages are impossible for a base of 24".
    items : tuple of str
        The answers whose numbers it touches.
    id : str
        "A1", "A2", ... in print order, given by the audit.
    """

    code: str
    question: str | None
    cells: tuple[str, ...]
    printed: str
    expected: str
    verdict: Status
    explanations: tuple[str, ...] = ()
    consequence: str = ""
    power: str = ""
    items: tuple[str, ...] = ()
    id: str = ""

    def sentence(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentence:
        """Return what print gives, and what it would have to be, as a sentence to cite.

        Parameters
        ----------
        length : {"full", "in-text", "note"}
            With its place and what is expected; without the latter; or what a table's note has room for.
        style : {"plain", "apa", "ama"}
            A finding has no interval: all three are alike.
        reader : {"journal", "policy"}
            "The report contradicts itself here" for the latter, where it does.

        Returns
        -------
        Sentence

        Examples
        --------
        >>> found = Finding(code="percent-and-count", question="age", cells=("age/young @ Table 1",),
        ...     printed="24%, n=11, base 49", expected="12 of 49", verdict="inconsistent")
        >>> found.sentence().text
        'Print gives 24%, n=11, base 49 (age, Table 1); expected: 12 of 49. This is inconsistent.'
        """
        for name, value, allowed in (("length", length, Length), ("style", style, Style), ("reader", reader, Reader)):
            check_choice(name, value, get_args(allowed))
        judged = (
            f"This {'cannot' if self.verdict == 'cannot be checked' else 'is'} {self.verdict.removeprefix('cannot ')}"
        )
        if reader == "policy" and self.verdict == "inconsistent":
            judged = "The report contradicts itself here"
        places = list(dict.fromkeys(cell.partition(" @ ")[2].partition(" among ")[0] for cell in self.cells))
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        where = ", ".join(filter(None, (self.question, f"{places[0]}{more}" if places else "")))
        printed, expected = (_first_words(text, WORDS[length]) for text in (self.printed, self.expected))
        if length == "note":
            return Sentence(text=f"{printed}: {self.verdict}.", notes=())
        told = f"Print gives {printed}" + (f" ({where})" if where else "")
        if length == "in-text":
            return Sentence(text=f"{told}; {self.verdict}.", notes=())
        wanted = f"; expected: {expected}" if expected else ""
        return Sentence(text=f"{told}{wanted}. {judged}.", notes=())


WORDS = {"full": 22, "in-text": 22, "note": 18}
"""How many words of what is printed, and of what is expected, a sentence has room for."""


def _first_words(text: str, most: int) -> str:
    words = text.rstrip(".").split()
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} ..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way the counts of a question can be true together.

    Parameters
    ----------
    counts : tuple of int
        A count for each of the question's categories, in their order.
    missing : int
        Members of the base who gave none of the answers (questions with one answer each; otherwise 0).
    cells_set_aside : tuple of str
        Names of the printed statements that this reading contradicts.
    """

    counts: tuple[int, ...]
    missing: int
    cells_set_aside: tuple[str, ...]
