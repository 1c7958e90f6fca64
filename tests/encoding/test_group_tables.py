"""Tables by groups as they are pasted: what comes out was written by hand before the code."""

import pytest
from openpyxl import Workbook

import csea_stats as cs
from csea_stats.encoding.drafts import draft
from csea_stats.encoding.grids import read_grids
from tests.encoding.conftest import drafted


def told(question):
    """Cells as (answer, group, count, percentage or words, base)."""
    return [
        (cell.item, str(cell.among) if cell.among else "", cell.count, cell.percent or cell.words, cell.base)
        for cell in question.cells
    ]


CSV = """\
"Table 2. Knows the helpline, by profession",,,
,Teacher (n = 38),Nurse (n = 21),Total (n = 59)
Yes,12 (31.6),9 (42.9),21 (35.6)
No,26 (68.4),12 (57.1),38 (64.4)
"""

CSV_DRAFT = """\
[[question]]
id = "profession"
label = "Profession"  # guess: what the title names after "by"
kind = "single"  # guess: everybody is in one group at most
where = "Table 2"
base = 59
[question.counts]
Teacher = 38
Nurse = 21

[[question]]
id = "knows-the-helpline"
label = "Knows the helpline"
kind = "yes-no"
where = "Table 2"
base = 59
# guess: the numbers are counts
# guess: the columns are groups
cells = [
  { item = "yes", count = 21, percent = "35.6" },
  { item = "no", count = 38, percent = "64.4" },
  { item = "yes", count = 12, percent = "31.6", among = { question = "profession", item = "Teacher" } },
  { item = "no", count = 26, percent = "68.4", among = { question = "profession", item = "Teacher" } },
  { item = "yes", count = 9, percent = "42.9", among = { question = "profession", item = "Nurse" } },
  { item = "no", count = 12, percent = "57.1", among = { question = "profession", item = "Nurse" } },
]
"""


def test_groups_with_their_sizes_in_the_heads(load):
    assert drafted(CSV) == CSV_DRAFT
    found = cs.audit(load(CSV_DRAFT)).findings
    assert not [one for one in found if one.verdict == "inconsistent"]


MARKDOWN = """\
# Findings

**Table 4: Harm seen online**

| | Town | | Countryside | | All | |
|---|--:|--:|--:|--:|--:|--:|
| | n | % | n | % | n | % |
| none | 10 | 20,0 | 6 | 30,0 | 16 | 22,9 |
| once | 15 | 30,0 | 4 | 20,0 | 19 | 27,1 |
| more than once | 25 | 50,0 | 10 | 50,0 | 35 | 50,0 |
| Total | 50 | 100 | 20 | 100 | 70 | 100 |
"""

MARKDOWN_DRAFT = """\
[[question]]
id = "groups-of-table-4"
label = "Groups of Table 4"  # guess: write the question that the groups are answers to
kind = "single"  # guess: everybody is in one group at most
where = "Table 4"
base = 70
[question.counts]
Town = 50
Countryside = 20

[[question]]
id = "harm-seen-online"
label = "Harm seen online"
kind = "single"  # guess: the numbers add up to all; "ordinal" if the answers have an order
answers = ["none", "once", "more than once"]
where = "Table 4"
base = 70
# guess: the columns are groups
cells = [
  { item = "none", count = 16, percent = "22.9" },
  { item = "once", count = 19, percent = "27.1" },
  { item = "more than once", count = 35, percent = "50.0" },
  { item = "none", count = 10, percent = "20.0", among = { question = "groups-of-table-4", item = "Town" } },
  { item = "once", count = 15, percent = "30.0", among = { question = "groups-of-table-4", item = "Town" } },
  { item = "more than once", count = 25, percent = "50.0", among = { question = "groups-of-table-4", item = "Town" } },
  { item = "none", count = 6, percent = "30.0", among = { question = "groups-of-table-4", item = "Countryside" } },
  { item = "once", count = 4, percent = "20.0", among = { question = "groups-of-table-4", item = "Countryside" } },
  { item = "more than once", count = 10, percent = "50.0", among = { question = "groups-of-table-4", item = "Countryside" } },
]
"""  # noqa: E501


