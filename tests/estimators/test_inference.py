"""One battery for every estimand, method and target: hulls, nesting, limits of assumptions, verdicts, calls."""

import functools
import itertools
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.base.binomial import SHARE_METHODS
from csea_stats.base.odds_ratios import LogisticGap, LogisticRatio
from csea_stats.errors import CountError, UnsupportedTarget
from csea_stats.estimators.difference import MEASURES
from csea_stats.estimators.group_tables import along, every
from csea_stats.estimators.multinomial import JOINT_METHODS
from csea_stats.estimators.paired_difference import PAIR_METHODS, SHIFT_METHODS
from csea_stats.estimators.superiority import SUPERIORITY_METHODS
from csea_stats.targets.populations import (
    TIERS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)

COSTLY = ("superiority",)
"""Kinds whose posterior takes long: among the slow tests alone."""


def kinds(names):
    """Mark the costly ones."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in COSTLY else name for name in names]


ROUNDING = 1e-7
RULE_OF_POINTS = 2e-3
"""How much the fixed rule of superiority in a population may be off."""


def sized(call):
    """Give the groups' sizes where the target has one."""

    @functools.wraps(call)
    def with_sizes(*sides, target, **keys):
        sizes = (30, 60) if getattr(target, "size", None) else None
        return call(*sides, target=target, sizes=sizes, **keys)

    return with_sizes


def difference(measure):
    return functools.partial(cs.difference, measure=measure)


def first(call):
    """Return the first of several estimates."""

    @functools.wraps(call)
    def one(*counts, **keys):
        return call(*counts, **keys)[0]

    return one


class Kind:
    """A call, its methods, what print allows (sets, told as members), and where its verdict may be held."""

    def __init__(self, call, methods, sets, thresholds, error=ROUNDING):
        self.call, self.methods, self.sets, self.thresholds, self.error = call, methods, sets, thresholds, error

    def members(self):
        """Yield every single table of the sets."""
        yield from itertools.product(*self.sets)

    def whole(self):
        return [set(values) for values in self.sets]


def groups(call):
    """Take (x1, n1, x2, n2), each a number or a set."""

    @functools.wraps(call)
    def of_groups(x1, n1, x2, n2, **keys):
        return call((x1, n1), (x2, n2), **keys)

    return of_groups


def vectors(call):
    """Take one set of vectors for each group, or one vector each."""

    @functools.wraps(call)
    def of_vectors(*sides, **keys):
        return call(*(side if isinstance(side, set) else list(side) for side in sides), **keys)

    return of_vectors


def shift(*kinds, **keys):
    """Take how many moved down, stayed and moved up."""
    down, same, up = (max(one) if isinstance(one, set) else one for one in kinds)
    return cs.paired_shift([[same, up], [down, 0]], **keys)


