"""Two answers of the same people, from their answers and from counts: enumeration, exact forms, who is not counted."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import csea_stats as cs
from csea_stats.base.paired import exact_lower, score_upper
from csea_stats.errors import CountError, InputError, UnknownName

SCALE = ["none", "poor", "fair", "good", "excellent"]
BOOK = cs.Codebook(
    {
        "before": cs.Ordered(*SCALE, off_scale=("don't know",), label="Knowledge before"),
        "after": cs.Ordered(*SCALE, off_scale=("don't know",), label="Knowledge after"),
        "mode": cs.Categories("bus", "bike"),
        "services": cs.Multiple(columns=("counselling", "legal"), no="", label="Services"),
        "years": cs.Number("years"),
    }
)
ROWS = [("poor", "good"), ("poor", "poor"), ("none", "good"), ("good", "fair"), ("fair", "excellent"), ("good", "good")]
FRAME = pd.DataFrame([*ROWS * 3, (None, "good"), ("poor", "don't know"), (None, None)], columns=["before", "after"])
FRAME["mode"] = "bus"
FRAME["counselling"] = ["yes", "", "yes"] * 7
FRAME["legal"] = ["yes", "", ""] * 7
FRAME["years"] = 1
DATA = cs.read_respondents(FRAME, BOOK)


def shown(estimate):
    """Return everything that does not depend on where the counts came from."""
    return (
        estimate.value,
        estimate.interval,
        estimate.companion,
        estimate.sensitivity,
        estimate.verdict,
        estimate.counts,
    )


def codes(estimate):
    return [doubt.code for doubt in estimate.caveats]


@pytest.mark.parametrize("target", [*cs.TIERS, cs.Population(cs.SelectionBounds(ratio=2))])
def test_answers_are_the_counts_of_those_who_answered_both(target):
    complete = pd.DataFrame(ROWS * 3, columns=["a", "b"])
    first, second = (complete[name].isin(["good", "excellent"]) for name in "ab")
    counts = int(first.sum()), int(second.sum()), len(complete), int((first & second).sum())
    assert counts == (6, 12, 18, 3)
    found = cs.paired_difference(DATA, "before", "after", event="good or higher", target=target)
    assert shown(found) == shown(cs.paired_difference(*counts, target=target))
    told = cs.paired_difference(DATA, "before", "after", event=["excellent", "good"], target=target)
    assert shown(told) == shown(found)
    apart = next(doubt.text for doubt in found.caveats if doubt.code == "apart")
    assert apart == (
        "18 of 21 gave an answer that is counted here; not counted: before: missing 2, after: don't know 1."
    )
    assert (found.question, found.item) == ("before", "good or higher: before minus after")
    assert found.provenance.data_hash == DATA.counts_hash("before", "after")
    assert eval(found.provenance.call, {"csea_stats": cs, "data": DATA}) == found
    assert "gave “good or higher” (“Knowledge before” against “Knowledge after”)" in str(found)


def test_or_lower_is_the_complement():
    up = cs.paired_difference(DATA, "before", "after", event="good or higher")
    down = cs.paired_difference(DATA, "before", "after", event="fair or lower")
    assert down.value == pytest.approx(-up.value)
    ends = -up.interval.upper, -up.interval.lower
    assert (down.interval.lower, down.interval.upper) == pytest.approx(ends, abs=1e-9)


def test_two_options_of_one_question():
    found = cs.paired_difference(DATA, "services[counselling]", "services[legal]")
    assert shown(found) == shown(cs.paired_difference(14, 7, 21, 7))
    assert found.item == "yes: services[counselling] minus services[legal]"


def test_the_test_is_that_of_the_counts():
    found = cs.paired_test(DATA, "before", "after", event="good or higher", method="mid-p")
    assert found.test.p == cs.paired_test(6, 12, 18, 3, method="mid-p").test.p
    assert "before minus after" in found.test.null
    assert "apart" in codes(found.estimate)


@pytest.mark.slow
def test_made_up_answers_say_so_and_the_codebook_names_the_people():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    made = cs.synthesise(survey, seed=1)
    found = cs.paired_difference(made, "police-knowledge", "awareness", event="good or higher")
    assert codes(found)[0] == "synthetic"
    assert found.label.endswith("[SYNTHETIC]")
    assert found.target.words == survey.targets.superpopulation
    assert found.provenance.seed == 1


# ---------------------------------------------------------------- shifts


def test_a_shift_is_a_paired_difference_of_those_who_moved():
    table = pd.crosstab(
        pd.Categorical(FRAME["before"][:18], SCALE), pd.Categorical(FRAME["after"][:18], SCALE), dropna=False
    ).to_numpy()
    found, counted = cs.paired_shift(DATA, "before", "after"), cs.paired_shift(table)
    assert shown(found) == shown(counted)
    assert (found.counts, found.base) == (((9, 3),), (18, 18))
    pair = cs.paired_difference(9, 3, 18, 0)
    assert (found.interval, found.sensitivity, found.probability) == (pair.interval, pair.sensitivity, pair.probability)
    assert cs.paired_shift(table, method="tango").interval == pair.companion
    told = "6 gave the same answer; how many moved by how many steps: −1: 3, +2: 6, +3: 3."
    assert told in next(doubt.text for doubt in found.caveats if doubt.code == "steps-moved")
    assert "apart" in codes(found)
    assert "apart" not in codes(counted)
    for one in (found, counted):
        assert eval(one.provenance.call, {"csea_stats": cs, "data": DATA}) == one


def test_nobody_moved():
    still = cs.paired_shift(np.diag([3, 4]))
    assert still.interval.lower == pytest.approx(-still.interval.upper)
    assert still.verdict.word == "not settled"
    assert "steps: nobody" in str(still)


def test_many_people_have_the_score_interval():
    assert cs.paired_shift([[200, 120], [60, 80]]).companion.method == "tango"
    assert cs.paired_shift([[20, 12], [6, 8]]).companion.method == "exact-unconditional"
    clustered = cs.paired_shift([[20, 12], [6, 8]], target=cs.Superpopulation(design_effect=1.5))
    assert (clustered.companion.method, clustered.verdict.word) == ("tango", "not settled")


def every_table(n):
    return [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]


def tango_lower(b, c, n, level=0.95):
    return -score_upper(np.array(c), np.array(b), n, level=level)


@pytest.mark.few(4)
@pytest.mark.parametrize(
    "n", [3, 8, 14, pytest.param(30, marks=pytest.mark.slow), pytest.param(50, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_order_of_tables_rises_with_those_who_moved_up(n, level):
    """So the chance of a region that the order cuts off rises with the difference, and its limit is one root."""
    lower = {table: float(tango_lower(*table, n, level)) for table in every_table(n)}
    for (b, c), limit in lower.items():
        assert lower.get((b + 1, c), 1.0) >= limit - 1e-9
        assert lower.get((b, c + 1), -1.0) <= limit + 1e-9


@pytest.mark.few(1)
@pytest.mark.parametrize(("b", "c", "n"), [(3, 1, 5), (0, 2, 6), (5, 0, 8), (4, 4, 9)])
def test_the_exact_limit_is_that_of_brute_force(b, c, n):
    """The smallest difference at which some shares give the tables as far out, or further, more than half the error."""
    tables = np.array(every_table(n))
    far = tables[tango_lower(tables[:, 0], tables[:, 1], n) >= float(tango_lower(b, c, n)) - 1e-9]
    cells = np.column_stack([far, n - far.sum(axis=1)])

    def largest(t):
        shares = np.linspace(abs(t), 1, 801)
        p = np.column_stack([(shares + t) / 2, (shares - t) / 2, 1 - shares]).clip(0)
        return max(stats.multinomial.pmf(cells, n, one / one.sum()).sum() for one in p)

    limit = exact_lower(b, c, n, level=0.95)
    assert largest(limit - 2e-4) < 0.025 < largest(limit + 2e-4)


@pytest.mark.parametrize("n", [1, 7, 24, 49])
def test_the_limit_where_all_moved_up_is_in_closed_form(n):
    """Only that table is as far out, likeliest where nobody stays: ((1 + t) / 2)^n is half the error."""
    assert exact_lower(n, 0, n, level=0.95) == pytest.approx(2 * 0.025 ** (1 / n) - 1, abs=1e-7)
    assert exact_lower(0, n, n, level=0.95) == -1


def coverage(n, lower):
    """Return the least coverage of an interval whose upper limits mirror the lower ones, over shares of three kinds."""
    tables = np.array(every_table(n))
    low, high = lower(tables), -lower(tables[:, ::-1])
    least = 1.0
    for share in (*np.linspace(0.01, 0.99, 29), 0.999):
        t = np.linspace(-share, share, 81)[1:-1]
        chance = [
            stats.multinomial.pmf(
                [b, c, n - b - c], n, np.column_stack([(share + t) / 2, (share - t) / 2, 0 * t + 1 - share])
            )
            for b, c in tables.tolist()
        ]
        inside = (low[:, None] <= t + 1e-7) & (t - 1e-7 <= high[:, None])
        least = min(least, float((np.array(chance) * inside).sum(axis=0).min()))
    return least


@pytest.mark.slow
@pytest.mark.parametrize("n", [7, 10, 14, 24, *(pytest.param(n, marks=pytest.mark.long) for n in (36, 50))])
def test_the_exact_interval_holds_whatever_the_shares(n):
    def exact(tables):
        return np.array([exact_lower(b, c, n, level=0.95) for b, c in tables.tolist()])

    assert 0.95 <= coverage(n, exact) < 0.97
    score = coverage(n, lambda tables: tango_lower(tables[:, 0], tables[:, 1], n))
    assert 0.83 < score < 0.94  # which is why it is no guarantee


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: cs.paired_difference(DATA, "before", "after"), InputError, "event: found None"),
        (lambda: cs.paired_difference(DATA, "before", "before", event="good"), InputError, "twice"),
        (lambda: cs.paired_difference(DATA, "before", "years", event="good"), InputError, "a number"),
        (lambda: cs.paired_difference(DATA, "before", "services", event="good"), InputError, r"services\[option\]"),
        (lambda: cs.paired_difference(DATA, "before", "mode", event="good"), UnknownName, "no answer 'good'"),
        (lambda: cs.paired_difference(DATA, "before", "after", event="god"), UnknownName, "Did you mean 'good'"),
        (lambda: cs.paired_difference(DATA, "before", "after", event="none or higher"), InputError, "every answer"),
        (lambda: cs.paired_difference(DATA, "before", "after", 3, event="good"), InputError, "it is counted"),
        (lambda: cs.paired_difference(3, 2, 5, event="good"), InputError, "with counts"),
        (lambda: cs.paired_difference(DATA, "before", 9, event="good"), InputError, "allowed is a text"),
        (lambda: cs.paired_test(DATA, "before", "agter", event="good"), UnknownName, "after"),
        (lambda: cs.paired_shift(DATA, "before", "mode"), InputError, "two Ordered questions with the same answers"),
        (lambda: cs.paired_shift([[1, 2, 3], [4, 5, 6]]), CountError, "2 rows and 3 columns"),
        (lambda: cs.paired_shift([[0, 0], [0, 0]]), CountError, "at least one person"),
        (lambda: cs.paired_shift(pd.DataFrame({"a": [1, 2], "b": [3, 4]})), CountError, "in the same order"),
        (lambda: cs.paired_shift([[1, 2], [3, 4]], "before", "after"), InputError, "found counts"),
        (lambda: cs.paired_shift([[1, 2], [3, 400]], method="exact-unconditional"), InputError, "allowed are 400"),
        (lambda: cs.paired_shift([[1, 2], [3, 4]], method="wald"), InputError, "exact-unconditional"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
