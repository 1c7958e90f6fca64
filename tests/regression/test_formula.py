"""The closed grammar: what it takes, and that everything else is an error that points at the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Model
from csea_stats.errors import InputError
from csea_stats.regression.formula import parse_formula, write_name


def test_every_term():
    read = parse_formula("y ~ a + mo(b) + score(c) + cat(d) + per(e, 2.5) + (1 | f)")
    assert read.outcome == "y"
    assert read.interactions == ()
    assert [(term.kind, term.name, term.per) for term in read.terms] == [
        ("plain", "a", None),
        ("mo", "b", None),
        ("score", "c", None),
        ("cat", "d", None),
        ("per", "e", 2.5),
        ("group", "f", None),
    ]


def test_options_of_a_question_with_several_answers():
    read = parse_formula("""s[legal aid] ~ s["children's aid"] + score(s['x']) + (1 | t[y-z])""")
    assert read.outcome == "s[legal aid]"
    assert [term.name for term in read.terms] == ['s["children\'s aid"]', "s[x]", "t[y-z]"]
    model = Model.from_formula("s[legal aid] ~ s[x]")
    assert (model.formula, model.outcome.name) == ("s[legal aid] ~ s[x]", "s[legal aid]")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("y ~ __import__('os').system('true')", 5),
        ("y ~ mo(mo(x))", 10),
        ("y ~ x - 1", 7),
        ("y ~ (0 + x | g)", 5),
        ("y ~ per(x)", 10),
        ("y ~ per(x, 0)", 12),
        ("y ~ per(x, 1e3)", 12),
        ("s[a] ~ s[a]", 8),
        ("y ~ s[]", 6),
        ("y ~ s[a[b]]", 6),
        ("y ~ y", 5),
        ("y ~ x:z", 5),
        ("y ~ x + x:z", 9),
        ("y ~ x * z * w", 5),
        ("y ~ x - z", 7),
        ("y ~ x*z - x", 5),
        ("y ~ x*z-x:z", 7),
        ("y ~ x-1", 5),
        ("y ~ (1 | g):x + x", 5),
        ("y ~ mo(x) + x", 13),
        ("y ~ (x + z)^3", 12),
        ("y ~ (x", 7),
        ("y ~ x^2", 6),
        ("y ~ `x", 5),
        ("y ~ " + "*".join("abcdefghijklmn"), 5),
        ("y", 2),
        ("~ x", 1),
        ("y ~", 4),
        ("y ~ 2", 5),
        ("y ~ x.__class__", 6),
        ("y ~ eval(x)", 5),
        ("y ~ f'{x}'", 6),
        ("y ~ " + "(" * 1000, 5),
    ],
)
def test_anything_else_is_refused_at_its_place(text, place):
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    where = int(str(caught.value).split("character ")[1].split(":")[0])
    assert where == place
    assert "allowed is" in str(caught.value)


def test_code_is_quoted_and_not_run(tmp_path):
    mark = tmp_path / "ran"
    with pytest.raises(InputError, match="__import__"):
        Model.from_formula(f"awareness ~ __import__('pathlib').Path({str(mark)!r}).touch()", family="cumulative")
    assert not mark.exists()


def test_long_input_is_refused():
    with pytest.raises(InputError, match="characters"):
        parse_formula("y ~ " + " + ".join(f"x{place}" for place in range(1000)))
    with pytest.raises(InputError, match="at most 40"):
        parse_formula("y ~ " + " + ".join(f"x{place}" for place in range(50)))


def test_the_algebra_of_terms():
    def read(text):
        found = parse_formula(f"y ~ {text}")
        return [term.written for term in found.terms], [":".join(pair) for pair in found.interactions]

    assert read("a * b") == read("a + b + a:b") == read("a:b + a + b") == (["a", "b"], ["a:b"])
    assert read("(a + b) * c") == (["a", "b", "c"], ["a:c", "b:c"])
    assert read("(a + b + c)^2") == (["a", "b", "c"], ["a:b", "a:c", "b:c"])
    assert read("a * b * c - a:b:c") == read("(a + b + c)**2")
    assert read("(a + b + c)^2 - b:a") == (["a", "b", "c"], ["a:c", "b:c"])
    assert read("cat(a) * per(b, 5)") == (["cat(a)", "per(b, 5)"], ["a:b"])
    assert read("cat(a) + b + a:b")[1] == read("cat(a) + b + cat(a):b")[1] == ["a:b"]
    assert read("`my a` * b") == (["`my a`", "b"], ["my a:b"])


def _written(read):
    terms = [term.written for term in read.terms]
    pairs = [":".join(map(write_name, pair)) for pair in read.interactions]
    return f"{write_name(read.outcome)} ~ {' + '.join([*terms, *pairs]) or '1'}"


@given(st.text(max_size=60) | st.text("abxyz~+-*:()^|12`, ", max_size=30).map("y ~ ".__add__))
def test_any_text_is_a_formula_or_an_input_error(text):
    try:
        read = parse_formula(text)
    except InputError:
        return
    assert parse_formula(_written(read)) == read


def test_wrong_family():
    with pytest.raises(InputError, match="poisson"):
        Model.from_formula("y ~ x", family="poisson")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a ~ b + b:c + (1 + b | c)", "'c' is a group effect"),
        ("a ~ per(b, 5) + (1 | d:c) + c:b", "'c' is a group effect"),
        ("a ~ chosen[x\0]", "a control sign"),
    ],
)
def test_what_no_model_can_be_is_an_error_of_the_formula(text, words):
    with pytest.raises(InputError, match=f"formula: .*{words}"):
        Model.from_formula(text)
