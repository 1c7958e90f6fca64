"""What of a wrong survey file can still be checked, so that all its errors are told at once.

A wrong value hides what a reader would have to be told next: a name that does not exist, a count above its base. So
the entries that are wrong are left out, or replaced where leaving out would raise new complaints, and the rest is
checked as ever.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from csea_stats.survey.checks import check_survey
from csea_stats.survey.format import FORMAT
from csea_stats.survey.lines import Path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from csea_stats.survey.format import Survey
    from csea_stats.survey.problems import Problem

Places = dict[Path, list[int]]
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


def check_rest(document: dict[str, Any], wrong: Iterable[Path], make: Callable[[Any], Survey | None]) -> list[Problem]:
    """Check what is left of a file without its wrong parts.

    Parameters
    ----------
    document : dict
        The file as read.
    wrong : iterable of tuple
        Paths of what is wrong in it.
    make : callable
        Makes a survey of a document, or None where it is still wrong.

    Returns
    -------
    list of Problem
        With paths in the file as it is; none about a part that is wrong already.
    """
    paths = set(wrong)
    if () in paths:  # the file as a whole
        return []
    kept, places, dropped = _without(document, paths)
    survey = make(kept)
    if survey is None:
        return []
    found = []
    for problem in check_survey(survey):
        path = _placed(problem.path, places)
        known = any(path[: len(other)] == other or other[: len(path)] == path for other in paths)
        if not known and not (dropped and problem.text.startswith("there is no question")):
            found.append(replace(problem, path=path))
    return found


def _without(document: dict[str, Any], wrong: set[Path]) -> tuple[dict[str, Any], Places, bool]:
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


def _entry(key: str, entry: Any, inside: set[Path], places: Places, at: int) -> dict[str, Any] | None:
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


def _placed(path: Path, places: Places) -> Path:
    """Give the path in the file of a path in what is left of it."""
    told: list[str | int] = []
    for position, part in enumerate(path):
        stood = places.get(path[:position])
        told.append(stood[part] if isinstance(part, int) and stood is not None else part)
    return tuple(told)
