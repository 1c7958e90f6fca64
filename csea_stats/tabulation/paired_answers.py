"""Two answers of the same people: their difference, its test, and how they moved; from answers or from counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack, overload

import numpy as np

from csea_stats.errors import CountError, InputError, check_kind, in_short, is_of
from csea_stats.estimators.arguments import targets
from csea_stats.estimators.exact_test import PairedTestMethod, check_tested, mcnemar_association
from csea_stats.estimators.paired_difference import (
    PairedDifference,
    PairedShift,
    PairSettings,
    counted_difference,
    pair_estimates,
    pair_tables,
)
from csea_stats.respondents.columns import CodedColumn, NumberColumn, complete
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.phrases import MOVED
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.survey.answer_events import answer_event
from csea_stats.tabulation.association import count_tables
from csea_stats.tabulation.association_data import left_out_words
from csea_stats.tabulation.items import Origin, with_source
from csea_stats.tabulation.naming import worded
from csea_stats.tabulation.tabulate import asked_question
from csea_stats.tabulation.tabulation import doubts_of
from csea_stats.targets.populations import Superpopulation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from csea_stats.base.exact_tests import Counts
    from csea_stats.estimators.arguments import TargetOrTargets
    from csea_stats.estimators.paired_difference import PairCall
    from csea_stats.results.associations import Association
    from csea_stats.results.estimate import Estimate
    from csea_stats.survey.answer_events import Event
    from csea_stats.tabulation.tabulation import Reasons
    from csea_stats.targets.populations import Target

    Count = int | AbstractSet[int]


@overload
def paired_difference(
    x1: Count | Microdata,
    x2: Count | str,
    base: Count | str,
    both: Count | range | None = ...,
    *,
    event: Event | None = ...,
    target: Target = ...,
    **settings: Unpack[PairSettings],
) -> Estimate: ...


@overload
def paired_difference(
    x1: Count | Microdata,
    x2: Count | str,
    base: Count | str,
    both: Count | range | None = ...,
    *,
    event: Event | None = ...,
    target: Sequence[Target],
    **settings: Unpack[PairSettings],
) -> Estimates: ...


def paired_difference(
    x1: Any,
    x2: Any,
    base: Any,
    both: Count | range | None = None,
    *,
    event: Event | None = None,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    **settings: Unpack[PairSettings],
) -> Estimate | Estimates:
    """Estimate the difference between two shares of the same people, from their answers or from counts.

    Parameters
    ----------
    x1 : Microdata, int or set of int
        Respondents' answers; or how many gave the first answer, a set where print allows several.
    x2, base : str; or int or set of int
        Two questions with one answer each: the share of the first less that of the second, among those who answered
        both. With counts: how many gave the second answer, and how many were asked for both.
    both : int, set or range of int, optional
        How many gave both; 0 for two answers of a question with one answer each. None: every number that the counts
        allow, max(0, x1 + x2 - base) to min(x1, x2).
        With respondents' answers it is counted.
    event : str or sequence of str, optional
        Of respondents' answers: an answer, several, or of an ordered question "X or lower", "X or higher". Of two
        answers the later one by default.
    method : str, default "dirichlet"
        "dirichlet" (credible: a Dirichlet(1/2, 1/2, 1/2, 1/2) prior on both, either alone, neither), "tango",
        "bonett-price" (confidence).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold : float or None, default 0
        What probability and verdict are about, between -1 and 1; None: neither.
    claim : {"above", "below"}, optional
        On which side of the threshold it is claimed to be. By default on the side that was observed.
    within : (float, float), optional
        Instead of a threshold: that it lies between the two, such as (-0.1, 0.1) for shares as good as equal.
    label : str, optional
        Completes "39 of 49 (80%) against 35 of 49 (71%) ...".

    Returns
    -------
    Estimate or Estimates
        The value is known whatever the overlap; interval, companion (Tango's, or the Dirichlet one beside a confidence
        method), strip and probability are the hull over all overlaps. ``base`` names the same people twice.

    Raises
    ------
    CountError
        If a count is not one that a survey can have, or no table has these counts.
    InputError
        If another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target.

    Notes
    -----
    With b who gave the first answer alone and c the second alone, the shares of these two and of the rest are
    Dirichlet(b + 1/2, c + 1/2, base - b - c + 1). The difference is S (2V - 1), with S ~ Beta(b + c + 1,
    base - b - c + 1) and V ~ Beta(b + 1/2, c + 1/2) independent, and positive with the probability of V > 1/2; limits
    by quadrature to 1e-6 or better. Every overlap is looked at; among people like these both intervals are the wider
    the fewer gave both (a test looks at many counts). Taking the two answers as independent lies in between: it is no
    safe choice. Ends are not closed: where all gave the first answer and nobody the second, the limit is
    below 1.

    ============================ ================================================================
    target                       methods
    ============================ ================================================================
    Respondents                  all (counted: no interval)
    Superpopulation              all
    Population, Selection        dirichlet: shares of the three kinds times exp(-lambda), lambda
                                 independent Normal(0, tau^2 / 2), scaled to sum to 1
    Population, SelectionBounds  dirichlet, tango: the worst weights within the ratio
    ============================ ================================================================

    With a `Selection` any two of the three kinds (first alone, second alone, the rest) have a log participation ratio
    with standard deviation tau; its ``correlation``, which is about two groups, does not enter. The confidence
    companion is Tango's score interval of the reweighted shares, at the worst weights.

    References
    ----------
    Tango (1998), Statistics in Medicine 17, 891-908; Bonett & Price (2012), Journal of Educational and Behavioral
    Statistics 37, 479-488; Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33, 2850-2875.

    Examples
    --------
    >>> gap = paired_difference(39, 35, 49)
    >>> round(gap.interval.lower, 3), round(gap.interval.upper, 3), gap.verdict.word
    (-0.112, 0.266, 'not settled')
    >>> round(gap.companion.lower, 3), round(gap.companion.upper, 3), [round(p, 3) for p in gap.probability]
    (-0.116, 0.273, [0.793, 0.985])
    >>> paired_difference(46, 35, 49).verdict.word  # whatever the overlap
    'supported'
    """
    if is_of(x1, Microdata):
        pair, (quantity, item, label) = _asked("paired_difference", x1, (x2, base, both, event))
        call = "paired_difference", pair.arguments, {"event": (event, None)}
        found = pair.told(pair_estimates(quantity, pair.worded(target), call, **settings), item, label)
    else:
        _check_counted("paired_difference", event)
        found = counted_difference(x1, x2, base, both, target=target, **settings)
    return found if isinstance(target, (list, tuple)) else found[0]


def paired_test(  # noqa: PLR0913 - settings are keyword-only
    x1: Count | Microdata,
    x2: Count | str,
    base: Count | str,
    both: Count | range | None = None,
    *,
    event: Event | None = None,
    method: PairedTestMethod = "exact",
    level: float = 0.95,
    target: Superpopulation = Superpopulation(),  # noqa: B008 - frozen
    label: str | None = None,
) -> Association:
    """Test that as many of the same people give either of two answers alone, and estimate the difference.

    Parameters
    ----------
    x1, x2, base, both, event
        As `csea_stats.paired_difference` takes them: respondents' answers and two questions, or counts.
        ``both=None`` with counts: every overlap that they allow; the p-value told is then the largest, and ``p_least``
        the smallest.
    method : {"exact", "mid-p"}, default "exact"
        McNemar's test given how many differ. "mid-p" counts half of what is as likely as the observed: closer to the
        level on average, which it may exceed a little.
    level : float, default 0.95
        Of the intervals.
    target : Superpopulation
        An exact test is about people like these.
    label : str, optional
        Completes "39 of 49 against 35 of 49 ...".

    Returns
    -------
    Association
        ``test`` and ``estimate``, the difference of the shares with its credible and its confidence interval.

    Raises
    ------
    CountError
        If the counts fit no table.
    UnsupportedTarget
        If the target is another one, or has a design effect.

    References
    ----------
    Fagerland, M. W., Lydersen, S. and Laake, P. (2013). BMC Medical Research Methodology 13, 91,
    doi:10.1186/1471-2288-13-91.

    Examples
    --------
    >>> found = paired_test(2, 8, 21, both=1)
    >>> round(found.test.p, 3), round(found.estimate.value, 3)
    (0.07, -0.286)
    >>> [round(p, 3) for p in (paired_test(39, 35, 49).test.p_least, paired_test(39, 35, 49).test.p)]
    [0.125, 0.541]
    """
    check_tested("paired_test", target, "paired_difference")
    gap = paired_difference(x1, x2, base, both, event=event, level=level, target=target, label=label)
    settings: dict[str, tuple[object, object]] = {"both": (both, None), "event": (event, None)}
    settings |= {"method": (method, "exact"), "level": (level, 0.95)}
    settings |= {"target": (target, Superpopulation()), "label": (label, None)}
    if not isinstance(x1, Microdata):
        call = call_words("paired_test", (x1, x2, base), settings)
        return mcnemar_association(pair_tables(x1, x2, base, both)[0], gap, method, level, call)
    pair, (quantity, item, _) = _asked("paired_test", x1, (x2, base, both, event))
    call = call_words("paired_test", pair.arguments, settings)
    found = mcnemar_association(quantity.tables, gap, method, level, call)
    return replace(found, test=replace(found.test, null=f"the shares are equal ({item})"))


@overload
def paired_shift(
    source: Any,
    first: str | None = ...,
    second: str | None = ...,
    *,
    target: Target = ...,
    **settings: Unpack[PairSettings],
) -> Estimate: ...


@overload
def paired_shift(
    source: Any,
    first: str | None = ...,
    second: str | None = ...,
    *,
    target: Sequence[Target],
    **settings: Unpack[PairSettings],
) -> Estimates: ...


def paired_shift(
    source: Any,
    first: str | None = None,
    second: str | None = None,
    *,
    target: TargetOrTargets = Superpopulation(),  # noqa: B008 - frozen
    **settings: Unpack[PairSettings],
) -> Estimate | Estimates:
    """Estimate how many more moved up a scale than down, where the same people answered twice.

    Parameters
    ----------
    source : Microdata, or counts
        Respondents' answers; or how many gave each pair of answers, from low to high: a row for each first answer and
        a column for each second one (lists, an array or a pandas frame).
    first, second : str, optional
        Of respondents' answers: two `Ordered` questions with the same answers. Who answered both counts.
    method : str, default "dirichlet"
        "dirichlet" (credible), "exact-unconditional" (confidence, guaranteed), "tango" (confidence).
    level : float, default 0.95
    target : target or sequence of targets, default Superpopulation()
    threshold, claim, within
        As for `csea_stats.paired_difference`.
    label : str, optional
        Completes "14 of 49 (29%) against 10 of 49 (20%) ...".

    Returns
    -------
    Estimate or Estimates
        P(second higher) less P(second lower). ``counts`` holds how many moved up and down; a caveat tells how many
        moved by how many steps.

    Raises
    ------
    CountError
        If the table is not square, or holds anything but whole numbers of people.
    InputError
        If the questions have not the same scale, or another argument is none of those allowed.
    UnsupportedTarget
        If there is no such method for such a target; the targets are those of `csea_stats.paired_difference`.

    Notes
    -----
    It is the paired difference of those who moved up (b) and those who moved down (c), who exclude each other, with the
    same posterior, strip and score interval. No spacing of the answers is assumed, and none of how far people moved
    enters. **Exact**: Buehler's limits in the order of Tango's, at least the level whatever the three shares are: by
    enumeration .950 to .954 at the least for n = 7 to 50, where Tango's interval falls to .84 (n = 7) and .91 (n = 50)
    if nearly everybody moves.

    References
    ----------
    Buehler, R. J. (1957). Journal of the American Statistical Association 52, 482-493. Tango (1998), Statistics in
    Medicine 17, 891-908. Wang, W. (2012). Statistics and Probability Letters 82, 1623-1628.

    Examples
    --------
    >>> shift = paired_shift([[2, 5, 3], [1, 4, 6], [0, 1, 2]])
    >>> shift.counts, round(shift.value, 3), shift.verdict.word
    (((14, 2),), 0.5, 'supported')
    >>> round(shift.companion.lower, 3), round(shift.companion.upper, 3), shift.companion.method
    (0.19, 0.748, 'exact-unconditional')
    """
    label = MOVED
    if isinstance(source, Microdata):
        pair = AnsweredPair.of("paired_shift", source, (first, second))
        call: PairCall = ("paired_shift", pair.arguments, {})
        told = pair_estimates(PairedShift.of(pair.steps()), pair.worded(target), call, **settings)
        item = f"moved up minus moved down: {pair.names[0]} to {pair.names[1]}"
        found = pair.told(told, item, f"{label} (from “{pair.labels[0]}” to “{pair.labels[1]}”)")
    else:
        table = _square(source, first, second)
        steps = [int(np.trace(table, by)) for by in range(1 - len(table), len(table))]
        call = "paired_shift", (table.tolist(),), {}
        found = _labelled(pair_estimates(PairedShift.of(steps), target, call, **settings), label)
    return found if isinstance(target, (list, tuple)) else found[0]


def _square(source: Any, first: object, second: object) -> Counts:
    """Return the counts of pairs of answers as a table whose rows and columns are the same answers."""
    if first is not None or second is not None:
        message = (
            f"paired_shift: found counts with the questions {first!r} and {second!r}; these name respondents' answers"
        )
        raise InputError(message)
    rows, columns, tables = count_tables(source)
    table = tables[0]
    if (
        len(tables) > 1
        or table.shape[0] != table.shape[1]
        or not table.sum()
        or (hasattr(source, "columns") and rows != columns)
    ):
        message = (
            f"paired_shift: found {len(tables)} tables of {table.shape[0]} rows and {table.shape[1]} columns; allowed "
            "is one with a row and a column for each answer, in the same order, and at least one person"
        )
        raise CountError(message)
    return table


def _labelled(found: Estimates, label: str) -> Estimates:
    """Return estimates with a label where the call gave none, which therefore does not name it."""
    return Estimates(one if one.label is not None else replace(one, label=label) for one in found)


def _check_counted(call: str, event: object) -> None:
    if event is not None:
        message = f"{call}: event: found {in_short(event)} with counts; it names answers of respondents"
        raise InputError(message)


def _asked(
    call: str, data: Microdata, asked: tuple[object, object, object, Event | None]
) -> tuple[AnsweredPair, tuple[PairedDifference, str, str]]:
    """Return two questions with those who answered both, and the estimand of an event with its item and label."""
    first, second, both, event = asked
    if both is not None:
        message = f"{call}: both: found {in_short(both)}; of respondents' answers it is counted"
        raise InputError(message)
    pair = AnsweredPair.of(call, data, (first, second))
    return pair, pair.difference(event)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnsweredPair:
    """Two questions, with the answers of those who answered both.

    Parameters
    ----------
    data : Microdata
    columns : tuple of CodedColumn
    left_out : tuple of (reason, count)
        Who lacks one of the two answers.
    """

    data: Microdata
    columns: tuple[CodedColumn, CodedColumn]
    left_out: Reasons

    @classmethod
    def of(cls, call: str, data: Microdata, names: tuple[object, object]) -> AnsweredPair:
        """Return two questions of respondents' answers.

        Raises
        ------
        InputError
            If they are one, have not one answer each, or nobody answered both.
        """
        found = []
        for name in names:
            check_kind(f"{call}: a question of respondents' answers", name, str)
            column = data.column(name)  # type: ignore[arg-type]
            if not isinstance(column, CodedColumn):
                kind = "a number" if isinstance(column, NumberColumn) else "several answers each"
                message = (
                    f"{call}: {name!r}: found {kind}; allowed are questions with one answer each, or one option of a "
                    f"question: {column.name}[option]"
                )
                raise InputError(message)
            found.append(column)
        first, second = found
        kept, left_out = complete(found, len(data))
        if first.name == second.name or not kept.any():
            what = f"{first.name!r} twice" if first.name == second.name else "nobody who answered both"
            message = f"{call}: found {what}; allowed are two questions that the same people answered"
            raise InputError(message)
        return cls(data=data, columns=(first.taken(kept), second.taken(kept)), left_out=left_out)

    @property
    def names(self) -> tuple[str, str]:
        """Of the questions, as declared."""
        return self.columns[0].name, self.columns[1].name

    @property
    def labels(self) -> tuple[str, str]:
        """Their short wordings."""
        first, second = (self.data.codebook[name].label or name for name in self.names)
        return first, second

    @property
    def arguments(self) -> tuple[object, ...]:
        """What a call that makes an estimate again begins with."""
        return (Verbatim("data"), *self.names)

    def difference(self, event: Event | None) -> tuple[PairedDifference, str, str]:
        """Return the estimand of an answer, its item, and the label that completes a sentence."""
        if event is None and any(len(column.labels) > 2 for column in self.columns):
            message = (
                f"event: found None; allowed is an answer to {self.names[0]!r}, such as {self.columns[0].labels[-1]!r}"
            )
            raise InputError(message)
        given, words = [], []
        for column in self.columns:
            asked = answer_event(column.labels, event or column.labels[-1], ordered=column.ordered)
            given.append(np.isin(column.codes, asked.places))
            words.append(asked.words)
        first, second = given
        tables, full = pair_tables(int(first.sum()), int(second.sum()), len(first), int((first & second).sum()))
        item = f"{words[0]}: {self.names[0]} minus {self.names[1]}"
        return PairedDifference(tables=tables, full=full), item, self._label(words[0])

    def _label(self, words: str) -> str:
        kind = asked_question(self.columns[0], self.data.codebook[self.names[0]])
        said = kind.says.get(words, f"gave “{words}”")
        return f"{said} (“{self.labels[0]}” against “{self.labels[1]}”)"

    def steps(self) -> list[int]:
        """Return how many moved by each number of steps from the first answer to the second, the furthest down first.

        Raises
        ------
        InputError
            If the two have not the same scale.
        """
        first, second = self.columns
        if not (first.ordered and second.ordered and first.labels == second.labels):
            message = (
                f"paired_shift: found {first.name!r} with {', '.join(map(repr, first.labels))} and {second.name!r} "
                f"with {', '.join(map(repr, second.labels))}; allowed are two Ordered questions with the same answers: "
                "for one answer use paired_difference(..., event=...)"
            )
            raise InputError(message)
        furthest = len(first.labels) - 1
        moved = second.codes.astype(int) - first.codes + furthest
        return [int(times) for times in np.bincount(moved, minlength=2 * furthest + 1)]

    def worded(self, target: TargetOrTargets) -> list[Target]:
        """Return the targets with the codebook's words."""
        return [worded(one, self.data.codebook.targets) for one in targets(target)[0]]

    def told(self, found: Estimates, item: str, label: str) -> Estimates:
        """Return estimates with the names of the questions, their origin, and who is not counted."""
        data = self.data
        doubts = [caveat(code, **dict(values)) for code, values in doubts_of(data, *self.names)]
        if self.left_out:
            doubts.append(left_out_words(self.left_out, len(self.columns[0].codes)))
        origin = Origin(
            question=self.names[0],
            survey=data.codebook.survey,
            places=(),
            data_hash=data.counts_hash(*self.names),
            call="",
            doubts=tuple(doubts),
            synthetic=data.synthetic,
            seed=data.seed,
        )
        return Estimates(
            with_source(one, replace(origin, call=one.provenance.call), item=item) for one in _labelled(found, label)
        )
