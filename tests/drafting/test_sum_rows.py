"""Last rows of a sheet that sum up the others are nobody's answers."""

import openpyxl
import pytest

from csea_stats import Categories, Number, Ordered, draft_codebook, read_respondents
from csea_stats.respondents.codebook import AT_END

from .test_exports_by_hand import column, kinds, numbered, written


def decide(path):
    return [line for line in dict(draft_codebook(path).remarks)[""] if line.startswith("!")]


WORDS = ["Mittelwert", "Summe", "Total", "Average:", "MEAN", "Gesamt", "Ukupno", "Prosjek", "Total general", "Moyenne"]


@pytest.mark.parametrize("word", WORDS)
def test_a_last_row_that_sums_up_is_told_and_not_drafted(tmp_path, word):
    columns = [numbered("Nr."), column("Item", "1", "2", "5"), column("Bus", "yes", "no"), column("km", "12", "30.5")]
    for one, cell in zip(columns, (word, "2.67", "50 %", "21.25"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    found = kinds(path, reads=False)
    assert found["Item"] == Ordered("1", "2", "3", "4", "5")
    assert (found["Bus"], found["km"]) == (Categories("no", "yes"), Number())
    (line,) = decide(path)
    assert line.startswith(f'! row 14 ("{word}") sums up the others')
    assert f'under [exclude]: "{word}" = ' in line
    assert draft_codebook(path).respondent == "Nr."


def test_it_reads_without_the_row_or_with_it_excluded(tmp_path):
    columns = [column("", ""), column("Bus", "yes", "no"), numbered("km", "1{}.5")]
    columns = [
        ["n", *(str(20 + row) for row in range(12)), "Total"],
        *([*one, cell] for one, cell in zip(columns[1:], ("", "138"), strict=True)),
    ]
    path = written(tmp_path, columns)
    book = draft_codebook(path)
    assert 'under [exclude]: "14" = "sums up"' in decide(path)[0]
    book_path = tmp_path / "book.toml"
    book_path.write_text(book.to_toml() + '\n[exclude]\n"14" = "sums up"\n', encoding="utf-8")
    data = read_respondents(path, book_path)
    assert (len(data), data.funnel.excluded) == (12, 1)


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
    assert kinds(path, reads=False) == {"Ocjena": Ordered("1", "2", "3", "4", "5"), "Prihod": Number()}
    assert [line.split(")")[0] for line in decide(path)] == ['! row 14 ("Prosjek"', '! row 15 ("Ukupno"']


def test_an_answer_that_is_such_a_word_is_an_answer(tmp_path):
    columns = [column("Food", "good", "poor", "good"), column("Age", "20", "31", "45"), column("km", "11", "12.5")]
    for one, cell in zip(columns, ("average", "33", "11"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    assert kinds(path)["Food"] == Ordered("poor", "average", "good")
    assert decide(path) == []
    columns = [numbered("id"), column("Why", "rent", "food")]
    for one, cell in zip(columns, ("total", "the rent"), strict=True):
        one.append(cell)
    path = written(tmp_path, columns)
    assert decide(path) == []
    assert AT_END not in dict(draft_codebook(path).remarks)
