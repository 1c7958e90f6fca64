"""Shapes of exports beside those of the samples: how headers are parted, units, codes of no answer, more tools."""

import csv
import io
from itertools import cycle, islice

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from csea_stats import Categories, Codebook, Multiple, Number, Ordered, draft_codebook, read_respondents
from csea_stats.drafting.cell_answers import several_answers
from csea_stats.errors import AnswersError
from csea_stats.respondents.codebook import AT_END

ROWS = 24


def column(name, *cells):
    return [name, *islice(cycle(cells), ROWS)]


def numbered(name, pattern="{}"):
    return [name, *(pattern.format(row) for row in range(1, ROWS + 1))]


def rows_of(*columns):
    return list(zip(*columns, strict=True))


def written(folder, rows, separator=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path = folder / "answers.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def sheet(folder, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell if cell != "" else None for cell in row])
    path = folder / "answers.xlsx"
    book.save(path)
    return path


def drafted(path):
    """Give the draft, its variables, and what reading by it gives."""
    book = draft_codebook(path)
    return book, dict(book.variables), read_respondents(path, book)


def unread(book):
    return "\n".join(dict(book.remarks).get(AT_END, ()))


@pytest.mark.parametrize(
    "pattern",
    ["Which? - {}", "Which?: {}", "Which? >> {}", "Which?::{}", "G1[SQ1]. Which? [{}]", "Which of these – {}"],
)
@pytest.mark.parametrize("marks", [("1", ""), ("TRUE", "FALSE"), ("Yes", "No"), ("X", "")])
def test_a_column_per_answer_is_one_question_however_the_names_are_parted(tmp_path, pattern, marks):
    yes, no = marks
    items = ("Bus", "Tram, underground", "Taxi: shared", "Night - train")[: 3 if ":" in pattern else 4]
    boxes = [
        column(pattern.format(item), *(yes if row % (place + 2) == 0 else no for row in range(12)))
        for place, item in enumerate(items[:2])
    ]
    boxes.append(column(pattern.format("Car"), *(yes if row % 5 == 1 else no for row in range(10))))
    _, kinds, data = drafted(written(tmp_path, rows_of(numbered("id"), *boxes, column("Age", "18-29", "30+"))))
    (name,) = [name for name, kind in kinds.items() if isinstance(kind, Multiple)]
    expected = [sum(cell == yes for cell in box[1:]) for box in boxes]
    assert data.column(name).counts == tuple(expected)
    assert kinds[name].items == ("Bus", "Tram, underground", "Car")


def test_names_in_round_brackets_beside_the_answers_in_one_cell(tmp_path):
    chosen = ["Web", "Web, Call", "Call", "Visit, Web", ""]
    boxes = [
        column(f"Which? ({item})", *(str(item in cell).upper() for cell in chosen)) for item in ("Web", "Call", "Visit")
    ]
    book, kinds, data = drafted(written(tmp_path, rows_of(column("Which?", *chosen), *boxes)))
    assert list(kinds) == ["which"]
    assert data.column("which").counts == (15, 10, 5)
    assert '"Which?": the same answers as which' in unread(book)


def test_matrices_share_their_scale(tmp_path):
    one, two = column("Rate >> Staff", "Poor", "Good"), column("Rate >> Stock", "Fair", "Very good", "Good")
    _, kinds, _ = drafted(written(tmp_path, rows_of(one, two)))
    assert [kind.labels for kind in kinds.values()] == [("Poor", "Fair", "Good", "Very good")] * 2


def test_a_workbook_whose_question_stands_before_its_first_answer_alone(tmp_path):
    rows = [
        ["Respondent ID", "Start Date", "Which? Tick all.", "", "", "", "Sector", "", ""],
        ["", "", "Web", "Call", "Other (please specify)", "", "Police", "School", "Health"],
    ]
    for row in range(ROWS):
        sector = row % 3
        rows.append(
            [
                1000 + row,
                "03/04/2025",
                "Web" if row % 2 else "",
                "Call" if row % 3 else "",
                "radio" if row == 6 else "",
                "",
                *("Police" if sector == 0 else "", "School" if sector == 1 else "", "Health" if sector == 2 else ""),
            ]
        )
    _, kinds, data = drafted(sheet(tmp_path, rows))
    assert data.column("which_tick_all").counts[:2] == (12, 16)
    assert kinds["Sector"].labels == ("Police", "School", "Health")
    assert [int((data.column("Sector").codes == code).sum()) for code in range(3)] == [8, 8, 8]


@pytest.mark.parametrize(("unit", "pattern"), [("%", "{} %"), ("%", "{}%"), ("€", "{} €"), ("$", "${}")])
def test_numbers_with_their_unit(tmp_path, unit, pattern):
    book, kinds, data = drafted(written(tmp_path, rows_of(column("Place", "a", "b"), numbered("Share", pattern))))
    assert kinds["Share"] == Number(unit)
    assert list(data.column("Share").values) == list(range(1, ROWS + 1))
    assert any(f'a number in "{unit}"' in line for line in dict(book.remarks)["Share"])


def test_a_unit_is_read_only_where_it_is_declared(tmp_path):
    path = written(tmp_path, [["share"], ["40 %"], ["7"], ["5 €"]])
    errors = [str(problem) for problem in Codebook({"share": Number("%")}).check(path).problems]
    assert len(errors) == 1
    assert "row 4, column 'share': found '5 €'" in errors[0]


@pytest.mark.parametrize(
    ("pattern", "separator"), [("${},250", ","), ("{}.250", ";"), ("{} 250 kr", ","), ("{}'250", ",")]
)
def test_thousands_are_no_several_answers_and_told(tmp_path, pattern, separator):
    decimals = column("Height", "1,5", "1,75", "1,61")
    rows = rows_of(column("Place", "a", "b"), numbered("Income", pattern), *([decimals] if separator == ";" else []))
    book, kinds, _ = drafted(written(tmp_path, rows, separator))
    assert "Income" not in kinds
    assert '"Income": numbers in which a sign may part the thousands' in unread(book)


def test_numbers_with_a_word_beside_them_are_told(tmp_path):
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("Place", "a", "b"), numbered("Way", "{} km"))))
    assert list(kinds) == ["Place"]
    assert '"Way": numbers with "km" beside them: take it out of the cells' in unread(book)


