"""What was saved is made again: the same, or the difference is found; a file's text is never run."""

import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.errors import InputError, SurveyFileError
from csea_stats.results.values import Word
from tests.results.test_json_schemas import valid

COUNTS = cs.Estimates(
    [
        *cs.proportion({34, 35}, 49, target=cs.TIERS, threshold=0.4),
        cs.difference((7, 7), ({27, 28}, 42), measure="ratio"),
        cs.paired_difference(39, 35, 49),
        *cs.multinomial([11, 13, 9]),
        *cs.ordinal([3, 20], ["a", "b"]),
        *cs.ranks([9, 3, 4], 16),
        *cs.crosstab_bounds(35, 24, 49),
        cs.superiority([1, 5], [7, 4]),
        cs.tipping_ratio(35, 49),
    ]
)


def states(path, data=None):
    return Counter(row.state for row in cs.verify(path, data))


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "numbers.json"
    path.write_text(COUNTS.to_json())
    return path


def numbers_of(body, path=()):
    """Yield the place of every number, but for those of versions."""
    if isinstance(body, dict):
        for key, value in body.items():
            if key != "versions":
                yield from numbers_of(value, (*path, key))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from numbers_of(value, (*path, index))
    elif isinstance(body, (int, float)) and not isinstance(body, bool):
        yield path


def changed(body, path):
    """Return the file with one number changed in its second digit."""
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    value = place[path[-1]]
    place[path[-1]] = value + 1 if isinstance(value, int) else value * 1.01 + (0.001 if value == 0 else 0)
    return copy


def check(body, places, path, data=None):
    """Hold each mutant to be found, or to be refused when it is read."""
    for place in places:
        path.write_text(json.dumps(changed(body, place)))
        try:
            found = states(path, data)
        except InputError:
            continue
        assert found["differs"] >= 1, place


def test_what_was_saved_is_the_same(saved):
    assert valid(json.loads(saved.read_text()))
    assert states(saved) == {"same": len(COUNTS)}


@pytest.mark.slow
def test_a_changed_number_is_found_wherever_it_stands(saved, tmp_path):
    body = json.loads(saved.read_text())
    places = list(numbers_of(body))
    assert len(places) > 200
    check(body, random.Random(1).sample(places, 15), tmp_path / "mutant.json")


OTHERS = [
    ("above", "below"),
    ("credible", "confidence"),
    ("share", "difference"),
    ("caution", "serious"),
    ("note", "caution"),
    ("main", "companion"),
    ("people", "respondents"),
    get_args(Word),
]


def leaves(body, path=()):
    """Yield the place and the content of everything in a file, but for versions."""
    if path:
        yield path, body
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in members:
        if key != "versions":
            yield from leaves(value, (*path, key))


def altered(value):
    """Yield what may stand in a value's place: other words that are allowed, lists in lists, other numbers, kinds."""
    if isinstance(value, list):
        yield from ([value], [], value + value[-1:], value[::-1])
    elif isinstance(value, bool):
        yield from (not value, None)
    elif isinstance(value, (int, float)):
        yield from (value + 1 if isinstance(value, int) else value * 1.01 + (value == 0) * 0.001, [value], None)
    elif value is None:
        yield from (1, True, "x", [1])
    elif isinstance(value, str):
        yield from (word for words in OTHERS if value in words for word in words)
        yield from (f"{value}x", re.sub(r"\d+", lambda number: str(int(number[0]) + 1), value))


def put(body, path, value):
    """Return a file with another value in a place."""
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


@pytest.mark.sizes("share", default=150, slow=5, long=1)
def test_whatever_is_altered_is_refused_or_found(saved, tmp_path, share):
    body = json.loads(saved.read_text())
    mutants = [
        (place, value)
        for place, old in leaves(body)
        for value in altered(old)
        if (value != old or isinstance(value, bool) != isinstance(old, bool)) and old != "b"  # another answer's name
    ]
    assert len(mutants) > 3000
    random.Random(1).shuffle(mutants)
    path, refused = tmp_path / "mutant.json", 0
    for place, value in mutants[::share]:
        path.write_text(json.dumps(put(body, place, value)))
        try:
            found = states(path)
        except InputError:
            refused += 1
            continue
        assert found["differs"] >= 1, (place, value)
    assert refused > len(mutants[::share]) / 2


@pytest.mark.slow
def test_every_number_of_a_file_is_held(saved, tmp_path):
    body = json.loads(saved.read_text())
    check(body, list(numbers_of(body)), tmp_path / "mutant.json")


