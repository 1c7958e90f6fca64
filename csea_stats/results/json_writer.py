"""Results as JSON, format 2: one form of estimates, notes and origins for every kind of file.

docs/files.md tells every key; `csea_stats.results.json_reader` reads it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.publication.table_parts import RAW
from csea_stats.results.estimate_frames import TARGETS, estimand_name, ids, outcome_name
from csea_stats.results.phrases import is_synthetic, unreleased
from csea_stats.results.recipes import asks_for_data, recipe_of
from csea_stats.results.values import Hull, Provenance
from csea_stats.targets.populations import Selection, SelectionBounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.results.values import Caveat, EstimateFields, Interval, Verdict
    from csea_stats.targets.populations import Target

FORMAT = "csea-results/2"

FileKind = Literal["estimates", "claims", "associations", "audit", "fit"]

Json = Any
"""What JSON can hold."""

ORIGINS = {"survey": "survey", "data_hash": "fingerprint", "versions": "versions", "seed": "seed"}
"""What most numbers of a file share of their origin, and how the file calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedTexts:
    """Notes by their ids, each once; a code with a second text is "code#2".

    Parameters
    ----------
    ids : dict of Caveat to str
    """

    ids: dict[Caveat, str]

    def of(self, doubts: Iterable[Caveat]) -> list[str]:
        """Return the ids of some notes; new ones get theirs."""
        for doubt in doubts:
            if doubt not in self.ids:
                number = 1 + sum(known.code == doubt.code for known in self.ids)
                self.ids[doubt] = doubt.code if number == 1 else f"{doubt.code}#{number}"
        return [self.ids[doubt] for doubt in doubts]

    def told(self) -> dict[str, Json]:
        """Return what the ids stand for."""
        return {name: {"severity": doubt.severity, "text": doubt.text} for doubt, name in self.ids.items()}


def results_document(
    kind: FileKind,
    estimates: Sequence[EstimateFields],
    rows: Mapping[str, Json] | None = None,
    *,
    source: Provenance | None = None,
    names: Sequence[str] | None = None,
) -> dict[str, Json]:
    """Return a file's content as plain values.

    Parameters
    ----------
    kind : {"estimates", "claims", "associations", "audit", "fit"}
    estimates : sequence of Estimate
        Each once; other parts point to them by their ids.
    rows : mapping, optional
        The parts that the kind adds.
    source : Provenance, optional
        Of what no estimate tells: a survey that was audited.
    names : sequence of str, optional
        The estimates' ids, where they are known.
    """
    names = ids(estimates) if names is None else names
    origins = [source] if source else [one.provenance for one in estimates] or [Provenance()]
    shared = {name: Counter(getattr(one, name) for one in origins).most_common(1)[0][0] for name in ORIGINS}
    notes = NotedTexts(ids={})
    told = [_estimate(name, one, notes.of(one.caveats), shared) for name, one in zip(names, estimates, strict=True)]
    return {
        "format": FORMAT,
        "kind": kind,
        "made": {
            "version": dict(shared["versions"]).get("csea-stats"),
            "versions": dict(shared["versions"]),
            "seed": shared["seed"],
            "source": {
                "kind": _source_kind(estimates, origins),
                "survey": shared["survey"],
                "fingerprint": shared["data_hash"],
            },
            "disclosure": RAW if unreleased(estimates) else None,
        },
        "notes": notes.told(),
        "estimates": told,
        **(rows or {}),
    }


