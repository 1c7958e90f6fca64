"""What the source calls the outcome, and says of its answers, reaches a fit's sentences and stays in a saved fit."""

import json

import pytest

import csea_stats as cs
from csea_stats.regression.storing import _design, _pack_design


@pytest.fixture(scope="module")
def fit():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    return cs.fit("awareness ~ organisation", data, method="frequentist")


def told(fit):
    return " ".join(one.sentence().text for one in (*fit.predictions(), *fit.effects()))


@pytest.mark.slow
def test_sentences_have_the_words_of_the_codebook(fit):
    text = told(fit)
    assert "the share who rate public awareness poor, averaged over the respondents, is estimated at" in text
    assert "gave “poor or lower” (Public awareness)" in text
    assert "(awareness)" not in text


@pytest.mark.slow
def test_a_saved_fit_has_them_and_one_of_before_loads(fit, tmp_path):
    fit.save(tmp_path / "fit")
    assert told(cs.load_fit(tmp_path / "fit")) == told(fit)
    arrays = {}
    body = json.loads(json.dumps(_pack_design(fit.design, arrays)))
    assert _design(fit.model, body, arrays).says == fit.design.says
    del body["says"], body["label"]
    assert _design(fit.model, body, arrays).says == ()


def test_the_check_of_answers_is_a_line_and_a_table(fit):
    check = fit.check()
    assert repr(check) == f"<AnswerCheck: {len(check.counts)} counts, {len(check.outside)} outside>"
    table = check.table()
    assert len(table.rows) == len(check.counts)
    assert table.caption.startswith("SYNTHETIC. ")
