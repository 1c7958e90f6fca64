"""Readers of whole releases: who knows everybody's groups, who compares twins, who looks at every byte."""

import pickle
import random
import re
from itertools import product

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.disclosure import released_questions
from csea_stats.disclosure.ledger import ledger_of
from csea_stats.respondents.disclosure_rules import PRESETS
from csea_stats.survey.loading import fingerprint

RULE = PRESETS["standard"]


def crossed(seed):
    """Return answers of people in two teams, almost all of which are in an office of their own."""
    rng = random.Random(seed)
    rows = []
    for team, office in product("AB", "CD"):
        size = rng.randrange(16, 22) if team + office in ("AC", "BD") else rng.randrange(1, 3)
        rows += [(team, office, "yes" if rng.random() < 0.25 else "no") for _ in range(size)]
    frame = pd.DataFrame(rows, columns=["team", "office", "seen"]).sample(frac=1, random_state=seed)
    kinds = {name: cs.Categories(*sorted(set(frame[name]))) for name in ("team", "office")}
    kinds["seen"] = cs.Categories("yes", "no")
    book = cs.Codebook(kinds, respondent=None, groups=("team", "office"))
    return cs.read_respondents(frame.reset_index(drop=True), book), frame


def left_to_who_knows_all_groups(survey, frame):
    """Return the fewest values that fit of a hidden count, of every way in which the answers may lie, one by one."""
    sizes = frame.groupby(["team", "office"]).size()
    tables = ledger_of(survey).limits["seen"]
    fitting = []
    for given in product(*(range(size + 1) for size in sizes)):
        counts = {("", "yes"): sum(given)}
        for (pair, yes), size in zip(zip(sizes.index, given, strict=True), sizes, strict=True):
            for group in pair:
                counts[group, "yes"] = counts.get((group, "yes"), 0) + yes
                counts[group, "no"] = counts.get((group, "no"), 0) + size - yes
        counts["", "no"] = len(frame) - sum(given)
        told = [(counts[group, answer], low, high) for rows in tables.values() for answer, group, low, high in rows]
        if all(low <= count <= high for count, low, high in told):
            fitting.append([count for count, _, _ in told])
    hidden = [
        place
        for place, (_, _, low, high) in enumerate(row for rows in tables.values() for row in rows)
        if low < RULE.minimum and high > low
    ]
    return min((len({one[place] for one in fitting}) for place in hidden), default=len(frame))


def check_crossed(seeds):
    told = 0
    for seed in seeds:
        data, frame = crossed(seed)
        survey = cs.release(data, questions="seen")
        told += len(ledger_of(survey).limits["seen"]) == 3
        assert left_to_who_knows_all_groups(survey, frame) >= RULE.spread, seed
    assert told


@pytest.mark.slow
def test_who_knows_everybodys_groups_is_left_with_values():
    check_crossed(range(8))


@pytest.mark.slow
def test_who_knows_everybodys_groups_is_left_with_values_of_many():
    check_crossed(range(100))


@pytest.mark.slow
def test_holding_groupings_against_each_other_is_needed(monkeypatch):
    monkeypatch.setattr(released_questions, "jointly_safe", lambda *_: True)
    least = []
    for seed in range(8):
        data, frame = crossed(seed)
        least.append(left_to_who_knows_all_groups(cs.release(data, questions="seen"), frame))
    assert min(least) < RULE.spread


def twin(poor, seed):
    """Return answers of 60 people of whom so few are told to have said poor, and the others of five good."""
    said = ["poor"] * poor + ["good"] * (5 - poor) + ["fair"] * 30 + ["bad"] * 25
    frame = pd.DataFrame({"id": [f"person-{i}" for i in range(60)], "aware": said})
    frame = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    kinds = {"aware": cs.Ordered("bad", "poor", "fair", "good")}
    return cs.read_respondents(frame, cs.Codebook(kinds, source={"title": "A survey"}))


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Two folders of different answers that are told alike."""
    one = twin(2, 0)
    told = cs.release(one)
    other = next(data for data in (twin(3, seed) for seed in range(60)) if cs.release(data) == told)
    made = []
    for name, data in (("one", one), ("other", other)):
        made.append(tmp_path_factory.mktemp(name))
        cs.write_report(data, made[-1], release="standard")
    return made, (one, other)


def test_answers_that_are_told_alike_give_the_same_bytes(twins):
    (one, other), _ = twins
    assert contents(one) == contents(other)


def test_nothing_of_the_answers_hangs_on_what_is_told(twins):
    _, (one, other) = twins
    told = [cs.release(data) for data in (one, other)]
    assert pickle.dumps(told[0]) == pickle.dumps(told[1])
    assert repr(told[0]) == repr(told[1])
    estimates = [cs.estimate(survey) for survey in told]
    assert estimates[0].to_json() == estimates[1].to_json()
    assert len({found.table().to_html() for found in estimates}) == 1
    assert b"person-" not in pickle.dumps(told[0])


def test_the_only_hash_is_that_of_what_is_told(twins):
    (folder, _), (one, _) = twins
    hashes = {
        found
        for name, content in contents(folder).items()
        if name != "SHA256SUMS"
        for found in re.findall(r"\b[0-9a-f]{64}\b", content.decode())
    }
    assert hashes <= {fingerprint(cs.load_survey(folder / "survey.toml"))}
    assert one.data_hash not in hashes


def test_raw_pages_of_twins_differ(twins, tmp_path):
    _, both = twins
    for name, data in zip("ab", both, strict=True):
        cs.write_report(data, tmp_path / name)
    assert contents(tmp_path / "a") != contents(tmp_path / "b")


@pytest.mark.parametrize("wrong", [{"by": "aware"}, {"policy": "lax"}, {"questions": "shoe size"}, {"by": "shoe size"}])
def test_no_error_tells_a_count(wrong):
    data = twin(2, 0)
    with pytest.raises(cs.CseaStatsError) as told:
        cs.release(data.taken([0, 1, 2]), **wrong)
    assert "person-" not in str(told.value)
    assert not re.search(r"\b2\b", str(told.value))
