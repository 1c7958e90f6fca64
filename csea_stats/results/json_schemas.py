"""The JSON Schema of files of results, made from the classes that they are read into; docs/files.md tells it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

from csea_stats.results.estimate_frames import TARGETS
from csea_stats.results.json_writer import FORMAT, FileKind
from csea_stats.results.values import KINDS, Scale, Word
from csea_stats.targets.populations import Selection, SelectionBounds

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": ["inf", "-inf"]}]}
PLAIN: Schema = {"type": ["null", "string", "number", "boolean"]}
FLAG: Schema = {"type": "boolean"}
LEVEL: Schema = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}


def _list_of(member: Schema, **more: int) -> Schema:
    return {"type": "array", "items": member} | more


def _or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _table(required: Schema, optional: Schema | None = None, *, closed: bool = True) -> Schema:
    """Return an object with keys that have to be there, and further ones that may be."""
    told: Schema = {"type": "object", "properties": required | (optional or {}), "required": list(required)}
    return told | ({"additionalProperties": False} if closed else {})


def _named(member: Schema) -> Schema:
    return {"type": "object", "additionalProperties": member}


def _part(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


PAIR = _list_of(NUMBER, minItems=2, maxItems=2)
TEXTS = _list_of(TEXT)
HULL = _table({"least": WHOLE, "most": WHOLE})
COUNTS: Schema = {"anyOf": [WHOLE, HULL, _list_of({"anyOf": [WHOLE, HULL]})]}
SIDES: Schema = {"enum": ["above", "below", "either"]}

SOURCE = _table(
    {
        "kind": {"enum": ["print", "counts", "respondents", "synthetic"]},
        "survey": _or_none(TEXT),
        "fingerprint": _or_none(TEXT),
    }
)

MADE = _table(
    {
        "version": _or_none(TEXT),
        "versions": _named(TEXT),
        "seed": _or_none(WHOLE),
        "source": SOURCE,
        "disclosure": _or_none(TEXT),
    }
)

INTERVAL = _table(
    {
        "role": {"enum": ["main", "companion", "strip"]},
        "kind": {"enum": list(KINDS)},
        "level": LEVEL,
        "lower": NUMBER,
        "upper": NUMBER,
        "method": TEXT,
        "family": {"type": "integer", "minimum": 1},
    },
    {"prior": TEXT},
)

CLAIMED = {"threshold": NUMBER, "direction": _or_none(SIDES)}

JUDGED: Schema = {
    "word": {"enum": list(get_args(Word))},
    "why": TEXT,
    "held": _or_none(_list_of(NUMBER)),
    "printed_inconsistently": FLAG,
    "rate": _or_none(NUMBER),
    "unrated": TEXT,
    "seen": FLAG,
    "attainable": _or_none(FLAG),
    "needed": _or_none(_list_of(NUMBER)),
}


def _target() -> Schema:
    """Return whom a number speaks for: keys by the class of target."""
    kinds = []
    supposed = [
        _table({"kind": {"const": name}} | {one.name: PLAIN for one in fields(of)})
        for name, of in (("prior", Selection), ("bounds", SelectionBounds))
    ]
    for target, name in TARGETS.items():
        keys: Schema = {one.name: PLAIN for one in fields(target)}
        keys |= {key: TEXT for key in ("words", "many") if key in keys}
        keys |= {"selection": {"anyOf": supposed}} if "selection" in keys else {}
        kinds.append(_table({"kind": {"const": name}} | keys))
    return {"anyOf": kinds}


ESTIMATE = _table(
    {
        "id": TEXT,
        "question": _or_none(TEXT),
        "item": _or_none(TEXT),
        "outcome": TEXTS,
        "by": _or_none(TEXT),
        "from": _or_none(TEXT),
        "to": _or_none(TEXT),
        "estimand": TEXT,
        "quantity": TEXT,
        "scale": {"enum": list(get_args(Scale))},
        "target": _part("target"),
        "count": _list_of(COUNTS),
        "base": _list_of(COUNTS),
        "value": _or_none(NUMBER),
        "set": _or_none(PAIR),
        "intervals": _list_of(_part("interval")),
        "claim": _or_none(_table(CLAIMED, {"between": PAIR})),
        "probability": _or_none(PAIR),
        "verdict": _or_none(_table(JUDGED, {"probability_against": _or_none(NUMBER)})),
        "notes": TEXTS,
        "where": TEXTS,
        "recipe": _part("recipe"),
        "words": _table({"label": _or_none(TEXT), "says": _or_none(TEXT)}, {"groups": TEXTS, "change": TEXT}),
        "certificate": _or_none(TEXT),
    },
    {
        "made": _table(
            {},
            {
                "survey": _or_none(TEXT),
                "fingerprint": _or_none(TEXT),
                "versions": _named(TEXT),
                "seed": _or_none(WHOLE),
            },
        )
    },
)

_RECIPE = _part("recipe")
_CALLED = {"arguments": _list_of(_RECIPE), "options": _named(_RECIPE)}

RECIPE: Schema = {
    "description": "A call as data: a plain value, a list, or one of these forms; never text that is run.",
    "anyOf": [
        PLAIN,
        _list_of(_RECIPE),
        _table({"function": TEXT}, _CALLED),
        _table({"of": _RECIPE, "method": TEXT}, _CALLED),
        _table({"of": _RECIPE, "part": TEXT}),
        _table({"of": _RECIPE, "place": {"type": "integer"}}),
        _table({"data": {"const": True}}),
        _table({"tuple": _list_of(_RECIPE)}),
        _table({"set": _list_of(_RECIPE)}),
        _table({"mapping": _list_of(_list_of(_RECIPE, minItems=2, maxItems=2))}),
        _table({"number": {"const": "inf"}}),
        _table({"text": TEXT}),
    ],
}

VERDICTS = _table({who: _or_none(_part("verdict")) for who in ("respondents", "people", "workforce")})

CLAIM = _table(
    {
        "id": TEXT,
        "text": TEXT,
        "test": {"type": "object"},
        "verdicts": VERDICTS,
        "other_verdicts": _list_of(VERDICTS),
        "probability": _or_none(PAIR),
        "confidence": _or_none(PAIR),
        "tipping": _or_none(_table({"limit": NUMBER, "observed": NUMBER})),
        "false_sign": _or_none(NUMBER),
        "bounds": _or_none(PAIR),
        "findings": TEXTS,
        "estimates": TEXTS,
        "tested": FLAG,
        "paragraph": TEXT,
    },
    closed=False,
)

TEST = _table(
    {
        "name": TEXT,
        "null": TEXT,
        "p": NUMBER,
        "sides": TEXT,
        "exactness": {"enum": ["exact", "Monte Carlo", "asymptotic"]},
        "family": {"type": "integer", "minimum": 1},
        "statistic_name": _or_none(TEXT),
    },
    {"p_least": _or_none(NUMBER), "statistic": _or_none(NUMBER), "degrees": _or_none(NUMBER), "draws": _or_none(WHOLE)},
)

FINDING = _table(
    {
        "id": TEXT,
        "code": TEXT,
        "question": _or_none(TEXT),
        "cells": TEXTS,
        "items": TEXTS,
        "printed": TEXT,
        "expected": TEXT,
        "verdict": {"enum": ["consistent", "inconsistent", "cannot be checked"]},
        "explanations": TEXTS,
        "consequence": TEXT,
        "power": TEXT,
    }
)

READING = _table({"counts": _list_of(WHOLE), "missing": WHOLE, "set_aside": TEXTS})

DIAGNOSTIC = _table({"name": TEXT, "value": NUMBER, "state": {"enum": ["pass", "warn", "fail"]}, "text": TEXT})

EXPECTED = _table({"answer": TEXT, "observed": PAIR, "before": _or_none(PAIR), "after": _or_none(PAIR)})

PARTS: dict[FileKind, Schema] = {
    "estimates": {},
    "claims": {"claims": _list_of(CLAIM)},
    "associations": {"associations": _list_of(_table({"id": TEXT, "test": TEST, "estimates": TEXTS}))},
    "audit": {"audit": _list_of(FINDING), "readings": _named(_list_of(READING))},
    "fit": {
        "model": _table({"question": TEXT, "formula": TEXT, "family": _or_none(TEXT), "toml": TEXT}),
        "fit": _table(
            {
                "method": {"enum": ["bayes", "frequentist"]},
                "engine": TEXT,
                "level": LEVEL,
                "people": {"type": "integer"},
            }
        ),
        "left_out": _list_of(_table({"reason": TEXT, "people": WHOLE})),
        "diagnostics": _list_of(DIAGNOSTIC),
        **dict.fromkeys(("effects", "coefficients", "thresholds", "predictions"), TEXTS),
        "expected": _table({"base": WHOLE, "answers": _list_of(EXPECTED)}),
        "sensitivity": _named(TEXTS),
    },
}
"""What each kind of file holds beside estimates."""


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of files of results: estimates, claims, associations, audits and fits.

    Returns
    -------
    dict
        A file that it takes has every key in its place and of its kind; whether its numbers agree `from_json` says,
        and whether they come out again `csea_stats.verify`.

    Examples
    --------
    >>> import csea_stats as cs
    >>> schema = cs.result_schema()
    >>> schema["title"], [kind["properties"]["kind"]["const"] for kind in schema["oneOf"]]
    ('Results, csea-results/2', ['estimates', 'claims', 'associations', 'audit', 'fit'])
    """
    note = _table({"severity": {"enum": ["serious", "caution", "note"]}, "text": TEXT})
    shared = {"made": MADE, "notes": _named(note), "estimates": _list_of(_part("estimate"))}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Results, {FORMAT}",
        "oneOf": [
            _table({"format": {"const": FORMAT}, "kind": {"const": kind}} | shared | parts)
            for kind, parts in PARTS.items()
        ],
        "$defs": {
            "estimate": ESTIMATE,
            "interval": INTERVAL,
            "target": _target(),
            "recipe": RECIPE,
            "verdict": _table(CLAIMED | JUDGED, {"between": PAIR, "probability_against": _or_none(NUMBER)}),
        },
    }
