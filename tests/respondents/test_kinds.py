"""What a codebook may say, and what it is told when it contradicts itself."""

import math

import pytest

from csea_stats import Categories, Codebook, Multiple, Number, Ordered
from csea_stats.errors import InputError, UnknownName
from csea_stats.respondents.texts import text_of

SCALE = Ordered("none", "poor", "fair")


@pytest.mark.parametrize(
    ("make", "needles"),
    [
        (lambda: Ordered("one"), ["1 label", "two or more"]),
        (Ordered, ["0 labels"]),
        (lambda: Ordered("a", "a"), ["'a'", "more than once"]),
        (lambda: Ordered("a", "b", off_scale=("b",)), ["'b'", "more than once"]),
        (lambda: Ordered("a", " b"), ["' b'", "blanks"]),
        (lambda: Ordered("a", ""), ["''", "not empty"]),
        (lambda: Ordered("a", 3), ["3"]),
        (lambda: Ordered("a", "b", off_scale="refused"), ["'refused'", "list"]),
        (lambda: Ordered("a", "b", values={1: "c"}), ["'1'", "'c'", "'a', 'b'"]),
        (lambda: Ordered("a", "b", values={"a": "b"}), ["'a'", "itself a label"]),
        (lambda: Ordered("a", "b", values={1: "a", "1": "b"}), ["'1'", "more than once"]),
        (lambda: Ordered("a", "b", values=["a"]), ["mapping"]),
        (lambda: Ordered("a", "b", says={"c": "say c"}), ["'c'"]),
        (lambda: Ordered("a", "b", asked="x"), ["asked", "'x'"]),
        (lambda: Number(minimum=3, maximum=2), ["3", "2"]),
        (lambda: Number(minimum=math.nan), ["nan"]),
        (lambda: Number(maximum="x"), ["maximum", "'x'"]),
        (lambda: Number(off_scale=("x", "x")), ["more than once"]),
        (lambda: Number(bands=(5, 5)), ["bands", "(5, 5)", "rise"]),
        (lambda: Number(bands=(10, 5)), ["(10, 5)", "rise"]),
        (lambda: Number(minimum=0, bands=(0, 5)), ["(0, 5)", "above 0"]),
        (lambda: Number(maximum=60, bands=[5, 61]), ["[5, 61]", "at most 60"]),
        (lambda: Number(bands=(5, math.nan)), ["nan"]),
        (lambda: Number(bands=(5, math.inf)), ["inf"]),
        (lambda: Number(bands="5"), ["bands", "'5'"]),
        (lambda: Number(bands=("under 5",)), ["bands", "'under 5'"]),
        (Multiple, ["columns", "items"]),
        (lambda: Multiple(columns=("a",), separator=";"), ["separator"]),
        (lambda: Multiple(items=("a", "b"), separator=""), ["separator", "''"]),
        (lambda: Multiple(items=("a", "none of these"), separator=";", nothing="none of these"), ["none of these"]),
        (lambda: Multiple(columns=("a", "b"), items=("a",)), ["2 columns", "1 items"]),
        (lambda: Multiple(columns=("a", "a")), ["more than once"]),
        (lambda: Multiple(columns=("a", "b"), yes=1, no="1"), ["both"]),
        (lambda: Multiple(columns=("a", "b"), chosen=3), ["chosen", "3", "1 to 2"]),
        (lambda: Multiple(columns=("a", "b"), chosen=0), ["chosen", "0"]),
        (lambda: Multiple(columns=("a", "b"), chosen=True), ["chosen", "True"]),
        (lambda: Multiple(columns=("a", "b"), chosen=1.0), ["chosen", "1.0"]),
        (lambda: Multiple(columns=("a", "b"), off_scale=("a",)), ["'a'"]),
        (lambda: Multiple(columns="ab"), ["list"]),
        (lambda: Codebook({}), ["{}"]),
        (lambda: Codebook([SCALE]), ["mapping"]),
        (lambda: Codebook({"a": SCALE, "b": "poor"}), ["'b'", "'poor'"]),
        (lambda: Codebook({"": SCALE}), ["''"]),
        (lambda: Codebook({"a_b": SCALE, "a-b": SCALE}), ["'a-b'", "'a_b'"]),
        (lambda: Codebook({"a": SCALE}, weights="w"), ["'w'", "not supported"]),
        (lambda: Codebook({"a": SCALE}, missing="NA"), ["missing", "'NA'"]),
        (lambda: Codebook({"a": Ordered("poor", "refused")}, missing=("", "refused")), ["'a'", "'refused'", "missing"]),
        (lambda: Codebook({"a": SCALE}, eligible={"b": "yes"}), ["'b'"]),
        (lambda: Codebook({"a": SCALE}, eligible={"a": "yes"}), ["'yes'", "'none'"]),
        (lambda: Codebook({"a": Number()}, eligible={"a": "yes"}), ["'yes'", "lowest"]),
        (lambda: Codebook({"a": Multiple(columns=("x", "y"))}, eligible={"a": "x"}), ["Multiple"]),
        (lambda: Codebook({"a": Ordered("x", "y", asked={"b": "yes"})}), ["'b'"]),
        (lambda: Codebook({"a": Ordered("x", "y", asked={"b": "no"}), "b": SCALE}), ["'no'", "'none'"]),
        (lambda: Codebook({"a": Ordered("x", "y", asked={"b": "3"}), "b": Number()}), ["'b'"]),
    ],
)
def test_a_contradiction_is_told(make, needles):
    with pytest.raises(InputError) as caught:
        make()
    assert [needle for needle in needles if needle not in str(caught.value)] == []


