"""Exports written by hand in the style of the tools, and what a careful person would draft of them."""

import csv
import io
from itertools import cycle, islice

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from csea_stats import Categories, Multiple, Number, Ordered, draft_codebook, read_respondents
from csea_stats.respondents.codebook import AT_END

ROWS = 12


def column(name, *cells):
    """Give a column whose cells come again and again."""
    return [name, *islice(cycle(cells), ROWS)]


def numbered(name, pattern="{}"):
    return [name, *(pattern.format(row) for row in range(1, ROWS + 1))]


def written(folder, columns, separator=",", encoding="utf-8", above=()):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows([*above, *zip(*columns, strict=True)])
    path = folder / "answers.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def kinds(path, *, reads=True):
    """Give the variables of a draft, which reads its own file."""
    book = draft_codebook(path)
    if reads:
        read_respondents(path, book)
    return dict(book.variables)


def why(path):
    lines = dict(draft_codebook(path).remarks)[AT_END][1:]
    return dict(line.strip().removeprefix('"').split('": ', 1) for line in lines)


QUALTRICS = [
    numbered("StartDate", "2024-03-{:02} 10:00:00"),
    column("Status", "IP Address"),
    column("Finished", "True", "True", "False"),
    numbered("ResponseId", "R_{}"),
]


def qualtrics(*columns):
    """Give columns with three header rows: name, wording, import id."""
    own = [[one[0], one[0], '{"ImportId":"x"}', *one[1:]] for one in QUALTRICS]
    return [*own, *([name, wording, '{"ImportId":"x"}', *cells] for (name, *cells), wording in columns)]


def test_qualtrics_with_codes_in_one_cell_and_a_text_beside_an_answer(tmp_path):
    columns = qualtrics(
        (column("Q1", "1,2", "2", "1,4", "4"), "Which channels?"),
        (column("Q2_1", "Chat", ""), "Which apps? - Selected Choice - Chat"),
        (column("Q2_2", "", "Mail", "Mail"), "Which apps? - Selected Choice - Mail"),
        (column("Q2_3", "", "", "", "Other"), "Which apps? - Selected Choice - Other"),
        (column("Q2_3_TEXT", "", "", "", "a pager"), "Which apps? - Other - Text"),
        (column("Q3", "20", "31", "-99"), "<b>How old</b>\nare you?"),
        (column("Q4_1", "1", "2", "3"), "Rank - A"),
        (column("Q4_2", "2", "3", "1"), "Rank - B"),
        (column("Q4_3", "3", "1", "2"), "Rank - C"),
    )
    path = written(tmp_path, columns, "\t", "utf-16")
    found = kinds(path)
    assert found["Finished"] == Categories("True", "False")
    assert found["Q1"] == Multiple(items=("1", "2", "4"), separator=",", label="Which channels?")
    apps = {"Q2_1": "Chat", "Q2_2": "Mail", "Q2_3": "Other"}
    other = {"column": "Q2_3_TEXT", "label": "Other"}
    assert found["Q2"] == Multiple(columns=apps, own=True, empty="missing", other=other)
    assert found["Q3"] == Number(label="How old are you?")
    assert {why(path)[f"Q4_{number}"] for number in (1, 2, 3)} == {"a ranking"}
    assert draft_codebook(path).missing == ("", "NA", "-99")


LIME = [numbered("id"), column("submitdate", "2024-03-01 10:00:00", ""), column("lastpage", "3")]


def test_limesurvey_in_german_with_a_text_and_comments(tmp_path):
    columns = [
        *LIME,
        column("Wie oft? [Bus]", "nie", "manchmal", "oft"),
        column("Wie oft? [Bahn]", "nie", "selten", "immer"),
        column("Womit? [Rad]", "Ja", "Nein", "Ja"),
        column("Womit? [Radcomment]", "", "wegen des Weges"),
        column("Womit? [Auto]", "Nein", "Ja"),
        column("Womit? [Sonstiges]", "", "", "", "", "Roller"),
        column("Rang [1]", "Preis", "Zeit", "Umwelt"),
        column("Rang [2]", "Zeit", "Umwelt", "Preis"),
        column("Rang [3]", "Umwelt", "Preis", "Zeit"),
        column("Alter", "18-29", "30-49", "50 und älter", "unter 18"),
    ]
    path = written(tmp_path, columns, ";", "utf-8-sig")
    found = kinds(path)
    points = ("nie", "selten", "manchmal", "oft", "immer")
    assert found["wie_oft_bus"].labels == found["wie_oft_bahn"].labels == points
    texts = {"column": "Womit? [Sonstiges]", "label": "other"}
    boxes = {"Womit? [Rad]": "Rad", "Womit? [Auto]": "Auto"}
    assert found["womit"] == Multiple(columns=boxes, yes="Ja", no="Nein", empty="missing", other=texts)
    assert found["Alter"].labels == ("unter 18", "18-29", "30-49", "50 und älter")
    assert why(path)["Rang [1]"] == "a ranking"
    assert any('filled = ["submitdate"]' in line for line in dict(draft_codebook(path).remarks)[""])


