"""Counts of one question's answers, in all or by group: from respondents' answers, or from print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from csea_stats.errors import InputError, in_short
from csea_stats.estimators.arguments import check_level
from csea_stats.estimators.arguments import targets as as_targets
from csea_stats.estimators.difference import difference
from csea_stats.estimators.inference import jointly
from csea_stats.publication.table import plain_table
from csea_stats.respondents.texts import plain
from csea_stats.results.caveats import caveat
from csea_stats.results.counted_shares import share_words
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import base_words, between_words, count_words
from csea_stats.results.recipes import method_words
from csea_stats.results.values import Comparison
from csea_stats.survey.answer_events import answer_event
from csea_stats.tabulation.association_data import left_out_words, together
from csea_stats.tabulation.items import Origin, sized, with_source
from csea_stats.tabulation.naming import answer_noun, item_label, item_name, targets_of
from csea_stats.targets.populations import TIERS, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from csea_stats.publication.table import Table
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Base, Caveat
    from csea_stats.survey.answer_events import Event
    from csea_stats.survey.source import TargetWords
    from csea_stats.survey.survey import Question
    from csea_stats.tabulation.number_summaries import NumberSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAnswers:
    """An answer or a sum of answers, with its name and the verb phrase that completes "35 of 49 ..."."""

    places: tuple[int, ...]
    name: str
    label: str


def items_of(tabulation: Tabulation) -> list[NamedAnswers]:
    """Return the answers, then the cuts of a scale."""
    size = len(tabulation.labels)
    singles = [(place,) for place in range(size)]
    cuts = [tuple(range(cut)) for cut in range(2, size)] if tabulation.ordered else []
    return _with_names(tabulation, [*singles, *cuts])


def _with_names(tabulation: Tabulation, places: Sequence[tuple[int, ...]]) -> list[NamedAnswers]:
    told = [(one, *named(tabulation, one)) for one in places]
    return [NamedAnswers(places=one, name=name, label=label) for one, name, label in told]


def targets_for(tabulation: Tabulation) -> tuple[Target, ...]:
    """Return the tiers with the source's words for them."""
    return TIERS if tabulation.words is None else targets_of(tabulation.words)


def named(tabulation: Tabulation, places: Sequence[int]) -> tuple[str, str]:
    """Return an item's name and the verb phrase that completes "35 of 49 ..."."""
    items = tuple(tabulation.labels[place] for place in places)
    return item_name(tabulation.question, items), item_label(tabulation.question, items)


def group_words(tabulation: Tabulation, who: str) -> str:
    """Return a group in words: the answer, with its question."""
    return f"{tabulation.by_label}: {who}" if tabulation.by_label else who


def origin_of(tabulation: Tabulation, call: str) -> Origin:
    """Return where the numbers of a tabulation come from, and the call that makes them again."""
    return Origin(
        question=tabulation.outcome,
        survey=tabulation.survey,
        places=tabulation.places,
        data_hash=tabulation.data_hash,
        call=call,
        doubts=tuple(caveat(code, **dict(values)) for code, values in tabulation.doubts),
        synthetic=tabulation.synthetic,
        seed=tabulation.seed,
    )


NOT_TOLD = "not told"
"""The group of those of whom print does not say to which group they belong."""

Versus = Literal["complement", "pairs", "reference"]

VERSUS = ("complement", "pairs", "reference")