@pytest.mark.parametrize(
    "cells", [("1,5", "2", "2,5", "3,5"), ("1,3", "1,7", "2,0"), [f"1,{n}" for n in range(50, 70)]]
)
def test_commas_that_may_be_for_decimals_are_asked_about(tmp_path, cells):
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("Sex", "f", "m"), column("h", *cells))))
    told = "\n".join([*dict(book.remarks).get("h", ()), unread(book)])
    assert 'commas for decimals? then say decimal = "," under [file] and kind = "number"' in told
    assert "h" not in kinds or not isinstance(kinds["h"], Number)


def test_codes_such_as_999_far_above_all_others_are_no_answers(tmp_path):
    columns = [
        column("age", "31", "48", "999", "25", "67"),
        column("degree", "1", "2", "3", "99", "88"),
        column("rating", "1", "2", "3", "4", "5", "9"),
        column("years", "31", "48", "99", "67"),
    ]
    book, kinds, data = drafted(written(tmp_path, rows_of(*columns)))
    assert kinds["age"] == Number(off_scale=("999",))
    assert data.column("age").why == {"999": 5}
    assert kinds["degree"] == Ordered("1", "2", "3", off_scale=("99", "88"))
    assert kinds["years"] == Number()  # 99 years may be true
    assert 'missing = ["9"]' in dict(book.remarks)["rating"][0]