def test_redcap_with_several_groups_and_ids_that_repeat(tmp_path):
    columns = [
        column("record_id", *range(1, 7)),
        column("redcap_event_name", "baseline", "follow_up"),
        column("use___1", "0", "1"),
        column("use___2", "1", "0", "0"),
        column("why___a", "1", "1", "0", "0"),
        column("why___b", "0", "1", "0", "0"),
        column("why____88", "0", "0", "1", "0"),
        column("visits", "0", "15", "-99", "3"),
        column("phq_1", "0", "1", "2"),
        column("phq_2", "3", "1", "2"),
        column("form_complete", "2"),
    ]
    path = written(tmp_path, columns)
    book = draft_codebook(path)
    assert book.respondent == "record_id"
    assert any(line.startswith("! ids in record_id stand more than once") for line in dict(book.remarks)[""])
    found = kinds(path, reads=False)
    assert found["use"] == Multiple(columns={"use___1": "1", "use___2": "2"}, yes="1", no="0", empty="missing")
    assert (found["why"].items, found["why"].off_scale, found["why"].off_columns) == (
        ("a", "b"),
        ("-88",),
        ("why____88",),
    )
    assert found["visits"] == Number(off_scale=("-99",))
    assert found["phq_1"].labels == found["phq_2"].labels == ("0", "1", "2", "3")


def test_redcap_labels_that_are_their_own_text(tmp_path):
    columns = [
        numbered("Record ID"),
        column("Survey Identifier", ""),
        column("What? (choice=Tea)", "Tea", "Tea", ""),
        column("What? (choice=Coffee, black)", "", "Coffee, black", ""),
        column("What? (choice=None of these)", "", "", "None of these"),
    ]
    found = kinds(written(tmp_path, columns))
    boxes = {"What? (choice=Tea)": "Tea", "What? (choice=Coffee, black)": "Coffee, black"}
    none = "What? (choice=None of these)"
    assert found["what"] == Multiple(columns=boxes, own=True, empty="missing", nothing_column=none)


KOBO = [
    column("start", "2024-03-01T10:00:00.000+01:00"),
    column("end", "2024-03-01T10:05:00.000+01:00"),
    numbered("_id", "7{}"),
    numbered("_uuid", "u{}"),
]


def test_kobo_groups_of_questions_are_no_question(tmp_path):
    columns = [
        *KOBO,
        column("hh/size", "2", "3", "12"),
        column("hh/has_toilet", "yes", "no"),
        column("hh/has_light", "no", "no", "yes"),
        column("hh/assets", "radio", "radio tv", "none"),
        column("hh/assets/radio", "1", "1", "0"),
        column("hh/assets/tv", "0", "1", "0"),
        column("hh/assets/none", "0", "0", "1"),
        numbered("gps", "43.{:03}5 18.4111 500 4.5"),
        column("_validation_status", "Approved", "Not Approved"),
    ]
    path = written(tmp_path, columns, ";")
    found = kinds(path)
    assert found["hh_has_toilet"] == Categories("no", "yes", column="hh/has_toilet")
    boxes = {"hh/assets/radio": "radio", "hh/assets/tv": "tv"}
    wanted = Multiple(columns=boxes, yes="1", no="0", empty="missing", nothing_column="hh/assets/none")
    assert found["hh_assets"] == wanted
    assert why(path)["hh/assets"] == "the same answers as hh_assets"
    assert why(path)["gps"].startswith("! personal")


