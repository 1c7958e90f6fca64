"""A sentence cannot be made without its target, level, kind, base and caveats."""

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.results.sentences import citation, sentence

TIERS = cs.proportion(35, 49, target=cs.TIERS, label="rate public awareness poor")
EVERY = [
    *TIERS,
    *cs.proportion({34, 35}, 49, target=cs.TIERS),
    *cs.difference((7, 7), (28, 42), target=cs.TIERS),
    *cs.crosstab_bounds(35, 24, 49),
    *cs.multinomial([11, 13, 9, 1, 15]),
    *cs.ordinal([3, 20, 17, 7, 2], ["none", "poor", "fair", "good", "excellent"]),
    *cs.picks([35, 30, 24, 18, 14, 12, 9, 5], 49, chosen=3),
    cs.breakdown_ratio(35, 49),
    cs.proportion(0, 7),
    cs.proportion(7, 7, level=0.9, method="blaker"),
    cs.proportion(35, 49, target=cs.FinitePopulation(200)),
    cs.proportion(35, 49, target=cs.Population(cs.SelectionBounds(ratio=2))),
]


@pytest.mark.parametrize("estimate", EVERY, ids=lambda e: f"{e.estimand}-{type(e.target).__name__}")
def test_nothing_is_left_out(estimate):
    text = sentence(estimate)
    assert str(estimate) == text
    assert estimate.target.words in text or (not estimate.interval and "among these" in text)
    assert all(doubt.text in text for doubt in estimate.caveats)
    for interval in filter(None, (estimate.interval, estimate.companion)):
        assert f"{interval.level * 100:g}% {interval.kind} interval" in text
    if estimate.verdict:
        assert estimate.verdict.word in text.replace("Cannot be checked", "cannot be checked")
    for base in estimate.base:
        assert str(base) in text, base
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert ".." not in text
    assert "  " not in text


@pytest.mark.parametrize("estimate", EVERY, ids=lambda e: f"{e.estimand}-{type(e.target).__name__}")
def test_words_that_mislead_do_not_occur(estimate):
    text = sentence(estimate).lower()
    for word in ("margin of error", "significant", "proves", "no difference", "*", " nan ", " none of"):
        assert word not in text


def test_a_citation_tells_all_tiers_and_their_caveats():
    assert citation(TIERS) == (
        "35 of 49 (71%) rate public awareness poor, counted among these respondents; "
        "among people like these the share is 58 to 83% [58 to 82%], allowing for chance alone; "
        "among the population it is 44 to 89% [34 to 92%], if participation differed within about 2.7 times either way "
        "(assumed, with 95% probability). "
        "More than half: supported allowing for chance alone; not settled for the population. "
        "Intervals: 95% credible interval, Jeffreys; in brackets 95% confidence interval, Wilson, with no prior on "
        "participation for the population."
    )


def test_a_citation_keeps_every_doubt_it_does_not_tell_itself():
    tiers = cs.proportion({34, 35}, 49, target=cs.TIERS)
    assert "Print leaves several counts possible (34 or 35)" in citation(tiers)
    few = cs.proportion(7, 7, target=cs.TIERS)
    assert "Only 7 people" in citation(few)


def test_a_citation_is_of_one_item():
    with pytest.raises(InputError, match="one item"):
        citation([])
    other = cs.difference((7, 7), (28, 42))
    with pytest.raises(InputError, match="one item"):
        citation([TIERS[0], other])


def test_a_difference_names_both_groups():
    text = str(cs.difference((7, 7), (28, 42)))
    assert "7 of 7 (100%) against 28 of 42 (67%)" in text
    assert "+2 to +45 points" in text or "+2 to +46 points" in text
    assert "−4 to +48 points" in text
    assert "not settled" in text


def test_a_tipping_point_names_its_threshold_and_its_value():
    half, quarter = (str(cs.breakdown_ratio(35, 49, threshold=at)) for at in (0.5, 0.25))
    assert "participation ratio at which the share is half is 1.4 to 4.7" in half
    assert "at the observed share it is 2.5." in half
    assert "participation ratio at which the share is a quarter" in quarter
    assert "at the observed share it is 7.5." in quarter


def test_a_direction_of_selection_is_in_the_condition():
    believed = cs.Selection(tau=0.25, mean=0.693, reason="keen")
    text = str(cs.proportion(35, 49, target=cs.Population(believed)))
    assert "if those who gave this answer were 1.2 to 3.3 times as likely to take part" in text
    assert "1.6 times" not in text


def test_halves_are_rounded_as_print_rounds_them():
    assert "3 of 24 (13%)" in str(cs.proportion(3, 24))
    assert "9 of 24 (38%)" in str(cs.proportion(9, 24))


def test_a_model_of_these_respondents_is_no_count():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    fit = cs.fit("awareness ~ cat(age)", cs.tabulate(survey, "awareness", by="age"))
    text = str(fit.effects(target=cs.Respondents())[0])
    assert "the model's average over" in text
    assert "counted among" not in text
