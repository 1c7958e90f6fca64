"""Whoever was asked and is in no count is told beside every number made of the others."""

from __future__ import annotations

import pandas as pd
import pytest

import csea_stats as cs

SOME_OF_B = "B: 4 of 12 gave an answer that is counted here; not counted: {blank} 4, dk 4."


@pytest.fixture
def data():
    """24 people; in group B 8 of 12 gave no answer, or one off the scale."""
    frame = pd.DataFrame({"q": ["lo", "mid", "hi", "dk", "", "hi"] * 4, "g": ["A", "B", "A", "B", "B", "A"] * 4})
    book = cs.Codebook(
        {"q": cs.Ordered("lo", "mid", "hi", off_scale=("dk",)), "g": cs.Categories("A", "B")}, respondent=None
    )
    return cs.read_respondents(frame, book)


@pytest.fixture
def three():
    """24 people in three groups of 8; of B 4, and of C 2, are in no count."""
    frame = pd.DataFrame(
        {"q": ["yes"] * 5 + ["no"] * 3 + ["", "dk"] * 2 + ["yes", "no"] * 2 + ["dk"] * 2 + ["no"] * 6}
        | {"g": ["A"] * 8 + ["B"] * 8 + ["C"] * 8}
    )
    book = cs.Codebook(
        {"q": cs.Categories("no", "yes", off_scale=("dk",)), "g": cs.Categories("A", "B", "C")}, respondent=None
    )
    return cs.read_respondents(frame, book)


def apart(estimate):
    return [doubt.text for doubt in estimate.caveats if doubt.code == "apart"]


@pytest.mark.slow
def test_a_difference_of_a_tabulation_says_it_of_each_side_whose_people_are_not_all_counted(data, three):
    found = cs.tabulate(data, "q", by="g").contrasts()
    assert all(apart(one) == [SOME_OF_B.format(blank="missing")] for one in found)
    told = cs.tabulate(three, "q", by="g").contrasts().where(target=cs.Superpopulation)
    assert [apart(one) for one in told] == [
        ["the rest: 10 of 16 gave an answer that is counted here; not counted: missing 2, dk 4."],
        [
            "B: 4 of 8 gave an answer that is counted here; not counted: missing 2, dk 2.",
            "the rest: 14 of 16 gave an answer that is counted here; not counted: dk 2.",
        ],
        [
            "C: 6 of 8 gave an answer that is counted here; not counted: dk 2.",
            "the rest: 12 of 16 gave an answer that is counted here; not counted: missing 2, dk 2.",
        ],
    ]


def test_rows_by_group_say_it_of_their_group(data):
    found = cs.estimate(cs.tabulate(data, "q", by="g")).where(item="mid among B")
    text = "4 of 12 gave an answer that is counted here; not counted: missing 4, dk 4."
    assert found
    assert all(apart(one) == [text] for one in found)


@pytest.mark.slow
def test_so_do_differences_and_sides_of_a_survey_of_answers(data, three):
    found = cs.estimate(cs.as_survey(data, by="g"))
    gaps = found.where(question="q", item="lo: A minus B")
    sides = found.where(question="q", item="lo among B")
    assert len(gaps) > 3
    assert all(apart(one) == [SOME_OF_B.format(blank="no answer")] for one in (*gaps, *sides))
    assert not any(apart(one) for one in found.where(question="q", item="lo among A"))
    found = cs.estimate(cs.as_survey(three, by="g")).where(target=cs.Superpopulation)
    rest = "the rest: 14 of 16 gave an answer that is counted here; not counted: dk 2."
    assert apart(found.where(item="yes: B minus the rest")[0])[1:] == [rest]
    assert apart(found.where(item="yes among the rest, not B")[0]) == [rest]


def test_so_do_joint_intervals_and_medians_of_a_survey_of_answers(data):
    book = cs.Codebook({"age": cs.Number(unit="years")}, respondent=None)
    ages = cs.read_respondents(pd.DataFrame({"age": [*map(str, range(20, 40)), "", ""]}), book)
    (median,) = cs.estimate(cs.as_survey(ages))
    assert apart(median) == ["20 of 22 gave an answer that is counted here; not counted: no answer 2."]
    joint = [one for one in cs.estimate(cs.as_survey(data, by="g")) if one.estimand == "share, jointly"]
    assert all(len(apart(one)) == (one.question == "q") for one in joint)


def test_the_page_tells_it_beside_a_comparison(data, tmp_path):
    cs.write_report(cs.as_survey(data, by="g"), tmp_path)
    page = next(tmp_path.glob("*.html")).read_text(encoding="utf-8")
    block = page[page.index('id="c-1"') :]
    assert SOME_OF_B.format(blank="no answer") in block


