"""Results read back from JSON: format 2 of every kind, and the first format of estimates.

What a file says twice has to agree, and no number may contradict another: else the error says where.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from csea_stats.errors import InputError, check_choice
from csea_stats.results.contradictions import check_agreement
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimate_frames import TARGETS
from csea_stats.results.json_writer import FORMAT, FileKind, Json, results_document
from csea_stats.results.recipes import call_of
from csea_stats.results.values import Caveat, Comparison, Hull, Interval, Provenance, Verdict
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

FIRST = "csea-estimates/1"
"""The first format, of estimates alone."""

WRONG = (TypeError, ValueError, LookupError, AttributeError)
"""What a wrong or missing key of a file raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsFile:
    """What a file of format 2 holds.

    Parameters
    ----------
    kind : {"estimates", "claims", "associations", "audit", "fit"}
    estimates : dict of id to Estimate
    body : mapping
        All of it, as plain values.
    """

    kind: FileKind
    estimates: Mapping[str, Estimate]
    body: Mapping[str, Json]

    def named(self, names: Iterable[str]) -> list[Estimate]:
        """Return the estimates of some ids.

        Raises
        ------
        InputError
            If the file has none of an id.
        """
        names = list(names)
        for name in names:
            if name not in self.estimates:
                message = f"estimates: found the id {name!r}, which the file does not have"
                raise InputError(message)
        return [self.estimates[name] for name in names]


def _no_number(found: str) -> Any:
    message = f"found {found}, which JSON does not have"
    raise ValueError(message)


def parsed(text: str) -> dict[str, Json]:
    """Return the object that a JSON text holds.

    Raises
    ------
    InputError
        If it holds none.
    """
    try:
        body = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise InputError(message) from error
    return body if isinstance(body, dict) else {}


def results_of(body: Mapping[str, Json], kind: FileKind | None = None) -> ResultsFile:
    """Return what a file of format 2 holds, once all of it agrees.

    Raises
    ------
    InputError
        If it is of another format or kind, a key is wrong or missing, or it contradicts itself.
    """
    found = body.get("format"), body.get("kind")
    if found[0] != FORMAT or not isinstance(body.get("estimates"), list):
        message = f"format: found {found[0]!r}; allowed is {FORMAT!r} with a list of estimates"
        raise InputError(message)
    own = cast("FileKind", check_choice("kind", found[1], get_args(FileKind) if kind is None else (kind,)))
    with_place = "notes"
    try:
        notes = {name: _caveat(name, told) for name, told in body["notes"].items()}
        shared, estimates = _shared(body["made"]), []
        for place, told in enumerate(body["estimates"], 1):
            with_place = f"estimate {place} ({told.get('id')})"
            estimates.append(_estimate(told, notes, shared))
    except WRONG as error:
        message = f"{with_place}: {error}" if isinstance(error, InputError) else f"{with_place}: wrong key: {error!r}"
        raise InputError(message) from error
    check_agreement(estimates)
    names = [str(told["id"]) for told in body["estimates"]]
    again = json.loads(json.dumps(results_document(own, estimates, source=_source(body))))
    for key in ("notes", "estimates", "made"):
        for where, old, new in apart(body[key], again[key], key):
            message = f"{where}: found {old!r}, where the rest of the file says {new!r}"
            raise InputError(message)
    return ResultsFile(kind=own, estimates=dict(zip(names, estimates, strict=True)), body=body)


def first_estimates(body: Mapping[str, Json]) -> list[Estimate]:
    """Return the estimates of a file of the first format.

    Raises
    ------
    InputError
        If it is something else, or numbers in it contradict each other.
    """
    if body.get("format") != FIRST or not isinstance(body.get("estimates"), list):
        message = f"format: found {body.get('format')!r}; allowed is {FORMAT!r} or {FIRST!r} with a list of estimates"
        raise InputError(message)
    try:
        decoded = [_decode(member) for member in body["estimates"]]
    except WRONG as error:
        if isinstance(error, InputError):
            raise
        message = f"an estimate has a wrong or missing key: {error}"
        raise InputError(message) from error
    estimates = [member for member in decoded if isinstance(member, Estimate)]
    if len(estimates) != len(decoded):
        message = "estimates: found a member that is no estimate"
        raise InputError(message)
    check_agreement(estimates)
    return estimates