def test_ona_labels_with_true_and_false(tmp_path):
    columns = [
        *KOBO,
        column("Which fuels?", "Wood", "Wood Gas and oil", "Gas and oil", ""),
        column("Which fuels?/Wood", "TRUE", "TRUE", "FALSE", ""),
        column("Which fuels?/Gas and oil", "FALSE", "TRUE", "TRUE", ""),
        column("Do you consent?", "Yes", "Yes", "No"),
    ]
    path = written(tmp_path, columns)
    found = kinds(path)
    boxes = {"Which fuels?/Wood": "Wood", "Which fuels?/Gas and oil": "Gas and oil"}
    assert found["which_fuels"] == Multiple(columns=boxes, yes="TRUE", no="FALSE", empty="missing")
    (remark,) = dict(draft_codebook(path).remarks)["do_you_consent"]
    assert remark == '? consent: to leave out who did not agree: eligible = { do_you_consent = ["Yes"] }'


def test_surveymonkey_condensed_with_a_rating_grid_and_an_answer_of_ones_own(tmp_path):
    above = [
        ["Respondent ID", "Collector ID", "How did you come?", "", "Rate:", "", "Which?", "", "", ""],
        ["", "", "Response", "Other (please specify)", "Food", "Price", "Bus", "Tram", "None of the above", "Other"],
    ]
    columns = [
        numbered("", "11{}")[1:],
        column("", "44")[1:],
        column("", "Car", "Foot", "Car", "")[1:],
        column("", "", "", "", "by donkey")[1:],
        column("", "Very poor", "Good", "N/A")[1:],
        column("", "Excellent", "Poor", "Good")[1:],
        column("", "Bus", "Bus", "", "")[1:],
        column("", "", "Tram", "", "")[1:],
        column("", "", "", "None of the above", "")[1:],
        column("", "", "", "", "skates")[1:],
    ]
    path = written(tmp_path, columns, above=above)
    found = kinds(path)
    texts = {"column": "How did you come? | Other (please specify)", "label": "other"}
    come = "how_did_you_come_response"
    assert found[come] == Categories("Car", "Foot", other=texts, column="How did you come? | Response")
    points = ("Very poor", "Poor", "Good", "Excellent")
    assert found["rate_food"] == Ordered(*points, off_scale=("N/A",), column="Rate: | Food")
    assert found["rate_price"] == Ordered(*points, column="Rate: | Price")
    assert (found["which"].items, found["which"].nothing_column) == (
        ("Bus", "Tram", "other"),
        "Which? | None of the above",
    )
    assert "donkey" not in draft_codebook(path).to_toml()


def test_surveymonkey_without_a_question_of_several_columns(tmp_path):
    above = [["Respondent ID", "Collector ID", "How old?", "Why?"], ["", "", "Response", "Open-Ended Response"]]
    columns = [numbered("", "11{}"), column("", "44"), column("", "18-24", "25+"), column("", "")]
    path = written(tmp_path, [one[1:] for one in columns], above=above)
    assert kinds(path)["how_old_response"].labels == ("18-24", "25+")


def test_google_forms_in_spanish(tmp_path):
    columns = [
        numbered("Marca temporal", "{}/03/2024 10:00:00"),
        column("¿Con qué frecuencia?", "Nunca", "A veces", "Siempre"),
        column("¿Qué usa?", "Sala, luz y mesa, Préstamo", "Préstamo", "Sala, luz y mesa", "Ninguna de las anteriores"),
        column("Califique [Limpieza]", "Malo", "Regular", "No sé"),
        column("Califique [Personal]", "Bueno", "Regular"),
        column("¿Volvería?", "Sí", "No"),
        column("¿Qué usa?", "Bien", "Mal"),
    ]
    columns[2][1] = "Préstamo, tomar café"
    path = written(tmp_path, columns)
    found = kinds(path)
    assert found["con_que_frecuencia"].labels == ("Nunca", "A veces", "Siempre")
    uses = found["que_usa"]
    assert (uses.items, uses.separator) == (("Sala, luz y mesa", "Préstamo", "other"), ", ") or uses.items[
        0
    ] == "Préstamo"
    assert (uses.nothing, uses.column) == ("Ninguna de las anteriores", "¿Qué usa? [1]")
    assert found["califique_limpieza"].labels == found["califique_personal"].labels == ("Malo", "Regular", "Bueno")
    assert found["volveria"] == Categories("No", "Sí", column="¿Volvería?")
    assert "café" not in draft_codebook(path).to_toml()