def test_pairs_of_columns_under_the_head_of_a_group(load):
    assert drafted(MARKDOWN) == MARKDOWN_DRAFT
    assert load(MARKDOWN_DRAFT).question[0].categories == ("Town", "Countryside")


HTML = """\
<table><caption>Table 1. Who answered, by profession</caption>
<thead>
<tr><th rowspan="2"></th><th colspan="2">Teacher (n&nbsp;=&nbsp;38)</th><th colspan="2">Nurse (n = 21)</th>
<th colspan="2">All (N = 59)</th><th rowspan="2">p</th></tr>
<tr><th>n</th><th>%</th><th>n</th><th>%</th><th>n</th><th>%</th></tr>
</thead>
<tr><td>Sex</td><td></td><td></td><td></td><td></td><td></td><td></td><td>0.04</td></tr>
<tr><td>female</td><td>30</td><td>78.9</td><td>18</td><td>85.7</td><td>48</td><td>81.4</td><td></td></tr>
<tr><td>male</td><td>8</td><td>21.1</td><td>3</td><td>14.3</td><td>11</td><td>18.6</td><td></td></tr>
<tr><td>Trained</td><td></td><td></td><td></td><td></td><td></td><td></td><td>&lt;0.001</td></tr>
<tr><td>yes</td><td>19</td><td>51.4</td><td>7</td><td>33.3</td><td>26</td><td>44.8</td><td></td></tr>
<tr><td>no</td><td>18</td><td>48.6</td><td>14</td><td>66.7</td><td>32</td><td>55.2</td><td></td></tr>
</table>
"""

HTML_DRAFT = """\
# left out: the column 'p', which holds a test

[[question]]
id = "profession"
label = "Profession"  # guess: what the title names after "by"
kind = "single"  # guess: everybody is in one group at most
where = "Table 1"
base = 59
[question.counts]
Teacher = 38
Nurse = 21

[[question]]
id = "sex"
label = "Sex"  # guess: the line above its rows
kind = "single"  # guess: the numbers add up to all; "ordinal" if the answers have an order
answers = ["female", "male"]
where = "Table 1"
base = 59
# guess: the columns are groups
cells = [
  { item = "female", count = 48, percent = "81.4" },
  { item = "male", count = 11, percent = "18.6" },
  { item = "female", count = 30, percent = "78.9", among = { question = "profession", item = "Teacher" } },
  { item = "male", count = 8, percent = "21.1", among = { question = "profession", item = "Teacher" } },
  { item = "female", count = 18, percent = "85.7", among = { question = "profession", item = "Nurse" } },
  { item = "male", count = 3, percent = "14.3", among = { question = "profession", item = "Nurse" } },
]

[[question]]
id = "trained"
label = "Trained"  # guess: the line above its rows
kind = "yes-no"
where = "Table 1"
base = 59
# guess: the columns are groups
cells = [
  { item = "yes", count = 26, percent = "44.8" },
  { item = "no", count = 32, percent = "55.2" },
  { item = "yes", count = 19, percent = "51.4", among = { question = "profession", item = "Teacher" } },
  { item = "no", count = 18, percent = "48.6", among = { question = "profession", item = "Teacher" } },
  { item = "yes", count = 7, percent = "33.3", among = { question = "profession", item = "Nurse" } },
  { item = "no", count = 14, percent = "66.7", among = { question = "profession", item = "Nurse" } },
]
"""


def test_several_questions_in_one_table_share_its_groups(load):
    assert drafted(HTML) == HTML_DRAFT
    assert [question.id for question in load(HTML_DRAFT).question] == ["profession", "sex", "trained"]