KINDS = {
    "share": Kind(cs.proportion, SHARE_METHODS, [(1, 5, 9), (11, 12)], (0.5, 0.3)),
    "difference": Kind(
        groups(difference("difference")),
        MEASURES["difference"].offered(),
        [(0, 2), (7,), (0, 3, 7), (20,)],
        (0.0, -0.2),
    ),
    "difference, sizes": Kind(
        groups(sized(difference("difference"))), ("jeffreys", "newcombe"), [(0,), (7,), (0, 3, 7), (20,)], (0.0,)
    ),
    "ratio": Kind(groups(difference("ratio")), MEASURES["ratio"].offered(), [(1, 4), (8,), (3, 12), (12,)], (1.0, 1.5)),
    "odds ratio": Kind(
        groups(difference("odds-ratio")), MEASURES["odds-ratio"].offered(), [(1, 4), (8,), (3, 12), (12,)], (1.0, 1.5)
    ),
    "paired difference": Kind(cs.paired_difference, PAIR_METHODS, [(19, 20), (32,), (49,)], (0.0, -0.2)),
    "paired shift": Kind(shift, SHIFT_METHODS, [(3,), (9,), (1,)], (0.0, -0.2)),
    "superiority": Kind(
        vectors(cs.superiority), SUPERIORITY_METHODS, [((1, 4, 3), (2, 2, 4)), ((6, 9, 1),)], (0.5,), RULE_OF_POINTS
    ),
    "joint share": Kind(first(vectors(cs.multinomial)), JOINT_METHODS, [((9, 5, 3), (11, 4, 2))], (0.5,)),
}
PLAIN = {"superpopulation": Superpopulation(), "clustered": Superpopulation(design_effect=1.4)}
TARGETS = {
    "respondents": Respondents(),
    **PLAIN,
    "finite": FinitePopulation(90),
    "prior": Population(),
    "wide prior": Population(Selection(tau=4, correlation=0.2)),
    "centred prior": Population(Selection(tau=0.3, mean=0.4, reason="told so")),
    "bounds": Population(SelectionBounds(ratio=2)),
    "sized bounds": Population(SelectionBounds(ratio=2), size=90),
    "sized prior": Population(size=90),
    "nothing assumed": Population(SelectionBounds(ratio=math.inf), size=90),
}
CASES = [(kind, method) for kind, one in KINDS.items() for method in one.methods]
FEW_TARGETS = ("superpopulation", "prior", "bounds", "finite")
BOUND = Population(SelectionBounds(ratio=2))


def estimates(kind, counts, target, method, **keys):
    """Return the estimate of a kind, or None where there is none for such a target, or no such table."""
    try:
        return KINDS[kind].call(*counts, target=target, method=method, **keys)
    except (UnsupportedTarget, CountError):
        return None


def spans(estimate):
    """Return each interval by what it is."""
    found = {("strip", name): span for name, span in estimate.sensitivity}
    for name in ("interval", "companion"):
        if span := getattr(estimate, name):
            found[name, span.method] = span
    return found


def ends(estimate):
    """Return the smallest and largest value."""
    if estimate.bounds:
        return estimate.bounds
    return None if estimate.value is None else (estimate.value, estimate.value)


def holds(outer, inner, error):
    """Whether a range holds another; limits of ratios relatively."""
    return all(
        a == b or sign * (a - b) <= error * max(1.0, abs(b)) for a, b, sign in zip(outer, inner, (1, -1), strict=True)
    )


def check_hull(kind, whole, members, target, method, threshold):
    """Everything that is told of a set contains what is told of each member."""
    of_set = estimates(kind, whole, target, method, threshold=threshold)
    if of_set is None:
        return
    error = KINDS[kind].error
    for member in members:
        one = estimates(kind, member, target, method, threshold=threshold)
        if one is None:
            continue
        shown = spans(of_set)
        for name, span in spans(one).items():
            if name in shown:  # another companion stands beside some tables
                hull = shown[name]
                assert holds((hull.lower, hull.upper), (span.lower, span.upper), error), (member, name, span, hull)
        if one.probability:
            assert holds(of_set.probability, one.probability, error), (member, one.probability, of_set.probability)
        if ends(one) and ends(of_set):
            assert holds(ends(of_set), ends(one), error), (member, ends(one), ends(of_set))


def check_every_hull(kind, method, names):
    one = KINDS[kind]
    for name, threshold in names:
        check_hull(kind, one.whole(), one.members(), TARGETS[name], method, threshold)


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", kinds(KINDS))
def test_a_hull_holds_every_member(kind):
    one = KINDS[kind]
    asked = zip(("superpopulation", "bounds", "wide prior", "finite"), itertools.cycle(one.thresholds))
    check_every_hull(kind, one.methods[0], list(asked)[:2])


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "method"), CASES)
def test_a_hull_holds_every_member_by_any_method_for_any_target(kind, method):
    check_every_hull(kind, method, itertools.product(TARGETS, KINDS[kind].thresholds))