Side = tuple[int, ...]
"""The groups on one side of a comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    level: float
    number: int
    targets: tuple[Target, ...]
    call: str


def contrasts(
    tabulation: Tabulation,
    versus: Versus,
    *,
    level: float = 0.95,
    target: Target | Sequence[Target] | None = None,
    outcome: Event | None = None,
) -> Estimates:
    """Estimate every difference between groups; see `Tabulation.contrasts`."""
    if versus not in VERSUS:
        message = f"versus: found {in_short(versus)}; allowed is one of {', '.join(map(repr, VERSUS))}"
        raise InputError(message)
    level = check_level(level)
    named_ones = [place for place, name in enumerate(tabulation.groups) if name != NOT_TOLD or not tabulation.places]
    filled = [place for place in named_ones if 0 not in tabulation.bases(place)]
    if tabulation.by is None or len(filled) < 2:
        found = "no groups" if tabulation.by is None else f"{len(filled)} group{'s' * (len(filled) != 1)} with answers"
        message = f"contrasts: found {found}; allowed are two or more: tabulate(source, outcome, by=...)"
        raise InputError(message)
    items = _items(tabulation) if outcome is None else [item_of(tabulation, outcome)]
    if not items:
        message = (
            f"contrasts: found {in_short(tabulation.outcome)}, a number without bands; allowed is one with bands=(...)"
        )
        raise InputError(message)
    kept = [item for item in items if tabulation.several or outcome is not None or _divides(tabulation, filled, item)]
    if not kept:
        message = "contrasts: found one answer that everybody gave, so there is nothing to compare"
        raise InputError(message)
    pairs = _pairs(filled, versus)
    targets = targets_for(tabulation) if target is None else target
    settings = {"level": (level, 0.95), "target": (target, None), "outcome": (outcome, None)}
    call = method_words(tabulation.call, "contrasts", {"versus": (versus, "complement"), **settings})
    family = _Family(level=level, number=len(kept) * len(pairs), targets=as_targets(targets)[0], call=call)
    left = [item.name for item in items if item not in kept]
    doubts = (caveat("one-sided-cuts", left=", ".join(f"“{name}”" for name in left)),) if left else ()
    found_: list[Estimate] = []
    for item in kept:
        for first, second in pairs:
            found_.extend(_contrast(tabulation, item, (first, second), family, () if found_ else doubts))
    return Estimates(found_)


def item_of(tabulation: Tabulation, outcome: Event) -> NamedAnswers:
    """Return an item that is asked for: an answer, several, or "X or lower", "X or higher" of a scale."""
    asked = answer_event(tabulation.labels, outcome, ordered=tabulation.ordered)
    return NamedAnswers(places=asked.places, name=asked.words, label=named(tabulation, asked.places)[1])


def _divides(tabulation: Tabulation, groups: Sequence[int], item: NamedAnswers) -> bool:
    """Whether of all groups together some gave one of the answers, and some did not; it does not look at groups."""
    return any(0 < count < base for count, base in tabulation.pairs(groups, item.places))


def _items(tabulation: Tabulation) -> list[NamedAnswers]:
    """Return what is compared: of a scale the cuts, of two answers the later one, else every answer."""
    size = len(tabulation.labels)
    found: list[tuple[int, ...]] = [(place,) for place in range(size)]
    if tabulation.ordered:
        found = [tuple(range(cut)) for cut in range(1, size)]
    elif size == 2 and not tabulation.several:
        found = [(1,)]
    return _with_names(tabulation, found)


def _pairs(groups: Sequence[int], versus: Versus) -> list[tuple[Side, Side]]:
    if versus == "reference":
        return [((group,), (groups[0],)) for group in groups[1:]]
    if versus == "pairs" or len(groups) == 2:
        return [((one,), (other,)) for one, other in combinations(groups, 2)]
    return [((group,), tuple(other for other in groups if other != group)) for group in groups]


def _contrast(
    tabulation: Tabulation, item: NamedAnswers, sides: tuple[Side, Side], family: _Family, doubts: Sequence[Caveat]
) -> list[Estimate]:
    level, number = family.level, family.number
    origin = origin_of(tabulation, family.call)
    first = tabulation.groups[sides[0][0]]
    second = "the rest" if len(sides[1]) > 1 else tabulation.groups[sides[1][0]]
    told = [caveat("all-at-once", number=number)] if number > 1 else []
    told += [one for side, who in zip(sides, (first, second), strict=True) for one in tabulation.not_counted(side, who)]
    found = []
    tables = {(one.pair(sides[0], item.places), one.pair(sides[1], item.places)) for one in tabulation.tables}
    for one in difference(
        *(sized(table[side] for table in tables) for side in (0, 1)),
        level=1 - (1 - level) / number,
        target=family.targets,
        label=f"{item.label} ({group_words(tabulation, first)} against {second})",
        together=tables,
    ):
        joint = replace(
            jointly(one, number=number, level=level),
            says=item.label,
            comparison=Comparison(
                by=tabulation.by or "",
                level=first,
                reference=second,
                groups=_nouns(tabulation, first, second, one.target.many),
            ),
        )
        words = f"{item.name}: {first} minus {second}"
        found.append(with_source(joint, origin, item=words, estimand="difference", doubts=(*told, *doubts)))
    return found


def _nouns(tabulation: Tabulation, first: str, second: str, many: str) -> tuple[str, str]:
    """Return noun phrases for two groups, the second as it stands after the first."""
    by = tabulation.by_question or tabulation.question
    worded = second in by.named or second in by.says
    other = answer_noun(by, (second,), "") if worded else f"with “{second}”"
    return answer_noun(by, (first,), many), other if second in by.categories else "others"


Reasons = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTable:
    """One cross-tabulation that the source allows.

    Parameters
    ----------
    counts : tuple of tuple of int
        A row per group, a count per answer.
    bases : tuple of int
        Per group, of how many.
    apart : tuple of tuple of (reason, count)
        Per group, who is in no count: missing, not asked, off the scale.
    """

    counts: tuple[tuple[int, ...], ...]
    bases: tuple[int, ...]
    apart: tuple[Reasons, ...]

    def pair(self, groups: Sequence[int], places: Sequence[int]) -> tuple[int, int]:
        """Return the count of an answer, or of the sum of several, in some groups together, and of how many."""
        return sum(self.counts[group][place] for group in groups for place in places), sum(
            self.bases[group] for group in groups
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Tabulation:
    """Counts of one question's answers, in all or by group; made by `csea_stats.tabulate`.

    Parameters
    ----------
    outcome : str
    by : str or None
    labels : tuple of str
        The answers, also those nobody gave.
    ordered, several : bool
        Whether the answers are a scale from low to high; whether each respondent may give several.
    chosen : int or None
        How many each respondent chose, where it is fixed.
    off_scale : tuple of str
        Answers that are no point of the scale; counted in ``apart``.
    groups : tuple of str
        The answers to ``by``; one empty text where there is none.
    groups_ordered : bool
    tables : tuple of Table
        Every cross-tabulation that the source allows; one for respondents' answers.
    left_out : tuple of (reason, count)
        Who is in no group.
    question : Question
        The words of the outcome.
    by_question : Question or None
        The words of what makes the groups.
    words : TargetWords or None
        The words of the targets.
    survey : str or None
    places : tuple of str
        Where it is printed.
    doubts : tuple of (code, values)
        Caveats that the source adds to every estimate.
    data_hash : str
    synthetic : bool
    invented : tuple of str
    seed : int or None
        Of synthetic answers.
    numbers : tuple of NumberSummary
        Of a number: per group its values, with `quartiles` (lower, median, upper).
    call : str
        The call that makes it again.

    Examples
    --------
    >>> import csea_stats as cs
    >>> young = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    >>> young.groups, [table.counts for table in young.tables][0]
    (('under 30', '30 and over'), ((0, 7, 0, 0, 0), (0, 28, 10, 3, 0)))
    """

    outcome: str
    by: str | None
    labels: tuple[str, ...]
    ordered: bool
    several: bool
    chosen: int | None
    off_scale: tuple[str, ...]
    groups: tuple[str, ...]
    groups_ordered: bool
    tables: tuple[CrossTable, ...]
    left_out: Reasons
    question: Question
    by_question: Question | None
    words: TargetWords | None
    survey: str | None
    places: tuple[str, ...]
    doubts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    data_hash: str
    synthetic: bool = False
    invented: tuple[str, ...] = ()
    seed: int | None = None
    numbers: tuple[NumberSummary, ...] = ()
    call: str = ""

    @property
    def by_label(self) -> str:
        """What makes the groups, in words; empty where there are none."""
        return "" if self.by_question is None else self.by_question.label

    def __repr__(self) -> str:
        return f"<Tabulation: {self.outcome}{f' by {self.by}' if self.by else ''}{'; SYNTHETIC' * self.synthetic}>"

    def table(self, *, caption: str | None = None) -> Table:
        """Return a table for a publication: each answer by group, n (%), with the base of each group.

        Where the source allows several counts, all of them stand; shares are of those who gave a counted answer.
        """
        everybody = [] if self.groups == ("",) else [tuple(range(len(self.groups)))]
        columns = [*((place,) for place in range(len(self.groups))), *everybody]
        rows = [
            (label, *(_cell(self.pairs(groups, (place,))) for groups in columns))
            for place, label in enumerate(self.labels)
        ]
        bases = [base_words(_base(self.pairs(groups, ()))) for groups in columns]
        names = ["n (%)"] if self.groups == ("",) else [*(f"{name}, n (%)" for name in self.groups), "All, n (%)"]
        heads = [f"{name}; N = {base}" for name, base in zip(names, bases, strict=True)]
        by = f" by {self.by_label.lower()}" if self.by else ""
        left = [f"{reason}: {count}." for reason, count in self.left_out if count]
        return plain_table(
            ("SYNTHETIC. " if self.synthetic else "") + (caption or f"{self.question.label}{by}"),
            ("Answer", *heads),
            rows,
            general=("Counts among those who answered; they say nothing of anyone else.", *left),
            source=", ".join(filter(None, (self.survey, *self.places[:3]))),
        )

    def counts(self, group: int, places: Sequence[int]) -> set[int]:
        """Return the counts that the source allows for an answer, or for the sum of several, in a group."""
        return {sum(table.counts[group][place] for place in places) for table in self.tables}

    def pairs(self, groups: Sequence[int], places: Sequence[int]) -> set[tuple[int, int]]:
        """Return (count, base) that the source allows for an answer, or the sum of several, in some groups together."""
        return {table.pair(groups, places) for table in self.tables}

    def bases(self, group: int) -> set[int]:
        """Return the bases that the source allows for a group."""
        return {table.bases[group] for table in self.tables}

    def not_counted(self, groups: Sequence[int], who: str = "") -> Iterator[Caveat]:
        """Yield who of some groups is in no count, and why, where it is told."""
        table = self.tables[0]
        reasons = together(one for group in groups for one in table.apart[group] if one[0] != NOT_TOLD)
        if reasons and len(self.tables) == 1:
            yield left_out_words(reasons, sum(table.bases[group] for group in groups), who)

    def contrasts(
        self,
        versus: Literal["complement", "pairs", "reference"] = "complement",
        *,
        level: float = 0.95,
        target: Target | Sequence[Target] | None = None,
        outcome: Event | None = None,
    ) -> Estimates:
        """Estimate differences of shares between groups, all of them as one simultaneous family.

        Parameters
        ----------
        versus : {"complement", "pairs", "reference"}
            Each group against all others; each group against each later one; each against the first.
        level : float, default 0.95
            Holds for all the intervals of a target jointly.
        target : target or sequence of targets, optional
            By default all tiers, in the source's words.
        outcome : str or sequence of str, optional
            One answer, or several together, chosen before looking: "poor", "good or higher", ["bus", "bike"]. None:
            every cut of an ordered question, the later of two answers, else every answer.

        Returns
        -------
        Estimates
            For an ordered question one per cut and comparison, else one per answer and comparison. Of one answer each,
            cuts at which everybody is on one side, and answers that nobody or everybody gave, are no hypotheses: they
            are left out and not counted, which the first estimates say.

        Raises
        ------
        InputError
            If there are no groups, or one only, or everybody gave the same answer.
        UnknownName
            If there is no such answer.

        Notes
        -----
        Bonferroni: each of m intervals has the level 1 - (1 - level)/m, so that a verdict agrees with a test at that
        share of the error; ``interval.level`` is the joint level and ``interval.simultaneous`` is m. What is left out
        depends on the answers of all groups together only, given which, if groups are alike, any exchange of people
        between them is as likely: so m is fixed before groups are compared, and the level holds.

        Examples
        --------
        >>> import csea_stats as cs
        >>> young = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
        >>> family = young.contrasts(target=cs.Superpopulation())
        >>> family[0].interval.simultaneous
        4
        >>> young.contrasts(target=cs.Superpopulation(), outcome="fair or higher")[0].item
        'fair or higher: under 30 minus 30 and over'
        """
        return contrasts(self, versus, level=level, target=target, outcome=outcome)

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas frame with a row per group and answer, and a row per reason for no answer.

        Returns
        -------
        pandas.DataFrame
            Columns ``group``, ``answer``, ``counted`` (whether it is part of the base), ``lowest``, ``highest`` (equal
            but where print leaves several counts), ``base_lowest``, ``base_highest``.
        """
        import pandas as pd

        return pd.DataFrame(list(self.rows()))

    def rows(self) -> Iterator[dict[str, object]]:
        """Yield what `to_frame` holds, row by row."""
        for place, group in enumerate(self.groups):
            base = {"base_lowest": min(self.bases(place)), "base_highest": max(self.bases(place))}
            for answer, counted, counts in self._told(place):
                row = {
                    "group": group,
                    "answer": answer,
                    "counted": counted,
                    "lowest": min(counts),
                    "highest": max(counts),
                }
                row |= base
                yield row | ({"synthetic": True} if self.synthetic else {})

    def _told(self, group: int) -> Iterator[tuple[str, bool, set[int]]]:
        """Yield answers, then reasons for none: the name, whether it is part of the base, and the feasible counts."""
        for column, label in enumerate(self.labels):
            yield label, True, self.counts(group, (column,))
        for reason in dict.fromkeys(reason for table in self.tables for reason, _ in table.apart[group]):
            yield reason, False, {dict(table.apart[group]).get(reason, 0) for table in self.tables}

    def __str__(self) -> str:
        head = f"{self.outcome}{f' by {self.by}' if self.by else ''}"
        lines = [f"SYNTHETIC: {head}" if self.synthetic else head]
        for place, group in enumerate(self.groups):
            who = f"{group}: " if group else ""
            lines += [f"  {who}{self.numbers[place]}"] if self.numbers else []
            lines += [f"  {who}{answer}: {count_words(counts)}" for answer, _, counts in self._told(place)]
        return "\n".join([*lines, *(f"  in no group: {reason}: {times}" for reason, times in self.left_out)])


def _base(pairs: Iterable[tuple[int, int]]) -> Base:
    """Return the one base of some pairs, or all of them."""
    bases = tuple(sorted({n for _, n in pairs}))
    return bases[0] if len(bases) == 1 else bases


def _cell(pairs: set[tuple[int, int]]) -> str:
    """Return counts with their shares: "7 (100)", "0 or 1 (0 to 2)"."""
    counts = tuple(sorted({x for x, _ in pairs}))
    share = share_words(counts, _base(pairs)).rpartition(" (")[2]
    return f"{between_words(counts)} ({share.removesuffix(')').replace('%', '')})"


def doubts_of(data: Microdata, *variables: str | None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the caveats that respondents' answers add to every number of some variables: code and values."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    if data.funnel.excluded:
        found.append(("excluded", (("funnel", str(data.funnel)),)))
    used = {plain(name) for name in variables if name is not None}
    if stand_ins := [told for name, told in data.stand_ins if plain(name) in used]:
        found.append(("stand-ins", (("texts", "; ".join(stand_ins)),)))
    if data.clusters is not None and len(np.unique(data.clusters)) < len(data):
        found.append(("clustered", (("cluster", data.codebook.cluster or "cluster"),)))
    return tuple(found)
