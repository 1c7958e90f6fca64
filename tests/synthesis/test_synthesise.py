"""Synthetic answers: every margin and subgroup of one reading exactly, and a stamp that does not come off."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Superpopulation, audit, estimate, load_survey, read_respondents, synthesise, tabulate
from csea_stats.auditing.answers import compare_answers
from csea_stats.cli import main
from csea_stats.errors import InputError
from csea_stats.respondents.codebook_files import codebook_of
from csea_stats.respondents.columns import MultipleColumn
from csea_stats.survey.survey import groups_within
from csea_stats.synthesis.wanted_margins import can_pick, picked
from tests.survey_files import survey_text

NAME = "bosnia-herzegovina-2021"
SURVEY = load_survey(NAME)
AUDIT = audit(SURVEY)


@cache
def made(seed):
    return synthesise(SURVEY, seed=seed)


def vector(data, question, rows=None):
    column = data.column(question.id) if rows is None else data.column(question.id).taken(rows)
    labels = column.items if isinstance(column, MultipleColumn) else column.labels
    found = dict(zip(labels, column.counts, strict=True))
    return tuple(found[category] for category in question.categories)


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(4))
def test_every_margin_is_a_reading_of_the_audit(seed):
    data = made(seed)
    assert len(data) == 49
    checked = 0
    for question in SURVEY.question:
        if question.id not in data.codebook or not question.categories:
            continue
        found, readings = vector(data, question), {reading.counts for reading in AUDIT.feasible(question.id)}
        if question.id in data.invented:  # told by bounds only
            for battery in SURVEY.battery:
                for cell in battery.cells if question.id in battery.questions else ():
                    total = sum(found[question.categories.index(item)] for item in cell.items)
                    assert total in AUDIT.counts_of(question.id, cell.items)
        else:
            assert found in readings
            checked += 1
    assert checked == 29


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(3))
def test_every_subgroup_is_a_reading_too(seed):
    data = made(seed)
    seen = 0
    for question in SURVEY.question:
        for group in groups_within(question):
            column = data.column(group.question)
            members = column.codes == column.labels.index(group.item)
            readings = {reading.counts for reading in AUDIT.book.readings(question.id, group)}
            assert vector(data, question, members) in readings
            seen += 1
    assert seen == 1


def test_nested_questions_are_answered_by_those_who_were_asked():
    data = made(2)
    for question in SURVEY.question:
        if question.among is None:
            continue
        parent = data.column(question.among.question)
        asked = parent.codes == parent.labels.index(question.among.item)
        column = data.column(question.id)
        assert (column.reasons[~asked] == -2).all()
        assert (column.reasons[asked] != -2).all()


@pytest.mark.slow
def test_picks_are_exact():
    data = made(4)
    for name in ("barriers", "beliefs"):
        assert set(data.column(name).marks.sum(axis=1).tolist()) == {3}


def test_age_bands_refine_age():
    data = made(5)
    young = data.column("age").codes == 0
    assert np.array_equal(young, data.column("age_band").codes == 0)
    years = data.column("experience")
    assert years.answered.all()
    assert years.values.max() <= 34


@pytest.mark.slow
def test_what_is_invented_is_named():
    data = made(1)
    assert {"age_band", "experience", "medical-quality", "services: reintegration support"} <= set(data.invented)
    assert not {"awareness", "organisation", "barriers", "age"} & set(data.invented)


@pytest.mark.parametrize("seed", range(3))
def test_answers_contradict_print_where_cells_were_set_aside_and_nowhere_else(seed):
    data = made(seed)
    wrong = {finding.cells[0] for finding in compare_answers(SURVEY, data) if finding.verdict == "inconsistent"}
    assert wrong == {name for name in data.invented if " @ " in name}


@pytest.mark.slow
def test_a_seed_is_repeatable_and_another_differs():
    first, again, other = (synthesise(SURVEY, seed=seed).data_hash for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("seed", [-1, 1.5, "1", None, True])
def test_seeds_that_are_none(seed):
    with pytest.raises(InputError, match="seed"):
        synthesise(SURVEY, seed=seed)


def test_something_else_than_a_survey():
    with pytest.raises(InputError, match="Survey"):
        synthesise(NAME)


# ---------------------------------------------------------------- the stamp


@pytest.mark.slow
def test_the_stamp_survives_csv_frames_and_parts(tmp_path):
    data = made(7)
    path = tmp_path / "a.csv"
    path.write_text(data.to_csv(), encoding="utf-8")
    for again in (read_respondents(path, NAME), read_respondents(data.to_frame(), NAME), data.taken(np.arange(5))):
        assert (again.synthetic, again.invented, again.seed) == (True, data.invented, 7)
        assert "SYNTHETIC" in repr(again)
    assert read_respondents(path, NAME).data_hash == data.data_hash
    one = data.to_frame()
    one.loc[one.index[1:], "synthetic"] = ""
    assert read_respondents(one, NAME).synthetic  # one stamped row is enough


@pytest.mark.slow
def test_the_stamp_is_in_every_estimate_sentence_and_table():
    data = made(1)
    table = tabulate(data, "awareness", by="organisation")
    assert str(table).startswith("SYNTHETIC")
    assert table.to_frame()["synthetic"].all()
    printed = estimate(table)
    pair = replace(table, groups=table.groups[:2])
    numbers = [*printed, *pair.contrasts(target=Superpopulation()), *estimate(tabulate(data, "services"))]
    for number in numbers:
        assert number.caveats[0].code == "synthetic"
        assert "SYNTHETIC" in number.label
        assert str(number).count("SYNTHETIC") == 2
        assert number.provenance.seed == 1
    again = type(printed).from_json(printed.to_json())
    assert all(number.caveats[0].code == "synthetic" for number in again)


@pytest.mark.slow
def test_the_command(tmp_path):
    out = tmp_path / "new" / "answers.csv"
    result = CliRunner().invoke(main, ["synthesise", "--seed", "3", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "SYNTHETIC" in result.output
    assert "experience" in result.output
    assert read_respondents(out, NAME).data_hash == made(3).data_hash


@pytest.mark.parametrize(
    ("arguments", "needle"),
    [
        (["--seed", "-1", "--out", "a.csv"], "seed"),
        (["--out", "a.xlsx"], ".csv"),
        (["nowhere", "--out", "a.csv"], "nowhere"),
    ],
)
def test_mistakes_in_the_command(arguments, needle):
    result = CliRunner().invoke(main, ["synthesise", *arguments])
    assert result.exit_code == 2
    assert needle in result.output
    assert "Traceback" not in result.output


# ---------------------------------------------------------------- other surveys


def survey_file(folder, questions, respondents=60):
    path = folder / "survey.toml"
    path.write_text(survey_text(questions, respondents=respondents), encoding="utf-8")
    return load_survey(path)


OVERLAPPING = """
[[question]]
id = "sex"
label = "Sex"
kind = "single"
categories = ["f", "m"]
cells = [{ item = "f", count = 35, where = "T" }, { item = "m", count = 25, where = "T" }]
[[question]]
id = "town"
label = "Town"
kind = "single"
categories = ["a", "b"]
cells = [{ item = "a", count = 20, where = "T" }, { item = "b", count = 40, where = "T" }]
[[question]]
id = "view"
label = "View"
kind = "ordinal"
categories = ["low", "mid", "high"]
cells = [
  { item = "low", count = 20, where = "T" }, { item = "mid", count = 30, where = "T" },
  { item = "high", count = 10, where = "T" },
  { item = "low", count = 15, where = "T", among = { question = "sex", item = "f" } },
  { item = "mid", count = 12, where = "T", among = { question = "sex", item = "f" } },
  { item = "high", count = 8, where = "T", among = { question = "sex", item = "f" } },
  { item = "low", count = 3, where = "T", among = { question = "town", item = "a" } },
  { item = "mid", count = 15, where = "T", among = { question = "town", item = "a" } },
  { item = "high", count = 2, where = "T", among = { question = "town", item = "a" } },
]
[[question]]
id = "help"
label = "Help"
kind = "pick"
chosen = 2
categories = ["p", "q", "r"]
cells = [
  { item = "p", count = 50, where = "T" }, { item = "q", count = 40, where = "T" },
  { item = "r", count = 30, where = "T" },
  { item = "p", count = 30, where = "T", among = { question = "sex", item = "f" } },
  { item = "q", count = 20, where = "T", among = { question = "sex", item = "f" } },
  { item = "r", count = 20, where = "T", among = { question = "sex", item = "f" } },
]
"""


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(4))
def test_overlapping_subgroups_and_picks_within_subgroups(tmp_path, seed):
    survey = survey_file(tmp_path, OVERLAPPING)
    data = synthesise(survey, seed=seed)
    assert data.invented == ()
    female = data.column("sex").codes == data.column("sex").labels.index("f")
    in_a = data.column("town").codes == data.column("town").labels.index("a")
    view = data.column("view")
    assert view.counts == (20, 30, 10)
    assert view.taken(female).counts == (15, 12, 8)
    assert view.taken(in_a).counts == (3, 15, 2)
    help_ = data.column("help")
    assert help_.counts == (50, 40, 30)
    assert help_.taken(female).counts == (30, 20, 20)
    assert set(help_.marks.sum(axis=1).tolist()) == {2}


def test_picks_that_do_not_add_up_are_not_picked(tmp_path):
    """Where answers that print does not show were picked, too, those that it shows do not add up."""
    unshown = OVERLAPPING.replace("chosen = 2", "chosen = 2\npartial = true\nlist_length = 5")
    survey = survey_file(tmp_path, unshown.replace('item = "r", count = 30', 'item = "r", count = 28'))
    data = synthesise(survey, seed=1)
    assert data.column("help").counts == (50, 40, 28)
    assert data.codebook["help"].chosen is None
    assert codebook_of(survey)["help"].chosen == 2
    again = read_respondents(data.to_frame(), data.codebook)
    assert again.data_hash == data.data_hash


def test_a_base_below_the_respondents(tmp_path):
    question = """