def test_codes_parted_by_blanks_of_an_unknown_tool(tmp_path):
    cells = ["wifi", "print", "wifi print", "scan", "wifi print scan", "print scan"]
    words = column("How?", "very good", "good", "very bad", "bad")
    _, kinds, data = drafted(written(tmp_path, rows_of(column("use", *cells), words)))
    assert kinds["use"].separator == " "
    assert dict(zip(data.column("use").items, data.column("use").counts, strict=True)) == {
        "print": 16,
        "wifi": 12,
        "scan": 12,
    }
    assert isinstance(kinds["how"], Ordered)


def test_an_answer_with_a_comma_and_a_capital_behind_it(tmp_path):
    cells = ["Freunde, Familie", "Arbeit", "Freunde, Familie, Arbeit", "Internet, Arbeit", "Freunde, Familie, Internet"]
    book, kinds, data = drafted(written(tmp_path, rows_of(column("Woher?", *cells))))
    assert set(kinds["woher"].items) == {"Freunde, Familie", "Arbeit", "Internet"}
    assert '"Freunde, Familie"' in dict(book.remarks)["woher"][0]
    assert data.column("woher").counts[data.column("woher").items.index("Freunde, Familie")] == 14


@pytest.mark.parametrize("sign", [" / ", " + ", " and ", " | ", " ; ", "/"])
def test_signs_that_part_answers(tmp_path, sign):
    sets = [("Bus",), ("Bus", "Tram"), ("Car",), ("Tram",), ("Bus", "Car"), ("Bus", "Tram", "Car")]
    _, kinds, data = drafted(written(tmp_path, rows_of(numbered("id"), column("Which", *map(sign.join, sets)))))
    assert kinds["Which"].separator.strip() == sign.strip()
    assert dict(zip(kinds["Which"].items, data.column("Which").counts, strict=True)) == {
        "Bus": 16,
        "Tram": 12,
        "Car": 12,
    }


def test_an_answer_that_holds_another_sign_than_the_one_that_parts(tmp_path):
    items = ["Police; they do not listen", "Shame", "Fear", "No time"]
    sets = [items[:2], items[1:3], items[:3], [items[3]], [items[0], items[3]], items[1:]]
    _, kinds, data = drafted(written(tmp_path, rows_of(numbered("id"), column("Why", *map(", ".join, sets)))))
    assert dict(zip(kinds["Why"].items, data.column("Why").counts, strict=True)) == dict(
        zip(items, (12, 16, 12, 12), strict=True)
    )


def test_cells_that_two_signs_part_are_not_read(tmp_path):
    on_foot, bus, car = "On foot, with a dog", "Bus", "Car"
    sets = [(bus, on_foot), (on_foot, car), (car, bus), (car, on_foot, bus), (on_foot, bus, car)]
    columns = [column("Sex", "f", "m"), column("Which", *map(" + ".join, sets))]
    book, _, _ = drafted(written(tmp_path, rows_of(*columns)))
    assert 'several answers, parted by "+"? then kind = "multiple"' in dict(book.remarks)["Which"][0]
    pieces = [" + ".join(one) for one in ((bus, on_foot), (on_foot, car), (car, on_foot, bus), (on_foot, "Tram"))]
    texts = {f"{first}, {second}": 3 for first in ("Sea", "Hill") for second in pieces} | {"Sea": 9, "Hill": 9}
    assert "it is not clear what parts them" in several_answers(texts, "")


@pytest.mark.parametrize(
    "answers",
    [
        ("0-25%", "26% - 50%", "51-75%", "more than 75%"),
        ("Less than a year", "1-3 years", "4 years or more"),
        ("Moins d'un an", "1 à 3 ans", "Plus de 3 ans"),
        ("Aged under 18", "Ages 18 to 64", "Aged 65+"),
        ("under £10,000", "£10,000 to £19,999", "£20,000 or more"),
    ],
)
def test_more_bands(tmp_path, answers):
    _, kinds, _ = drafted(written(tmp_path, rows_of(column("Band", *answers[::-1]), column("Sex", "f", "m"))))
    assert kinds["Band"] == Ordered(*answers)