@pytest.mark.slow
@given(st.data())
@settings(max_examples=settings.default.max_examples * 3 // 5)
def test_a_hull_holds_every_member_whatever_the_counts(data):
    kind, method = data.draw(
        st.sampled_from([case for case in CASES if case[0] not in ("superiority", "joint share", "paired shift")])
    )
    target = TARGETS[data.draw(st.sampled_from(sorted(TARGETS)))]

    def some(most):
        return st.sets(st.integers(0, most), min_size=1, max_size=4)

    if kind == "share":
        sets = [data.draw(some(12)), data.draw(st.sets(st.integers(12, 15), min_size=1, max_size=2))]
    elif kind == "paired difference":
        sets = [data.draw(some(12)), data.draw(some(12)), {12}]
    else:
        sets = [data.draw(some(5)), {5, 6}, data.draw(some(9)), {9}]
    threshold = data.draw(st.sampled_from(KINDS[kind].thresholds))
    check_hull(kind, sets, itertools.product(*sets), target, method, threshold)


@pytest.mark.parametrize(
    ("sizes", "posterior", "shift"),
    [
        pytest.param((1, 4), LogisticGap, 0.0, marks=pytest.mark.slow),
        pytest.param((3, 2), LogisticRatio, 0.7, marks=pytest.mark.slow),
        pytest.param((2, 9), LogisticGap, 0.7, marks=pytest.mark.slow),
        pytest.param((6, 4), LogisticRatio, 0.0, marks=pytest.mark.slow),
        pytest.param((7, 20), LogisticGap, 0.0, marks=pytest.mark.slow),
    ],
)
def test_of_a_prior_that_ties_two_shares_the_extremes_lie_along_two_sides(sizes, posterior, shift):
    n1, n2 = sizes
    tables = {(a, n1, b, n2): posterior((a, n1, b, n2), (shift, -shift)) for a in range(n1 + 1) for b in range(n2 + 1)}
    for p in (0.0005, 0.025, 0.4):
        found = {table: one.quantile(p) for table, one in tables.items()}
        for least, most in itertools.product(range(n1 + 1), range(n2 + 1)):
            sides = tuple((x, n1) for x in range(least, n1 + 1)), tuple((x, n2) for x in range(most + 1))
            lowest = min(found[table] for table in every(sides))
            assert min(found[table] for table in along(sides, "low")) == pytest.approx(lowest, abs=2e-5)


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", kinds(KINDS))
def test_a_lower_level_is_narrower(kind):
    for name in FEW_TARGETS:
        wide, narrow = (
            estimates(kind, next(KINDS[kind].members()), TARGETS[name], KINDS[kind].methods[0], level=level)
            for level in (0.95, 0.8)
        )
        if wide is None or narrow is None:
            continue
        for (key, one), (_, other) in zip(spans(wide).items(), spans(narrow).items(), strict=True):
            assert holds((one.lower, one.upper), (other.lower, other.upper), 1e-9), (name, key)


def same(one, other, error):
    """Whether two estimates have the same limits, apart from the words for what they are."""
    return all(
        getattr(one, name).lower == pytest.approx(getattr(other, name).lower, abs=error, rel=error)
        and getattr(one, name).upper == pytest.approx(getattr(other, name).upper, abs=error, rel=error)
        for name in ("interval", "companion")
    )


MANY = ("share", "difference", "ratio", "difference, sizes")
BY_ITSELF = [kind for kind in KINDS if kind != "joint share"]
"""Of a population the shares of one list are each estimated by itself."""


@pytest.mark.few(2)
@pytest.mark.parametrize("kind", kinds(BY_ITSELF))
def test_bounds_of_one_and_a_prior_on_nothing_are_chance_alone(kind):
    one = KINDS[kind]
    member, method = list(one.members())[-1], one.methods[0]
    alone = estimates(kind, member, Superpopulation(), method)
    bound = estimates(kind, member, Population(SelectionBounds(ratio=1)), method)
    nearly = estimates(kind, member, Population(Selection(tau=1e-6)), method)
    if alone.companion.method == bound.companion.method.partition(",")[0]:
        assert same(alone, bound, one.error)
    assert bound.verdict.word == alone.verdict.word
    for end in ("lower", "upper"):
        limits = getattr(nearly.interval, end), getattr(alone.interval, end)
        assert limits[0] == pytest.approx(limits[1], abs=3e-3, rel=3e-3)


FIRMNESS = {"supported": 1, "contradicted": -1}
CLEAR = {
    "share": ((44, 49), (30, 49), (20, 24)),
    "difference": ((20, 24, 6, 25), (3, 7, 0, 20), (7, 7, 28, 42), (24, 24, 25, 25)),
    "ratio": ((20, 24, 6, 25), (3, 7, 0, 20)),
    "odds ratio": ((20, 24, 6, 25), (3, 7, 0, 20)),
    "paired difference": ((46, 20, 49), (46, 35, 49)),
    "superiority": (((0, 2, 20), (15, 5, 2)),),
    "joint share": (((35, 4, 4, 3, 3),), ((40, 3, 3),)),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", kinds(CLEAR))
def test_a_wider_target_is_never_surer(kind):
    """From people like these to a population within bounds, or with a prior; and the same side."""
    for counts in CLEAR[kind]:
        alone = KINDS[kind].call(*counts, target=Superpopulation(), threshold=KINDS[kind].thresholds[0]).verdict
        for target in (Population(Selection(tau=0.05)), Population(SelectionBounds(ratio=1)), Population()):
            wider = KINDS[kind].call(*counts, target=target, threshold=KINDS[kind].thresholds[0]).verdict
            assert FIRMNESS.get(wider.word, 0) in (0, FIRMNESS.get(alone.word, 0)), (counts, target, wider, alone)
            assert wider.word != "depends on who took part" or alone.word == "supported"


@pytest.mark.few(3)
@pytest.mark.parametrize("kind", kinds(KINDS))
@pytest.mark.parametrize(
    "name",
    [
        "respondents",
        "sized bounds",
        "centred prior",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("clustered", "finite")),
    ],
)
def test_the_call_makes_the_estimate_again_and_json_keeps_it(kind, name):
    one = KINDS[kind]
    for counts in (next(one.members()), one.whole()):
        found = estimates(kind, counts, TARGETS[name], one.methods[0], level=0.9, threshold=one.thresholds[-1])
        if found is None:
            continue
        again = eval(found.provenance.call, {"csea_stats": cs, "float": float})
        assert again == found
        assert cs.Estimates.from_json(cs.Estimates([found]).to_json())[0] == found
        assert json.loads(cs.Estimates([found]).to_json())


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("kind", "method"),
    [
        pytest.param(
            kind,
            method,
            marks=[pytest.mark.slow] if kind in COSTLY or (kind in MANY and method == KINDS[kind].methods[0]) else [],
        )
        for kind, method in CASES
    ],
)
def test_a_refusal_names_what_works(kind, method):
    """Of what it names, a method or a target, at least one is accepted."""
    one = KINDS[kind]
    member = list(one.members())[-1]
    for target in TARGETS.values():
        try:
            one.call(*member, target=target, method=method)
        except UnsupportedTarget as error:
            text = str(error)
            named = [other for other in one.methods if f"'{other}'" in text.partition("use ")[2]]
            others = [Superpopulation()] if "Superpopulation()" in text else []
            others += [Population()] if "Population(selection)" in text or "SelectionBounds(" in text else []
            others += [BOUND] if "SelectionBounds(ratio" in text or "finite" in text else []
            offers = [(BOUND, other) for other in named]
            offers += [(other, method) for other in others]
            offers += [(target, other) for other in named]
            assert any(estimates(kind, member, *offer) for offer in offers), text


