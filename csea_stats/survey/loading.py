"""Read a survey: by the name of a shipped one, or from a TOML file of the reader's own.

A file is data: nothing in it is run. Everything that is wrong with it is told at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from csea_stats.survey import source
from csea_stats.survey import survey as shape
from csea_stats.survey.checks import check_survey
from csea_stats.survey.documents import PERCENT, DocumentShape
from csea_stats.survey.draft_marks import remember
from csea_stats.survey.named_files import LARGEST, content_of, shipped_folder, survey_names, survey_path
from csea_stats.survey.short_forms import MORE_OF_FILE, MORE_OF_QUESTION, plain
from csea_stats.survey.survey import FORMAT, Survey, base_of, cell_name
from csea_stats.survey.toml_places import Keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.survey.documents import Problem

Places = dict[Keys, list[int]]
"""For each list of entries, in the numbering of what is left: where its entries stood."""

_PEOPLE = {"respondents": "x", "superpopulation": "x", "population": "x"}

_SOURCE = {"title": "x", "publisher": ["x"], "country": "x", "year": 2000, "mode": "x", "recruitment": "x"}

_INSTEAD: dict[str, object] = {
    "format": FORMAT,
    "id": "x",
    "title": "x",
    "respondents": 1_000_000_000,
    "source": _SOURCE,
    "targets": _PEOPLE,
}
"""What stands in for a wrong key of the file itself; any other is left out."""

_INSTEAD_IN_QUESTION: dict[str, object] = {"label": "x", "chosen": 1, "partial": True}
"""What stands in for a wrong key of a question; a wrong id, kind or list of answers leaves the question out."""

_NEEDED = ("id", "kind", "categories")

SHAPE = DocumentShape(
    whole=Survey,
    classes={
        (): Survey,
        ("source",): source.Source,
        ("targets",): source.TargetWords,
        ("question",): shape.Question,
        ("question", "cells"): shape.Cell,
        ("question", "cells", "among"): shape.Group,
        ("question", "among"): shape.Group,
        ("question", "averages"): shape.PrintedAverage,
        ("question", "averages", "among"): shape.Group,
        ("question", "apart"): shape.Uncounted,
        ("question", "apart", "among"): shape.Group,
        ("battery",): shape.Battery,
        ("battery", "cells"): shape.BatteryCell,
        ("fact",): source.Fact,
        ("event",): source.Event,
        ("crosstab",): source.Crosstab,
        ("sample",): source.CountedAnswers,
    },
    at_key={
        "percent": PERCENT,
        "unlabelled": f"a list, each {PERCENT}",
        "unlabelled[]": PERCENT,
        "range": 'two percentages, the smaller first, such as ["29", "31"]',
        "range[]": PERCENT,
        **dict.fromkeys(
            ("item", "item[]", "headline", "headline[]"), "an answer in quotes, or a list of answers in brackets"
        ),
        "base": 'a whole number from 0 to 1,000,000,000, or "not printed"',
        "respondents": 'a whole number from 1 to 1,000,000,000, or "not printed"',
        **dict.fromkeys(shape.AVERAGES, 'a number as printed, in quotes, such as "3.42"'),
        "partial": 'true, false or "nobody"',
        "scores": "a list of whole numbers, one for each answer, such as [1, 2, 3, 4, 5]",
        "integers": "two whole numbers, the least and the greatest answer, such as [0, 10]",
        "among": '{ question = "...", item = "..." }',
        "quartiles": 'two numbers as printed, the lower first, such as ["4", "15"]',
        "quartiles[]": 'a number as printed, in quotes, such as "4"',
        "text_sha256": "64 hexadecimal digits in quotes",
        "call": '"csea_stats.as_survey(data, ...)" or "csea_stats.release(data, ...)"',
        "year": 'a whole number from 1800 to 2200, or "not told"',
        "format": f'"{FORMAT}"',
    },
    what="survey",
    told_at="the format's description",
    plain=plain,
    more={(): MORE_OF_FILE, ("question",): MORE_OF_QUESTION},
)
"""What a survey file holds."""


def check_rest(document: dict[str, Any], wrong: Iterable[Keys]) -> list[Problem]:
    """Check what is left of a file without its wrong parts.

    Parameters
    ----------
    document : dict
        The file as read.
    wrong : iterable of tuple
        Paths of what is wrong in it.

    Returns
    -------
    list of Problem
        With paths in the file as it is; none about a part that is wrong already.
    """
    paths = set(wrong)
    if () in paths:  # the file as a whole
        return []
    kept, places, dropped = _without(document, paths)
    try:
        survey = SHAPE.made(kept)
    except ValidationError:
        return []
    found = []
    for problem in check_survey(survey):
        path = _placed(problem.path, places)
        known = any(path[: len(other)] == other or other[: len(path)] == path for other in paths)
        if not known and not (dropped and problem.text.startswith("there is no question")):
            found.append(replace(problem, path=path))
    return found


def _without(document: dict[str, Any], wrong: set[Keys]) -> tuple[dict[str, Any], Places, bool]:
    """Leave out what is wrong; also tell where what is left stood, and whether a question is gone."""
    kept = dict(document)
    for key in {path[0] for path in wrong if len(path) == 1 or path[0] in ("source", "targets")}:
        kept.pop(str(key), None)
        if key in _INSTEAD:
            kept[str(key)] = _INSTEAD[str(key)]
    places: Places = {}
    dropped = False
    for key in ("question", "battery", "fact", "event", "crosstab", "headlines"):
        if not isinstance(kept.get(key), list):
            continue
        entries: list[Any] = []
        stood: list[int] = []
        for place, entry in enumerate(kept[key]):
            inside = {path[2:] for path in wrong if path[:2] == (key, place)}
            whole = _entry(key, entry, inside, places, len(entries)) if inside else entry
            if whole is not None:
                entries.append(whole)
                stood.append(place)
        dropped = dropped or (key == "question" and len(entries) < len(kept[key]))
        kept[key] = entries
        places[key,] = stood
    return kept, places, dropped


def _entry(key: str, entry: Any, inside: set[Keys], places: Places, at: int) -> dict[str, Any] | None:
    """Repair a question, or give None: leave the entry out."""
    if key != "question" or not isinstance(entry, dict) or any(not path or path[0] in _NEEDED for path in inside):
        return None
    repaired = dict(entry)
    for name in {str(path[0]) for path in inside if path[0] != "cells" or len(path) == 1}:
        repaired.pop(name, None)
        if name in _INSTEAD_IN_QUESTION:
            repaired[name] = _INSTEAD_IN_QUESTION[name]
        if name == "headline" and entry.get("categories"):
            repaired[name] = entry["categories"][0]
    if isinstance(repaired.get("cells"), list):
        bad = {path[1] for path in inside if path[0] == "cells" and len(path) > 1}
        stood = [place for place in range(len(repaired["cells"])) if place not in bad]
        places["question", at, "cells"] = stood
        repaired["cells"] = [repaired["cells"][place] for place in stood]
    return repaired


def _placed(path: Keys, places: Places) -> Keys:
    """Give the path in the file of a path in what is left of it."""
    told: list[str | int] = []
    for position, part in enumerate(path):
        stood = places.get(path[:position])
        told.append(stood[part] if isinstance(part, int) and stood is not None else part)
    return tuple(told)


__all__ = ["LARGEST", "base_of", "cell_name", "fingerprint", "load_survey"]


def load_survey(name_or_path: str | os.PathLike[str]) -> Survey:
    """Read a shipped survey, or a survey file.

    Parameters
    ----------
    name_or_path : str or path
        A name of `survey_names()`, or the path of a TOML file; docs/survey-format.md tells what it holds.

    Returns
    -------
    Survey
        Checked; immutable.

    Raises
    ------
    UnknownName
        There is neither such a survey nor such a file.
    SurveyFileError
        The file cannot be read or is wrong: line, key, what was found and what is allowed for each problem.

    Examples
    --------
    >>> load_survey("bosnia-herzegovina-2021").respondents
    49
    """
    path = survey_path(name_or_path)
    if path is None:
        return _shipped(str(name_or_path))
    name = os.fspath(name_or_path)
    content = content_of(name, path)
    return remember(SHAPE.read(name, content, check_survey, check_rest), content.decode("utf-8-sig"))


@cache
def _shipped(name: str) -> Survey:
    """Read a shipped survey once: neither its file nor anything in it changes."""
    content = (shipped_folder("survey", "data") / f"{name}.toml").read_bytes()
    return SHAPE.read(name, content, check_survey, check_rest)


def is_shipped(survey: Survey) -> bool:
    """Whether a survey is one of those that are shipped, with nothing changed in it."""
    return survey.id in survey_names() and _shipped(survey.id) == survey


LATER: dict[str, Any] = {
    "also": [],
    "weighted": False,
    "effective": None,
    "missing": None,
    "averages": [],
    "scores": None,
    "integers": None,
    "quartiles": None,
    "measured_in": None,
    "apart": [],
    "named": {},
    "sample": None,
    "repeated": None,
    "release": None,
}
"""Keys that came after the first release, with what is the same as none: a file without them keeps its fingerprint."""


def _as_before(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_before(one) for key, one in value.items() if key not in LATER or one != LATER[key]}
    return [_as_before(one) for one in value] if isinstance(value, list) else value


def fingerprint(survey: Survey) -> str:
    """Give the SHA-256 of a survey: the same for two files that say the same.

    Parameters
    ----------
    survey : Survey
        A survey; the order of its keys, its comments and its layout do not matter.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> survey = load_survey("bosnia-herzegovina-2021")
    >>> fingerprint(survey) == fingerprint(load_survey("bosnia-herzegovina-2021"))
    True
    """
    values = _as_before(SHAPE.adapter.dump_python(survey, mode="json"))
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