def test_lists_in_brackets_are_told(tmp_path):
    cells = ['["Bus", "Tram"]', '["Bus"]', '["Tram"]']
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("Sex", "f", "m"), column("Which", *cells))))
    assert list(kinds) == ["Sex"]
    assert "lists in brackets" in unread(book)


@pytest.mark.parametrize("sign", ["✓", "*", "●"])
def test_any_sign_is_a_mark_where_it_is_the_only_one(tmp_path, sign):
    rows = rows_of(numbered("id"), column("Use [Bus]", sign, ""), column("Use [Car]", "", "", sign))
    _, _, data = drafted(written(tmp_path, rows))
    assert data.column("Use").counts == (12, 8)


def test_what_programs_write_for_nothing_is_told_as_no_answer(tmp_path):
    columns = [column("a", "Yes", "No", "#NULL!"), column("b", "low", "high", "/"), column("c", "12", "15", "NaN")]
    book, kinds, data = drafted(written(tmp_path, rows_of(*columns)))
    assert kinds["a"] == Categories("No", "Yes")
    assert {name: data.column(name).why for name in kinds} == {name: {"missing": 8} for name in "abc"}
    assert any("read as no answer" in line and '"#NULL!"' in line for line in dict(book.remarks)[""])


def test_one_band_among_those_that_became_dates(tmp_path):
    cells = ["2025-01-02 00:00:00", "2025-03-05 00:00:00", "more than 5"]
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("Sex", "f", "m"), column("Cases", *cells))))
    assert list(kinds) == ["Sex"]
    assert '"Cases": ! dates beside a band' in unread(book)


def test_a_note_below_the_table_is_nobody(tmp_path):
    table = [["No.", "Sex", "Rating"], *([row, "fm"[row % 2], row % 5 + 1] for row in range(20))]
    path = sheet(tmp_path, [*table, [], ["Source: our own survey of 2025"]])
    lines = dict(draft_codebook(path).remarks)[""]
    assert [line for line in lines if line.startswith("!")] == [
        "! row 23 holds words in its first cell alone, as a note does: if nobody gave it, take it out of the file"
    ]
    table = [["Sex", "Rating", "Place"], *(["fm"[row % 2], row % 5 + 1, "ab"[row % 2]] for row in range(20))]
    book, _, data = drafted(sheet(tmp_path, [*table, ["Total", 60, ""], ["Collected in May 2025", "", ""]]))
    assert dict(book.exclude) == {"22": "sums up the others", "23": "a note"}
    assert len(data) == 20


def test_the_first_answer_alone_of_a_last_row_is_no_note(tmp_path):
    columns = [column("How?", "Night train", "On foot, with a dog"), column("Sex", "f", "m"), column("Age", "31", "45")]
    for last in ("Night train", "On foot, with a dog", "By ship"):
        book, _, data = drafted(written(tmp_path, [*rows_of(*columns), [last, "", ""]]))
        assert (dict(book.exclude), len(data)) == ({}, ROWS + 1)


def test_rows_that_name_the_columns_again_are_left_out(tmp_path):
    columns = [column("Sex", "f", "m"), column("Sex", "f", "m"), column("Age", "31", "45")]
    rows = rows_of(*columns)
    book, kinds, data = drafted(written(tmp_path, [*rows[:10], rows[0], *rows[10:]]))
    assert (dict(book.exclude), len(data)) == ({"11": "names the columns"}, ROWS)
    assert kinds["Age"] == Number()
    rows = rows_of(numbered("id"), *columns)
    lines = dict(draft_codebook(written(tmp_path, [*rows[:10], rows[0], *rows[10:]])).remarks)[""]
    assert any(line.startswith("! row 11 names the columns again") for line in lines)