# ---------------------------------------------------------------- census


@pytest.mark.few(3)
@pytest.mark.parametrize("target", [t for t in TARGETS.values() if getattr(t, "size", None) is None])
def test_a_census_is_of_a_target_whose_people_they_are(target):
    sized_too = [target, FinitePopulation(49)]
    one, all_ = (
        {doubt.code for doubt in e.caveats} for e in cs.difference((7, 7), (28, 42), sizes=(7, 42), target=sized_too)
    )
    assert "census" not in one
    assert "census" in all_
    assert one & {"chance-alone", "counted", "selection-by-group", "selection-bounded", "selection-centred"}


@pytest.mark.slow
def test_a_centre_of_who_took_part_is_told_for_every_estimand():
    target = Population(Selection(tau=0.5, mean=0.3, reason="r"))
    for kind in ("share", "difference", "ratio", "odds ratio", "superiority"):
        one = KINDS[kind].call(*next(KINDS[kind].members()), target=target)
        assert "participation ratio from 0.51 to 3.6" in one.companion.method


# ---------------------------------------------------------------- sets


def test_a_set_is_told_as_what_it_is():
    assert str(cs.difference(({7}, {7, 20}), (28, 42))).startswith(
        "7 of 7 or 20 in the first group (35 to 100%) and 28 of 42 in the second (67%)"
    )
    assert str(cs.difference(({7, 8}, {8, 9}), (28, 42))).startswith("7 or 8 of 8 or 9 in the first group (78 to 100%)")
    open_ = cs.proportion({1, 5, 9}, 24)
    assert str(open_).startswith("1, 5 or 9 of 24 respondents (4 to 38%)")
    assert "(1, 5 or 9)" in next(doubt.text for doubt in open_.caveats if doubt.code == "print-ambiguous")
    overlaps = cs.paired_difference(39, 35, 49, {25, 28, 30})
    assert "(25, 28 or 30 of them can have)" in next(d.text for d in overlaps.caveats if d.code == "overlap-open")
    assert str(cs.proportion({7, 8}, {8, 9})).startswith("7 or 8 of 8 or 9 respondents (78 to 100%)")