[[question]]
id = "q"
label = "Q"
kind = "single"
base = 50
categories = ["x", "y"]
cells = [{ item = "x", count = 20, where = "T" }, { item = "y", count = 30, where = "T" }]
"""
    data = synthesise(survey_file(tmp_path, question), seed=1)
    assert data.column("q").counts == (20, 30)
    assert data.column("q").why == {"missing": 10}


@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_a_random_table_has_its_totals(size, items, seed):
    rng = np.random.default_rng(seed)
    chosen = int(rng.integers(1, items + 1))
    totals = np.zeros(items, dtype=int)
    for _ in range(size):
        totals[rng.permutation(items)[:chosen]] += 1
    assert can_pick(tuple(totals), size, chosen)
    marks = picked(tuple(totals), size, chosen, rng)
    assert marks.sum(axis=0).tolist() == totals.tolist()
    assert (marks.sum(axis=1) == chosen).all()


@pytest.mark.slow
def test_random_tables_are_spread():
    """Two people pick one of two answers each, one pick per answer: both tables come up about as often."""
    rng = np.random.default_rng(11)
    first = sum(int(picked((1, 1), 2, 1, rng)[0, 0]) for _ in range(400))
    assert abs(first - 200) < 4 * np.sqrt(100)  # four standard deviations
