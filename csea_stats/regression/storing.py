"""A fit as one file in a folder, and back without loss: JSON, the model as TOML, arrays; no pickle."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from csea_stats.errors import InputError, in_short, path_text
from csea_stats.publication.writing import checked_folder, write_files
from csea_stats.regression.archive import BROKEN, packed, read_archive, reason
from csea_stats.regression.design import Design, Rows
from csea_stats.regression.fitted import FittedModel, FittedTable, Later
from csea_stats.regression.grouped_rows import few_groups
from csea_stats.regression.groups import named_effects
from csea_stats.regression.library import read_model
from csea_stats.regression.problem import Array, Diagnostic, Limits, Profiled, Sample
from csea_stats.regression.stored_checks import check_stored
from csea_stats.regression.variables import Variable
from csea_stats.results.values import Caveat, Provenance
from csea_stats.survey.named_files import name_of
from csea_stats.survey.source import TargetWords

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from csea_stats.regression.model import Model

    Arrays = dict[str, Any]

FORMAT = "csea-fit/2"

ARCHIVE = "fit.zip"

EARLIER = "csea-fit/1"
EARLIER_FILES = ("fit.json", "model.toml", "arrays.npz")
"""What the first release saved: three files without a checksum."""

PRIVATE = "PRIVATE"

SEVERAL = ("zetas", "effects")
"""Fields of a sample that are several arrays."""

WARNING = (
    "This fit holds which answers were given together, person by person. It is for those who may see the answers, "
    "and its files can be read by their owner alone.\n"
)
"""What stands beside a fit of respondents' answers."""


def save(fit: FittedModel, path: str | os.PathLike[str]) -> Path:
    """Write a fit into a folder; the interval beside and the prior strip are written, too.

    The fit is one file, which replaces an earlier one at once: whatever ends a save leaves the old fit or the new one.
    Of respondents' answers the files are their owner's alone, and a file PRIVATE says why.

    Raises
    ------
    OutputError
        If a file cannot be written; an earlier fit is then as it was.
    """
    folder = checked_folder(path)
    arrays: Arrays = {}
    private = fit.holds_answers
    body = {
        "format": FORMAT,
        "method": fit.method,
        "engine": fit.engine,
        "level": fit.level,
        "seed": fit.seed,
        "synthetic": fit.synthetic,
        "taken": fit.taken,
        "provenance": asdict(fit.provenance),
        "words": None if fit.words is None else {f.name: getattr(fit.words, f.name) for f in fields(TargetWords)},
        "design": _pack_design(fit.design, arrays),
        "readings": _pack_readings(fit.readings, "readings", arrays),
        "counterpart": _pack_readings(fit.counterpart, "counterpart", arrays),
        "strip": [
            [prior, _pack_readings(readings, f"strip{place}", arrays)]
            for place, (prior, readings) in enumerate(fit.strip)
        ],
    }
    model = fit.model.to_toml()
    texts = {"fit.json": json.dumps(body, ensure_ascii=False, indent=1), "model.toml": model}
    earlier = [folder / name for name in EARLIER_FILES] if _is_earlier(folder) else []
    files = [(ARCHIVE, packed(texts, arrays)), ("model.toml", model.encode())]
    write_files(folder, [*([(PRIVATE, WARNING.encode())] if private else []), *files], private=private)
    for superseded in earlier:
        if superseded.name != "model.toml":
            superseded.unlink(missing_ok=True)
    return folder


def _is_earlier(folder: Path) -> bool:
    """Whether a folder holds a fit as the first release saved it."""
    try:
        with (folder / "fit.json").open("rb") as file:
            return EARLIER.encode() in file.read(200)
    except OSError:
        return False


def load(path: str | os.PathLike[str]) -> FittedModel:
    """Read a saved fit; see `csea_stats.load_fit`."""
    folder = Path(name_of("load_fit", path, "a folder that Fit.save wrote"))
    try:
        texts, arrays, source = _content(folder)
        body = json.loads(texts["fit.json"])
        if body["format"] not in (FORMAT, EARLIER):
            message = (
                f"{path_text(folder)}: format: found {in_short(body['format'])}; allowed is {FORMAT!r} or {EARLIER!r}"
            )
            raise InputError(message)
        model = read_model(texts["model.toml"].encode(), f"{path_text(source)}: model.toml")
        fit = FittedModel(**_fields(model, body, arrays))
        check_stored(fit)
    except BROKEN as error:
        if isinstance(error, InputError):
            raise
        message = f"{path_text(folder)}: the files hold no whole fit ({reason(error)}); save it again"
        raise InputError(message) from None
    return fit


