"""What a stranger reads first: who was asked, a sentence for each finding, and for whom it holds."""

from __future__ import annotations

import re

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.report.context import context_of
from csea_stats.report.opening import MOST_HEADLINES, _so_many, leads, summary
from csea_stats.report.sample import deck
from csea_stats.report.target_tables import claim_of
from csea_stats.survey.loading import load_survey
from csea_stats.workflow import estimate
from tests.report.test_page import Outline


def first_screen(page):
    return Outline(page[page.index("<header") : page.index('<nav class="toc"')]).text


def test_the_first_screen_says_who_how_many_how_found_and_what_is_firm(shipped_page):
    text = first_screen(shipped_page)
    for words in (
        "Respondents 49",
        "Convenience sample through partner contacts.",
        "46 of 49 (94%) say stigma and silence make children more vulnerable.",
        "More than half of people like these: Supported ; of the national workforce: Depends on who took part .",
        "35 of 49 (71%) rate public awareness poor.",
        "23 of 49 (47%) rate police knowledge poor or absent. People like these: 33 to 61% ; the national workforce,",
        "The one difference between groups that print allows is not settled for people like these.",
        "People like these: frontline workers like those who answered, allowing for chance alone.",
        "The national workforce: frontline support workers in Bosnia and Herzegovina;",
    ):
        assert words.replace(" ;", ";").replace(" .", ".") in text.replace(" ;", ";").replace(" .", ".")


def test_a_list_is_led_by_its_first_ranks_and_a_battery_by_what_differs_most(market):
    told = {sentence.href: sentence for sentence in summary(context_of(*market))}
    listed = told["#q-bought"]
    assert listed.strong == "62 or 63 of 120 (52 to 53%) named “fruit” (What was bought)."
    ranked = "Among people like these, this answer has rank 1 to 4."
    assert listed.rest.startswith(f"{ranked} Next: “meals” (56 or 57) and “bread” (45 or 46).")
    battery = told["#b-views"]
    assert battery.strong.startswith(
        "“Disagree” is the answer of 84 of 120 (70%) to “There are enough toilets”, the largest share, and of 9 or 10"
    )
    assert battery.verdicts == ()
    assert len(battery.population) == 2
    settled = told["#comparisons"]
    assert settled.strong == (
        "Two of three differences between groups are supported for people like these, "
        "with no correction for their number."
    )
    assert re.search(r"against .*, \d+ of \d+ \(\d+%\) against \d+ .*points?\.$", settled.rest)


def test_of_what_less_than_half_said_a_majority_is_not_asked(market, shipped):
    for values in (market, shipped):
        context = context_of(*values)
        for tiers in (t for items in context.items.values() for t in items if t.first.scale == "share" and t.observed):
            if tiers.observed[1] <= 0.5:
                assert claim_of(tiers) == ""
        for sentence in summary(context):
            if re.match(r"\d+ of \d+ \((\d+)%\)", sentence.strong):
                share = int(re.match(r"\d+ of \d+ \((\d+)%\)", sentence.strong)[1])
                assert bool(sentence.verdicts) == (share > 50)
                assert bool(sentence.people) == (share <= 50)


@pytest.mark.parametrize("which", ["shipped", "market", "other_of_40"])
def test_no_more_findings_than_are_read_and_each_question_once(which, request):
    context = context_of(*request.getfixturevalue(which))
    found = leads(context)
    assert 0 < len(found) <= MOST_HEADLINES
    assert len({lead.question.id for lead in found}) == len(found)
    if context.survey.headlines:
        assert [lead.question.id for lead in found] == list(context.survey.headlines)


@pytest.mark.parametrize(
    ("some", "of", "told"),
    [
        (1, 1, "the one difference"),
        (2, 2, "both differences"),
        (3, 3, "all three differences"),
        (0, 27, "none of 27 differences"),
        (7, 18, "7 of 18 differences"),
        (2, 9, "two of nine differences"),
    ],
)
def test_numbers_of_one_sentence_are_both_in_words_or_both_in_digits(some, of, told):
    assert _so_many(some, of) == told


TEA = """format = "csea-survey/1"
id = "tea"
title = "Tea"
respondents = 60
source = { title = "Tea drinkers", publisher = ["P"], country = "C", year = 2020, mode = "form", recruitment = "open" }
targets = { respondents = "the 60", superpopulation = "people like them", population = "everybody" }
[[question]]
id = "town"
label = "Lives in a town"
kind = "yes-no"
cells = [{ item = "yes", count = 40, where = "T1" }]
[[question]]
id = "tea"
label = "How often tea"
kind = "ordinal"
categories = ["never", "weekly", "daily"]
headline = ["never", "weekly"]
cells = [
  { item = ["never", "weekly"], count = 30, where = "T2" },
  { item = ["never", "weekly"], count = 28, base = 40, among = { question = "town", item = "yes" }, where = "T3" },
]
"""


def test_groups_of_a_yes_and_answers_that_are_joined_read_as_english(tmp_path):
    (tmp_path / "tea.toml").write_text(TEA)
    survey = load_survey(tmp_path / "tea.toml")
    assert deck(survey) == (
        "This page says, for each number printed in “Tea drinkers” (C, 2020), whom it speaks for and how far."
    )
    found, gap = summary(context_of(survey, audit(survey), estimate(survey)))
    assert found.assumed == "assuming ratios up to about 2.7"
    assert gap.rest.startswith(
        "How often tea, “never” or “weekly”: “yes” to “Lives in a town” against the rest, 28 of 40"
    )