@pytest.mark.parametrize("name", ["Lfd. Nr.", "R.br.", "Šifra", "Serial number", "Anything"])
def test_running_numbers_are_ids_or_told(tmp_path, name):
    book, kinds, _ = drafted(written(tmp_path, rows_of(numbered(name), column("Sex", "f", "m"))))
    assert list(kinds) == ["Sex"]
    assert (book.respondent == name) != (name == "Anything")
    assert ("a running number" in unread(book)) == (name == "Anything")


@pytest.mark.parametrize("pattern", ["[{}] {}", "{} - {}", "{}) {}", "({}) {}", "{}. {}"])
def test_codes_before_answers(tmp_path, pattern):
    words = [pattern.format(code, word) for code, word in ((2, "bad"), (9, "refused"), (1, "worst"), (3, "fine"))]
    _, kinds, _ = drafted(written(tmp_path, rows_of(column("a", *words), column("Sex", "f", "m"))))
    assert (kinds["a"].labels, kinds["a"].off_scale) == (("worst", "bad", "fine"), ("refused",))


def test_codes_behind_answers(tmp_path):
    _, kinds, _ = drafted(written(tmp_path, rows_of(column("a", "fine (3)", "bad (1)"), column("Sex", "f", "m"))))
    assert kinds["a"] == Ordered("bad", "fine", values={"bad (1)": "bad", "fine (3)": "fine"})


def test_pieces_that_stand_together_a_few_times_are_asked_about(tmp_path):
    cells = [*["Bus"] * 9, *["Tram"] * 7, *["Bus, Tram"] * 5, "Bike, Helmet", "Bus, Bike, Helmet", "Tram, Bike, Helmet"]
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("Use", *cells))))
    assert set(kinds["Use"].items) == {"Bus", "Tram", "Bike", "Helmet"}
    assert '"Bike" and "Helmet" always stand together: one answer?' in dict(book.remarks)["Use"][0]
    assert '"Bus" and "Tram"' not in dict(book.remarks)["Use"][0]


def test_titles_of_two_cells_above_a_blank_row(tmp_path):
    table = rows_of(
        column("Where?", "AT", "HR"), column("How useful?", "Useful", "Very useful"), column("Age", "1-9", "10+")
    )
    book, kinds, _ = drafted(sheet(tmp_path, [["Alias", "Training"], ["Export Date", "30/11/2025"], [], *table]))
    assert (book.file.skip, list(kinds)) == (3, ["where", "how_useful", "Age"])
    book, kinds, _ = drafted(
        sheet(tmp_path, [["Which?", "", "How?"], ["a", "b", "c"], *[["x", "y", "z"]] * 6, *[["y", "x", "x"]] * 6])
    )
    assert book.file.skip == 0


def test_a_second_row_that_tells_the_wording_of_answers_in_words(tmp_path):
    columns = [["V1", "ResponseID", *(f"R{row}" for row in range(ROWS))]]
    columns += [
        [name, wording, *islice(cycle(cells), ROWS)]
        for name, wording, cells in (
            ("V10", "Finished", ("1",)),
            ("Q1", "Have you been trained?", ("Yes", "No")),
            ("Q2", "How good is it?", ("Good", "Poor", "Good")),
        )
    ]
    book, kinds, data = drafted(written(tmp_path, rows_of(*columns)))
    assert (book.file.header, book.file.names, book.file.labels, len(data)) == (2, 1, 2, ROWS)
    assert kinds["Q1"] == Categories("No", "Yes", label="Have you been trained?")


