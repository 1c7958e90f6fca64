"""What the command writes: to any encoding, to a full disk, with labels that would steer a terminal."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.cli.terminal import shown

COMMAND = [sys.executable, "-m", "csea_stats"]
HOSTILE = "\x1b]0;owned\x07 \u202eneerg\u202c \x9b31m"


def run(*arguments, stdout=subprocess.PIPE, encoding="utf-8"):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run([*COMMAND, *arguments], stdout=stdout, stderr=subprocess.PIPE, env=environment, check=False)


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "encoding", [*(pytest.param(name, marks=pytest.mark.slow) for name in ("cp1252", "latin-1", "utf-8")), "ascii"]
)
def test_every_encoding_tells_a_number_below_zero(encoding):
    done = run("estimate", "28/42", "7/7", encoding=encoding)
    told = done.stdout.decode(encoding)
    assert done.returncode == 0, done.stderr
    assert ("\u2212" in told) == (encoding == "utf-8")
    assert "?" not in told
    assert "-" in told.replace("\u2212", "-")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="2026-11: no full device")  # noqa: PTH110
@pytest.mark.parametrize(
    "arguments",
    [["surveys"], *(pytest.param(one, marks=pytest.mark.slow) for one in (["estimate", "35/49"], ["audit"]))],
)
def test_a_full_disk_is_a_mistake_of_no_check(arguments):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = run(*arguments, stdout=full)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "csea-stats: the output could not be written: No space left on device\n",
    )


def test_nothing_steers_a_terminal():
    assert shown(HOSTILE) == r"\u001b]0;owned\u0007 \u202eneerg\u202c \u009b31m"
    assert shown("tab\tline\nčćšđž − 中文 👍") == "tab\tline\nčćšđž − 中文 👍"


def test_labels_of_a_file_do_not_steer_a_terminal(tmp_path):
    answers = tmp_path / "a.csv"
    answers.write_text(f"q\n{HOSTILE}\nyes\n" + "no\nyes\n" * 9, encoding="utf-8")
    for arguments in (["codebook", str(answers)], ["check", f"{HOSTILE}.toml"], ["audit", "--answers", HOSTILE]):
        done = CliRunner().invoke(main, arguments)
        assert not set("\x1b\x07\x9b\u202e\u202c") & set(done.output), arguments
        assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit)


@pytest.mark.slow
def test_a_price_in_a_label_is_no_formula():
    """``$\\frac$`` is no TeX that can be set; ``$0 to $500`` would be set in italics."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    answers = cs.Ordered("$0 to $500", r"$\frac$", "more")
    book = cs.Codebook({"pay": answers, "age": cs.Categories("$a$", "$\\b")})
    import pandas as pd

    frame = pd.DataFrame({"pay": [*answers.labels] * 6, "age": ["$a$", "$\\b"] * 9})
    fit = cs.fit("pay ~ age", cs.read_respondents(frame, book), method="frequentist")
    for kind in ("effects", "predictions"):
        figure = Figure()
        FigureCanvasAgg(figure)
        fit.plot(kind, ax=figure.add_subplot())
        figure.canvas.draw()


BOSNIA = "bosnia-herzegovina-2021"


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    path = tmp_path_factory.mktemp("answers") / "answers.csv"
    path.write_text(cs.synthesise(cs.load_survey(BOSNIA), seed=1).to_csv())
    return str(path)


@pytest.mark.slow_for("fit awareness~organisation {answers} --method frequentist")
@pytest.mark.few(9)
@pytest.mark.parametrize(
    "line",
    [
        "surveys",
        "models",
        "models show awareness-by-age-and-experience",
        "estimate 35/49 --tau 0.5",
        "estimate 7/7 28/42",
        "bases 18.3 21.7 60",
        "plan --width 0.3",
        "certify proportion --n 7",
        f"check {BOSNIA}",
        "tables",
        "tables --layout topline --question awareness",
        "audit",
        "claims --claims {claims}",
        "new {tmp}/mine",
        "import {table}",
        "codebook {answers}",
        "synthesise --out {tmp}/made.csv",
        "fit awareness~organisation {answers} --method frequentist",
        pytest.param("report --out {tmp}/report", marks=pytest.mark.slow),
    ],
)
def test_every_command_that_prints_has_json(line, answers, tmp_path):
    """One document on stdout and nothing else, with or without colour."""
    (tmp_path / "claims.toml").write_text(
        f'format = "csea-claims/1"\nsurvey = "{BOSNIA}"\n[[claim]]\nid = "own"\nsection = "S"\ntext = "Said."\n'
        'test = { kind = "share", question = "awareness", item = "poor", above = 0.5 }\n'
    )
    (tmp_path / "table.csv").write_text("Answer,Percent\nyes,60\nno,40\n")
    places = {"answers": answers, "tmp": tmp_path, "claims": tmp_path / "claims.toml", "table": tmp_path / "table.csv"}
    done = CliRunner(env={"NO_COLOR": "1"}).invoke(main, [*line.format(**places).split(), "--json"])
    assert done.exit_code == 0, done.stderr
    json.loads(done.stdout)
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["models", "show", "awareness-by"], "awareness-by-age-and-experience"),
        (["report", "bos"], BOSNIA),
        (["fit", "x", "y", "--engine", "l"], "laplace"),
        (["fit", "x", "y", "--missing", "i"], "impute"),
    ],
)
def test_a_shell_completes_names(typed, offered):
    words = " ".join(["csea-stats", *typed])
    environment = {"_CSEA_STATS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(typed))}
    done = CliRunner(env=environment).invoke(main, [], prog_name="csea-stats")
    assert offered in done.output


@pytest.mark.slow
def test_every_engine_is_completed():
    from csea_stats.cli.model_commands import ENGINES, FAMILIES
    from csea_stats.regression.model import FAMILIES as THOSE

    for method in ("bayes", "frequentist"):
        with pytest.raises(cs.CseaStatsError, match="engine") as error:
            cs.fit("awareness ~ organisation", cs.synthesise(cs.load_survey(BOSNIA), seed=1), method=method, engine="x")
        named = str(error.value).partition("one of ")[2].rstrip(".").split(", ")
        assert named
        assert set(named) <= set(ENGINES)
    assert {*FAMILIES, "conditional-bernoulli"} == set(THOSE)  # which takes a model file