def results_text(document: Mapping[str, Json]) -> str:
    """Return a file's content as text: what a part lists stands a line each, keys in a fixed order."""
    parts = []
    for key, value in document.items():
        lines = [_line(member) for member in value] if isinstance(value, list) else []
        if isinstance(value, dict):
            lines = [f"{_line(name)}: {_line(member)}" for name, member in value.items()]
        signs = "[]" if isinstance(value, list) else "{}"
        inner = ",\n  ".join(lines)
        told = f"{signs[0]}\n  {inner}\n {signs[1]}" if lines else _line(value)
        parts.append(f" {_line(key)}: {told}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def number(value: float | None) -> Json:
    """Return a number as JSON holds it: infinity as the text "inf"."""
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def pair(ends: Sequence[float] | None) -> Json:
    """Return two limits, or none."""
    return None if ends is None else [number(end) for end in ends]


def _source_kind(estimates: Sequence[EstimateFields], origins: Sequence[Provenance]) -> str:
    if is_synthetic(estimates):
        return "synthetic"
    if any(one.places for one in origins) or not any(asks_for_data(one.call) for one in origins):
        return "print" if any(one.survey for one in origins) else "counts"
    return "respondents"


def _estimate(name: str, one: EstimateFields, notes: list[str], shared: Mapping[str, object]) -> dict[str, Json]:
    compared, origin, outcome = one.comparison, one.provenance, outcome_name(one)
    own = {key: getattr(origin, field) for field, key in ORIGINS.items() if getattr(origin, field) != shared[field]}
    told = {
        "id": name,
        "question": one.question,
        "item": one.item,
        "outcome": [outcome] if outcome else [],
        "by": compared.by if compared else None,
        "from": compared.reference or None if compared else None,
        "to": compared.level or None if compared else None,
        "estimand": estimand_name(one),
        "quantity": one.estimand,
        "scale": one.scale,
        "target": target_told(one.target),
        "count": [_whole(vector) for vector in one.counts],
        "base": [_whole(base) for base in one.base],
        "value": number(one.value),
        "set": pair(one.bounds),
        "intervals": [
            *([_interval("main", one.interval)] if one.interval else []),
            *([_interval("companion", one.companion)] if one.companion else []),
            *(_interval("strip", span) | {"prior": prior} for prior, span in one.sensitivity),
        ],
        "claim": _claim(one.threshold, one.verdict),
        "probability": pair(one.probability),
        "verdict": _verdict(one.threshold, one.verdict),
        "notes": notes,
        "where": list(origin.places),
        "recipe": recipe_of(origin.call),
        "words": {"label": one.label, "says": one.says},
        "certificate": origin.certificate,
    }
    if compared and (compared.groups or compared.change):
        told["words"] |= {"groups": list(compared.groups), "change": compared.change}
    if own:
        told["made"] = own | ({"versions": dict(own["versions"])} if "versions" in own else {})
    return told


def target_told(target: Target) -> dict[str, Json]:
    """Return whom a number speaks for, with what it supposes."""
    told: dict[str, Json] = {"kind": TARGETS[type(target)]}
    for field in fields(target):
        value = getattr(target, field.name)
        if isinstance(value, (Selection, SelectionBounds)):
            kind = "prior" if isinstance(value, Selection) else "bounds"
            value = {"kind": kind} | {part.name: number(getattr(value, part.name)) for part in fields(value)}
        told[field.name] = value
    return told


def _whole(value: Json) -> Json:
    if isinstance(value, Hull):
        return {"least": value[0], "most": value[1]}
    return [_whole(member) for member in value] if isinstance(value, tuple) else value


def _interval(role: str, span: Interval) -> dict[str, Json]:
    return {
        "role": role,
        "kind": span.kind,
        "level": span.level,
        "lower": number(span.lower),
        "upper": number(span.upper),
        "method": span.method,
        "family": span.simultaneous,
    }


def _claim(threshold: float | None, verdict: Verdict | None) -> dict[str, Json] | None:
    if verdict is None:
        return None if threshold is None else {"threshold": number(threshold), "direction": None}
    told = {"threshold": number(verdict.threshold), "direction": verdict.direction}
    return told | ({"between": pair(verdict.within)} if verdict.within else {})


def _verdict(threshold: float | None, verdict: Verdict | None) -> dict[str, Json] | None:
    """Return a verdict but for what it is about, which is the claim."""
    if verdict is None:
        return None
    told = {
        "word": verdict.word,
        "why": verdict.why,
        "held": pair(verdict.held),
        "printed_inconsistently": verdict.printed_inconsistently,
        "rate": verdict.rate,
        "unrated": verdict.unrated,
        "seen": verdict.seen,
        "attainable": verdict.attainable,
        "needed": None if verdict.needed is None else list(verdict.needed),
    }
    return told if threshold == verdict.threshold else told | {"probability_against": number(threshold)}


def claim_verdict(verdict: Verdict | None) -> dict[str, Json] | None:
    """Return a verdict with what it is about, for a file that tells it without an estimate."""
    if verdict is None:
        return None
    return {**(_claim(None, verdict) or {}), **(_verdict(verdict.threshold, verdict) or {})}