# ---------------------------------------------------------------- the whole rule


def test_a_joint_share_is_judged_by_the_whole_rule():
    """A band of a Dirichlet(1, ..., 1) prior, from 400,000 draws, reaches below half: one prior decides."""
    import numpy as np

    share = cs.multinomial([35, 4, 4, 3, 3], threshold=0.5)[0]
    strip = dict(share.sensitivity)
    assert strip["dirichlet"] == share.interval
    draws = np.random.default_rng(5).dirichlet([36, 5, 5, 4, 4], 400_000)
    bands = [cs.multinomial([35, 4, 4, 3, 3])[place].sensitivity[1][1] for place in range(5)]
    inside = np.all([(draws[:, k] > b.lower) & (draws[:, k] < b.upper) for k, b in enumerate(bands)], axis=0)
    assert inside.mean() == pytest.approx(0.95, abs=0.0015)
    below = [(draws[:, k] < b.lower).mean() for k, b in enumerate(bands)]
    assert below == pytest.approx([below[0]] * 5, abs=0.001)  # one tail for every share
    assert strip["dirichlet(1)"].lower < 0.5 < min(share.interval.lower, share.companion.lower)
    assert share.verdict.word == "not settled"
    assert "prior-decides" in {doubt.code for doubt in share.caveats}
    draws = np.random.default_rng(6).dirichlet([35.5, 4.5, 4.5, 3.5, 3.5], 400_000)
    assert share.probability == pytest.approx(((draws[:, 0] > 0.5).mean(),) * 2, abs=0.001)


@pytest.mark.slow
def test_every_verdict_on_intervals_has_both_kinds_and_a_strip():
    families = [
        cs.multinomial([40, 4, 3, 2], threshold=0.5),
        cs.ordinal([2, 40, 7], list("abc")),
        cs.picks([44, 30, 24, 18, 14, 12, 5], 49, 3, threshold=0.5),
        cs.pick_contrasts([44, 30, 24, 18, 14, 12, 5], 49, 3),
        cs.crosstab_bounds({"a": 30, "b": 19}, {"x": 20, "y": 29}, 49, given={("a", "x"): {18, 19}}),
        cs.exact_test((20, 24), (6, 25)).estimates,
    ]
    for family in families:
        for target in (Superpopulation(), Population()):
            judged = [e for e in family if e.verdict and e.interval and e.verdict.word != "cannot be checked"]
            assert judged, target
            for one in judged:
                kinds = {span.kind for span in (one.interval, one.companion)}
                assert kinds == {"credible", "confidence"}
                assert len([name for name, span in one.sensitivity if span.kind == "credible"]) >= 2


