"""What an audit says: findings, readings and the audit itself, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
