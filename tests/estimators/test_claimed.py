"""What is claimed of an estimate: a side, a range, at a strength with a reason."""

from __future__ import annotations

import pytest

import csea_stats as cs

SIDES = {
    "share": (lambda **k: cs.proportion(10, 49, **k), "below"),
    "difference": (lambda **k: cs.difference((3, 24), (12, 25), **k), "below"),
    "pair": (lambda **k: cs.paired_difference(46, 35, 49, **k), "above"),
    "superiority": (lambda **k: cs.superiority([0, 2, 20], [12, 9, 1], **k), "above"),
    "ordinal": (lambda **k: cs.ordinal([40, 5, 4], ["a", "b", "c"], **k)[0], "above"),
    "joint": (lambda **k: cs.multinomial([40, 5, 4], threshold=0.5, **k)[0], "above"),
    "picked": (lambda **k: cs.picks([40, 30, 12, 10], 46, 2, threshold=0.5, **k)[3], "below"),
    "rank": (lambda **k: cs.ranks([40, 30, 12, 10], 46, threshold=2.5, **k)[0], "below"),
}


@pytest.mark.parametrize("name", SIDES)
def test_what_is_supported_of_one_side_is_contradicted_of_the_other(name):
    call, usual = SIDES[name]
    words = {side: call(claim=side).verdict.word for side in ("above", "below")}
    assert set(words.values()) == {"supported", "contradicted"}
    usually, claimed = call().verdict, call(claim=usual).verdict
    assert (usually.word, usually.rate, usually.seen, claimed.seen) == ("supported", claimed.rate, True, False)
    assert usually.why.partition(": ")[0] == f"{claimed.why.partition(': ')[0]}, the side seen"
    assert call(target=cs.Respondents()).verdict.word == "true of them"
    assert "claim='below'" in call(claim="below").provenance.call


def test_a_side_beyond_another_threshold():
    assert cs.difference((3, 24), (12, 25), threshold=0.1, claim="above").verdict.word == "contradicted"
    assert cs.difference((3, 24), (12, 25), threshold=-0.05, claim="below").verdict.word == "supported"


@pytest.mark.parametrize("claim", ["over", "within", True, 1])
def test_another_side_is_refused(claim):
    with pytest.raises(cs.CseaStatsError, match="claim"):
        cs.proportion(10, 49, claim=claim)


def test_a_share_within_a_range():
    words = [cs.proportion(x, 120, within=(0.4, 0.6)).verdict for x in (60, 55, 20)]
    assert [verdict.word for verdict in words] == ["supported", "not settled", "contradicted"]
    assert words[0].within == (0.4, 0.6)
    assert words[0].why == "Between 40 and 60%: every interval lies inside both ends."
    few = cs.proportion(24, 49, within=(0.4, 0.6)).verdict
    assert (few.word, few.needed) == ("too few answers", (96, 48))
    assert "it is between 40 and 60%" in str(cs.proportion(60, 120, within=(0.4, 0.6)))


def test_two_shares_as_good_as_equal():
    """Both one-sided exact tests at half the error, and every interval inside."""
    alike = cs.difference((100, 200), (101, 200), within=(-0.15, 0.15))
    assert alike.verdict.word == "supported"
    assert max(abs(end) for one in (alike.interval, alike.companion) for end in (one.lower, one.upper)) < 0.15
    assert cs.difference((10, 20), (10, 20), within=(-0.15, 0.15)).verdict.word == "too few answers"
    assert cs.difference((20, 20), (2, 20), within=(-0.15, 0.15)).verdict.word == "contradicted"
    with pytest.raises(cs.CseaStatsError, match="within"):
        cs.difference((10, 20), (10, 20), within=(0.15, -0.15))


@pytest.mark.slow
def test_pairs_and_superiority_within_a_range():
    """The range is reached from both sides: with more people of the same shares, and not with a few."""
    pair = cs.paired_difference(100, 101, 200, 90, within=(-0.15, 0.15))
    assert (pair.verdict.word, pair.verdict.within, pair.verdict.rate) == (
        "supported",
        (-0.15, 0.15),
        pytest.approx(0.05),
    )
    assert "within=(-0.15, 0.15)" in pair.provenance.call
    assert cs.paired_difference(10, 10, 20, 9, within=(-0.15, 0.15)).verdict.word == "too few answers"
    assert cs.paired_difference(20, 2, 20, within=(-0.15, 0.15)).verdict.word == "contradicted"
    shift = cs.paired_shift([[80, 6, 0], [7, 80, 6], [0, 7, 80]], within=(-0.15, 0.15))
    assert shift.verdict.word == "supported"
    assert cs.superiority([0, 2, 40], [40, 9, 1], within=(0.4, 0.6)).verdict.word == "contradicted"