def test_typeform_with_two_questions_of_several_columns(tmp_path):
    columns = [
        numbered("#", "k{}"),
        column("Red", "Red", ""),
        column("Blue", "Blue", "Blue", ""),
        column("Green", ""),
        column("Other", "", "", "mauve"),
        column("Cats", "Cats", ""),
        column("Dogs", "", "Dogs"),
        column("Other", "", "", "", "newts"),
        column("Response Type", "completed"),
        column("Network ID", "n"),
    ]
    found = kinds(written(tmp_path, columns))
    one, two = ({"column": f"Other [{number}]", "label": "other"} for number in (1, 2))
    red = {"Red": "Red", "Blue": "Blue"}
    assert found["choices"] == Multiple(columns=red, own=True, empty="missing", other=one)
    pets = {"Cats": "Cats", "Dogs": "Dogs"}
    assert found["choices_2"] == Multiple(columns=pets, own=True, empty="missing", other=two)


def test_a_workbook_with_merged_headers_and_commas_for_decimals(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Anketa 2024"], [], ["Br", "Osnovno", None, None, "Ocjena", None, "Prihod"]):
        sheet.append(row)
    sheet.append([None, "Grad", "Spol", "Dob", "Red", "Osoblje", None])
    for cells in ("A3:A4", "B3:D3", "E3:F3", "G3:G4"):
        sheet.merge_cells(cells)
    for row in range(ROWS):
        words = (
            ["Zenica", "Tuzla"],
            ["m", "ž"],
            ["18-29", "45 i više", "30-44"],
            ["loše", "odlično"],
            ["dobro", "ne znam"],
        )
        sheet.append([100 + row, *(several[row % len(several)] for several in words), ["1,5", 3, 4.25][row % 3]])
    book.create_sheet("skriveno").append(["x"])
    book["skriveno"].sheet_state = "hidden"
    path = tmp_path / "answers.xlsx"
    book.save(path)
    found = kinds(path)
    drafted = draft_codebook(path).file
    assert (drafted.skip, drafted.header, drafted.decimal, drafted.sheet) == (2, 2, ",", "Sheet")
    assert found["osnovno_dob"].labels == ("18-29", "30-44", "45 i više")
    assert found["ocjena_red"].labels == found["ocjena_osoblje"].labels == ("loše", "dobro", "odlično")
    assert found["Prihod"] == Number()


def test_by_hand_with_thousands_codes_and_titles(tmp_path):
    columns = [
        numbered("Nr."),
        column("Weg (km)", "1,5", "12", "0,75"),
        column("Kommt", "1 - ja", "2 - nein", "3 - weiß nicht"),
        numbered("Einkommen", "{0}.{0:03}"),
        column("Note", "1 (sehr schlecht)", "2", "3 (sehr gut)"),
        column("Problem (1)", "Lärm", "Müll", "Lärm", ""),
        column("Problem (2)", "Müll", "Lärm", "", ""),
        column("Stufe", "A", "B+", "B-", "B"),
        column("Ort", "Wien", "WIEN", "Graz", "Graz"),
    ]
    path = written(tmp_path, columns, ";", "cp1252")
    found = kinds(path)
    assert found["weg_km"] == Number(column="Weg (km)")
    assert (found["Kommt"].labels, found["Kommt"].off_scale) == (("ja", "nein"), ("weiß nicht",))
    assert "Einkommen" not in found
    assert found["Note"] == Ordered("1 (sehr schlecht)", "2", "3 (sehr gut)")
    assert found["Problem"] == Multiple(mentions=("Problem (1)", "Problem (2)"), items=("Lärm", "Müll"))
    assert found["Stufe"].labels == ("A", "B", "B+", "B-")
    assert found["Ort"] == Categories("Graz", "WIEN", values={"Wien": "WIEN"})


def test_answers_with_commas_are_no_several_answers(tmp_path):
    columns = [numbered("id"), column("Opinion", "Yes, always", "Yes, sometimes", "No")]
    assert kinds(written(tmp_path, columns))["Opinion"] == Categories("No", "Yes, always", "Yes, sometimes")


@pytest.mark.slow
def test_a_statistics_file_with_labels_of_marks(tmp_path):
    frame = pd.DataFrame(
        {
            "q1_1": [0.0, 1.0, 1.0, 0.0],
            "q1_2": [1.0, 1.0, 0.0, 0.0],
            "v1": [1.0, 2.0, 1.0, 2.0],
            "like": [1.0, 2.0, 8.0, 2.0],
            "few": [1.0, 2.0, 3.0, 5.0],
        }
    )
    marks = {0: "Not selected", 1: "Selected"}
    labels = {"q1_1": marks, "q1_2": marks, "v1": {1: "Yes", 2: "No"}}
    labels |= {"like": {1: "Agree", 2: "Disagree", 8: "Don't know"}, "few": {1: "low", 5: "high"}}
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(
        frame, path, column_labels={"q1_1": "Uses: Bus", "q1_2": "Uses: Tram"}, variable_value_labels=labels
    )
    found = kinds(path)
    assert found["q1"] == Multiple(columns={"q1_1": "Bus", "q1_2": "Tram"}, yes="1", no="0", empty="missing")
    assert found["v1"] == Categories("Yes", "No", values={"1": "Yes", "2": "No"})
    assert (found["like"].labels, found["like"].off_scale) == (("Agree", "Disagree"), ("Don't know",))
    assert found["few"].labels == ("low", "2", "3", "4", "high")


@pytest.mark.parametrize("name", ["id", "Nr.", "RESPONDENT"])
def test_a_column_that_is_called_so_and_differs_is_the_id(tmp_path, name):
    path = written(tmp_path, [numbered(name, "x{}"), column("a", "yes", "no")])
    assert draft_codebook(path).respondent == name
    again = written(tmp_path, [column(name, "1", "2"), column("a", "yes", "no")])
    assert draft_codebook(again).respondent in (None, "id")
    assert len(read_respondents(again, draft_codebook(again))) == ROWS


def test_dates_of_a_spreadsheet_among_bands_and_rankings_of_two(tmp_path):
    columns = [
        numbered("id"),
        column("Visits", "1-2", "5-Mar", "6-10", "11+"),
        column("Both", "A;B"),
        column("Order", "A;B", "B;A"),
    ]
    path = written(tmp_path, columns)
    book = draft_codebook(path)
    assert book["Visits"].labels == ("1-2", "6-10", "11+")
    assert dict(book.remarks)["Visits"][0].startswith('! dates among other answers ("5-Mar")')
    assert why(path) == {"Both": "one answer only", "Order": "a ranking: each row names all 2"}


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", None), ("utf-16", None), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("cp1250", "cp1250")],
)
def test_encodings(tmp_path, encoding, said):
    path = written(tmp_path, [numbered("id"), column("Naziv", "Čista", "žuta")], ";", encoding)
    assert kinds(path)["Naziv"].labels == ("Čista", "žuta")
    assert draft_codebook(path).file.encoding == said