def associations():
    data = cs.synthesise(cs.load_survey(BOSNIA), seed=1)
    return cs.Associations(
        [
            *cs.association({"a": [14, 28], "b": [0, 7]}),
            *cs.association([[[1, 2], [3, 4]], [[4, 5], [6, 2]]], mid_p=True),
            *cs.association(cs.load_survey(BOSNIA), "awareness", "age"),
            *cs.association(data, "awareness", "organisation"),
        ]
    ), data


BOSNIA = "bosnia-herzegovina-2021"


@pytest.mark.slow
def test_every_number_of_associations_is_held(tmp_path):
    found, data = associations()
    path = tmp_path / "associations.json"
    path.write_text(found.to_json())
    assert valid(json.loads(found.to_json()))
    assert set(states(path, data)) == {"same"}
    assert set(states(path)) == {"same", "cannot be checked"}  # without the answers of the last
    known = cs.Associations(one for one in found if "data" not in one.estimate.provenance.call)
    path.write_text(known.to_json())
    assert set(states(path)) == {"same"}
    body = json.loads(path.read_text())
    places = list(numbers_of(body))
    check(body, places, path)
    assert places


@pytest.mark.sizes("share", default=30_000, slow=100, long=1)
def test_every_number_of_an_audit_is_held(share, tmp_path):
    path = tmp_path / "audit.json"
    path.write_text(cs.audit(cs.load_survey(BOSNIA)).to_json())
    body = json.loads(path.read_text())
    told = states(path)
    assert set(told) == {"same"}
    assert sum(told.values()) == 1 + len(body["audit"]) + len(body["readings"])
    check(body, list(numbers_of(body))[::share], path)
    body["audit"][5]["printed"] += "1"
    path.write_text(json.dumps(body))
    assert states(path)["differs"] == 1
    del body["audit"][5]
    path.write_text(json.dumps(body))
    assert states(path)["differs"] == 1


@pytest.mark.slow
def test_the_shipped_survey_is_the_same_and_a_changed_count_is_not(tmp_path, shipped_estimates):
    estimates = shipped_estimates
    body = json.loads(estimates.to_json())
    assert valid(body)
    path = tmp_path / "estimates.json"
    path.write_text(json.dumps(body))
    assert states(path) == {"same": len(estimates)}
    place = next(i for i, one in enumerate(estimates) if one.question == "awareness" and one.counts == ((35,),))
    body["estimates"][place]["count"], body["estimates"][place]["value"] = [[36]], 36 / 49
    path.write_text(json.dumps(body))
    assert states(path)["differs"] == 1


@pytest.mark.sizes("share", slow=120, long=9)
def test_every_printed_number_of_a_fit_is_held(share, tmp_path):
    """Of draws and searches to the last printed digit: what changes it is found; the fit needs its answers."""
    data = cs.synthesise(cs.load_survey(BOSNIA), seed=1)
    fit = cs.fit("awareness ~ organisation", data, method="frequentist")
    path = tmp_path / "fit.json"
    path.write_text(fit.effects().to_json())
    assert set(states(path)) == {"cannot be checked"}
    path.write_text(fit.to_json())
    assert set(states(path, data)) == {"same"}
    assert set(states(path)) == {"cannot be checked"}
    body = json.loads(path.read_text())
    for place in list(numbers_of(body))[::share]:
        copy = changed(body, place)
        inside, old = copy, body
        for key in place[:-1]:
            inside, old = inside[key], old[key]
        if isinstance(old[place[-1]], float):
            inside[place[-1]] += 0.05 + abs(old[place[-1]]) / 2
        path.write_text(json.dumps(copy))
        try:
            found = states(path, data)
        except InputError:
            continue
        assert found["differs"] >= 1, place


@pytest.mark.parametrize(
    "call",
    [
        "__import__('os').system('true')",
        "csea_stats.proportion(35, 49).__class__",
        "csea_stats.write_report('x', 'y')",
        "csea_stats.proportion(*[35, 49])",
        "csea_stats.proportion(**{'count': 35})",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "open('/etc/passwd').read()",
        "csea_stats.proportion(35",
        "(" * 500,
        "csea_stats.proportion()",
    ],
)
def test_a_recipe_is_read_and_never_run(call, tmp_path):
    path = tmp_path / "hostile.json"
    first = json.loads((Path(__file__).parent / "results" / "data" / "estimates-1.json").read_text(encoding="utf-8"))
    first["estimates"] = first["estimates"][:1]
    first["estimates"][0]["provenance"]["call"] = call
    path.write_text(json.dumps(first))
    (row,) = cs.verify(path)
    assert row.state == "differs"
    body = json.loads(cs.Estimates([cs.proportion(35, 49)]).to_json())
    for recipe in ({"text": call}, {"function": call}, {"of": {"text": call}, "method": "where"}):
        body["estimates"][0]["recipe"] = recipe
        path.write_text(json.dumps(body))
        try:
            (row,) = cs.verify(path)
        except InputError:  # no recipe, or one that is another recipe in other words
            continue
        assert row.state == "differs"