@pytest.mark.slow
def test_superiority_of_groups_alike_within_a_range():
    for people, word in ((100, "supported"), (10, "not settled")):
        found = cs.superiority([people, people, people], [people, people, people], within=(0.4, 0.6))
        assert (found.verdict.word, found.threshold) == (word, None)


def test_a_rank_is_judged_by_its_joint_set():
    counts = {"a": 40, "b": 30, "c": 12, "d": 12}
    for target in (cs.Superpopulation(), cs.Population(cs.SelectionBounds(ratio=1.1))):
        for one in cs.ranks(counts, 46, threshold=2.5, claim="below", target=target):
            ends = one.interval.lower, one.interval.upper
            word = "supported" if ends[1] < 2.5 else "contradicted" if ends[0] > 2.5 else "not settled"
            assert (one.verdict.word, one.verdict.rate) == (word, pytest.approx(0.05))
    tied = cs.ranks(counts, 46, threshold=3.5, claim="below", target=cs.Respondents())
    assert [one.verdict.word for one in tied] == [
        "true of them",
        "true of them",
        "not true of them",
        "not true of them",
    ]
    assert cs.ranks(counts, 46, threshold=1.5)[0].verdict.why.startswith("Among the first, the side seen: ")
    assert "it is among the first 2" in str(cs.ranks(counts, 46, threshold=2.5)[0])
    with pytest.raises(cs.CseaStatsError, match="threshold"):
        cs.ranks(counts, 46, threshold=7.5)


TIES = {
    "share": (lambda **k: cs.proportion(5, 10, **k), "More or less than half", "more or fewer than half do"),
    "difference": (lambda **k: cs.difference((5, 10), (10, 20), **k), "Above or below zero", "above or below zero"),
    "ratio": (
        lambda **k: cs.difference((5, 10), (10, 20), measure="ratio", **k),
        "Above or below 1",
        "above or below 1",
    ),
    "pairs": (lambda **k: cs.paired_difference(9, 9, 20, 5, **k), "Above or below zero", "above or below zero"),
    "superiority": (lambda **k: cs.superiority([2, 3], [4, 6], **k), "More or less than half", "above or below half"),
    "rank": (
        lambda **k: cs.ranks([5, 5, 5], 10, threshold=1.5, **k)[0],
        "Clearly among the first or clearly not",
        "clearly among the first or clearly not",
    ),
}


@pytest.mark.parametrize("name", TIES)
def test_where_no_side_was_seen_none_is_judged(name):
    call, claim, words = TIES[name]
    for target, word in ((cs.Superpopulation(), "not settled"), (cs.Respondents(), "not true of them")):
        found = call(target=target)
        verdict = found.verdict
        assert (verdict.word, verdict.direction, verdict.seen) == (word, "either", True)
        assert verdict.why.startswith(claim)
        assert ", neither side seen: " in verdict.why
        assert words in str(found)
        kept = cs.Estimates([found])
        assert cs.Estimates.from_json(kept.to_json()) == kept
        turned = [call(target=target, claim=side).verdict for side in ("above", "below")]
        assert [(one.word, one.direction) for one in turned] == [(word, "above"), (word, "below")]


def test_a_population_that_leans_is_judged_on_either_side():
    """Half of those who answered say so, and they were at least five times as ready to take part."""
    leaning = cs.Population(cs.Selection(tau=0.1, mean=1.6, reason="asked through a list of them"))
    found = cs.proportion(100, 200, target=leaning)
    assert found.interval.upper < 0.5
    assert (found.verdict.word, found.verdict.direction) == ("supported", "either")


def test_tied_ranks_are_the_set_that_the_tie_allows():
    counts, respondents = [9, 7, 7, 2], cs.Respondents()
    first = {"below": [True, False, False, False], "above": [False, False, False, True]}
    for side, held in first.items():  # among the first two, or not
        found = cs.ranks(counts, 12, threshold=2.5, claim=side, target=respondents)
        assert [one.verdict.word == "true of them" for one in found] == held
    seen = cs.ranks(counts, 12, threshold=2.5, target=respondents)
    assert [one.verdict.direction for one in seen] == ["below", "either", "either", "above"]
    assert [one.verdict.word for one in seen] == ["true of them", *["not true of them"] * 2, "true of them"]
    inside = cs.ranks(counts, 12, threshold=3.5, target=respondents)  # the tie lies on one side
    assert [one.verdict.word for one in inside] == ["true of them"] * 4
    printed = cs.ranks([9, {6, 8}, 7, 2], 12, threshold=2.5, claim="below", target=respondents)
    assert [one.verdict.word for one in printed[1:3]] == ["print unclear", "print unclear"]