def test_a_line_that_names_the_separator_and_titles_are_no_header(tmp_path):
    path = written(tmp_path, [numbered("id"), column("a", "yes", "no"), column("b", "x", "y")], ";", above=[["sep="]])
    path.write_bytes(path.read_bytes().replace(b"sep=\n", b"sep=;\n"))
    assert kinds(path)["b"] == Categories("x", "y")
    path = written(
        tmp_path, [numbered("id"), column("a", "yes", "no"), column("b", "x", "y")], above=[["A survey"], []]
    )
    assert (kinds(path)["b"], draft_codebook(path).file.skip) == (Categories("x", "y"), 2)


def test_limesurvey_with_times(tmp_path):
    columns = [
        *LIME,
        column("q1", "A1", "A2"),
        column("q2[SQ001]", "Y", ""),
        column("q2[SQ002]", "", "Y"),
        column("freeTime", "2", "15", "3.5"),
        numbered("interviewtime", "1{}.25"),
        numbered("groupTime12", "{}.5"),
        numbered("q1Time", "{}.75"),
        numbered("q2Time", "{}.125"),
    ]
    path = written(tmp_path, columns)
    assert list(kinds(path)) == ["q1", "q2", "freeTime"]
    own = {name for name, reason in why(path).items() if reason == "the tool's own column"}
    assert own >= {"interviewtime", "groupTime12", "q1Time", "q2Time"}


@pytest.mark.parametrize(
    "name", ["caseid", "case_id", "respid", "resp_id", "respondent_id", "participant_id", "record_id", "Case ID"]
)
def test_more_names_of_ids(tmp_path, name):
    path = written(tmp_path, [numbered(name, "{}"), column("a", "yes", "no")])
    assert draft_codebook(path).respondent == name
    again = written(tmp_path, [column(name, "1", "2", "3"), column("a", "yes", "no")])
    assert draft_codebook(again).respondent is None or draft_codebook(again).respondent == "id"