WORKBOOK_DRAFT = """\
[[question]]
id = "place-of-work"
label = "Place of work"  # guess: the head above the groups
kind = "single"  # guess: everybody is in one group at most
where = "Table 7"
base = 96
[question.counts]
Towns = 60
Countryside = 36

[[question]]
id = "trust-in-the-police"
label = "Trust in the police"
kind = "ordinal"  # guess: the answers look like a scale; put them from low to high
answers = ["low", "high"]
where = "Table 7"
base = 96
# guess: the numbers are percents, as their signs say
# guess: the columns are groups
cells = [
  { item = "low", percent = "20.8" },
  { item = "high", percent = "79.2" },
  { item = "low", percent = "25.0", among = { question = "place-of-work", item = "Towns" } },
  { item = "high", percent = "75.0", among = { question = "place-of-work", item = "Towns" } },
  { item = "low", percent = "13.9", among = { question = "place-of-work", item = "Countryside" } },
  { item = "high", percent = "86.1", among = { question = "place-of-work", item = "Countryside" } },
]
"""


def test_merged_cells_of_a_workbook(load, tmp_path):
    book = Workbook()
    sheet = book.active
    for row in (
        ["Table 7. Trust in the police"],
        ["", "Place of work", None, "Total"],
        ["", "Towns", "Countryside", None],
        ["N", 60, 36, 96],
        ["low", 0.25, 5 / 36, 20 / 96],
        ["high", 0.75, 31 / 36, 76 / 96],
        ["Source: the survey."],
    ):
        sheet.append(row)
    for place in ("A1:D1", "B2:C2", "D2:D3", "A7:D7"):
        sheet.merge_cells(place)
    for row in sheet["B5:D6"]:
        for cell in row:
            cell.number_format = "0.0%"
    book.save(tmp_path / "t.xlsx")
    made = draft(read_grids(str(tmp_path / "t.xlsx")))
    assert made == WORKBOOK_DRAFT
    load(made)


PDF = """\
Table 6. How often they talk about it, by school
                          Primary       Secondary        All
                         (n = 120)       (n = 80)     (N = 200)
Never                      12.5            25.0          17.5
Sometimes, or when asked 40 50.0           40.0          46.0
 Always                     37.5                          36.5
"""

PDF_DRAFT = """\
[[question]]
id = "school"
label = "School"  # guess: what the title names after "by"
kind = "single"  # guess: everybody is in one group at most
where = "Table 6"
base = 200
[question.counts]
Primary = 120
Secondary = 80

[[question]]
id = "how-often-they-talk-about-it"
label = "How often they talk about it"
kind = "ordinal"  # guess: the answers look like a scale; put them from low to high
answers = ["Never", "Sometimes, or when asked 40", "Always"]
where = "Table 6"
base = 200
# guess: the numbers are percents
# guess: the columns are groups
cells = [
  { item = "Never", percent = "17.5" },
  { item = "Sometimes, or when asked 40", percent = "46.0" },
  { item = "Always", percent = "36.5" },
  { item = "Never", percent = "12.5", among = { question = "school", item = "Primary" } },
  { item = "Sometimes, or when asked 40", percent = "50.0", among = { question = "school", item = "Primary" } },
  { item = "Always", percent = "37.5", among = { question = "school", item = "Primary" } },
  { item = "Never", percent = "25.0", among = { question = "school", item = "Secondary" } },
  { item = "Sometimes, or when asked 40", percent = "40.0", among = { question = "school", item = "Secondary" } },
]
"""


def test_text_of_a_pdf_keeps_its_columns(load):
    assert drafted(PDF) == PDF_DRAFT
    load(PDF_DRAFT)


ROWS = """\
Table 1. Knows the helpline
\tyes\tno
All\t41,7%\t58,3%
Towns (n = 60)\t50%\t
Countryside (n = 36)\t28%\t
"""

