"""Pasted tables become questions: every number as printed, every guess marked, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.encoding.drafts import draft
from csea_stats.encoding.grids import MOST_COLUMNS, MOST_ROWS, grids_of, read_grids
from csea_stats.errors import SurveyFileError
from csea_stats.report.tables import survey_table, to_csv
from tests.encoding.conftest import HEAD, drafted


def told(question):
    return {cell.item: (cell.count, cell.percent or cell.words) for cell in question.cells}


SMOKING = (
    "Table 3. How much do you smoke?\nAnswer\tn\t%\nnever\t189\t80\noften\t30\t12,7\nheavily\t17\t<8\nTotal\t236\t100\n"
)


def test_a_table_of_answers(load):
    text = drafted(SMOKING)
    (question,) = load(text).question
    assert (question.id, question.label, question.where) == (
        "how-much-do-you-smoke",
        "How much do you smoke",
        "Table 3",
    )
    assert (question.kind, question.base) == ("ordinal", 236)
    assert question.categories == ("never", "often", "heavily")
    assert told(question) == {"never": (189, "80"), "often": (30, "12.7"), "heavily": (17, "<8%")}
    assert [line for line in text.splitlines() if "guess" in line] == (
        ['kind = "ordinal"  # guess: the answers look like a scale; put them from low to high']
    )


def test_the_guide_shows_what_the_command_gives():
    guide = (Path(__file__).parents[2] / "docs" / "encode-your-own-report.md").read_text(encoding="utf-8")
    texts, drafts = ([part.split("```")[0] for part in guide.split(f"```{form}\n")[1:]] for form in ("text", "toml"))
    assert len(texts) == 2
    assert [drafted(text) for text in texts] == drafts


def test_the_same_table_in_every_form(load, tmp_path):
    rows = [["Answer", "n", "%"], ["never", "189", "80"], ["of ten, say", "47", "20"], ["Total", "236", "100"]]
    book = Workbook()
    sheet = book.active
    sheet.title = "Table 3"
    for row in rows:
        sheet.append([int(entry) if entry.isdigit() else entry for entry in row])
    book.save(tmp_path / "t.xlsx")
    (tmp_path / "t.md").write_text(
        "# Report\n\n**Table 3**\n\n| Answer | n | % |\n|---|--:|--:|\n"
        + "".join(f"| {' | '.join(row)} |\n" for row in rows[1:])
        + "\nNever.\n",
        encoding="utf-8",
    )
    (tmp_path / "t.html").write_text(
        "<html><script>alert(1)</script><table><caption>Table 3</caption>"
        + "".join("<tr>" + "".join(f"<td>{entry}</td>" for entry in row) + "</tr>" for row in rows)
        + "</table></html>",
        encoding="utf-8",
    )
    (tmp_path / "t.tsv").write_text("Table 3\n" + "\n".join("\t".join(row) for row in rows), encoding="utf-8")
    (tmp_path / "t.csv").write_text(
        "Table 3,,\n" + "\n".join(",".join(f'"{e}"' for e in row) for row in rows), encoding="utf-8"
    )
    (tmp_path / "t.txt").write_text("Table 3\n" + "\n".join(";".join(row) for row in rows), encoding="utf-8")
    made = {
        form: draft(read_grids(str(tmp_path / f"t.{form}"))) for form in ("xlsx", "md", "html", "tsv", "csv", "txt")
    }
    assert len(set(made.values())) == 1, made
    (question,) = load(made["csv"]).question
    assert told(question) == {"never": (189, "80"), "of ten, say": (47, "20")}
    assert (question.base, question.where) == (236, "Table 3")


def test_a_battery_with_bases_and_a_missing_cell(load):
    text = drafted("Figure 4: Trust\n\tPoor\tFair\tGood\tn\nPolice\t12\t30\t58\t100\nCourts\t20\t-\t60\t90\n")
    survey = load(text)
    assert [q.id for q in survey.question] == ["trust-police", "trust-courts"]
    assert [q.base for q in survey.question] == [100, 90]
    assert survey.battery[0].questions == ("trust-police", "trust-courts")
    assert survey.question[0].kind == "ordinal"
    assert told(survey.question[0]) == {"Poor": (None, "12"), "Fair": (None, "30"), "Good": (None, "58")}
    assert told(survey.question[1]) == {"Poor": (None, "20"), "Good": (None, "60")}
    assert "# guess: '-' is no number" in text
    assert "# guess: the numbers are percents" in text


def test_columns_of_which_nothing_says_that_they_are_groups_are_turned_and_marked(load):
    text = drafted(
        "## Table 2: Knows the law\n\n| | Men | | Women | |\n|---|---|---|---|---|\n| | n | % | n | % |\n"
        "| yes | 10 | 50 | 8 | 40 |\n| no | 10 | 50 | 12 | 60 |\n| Total | 20 | 100 | 20 | 100 |\n"
    )
    survey = load(text)
    assert [(q.label, q.kind, q.base) for q in survey.question] == [("Men", "yes-no", 20), ("Women", "yes-no", 20)]
    assert told(survey.question[1]) == {"yes": (8, "40"), "no": (12, "60")}
    assert "# guess: each column is a question; if they are groups" in text


def test_counts_that_add_up_to_a_column(load):
    survey = load(drafted("Item\tyes\tno\tTotal\nA\t12\t8\t20\nB\t5\t15\t20\n"))
    assert [(q.id, q.base, told(q)["no"]) for q in survey.question] == [
        ("item-a", 20, (8, None)),
        ("item-b", 20, (15, None)),
    ]


def test_several_answers_each(load):
    text = drafted("<table><tr><th>Channel<th>n (%)<tr><td>radio<td>12 (40%)<tr><td>sms &amp; x<td>20 (67%)</table>")
    (question,) = load(text).question
    assert question.kind == "multiple"
    assert told(question) == {"radio": (12, "40"), "sms & x": (20, "67")}


def test_frequencies_as_a_statistics_program_prints_them(load):
    text = drafted(
        "Sex\tFrequency\tPercent\tValid Percent\tCumulative Percent\n"
        "male\t10\t40.0\t50.0\t50.0\nfemale\t10\t40.0\t50.0\t100.0\nTotal\t20\t80.0\t100.0\t\n"
    )
    (question,) = load(text).question
    assert told(question) == {"male": (10, "50.0"), "female": (10, "50.0")}
    assert question.base == 20
    assert "# left out: the column 'Cumulative Percent', which adds up" in text
    assert "# left out: another column of percents: 40.0, 40.0, ..." in text


def test_lines_of_words_and_numbers_as_a_pdf_gives_them(load):
    text = "Table 7: Where they heard of it\nn %\nsocial media 26 65,0\nat school,\nor near 12 30,0\nradio 9 22,5\n"
    (question,) = load(drafted(text)).question
    assert (question.label, question.where) == ("Where they heard of it", "Table 7")
    assert told(question) == {"social media": (26, "65.0"), "at school, or near": (12, "30.0"), "radio": (9, "22.5")}
    text = "Trust in\nItem  none at all  some   full\nthe police 20 30 50\nthe courts <5 \N{EN DASH} 40\n"
    survey = load(drafted(text))
    assert survey.question[0].categories == ("none at all", "some", "full")
    assert [list(told(q).values()) for q in survey.question] == (
        [[(None, "20"), (None, "30"), (None, "50")], [(None, "<5%"), (None, "40")]]
    )
    (question,) = load(drafted("Table 8\n\nyes 12 (40%)\nno 18 (60%)")).question
    assert question.where == "Table 8"
    assert told(question) == {"yes": (12, "40"), "no": (18, "60")}


def test_cells_over_several_rows_and_columns_stay_in_their_columns():
    (table,) = grids_of(
        "<table><tr><th rowspan=2>Item<th colspan=2>Men<th>All<tr><th>n<th>%<th>n"
        "<tr><td>yes<td>1<td>2<td>3<tr><td colspan='x'>no<td rowspan=0>4<td>5<td>6</table>"
    )
    assert table.rows == (
        ("Item", "Men", "", "All"),
        ("", "n", "%", "n"),
        ("yes", "1", "2", "3"),
        ("no", "4", "5", "6"),
    )


def test_several_tables_have_several_ids(load):
    survey = load(drafted("Sex,n\nf,1\nm,2\n\nSex,n\nf,3\nm,4\n"))
    assert [question.id for question in survey.question] == ["sex", "sex-2"]


def test_a_percentage_of_a_workbook_is_as_it_is_shown(tmp_path):
    book = Workbook()
    sheet = book.active
    for row in (["Answer", "Share"], ["yes", 0.125], ["no", 0.875], ["maybe", "=1+1"]):
        sheet.append(row)
    sheet["B2"].number_format = sheet["B3"].number_format = "0.0%"
    book.save(tmp_path / "t.xlsx")
    (table,) = read_grids(str(tmp_path / "t.xlsx"))
    assert table.rows == (("Answer", "Share"), ("yes", "12.5%"), ("no", "87.5%"), ("maybe", ""))


# ---------------------------------------------------------------- the inverse of our own table


def test_a_table_of_ours_is_turned_back(load):
    survey = cs.load_survey("bosnia-herzegovina-2021")
    text = drafted(to_csv(survey_table(survey)), ".csv")
    again = load(text)
    columns = ["question", "item", "base", "percent", "count", "where", "status", "note"]

    def kept(frame):
        labelled = frame[(frame.status != "unlabelled") & frame.among.isna()]
        return {tuple(map(str, row)) for row in labelled[columns].astype(str).itertuples(index=False)}

    before, after = kept(survey.to_frame()), kept(again.to_frame())
    assert len(before) > 160
    assert before == after
    # what the table does not tell is a comment: a subgroup, and values without labels but of one cell
    marked = [line.strip() for line in text.splitlines() if line.strip().startswith("# guess")]
    assert [line.split(":")[1].split(",")[0].strip() for line in marked] == (
        ["labels are missing; write the answers they may belong to"] * 2
        + ["of a subgroup", "labels are missing; write the answers they may belong to"]
    )


def test_a_plain_survey_comes_back_whole(load):
    text = """\
