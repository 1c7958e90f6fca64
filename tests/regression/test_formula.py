"""The closed grammar: what it takes, and that everything else is an error that points at the place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Model
from csea_stats.errors import InputError
from csea_stats.regression.formula import parse_formula, write_term


def test_every_term():
    outcome, terms = parse_formula("y ~ a + mo(b) + score(c) + cat(d) + per(e, 2.5) + (1 | f)")
    assert outcome == "y"
    assert [(term.kind, term.name, term.per) for term in terms] == [
        ("plain", "a", None),
        ("mo", "b", None),
        ("score", "c", None),
        ("cat", "d", None),
        ("per", "e", 2.5),
        ("group", "f", None),
    ]


def test_options_of_a_question_with_several_answers():
    outcome, terms = parse_formula("""s[legal aid] ~ s["children's aid"] + score(s['x']) + (1 | t[y-z])""")
    assert outcome == "s[legal aid]"
    assert [term.name for term in terms] == ['s["children\'s aid"]', "s[x]", "t[y-z]"]
    model = Model.from_formula("s[legal aid] ~ s[x]")
    assert (model.formula, model.outcome.name) == ("s[legal aid] ~ s[x]", "s[legal aid]")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("y ~ __import__('os').system('true')", 5),
        ("y ~ mo(mo(x))", 10),
        ("y ~ x * z", 7),
        ("y ~ x - 1", 7),
        ("y ~ (x | g)", 5),
        ("y ~ per(x)", 10),
        ("y ~ per(x, 0)", 12),
        ("y ~ per(x, 1e3)", 12),
        ("y ~ x + x", 9),
        ("y ~ s[a] + s['a']", 12),
        ("s[a] ~ s[a]", 8),
        ("y ~ s[]", 6),
        ("y ~ s[a[b]]", 6),
        ("y ~ y", 5),
        ("y", 2),
        ("~ x", 1),
        ("y ~", 4),
        ("y ~ 1 + 1", 9),
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


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_an_input_error(text):
    try:
        outcome, terms = parse_formula(text)
    except InputError:
        return
    written = f"{outcome} ~ {' + '.join(write_term(term.kind, term.name, term.per) for term in terms) or '1'}"
    assert parse_formula(written) == (outcome, terms)


def test_wrong_family():
    with pytest.raises(InputError, match="poisson"):
        Model.from_formula("y ~ x", family="poisson")