def test_words_say_how_many_there_are_where_not_all_of_a_group_are_counted(data, three):
    found = cs.estimate(cs.as_survey(data, by="g")).where(target=cs.Respondents)
    assert found.where(item="lo among A")[0].target.words == "the 12 respondents who answered “A” to “g”"
    assert found.where(item="lo among B")[0].target.words == (
        "the 4 respondents with an answer that counts here, of the 12 who answered “B” to “g”"
    )
    found = cs.estimate(cs.as_survey(three, by="g")).where(target=cs.Respondents)
    assert found.where(item="yes among the rest, not B")[0].target.words == (
        "the 14 respondents with an answer that counts here, of the 16 others"
    )


def test_a_count_has_no_caveat_about_intervals(data):
    for one in cs.tabulate(data, "q", by="g").contrasts():
        codes = {doubt.code for doubt in one.caveats}
        assert ("all-at-once" in codes) == (one.interval is not None)


@pytest.fixture
def ungrouped():
    """Of 24 people 3 gave no group, one of whom answered."""
    frame = pd.DataFrame(
        {
            "q": ["lo", "mid", "hi", "dk", "", "hi"] * 4,
            "g": ["A", "B", "A", "B", "B", "A"] * 3 + ["", "B", "A", "", "", "A"],
        }
    )
    book = cs.Codebook(
        {"q": cs.Ordered("lo", "mid", "hi", off_scale=("dk",)), "g": cs.Categories("A", "B")}, respondent=None
    )
    return cs.read_respondents(frame, book)


@pytest.mark.parametrize("which", ["data", "three", "ungrouped"])
def test_a_table_of_a_survey_of_answers_is_that_of_the_answers(which, request):
    answers = request.getfixturevalue(which)
    printed, rows = cs.tabulate(cs.as_survey(answers, by="g"), "q", by="g"), cs.tabulate(answers, "q", by="g")

    def named(reasons):
        return {reason.replace("missing", "no answer"): times for reason, times in reasons}

    assert (printed.groups, printed.off_scale) == (rows.groups, rows.off_scale)
    assert named(printed.left_out) == named(rows.left_out)
    (ours,), (theirs,) = printed.tables, rows.tables
    assert (ours.counts, ours.bases) == (theirs.counts, theirs.bases)
    assert list(map(named, ours.apart)) == list(map(named, theirs.apart))
    whole = cs.tabulate(cs.as_survey(answers, by="g"), "q").tables[0]
    assert named(whole.apart[0]) == named(cs.tabulate(answers, "q").tables[0].apart[0])


def test_a_fit_to_a_survey_of_answers_says_who_is_not_in_the_model(ungrouped):
    table = cs.tabulate(cs.as_survey(ungrouped, by="g"), "q", by="g")
    (text,) = [
        doubt.text for doubt in cs.fit("q ~ g", table, method="frequentist").caveats if doubt.code == "incomplete"
    ]
    assert text == "9 of 24 respondents are not in the model: 3 no answer (g); 3 no answer (q); 3 dk (q)."
    (first, *_) = cs.association(table)
    assert apart(first.estimates[0]) == [
        "15 of 24 gave an answer that is counted here; not counted: g: no answer 3, no answer 3, dk 3."
    ]


@pytest.mark.slow
def test_two_surveys_say_it_of_each_in_shares_and_in_the_difference(data):
    book = data.codebook
    other = cs.read_respondents(pd.DataFrame({"q": ["lo", "hi", "hi"] * 5, "g": ["A"] * 15}), book)
    one, two = (cs.as_survey(found, by="g") for found in (data, other))
    found = cs.compare_surveys(one, two, "q")
    told = "16 of 24 gave an answer that is counted here; not counted: no answer 4, dk 4."
    for estimate in found:
        minus = " minus " in estimate.item
        expected = told in "".join(apart(estimate))
        assert expected == (minus or estimate.item.endswith(("the first survey", str(one.title))))
        assert not minus or apart(estimate)[0].endswith(f": {told}")


def test_several_answers_each_by_groups_leave_no_base_open():
    frame = pd.DataFrame({"tools": ["u;v", "", "u", "v", "u", ""], "g": ["A", "A", "A", "B", "B", ""]})
    book = cs.Codebook(
        {"tools": cs.Multiple(items=("u", "v"), separator=";"), "g": cs.Categories("A", "B")}, respondent=None
    )
    printed = cs.tabulate(cs.as_survey(cs.read_respondents(frame, book), by="g"), "tools", by="g")
    (table,) = printed.tables
    assert (printed.groups, table.bases, table.counts) == (("A", "B"), (2, 2), ((2, 1), (1, 1)))
    assert (table.apart, printed.left_out) == (((("no answer", 1),), ()), (("g: no answer", 1),))