def test_the_command_tells_by_its_status(saved, tmp_path):
    run = CliRunner().invoke
    told = run(main, ["verify", str(saved)])
    assert (told.exit_code, told.output.strip()) == (0, f"{len(COUNTS)} same")
    body = json.loads(saved.read_text())
    body["estimates"][1]["intervals"][0]["lower"] -= 0.01
    saved.write_text(json.dumps(body))
    told = run(main, ["verify", str(saved)])
    assert told.exit_code == 1
    assert "differs: interval" in told.output
    assert json.loads(run(main, ["verify", str(saved), "--json"]).output)[1]["state"] == "differs"
    (tmp_path / "no.json").write_text("{")
    assert run(main, ["verify", str(tmp_path / "no.json")]).exit_code == 2


def test_claims_of_the_first_format_are_read():
    text = (Path(__file__).parent / "results" / "data" / "claims-1.json").read_text(encoding="utf-8")
    (result,) = cs.Claims.from_json(text)
    assert [verdict.word for verdict in result.verdicts] == ["true of them", "supported", "not settled"]
    assert list(result.tipping) == json.loads(text)["results"][0]["tipping"]
    assert cs.Claims.from_json(cs.Claims([result]).to_json()) == cs.Claims([result])


def test_a_claim_of_ones_own_is_made_again(tmp_path):
    claims, path = tmp_path / "claims.toml", tmp_path / "claims.json"
    claims.write_text(
        f'format = "csea-claims/1"\nsurvey = "{BOSNIA}"\n[[claim]]\nid = "own"\nsection = "S"\ntext = "Said."\n'
        'test = { kind = "share", question = "awareness", item = "poor", above = 0.5 }\n'
    )
    path.write_text(cs.check_claims(cs.load_survey(BOSNIA), claims).to_json())
    assert states(path) == {"same": 1}
    body = json.loads(path.read_text())
    body["claims"][0]["tipping"]["limit"] += 0.1
    path.write_text(json.dumps(body))
    (row,) = cs.verify(path)
    assert (row.state, row.what) == ("differs", "tipping")


@pytest.mark.slow
def test_an_archive_has_claims_and_the_fit_from_print_as_json(tmp_path):
    out = tmp_path / "out"
    told = CliRunner().invoke(main, ["report", BOSNIA, "--archive", "--out", str(out)])
    assert told.exit_code == 0, told.output
    more = {"claims.json", "printed-fit-1.json"}
    assert {path.name for path in out.glob("*.json")} == more | {"estimates.json", "audit.json"}
    assert all(states(out / name).keys() == {"same"} for name in more)
    again = CliRunner().invoke(main, ["report", BOSNIA, "--json", "--out", str(out)])
    assert {Path(path).name for path in json.loads(again.stdout)["older"]} == more


@pytest.mark.sizes("share", slow=29, long=7)
def test_every_number_of_claims_is_held(share, tmp_path):
    path = tmp_path / "claims.json"
    found = cs.check_claims(cs.load_survey(BOSNIA))
    path.write_text(found.to_json())
    assert valid(json.loads(found.to_json()))
    assert states(path) == {"same": len(found)}
    body = json.loads(cs.Claims(found[::20]).to_json())
    check(body, list(numbers_of(body))[::share], path)


TINY = """format = "csea-survey/1"
id = "tiny"
title = "T"
respondents = 40
source = { title = "T", publisher = ["P"], country = "C", year = 2020, mode = "form", recruitment = "open" }
targets = { respondents = "the 40", superpopulation = "people like them", population = "everybody" }
[[question]]
id = "rating"
label = "Rating"
kind = "ordinal"
where = "Table 1"
counts = { poor = 20, fair = 12, good = 8 }
"""


