"""How a share is told of which print does not give the base: counts with their bases, never a number of counts."""

import html
import re

import pytest

import csea_stats as cs
from csea_stats.auditing.audit import audit
from csea_stats.report.page import page_html
from csea_stats.results.counted_shares import share_words
from tests.survey_files import survey_text

QUESTIONS = """
[[question]]
id = "trained"
label = "Trained"
kind = "yes-no"
base = "not printed"
where = "T"
percents = { yes = "27" }
[[question]]
id = "view"
label = "View"
kind = "ordinal"
base = "not printed"
where = "T"
answers = ["low", "middle", "high"]
percents = { low = "27", middle = "33", high = "40" }
[[question]]
id = "heard"
label = "Heard"
kind = "multiple"
base = "not printed"
where = "T"
percents = { radio = "27", school = "33", phone = "61" }
"""


def page(survey):
    """The words of a survey's page, and its estimates."""
    estimates = cs.estimate(survey)
    return html.unescape(re.sub(r"<[^>]+>", " ", page_html(survey, audit(survey), estimates))), estimates


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    path = tmp_path_factory.mktemp("open") / "open.toml"
    path.write_text(survey_text(QUESTIONS, respondents=100), encoding="utf-8")
    return page(cs.load_survey(path))


def pairs(percent, bases=range(1, 101)):
    """Every (base, count) of which a whole percentage is printed so, halves either way."""
    return [(n, x) for n in bases for x in range(n + 1) if abs(200 * x - 2 * percent * n) <= n]


def test_the_smallest_and_the_largest_base_stand_with_their_counts(told):
    by_hand = pairs(27)
    (share,) = told[1].where(question="trained", item="yes", target=cs.Respondents)
    assert sorted({x for _, x in by_hand}) == [vector[0] for vector in share.counts]
    (least, few), (most, many) = by_hand[0], by_hand[-1]
    assert str(share).startswith(f"{few} of {least} to {many} of {most} respondents (27 to 28%) gave")


def test_no_place_on_the_page_tells_how_many_counts_there_are(told):
    text, estimates = told
    assert "3 of 11 to 27 of 100 (27 to 28%)" in text
    assert "6 of 15 to 40 of 100 (40%)" in text
    assert "Next: “school” (33%) and “radio” (27 to 28%)." in text
    assert "52 bases from 11 to 100" in text  # once, in the note on what print leaves open
    assert [found for found in re.findall(r"\d+ counts\b.{20}", text) if " from " not in found] == []
    assert not re.search(r"of \d+ counts", text)
    for estimate in estimates:
        assert "counts from" not in str(estimate).partition("Print leaves")[0]


@pytest.mark.parametrize("percent", [3, 27, 50, 99])
def test_what_is_told_are_two_of_the_pairs(percent):
    found = pairs(percent)
    shares = [x / n for n, x in found]
    counts, bases = (tuple(sorted({pair[place] for pair in found})) for place in (1, 0))
    said = share_words(counts, bases, (), (min(shares), max(shares)))
    ends = re.match(r"(\d+) of (\d+) to (\d+) of (\d+) \(", said)
    assert {tuple(map(int, ends.group(2, 1))), tuple(map(int, ends.group(4, 3)))} <= set(found)


@pytest.mark.slow
def test_two_bases_that_stand_for_all_between_are_told_as_ends(tmp_path):
    path = tmp_path / "open.toml"
    path.write_text(
        survey_text(QUESTIONS.split('[[question]]\nid = "view"', maxsplit=1)[0], respondents='"not printed"'),
        encoding="utf-8",
    )
    text, estimates = page(cs.load_survey(path))
    (share,) = estimates.where(question="trained", item="yes", target=cs.Respondents)
    assert share.base == ((11, 2000),)
    assert "Print leaves several bases possible (11 to 2000)" in str(share)
    assert "11 to 2000 respondents" in text
    assert " or 2000" not in text