@pytest.mark.parametrize(
    ("tool", "columns"),
    [
        ("commcare", [numbered("formid", "f{}"), column("form_link", "https://x"), column("username", "nurse")]),
        ("eusurvey", [numbered("Contribution ID", "c{}"), column("Languages", "EN")]),
        (
            "tally",
            [
                numbered("Submission ID", "s{}"),
                numbered("Respondent ID", "r{}"),
                column("Submitted at", "2025-01-02 10:00:00"),
            ],
        ),
        ("survey123", [numbered("ObjectID"), numbered("GlobalID", "g{}"), numbered("x", "18.4567{}")]),
        (
            "questionpro",
            [numbered("Response ID"), column("Response Status", "Completed"), column("Device Data", "Desktop")],
        ),
        ("smartsurvey", [numbered("UserID"), numbered("UserNo"), column("Tracking Link", "Web")]),
        (
            "framaforms",
            [numbered("Numéro de série"), numbered("SID"), column("Heure de soumission", "01/02/2025 10:00")],
        ),
        ("limesurvey", [numbered("id. Antwort ID"), column("submitdate. Datum Abgeschickt", "2025-01-02 10:00:00")]),
        (
            "microsoft_forms",
            [numbered("ID"), column("Startzeit", "2025-01-02 10:00:00"), column("E-Mail", "anonymous")],
        ),
    ],
)
def test_a_tool_is_known_by_its_own_columns(tmp_path, tool, columns):
    book, kinds, _ = drafted(written(tmp_path, rows_of(*columns, column("Role", "Nurse", "Teacher"))))
    assert any(f"looks like an export of {tool}" in line for line in dict(book.remarks)[""])
    assert list(kinds) == ["Role"]
    assert book.respondent == columns[0][0] or tool == "survey123"


def test_questions_with_common_names_are_no_tool(tmp_path):
    places = [column("Country", "HR", "BA"), column("City", "Split", "Mostar"), column("Language", "hr", "bs")]
    table = rows_of(*places, column("Status", "employed", "retired"), column("Name", "a", "b"), column("ID", "x", "y"))
    book, kinds, _ = drafted(written(tmp_path, table))
    assert {"Country", "City", "Language", "Status"} <= set(kinds)
    assert not any("looks like" in line for line in dict(book.remarks)[""])


