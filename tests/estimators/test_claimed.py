"""What is claimed of an estimate: a side, a range, at a strength with a reason."""

from __future__ import annotations

import pytest

import csea_stats as cs

SIDES = {
    "share": (lambda **k: cs.proportion(10, 49, **k), "above"),
    "difference": (lambda **k: cs.difference((3, 24), (12, 25), **k), "below"),
    "pair": (lambda **k: cs.paired_difference(46, 35, 49, **k), "above"),
    "superiority": (lambda **k: cs.superiority([0, 2, 20], [12, 9, 1], **k), "above"),
    "ordinal": (lambda **k: cs.ordinal([40, 5, 4], ["a", "b", "c"], **k)[0], "above"),
    "joint": (lambda **k: cs.multinomial([40, 5, 4], threshold=0.5, **k)[0], "above"),
}


@pytest.mark.parametrize("name", SIDES)
def test_what_is_supported_of_one_side_is_contradicted_of_the_other(name):
    call, usual = SIDES[name]
    words = {side: call(claim=side).verdict.word for side in ("above", "below")}
    assert set(words.values()) == {"supported", "contradicted"}
    assert call().verdict.word == words[usual]
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
    assert words[0].why == "Between 40 and 60%: every interval lies on that side."
    few = cs.proportion(24, 49, within=(0.4, 0.6)).verdict
    assert (few.word, few.needed) == ("too few answers", (96, 48))
    assert "it is between 40 and 60%" in str(cs.proportion(60, 120, within=(0.4, 0.6)))


def test_two_shares_as_good_as_equal():
    """Both one-sided exact tests at half the error, and every interval inside."""
    alike = cs.difference((100, 200), (101, 200), within=(-0.15, 0.15))
    assert alike.verdict.word == "supported"
    assert max(abs(end) for one in (alike.interval, alike.companion) for end in (one.lower, one.upper)) < 0.15
    assert cs.difference((10, 20), (10, 20), within=(-0.15, 0.15)).verdict.word == "not settled"
    assert cs.difference((20, 20), (2, 20), within=(-0.15, 0.15)).verdict.word == "contradicted"
    with pytest.raises(cs.CseaStatsError, match="within"):
        cs.difference((10, 20), (10, 20), within=(0.15, -0.15))


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
