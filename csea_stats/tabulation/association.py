"""Tests of association, each with its estimates and their intervals; one call for every kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from csea_stats.errors import (
    CountError,
    InputError,
    check_choice,
    check_flag,
    check_kind,
    check_seed,
    in_short,
    is_of,
    plain_text,
)
from csea_stats.estimators.arguments import check_level, whole
from csea_stats.estimators.assumptions import hash_of
from csea_stats.respondents.columns import CodedColumn, MultipleColumn
from csea_stats.respondents.microdata import Microdata
from csea_stats.results.associations import Associations
from csea_stats.results.caveats import caveat
from csea_stats.results.recipes import Verbatim, call_words
from csea_stats.survey.survey import Survey
from csea_stats.tabulation.association_data import (
    GroupedQuestion,
    Scores,
    check_target,
    left_out_words,
    origin,
    together,
)
from csea_stats.tabulation.association_tables import stratified_associations, table_association
from csea_stats.tabulation.items import loading_call
from csea_stats.tabulation.naming import worded
from csea_stats.tabulation.tabulate import tabulate
from csea_stats.tabulation.tabulation import NOT_TOLD, Tabulation
from csea_stats.targets.populations import Superpopulation, Target

if TYPE_CHECKING:
    from csea_stats.base.exact_tests import Counts

Ordered = Literal["neither", "answers", "both"]


def association(  # noqa: PLR0913 - settings are keyword-only
    source: Any,
    outcome: str | None = None,
    by: str | None = None,
    *,
    within: str | None = None,
    ordered: Ordered = "neither",
    scores: Scores = "ranks",
    mid_p: bool = False,
    level: float = 0.95,
    target: Target = Superpopulation(),  # noqa: B008 - frozen
    seed: int = 1,
) -> Associations:
    """Test whether answers go with groups, and estimate how strongly.

    Parameters
    ----------
    source : Microdata, Survey, Tabulation, or counts
        Respondents' answers, or a survey whose print gives the table (then `outcome` and `by` name the two questions);
        a question tabulated by groups; or bare counts, a row per group and a column per answer (a pandas frame or
        mapping of group to counts gives names), or a three-dimensional array of them, the stratum first.
    outcome, by : str, optional
        For respondents' answers. An outcome with several answers each is tested over its items.
    within : str, optional
        A question whose answers are strata: two groups and two answers only.
    ordered : {"neither", "answers", "both"}, default "neither"
        For bare counts: which of answers and groups are ordered. Other sources know.
    scores : {"ranks", "equal"}, default "ranks"
        Of ordered answers and groups in the linear-by-linear and trend tests: midranks, which assume nothing, or equal
        steps.
    mid_p : bool, default False
        Count half of the tables like the observed one: less conservative, without the guarantee; limits go along.
    level : float, default 0.95
    target : Superpopulation
        A p-value speaks of chance among people like these and of nothing else.
    seed : int, default 1
        Of Monte Carlo tests.

    Returns
    -------
    Associations
        Tests, each with estimates and intervals. One for a table. Within strata: the common odds ratio, then whether
        it is common. Of several answers each: all items at once, then every item and comparison, adjusted jointly.

    Raises
    ------
    InputError
        If there are fewer than two groups or answers, or the source cannot tell.
    UnsupportedTarget
        For any other target; the text names what to use.

    Notes
    -----
    The kinds of the questions choose the test, before any result:

    - two groups, two answers: Fisher's exact test, twice the smaller tail, with the conditional log odds ratio, whose
      exact limits leave out 0 just where p is below 1 - level, and the difference of the shares;
    - ordered answers, two groups: the exact rank-sum test, with the rank-biserial correlation;
    - ordered answers (or two) and ordered groups: the exact linear-by-linear (trend) test, with the correlation,
      Somers' d and gamma;
    - ordered answers and several groups without order: Kruskal and Wallis's test by permutation;
    - else Fisher, Freeman and Halton's test, with Cramer's V corrected for bias;
    - strata: the exact Cochran-Mantel-Haenszel test, and Breslow and Day's with Tarone's correction;
    - several answers each: the sum of the items' Pearson statistics, and step-down max-T, both by exchanging the
      groups over whole respondents;
    - where the codebook names a cluster and people share them: odds ratios by generalised estimating equations.

    Exact means every table with these margins was counted; where there are too many, 19,999 are drawn and the standard
    error of p is stated. Where print allows several tables, p runs over all of them and intervals are their hull.

    References
    ----------
    Agresti, A. (2013). Categorical Data Analysis, 3rd ed. Wiley, ch. 3 and 6. Bergsma (2013),
    doi:10.1016/j.jkss.2012.10.002. Bilder and Loughin (2004), Biometrics 60, 241-248.

    Examples
    --------
    >>> found = association({"30 and over": [14, 28], "under 30": [0, 7]})[0]
    >>> round(found.test.p, 3), found.test.exactness, round(found.estimate.interval.lower, 2)
    (0.157, 'exact', -0.49)
    """
    speaks_of, level = check_target(target), check_level(level)
    _check(ordered, scores)
    mid_p = check_flag("mid_p", mid_p)
    for name, found in (("outcome", outcome), ("by", by), ("within", within)):
        check_kind(name, found, str, type(None))
    outcome, by, within = (None if one is None else plain_text(one) for one in (outcome, by, within))
    named = is_of(source, Microdata, Survey)
    if named and (outcome is None or by is None):
        message = f"association: found outcome {outcome!r} and by {by!r}; answers and surveys need both names"
        raise InputError(message)
    if not named and (outcome is not None or by is not None or within is not None):
        message = "association: outcome, by and within name questions of respondents' answers; found another source"
        raise InputError(message)
    settings = {"level": level, "scores": scores, "mid_p": mid_p, "seed": check_seed(seed)}
    call = _call(source, outcome, by, within=within, ordered=ordered, **settings, target=speaks_of)
    if isinstance(source, Survey):
        return _of_print(source, (str(outcome), str(by), within), speaks_of, settings, call)
    if isinstance(source, Microdata):
        return _of_rows(source, (str(outcome), str(by), within), speaks_of, settings, call)
    if isinstance(source, Tabulation):
        return Associations([table_association(_of_tabulation(source, speaks_of, settings, call))])
    return _of_counts(source, ordered, speaks_of, settings, call)


def _of_print(
    survey: Survey, names: tuple[str, str, str | None], target: Superpopulation, settings: dict[str, Any], call: str
) -> Associations:
    outcome, by, within = names
    if within is not None:
        message = f"within: found {in_short(within)}; print gives no table of three questions"
        raise InputError(message)
    return Associations([table_association(_of_tabulation(tabulate(survey, outcome, by), target, settings, call))])


def _check(ordered: str, scores: str) -> None:
    for name, found, allowed in (
        ("ordered", ordered, ("neither", "answers", "both")),
        ("scores", scores, ("ranks", "equal")),
    ):
        check_choice(name, found, allowed)


def _call(source: object, outcome: str | None, by: str | None, **settings: object) -> str:
    default: dict[str, object] = {
        "within": None,
        "ordered": "neither",
        "scores": "ranks",
        "mid_p": False,
        "level": 0.95,
        "seed": 1,
    }
    default["target"] = Superpopulation()
    names = [name for name in (outcome, by) if name is not None]
    asked = {key: (value, default[key]) for key, value in settings.items()}
    return call_words("association", [Verbatim(_source_words(source)), *names], asked)


def _source_words(source: Any) -> str:
    """Return the source as a call has it: what is read again, or the counts themselves."""
    if isinstance(source, Microdata):
        return "data"
    if isinstance(source, Survey):
        return loading_call(source)
    if isinstance(source, Tabulation):
        return source.call
    groups, _, tables = count_tables(source)
    if len(tables) > 1:
        return repr([table.tolist() for table in tables])
    return repr(dict(zip(groups, tables[0].tolist(), strict=True)))


def _of_counts(source: Any, ordered: str, target: Superpopulation, settings: dict[str, Any], call: str) -> Associations:
    groups, answers, tables = count_tables(source)
    asked = GroupedQuestion(
        tables=(np.sum(tables, axis=0),),
        groups=groups,
        answers=answers,
        ordered=ordered != "neither",
        groups_ordered=ordered == "both",
        target=target,
        provenance=origin(call, "statsmodels", data_hash=hash_of([table.tolist() for table in tables])),
        **settings,
    )
    if len(tables) == 1:
        return Associations([table_association(asked)])
    return stratified_associations(
        asked, tables, [f"stratum {place + 1}" for place in range(len(tables))], "the strata"
    )


def count_tables(source: Any) -> tuple[tuple[str, ...], tuple[str, ...], list[Counts]]:
    """Return names of groups and answers, and one table per stratum."""
    groups: tuple[str, ...] | None = None
    answers: tuple[str, ...] | None = None
    if hasattr(source, "columns") and hasattr(source, "index"):
        groups, answers = tuple(map(str, source.index)), tuple(map(str, source.columns))
        source = source.to_numpy()
    elif isinstance(source, Mapping):
        groups, source = tuple(map(str, source)), list(source.values())
    try:
        found = np.asarray(source, dtype=object)
    except ValueError:
        found = np.empty(0)
    if found.ndim not in (2, 3) or min(found.shape[-2:]) < 2:
        message = (
            f"counts: found shape {found.shape}; allowed are rows of counts, a row per group and as many answers in "
            "each, or such tables for several strata"
        )
        raise CountError(message)
    numbers = [whole(value, "counts") for value in found.ravel().tolist()]
    tables = np.array(numbers, dtype=np.int64).reshape(-1, *found.shape[-2:])
    rows, columns = tables.shape[1:]
    named = groups or tuple(f"group {place + 1}" for place in range(rows))
    return named, answers or tuple(f"answer {place + 1}" for place in range(columns)), list(tables)


def _of_tabulation(source: Tabulation, target: Superpopulation, settings: dict[str, Any], call: str) -> GroupedQuestion:
    if source.by is None:
        message = "association: found a tabulation without groups; use tabulate(source, outcome, by=...)"
        raise InputError(message)
    if source.several:
        message = (
            f"association: found {source.outcome!r}, with several answers each; a tabulation does not tell whose "
            "answers go together. Give respondents' answers: association(data, outcome, by), or compare item by item: "
            "tabulation.contrasts()"
        )
        raise InputError(message)
    doubts = [caveat("synthetic")] if source.synthetic else []
    doubts += [caveat(code, **dict(values)) for code, values in source.doubts]
    kept = sum(source.tables[0].bases)
    inside = (one for part in source.tables[0].apart for one in part if one[0] != NOT_TOLD)
    reasons = (*source.left_out, *inside)
    if reasons:
        doubts.append(left_out_words(together(reasons), kept))
    return GroupedQuestion(
        tables=tuple(np.array(table.counts, dtype=np.int64) for table in source.tables),
        groups=source.groups,
        answers=source.labels,
        ordered=source.ordered,
        groups_ordered=source.groups_ordered,
        outcome=source.question.label,
        by=source.by_label or source.by,
        question=source.outcome,
        target=worded(target, source.words),
        doubts=tuple(doubts),
        provenance=origin(
            call,
            "statsmodels",
            survey=source.survey,
            places=source.places,
            data_hash=source.data_hash,
            seed=settings["seed"],
        ),
        **settings,
    )


def _of_rows(
    data: Microdata,
    names: tuple[str, str, str | None],
    target: Superpopulation,
    settings: dict[str, Any],
    call: str,
) -> Associations:
    outcome, by, within = names
    shared = data.clusters is not None and len(np.unique(data.clusters)) < len(data)
    tabulation = tabulate(data, outcome, by)
    column = data.column(outcome)
    if within is not None:
        if shared or isinstance(column, MultipleColumn):
            found = "answers in clusters" if shared else "several answers each"
            message = f"association within {within!r}: found {found}; allowed is one independent answer each"
            raise InputError(message)
        return _within(data, (outcome, by, within), target, settings, call)
    if isinstance(column, MultipleColumn):
        from csea_stats.tabulation.association_rows import items_associations

        whole_ = replace(tabulation, several=False)
        return items_associations(data, tabulation, _of_tabulation(whole_, target, settings, call))
    asked = _of_tabulation(tabulation, target, settings, call)
    if shared:
        from csea_stats.tabulation.association_rows import clustered_associations

        return clustered_associations(data, outcome, by, asked)
    return Associations([table_association(asked)])


def _within(
    data: Microdata, names: tuple[str, str, str], target: Superpopulation, settings: dict[str, Any], call: str
) -> Associations:
    outcome, by, within = names
    strata = data.column(within)
    if not isinstance(strata, CodedColumn):
        message = f"within {strata.name!r}: found no question with one answer each; allowed are Ordered and Categories"
        raise InputError(message)
    known = data.taken(strata.codes >= 0)
    codes = strata.codes[strata.codes >= 0]
    parts = [tabulate(known.taken(codes == place), outcome, by) for place in range(len(strata.labels))]
    asked = _of_tabulation(tabulate(known, outcome, by), target, settings, call)
    asked = replace(asked, provenance=replace(asked.provenance, data_hash=data.counts_hash(*names)))
    reasons = tuple((f"{strata.name}: {reason}", times) for reason, times in strata.why.items())
    if reasons:
        asked = replace(asked, doubts=(*asked.doubts, left_out_words(reasons, len(known))))
    tables = [np.array(part.tables[0].counts, dtype=np.int64) for part in parts]
    label = data.codebook[strata.name].label or strata.name
    return stratified_associations(asked, tables, strata.labels, label)
