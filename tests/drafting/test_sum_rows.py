"""Last rows of a sheet that sum up the others are nobody's answers."""

import openpyxl
import pytest

from csea_stats import Categories, Number, Ordered, draft_codebook, read_respondents
from csea_stats.respondents.codebook import AT_END

from .test_exports_by_hand import column, kinds, numbered, written


def lines_of(path):
    return [line for line in dict(draft_codebook(path).remarks)[""] if line[1:].startswith(" row ")]


WORDS = ["Mittelwert", "Summe", "Total", "Average:", "MEAN", "Gesamt", "Ukupno", "Prosjek", "Total general", "Moyenne"]


@pytest.mark.parametrize("word", WORDS)
def test_a_last_row_that_sums_up_is_told_and_not_drafted(tmp_path, word):
    columns = [numbered("Nr."), column("Item", "1", "2", "5"), column("Bus", "yes", "no"), column("km", "12", "30.5")]
    for one, cell in zip(columns, (word, "2.67", "50 %", "21.25"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    found = kinds(path)
    assert found["Item"] == Ordered("1", "2", "3", "4", "5")
    assert (found["Bus"], found["km"]) == (Categories("no", "yes"), Number())
    (line,) = lines_of(path)
    assert line.startswith(f'? row 14 ("{word}") sums up the others: it is left out by [exclude]')
    book = draft_codebook(path)
    assert (book.respondent, dict(book.exclude)) == ("Nr.", {word: "sums up the others"})
    data = read_respondents(path, book)
    assert (len(data), data.column("km").values.sum()) == (12, 6 * 42.5)


def test_it_reads_without_the_row_or_with_it_excluded(tmp_path):
    columns = [column("", ""), column("Bus", "yes", "no"), numbered("km", "1{}.5")]
    columns = [
        ["n", *(str(20 + row) for row in range(12)), "Total"],
        *([*one, cell] for one, cell in zip(columns[1:], ("", "138"), strict=True)),
    ]
    path = written(tmp_path, columns)
    book = draft_codebook(path)
    assert dict(book.exclude) == {"14": "sums up the others"}
    data = read_respondents(path, book)
    assert (len(data), data.funnel.excluded) == (12, 1)


def test_a_row_that_no_key_names_is_to_be_decided(tmp_path):
    columns = [column("Bus", "yes", "no"), numbered("id"), column("km", "12", "30.5")]
    for one, cell in zip(columns, ("Total", "", "255"), strict=True):
        one.append(cell)
    lines = lines_of(written(tmp_path, columns))
    assert [line for line in lines if line.startswith("!")] == lines[-1:]
    assert lines[-1] == '! row 14 ("Total") sums up the others: if nobody gave it, take it out of the file'


def test_two_rows_that_sum_up_in_a_workbook_with_commas_for_decimals(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "Ocjena", "Prihod"])
    for row in range(12):
        sheet.append([row + 1, row % 5 + 1, ["1,5", "3", "4,25"][row % 3]])
    sheet.append(["Prosjek", 2.75, "2,92"])
    sheet.append(["Ukupno", 33, 35])
    path = tmp_path / "answers.xlsx"
    book.save(path)
    assert kinds(path) == {"Ocjena": Ordered("1", "2", "3", "4", "5"), "Prihod": Number()}
    assert [line.split(")")[0] for line in lines_of(path)] == ['? row 14 ("Prosjek"', '? row 15 ("Ukupno"']


def test_an_answer_that_is_such_a_word_is_an_answer(tmp_path):
    columns = [column("Food", "good", "poor", "good"), column("Age", "20", "31", "45"), column("km", "11", "12.5")]
    for one, cell in zip(columns, ("average", "33", "11"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    assert kinds(path)["Food"] == Ordered("poor", "average", "good")
    assert lines_of(path) == []
    columns = [numbered("id"), column("Why", "rent", "food")]
    for one, cell in zip(columns, ("total", "the rent"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    assert lines_of(path) == []
    assert AT_END not in dict(draft_codebook(path).remarks)
