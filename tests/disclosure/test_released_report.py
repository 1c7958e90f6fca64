"""A report made by a rule for passing answers on: all in its folder follows from the released survey alone."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.report.fit_page import fit_html

SCALE = ("none", "poor", "fair", "good")

BOOK = cs.Codebook(
    {
        "team": cs.Categories("North", "South", label="Team"),
        "aware": cs.Ordered(*SCALE, off_scale=("don't know",), label="Public awareness"),
        "seen": cs.Categories("no", "yes", label="Has seen a case"),
        "years": cs.Number(unit="years", label="Experience"),
        "tools": cs.Multiple(items=("map", "form", "phone"), separator=";", label="Tools used"),
    },
    groups=("team",),
)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    people = 60
    frame = pd.DataFrame(
        {
            "id": [f"person-{number}" for number in range(people)],
            "team": rng.permutation(["North"] * 33 + ["South"] * 27),
            "aware": rng.permutation(["none"] * 2 + ["poor"] * 27 + ["fair"] * 18 + ["good"] * 10 + ["don't know"] * 3),
            "seen": rng.permutation(["yes"] * 26 + ["no"] * 34),
            "years": [61, 73, 97, *rng.integers(3, 30, people - 3)],
            "tools": [";".join(x for x in ("map", "form", "phone") if rng.random() < 0.4) for _ in range(people)],
        }
    )
    return cs.read_respondents(frame, BOOK)


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("released")
    cs.write_report(data, path, release="standard")
    return path


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_in_the_folder_follows_from_its_survey_file(folder, tmp_path):
    cs.write_report(cs.load_survey(folder / "survey.toml"), tmp_path)
    assert contents(tmp_path) == contents(folder)


def test_the_folder_says_by_which_rule(folder):
    rule = 'Counts of fewer than 5 people are told as "under 5"'
    assert rule in (folder / "survey.toml").read_text(encoding="utf-8").replace('\\"', '"')
    assert rule in cs.estimate(cs.load_survey(folder / "survey.toml"))[:4].table().general_note
    assert "Respondents’ answers as they may be passed on".replace("’", "&#39;") in (folder / "report.html").read_text()


def test_no_small_count_is_told(folder):
    survey = cs.load_survey(folder / "survey.toml")
    for question in survey.question:
        assert not [cell for cell in question.cells if cell.count is not None and cell.count < 5]
        assert not [one for one in question.apart if one.count < 5]
    assert "person-" not in "".join(map(str, contents(folder).values()))


@pytest.mark.parametrize("release", [None, pytest.param("standard", marks=pytest.mark.slow)])
def test_what_is_not_released_is_marked(data, tmp_path, release):
    cs.write_report(data, tmp_path, release=release, models="seen ~ team")
    found = {name: content.decode() for name, content in contents(tmp_path).items()}
    marked = {name for name, text in found.items() if re.search(r'data-csea-release="no"|csea-release: no', text)}
    shown = {name for name in found if name.endswith((".html", ".svg"))}
    assert "fit-1.html" in shown
    assert marked == (shown | {"estimates.json", "fit-1.json"} if release is None else set())
    assert ("of one to four people" in found["report.html"]) == (release is None)


def test_made_up_answers_are_not_marked(data, tmp_path):
    cs.write_report(replace(data, synthetic=True, seed=1), tmp_path)
    assert not [name for name, content in contents(tmp_path).items() if b"csea-release" in content]


@pytest.mark.slow
def test_the_models_of_a_release_are_fitted_to_its_counts(data, tmp_path):
    cs.write_report(data, tmp_path, release="standard", models="seen ~ team")
    page = (tmp_path / "fit-1.html").read_text(encoding="utf-8")
    assert page == fit_html(cs.fit("seen ~ team", cs.load_survey(tmp_path / "survey.toml")))


@pytest.mark.parametrize("model", ["seen ~ team + years", "seen ~ years"])
def test_a_model_that_counts_are_not_enough_for_is_refused(data, tmp_path, model):
    with pytest.raises(cs.CseaStatsError, match="one predictor with one answer each"):
        cs.write_report(data, tmp_path, release="standard", models=model)
    assert not contents(tmp_path)


def test_a_printed_survey_has_nothing_to_release(tmp_path):
    with pytest.raises(cs.CseaStatsError, match="counts are public"):
        cs.write_report(cs.load_survey("bosnia-herzegovina-2021"), tmp_path, release="standard")


@pytest.mark.few(1)
@pytest.mark.parametrize("release", [None, "strict"])
def test_the_command_says_how_to_release(data, tmp_path, release):
    (tmp_path / "answers.csv").write_text(data.to_csv(private=True), encoding="utf-8")
    (tmp_path / "book.toml").write_text(BOOK.to_toml(), encoding="utf-8")
    call = ["report", tmp_path / "answers.csv", "--codebook", tmp_path / "book.toml", "--out", tmp_path / "out"]
    call += ["--release", release] if release else []
    told = CliRunner().invoke(main, [str(part) for part in call], catch_exceptions=False)
    assert told.exit_code == 0
    assert ("--release standard" in told.stderr) == (release is None)
    assert (cs.load_survey(tmp_path / "out" / "survey.toml").sample.release is None) == (release is None)
