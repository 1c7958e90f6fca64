"""From print to estimates: every printed item, every tier, every count that print allows, every doubt."""

import dataclasses

import pytest

import csea_stats as cs
from csea_stats.results.estimates import Estimates
from csea_stats.tabulation.naming import asks_half, choices_each, item_label, item_name


@pytest.fixture
def survey(shipped_survey):
    return shipped_survey


@pytest.fixture
def checked(shipped_audit):
    return shipped_audit


@pytest.fixture
def numbers(shipped_estimates):
    return shipped_estimates


def shares(numbers, question, item):
    return [e for e in numbers.where(question=question, item=item) if e.estimand in ("share", "cumulative share")]


def test_every_printed_item_has_every_tier(survey, numbers):
    for question in survey.question:
        for cell in question.cells:
            if cell.among is not None:
                continue
            wanted = [(item,) for item in cell.items] if cell.unlabelled else [cell.items]
            for items in wanted:
                ordered = sorted(items, key=question.categories.index)
                found = shares(numbers, question.id, item_name(question, ordered))
                assert len(found) == 5, (question.id, items)
                kinds = [type(estimate.target).__name__ for estimate in found]
                assert kinds == ["Respondents", "Superpopulation", "Population", "Population", "Population"]


def test_counts_are_those_of_the_audit(survey, checked, numbers):
    for question in survey.question:
        for item in question.categories:
            for estimate in shares(numbers, question.id, item):
                assert {vector[0] for vector in estimate.counts} == set(checked.counts_of(question.id, item))
                assert estimate.base == (checked.base(question.id),)


def test_the_same_numbers_as_from_bare_counts(numbers):
    for item, count in (("poor", 35), ("fair", 10), ("good", 3)):
        found = shares(numbers, "awareness", item)
        for mine, bare in zip(found, cs.proportion(count, 49, target=cs.TIERS), strict=True):
            assert mine.interval == bare.interval
            assert mine.companion == bare.companion
            assert mine.value == bare.value


def test_an_answer_that_is_not_printed_is_carried_as_a_set(numbers):
    for estimate in shares(numbers, "awareness", "poor or lower"):
        assert estimate.counts == ((35,), (36,))
        assert estimate.bounds is not None or estimate.value is None
    hull = shares(numbers, "awareness", "poor or lower")[1].interval
    low, high = cs.proportion(35, 49).interval, cs.proportion(36, 49).interval
    assert (hull.lower, hull.upper) == (low.lower, high.upper)


def test_the_subgroup_is_set_against_the_rest(numbers):
    found = [e for e in numbers.where(question="awareness") if e.estimand == "difference"]
    assert len(found) == 5
    assert all(estimate.base == (7, 42) and estimate.counts == ((7, 28),) for estimate in found)
    assert found[0].value == pytest.approx(1 - 28 / 42)
    assert found[1].verdict.word == "not settled"
    assert all("chosen-after" in {doubt.code for doubt in estimate.caveats} for estimate in found)


def test_print_conflicts_reach_the_numbers(numbers):
    for item in ("more girls", "no comment", "more boys"):
        code = "print-impossible" if item == "more boys" else "print-conflict"
        for estimate in shares(numbers, "gender-trends", item):
            assert code in {doubt.code for doubt in estimate.caveats}
    assert shares(numbers, "gender-trends", "more girls")[0].counts == ((14,), (15,))


def test_statuses_reach_the_numbers(numbers):
    def codes(question, item):
        return {doubt.code for doubt in shares(numbers, question, item)[1].caveats}

    assert "label-by-order" in codes("barriers", "no helpline")
    assert "label-by-order" not in codes("barriers", "culture of silence")
    assert "label-unknown" in codes("girls-age", "16-17 years")
    assert "choices-recognised" in codes("barriers", "no helpline")
    assert "mentions" in codes("needs", "emotional support")
    assert "views-not-events" in codes("boys-age", "0-5 years")
    assert "print-impossible" in codes("boys-age", "6-10 years")


def test_a_group_is_named_in_the_target(numbers):
    words = [estimate.target.words for estimate in shares(numbers, "boys-age", "0-5 years")]
    assert words[0] == "the 24 workers who have supported boys over exploitation or abuse online"
    assert words[1] == "workers like these 24"
    assert words[2].endswith("who have supported boys over exploitation or abuse online")
    rest = numbers.where(question="awareness", item="poor among the rest")
    assert rest[0].target.words == "the other 42 workers"


def test_relations_that_print_does_not_give(numbers):
    unknown = [e for e in numbers if any(d.code == "margin-not-printed" for d in e.caveats)]
    assert [(e.question, e.bounds, e.verdict.word) for e in unknown] == [
        *[("services", (-1.0, 1.0), "cannot be checked")] * 2,  # two services are named without a number
        ("awareness", (-1.0, 1.0), "cannot be checked"),
    ]
    assert "does not give the number of “reintegration support”" in str(unknown[1])
    open_ones = [e for e in numbers if any(d.code == "not-identified" for d in e.caveats)]
    gaps = [e for e in open_ones if e.estimand == "difference between groups"]
    assert {e.question for e in gaps} == {"services", "social-factors"}
    assert all(e.bounds[0] < 0 < e.bounds[1] and e.verdict.word == "cannot be checked" for e in gaps)
    by_hand = next(e for e in gaps if e.item == "one-on-one counselling by Type of organisation: government minus NGO")
    assert by_hand.bounds == (pytest.approx(4 / 27 - 1), pytest.approx(26 / 27))  # 26 of 49; groups of 27, 14 and 8


