"""A note says for whom its caveat is said, where that is not everybody."""

from __future__ import annotations

import pandas as pd

import csea_stats as cs
from csea_stats.report.context import doubts_of
from csea_stats.report.notes import notes_of

TOLD = "Another customary prior changes which side of the threshold the interval lies on."


def priors(estimates):
    return [text for code, text in doubts_of(tuple(estimates)) if code == "prior-decides"]


def test_that_the_prior_decides_of_one_target_alone_names_it():
    book = cs.Codebook({"q": cs.Categories("no", "yes")}, respondent=None)
    data = cs.read_respondents(pd.DataFrame({"q": ["yes"] * 15 + ["no"] * 5}), book)
    found = cs.estimate(cs.as_survey(data)).where(item="yes", estimand="share")
    told = [any(doubt.code == "prior-decides" for doubt in one.caveats) for one in found]
    assert told == [False, False, True, False, False]
    assert found[1].verdict.word == "supported"
    text = f"The population that the respondents are from (participation ratio within about 1.6 times): {TOLD}"
    assert priors(found) == [text]
    assert text in [line for note in notes_of(found) for line in note.paragraphs]
    assert priors(found[2:3]) == [TOLD]  # of it alone there is nobody else to tell it from


def test_that_the_prior_decides_of_people_like_these_names_them():
    found = cs.difference((4, 12), (4, 4), level=0.975, target=cs.TIERS)
    told = [any(doubt.code == "prior-decides" for doubt in one.caveats) for one in found]
    assert told == [False, True, True, True, False]
    (text,) = priors(found)
    assert text == f"People like these; the population (participation ratio within about 1.6 and 2.7 times): {TOLD}"
    assert priors(found[:4]) == [TOLD]
