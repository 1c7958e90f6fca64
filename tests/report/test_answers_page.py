"""The page of respondents' answers: the report's page, with the sample, who gave no answer, and models."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.errors import InputError
from tests.report.test_page import Outline

SCALE = ("none", "poor", "fair", "good")


def answers(people=46):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "id": [f"person-{number}" for number in range(people)],
            "team": rng.choice(["North", "South", "West"], people, p=[0.5, 0.3, 0.2]),
            "years": [61, 73, 97, *range(3, people)][:people],
            "aware": rng.choice([*SCALE, "", "don't know"], people, p=[0.1, 0.4, 0.2, 0.1, 0.1, 0.1]),
            "trust [police]": rng.choice([*SCALE, ""], people),
            "trust [courts]": rng.choice([*SCALE, ""], people),
            "seen": rng.choice(["yes", "no", ""], people),
            "tools": [";".join(x for x in ("map", "form", "phone") if rng.random() < 0.4) for _ in range(people)],
        }
    )
    book = cs.Codebook(
        {
            "team": cs.Categories("North", "South", "West", label="Team"),
            "years": cs.Number(unit="years", label="Experience", bands=(5, 10)),
            "aware": cs.Ordered(*SCALE, off_scale=("don't know",), label="Public awareness"),
            "trust [police]": cs.Ordered(*SCALE),
            "trust [courts]": cs.Ordered(*SCALE),
            "seen": cs.Categories("no", "yes", label="Has seen a case"),
            "tools": cs.Multiple(items=("map", "form", "phone"), separator=";", label="Tools used"),
        },
        groups=("team",),
        source={"title": "Staff of three teams", "recruitment": "All who were on duty."},
    )
    return frame, book


def page_of(folder):
    return (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_the_page_tells_sample_and_source(answered):
    folder, output = answered
    text = Outline(page_of(folder)).text
    for told in (
        "Staff of three teams",
        "46 respondents answered.",
        "All who were on duty.",
        "Not told; say it under [source] in the codebook.",
        "46 rows; all of them count as respondents.",
        "don't know",
        "Models fitted to the answers",
        "csea-stats report answers.csv --codebook book.toml --model 'aware ~ team'",
    ):
        assert told in text, told
    assert "Read      answers: 46 respondents, 7 questions" in output
    assert "fit-1.html, estimates.csv, estimates.json, survey.toml" in output


def test_nothing_on_it_is_called_print(answered):
    assert not re.findall(r"\b[Pp]rint(?:s|ed)?\b", Outline(page_of(answered[0])).text)


def test_links_lead_to_the_models(answered):
    folder, _ = answered
    assert 'href="fit-1.html"' in page_of(folder)
    assert "aware ~ team" in Outline((folder / "out" / "fit-1.html").read_text(encoding="utf-8")).text


def test_the_counts_are_a_survey_file(answered):
    folder, _ = answered
    survey = cs.load_survey(folder / "out" / "survey.toml")
    data = cs.read_respondents(folder / "answers.csv", folder / "book.toml")
    assert survey == cs.as_survey(data, smallest=5)


def test_a_scale_is_compared_by_its_lower_half_alone(answered):
    survey = cs.load_survey(answered[0] / "out" / "survey.toml")
    gaps = {
        one.item
        for one in cs.estimate(survey).where(question="aware")
        if one.estimand == "difference" and isinstance(one.target, cs.Superpopulation)
    }
    assert gaps == {f"poor or lower: {team} minus the rest" for team in ("North", "South", "West")}


def test_a_grid_is_a_battery():
    frame, book = answers()
    (battery,) = cs.as_survey(cs.read_respondents(frame, book)).battery
    assert (battery.label, battery.questions) == ("trust", ("trust-police", "trust-courts"))


@pytest.mark.slow
def test_everything_is_stamped_where_answers_are_made_up(tmp_path):
    made_up = cs.synthesise(cs.load_survey("dask-users-2019"), seed=3)
    written = cs.write_report(made_up, tmp_path)
    assert 'class="stamp"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    for path in written:
        assert "SYNTHETIC" in path.read_text(encoding="utf-8") or path.name in ("survey.toml", "SHA256SUMS"), path.name
    assert "synthetic = true" in (tmp_path / "survey.toml").read_text(encoding="utf-8")


def test_mistakes_are_told(answered, tmp_path):
    folder, _ = answered
    bare = CliRunner().invoke(main, ["report", str(folder / "answers.csv"), "--out", str(tmp_path)])
    assert bare.exit_code == 2
    assert "give --codebook" in bare.stderr
    assert "csea-stats codebook answers.csv" in bare.stderr
    with pytest.raises(InputError, match="printed survey"):
        cs.write_report(cs.load_survey("dask-users-2019"), tmp_path, models="a ~ b")


def test_what_an_earlier_run_left_is_told(tmp_path):
    frame, book = answers(12)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "old.svg").write_text("<svg/>")
    frame[["seen"]].to_csv(tmp_path / "answers.csv", index=False)
    book = cs.Codebook({"seen": book["seen"]}, respondent=None)
    (tmp_path / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    call = ["report", tmp_path / "answers.csv", "--codebook", tmp_path / "book.toml", "--out", tmp_path]
    told = CliRunner().invoke(main, list(map(str, call)))
    assert "Kept      1 file of an earlier run, such as old.svg" in told.stderr
    assert (tmp_path / "figures" / "old.svg").exists()


@pytest.mark.parametrize("people", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 5))])
def test_a_page_of_very_few(people, tmp_path):
    frame, book = answers(people)
    cs.write_report(cs.read_respondents(frame, book), tmp_path)
    assert "Few people" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_rows_that_repeat_others_are_told_by_their_number(tmp_path):
    frame, book = answers(40)
    again = pd.concat([frame, frame.iloc[[3, 3, 7]].assign(id=["a", "b", "c"])])
    told = "3 rows hold the same answers to all 7 questions as a row before (4 such pairs; about "
    survey = cs.as_survey(cs.read_respondents(again, book))
    assert survey.sample.repeated.startswith(told)
    assert cs.as_survey(cs.read_respondents(frame, book)).sample.repeated is None
    cs.write_report(cs.read_respondents(again, book), tmp_path, models="seen ~ team")
    assert told in re.search('<section id="sample".*?</section>', page_of_folder(tmp_path), re.DOTALL)[0]
    assert told in (tmp_path / "fit-1.html").read_text(encoding="utf-8")
    assert told.replace("7 questions", "7 columns") in cs.draft_codebook(again).to_toml()
    assert "same answers" not in cs.draft_codebook(frame).to_toml()


def test_the_page_of_a_fit_tells_rows_that_repeat_others(tmp_path):
    rows = pd.DataFrame({"seen": ["yes", "no"] * 12, "years": range(24), "km": range(24)})
    pd.concat([rows, rows.iloc[[3, 3, 7]]]).to_csv(tmp_path / "answers.csv", index=False)
    (tmp_path / "book.toml").write_text(
        'format = "csea-codebook/1"\n[variable.seen]\nkind = "categories"\nlabels = ["no", "yes"]\n'
        '[variable.years]\nkind = "number"\n[variable.km]\nkind = "number"\n'
    )
    call = ["fit", "seen ~ years", tmp_path / "answers.csv", "--codebook", tmp_path / "book.toml", "--out", tmp_path]
    made = CliRunner().invoke(main, [*map(str, call), "--method", "frequentist"])
    assert made.exit_code == 0, made.output
    page = Outline((tmp_path / "fit.html").read_text(encoding="utf-8")).text
    assert "3 rows hold the same answers to all 3 questions as a row before" in page


def page_of_folder(folder):
    return (folder / "report.html").read_text(encoding="utf-8")