[[question]]
id = "smoking"
label = "Smoking"
kind = "single"
categories = ["never", "often", "=1+1"]
base = 236
cells = [
  { item = "never", percent = "80", count = 189, where = "Table 1" },
  { item = "often", percent = "12.5", where = "Table 1", status = "order" },
  { item = "=1+1", percent = "7", where = "Table 1", base = 230, note = "-- odd" },
  { item = ["often", "=1+1"], words = "a fifth", where = "Text" },
  { item = "never", range = ["79", "81"], where = "Text" },
  { item = ["never", "often", "=1+1"], unlabelled = ["80", "7"], where = "Figure" },
]
[[fact]]
name = "started"
label = "Began"
count = 300
where = "Page 2"
[[event]]
name = "fielded"
label = "Fielded"
printed = "June 2021"
where = "Page 2"
"""
    survey = load(text)
    again = load(drafted(to_csv(survey_table(survey)), ".csv"))
    assert again.question[0].cells == survey.question[0].cells
    assert again.question[0].base == survey.question[0].base
    assert again.question[0].kind == "ordinal"  # a guess, and marked as one
    assert again.fact == survey.fact
    assert again.event[0].printed == "June 2021"


# ---------------------------------------------------------------- odd tables


@pytest.mark.parametrize(
    ("text", "form", "says"),
    [
        ("", "", "found no table"),
        ("one line", "", "found no table"),
        ("a\nb\nc", "", "found no table"),
        ("<table></table>", ".html", "found no table"),
        ("x" * 2_000_001, "", "allowed is 2,000,000"),
        ("a\tb\n" * (MOST_ROWS + 1), "", "found 2,001 rows and 2 columns; allowed is 2,000 and 200"),
        ("a\t" * (MOST_COLUMNS + 5) + "\nb\tc", "", "columns; allowed is 2,000 and 200"),
        ("a,b\n1,2\n\n" * 300, ".csv", "more than 200 tables"),
        ('a,"b"c\n1,2', ".csv", "line 1: this is no table of texts"),
        ('a,b\n1,"2', ".csv", "this is no table of texts"),
    ],
)
def test_a_table_that_is_none_is_told(text, form, says):
    with pytest.raises(SurveyFileError, match=says):
        grids_of(text, "here", form)


@pytest.mark.parametrize("length", [20_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_a_long_line_is_read_in_a_moment(length, within):
    with within(3):  # about 0.3 on an idle machine
        for line in ("a" + " 1" * length + " x", "a " + "1,1" * length + "x", "| " * length, "<td>" * length):
            with pytest.raises(SurveyFileError):
                grids_of(f"<table>{line}" if "<" in line else f"{line}\n{line}", "here")


def test_files_that_are_none_are_told(tmp_path):
    for name, content, says in (
        ("t.pdf", b"x", r"found the ending '.pdf'; allowed is .csv"),
        ("t.xlsx", b"x", "this is no Excel workbook"),
        ("t.csv", b"\xff\xfea", "no UTF-8"),
        ("none.csv", None, "no such file"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(SurveyFileError, match=says):
            read_grids(str(tmp_path / name))
    result = CliRunner().invoke(main, ["import", str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert "there is no such file" in result.output


def test_a_table_without_numbers_is_left_out():
    assert drafted("a\tb\nx\ty\nz\tw") == "# left out: here, table 1, which holds no column of numbers\n"


def test_the_command_reads_a_paste_and_a_file(tmp_path):
    pasted = CliRunner().invoke(main, ["import"], input=SMOKING)
    assert pasted.exit_code == 0
    assert pasted.stdout == drafted(SMOKING) + "\n"
    (tmp_path / "t.tsv").write_text(SMOKING, encoding="utf-8")
    assert CliRunner().invoke(main, ["import", str(tmp_path / "t.tsv")]).stdout == pasted.stdout
    assert CliRunner().invoke(main, ["import", "-"], input=SMOKING).stdout == pasted.stdout


ENTRIES = st.one_of(
    st.integers(0, 120).map(str),
    st.sampled_from(
        ["12 (40%)", "8,5", "<1", "-", "", "29-31", "Total", "n", "%", "yes", "no", "a + b", "x # y", 'q"\\', "12.5%"]
    ),
    st.text(max_size=6),
)


@example(rows=[["\x1b"], ["8,5"], ["0"]], sign="\t")  # a title that would steer a screen
@given(
    st.lists(st.lists(ENTRIES, min_size=1, max_size=5), min_size=1, max_size=6),
    st.sampled_from(["\t", ",", "|", "<td>", " "]),
)
def test_any_table_gives_a_survey_or_an_error(tmp_path_factory, rows, sign):
    lines = [sign.join(row) for row in rows]
    text = "<table><tr>" + "<tr>".join(f"<td>{line}" for line in lines) if sign == "<td>" else "\n".join(lines)
    try:
        found = drafted(text)
    except SurveyFileError:
        return
    document = tomllib.loads(found)
    assert set(document) <= {"question", "matrix", "fact", "event"}
    for question in document.get("question", []):
        assert question["kind"] in ("single", "ordinal", "yes-no", "multiple")
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(HEAD.replace("= 1000", "= 1_000_000_000") + found, encoding="utf-8")
    try:
        cs.load_survey(path)
    except SurveyFileError as error:  # a table may contradict itself
        told = [problem for problem in error.problems if not re.search(r"found \d+; allowed is at most", problem)]
        assert not told or not document, told


def test_a_row_of_answers_is_one_question(load):
    (question,) = load(drafted("Table 5\nItem\tnone\tsome\tall\nTrust\t20%\t30%\t50%\n")).question
    assert (question.kind, question.categories) == ("single", ("none", "some", "all"))
    assert told(question)["all"] == (None, "50")


def test_what_does_not_fit_is_left_out_and_told(load):
    text = drafted("Item\tyes\tno\tRemark\t%\nA\t12\t8\tgood\t60\nB + C\t5\t15\tbad\t25\n")
    assert [q.label for q in load(text).question] == ["A", "B and C"]
    assert "# left out: the column 'Remark', which holds no numbers" in text
    assert "# left out: the column '', unlike the others: 60, 25, ..." in text
