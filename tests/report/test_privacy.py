"""What leaves in a folder shows no single person: no pattern with its answer, no extreme number, no hash of answers."""

from __future__ import annotations

import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.cli import main
from tests.report.test_answers_page import answers

SLIDER = re.compile(r'<script type="application/json".*?</script>', re.DOTALL)
"""Ends of intervals, in thousandths."""


@pytest.fixture(scope="module", params=["seen ~ years", pytest.param("aware ~ years + team", marks=pytest.mark.slow)])
def folder(request, answered):
    """Everything that the two commands write about 46 people, of whom three have extreme numbers."""
    path, _ = answered
    call = ["fit", request.param, path / "answers.csv", "--codebook", path / "book.toml", "--out", path / "out" / "fit"]
    told = CliRunner().invoke(main, [str(part) for part in call], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return path


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "out").rglob("*.*") if path.is_file()}


def test_no_id_and_no_extreme_number_leaves(folder):
    for name, text in texts(folder).items():
        assert "person-" not in text, name
        told = re.sub(SLIDER, "", text)
        for extreme in ("97 years", "73 years", "61 years", "[97", "3 years]", "[3 years"):
            assert extreme not in told, (name, extreme)


def test_no_hash_of_answers_leaves(folder):
    data = cs.read_respondents(folder / "answers.csv", cs.Codebook({"aware": answers()[1]["aware"]}))
    whole = cs.read_respondents(folder / "answers.csv", folder / "book.toml")
    raw = hashlib.sha256((folder / "answers.csv").read_bytes()).hexdigest()
    for name, text in texts(folder).items():
        assert not [one for one in (data.data_hash, whole.data_hash, raw) if one in text], name


def test_a_hash_in_a_file_is_the_same_for_rows_in_another_order(folder):
    """One that knew who gave which answer would differ: here other people gave them."""
    frame = pd.read_csv(folder / "answers.csv")
    other = frame.assign(aware=frame["aware"].sample(frac=1, random_state=1).tolist())
    book = folder / "book.toml"
    hashes = {cs.fit("aware ~ team", cs.read_respondents(one, book)).provenance.data_hash for one in (frame, other)}
    assert len(hashes) == 1
    told = json.loads(next((folder / "out" / "fit").glob("effects.json")).read_text(encoding="utf-8"))
    assert told["estimates"]


def test_no_pattern_with_its_answer_is_on_a_page(folder):
    for name, text in texts(folder).items():
        if name.startswith("fit") and name.endswith(".html"):
            assert "Single respondents" in text
            assert "moves by at most" in text
            assert "Predictors; answer" not in text


def test_the_fit_stays_where_it_is_asked_for(folder, tmp_path):
    assert not list((folder / "out").rglob("fit.zip"))
    call = ["fit", "aware ~ team", folder / "answers.csv", "--codebook", folder / "book.toml", "--save", tmp_path / "f"]
    assert CliRunner().invoke(main, [str(part) for part in call]).exit_code == 0
    assert "person by person" in (tmp_path / "f" / "PRIVATE").read_text(encoding="utf-8")
    assert cs.load_fit(tmp_path / "f").seed == 1


def test_single_people_are_there_in_python(folder):
    fit = cs.fit("seen ~ years + team", cs.read_respondents(folder / "answers.csv", folder / "book.toml"))
    assert fit.influence()
    assert "release" in fit.to_datatree().attrs


def test_small_counts_are_listed_with_what_to_do(folder):
    page = texts(folder)["report.html"]
    assert "Counts of one to four people" in page
    assert "counts of one to four people" in page
    assert "make it with --release standard" in page


@pytest.mark.parametrize("seed", range(20))
def test_quartiles_are_shared(seed):
    """There is a rounding, the same for all that are told, at which five people or more have each of them."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, [9, 40, 400, 4000][seed % 4], 49).astype(float)
    exact = np.quantile(values, [0.25, 0.5, 0.75], method="inverted_cdf")
    rounded = [
        set(np.rint(exact / step) * step)
        for step in (unit * 10**k for k in range(4) for unit in (1, 2, 5))
        if step <= np.ptp(values) / 2
        and all((np.rint(values / step) == one).sum() >= 5 for one in np.rint(exact / step))
    ]
    assert set(shared_quartiles(values, np.ones(49))) == (rounded[0] if rounded else set())


def test_quartiles_of_few_are_not_told():
    assert shared_quartiles(np.arange(9.0), np.ones(9)) == ()
    assert len(shared_quartiles(np.arange(39.0), np.ones(39))) == 1
    assert len(shared_quartiles(np.arange(40.0), np.ones(40))) == 3
    assert shared_quartiles(np.array([5.0]), np.array([49])) == ()