ROWS_DRAFT = """\
[[question]]
id = "groups-of-table-1"
label = "Groups of Table 1"  # guess: write the question that the groups are answers to
kind = "single"  # guess: everybody is in one group at most
where = "Table 1"
base = 96  # guess: the groups together
[question.counts]
Towns = 60
Countryside = 36

[[question]]
id = "knows-the-helpline"
label = "Knows the helpline"
kind = "yes-no"
where = "Table 1"
# guess: the numbers are percents, as their signs say
# guess: the rows are groups
cells = [
  { item = "yes", percent = "41.7" },
  { item = "no", percent = "58.3" },
  { item = "yes", percent = "50", among = { question = "groups-of-table-1", item = "Towns" } },
  { item = "yes", percent = "28", among = { question = "groups-of-table-1", item = "Countryside" } },
]
"""


def test_groups_in_the_rows(load):
    assert drafted(ROWS) == ROWS_DRAFT
    load(ROWS_DRAFT)


# ---------------------------------------------------------------- one feature each


@pytest.mark.parametrize("first", ["31.6% (12)", "12 (31.6%)", "12 (31.6)", "31,6 % (n = 12)"])
def test_a_count_and_a_percentage_in_one_cell(first, load):
    text = f"Heard of it\tTeacher (n = 38)\tNurse (n = 21)\nradio\t{first}\t{first}\nschool\t{first}\t{first}\n"
    survey = load(drafted(text))
    cells = told(survey.question[1])
    assert [cell[2:4] for cell in cells] == [(12, "31.6")] * 4
    assert cells[0][1] == "groups-of-table-1=Teacher"
    assert told(survey.question[0]) == [("Teacher", "", 38, None, None), ("Nurse", "", 21, None, None)]


def test_a_base_in_the_title_or_in_the_head(load):
    for text in (
        "Table 3. Smoking (n = 236)\nAnswer\tn\t%\nnever\t206\t87\noften\t30\t13\n",
        "Smoking (N=236)\tn\t%\nnever\t206\t87\noften\t30\t13\n",
        "Smoking\tAll (n = 236)\nnever\t206 (87)\noften\t30 (13)\n",
    ):
        (question,) = load(drafted(text)).question
        assert (question.id, question.label, question.base) == ("smoking", "Smoking", 236)
        assert told(question) == [("never", "", 206, "87", None), ("often", "", 30, "13", None)]


def test_a_row_with_its_own_number_of_people(load):
    text = "Trust in\tnone\tsome\tmuch\nthe police\t20\t30\t50\nschool staff (n = 90)\t10\t20\t70\n"
    survey = load(drafted(text))
    assert [(q.label, q.base) for q in survey.question] == [("the police", None), ("school staff", 90)]


def test_groups_that_do_not_make_everybody_up(load):
    def text(teachers, nurses):
        return f"\tTeacher (n = {teachers})\tNurse (n = {nurses})\tAll (n = 59)\nyes\t5\t4\t20\nno\t10\t9\t39\n"

    survey = load(drafted(text(20, 21)))
    assert survey.question[0].partial
    assert survey.question[0].kind == "single"
    overlapping = load(drafted(text(38, 30)))
    assert overlapping.question[0].kind == "multiple"
    assert "# guess: the groups make 68 of 59" in drafted(text(38, 30))


def test_both_margins_of_a_table_of_counts(load):
    text = "\tmen\twomen\tTotal\nyes\t12\t9\t21\nno\t26\t12\t38\nTotal\t38\t21\t59\n"
    turned = "\tyes\tno\tTotal\nmen\t12\t26\t38\nwomen\t9\t12\t21\nTotal\t21\t38\t59\n"
    first, second = (load(drafted(one)) for one in (text, turned))
    for survey in (first, second):
        by, asked = survey.question
        assert [cell[:3] for cell in told(by)] == [("men", "", 38), ("women", "", 21)]
        assert [cell[:3] for cell in told(asked)] == [
            ("yes", "", 21),
            ("no", "", 38),
            ("yes", f"{by.id}=men", 12),
            ("no", f"{by.id}=men", 26),
            ("yes", f"{by.id}=women", 9),
            ("no", f"{by.id}=women", 12),
        ]
    assert "# guess: the rows are groups" in drafted(turned)