def test_half_is_asked_only_where_an_interval_reaches_it(numbers):
    assert asks_half([(27, 49)], 0.95)
    assert not asks_half([(8, 49)], 0.95)
    for estimate in numbers:
        if estimate.scale == "share" and estimate.threshold is None:
            assert estimate.verdict is None


def test_joint_intervals_hold_the_marginal_ones(numbers):
    joint = [e for e in numbers if e.estimand == "share, jointly"]
    assert {e.question for e in joint} >= {"organisation", "beliefs", "barriers", "police-knowledge"}
    for estimate in joint:
        single = shares(numbers, estimate.question, estimate.item)[1]
        assert estimate.interval.simultaneous >= 3
        assert estimate.interval.upper - estimate.interval.lower > single.interval.upper - single.interval.lower


def test_provenance_names_print_and_survey(numbers):
    for estimate in numbers:
        assert estimate.provenance.survey in ("bosnia-herzegovina-2021", None) or estimate.provenance.places
        assert estimate.caveats


@pytest.mark.slow
def test_order_of_the_survey_and_round_trip(survey, numbers):
    ids = [question.id for question in survey.question]
    order = [e.question for e in numbers if not any(d.code.startswith(("not-id", "margin")) for d in e.caveats)]
    assert order == sorted(order, key=ids.index)
    assert Estimates.from_json(numbers.to_json()) == numbers


@pytest.mark.slow
def test_another_level(survey):
    asked = tuple(question for question in survey.question if question.id in ("age", "awareness"))
    short = dataclasses.replace(survey, question=asked, battery=(), headlines=(), crosstab=())
    wide = cs.estimate(short, level=0.99).where(question="awareness", item="poor", target=cs.Superpopulation)[0]
    assert wide.interval.level == 0.99
    assert wide.interval.lower < cs.proportion(35, 49).interval.lower


def test_choices_are_recognised_not_assumed(survey, checked):
    found = {q.id: choices_each(q, checked) for q in survey.question if q.kind == "multiple"}
    assert found["beliefs"] == 3
    assert found["barriers"] == 3
    assert found["social-factors"] is None
    assert found["services"] is None


def test_names_of_items(survey):
    awareness = next(q for q in survey.question if q.id == "awareness")
    assert item_name(awareness, ("none", "poor")) == "poor or lower"
    assert item_name(awareness, ("good", "excellent")) == "good or higher"
    assert item_name(awareness, ("none", "fair")) == "none + fair"
    plain = dataclasses.replace(awareness, says={})
    assert item_label(plain, ("none", "poor")) == "gave “none” or “poor” (Public awareness)"
    assert item_label(plain, ("none", "poor", "fair")) == "gave “none” to “fair” (Public awareness)"


def test_only_a_survey_goes_in():
    with pytest.raises(cs.CseaStatsError, match="load_survey"):
        cs.estimate(42)


def test_ranks_hold_jointly_and_contain_the_observed_ones(survey, checked, numbers):
    ranked = [e for e in numbers if e.estimand == "rank, jointly"]
    assert {e.question for e in ranked} == {
        *("organisation", "gender-trends", "beliefs", "social-factors", "barriers", "services"),
        *("compensation-possible", "compensation-known", "scenario-student", "scenario-uncle"),
    }
    questions = {question.id: question for question in survey.question}
    for estimate in ranked:
        question = questions[estimate.question]
        low, high = estimate.bounds or (estimate.value, estimate.value)
        assert estimate.interval.lower <= low <= high <= estimate.interval.upper
        assert estimate.interval.simultaneous == (question.list_length or len(question.categories))
        assert estimate.provenance.places
    barriers = [e for e in ranked if e.question == "barriers"]
    counts = [checked.counts_of("barriers", e.item)[0] for e in barriers]
    bare = cs.ranks([*counts, 0], 49, chosen=3)  # the list has an eighteenth answer, which nobody named
    assert len(barriers) == 17
    for mine, other in zip(barriers, bare, strict=False):
        assert (mine.interval, mine.value, mine.bounds) == (other.interval, other.value, other.bounds)
        assert "Of 18 answers offered print shows 17" in str(mine)
    beliefs = [(e.interval.lower, e.interval.upper) for e in ranked if e.question == "beliefs"]
    assert beliefs == [(1, 2)] * 2 + [(3, 7)] * 5


def test_an_open_count_opens_the_ranks(numbers):
    services = [e for e in numbers if e.estimand == "rank, jointly" and e.question == "services"]
    # Two answers are named without a number: they could come before or after any other.
    assert len(services) == 5
    assert services[0].bounds == (1, 3)
    assert all((e.interval.lower, e.interval.upper) == (1, 7) for e in services)


def test_a_majority_is_bounded_among_all_who_began(numbers):
    began = {(e.question, e.item): e for e in numbers if e.estimand == "share of all who began"}
    poor = began["awareness", "poor"]
    assert poor.bounds == (35 / 105, 91 / 105)  # 49 answered, 56 were turned away
    assert poor.interval is None
    assert {"nothing-assumed", "turned-away"} <= {doubt.code for doubt in poor.caveats}
    tipping = {(e.question, e.item) for e in numbers if e.estimand == "tipping point"}
    assert set(began) <= tipping
    assert len(began) > 20