def test_rows_in_quotation_marks_are_told(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text('"Sex,How?,Age"\n' + "".join(f'"f,good,{age}"\n' for age in range(20, 40)), encoding="utf-8")
    with pytest.raises(AnswersError, match="each row is one text with separators inside"):
        draft_codebook(path)


def test_marks_of_html_are_no_part_of_a_name(tmp_path):
    columns = [column("&lt;p&gt;How <b>old</b>&amp;tall?&lt;/p&gt;", "18-29", "30+"), column("Sex", "f", "m")]
    _, kinds, _ = drafted(written(tmp_path, rows_of(*columns)))
    assert list(kinds) == ["how_old_tall", "Sex"]


def test_whole_numbers_that_a_program_wrote_with_decimals(tmp_path):
    columns = [column("q_1", "1.0", "0.0", ""), column("q_2", "0.0", "1.0", ""), column("rating", "1.0", "4.0", "2.0")]
    _, kinds, data = drafted(written(tmp_path, rows_of(*columns)))
    assert (data.column("q").counts, data.column("q").why) == ((8, 8), {"missing": 8})
    assert kinds["rating"] == Ordered("1", "2", "3", "4")
    assert data.column("rating").counts == (8, 8, 0, 8)


@pytest.mark.parametrize(
    ("encoding", "answers"),
    [
        ("iso8859_2", ("srednja škola", "često")),
        ("cp1250", ("škola", "žičara")),
        ("cp1251", ("никад", "понекад", "често")),
        ("cp1252", ("nie", "häufig", "Café")),
    ],
)
def test_encodings_by_the_letters_that_they_give(tmp_path, encoding, answers):
    book, kinds, _ = drafted(written(tmp_path, rows_of(column("a", *answers), column("b", "x", "y")), ";", encoding))
    assert book.file.encoding == encoding
    assert set(kinds["a"].labels) == set(answers)


def test_a_sheet_that_tells_what_codes_mean_is_not_the_answers(tmp_path):
    path = sheet(tmp_path, rows_of(column("Sex", 1, 2), column("Rating", 1, 2, 3)))
    book = openpyxl.load_workbook(path)
    legend = book.create_sheet("Codebook 2025")
    for row in range(99):
        legend.append([f"v{row}", row % 3, "label"])
    book.save(path)
    found, kinds, _ = drafted(path)
    assert list(kinds) == ["Sex", "Rating"]
    assert any("2 sheets hold something" in line and "read is Sheet," in line for line in dict(found.remarks)[""])


@pytest.mark.parametrize("name", ["What is your full name?", "Vaše ime i prezime", "Adresse (freiwillig)", "JMBG"])
def test_columns_that_ask_who_somebody_is_are_personal(tmp_path, name):
    columns = [numbered(name, "Text {}"), column("Which address of ours do you know?", "North", "South")]
    book, kinds, _ = drafted(written(tmp_path, rows_of(*columns)))
    assert list(kinds) == ["which_address_of_ours_do_you_know"]
    assert f'"{name}": ! personal' in unread(book)


@pytest.mark.parametrize(("no", "yes"), [("FALSCH", "WAHR"), ("Нет", "Да"), ("Nie", "Tak")])
def test_no_and_yes_in_more_languages(tmp_path, no, yes):
    off = "Don't know / prefer not to say"
    columns = [column("a", yes, no, off), column("Use [Bus]", yes, no), column("Use [Car]", no, yes, no)]
    _, kinds, data = drafted(written(tmp_path, rows_of(*columns)))
    assert kinds["a"] == Categories(no, yes, off_scale=(off,))
    assert data.column("Use").counts == (12, 8)


@pytest.mark.parametrize(
    ("no", "yes"), [("Not mentioned", "Mentioned"), ("nicht gewählt", "ausgewählt"), ("", "Selected")]
)
def test_more_marks(tmp_path, no, yes):
    columns = [numbered("id"), column("Use - Bus", yes, no), column("Use - Car", no, yes, no)]
    _, _, data = drafted(written(tmp_path, rows_of(*columns)))
    assert data.column("Use").counts == (12, 8)


@pytest.mark.slow
def test_codes_below_zero_and_choices_with_labels_of_a_statistics_file(tmp_path):
    often = {1: "never", 2: "often", -77: "page was not shown", -99: "left out"}
    needs = {1: "time", 2: "money", 3: "staff"}
    frame = pd.DataFrame(
        {
            "often": [1.0, 2.0, -77.0, -99.0, 2.0, 1.0] * 4,
            "need_1": [1.0, 2.0, 3.0, None, 2.0, 1.0] * 4,
            "need_2": [2.0, 3.0, None, None, 1.0, None] * 4,
        }
    )
    path = tmp_path / "answers.sav"
    labels = {"often": often, "need_1": needs, "need_2": needs}
    pyreadstat.write_sav(frame, path, variable_value_labels=labels)
    _, kinds, data = drafted(path)
    assert (kinds["often"].labels, kinds["often"].off_scale) == (("never", "often"), ("left out", "page was not shown"))
    assert (kinds["need"].items, data.column("need").counts) == (("time", "money", "staff"), (12, 12, 8))
    assert data.column("need").why == {"missing": 4}


def test_a_battery_with_labels_is_no_list_of_choices(tmp_path):
    labels = {1: "never", 2: "sometimes", 3: "often"}
    frame = pd.DataFrame({f"use_{number}": [1.0, 2.0, 3.0, 2.0, 3.0, 1.0] * 4 for number in (1, 2)})
    frame["use_2"] = [2.0, 3.0, 1.0, 1.0, 2.0, 3.0] * 4
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels=dict.fromkeys(frame, labels))
    _, kinds, _ = drafted(path)
    assert [type(kind) for kind in kinds.values()] == [Ordered, Ordered]