def test_lines_with_single_blanks_keep_the_heads_of_groups(load):
    text = "Table 9. Trained\nTeacher (n = 38) Nurse (n = 21) Total (n = 59)\nYes 12 (31.6) 9 (42.9) 21 (35.6)\n"
    survey = load(drafted(text + "No 26 (68.4) 12 (57.1) 38 (64.4)\n"))
    assert survey.question[0].categories == ("Teacher", "Nurse")
    assert told(survey.question[1])[2] == ("yes", "groups-of-table-9=Teacher", 12, "31.6", None)


def test_a_group_of_which_fewer_answered(load):
    text = (
        "Table 5. Sex by job\n\n\tTeacher\tNurse\tAll\nN\t38\t21\t59\nfemale\t30\t18\t48\nmale\t8\t3\t11\n\n"
        "Table 6. Trained by job\n\n\tTeacher\tNurse\tAll\nN\t37\t21\t58\nyes\t19\t7\t26\nno\t18\t14\t32\n"
    )
    survey = load(drafted(text))
    assert [question.id for question in survey.question] == ["job", "sex", "trained"]
    assert [cell[4] for cell in told(survey.question[2])] == [None, None, 37, 37, None, None]
    assert survey.question[2].base == 58


def by_group(survey):
    """What is told of the first group: question, answer, count, percentage."""
    first = survey.question[0]
    among = {f"{first.id}={first.categories[0]}"}
    return [(q.id, *cell[:1], *cell[2:4]) for q in survey.question[1:] for cell in told(q) if cell[1] in among]


LAYOUT = """\
Table 1. Who took part
                       Men            Women           Total
                     (N = 50)       (N = 60)        (N = 110)
                     n     %        n      %         n      %
Age group
  18-24              10    20.0     12     20.0      22     20.0
  25 or older        40    80.0     48     80.0      88     80.0
Education
  Primary school
  or less            5     10.0     6      10.0      11     10.0
  Secondary          45    90.0     54     90.0      99     90.0
"""

TWO_LABELS = (
    "<table><tr><th>Item<th>Answer<th>Men (n=50)<th>Women (n=60)"
    "<tr><td rowspan=2>Age group<td>18-24<td>10 (20.0)<td>12 (20.0)<tr><td>25 or older<td>40 (80.0)<td>48 (80.0)"
    "<tr><td rowspan=2>Education<td>Primary school or less<td>5 (10.0)<td>6 (10.0)"
    "<tr><td>Secondary<td>45 (90.0)<td>54 (90.0)</table>"
)


@pytest.mark.parametrize("text", [LAYOUT, TWO_LABELS])
def test_lines_that_stand_above_some_rows_are_questions(text, load):
    assert by_group(load(drafted(text))) == [
        ("age-group", "18-24", 10, "20.0"),
        ("age-group", "25 or older", 40, "80.0"),
        ("education", "Primary school or less", 5, "10.0"),
        ("education", "Secondary", 45, "90.0"),
    ]


