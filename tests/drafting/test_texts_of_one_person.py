"""A text that one person wrote does not stand in a draft, whatever else its column holds."""

import pytest

from csea_stats import Categories, Multiple, Number, Ordered, draft_codebook, read_respondents

from .test_exports_by_hand import kinds, why, written

REMARK = '1 text given once is read as "other"; if it is an answer of the form, add it to labels'


def told(path, name):
    return dict(draft_codebook(path).remarks)[name]


def answers(name, *pairs):
    return [name, *(text for count, text in pairs for _ in range(count))]


def test_a_sentence_given_once_among_categories(tmp_path):
    wish, secret = "Mehr Zeit für Absprachen wäre gut.", "Mein Chef Herr Maier ist nie da"
    path = written(tmp_path, [answers("Was fehlt?", (18, wish), (7, "Keine"), (1, secret))])
    found = kinds(path)["was_fehlt"]
    assert found == Categories(wish, "Keine", other="other", column="Was fehlt?")
    assert any(REMARK in line for line in told(path, "was_fehlt"))
    assert "Maier" not in draft_codebook(path).to_toml()
    assert read_respondents(path, draft_codebook(path)).column("was_fehlt").counts == (18, 7, 1)


def test_forms_of_an_answer_are_joined_before_what_stands_once_is_told(tmp_path):
    secret = "Frau Kolb aus der Buchhaltung schreit"
    path = written(tmp_path, [answers("Sonst", (20, "Nein"), (6, "nein"), (1, "NEIN"), (5, "Keine"), (1, secret))])
    values = {"nein": "Nein", "NEIN": "Nein"}
    assert kinds(path)["Sonst"] == Categories("Nein", "Keine", values=values, other="other")
    assert "Kolb" not in draft_codebook(path).to_toml()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Geneva", True),
        ("Two words, or three four", False),
        ("It is loud!", False),
        ("Is it?", False),
        ("Shout.", False),
        ("Hochgeschwindigkeitszüge x", False),
        ("Hochgeschwindigkeitszüge", True),
    ],
)
def test_a_short_word_given_once_among_few_answers_stays(tmp_path, text, shown):
    path = written(tmp_path, [answers("Place", (4, "Zenica"), (3, "Tuzla"), (1, text))])
    found = kinds(path)["Place"]
    labels = ("Zenica", "Tuzla")
    assert found == (Categories(*labels, text) if shown else Categories(*labels, other="other"))
    assert (text in draft_codebook(path).to_toml()) == shown


def test_a_word_given_once_among_twenty_answers_is_other(tmp_path):
    path = written(tmp_path, [answers("Boss", (11, "Novak"), (8, "Horvat"), (1, "Kovač"))])
    assert kinds(path)["Boss"] == Categories("Novak", "Horvat", other="other")
    path = written(tmp_path, [answers("Boss", (10, "Novak"), (8, "Horvat"), (1, "Kovač"))])
    assert kinds(path)["Boss"] == Categories("Novak", "Horvat", "Kovač")


def test_one_answer_and_a_text_are_no_question(tmp_path):
    path = written(tmp_path, [answers("More?", (29, "nothing more"), (1, "Joe drinks")), ["n", *range(11, 71, 2)]])
    assert why(path)["More?"].startswith("one answer only")
    assert "Joe" not in draft_codebook(path).to_toml()


def test_several_answers_in_one_cell(tmp_path):
    cells = (8, "Bus;Tram"), (8, "Bus"), (7, "Tram;Bike"), (1, "Bus;My neighbour Joe knows")
    path = written(tmp_path, [answers("How?", *cells)])
    found = kinds(path)["how"]
    assert found == Multiple(items=("Bus", "Tram", "Bike"), separator=";", other="other", column="How?")
    assert any('1 text given once is read as "other"' in line for line in told(path, "how"))
    assert "Joe" not in draft_codebook(path).to_toml()


def test_first_and_second_choices(tmp_path):
    first = answers("Wish 1", (8, "Shade"), (8, "Benches"), (6, "Water"), (1, "Joe should leave"))
    second = answers("Wish 2", (8, "Benches"), (7, "Shade"), (1, "Water"), (7, ""))
    found = kinds(written(tmp_path, [first, second]))["Wish"]
    assert found == Multiple(mentions=("Wish 1", "Wish 2"), items=("Benches", "Shade", "Water"), other="other")


def test_parts_of_one_question_share_their_answers_but_for_a_text(tmp_path):
    one = answers("Who? [cooks]", (10, "my mother"), (10, "my father"), (4, "me"))
    two = answers("Who? [shops]", (12, "my mother"), (11, "me"), (1, "aunt Zora, the loud one"))
    path = written(tmp_path, [one, two])
    found = kinds(path)
    labels = ("me", "my father", "my mother")
    assert found["who_cooks"] == Categories(*labels, column="Who? [cooks]")
    assert found["who_shops"] == Categories(*labels, other="other", column="Who? [shops]")
    assert "Zora" not in draft_codebook(path).to_toml()


