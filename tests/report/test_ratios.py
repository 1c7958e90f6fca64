"""What the slider moves: the page's own numbers at the three strengths, the rule's own verdicts, outward between."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.claims.check import checked_claims
from csea_stats.report.context import context_of, key_of, ratio_of
from csea_stats.report.page import page_html
from csea_stats.report.ratios import MARKS, WORDS, claimed, ratios_data
from csea_stats.report.target_tables import bound, span
from csea_stats.report.templating import stylesheet
from csea_stats.results.goals import against
from csea_stats.results.verdicts import population_verdict
from csea_stats.survey.loading import load_survey
from csea_stats.survey.named_files import survey_names
from csea_stats.workflow import estimate


@pytest.fixture(
    scope="module", params=["shipped", "market", "other_of_40", pytest.param("dask-users-2019", marks=pytest.mark.slow)]
)
def both(request):
    if request.param in survey_names():
        survey = load_survey(request.param)
        context = context_of(survey, audit(survey), estimate(survey))
    else:
        context = context_of(*request.getfixturevalue(request.param))
    return context, ratios_data(context, None)


def test_at_the_three_strengths_it_says_what_the_page_says(both):
    context, data = both
    seen = 0
    for tiers in (t for items in context.items.values() for t in items if key_of(t)):
        item = data["items"][key_of(tiers)]
        for place, one in zip(MARKS, tiers.population, strict=True):
            assert data["ratios"][place] == pytest.approx(ratio_of(one))
            assert item["i"][place] == (span(one) or "not computed")
            if one.interval is None:
                continue
            assert item["w"][place] == bound(one)
            ends = (one.interval.lower, one.interval.upper)
            assert item["b"][place][:2] == [round(1000 * end) for end in ends]
            seen += 1
        assert item["i"][0] == (span(tiers.people) or "not computed")
    assert seen > 10


def test_the_words_at_the_three_strengths_together_are_the_verdict(both):
    context, data = both
    for tiers in (t for items in context.items.values() for t in items if key_of(t)):
        verdict, digits = tiers.population[0].verdict, data["items"][key_of(tiers)].get("v")
        assert (verdict is None) == (digits is None)
        if verdict is None:
            continue
        told = {WORDS[int(digits[place])] for place in MARKS}
        if verdict.word == "depends on who took part":
            assert told == {"supported", "not settled"}
        elif len(told) == 1:
            assert told == {verdict.word}
        else:
            assert verdict.word == "not settled"
            assert told == {"contradicted", "not settled"}


def test_a_verdict_once_lost_does_not_come_back(both):
    for item in both[1]["items"].values():
        assert re.fullmatch("0*2*|1*2*", item.get("v", "2"))


def test_bars_never_get_narrower(both):
    for item in both[1]["items"].values():
        bars = [bar for bar in item.get("b", []) if bar]
        for one, other in pairwise(bars):
            assert other[0] <= one[0]
            assert other[1] >= one[1]


def test_a_difference_takes_the_next_strength_it_is_estimated_at(both):
    context, data = both
    for index, one in enumerate(context.contrasts, 1):
        words, strengths = (
            data["items"][f"c-{index}"]["i"],
            [span(e).removesuffix(" points") for e in one.gap.population],
        )
        assert words[0] == span(one.gap.people).removesuffix(" points")
        assert [words[place] for place in MARKS] == strengths
        assert words[MARKS[0] + 1] == f"{words[MARKS[1]]} (at 2.7)"  # its own ratio, not the slider's
        assert words[-1] == "not computed"


def test_statements_about_a_share_move_by_the_same_rule(shipped_claims):
    told = claimed(shipped_claims, 0.95)
    assert len(told) > 10
    for result in shipped_claims:
        digits = told.get(f"s-{result.claim.id}")
        if digits is None:
            continue
        found = {WORDS[int(digits[place])] for place in MARKS}
        word = result.verdicts.workforce.word
        assert found == ({word} if word != "depends on who took part" else {"supported", "not settled"})


def test_it_costs_little(shipped, shipped_claims):
    context = context_of(*shipped)
    begun = time.process_time()
    ratios_data(context, shipped_claims)
    assert time.process_time() - begun < 1.0


def test_the_script_is_small_and_asks_nobody():
    script = stylesheet("page.js")
    assert len(script.encode()) < 15_000
    for word in ("fetch", "XMLHttp", "import", "http", "eval", "localStorage", "cookie", "WebSocket", "Image("):
        assert word not in script


def test_what_the_page_carries_is_closed_json(market_page):
    (text,) = re.findall(r'<script type="application/json" id="ratios">(.*?)</script>', market_page, re.DOTALL)
    data = json.loads(text)
    keys = set(re.findall(r'data-[ibmwv]="([^"]+)"', market_page))
    assert keys
    assert keys <= set(data["items"])
    assert "<" not in text


@pytest.mark.slow
def test_no_statement_moves_whose_verdict_the_ratio_does_not_reach(shipped, tmp_path):
    path = tmp_path / "few.toml"
    path.write_text(
        'format = "csea-claims/1"\nsurvey = "bosnia-herzegovina-2021"\n[[claim]]\nid = "c"\nsection = "S"\n'
        'text = "T."\nheadline = true\ntest = { kind = "rank", question = "barriers", item = "culture of silence", '
        "top = 2 }\n",
        encoding="utf-8",
    )
    claims = checked_claims(shipped[0], shipped[1], path)
    assert claimed(claims, 0.95) == {}
    assert 'data-v="s-' not in page_html(*shipped, claims)


def test_one_strength_by_itself_is_judged_by_the_rule_of_all(shipped):
    """The digit is the word of `population_verdict` on the intervals of that ratio alone."""
    from csea_stats.estimators.ratio_grid import shares_at_ratios

    context = context_of(*shipped)
    data = ratios_data(context, None)
    (each,) = shares_at_ratios([((35, 49),)])
    words = [population_verdict({at.ratio: at.every}, against(0.5)).word for at in each]
    assert [WORDS[int(digit)] for digit in data["items"]["35/49?"]["v"]] == words
