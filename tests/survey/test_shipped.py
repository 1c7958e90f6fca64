"""Every shipped survey: where its numbers come from, what its audit says, and what its claims come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

import csea_stats as cs
from csea_stats.claims.claim_files import claim_names, load_claims
from csea_stats.tabulation.source_estimates import shown_items

ENGINEERS, USERS = "research-engineers-netherlands-2017", "dask-users-2019"
FEW = "research-engineers-south-africa-2017"


@pytest.fixture(scope="module", params=[ENGINEERS, USERS, FEW])
def survey(request):
    return cs.load_survey(request.param)


@pytest.fixture(scope="module")
def engineers():
    return cs.audit(cs.load_survey(ENGINEERS))


def test_each_has_claims_about_itself():
    assert claim_names() == cs.survey_names()
    for name in cs.survey_names():
        assert load_claims(cs.load_survey(name))


def test_each_names_its_source_and_its_terms(survey):
    assert survey.source.url.startswith("https://")
    assert survey.source.terms.startswith("CC BY")
    assert all(cell.where for question in survey.question for cell in question.cells)
    assert survey.targets.one
    assert survey.targets.many
    assert survey.respondents < 400


def test_between_them_they_have_groups_missing_answers_and_batteries():
    engineers, users = cs.load_survey(ENGINEERS), cs.load_survey(USERS)
    assert [len(battery.questions) for battery in engineers.battery] == [7, 4, 2, 2, 5]
    assert {question.base for question in engineers.question} >= {60, 71, 72, 73, 75}  # of 77
    assert [question.id for question in engineers.question if question.among] == [
        "main-author",
        "co-author",
        "in-the-text",
        "how-often-open",
    ]
    assert {str(cell.among) for question in users.question for cell in question.cells if cell.among} == {
        "use=every day",
        "use=just looking",
        "use=occasionally",
    }


def test_tables_add_up_to_what_print_says_did_not_answer(engineers):
    survey = cs.load_survey(ENGINEERS)
    for question in survey.question:
        if question.base and question.kind != "multiple" and not question.partial:
            for reading in engineers.feasible(question.id):
                if not reading.cells_set_aside:
                    assert sum(reading.counts) == question.base, question.id


def test_contradictions_of_text_and_table_are_shown(engineers):
    found = {
        (finding.code, finding.question, finding.printed.split("(")[0].strip(" ;"))
        for finding in engineers.findings
        if finding.verdict == "inconsistent"
    }
    assert {(code, question) for code, question, _ in found} == {
        ("percent-and-base", "salary"),  # 15% in the text, 11 of 70 in the table
        ("sum-of-answers", "code-users"),  # 84% in the text, 67 of 77 in the table
        ("text-and-figure", "organisation"),  # 38% and 39%
        ("sum-of-answers", "organisation"),  # 8% in the text, 10 of 77 in the table
        ("text-and-figure", "contract"),  # half, and 65%
        ("percent-and-base", "co-author"),  # 78% and 90%
        ("percent-and-base", "in-the-text"),  # 90% and 2 of 4
        ("other-base", "testing"),  # percentages of answers, not of people
        ("text-and-figure", "bus-factor"),  # a majority, and 45%
        ("sum-of-answers", "position"),  # 79% in the text, 64 of 73 in the table
        ("sum-of-answers", "career"),  # 71% in the text, 63 of 73 in the table
    }


def test_the_same_questions_were_asked_in_two_countries():
    asked = [{question.id: question.label for question in cs.load_survey(name).question} for name in (ENGINEERS, FEW)]
    common = set(asked[0]) & set(asked[1])
    assert len(common) == 25
    assert all(asked[0][one] == asked[1][one] for one in common)
    assert not [finding for finding in cs.audit(cs.load_survey(FEW)).findings if finding.verdict == "inconsistent"]


def test_a_table_by_group_adds_up():
    audit = cs.audit(cs.load_survey(USERS))
    assert [reading.counts for reading in audit.feasible("help")] == [(24, 41, 95, 49, 43)]
    assert audit.pairs("cluster", "yes") == ((167, 255),)  # 65.49% alone leaves 113, 142, 226 and 255
    assert audit.pairs("python", "3") == ((215, 221), (251, 258))
    assert not [finding for finding in audit.findings if finding.verdict == "inconsistent"]


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("name", "claim", "expected"),
    [
        (ENGINEERS, "professional-majority", ["true of them", "supported", "not settled"]),  # 50 of 77
        (ENGINEERS, "half-permanent", ["not true of them", "too few answers", "too few answers"]),  # 50 of 77
        (ENGINEERS, "projects-depend-on-one", ["not true of them", "not settled", "not settled"]),  # 34 of 75
        (ENGINEERS, "no-promotion", ["not true of them", "contradicted", "not settled"]),  # 27 of 73
        (ENGINEERS, "employable", ["not true of them", "not settled", "not settled"]),  # one of four is 33 of 73
        (ENGINEERS, "co-authors-78", ["not true of them", None, None]),  # 35 of 39 are 90%
        (ENGINEERS, "satisfied-with-position", ["print unclear", None, None]),
        (ENGINEERS, "hand-over-plans-rare", ["true of them", "supported", "depends on who took part"]),  # 16 of 75
        (FEW, "mainly-permanent", ["not true of them", "not settled", "not settled"]),  # 10 of 22
        (FEW, "vast-majority-write-code", ["true of them", "not settled", "not settled"]),  # 19 of 22 against 2/3
        (USERS, "documentation-and-examples-majority", ["true of them", "not settled", "not settled"]),  # 136 of 252
        (USERS, "examples-first", ["true of them", "supported", "not settled"]),  # 95, then 49 of 252
        (USERS, "cluster-majority", ["true of them", "supported", "not settled"]),  # 167 of 255
        (USERS, "communities-alike", ["cannot be checked"] * 3),
    ],
)
def test_statements_of_the_reports(name, claim, expected, checked):
    assert [verdict and verdict.word for verdict in checked[name, claim].verdicts] == expected


@pytest.fixture(scope="module")
def checked():
    return {
        (name, result.claim.id): result
        for name in (ENGINEERS, USERS, FEW)
        for result in cs.check_claims(cs.load_survey(name))
    }


def test_a_headline_is_a_sum_in_any_order():
    survey = cs.load_survey(USERS)
    changed = [
        replace(question, headline=question.headline[::-1]) if question.id == "help" else question
        for question in survey.question
    ]
    audit = cs.audit(survey)
    for one in (survey.question, changed):
        question = next(question for question in one if question.id == "help")
        assert shown_items(survey, audit, question)[-1].items == ("more documentation", "more examples")


@pytest.mark.slow
@pytest.mark.parametrize("name", [FEW, ENGINEERS, USERS])
def test_the_page_is_made(name, tmp_path):
    survey = cs.load_survey(name)
    written = cs.write_report(survey, tmp_path)
    assert {path.name for path in written} >= {"report.html", "estimates.csv", "audit.csv", "claims.csv"}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"{survey.respondents} " in page
    assert " workers" not in page
    assert survey.targets.many in page
