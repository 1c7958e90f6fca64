"""The line of every key: against a plain search, and on every kind of TOML."""

from __future__ import annotations

import tomllib
from importlib import resources

from hypothesis import given
from hypothesis import strategies as st

from csea_stats.survey.toml_places import key_lines, line_of

EVERY_KIND = '''# a = 1
a = """
b = "not a key"
""" # c = 2
'quoted.key'."other \\" key" = [
  1, # d = 3
  [ "]", { e = '[', f = { g = 2021-01-01 10:00:00Z } } ],
  \'\'\'
  h = "no key"\'\'\',
]
[t . u]
x.y = 1
[[v]]
w = 1
[v.z]
k = 1
[[v.list]]
k = 2
[[v]]
w = [{ k = 1 },
     { k = 2 }]
[[v.list]]
[[v.list]]
k = 3
'''


def test_every_kind_of_toml():
    lines = key_lines(EVERY_KIND)
    expected = {
        ("a",): 2,
        ("quoted.key",): 5,
        ("quoted.key", 'other " key'): 5,
        ("quoted.key", 'other " key', 0): 6,
        ("quoted.key", 'other " key', 1): 7,
        ("quoted.key", 'other " key', 1, 1, "e"): 7,
        ("quoted.key", 'other " key', 1, 1, "f", "g"): 7,
        ("quoted.key", 'other " key', 2): 8,
        ("t", "u"): 11,
        ("t", "u", "x", "y"): 12,
        ("v",): 13,
        ("v", 0): 13,
        ("v", 0, "w"): 14,
        ("v", 0, "z", "k"): 16,
        ("v", 0, "list", 0, "k"): 18,
        ("v", 1, "w", 0, "k"): 20,
        ("v", 1, "w", 1, "k"): 21,
        ("v", 1, "list", 0): 22,
        ("v", 1, "list", 1, "k"): 24,
    }
    assert expected.items() <= lines.items()
    assert set(paths_of(tomllib.loads(EVERY_KIND))) == set(lines)
    assert not any("b" in path or "c" in path or "d" in path or "h" in path for path in lines)


def paths_of(value, path=()):
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


def test_every_path_of_the_shipped_survey_has_its_line():
    text = (resources.files("csea_stats") / "survey" / "data" / "bosnia-herzegovina-2021.toml").read_text("utf-8")
    lines = key_lines(text)
    rows = text.split("\n")
    paths = list(paths_of(tomllib.loads(text)))
    assert len(paths) > 1000
    assert set(paths) == set(lines)
    for path in paths:
        if isinstance(path[-1], str):
            assert path[-1] in rows[lines[path] - 1]


def test_two_thousand_lines_are_quick(within):
    text = "x = [\n" + '  { item = "a", percent = "41", where = "Figure 7", status = "order" },\n' * 2_000 + "]\n"
    with within(0.5):  # about 0.03 on an idle machine
        lines = key_lines(text)
    assert lines["x", 1999, "status"] == 2_001


def test_the_nearest_line_where_a_key_has_none():
    lines = key_lines("[[a]]\nb = 1\n")
    assert line_of(lines, ("a", 0, "missing")) == 1
    assert line_of(lines, ("a", 0, "b", "c")) == 2
    assert line_of(lines, ("x",)) == 1
    assert line_of({}, ()) == 1


@given(st.text(alphabet="[]{}=\"'#,.\\\n ab1\t", max_size=60))
def test_any_text_is_scanned_to_its_end(text):
    lines = key_lines(text)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
