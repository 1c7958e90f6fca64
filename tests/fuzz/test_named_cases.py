"""Every case that once gave way under attack, by itself: the seeds of the random inputs.

What is not here has a test of its own: saved fits in tests/regression/test_storing.py, files of answers in
tests/respondents/test_damaged_files.py, terminals in tests/test_terminal.py, work and memory in tests/test_budgets.py,
errors that travel in tests/test_errors_travel.py, kills in test_kills.py.
"""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import AnswersError, CseaStatsError, SurveyFileError
from csea_stats.survey.survey import Cell, Group, Question
from tests.auditing.made import small_survey
from tests.fuzz.labels import drawn


def cell(item, **more):
    return Cell(item=item, where=more.pop("where", "Table"), **more)


def question(kind, names, cells, **more):
    return Question(id="q", label="q", kind=kind, categories=tuple(names), cells=tuple(cells), **more)


def test_a_sum_of_three_leaves_the_other_three_open(tmp_path):
    survey = small_survey(question("single", "abcdef", [cell(("d", "e", "f"), percent="40")]), respondents=50)
    found = cs.audit(survey)
    counts = found.counts_of("q", ("a", "d", "e", "f"))
    assert (counts[0], counts[-1]) == (20, 50)
    told = judged(survey, tmp_path, '{ kind = "share", question = "q", item = ["a", "d", "e", "f"], above = 0.9 }')
    assert told.respondents.word in ("print unclear", "cannot be checked")
    assert told.people.word in ("not settled", "cannot be checked")


def judged(survey, folder, test):
    """Return what comes of one claim."""
    head = f'format = "csea-claims/1"\nsurvey = "{survey.id}"\n[[claim]]\nid = "x"\nsection = "s"\ntext = "A claim."\n'
    (folder / "claims.toml").write_text(f"{head}test = {test}\n", encoding="utf-8")
    (result,) = cs.check_claims(survey, folder / "claims.toml")
    return result.verdicts


def test_a_sum_of_ordered_answers_is_audited():
    asked = question("ordinal", "abcde", [cell(("c", "d", "e"), percent="40")])
    found = cs.audit(small_survey(asked, respondents=100))
    assert found.counts_of("q", ("c", "d", "e")) == (40,)
    assert len(cs.estimate(found.survey))


CONTRADICTING = (
    *(("51", "1 3 6 7 10"), ("21", "6 11"), ("66", "0 1 2 3 4 7"), ("20", "0 11"), ("65", "0 3 4 6 10 11")),
    *(("33", "7 8 11"), ("22", "3 5 10"), ("40", "0 1 4 6 8"), ("31", "1 4 10"), ("26", "6 8 10 11")),
)


@pytest.mark.slow
def test_sums_that_contradict_come_to_an_end(within):
    cells = [
        cell(tuple(f"c{one}" for one in places.split()), percent=told, where=f"T{number}")
        for number, (told, places) in enumerate(CONTRADICTING)
    ]
    asked = question("single", [f"c{number}" for number in range(12)], cells)
    with within(20):
        cs.audit(small_survey(asked, respondents=1_000)).rows()


def test_labels_that_are_not_printed_keep_the_truth():
    shown = cell(tuple("abcdef"), unlabelled=("43", "49", "50", "51", "53", "54"), status="unlabelled", where="Figure")
    found = cs.audit(small_survey(question("multiple", "abcdef", [cell("e", count=50), shown]), respondents=100))
    assert not [one for one in found.findings if one.verdict == "inconsistent"]
    assert set(found.counts_of("q", "a")) >= {43, 49, 51, 53, 54}


def test_one_of_many_bases_fits():
    """Of 2,000 people 25 % are parents; 163 of them, 33.2 %, have a child: of 491, which no list of twelve holds."""
    parent = question("yes-no", (), [cell("yes", percent="25")])
    parent = Question(id="parent", label="p", kind="yes-no", cells=parent.cells)
    group = Group(question="parent", item="yes")
    child = Question(id="child", label="c", kind="yes-no", cells=(cell("yes", count=163, percent="33.2", among=group),))
    found = cs.audit(small_survey(parent, child, respondents=2_000))
    assert not [one for one in found.findings if one.verdict == "inconsistent"]


