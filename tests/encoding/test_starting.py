"""A new file is right as it stands and with every comment taken away; a file is checked in a moment."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.encoding.starting import SKELETON, inventory, skeleton
from csea_stats.errors import InputError, SurveyFileError
from csea_stats.survey.draft_marks import draft_marks, marks_words
from csea_stats.survey.loading import fingerprint


def run(*arguments, **options):
    done = CliRunner().invoke(main, arguments, **options)
    return done.exit_code, done.output


def test_a_new_file_is_right_and_is_not_written_again(tmp_path):
    status, told = run("new", str(tmp_path / "my-survey"))
    assert status == 0
    assert told == f"Wrote     {tmp_path}/my-survey.toml\nWrote     {tmp_path}/csea-survey-1.schema.json\n"
    text = (tmp_path / "my-survey.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./csea-survey-1.schema.json\n")
    assert "csea-stats check my-survey.toml" in text
    survey = cs.load_survey(tmp_path / "my-survey.toml")
    assert survey.id == "my-survey"
    assert json.loads((tmp_path / "csea-survey-1.schema.json").read_text(encoding="utf-8"))["title"]
    (tmp_path / "my-survey.toml").write_text("mine", encoding="utf-8")
    status, told = run("new", str(tmp_path / "my-survey.toml"))
    assert status == 2
    assert "my-survey.toml is there already and is not overwritten" in told
    assert (tmp_path / "my-survey.toml").read_text(encoding="utf-8") == "mine"


def test_what_the_comments_show_is_right_too(tmp_path):
    lines = [re.sub(r"^# (?=\S+ = |\[|  |\]|\"The)", "", line) for line in SKELETON.splitlines()]
    assert sum(line.startswith("#") for line in lines) == 3
    path = tmp_path / "all.toml"
    path.write_text("\n".join(lines).replace('"ID"', '"all"'), encoding="utf-8")
    survey = cs.load_survey(path)
    assert [question.id for question in survey.question] == (
        ["example", "channels", "reported", "trust-the-police", "trust-the-courts"]
    )
    assert cs.audit(survey).findings


@pytest.mark.parametrize("name", ["", ".toml", "--", "a/b", "..", "a\\b"])
def test_a_name_that_is_none(name):
    with pytest.raises(InputError, match="NAME: found"):
        skeleton(name)


def test_an_id_is_made_of_any_name():
    (name, content), _ = skeleton("Anketa 2024 č.toml")
    assert name == "Anketa 2024 č.toml"
    assert b'\nid = "anketa-2024-c"\n' in content


def test_check_says_what_is_there(tmp_path):
    assert run("check", "bosnia-herzegovina-2021")[0] == 0
    run("new", str(tmp_path / "mine"))
    status, told = run("check", str(tmp_path / "mine.toml"))
    assert status == 0
    assert told.splitlines()[:3] == ["Right     mine: 100 respondents", "Questions 1: 1 yes-no", "Numbers   0 printed"]
    assert "Left      12 TODOs (lines 7, 8, 13, " in told
    assert "No cells  example" in told


def test_check_tells_vague_words():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    assert "Vague     gender-trends/more girls @ Gender" in str(inventory(survey))
    assert "No cells  experience" in str(inventory(survey))


def test_check_tells_mistakes_by_line(tmp_path):
    run("new", str(tmp_path / "mine"))
    path = tmp_path / "mine.toml"
    text = path.read_text(encoding="utf-8").replace('kind = "yes-no"', 'kind = "yesno"', 1)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index('kind = "yesno"')].count("\n") + 1
    status, told = run("check", str(path))
    assert status == 2
    assert f"  line {line}: question[1].kind: found 'yesno'; allowed is one of 'single'" in told
    assert run("check", str(tmp_path / "none.toml"))[0] == 2


def test_check_is_quick_and_imports_little():
    code = "from csea_stats.cli import main; main(['check', 'bosnia-herzegovina-2021'], standalone_mode=False)"
    code += "; import sys; print(' '.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("Right")
    assert not {"numpy", "scipy", "pandas", "matplotlib", "pymc", "jinja2"} & set(told.split())


def test_nothing_in_a_file_is_run_and_broken_files_are_told(tmp_path):
    path = tmp_path / "bad.toml"
    for content, says in (
        (b"\xff\xfe", "no UTF-8"),
        (b"a = [", "this is no TOML"),
        (b"[[matrix]]\nrows = " + b"[" * 5000, "deeper than a survey"),
        (b"matrix = " + b"[" * 500 + b"]" * 500, "deeper than a survey"),
        (b"#" * 3_000_000, "more than 2,000,000 bytes"),
    ):
        path.write_bytes(content)
        with pytest.raises(SurveyFileError, match=says):
            cs.load_survey(path)
        assert run("check", str(path))[0] == 2


@pytest.mark.parametrize("number", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_a_matrix_as_large_as_a_file_may_be_is_read(number, tmp_path, within):
    run("new", str(tmp_path / "mine"))
    path = tmp_path / "mine.toml"
    rows = "".join(f'"row {row}" = [{", ".join(["20"] * 5)}]\n' for row in range(number))
    matrix = (
        '[[matrix]]\nid = "m"\nlabel = "M"\nkind = "ordinal"\nanswers = "agree5"\nunit = "percent"\n[matrix.rows]\n'
    )
    path.write_text(path.read_text(encoding="utf-8") + matrix + rows, encoding="utf-8")
    with within(5):  # about 0.6 on an idle machine
        survey = cs.load_survey(path)
    assert len(survey.question) == number + 1
    assert len(fingerprint(survey)) == 64


def test_what_is_left_of_a_draft_is_told_by_its_line_and_strict_fails_on_it(tmp_path):
    path = tmp_path / "mine.toml"
    run("new", str(tmp_path / "mine"))
    lines = path.read_text(encoding="utf-8").splitlines()
    left = [n for n, line in enumerate(lines, 1) if re.search('("|# )TODO', line) and not line.startswith("#")]
    told = json.loads(run("check", "--json", str(path))[1])["left"]
    assert [(mark["line"], mark["kind"]) for mark in told] == [(line, "TODO") for line in left]
    drafted = CliRunner().invoke(main, ["import"], input="Answer;n\nblue;10\ngreen;90\n").stdout
    path.write_text("\n".join(line.replace("TODO ", "") for line in lines) + f"\n{drafted}", encoding="utf-8")
    guesses = [n for n, line in enumerate(path.read_text().splitlines(), 1) if "# guess: " in line]
    assert f"{len(guesses)} guesses (lines {', '.join(map(str, guesses))})" in run("check", str(path))[1]
    assert (run("check", str(path))[0], run("check", "--strict", str(path))[0]) == (0, 1)
    path.write_text(re.sub("  # guess: .*", "", path.read_text()), encoding="utf-8")
    assert run("check", "--strict", str(path))[0] == 0


def test_a_mark_in_a_text_is_none_and_each_line_counts_once():
    text = 'a = "# guess: no"\nb = ["x", "TODO c"]  # TODO d\n# ? e\n#   "f": ! g\n#   "h": i\n# What ? means\n'
    assert draft_marks(text) == ((2, "TODO"), (3, "guess"), (4, "decision"))
    assert marks_words(draft_marks(text)) == "1 TODO (line 2), 1 guess (line 3) and 1 decision (line 4)"


def test_a_codebook_and_answers_are_checked_too(tmp_path):
    answers, book = tmp_path / "answers.csv", tmp_path / "book.toml"
    answers.write_text("mode,rain\n" + 4 * "bus,yes\nbike,no\nbus,no\n")
    book.write_text(CliRunner().invoke(main, ["codebook", str(answers)]).stdout)
    status, told = run("check", str(book))
    assert status == 0
    assert told.startswith("Right     book.toml, a codebook\nVariables 2: 2 categories\nLeft      1 guess (line ")
    assert run("check", "--strict", str(book))[0] == 1
    status, told = run("check", str(answers), "--codebook", str(book))
    assert status == 0
    assert "12 rows, 12 respondents" in told
    assert re.search(r"Left      1 guess \(line \d+\) in book.toml", told)
    answers.write_text("mode,rain\ncar,yes\n")
    assert run("check", str(answers), "--codebook", str(book))[0] == 2
    assert run("check", str(answers))[0] == 2
    assert run("check", str(book), "--codebook", str(book))[0] == 2


def test_a_page_says_that_its_file_is_a_draft(tmp_path):
    run("new", str(tmp_path / "mine"))
    status, told = run("report", str(tmp_path / "mine.toml"), "--out", str(tmp_path / "out"))
    assert status == 0
    assert "Left      12 TODOs (lines 7, 8, " in told
    draft = "<strong>Draft.</strong> The file that this page is made from holds {}:"
    assert draft.format("12 TODOs") in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    cs.write_report(cs.load_survey(tmp_path / "mine.toml"), tmp_path / "own")
    assert draft.format("12 TODOs") in (tmp_path / "own" / "report.html").read_text(encoding="utf-8")


def test_a_pasted_table_never_has_the_id_of_the_example_and_one_that_is_there_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    run("new", str(tmp_path / "mine"))
    drafted = CliRunner().invoke(main, ["import"], input="Knows the law;n\nyes;10\nno;90\n")
    assert drafted.stderr == "Drafted   knows-the-law\n"
    whole = path.read_text(encoding="utf-8") + drafted.stdout
    path.write_text(whole, encoding="utf-8")
    assert run("check", str(path))[0] == 0
    path.write_text(whole + drafted.stdout, encoding="utf-8")
    status, told = run("check", str(path))
    assert status == 2
    assert "question[3].id: found 'knows-the-law' again, which is the id of question[2]; each id" in told