def test_an_answer_that_is_called_other_takes_the_texts(tmp_path):
    path = written(tmp_path, [answers("Way", (12, "Bus"), (8, "Tram"), (3, "Other"), (1, "by donkey"))])
    assert kinds(path)["Way"] == Categories("Bus", "Tram", "Other", other="Other")


def test_answers_of_a_list_and_of_the_file_are_not_concerned(tmp_path):
    columns = [
        answers("Often", (20, "never"), (9, "sometimes"), (1, "always")),
        answers("Age", (20, "18-29"), (9, "30-49"), (1, "50+")),
        answers("Come", (29, "no"), (1, "yes")),
        answers("Stage", (20, "1 - no plan of any kind yet"), (9, "2 - some"), (1, "3 - a plan that we all follow")),
    ]
    found = kinds(written(tmp_path, columns))
    assert found["Often"] == Ordered("never", "sometimes", "always")
    assert found["Age"] == Ordered("18-29", "30-49", "50+")
    assert found["Come"] == Categories("no", "yes")
    assert found["Stage"].labels[-1] == "a plan that we all follow"


def test_many_answers_count_with_those_off_the_scale(tmp_path):
    path = written(tmp_path, [answers("Sonst", (20, "don't know"), (3, "a lot"), (2, "little"), (1, "Joe"))])
    assert kinds(path)["Sonst"] == Categories("a lot", "little", off_scale=("don't know",), other="other")


def test_a_scale_stays_one_with_a_text_among_its_answers(tmp_path):
    columns = [
        answers("Often", (12, "never"), (12, "often"), (1, "always"), (1, "Joe hits us")),
        answers("Age", (12, "18-29"), (9, "30-49"), (4, "50+"), (1, "Joe is 99")),
        answers("Come", (15, "yes"), (10, "no"), (1, "only when Joe is away")),
        answers("Stage", (12, "1 - low"), (12, "2 - high"), (1, "3 - top"), (1, "Joe decides")),
    ]
    found = kinds(written(tmp_path, columns))
    assert found["Often"] == Ordered("never", "often", "always", other="other")
    assert found["Age"] == Ordered("18-29", "30-49", "50+", other="other")
    assert found["Come"] == Categories("no", "yes", other="other")
    values = {"1 - low": "low", "2 - high": "high", "3 - top": "top"}
    assert found["Stage"] == Ordered("low", "high", "top", values=values, other="other")


def test_parts_of_one_question_share_a_scale_but_for_a_text(tmp_path):
    one = answers("Who? [cooks]", (12, "never"), (11, "often"), (1, "Zora does"))
    two = answers("Who? [shops]", (12, "never"), (11, "always"), (1, "sometimes"))
    found = kinds(written(tmp_path, [one, two]))
    points = ("never", "sometimes", "often", "always")
    assert found["who_cooks"] == Ordered(*points, other="other", column="Who? [cooks]")
    assert found["who_shops"] == Ordered(*points, column="Who? [shops]")


def test_where_texts_have_a_column_of_their_own_the_answers_are_those_of_the_form(tmp_path):
    one = answers("Way", (12, "Bus"), (8, "Tram"), (1, "Ferry, with a bike on it"), (4, ""))
    two = answers("Way other", (21, ""), (4, "by donkey"))
    texts = {"column": "Way other", "label": "other"}
    path = written(tmp_path, [one, two])
    assert kinds(path)["Way"] == Categories("Bus", "Tram", "Ferry, with a bike on it", other=texts)
    assert read_respondents(path, draft_codebook(path)).column("Way").counts == (12, 8, 1, 4)


def test_a_form_says_once_what_to_do_with_texts(tmp_path):
    stamps = ["Timestamp", *(f"3/{day}/2024 9:00:12" for day in range(1, 25))]
    path = written(tmp_path, [stamps, answers("Ort", (12, "Wien"), (11, "Graz"), (1, "Linz"))])
    assert [line for line in told(path, "ort" if "ort" in kinds(path) else "Ort") if "other" in line] == [f"? {REMARK}"]


def test_a_band_with_words_behind_it_that_one_person_wrote(tmp_path):
    columns = [
        ["km", *(str(20 + row) for row in range(26)), "over 50 with Joe"],
        answers(
            "Age", (12, "18-29"), (10, "30-49 years old"), (3, "50+"), (1, "60-70 years old"), (1, "over 90 like Joe")
        ),
        answers("Trips", (12, "15"), (10, "20"), (4, "31"), (1, "more than 40")),
    ]
    path = written(tmp_path, columns)
    found = kinds(path, reads=False)
    assert found["km"] == Number()
    assert told(path, "km")[0].startswith("! 26 of 27 cells are numbers; the other is none")
    assert found["Age"] == Ordered("18-29", "30-49 years old", "50+", "60-70 years old", other="other")
    assert found["Trips"] == Number(off_scale=("more than 40",))
    assert "Joe" not in draft_codebook(path).to_toml()