def test_everything_at_once():
    with pytest.raises(InputError, match="3 problems"):
        Codebook({"a": "x", "b_c": SCALE, "b-c": SCALE}, eligible={"z": "q"})


def test_names_with_hyphens_and_underscores_are_the_same():
    book = Codebook({"police-knowledge": SCALE})
    assert book["police_knowledge"] is SCALE
    assert book.name("police_knowledge") == "police-knowledge"
    assert "police_knowledge" in book
    assert len(book) == 1
    with pytest.raises(UnknownName, match="police-knowledge"):
        book["police_knowlege"]


@pytest.mark.parametrize("kind", [SCALE, Categories("a", "b"), Number("years"), Multiple(columns=("a", "b"))])
def test_kinds_are_frozen_values(kind):
    assert hash(kind) == hash(kind)
    with pytest.raises(AttributeError):
        kind.label = "x"


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (1.0, "1"), (-2.5, "-2.5"), (" a ", "a"), (True, "True"), (1e300, "1e+300")]
)
def test_values_as_texts(value, text):
    assert text_of(value) == text


def test_a_mapping_of_columns_names_the_answers():
    kind = Multiple(columns={"s1": "counselling", "s2": "legal"}, yes=1, no=0)
    assert (kind.columns, kind.items, kind.yes, kind.no) == (("s1", "s2"), ("counselling", "legal"), ("1",), ("0",))


def test_bands_have_neither_gaps_nor_overlaps():
    assert Number(bands=(5,)).band_labels == ("under 5", "5 and over")
    assert Number(bands=[2.5, 5, 10]).band_labels == ("under 2.5", "2.5 to under 5", "5 to under 10", "10 and over")
    assert Number().band_labels == ()


def test_an_option_is_a_variable_of_its_own():
    kind = Multiple(
        items=("legal aid", "children's aid", 'other ["x"]'),
        separator=";",
        says={"legal aid": "offer it"},
        label="Help",
    )
    book = Codebook({"the_help": kind, "help[1]": Ordered("a", "b")})
    for name in ("the_help[legal aid]", "the-help['legal aid']", 'the_help[ "legal aid"]', "the_help[legal-aid]"):
        if name.endswith("-aid]") or "[ " in name:
            with pytest.raises(UnknownName, match="no option of 'the_help'"):
                book.name(name)
            continue
        assert book.name(name) == "the_help[legal aid]"
    found = book["the_help[legal aid]"]
    assert (found.labels, found.label, found.says) == (("no", "yes"), "Help: legal aid", (("yes", "offer it"),))
    assert book.name("the_help[children's aid]") == 'the_help["children\'s aid"]'
    assert book.name(book.name("the_help[children's aid]")) == book.name("the_help[children's aid]")
    assert book.name("""the_help['other ["x"]']""") == """the_help['other ["x"]']"""
    assert book.name("help[1]") == "help[1]"  # a declared name is no option
    with pytest.raises(InputError, match="one answer each"):
        book.name("help[1][a]")


@pytest.mark.parametrize(
    "make",
    [lambda text: Ordered("a", text), lambda text: Number(label=text), lambda text: Multiple(columns=("a", text))],
)
def test_a_text_that_no_survey_holds_is_told(make):
    assert make("b" * 2_000)
    with pytest.raises(InputError, match=r"found 'b.*of 2,001 letters; allowed are 2,000"):
        make("b" * 2_001)
