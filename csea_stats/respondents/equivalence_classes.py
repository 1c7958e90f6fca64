"""Who is alike in what others know of them: k-anonymity, l-diversity, people who are the only ones of their kind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.respondents.columns import CodedColumn, Column, NumberColumn, reason_of
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Anonymity:
    """How far respondents are alike in what others know of them; made by `csea_stats.anonymity`.

    Parameters
    ----------
    keys : tuple of str
        The variables that others know.
    groups : tuple of ((str, ...), int)
        Those who are alike in all keys: their answers to them, and how many they are.
    diversity : tuple of (str, int)
        Of each other variable how many different answers there are in every group at least.

    Notes
    -----
    A missing answer, and one off the scale, is an answer like any other: whoever left a key out is alike with those
    who left it out. Whoever knows an answer of somebody, too, may tell them from others with the same keys.

    References
    ----------
    .. [1] Sweeney L (2002). k-anonymity: a model for protecting privacy. International Journal of Uncertainty,
       Fuzziness and Knowledge-Based Systems 10, 557-570. doi:10.1142/S0218488502001648
    .. [2] Machanavajjhala A, Kifer D, Gehrke J, Venkitasubramaniam M (2007). l-diversity: privacy beyond k-anonymity.
       ACM Transactions on Knowledge Discovery from Data 1, 3. doi:10.1145/1217299.1217302
    """

    keys: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], int], ...]
    diversity: tuple[tuple[str, int], ...]

    @property
    def people(self) -> int:
        """How many respondents there are."""
        return self.within(1)

    @property
    def k(self) -> int:
        """How many people are in the smallest group: k-anonymity."""
        return min(size for _, size in self.groups)

    @property
    def least_answers(self) -> int | None:
        """How many answers each other variable has in every group at least: l-diversity; None: there is none."""
        return min((number for _, number in self.diversity), default=None)

    @property
    def uniques(self) -> int:
        """How many people are alone in their group."""
        return sum(size == 1 for _, size in self.groups)

    @property
    def answered_alike(self) -> tuple[str, ...]:
        """The other variables to which everybody of a group gave one answer."""
        return tuple(name for name, number in self.diversity if number == 1)

    def within(self, least: int) -> int:
        """Return how many people are in groups of so many or more."""
        return sum(size for _, size in self.groups if size >= least)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each group, the smallest first: its answers to the keys, and its people.

        It is about single people, for whoever holds the answers.
        """
        import pandas as pd

        rows = [(*answers, size) for answers, size in sorted(self.groups, key=lambda group: group[1])]
        return pd.DataFrame(rows, columns=[*self.keys, "people"])

    def __str__(self) -> str:
        few = self.people - self.within(5)
        told = number_of(len(self.groups), "groups")
        lines = [
            f"{number_of(self.people, 'respondents')} in {told} by {', '.join(self.keys)}",
            f"k = {self.k}: the smallest group; {self.uniques} alone in theirs, {few} in groups of fewer than 5",
        ]
        if self.diversity:
            same = ", ".join(self.answered_alike)
            told = f"; everybody of a group answered alike: {same}" if same else ""
            lines.append(f"l = {self.least_answers}: different answers in every group at least{told}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        least = "" if self.least_answers is None else f", l = {self.least_answers}"
        return f"<Anonymity: {number_of(self.people, 'respondents')}, k = {self.k}{least}, {self.uniques} alone>"


def alike(keys: Sequence[Column], others: Sequence[Column]) -> Anonymity:
    """Return who is alike in some columns.

    Parameters
    ----------
    keys, others : sequence of Column
        One key or more; a row each for one respondent or more.
    """
    rows = list(zip(*map(texts_of, keys), strict=True))
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        groups[row].append(place)
    answers = {column.name: texts_of(column) for column in others}
    return Anonymity(
        keys=tuple(column.name for column in keys),
        groups=tuple((row, len(places)) for row, places in groups.items()),
        diversity=tuple(
            (name, min(len({texts[place] for place in places}) for places in groups.values()))
            for name, texts in answers.items()
        ),
    )


def texts_of(column: Column) -> list[str]:
    """Return what everybody answered in words, or why there is no answer."""
    reasons = [reason_of(code, column.off_scale) if code < 0 else "" for code in column.reasons.tolist()]
    if isinstance(column, CodedColumn):
        told = [text or "" for text in column.texts()]
    elif isinstance(column, NumberColumn):
        told = [f"{value:.12g}" for value in column.values.tolist()]  # noqa: PD011 - no frame
    else:
        told = [
            ", ".join(item for item, mark in zip(column.items, row, strict=True) if mark == 1) for row in column.marks
        ]
    return [reason or text for reason, text in zip(reasons, told, strict=True)]
