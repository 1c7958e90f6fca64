"""What may not be passed on is found in folders before they are sent."""

import json
import shutil

import pytest

import csea_stats as cs
from tests.disclosure.test_disclosure_commands import run
from tests.disclosure.test_released_report import data, folder  # noqa: F401
from tests.respondents.test_anonymity import people


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """Everything that is made of answers as they stand."""
    path = tmp_path_factory.mktemp("raw")
    frame, kinds = people(1)
    answers = cs.read_respondents(frame, cs.Codebook(kinds, groups=("age",)))
    cs.write_report(answers, path / "page", models="seen ~ age")
    fit = cs.fit("seen ~ age", answers)
    fit.save(path / "fit")
    table = cs.estimate(cs.tabulate(answers, "seen")).table()
    for ending in (".html", ".md", ".tex", ".docx", ".xlsx"):
        table.save(path / f"table{ending}")
    frame.to_csv(path / "rows.csv", index=False)
    frame.to_excel(path / "rows.xlsx", index=False)
    frame.to_stata(path / "rows.dta")
    cell = {"cell_type": "code", "outputs": [{"data": {"text/html": table.to_html()}}], "source": []}
    (path / "notebook.ipynb").write_text(json.dumps({"cells": [cell], "nbformat": 4}), encoding="utf-8")
    (path / "draws.nc").write_text(str(fit.to_datatree().attrs), encoding="utf-8")
    return path


KNOWN = {
    *("page/report.html", "page/fit-1.html", "page/estimates.json", "page/survey.toml", "page/figures/seen.svg"),
    *("fit/fit.zip", "table.html", "table.md", "table.tex", "table.docx", "table.xlsx", "rows.csv", "rows.xlsx"),
    *("rows.dta", "notebook.ipynb", "draws.nc"),
}


def test_all_that_shows_answers_as_they_stand_is_found(raw):
    found = {one.path.relative_to(raw).as_posix() for one in cs.release_check(raw)}
    assert not KNOWN - found
    assert not {name for name in found if name.endswith(("SHA256SUMS", "model.toml"))}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_file_is_found_by_itself(raw, name, tmp_path):
    wanted = tmp_path / name
    wanted.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(raw / name, wanted)
    (tmp_path / "fit" / "PRIVATE").touch() if name.startswith("fit/") else None
    assert [one.path for one in cs.release_check(wanted)] == [wanted]


def test_a_release_may_be_passed_on(folder):  # noqa: F811
    assert cs.release_check(folder) == ()
    assert run("release-check", folder).exit_code == 0


@pytest.mark.slow
def test_print_and_made_up_answers_may_be_passed_on(tmp_path):
    survey = cs.load_survey("bosnia-herzegovina-2021")
    made = cs.synthesise(survey, seed=1)
    (tmp_path / "made.csv").write_text(made.to_csv(), encoding="utf-8")
    (tmp_path / "made.toml").write_text(cs.as_survey(made, questions="age").to_toml(), encoding="utf-8")
    estimates = cs.estimate(cs.tabulate(survey, "awareness"))
    estimates.table().save(tmp_path / "print.xlsx")
    (tmp_path / "print.json").write_text(estimates.to_json(), encoding="utf-8")
    cs.fit("age ~ 1", made).save(tmp_path / "fit")
    assert cs.release_check(tmp_path) == ()


def test_rows_without_ids_are_known_by_the_codebook(tmp_path):
    frame, kinds = people(1)
    frame.drop(columns="id").to_csv(tmp_path / "rows.csv", index=False)
    assert cs.release_check(tmp_path) == ()
    assert len(cs.release_check(tmp_path, codebook=cs.Codebook(kinds))) == 1


def test_the_command_lists_them_and_fails(raw):
    told = run("release-check", raw)
    assert told.exit_code == 1
    assert "rows.csv: rows with the column 'id'" in told.output
    assert len(json.loads(run("release-check", raw, "--json").output)) == len(cs.release_check(raw))


def test_what_is_not_there_is_no_answer():
    with pytest.raises(cs.CseaStatsError, match="no such file"):
        cs.release_check("no-such-folder")