@pytest.mark.slow
def test_every_file_of_a_report_is_made_again_from_its_folder(tmp_path):
    (tmp_path / "tiny.toml").write_text(TINY)
    out = tmp_path / "out"
    cs.write_report(cs.load_survey(tmp_path / "tiny.toml"), tmp_path / "level", level=0.9)
    assert set(states(tmp_path / "level")) == {"same"}
    cs.write_report(cs.load_survey(tmp_path / "tiny.toml"), out)
    assert {path.name for path in out.glob("*.json")} == {"estimates.json", "audit.json"}
    told = CliRunner().invoke(main, ["verify", str(out)])
    assert (told.exit_code, set(states(out))) == (0, {"same"})
    assert all(valid(json.loads(path.read_text())) for path in out.glob("*.json"))
    for name in ("estimates.json", "audit.json"):
        text = (out / name).read_text()
        body = json.loads(text)
        part = body["estimates"][0]["count"] if name == "estimates.json" else body["readings"]["rating"][0]["counts"]
        part[0] = 9 if name == "audit.json" else [9]
        (out / name).write_text(json.dumps(body))
        rows = [row for row in cs.verify(out) if row.state == "differs"]
        assert rows
        assert all(row.id.startswith(name) for row in rows)
        (out / name).write_text(text)
    with pytest.raises(InputError, match="no file of results"):
        cs.verify(tmp_path)


@pytest.mark.slow
def test_a_model_of_answers_needs_them_and_the_rest_of_its_folder_does_not(tmp_path):
    answers, book = tmp_path / "answers.csv", tmp_path / "book.toml"
    rows = [("a", "no")] * 12 + [("a", "yes")] * 8 + [("b", "no")] * 5 + [("b", "yes")] * 15
    answers.write_text("team,seen\n" + "".join(f"{team},{seen}\n" for team, seen in rows))
    labels = {"team": ["a", "b"], "seen": ["no", "yes"]}
    told = [f'[variable.{name}]\nkind = "categories"\nlabels = {json.dumps(of)}\n' for name, of in labels.items()]
    book.write_text('format = "csea-codebook/1"\n' + "".join(told))
    out = tmp_path / "out"
    cs.write_report(cs.read_respondents(answers, book), out, models="seen ~ team")
    assert {path.name for path in out.glob("*.json")} == {"estimates.json", "fit-1.json"}
    assert [row.id for row in cs.verify(out) if row.state != "same"] == ["fit-1.json: fit"]
    assert all(valid(json.loads(path.read_text())) for path in out.glob("*.json"))
    again = CliRunner().invoke(main, ["verify", str(out), "--answers", str(answers), "--codebook", str(book)])
    assert again.exit_code == 0, again.output
    assert again.output.endswith(" same\n")
    assert "," not in again.output


TEAMS = cs.Codebook({"team": cs.Categories("a", "b", "c"), "seen": cs.Categories("no", "yes")})


@pytest.fixture(scope="module")
def few():
    """Answers of teams of 12, 20 and 3 people."""
    rows = [("a", "no")] * 5 + [("a", "yes")] * 7 + [("b", "no")] * 11 + [("b", "yes")] * 9 + [("c", "yes")] * 3
    return cs.read_respondents(pd.DataFrame(rows, columns=["team", "seen"]), TEAMS)


@pytest.mark.slow_for("by team")
@pytest.mark.parametrize(
    "told",
    [
        cs.as_survey,
        lambda few: cs.as_survey(few, by="team", questions=["seen"], smallest=4),
        lambda few: cs.release(few, "light", by=iter(["team"])),
        lambda few: cs.release(few, cs.Disclosure(minimum=3, group=6, key=("team",)), questions="seen"),
    ],
    ids=["all", "by team", "released", "released by a rule"],
)
def test_estimates_of_answers_are_made_again_from_them(told, few, tmp_path):
    survey, path = told(few), tmp_path / "estimates.json"
    path.write_text(cs.estimate(survey).to_json())
    assert states(path, few).keys() == {"same"}
    (tmp_path / "survey.toml").write_text(survey.to_toml())
    assert states(path, cs.load_survey(tmp_path / "survey.toml")).keys() == {"same"}


@pytest.mark.parametrize("smallest", [1, 5])
def test_claims_on_answers_and_their_audit_are_made_again_from_them(smallest, few, tmp_path):
    survey, claims, path = cs.as_survey(few, smallest=smallest), tmp_path / "claims.toml", tmp_path / "results.json"
    claims.write_text(
        f'format = "csea-claims/1"\nsurvey = "{survey.id}"\n[[claim]]\nid = "own"\nsection = "S"\ntext = "Said."\n'
        'test = { kind = "share", question = "seen", item = "yes", above = 0.5 }\n'
    )
    for made in (cs.check_claims(survey, claims), cs.audit(survey)):
        path.write_text(made.to_json())
        assert states(path, few).keys() == {"same"}


def test_the_call_of_a_survey_of_answers_is_one_of_two(few, tmp_path):
    path = tmp_path / "survey.toml"
    path.write_text(cs.as_survey(few).to_toml().replace("as_survey(data", "read_respondents(data"))
    with pytest.raises(SurveyFileError, match=r"sample\.call: found .*; allowed is \"csea_stats\.as_survey\(data"):
        cs.load_survey(path)