@pytest.mark.parametrize(
    ("kind", "cells", "item"),
    [
        ("single", [cell("a", count=30), cell("b", count=20)], "a"),  # c may be 50
        ("multiple", [cell("a", count=90), cell("b", count=20)], "a"),  # c may be 100
    ],
)
def test_an_answer_without_a_number_may_be_the_most_common(kind, cells, item, tmp_path):
    survey = small_survey(question(kind, "abc", cells), respondents=100)
    told = judged(survey, tmp_path, f'{{ kind = "rank", question = "q", item = "{item}", top = 1 }}')
    assert told.respondents.word == "print unclear"
    assert told.people.word not in ("supported", "contradicted")


@pytest.mark.parametrize("sign", ["\\u0000", "\\u001b", "\\u007f"])
def test_a_control_sign_in_a_label_is_told_with_its_line(sign, tmp_path):
    text = small_survey(question("single", "ab", [cell("a", count=3)]), respondents=9).to_toml()
    (tmp_path / "a.toml").write_text(text.replace('"q"', f'"q{sign}"', 2).replace(f'id = "q{sign}"', 'id = "q"'))
    with pytest.raises(SurveyFileError, match=rf"(?is)line \d+.*{sign[-4:].lstrip('0') or '0'}"):
        cs.load_survey(tmp_path / "a.toml")


@pytest.mark.parametrize("count", [0, 100])
def test_a_group_of_nobody_or_everybody_does_not_end_a_report(count):
    group = Question(id="g", label="g", kind="yes-no", cells=(cell("yes", count=count),))
    among = Group(question="g", item="yes")
    asked = question("yes-no", (), [cell("yes", count=40), cell("yes", count=40 * (count > 0), among=among, where="B")])
    asked = Question(id="q", label="q", kind="yes-no", cells=asked.cells)
    survey = small_survey(group, asked, respondents=100)
    assert len(cs.estimate(survey))
    assert cs.tabulate(survey, "q", by="g").table()


@pytest.mark.slow
@pytest.mark.parametrize("label", ["$0 to $500", "$\\frac$", "\u202egnp.exe", "<b>", "=1+1"])
def test_a_label_is_text_in_a_figure(label):
    book = cs.Codebook({"pay": cs.Ordered(label, "more")})
    data = cs.read_respondents(pd.DataFrame({"pay": [label, "more"] * 9}), book)
    assert drawn(cs.estimate(cs.tabulate(data, "pay")))


def test_association_of_nobody_is_an_error():
    book = cs.Codebook({"a": cs.Categories("x", "y"), "b": cs.Categories("u", "v")})
    data = cs.read_respondents(pd.DataFrame({"a": ["x", ""], "b": ["", "u"]}), book)
    with pytest.raises(CseaStatsError):
        cs.association(data, "a", "b")


@pytest.mark.slow
def test_incomes_are_numbers_of_a_scale():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"pay": rng.choice([180_000, 230_000, 430_000], 40), "t": rng.choice(["low", "high"], 40)})
    book = cs.Codebook({"pay": cs.Number(), "t": cs.Ordered("low", "high")})
    data = cs.read_respondents(frame, book)
    for formula in ("t ~ per(pay, 1)", "t ~ pay"):
        for method in ("frequentist", "bayes"):
            for one in cs.fit(formula, data, method=method).effects():
                assert np.isfinite(one.value)
                assert one.interval.lower <= one.interval.upper


@pytest.mark.parametrize(
    ("call", "least"),
    [
        (lambda: cs.difference((2, 36), (0, 10**7)), -1),
        (lambda: cs.proportion(10**12, 10**12), 0),
        (lambda: cs.proportion(0, 10**15), 0),
        (lambda: cs.proportion(1, 1, level=0.999999), 0),
    ],
)
def test_very_unlike_numbers_have_an_interval(call, least):
    found = call()
    assert least <= found.interval.lower <= found.interval.upper <= 1


@pytest.mark.slow
def test_bounds_are_the_right_way_round():
    rng = np.random.default_rng(1)
    for _ in range(40):
        base = int(rng.integers(2, 60))
        counts = {int(x) for x in rng.integers(0, base + 1, 3)}
        for target in (cs.Superpopulation(), cs.Population(cs.SelectionBounds(ratio=2.0))):
            found = cs.proportion(counts, base, target=target)
            low, high = found.bounds or (found.value, found.value)
            assert low <= high


def test_two_columns_of_one_name_are_told():
    with pytest.raises(AnswersError, match="q"):
        cs.read_respondents(pd.DataFrame([["a", "b"]], columns=["q", "q"]), cs.Codebook({"q": cs.Categories("a", "b")}))


@pytest.mark.parametrize("place", ["x" * 300, "a\0b", "\ud800"])
def test_a_name_that_no_file_has_is_told(place):
    with pytest.raises(CseaStatsError):
        cs.load_survey(place)