def apart(old: Json, new: Json, where: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Yield each place at which two contents differ, with what either says.

    Examples
    --------
    >>> list(apart({"n": [1, 2]}, {"n": [1, 3]}, "made"))
    [('made/n/1', 2, 3)]
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from apart(old.get(key), new.get(key), f"{where}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, pair in enumerate(zip(old, new, strict=True)):
            yield from apart(*pair, f"{where}/{place}")
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield where, old, new


def check_rows(body: Mapping[str, Json], again: str, part: str) -> None:
    """Refuse a file whose part, read and written again, says something else.

    Raises
    ------
    InputError
        With the first place that does.
    """
    for where, old, new in apart(body[part], json.loads(again)[part], part):
        message = f"{where}: found {old!r}, where the rest of the file says {new!r}"
        raise InputError(message)


def real(value: Json) -> Any:
    """Return a number as a file has it, infinity from the text "inf"."""
    return float(value) if value in ("inf", "-inf") else value


def ends(found: Json) -> Any:
    """Return two limits, or none."""
    return None if found is None else tuple(real(end) for end in found)


def _caveat(name: str, told: Mapping[str, Json]) -> Caveat:
    return Caveat(code=name.partition("#")[0], text=told["text"], severity=told["severity"])


def _shared(made: Mapping[str, Json]) -> dict[str, Json]:
    return {name: made[name] for name in ("versions", "seed")} | {
        name: made["source"][name] for name in ("survey", "fingerprint")
    }


def _source(body: Mapping[str, Json]) -> Provenance | None:
    """Return the origin that a file without estimates tells."""
    return None if body["estimates"] else _provenance({}, _shared(body["made"]))


def _provenance(told: Mapping[str, Json], shared: Mapping[str, Json]) -> Provenance:
    own = {**shared, **told.get("made", {})}
    return Provenance(
        survey=own["survey"],
        places=tuple(told.get("where", ())),
        data_hash=own["fingerprint"],
        call=call_of(told.get("recipe")),
        versions=tuple(own["versions"].items()),
        seed=own["seed"],
        certificate=told.get("certificate"),
    )


def _estimate(told: Mapping[str, Json], notes: Mapping[str, Caveat], shared: Mapping[str, Json]) -> Estimate:
    claim, verdict, words = told["claim"], told["verdict"], told["words"]
    spans = [(one["role"], one.get("prior"), _interval(one)) for one in told["intervals"]]
    roles = {role: span for role, _, span in spans}
    compared = told["by"] is not None
    threshold = verdict["probability_against"] if verdict and "probability_against" in verdict else None
    if claim is not None and not (verdict and "probability_against" in verdict):
        threshold = claim["threshold"]
    return Estimate(
        estimand=told["quantity"],
        scale=told["scale"],
        target=_target(told["target"]),
        question=told["question"],
        item=told["item"],
        label=words["label"],
        says=words["says"],
        comparison=Comparison(
            by=told["by"],
            level=told["to"] or "",
            reference=told["from"] or "",
            groups=tuple(words.get("groups", ())),
            change=words.get("change", ""),
        )
        if compared
        else None,
        value=real(told["value"]),
        bounds=ends(told["set"]),
        interval=roles.get("main"),
        companion=roles.get("companion"),
        threshold=real(threshold),
        probability=ends(told["probability"]),
        sensitivity=tuple((prior, span) for role, prior, span in spans if role == "strip"),
        verdict=None if verdict is None else read_verdict({**claim, **verdict}),
        counts=tuple(map(_whole, told["count"])),
        base=tuple(map(_whole, told["base"])),
        caveats=tuple(notes[name] for name in told["notes"]),
        provenance=_provenance(told, shared),
    )


def _whole(value: Json) -> Any:
    if isinstance(value, dict):
        return Hull(value["least"], value["most"])
    return tuple(map(_whole, value)) if isinstance(value, list) else value


def _interval(told: Mapping[str, Json]) -> Interval:
    return Interval(
        lower=real(told["lower"]),
        upper=real(told["upper"]),
        level=told["level"],
        kind=told["kind"],
        method=told["method"],
        simultaneous=told["family"],
    )


def _target(told: Mapping[str, Json]) -> Target:
    kinds: dict[str, Callable[..., Target]] = {name: kind for kind, name in TARGETS.items()}
    given = {name: value for name, value in told.items() if name != "kind"}
    if "selection" in given:
        parts = dict(given["selection"])
        selections = {"prior": Selection, "bounds": SelectionBounds}
        kind: Callable[..., Any] = selections[parts.pop("kind")]
        given["selection"] = kind(**{name: real(value) if name == "ratio" else value for name, value in parts.items()})
    return kinds[told["kind"]](**given)


def read_verdict(told: Mapping[str, Json] | None) -> Verdict | None:
    """Return a verdict with what it is about."""
    if told is None:
        return None
    return Verdict(
        word=told["word"],
        threshold=real(told["threshold"]),
        direction=told["direction"],
        why=told["why"],
        held=ends(told["held"]),
        printed_inconsistently=told["printed_inconsistently"],
        within=ends(told.get("between")),
        rate=told["rate"],
        unrated=told.get("unrated", ""),
        seen=told["seen"],
        attainable=told["attainable"],
        needed=ends(told["needed"]),
    )


_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in (
        Estimate,
        Interval,
        Hull,
        Comparison,
        Verdict,
        Caveat,
        Provenance,
        Respondents,
        Superpopulation,
        FinitePopulation,
        Population,
        Selection,
        SelectionBounds,
    )
}

_INFINITE = frozenset({"lower", "upper", "value", "bounds", "ratio", "threshold"})
"""The fields in which the text "inf" is a number."""


def _decode(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        kind = value.get("type")
        if kind not in _CLASSES:
            message = f"{name or 'estimate'}: found type {kind!r}; allowed is one of {', '.join(_CLASSES)}"
            raise InputError(message)
        return _CLASSES[kind](**{key: _decode(member, key) for key, member in value.items() if key != "type"})
    if isinstance(value, list):
        return tuple(_decode(member, name) for member in value)
    if name in _INFINITE and value in ("inf", "-inf"):
        return math.inf if value == "inf" else -math.inf
    return value