@pytest.mark.parametrize(
    ("text", "first", "sizes"),
    [
        (
            "Knows\n\tmen\twomen\tTotal\nradio\t31\t43\t36\nschool\t52\t14\t39\n",
            [(None, "31"), (None, "52")],
            [None] * 2,
        ),
        (
            "Knows by sex\n\tmen\twomen\tTotal\nradio\t12\t9\t21\nschool\t20\t3\t23\n",
            [(12, None), (20, None)],
            [None] * 2,
        ),
        (
            "Knows\n| | % yes | n |\n|-|-|-|\n| All | 41 | 96 |\n| men | 50 | 60 |\n| women | 28 | 36 |\n",
            [(None, "50")],
            [60, 36],
        ),
        (
            (
                "Knows\n\tmen\twomen\tAll\n\t% (n)\t% (n)\t% (n)\nYes\t31.6 (12)\t42.9 (9)\t35.6 (21)\n"
                "No\t68.4 (26)\t57.1 (12)\t64.4 (38)\nTotal\t100 (38)\t100 (21)\t100 (59)\n"
            ),
            [(12, "31.6"), (26, "68.4")],
            [38, 21],
        ),
        (
            "Table 9. Knows\nmen women Total\nn % n % n %\nyes 10 20.0 12 20.0 22 20.0\nno 40 80.0 48 80.0 88 80.0\n",
            [(10, "20.0"), (40, "80.0")],
            [None] * 2,
        ),
        (
            "Knows\tnone\tsome\tn\nmen\t20\t80\t38\nwomen\t40\t60\t21\nAll\t27\t73\t59\n",
            [(None, "20"), (None, "80")],
            [38, 21],
        ),
    ],
)
def test_a_total_that_is_of_everybody_makes_groups_of_the_others(text, first, sizes, load):
    survey = load(drafted(text))
    assert [cell[2:] for cell in by_group(survey)] == first
    assert survey.question[0].categories == ("men", "women")
    counts = {cell.item: cell.count for cell in survey.question[0].cells}
    assert [counts.get(name) for name in ("men", "women")] == sizes


def test_a_battery_is_none_for_its_average_or_its_sums(load):
    for text in (
        "Item\tyes\tno\tTotal\nA\t12\t8\t20\nB\t5\t15\t20\n",
        "Trust in\tnone\tsome\tmuch\tTotal\nthe police\t20\t30\t50\t100\nthe courts\t10\t30\t60\t100\n",
        "Answer\tn\t%\nnever\t189\t80.1\noften\t30\t12.7\nTotal\t236\t92.8\n",
    ):
        assert not any(cell[1] for question in load(drafted(text)).question for cell in told(question))


def test_yes_and_no_in_capitals_are_a_yes_no_question(load):
    (question,) = load(drafted("Knows\tn\t%\nYes\t12\t60\nNo\t8\t40\n")).question
    assert (question.kind, question.categories) == ("yes-no", ("yes", "no"))


ARTICLE = """\
Table 2
Who took part, by region

Variable                        North (n = 38)    South (n = 21)    p
                                n (%)             n (%)
Gender                                                              .03
   Female                       30 (78.9)         18 (85.7)
   Male                          8 (21.1)          3 (14.3)
Experience, years
   < 5                          12 (31.6)          9 (42.9)         < .001
   5 or more                    26 (68.4)         12 (57.1)
Note. Percentages are of those who answered.
"""


def test_a_table_as_an_article_prints_it(load):
    text = drafted(ARTICLE)
    assert by_group(load(text)) == [
        ("gender", "Female", 30, "78.9"),
        ("gender", "Male", 8, "21.1"),
        ("experience-years", "< 5", 12, "31.6"),
        ("experience-years", "5 or more", 26, "68.4"),
    ]
    assert "# left out: the column 'p', which holds a test" in text


def test_rows_that_repeat_their_first_label_stand_beside_each_other(load):
    survey = load(
        drafted("Job;Trained;n;%\nTeacher;yes;12;31,6\nTeacher;no;26;68,4\nNurse;yes;9;42,9\nNurse;no;12;57,1\n")
    )
    assert [(q.label, q.kind) for q in survey.question] == [("Teacher", "yes-no"), ("Nurse", "yes-no")]
    assert told(survey.question[1]) == [("yes", "", 9, "42.9", None), ("no", "", 12, "57.1", None)]


def test_no_column_is_lost_for_want_of_a_head(load):
    text = drafted("Table 5 Views\nVery good 12 10.0 8 20.0\nGood 48 40.0 12 30.0\nPoor 60 50.0 20 50.0\n")
    survey = load(text)
    assert [[cell[2:4] for cell in told(q)] for q in survey.question] == [
        [(12, "10.0"), (48, "40.0"), (60, "50.0")],
        [(8, "20.0"), (12, "30.0"), (20, "50.0")],
    ]
    assert "# guess: the columns have no heads; write what each is" in text