def _content(folder: Path) -> tuple[dict[str, str], Arrays, Path]:
    """Return the texts and arrays of a saved fit, and where they stand; those of the first release have no checksum."""
    archive = folder / ARCHIVE
    if archive.is_file():
        texts, arrays = read_archive(archive)
        return texts, arrays, archive
    lacking = [name for name in EARLIER_FILES if not (folder / name).is_file()]
    if lacking:
        found = ARCHIVE if len(lacking) == len(EARLIER_FILES) else ", ".join(lacking)
        message = f"{path_text(folder)}: found no {found}; allowed is a folder that Fit.save wrote"
        raise InputError(message)
    _, arrays = read_archive(folder / "arrays.npz", checked=False)
    return {name: (folder / name).read_text(encoding="utf-8") for name in EARLIER_FILES[:2]}, arrays, folder


def _fields(model: Model, body: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    design = _design(model, body["design"], arrays)
    completed = design.completed if design.imputed else design
    told = body["provenance"]
    versions = tuple((name, version) for name, version in told.pop("versions"))
    strip = [(prior, _readings(_with_prior(design, prior), packed, arrays)) for prior, packed in body["strip"]]
    return {
        "model": model,
        "design": design,
        "readings": _readings(design, body["readings"], arrays),
        **{name: body[name] for name in ("method", "engine", "level", "seed", "synthetic")},
        "taken": tuple(body.get("taken", ())),  # fits saved by an earlier version have none
        "provenance": Provenance(**{**told, "places": tuple(told["places"]), "versions": versions}),
        "words": None if body["words"] is None else TargetWords(**body["words"]),
        "beside": Later(
            tuple,
            _readings(completed, body["counterpart"], arrays),
        ),
        "under": Later(tuple, strip),
    }


def _with_prior(design: Design, prior: str) -> Design:
    from csea_stats.regression.fitting import priors_in_use, with_prior

    return design if prior in priors_in_use(design) else with_prior(design, prior)


def _pack_design(design: Design, arrays: Arrays) -> dict[str, Any]:
    arrays["patterns"] = design.patterns
    if design.rows is not None:  # not the respondents' ids: a saved fit is passed on
        arrays["rows"], arrays["cells"] = design.rows.index, design.rows.cells
    for place, variable in enumerate(design.variables):
        arrays[f"levels{place}"], arrays[f"means{place}"] = variable.levels, variable.means
    body: dict[str, Any] = {
        "outcome": design.outcome,
        "answers": design.answers,
        "left_out": design.left_out,
        "variables": [[one.name, one.labels, one.unit, one.scale] for one in design.variables],
        "doubts": [[one.code, one.text, one.severity] for one in design.doubts],
    }
    if design.grouped:
        for place, (_, _, codes) in enumerate(design.groups):
            arrays[f"group{place}"] = codes
        groups = [[name, labels] for name, labels, _ in design.groups]
        body |= {"items": design.items, "groups": groups, "slopes": design.slopes, "persons": design.persons}
    if design.answered is not None:
        arrays["people"], arrays["which"], arrays["given"] = design.answered
    else:
        arrays |= {f"table{place}": table for place, table in enumerate(design.tables)}
    arrays |= {f"imputed{place}": table for place, table in enumerate(design.imputed)}
    for name in ("numbers", "trials"):
        if (values := getattr(design, name)) is not None:
            arrays[name] = values
    told = {"family": design.family, "unit": design.unit, "imputed": len(design.imputed)}
    told |= {"label": design.label, "says": design.says}
    return {**body, "tables": len(design.tables), **told}


def _design(model: Model, body: dict[str, Any], arrays: Arrays) -> Design:
    terms = {predictor.name: predictor for predictor in model.predictor}
    variables = tuple(
        Variable(
            predictor=terms[name],
            labels=tuple(labels),
            unit=unit,
            levels=arrays[f"levels{place}"],
            scale=scale,
            means=arrays[f"means{place}"],
        )
        for place, (name, labels, unit, scale) in enumerate(body["variables"])
    )
    answers, patterns = tuple(body["answers"]), arrays["patterns"]
    answered, tables = _answered(body, arrays, len(patterns))
    groups = tuple(
        (name, tuple(labels), arrays[f"group{place}"]) for place, (name, labels) in enumerate(body.get("groups", ()))
    )
    doubts = tuple(Caveat(code=code, text=text, severity=grade) for code, text, grade in body.get("doubts", []))
    usual = "bernoulli" if len(answers) == 2 else "cumulative"  # saved before it was written
    return Design(
        model=model,
        outcome=body["outcome"],
        answers=answers,
        variables=variables,
        patterns=patterns,
        tables=tables,
        family=body.get("family", usual),
        left_out=tuple((reason, number) for reason, number in body["left_out"]),
        doubts=doubts if "doubts" in body else few_groups(groups),  # saved before these were written
        rows=_rows(arrays),
        numbers=arrays.get("numbers"),
        trials=None if arrays.get("trials") is None else arrays["trials"].astype(np.int64),
        unit=body.get("unit", ""),
        imputed=tuple(arrays[f"imputed{place}"] for place in range(body.get("imputed", 0))),
        items=tuple(body.get("items", ())),
        groups=groups,
        slopes=tuple((group, place) for group, place in body.get("slopes", ())),
        persons=body.get("persons", False),
        answered=answered,
        label=body.get("label", ""),  # not in what was saved before, nor is the next
        says=tuple((answer, phrase) for answer, phrase in body.get("says", ())),
    )


def _answered(body: dict[str, Any], arrays: Arrays, people: int) -> tuple[Any, tuple[Array, ...]]:
    """Return the rows of several answers each, and the tables, which with groups were saved as rows at first."""
    if "people" not in arrays:
        return None, tuple(arrays[f"table{place}"] for place in range(body["tables"]))
    rows = tuple(arrays[name].astype(np.intp) for name in ("people", "which", "given"))
    table = np.zeros((people, len(body["answers"])))
    np.add.at(table, (rows[0], rows[2]), 1.0)
    return (rows if len(body["items"]) > 1 else None), (table,)


def _rows(arrays: Arrays) -> Rows | None:
    if "rows" not in arrays:
        return None
    index, cells = (arrays[name].astype(np.int64, casting="same_kind") for name in ("rows", "cells"))
    return Rows(index=index, ids=(), cells=cells)


def _pack_readings(readings: Sequence[FittedTable], key: str, arrays: Arrays) -> list[dict[str, Any]]:
    packed = []
    for number, reading in enumerate(readings):
        name = f"{key}-{number}"
        result = reading.sample if reading.sample is not None else reading.profiled
        body = {"name": name, "place": reading.place, "kind": type(result).__name__}
        packed.append({**body, **_pack_result(result, name, arrays)})
    return packed


def _pack_result(result: Any, name: str, arrays: Arrays) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for entry in fields(result):
        value = getattr(result, entry.name)
        if isinstance(value, np.ndarray):
            arrays[f"{name}-{entry.name}"] = value
        elif isinstance(value, Sample):
            body[entry.name] = _pack_result(value, f"{name}-{entry.name}", arrays)
        elif entry.name in SEVERAL:
            body[entry.name] = len(value)
            arrays.update({f"{name}-{entry.name}{place}": part for place, part in enumerate(value)})
        elif entry.name in ("diagnostics", "limits"):
            body[entry.name] = [asdict(one) for one in value]
        else:
            body[entry.name] = value
    return body


def _readings(design: Design, packed: list[dict[str, Any]], arrays: Arrays) -> tuple[FittedTable, ...]:
    found: list[FittedTable] = []
    for told in packed:
        name, place, kind = told["name"], told["place"], told["kind"]
        body = {key: value for key, value in told.items() if key not in ("name", "place", "kind")}
        own: dict[str, Any] = {
            key.removeprefix(f"{name}-"): value for key, value in arrays.items() if key.startswith(f"{name}-")
        }
        if kind == "Profiled":
            body["limits"] = tuple(Limits(**one) for one in told["limits"])
            checks = tuple(Diagnostic(**one) for one in told["diagnostics"])
            profiled = Profiled(**{**body, **own, "diagnostics": checks})
            found.append(FittedTable(design=design, place=place, profiled=profiled))
        else:
            sample = Sample(**(_drawn(body, own) if kind == "Sample" else _by_name(design, body, own)))
            found.append(FittedTable(design=design, place=place, sample=sample))
    return tuple(found)


def _by_name(design: Design, body: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a sample of a model with groups whose draws were saved by name."""
    told = _told(body)
    values = {which: own[f"values-{which}"] for which in told.pop("values")}
    levels, draws = values["levels"], len(values["levels"])
    items = design.monotonic_items
    return {
        **told,
        "thresholds": -levels.reshape(draws, -1) if len(design.answers) == 2 else levels,
        "linear": values.get("b", np.empty((draws, 0))),
        "monotonic": np.stack([values[item] for item in items], axis=1) if items else np.empty((draws, 0)),
        "zetas": tuple(values[f"{item} steps"] for item in items),
        "effects": tuple(values[name].reshape(draws, -1) for name, _ in named_effects(design)),
        "sds": np.stack([values[name] for name in design.spreads], axis=1),
    }


def _told(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a sample says of itself."""
    checks = tuple(Diagnostic(**one) for one in body["diagnostics"])
    versions = tuple((package, version) for package, version in body.get("versions", ()))
    return {**body, "diagnostics": checks, "versions": versions}


def _drawn(body: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a sample, with those of the weighted one that it was taken from."""
    start = "weighted-"
    inner = {key.removeprefix(start): value for key, value in own.items() if key.startswith(start)}
    arrays = {key: value for key, value in own.items() if not key.startswith((start, *SEVERAL))}
    parts = {name: tuple(own[f"{name}{number}"] for number in range(body.get(name, 0))) for name in SEVERAL}
    found = {**_told(body), **arrays, **parts}
    if body.get("weighted"):
        found["weighted"] = Sample(**_drawn(body["weighted"], inner))
    return found