def test_the_tipping_point_of_either_side():
    """Of a share below the threshold it is that of the others, of whom there are more."""
    for count in (0, 9, 24, 49):
        low, high = cs.tipping_ratio(count, 49, claim="below"), cs.tipping_ratio(49 - count, 49, claim="above")
        assert low.value == pytest.approx(high.value)
        assert low.interval.lower == pytest.approx(high.interval.lower)
        assert low.companion.upper == pytest.approx(high.companion.upper)
    assert cs.tipping_ratio(9, 49) == cs.breakdown_ratio(9, 49)
    assert cs.tipping_ratio(9, 49).estimand == "participation ratio of the others at which the share is half"


def test_a_strength_with_a_reason_is_judged_by_itself():
    for count in (38, 42, 45, 49):
        found = {}
        for reason in (None, "a register of 60, of whom 49 answered"):
            target = cs.Population(cs.Selection(tau=0.25, reason=reason))
            found[reason is None] = cs.proportion(count, 49, target=target)
        stated, usual = found[False], found[True]
        assert stated.interval == usual.interval
        assert [name for name, _ in stated.sensitivity] == [name for name, _ in usual.sensitivity]
        if usual.verdict.word == "depends on who took part":
            assert stated.verdict.word == "supported"
    assert found[True].verdict.word == "supported"


def test_a_method_without_a_form_for_the_utmost_counts_leaves_it_unknown():
    found = cs.superiority([2, 8, 9, 4, 1], [1, 12, 8, 3, 1], method="brunner-munzel").verdict
    assert (found.word, found.attainable) == ("not settled", None)


@pytest.mark.slow_for("of 14")
@pytest.mark.parametrize(
    "settings",
    [
        {"within": (0.3, 0.6), "target": cs.FinitePopulation(14)},
        {"within": (0.3, 0.6), "target": cs.Superpopulation(design_effect=1.5), "level": 0.8},
        {"within": (0.3, 0.8), "target": cs.Population(cs.SelectionBounds(ratio=1.3), size=15), "level": 0.9},
        {"within": (0.4, 0.41)},
        {"threshold": 0.9, "claim": "above", "method": "clopper-pearson", "level": 0.9},
        {"threshold": 0.9, "claim": "above", "method": "agresti-coull", "level": 0.9},
    ],
    ids=["of 14", "design effect", "bounds", "narrow", "clopper-pearson", "agresti-coull"],
)
def test_what_so_many_can_show_is_what_some_count_of_them_shows(settings):
    """By the verdict on every count: in a population of known size and by another method, too."""
    verdicts = [cs.proportion(count, 13, **settings).verdict for count in range(14)]
    some = any(verdict.word == "supported" for verdict in verdicts)
    assert {verdict.attainable for verdict in verdicts} - {None} == {some}
    assert some == all(verdict.word != "too few answers" for verdict in verdicts)


@pytest.mark.parametrize("method", ["agresti-coull", "clopper-pearson", "blaker"])
def test_the_least_base_is_that_of_the_method_asked(method):
    asked = {"threshold": 0.8, "claim": "above", "method": method, "level": 0.9}
    least = next(n for n in range(1, 99) if cs.proportion(n, n, **asked).verdict.word == "supported")
    assert cs.proportion(10, 12, **asked).verdict.needed == (least, least)


@pytest.mark.parametrize(
    ("sizes", "within", "some"),
    [((3, 4), (-0.6, 0.6), True), ((3, 4), (-0.3, 0.3), False), ((2, 5), (-0.2, 0.9), True)],
)
def test_what_two_groups_can_show_of_a_range_is_what_some_table_shows(sizes, within, some):
    n1, n2 = sizes
    verdicts = [
        cs.difference((x1, n1), (x2, n2), within=within, level=0.8).verdict
        for x1 in range(n1 + 1)
        for x2 in range(n2 + 1)
    ]
    assert any(verdict.word == "supported" for verdict in verdicts) == some
    assert {verdict.attainable for verdict in verdicts} - {None} == {some}
    assert {verdict.word for verdict in verdicts} & {"not settled", "too few answers"} == (
        {"not settled"} if some else {"too few answers"}
    )
    assert all("ratios" not in verdict.why for verdict in verdicts)  # which are heard of equal shares alone


@pytest.mark.slow_for("within1-False")
@pytest.mark.parametrize(("within", "some"), [((-0.5, 0.5), True), ((-0.1, 0.1), False), ((-0.2, 0.8), True)])
def test_what_pairs_can_show_of_a_range_is_what_some_table_shows(within, some):
    pairs = [(b, c) for b in range(8) for c in range(8 - b)]
    verdicts = [cs.paired_difference(b, c, 7, 0, within=within, level=0.8).verdict for b, c in pairs]
    assert any(verdict.word == "supported" for verdict in verdicts) == some
    assert {verdict.attainable for verdict in verdicts} - {None} == {some}
    assert ("too few answers" in {verdict.word for verdict in verdicts}) != some
