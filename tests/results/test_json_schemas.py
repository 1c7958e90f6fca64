"""The schema of results takes every file that is written, and none that lost a key or got another."""

from __future__ import annotations

import json
import random

import jsonschema
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from tests.auditing.made import small_survey

SCHEMA = cs.result_schema()
OPEN = {"versions", "options", "test", "notes", "readings", "sensitivity"}
"""Keys whose tables hold names of their own."""


def valid(body):
    """Hold a file against the part of the schema for its kind."""
    kinds = {one["properties"]["kind"]["const"]: one for one in SCHEMA["oneOf"]}
    schema = kinds[body["kind"]] | {"$defs": SCHEMA["$defs"]} if str(body.get("kind")) in kinds else SCHEMA
    return jsonschema.Draft202012Validator(schema).is_valid(body)


def estimates():
    people = cs.Superpopulation(design_effect=1.5)
    bound = cs.Population(cs.SelectionBounds(ratio=float("inf")), size=200)
    return cs.Estimates(
        [
            *cs.proportion({34, 35}, 49, target=(*cs.TIERS, people, cs.FinitePopulation(90), bound), threshold=0.4),
            cs.difference((7, 7), ({27, 28}, 42), measure="odds-ratio"),
            *cs.multinomial([11, 13, 9])[:2],
            *cs.ranks([9, 3, 4], 16)[:1],
            cs.tipping_ratio(35, 49),
        ]
    )


CLAIMS = """format = "csea-claims/1"
survey = "small"
[[claim]]
id = "own"
section = "S"
text = "Said."
test = {{ kind = "share", question = "{}", item = "{}", above = 0.5 }}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    survey = cs.load_survey("bosnia-herzegovina-2021")
    fit = cs.fit("awareness ~ age", cs.tabulate(survey, "awareness", by="age"), method="frequentist")
    small = small_survey(survey.question[3], respondents=49)
    path = tmp_path_factory.mktemp("claims") / "claims.toml"
    path.write_text(CLAIMS.format(survey.question[3].id, survey.question[3].categories[0]), encoding="utf-8")
    texts = {
        "estimates": estimates().to_json(),
        "claims": cs.check_claims(small, path).to_json(),
        "associations": cs.association({"a": [14, 28], "b": [0, 7]}).to_json(),
        "audit": cs.audit(small).to_json(),
        "fit": fit.to_json(),
    }
    return {kind: json.loads(text) for kind, text in texts.items()}


@pytest.mark.slow
def test_the_schema_is_one_and_takes_every_kind_of_file(files):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert list(files) == [one["properties"]["kind"]["const"] for one in SCHEMA["oneOf"]]
    for kind, body in files.items():
        assert body["kind"] == kind
        assert valid(body), kind
        assert not valid(body | {"kind": "other"})


def tables(value, path=()):
    """Yield the place of every table but those with names of their own."""
    if isinstance(value, dict):
        if not path or path[-1] not in OPEN:
            yield path
        for key, member in value.items():
            yield from tables(member, (*path, key))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from tables(member, (*path, place))


def at(body, path):
    for key in path:
        body = body[key]
    return body


OPTIONAL = {"arguments", "options", "made", "groups", "change", "between", "probability_against", "prior", "section"}


@pytest.mark.parametrize("kind", ["estimates", "claims", "associations", "audit", "fit"])
def test_a_damaged_file_is_refused(kind, files):
    body = files[kind]
    body = body | {"estimates": body["estimates"][:3], "notes": dict(list(body["notes"].items())[:2])}
    drawn = random.Random(2)
    places = [path for path in tables(body) if not {"test", "recipe"} & {*path} and path[-1:] != ("made",)]
    for path in [(), *drawn.sample(places, min(12, len(places)))]:
        for damage in ("gone", "more", "other"):
            copy = json.loads(json.dumps(body))
            table = at(copy, path)
            told = [key for key in table if key not in OPTIONAL and not (kind == "claims" and path[:1] == ("claims",))]
            if not told:
                continue
            key = drawn.choice(told)
            if damage == "gone":
                del table[key]
            elif damage == "more":
                table["nonsense"] = 1
            else:
                table[key] = {"nonsense": [1]}
            assert not valid(copy), (path, key, damage)


def test_the_command_prints_it_and_those_of_the_files_that_are_read():
    told = {what: CliRunner().invoke(main, ["schema", what]) for what in ("results", "survey", "claims")}
    assert {run.exit_code for run in told.values()} == {0}
    assert json.loads(told["results"].stdout) == SCHEMA
    assert all(json.loads(run.stdout)["title"] for run in told.values())
