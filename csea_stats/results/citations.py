"""What an analysis cites: the package, the survey, and the works behind the methods that it used."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.results.references import KNOWN, OF_CAVEAT, OF_METHOD, CitedWork
from csea_stats.survey.loading import load_survey
from csea_stats.survey.named_files import survey_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from csea_stats.results.values import EstimateFields
    from csea_stats.survey.survey import Survey

Form = Literal["bibtex", "csl", "text"]


def method_key(method: str) -> str:
    """Return a method's name as the registry has it: without what stands after a comma or in brackets.

    Examples
    --------
    >>> method_key("wilson, participation ratio within 2.7"), method_key("dirichlet(1/2)"), method_key("logistic(0, 1)")
    ('wilson', 'dirichlet', 'logistic')
    """
    return re.split(r"[,(]", method, maxsplit=1)[0].strip()


def package() -> CitedWork:
    """Return the package as a work to cite."""
    return CitedWork(
        key="csea_stats",
        authors=(("The csea_stats developers", ""),),
        year=2026,
        title="csea_stats: honest conclusions from small published surveys",
        kind="software",
        version=version("csea-stats"),
    )


def survey_work(survey: Survey) -> CitedWork:
    """Return a survey as a work to cite."""
    source = survey.source
    return CitedWork(
        key=survey.id,
        authors=tuple((name, "") for name in source.publisher),
        year=source.year if isinstance(source.year, int) else 0,
        title=source.title,
        kind="report",
        url=source.url or "",
    )


def works_of(estimates: Iterable[EstimateFields]) -> tuple[CitedWork, ...]:
    """Return the works behind the methods of some estimates, each once, in the order in which they are used."""
    keys: dict[str, None] = {}
    for one in estimates:
        for span in (one.interval, one.companion):
            if span is not None:
                keys |= dict.fromkeys(OF_METHOD.get(method_key(span.method), ()))
        for doubt in one.caveats:
            keys |= dict.fromkeys(OF_CAVEAT.get(doubt.code, ()))
    return tuple(KNOWN[key] for key in keys)


def cited(estimates: Sequence[EstimateFields]) -> tuple[CitedWork, ...]:
    """Return everything that estimates rest on: the package, shipped surveys, and the works behind their methods."""
    shipped = set(survey_names())
    surveys = [
        survey_work(load_survey(name))
        for name in dict.fromkeys(one.provenance.survey for one in estimates)
        if name in shipped and name is not None
    ]
    return (package(), *surveys, *works_of(estimates))


def cited_for(survey: Survey, *more: str) -> tuple[CitedWork, ...]:
    """Return what work on a survey cites: the package, the survey, and works by key."""
    return (package(), survey_work(survey), *(KNOWN[key] for key in more))


def written(references: Sequence[CitedWork], form: Form) -> str:
    """Return references as BibTeX, as CSL-JSON, or as a list in words.

    Raises
    ------
    InputError
        For another form.
    """
    if form not in WRITERS:
        message = f"form: found {in_short(form)}; allowed is one of {', '.join(map(repr, WRITERS))}"
        raise InputError(message)
    return WRITERS[form](references)


def _bibtex(references: Sequence[CitedWork]) -> str:
    return "\n".join(map(_entry, references))


KINDS = {"article-journal": "article", "book": "book", "software": "software", "report": "techreport"}


def _entry(one: CitedWork) -> str:
    names = " and ".join(f"{family}, {given}" if given else f"{{{family}}}" for family, given in one.authors)
    home = {"book": "publisher", "report": "institution"}.get(one.kind, "journal")
    fields = {
        "author": names,
        "title": f"{{{one.title}}}",
        home: one.journal or ("; ".join(family for family, _ in one.authors) if one.kind == "report" else ""),
        "year": str(one.year or ""),
        "volume": one.volume,
        "pages": one.pages.replace("-", "--"),
        "version": one.version,
        "doi": one.doi,
        "url": one.url,
    }
    told = ",\n".join(f"  {name} = {{{_braced(text)}}}" for name, text in fields.items() if text)
    return f"@{KINDS[one.kind]}{{{one.key},\n{told}\n}}\n"


def _braced(text: str) -> str:
    """Return a text in which BibTeX reads no comment, no command and no special sign."""
    return re.sub(r"([%&#$_])", r"\\\1", text) if not text.startswith(("http", "10.")) else text


def _csl(references: Sequence[CitedWork]) -> str:
    entries = []
    for one in references:
        authors = [
            {"family": family, "given": given} if given else {"literal": family} for family, given in one.authors
        ]
        home = "publisher" if one.kind in ("book", "report") else "container-title"
        entry = {
            "id": one.key,
            "type": one.kind,
            "title": one.title,
            "author": authors,
            home: one.journal,
            "issued": {"date-parts": [[one.year]]} if one.year else None,
            "volume": one.volume,
            "page": one.pages,
            "version": one.version,
            "DOI": one.doi,
            "URL": one.url,
        }
        entries.append({name: value for name, value in entry.items() if value})
    return json.dumps(entries, ensure_ascii=False, indent=1)


def _text(references: Sequence[CitedWork]) -> str:
    return "\n".join(map(_words, references))


def _words(one: CitedWork) -> str:
    names = ", ".join(f"{family} {given}".strip() for family, given in one.authors)
    where = " ".join(filter(None, (one.journal, one.volume)))
    where = f"{where}, {one.pages}" if one.pages else where
    link = f"https://doi.org/{one.doi}" if one.doi else one.url
    title = f"{one.title}, version {one.version}" if one.version else one.title
    year = f" ({one.year})" if one.year else ""
    told = [f"{names}{year}", title.rstrip("."), where]
    return ". ".join(filter(None, told)) + "." + (f" {link}" if link else "")


WRITERS: dict[str, Callable[[Sequence[CitedWork]], str]] = {"bibtex": _bibtex, "csl": _csl, "text": _text}
