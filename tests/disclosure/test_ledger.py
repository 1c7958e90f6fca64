"""What was released before is held against what is released now: together they tell no more."""

import json

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.disclosure.ledger import LEDGER, ledger_of, read_ledger

AGES = ("20s", "30s", "40s", "50s")


def answers(seed=1, ages=None, more=(), people=60, groups=("age",)):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.permutation(["20s"] * 12 + ["30s"] * 20 + ["40s"] * 17 + ["50s"] * 11),
            "aware": rng.choice(["poor", "fair", "good"], 60, p=[0.08, 0.52, 0.4]),
            "seen": rng.choice(["yes", "no"], 60),
            "tools": [";".join(x for x in ("map", "phone") if rng.random() < 0.5) for _ in range(60)],
            "team": rng.choice(["North", "South"], 60),
        }
    )
    kinds = {
        "age": cs.Ordered(*dict.fromkeys((ages or {}).values())) if ages else cs.Ordered(*AGES),
        "aware": cs.Ordered("poor", "fair", "good"),
        "seen": cs.Categories("no", "yes"),
        "tools": cs.Multiple(items=("map", "phone"), separator=";"),
    }
    kinds |= {name: cs.Categories("North", "South") for name in more}
    if ages:
        frame["age"] = frame["age"].map(ages)
    return cs.read_respondents(frame.head(people), cs.Codebook(kinds, respondent=None, groups=groups))


@pytest.fixture
def folder(tmp_path):
    write(answers(), tmp_path)
    return tmp_path


def write(data, path):
    survey = cs.release(data, earlier=path)
    earlier, now = read_ledger(path), ledger_of(survey)
    (path / LEDGER).write_text((earlier.with_those_of(survey) if earlier else now).to_json(), encoding="utf-8")
    return survey


def told(survey):
    return ledger_of(survey).limits


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(4))
def test_a_further_question_changes_nothing_that_was_told(seed, tmp_path):
    first, alone = write(answers(seed), tmp_path), cs.release(answers(seed, more=("team",)))
    again = write(answers(seed, more=("team",)), tmp_path)
    assert {name: told(again)[name] for name in told(first)} == told(first)
    assert "team" in told(again)
    assert "team" in read_ledger(tmp_path).limits
    assert not [note for note in again.sample.notes if "earlier" in note]
    assert seed or told(alone) != told(again)  # by itself the key of other answers had chosen other ranges


def test_other_bands_of_a_group_are_not_told(folder):
    ages = {"20s": "to 39", "30s": "to 39", "40s": "40 on", "50s": "40 on"}
    alone = cs.release(answers(ages=ages))
    assert told(alone)["age"][""] == [["to 39", "", 32, 32], ["40 on", "", 28, 28]]
    survey = write(answers(ages=ages), folder)
    assert "age" not in told(survey)
    assert not [cell for question in survey.question for cell in question.cells if cell.among is not None]
    assert "Not told, as an earlier release tells it otherwise: age" in survey.sample.notes[-1]


def test_further_groups_of_a_question_are_not_told(folder):
    survey = write(answers(more=("team",), groups=("age", "team")), folder)
    assert "team" in told(survey)
    assert {by for tables in told(survey).values() for by in tables} == {"", "age"} | (
        {"team"} if "team" in told(survey)["age"] else set()
    )
    assert "team" not in told(survey)["aware"]


def test_one_respondent_less_is_refused(folder):
    with pytest.raises(cs.CseaStatsError, match="holds one of 60 respondents, and this is one of 59"):
        cs.release(answers(people=59), earlier=folder)


def test_other_answers_of_as_many_are_not_told(folder):
    with pytest.raises(cs.CseaStatsError, match="tells every question otherwise"):
        cs.release(
            answers(seed=2, groups=()).taken(np.arange(60)), earlier=folder, questions=["aware", "seen", "tools"]
        )


@pytest.mark.parametrize("content", ["", "{}", '{"format": "csea-disclosure/2"}', '{"format": 1, "limits": {"a": 3}}'])
def test_a_damaged_ledger_is_refused(folder, content):
    (folder / LEDGER).write_text(content, encoding="utf-8")
    with pytest.raises(cs.CseaStatsError, match="no ledger"):
        cs.release(answers(), earlier=folder)


@pytest.mark.slow
def test_a_folder_holds_what_was_ever_told_in_it(tmp_path):
    cs.write_report(answers(), tmp_path, release="standard")
    first = json.loads((tmp_path / LEDGER).read_text(encoding="utf-8"))
    cs.write_report(answers(more=("team",)), tmp_path, release="standard")
    second = json.loads((tmp_path / LEDGER).read_text(encoding="utf-8"))
    assert first["people"] == second["people"] == 60
    assert "under 5" in first["rules"][0]
    assert second["limits"] == first["limits"] | {"team": second["limits"]["team"]}
    assert ["poor", "", 0, 4] in first["limits"]["aware"][""]