# ---------------------------------------------------------------- one null


NULL = [
    ((3, 7), (0, 20)),
    ((7, 7), (28, 42)),
    ((20, 24), (6, 25)),
    ((6, 25), (20, 24)),
    ((4, 7), (4, 20)),
    ((0, 7), (0, 9)),
]


@pytest.mark.few(4)
@pytest.mark.parametrize("tables", NULL)
@pytest.mark.parametrize(
    "name",
    ["superpopulation", "bounds", *(pytest.param(n, marks=pytest.mark.slow) for n in ("respondents", "centred prior"))],
)
def test_that_shares_are_equal_has_one_verdict(tables, name):
    target = TARGETS[name]
    gap = cs.difference(*tables, target=target)
    for measure, methods in MEASURES.items():
        if measure == "difference":
            continue
        for method in methods.offered():
            try:
                one = cs.difference(*tables, measure=measure, method=method, target=target)
            except UnsupportedTarget:
                continue
            assert (one.verdict.word, one.verdict.direction) == (gap.verdict.word, gap.verdict.direction)
            assert one.verdict.threshold == 1.0
            assert one.verdict.why.startswith(("Above 1", "Below 1", "Above or below 1"))


@pytest.mark.slow
def test_a_verdict_that_the_limits_shown_do_not_give_is_explained():
    explained = decided = 0
    for (a, n), (b, m) in itertools.product(((4, 7), (7, 7), (12, 24)), ((4, 20), (5, 25))):
        for measure, method in (("ratio", None), ("odds-ratio", None), ("odds-ratio", "exact-conditional")):
            one = cs.difference((a, n), (b, m), measure=measure, method=method)
            codes = {doubt.code for doubt in one.caveats}
            left_out = [not span.lower <= 1 <= span.upper for span in (one.interval, one.companion)]
            if one.verdict.word == "supported":
                assert all(left_out)
                assert not codes & {"judged-as", "methods-disagree", "prior-decides"}
                decided += 1
            else:
                assert ("judged-as" in codes) == all(left_out)
            if "judged-as" in codes:
                explained += 1
                assert "judged by the difference" in one.verdict.why
                assert "both leave out 1." in next(doubt.text for doubt in one.caveats if doubt.code == "judged-as")
    assert min(explained, decided) > 0


def test_the_tightest_prior_on_the_odds_ratio_informs_and_does_not_judge():
    """N(0, 1) has little room for an odds ratio of 9 and more; at any other threshold it is not asked, either."""
    odds = cs.difference((3, 7), (0, 20), measure="odds-ratio", threshold=1.05)
    strip = dict(odds.sensitivity)
    assert strip["normal(0, 1)"].lower < 1 < min(odds.interval.lower, odds.companion.lower)
    assert odds.verdict.word == "supported"


def test_a_population_whose_intervals_settle_what_the_ratios_do_not_says_so(monkeypatch):
    monkeypatch.setattr(
        "csea_stats.estimators.comparison.OddsRatio.unlike", lambda one, *_: one.sides[0] != ((40, 42),)
    )
    for target in (Superpopulation(), BOUND):
        found = cs.difference((40, 42), (3, 60), target=target, level=0.949)
        assert min(found.interval.lower, found.companion.lower) > 0
        assert found.verdict.word == "not settled"
        assert "but not by enough for an exact test and the limits of both ratios" in found.verdict.why
        assert cs.Estimates.from_json(cs.Estimates([found]).to_json())[0] == found


def test_tiers_share_one_call_for_all_measures():
    gaps = cs.difference((20, 24), (6, 25), target=TIERS)
    for measure in ("ratio", "odds-ratio"):
        tiers = cs.difference((20, 24), (6, 25), measure=measure, target=TIERS)
        assert [e.verdict.word for e in tiers] == [e.verdict.word for e in gaps]
