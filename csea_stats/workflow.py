"""The whole flow: what was printed, what it allows, what follows, for whom; then the page. Read this first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csea_stats.auditing.audit import audit
from csea_stats.claims.check import checked_claims, has_claims
from csea_stats.errors import InputError, check_kind, in_short
from csea_stats.survey.draft_marks import draft_marks, marks_words, remembered
from csea_stats.survey.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from csea_stats.auditing.audit import Audit
    from csea_stats.claims.results import Claims
    from csea_stats.regression.fit import Fit
    from csea_stats.regression.from_print import PrintedFit
    from csea_stats.regression.model import Model
    from csea_stats.respondents.disclosure_rules import Disclosure
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.answer_events import Event
    from csea_stats.survey.draft_marks import DraftMark
    from csea_stats.tabulation.tabulation import Tabulation


def estimate(
    source: Survey | Microdata | Tabulation, *, level: float = 0.95, outcome: Event | None = None
) -> Estimates:
    """Estimate every number of a survey, of respondents' answers or of a tabulation, for every target.

    Parameters
    ----------
    source : Survey, Microdata or Tabulation
        Of a survey every printed number; of respondents' answers every variable with one answer or several (by group:
        ``estimate(tabulate(data, outcome, by=...))``).
    level : float, default 0.95
    outcome : str or sequence of str, optional
        Of a tabulation: one answer, or several together: "poor", "good or higher", ["bus", "bike"]. None: every answer,
        and of a scale every "X or lower".

    Returns
    -------
    Estimates
        In print's order; per item one for these respondents, one for people like these, and one for the population
        at each selection strength tau of .25, .5 and 1.

    Examples
    --------
    >>> import csea_stats as cs
    >>> numbers = cs.estimate(cs.load_survey("bosnia-herzegovina-2021"))
    >>> poor = numbers.where(question="awareness", item="poor", target=cs.Superpopulation)[0]
    >>> round(poor.interval.lower, 3), round(poor.interval.upper, 3)
    (0.578, 0.826)
    """
    from csea_stats.tabulation.tabulation import Tabulation

    if outcome is not None and not isinstance(source, Tabulation):
        message = f"outcome: found {in_short(outcome)}; allowed with a Tabulation: estimate(tabulate(...), outcome=...)"
        raise InputError(message)
    if isinstance(source, Survey):
        from csea_stats.tabulation.source_estimates import published_estimates

        return published_estimates(source, audit(source), level=level)
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.tabulation.tabulated_estimates import answered_estimates, tabulated_estimates

    check_kind("estimate", source, Survey, Microdata, Tabulation)
    if isinstance(source, Tabulation):
        return tabulated_estimates(source, level=level, outcome=outcome)
    return answered_estimates(source, level=level)


def write_report(  # noqa: PLR0913 - settings are keyword-only
    source: Survey | Microdata,
    folder: str | PathLike[str],
    *,
    claims: str | PathLike[str] | None = None,
    models: str | Model | Sequence[str | Model] = (),
    level: float = 0.95,
    archive: bool = False,
    png: bool = False,
    release: Disclosure | str | None = None,
) -> tuple[Path, ...]:
    """Write the page, the tables and the figures of a survey, printed or answered, into a folder.

    Only the files it names are replaced, each atomically; everything else in the folder stays.

    Parameters
    ----------
    source : Survey or Microdata
        Of respondents' answers the page is that of `csea_stats.as_survey`, with the sample and who was left out.
    folder : path
        Made if missing.
    claims : str or path, optional
        A claim file; by default the shipped claims about the survey, if there are any. The page tells them
        right after its summary.
    models : str, Model or sequence of them, optional
        Of answers: models (names, files, formulas) that are fitted to them, each told on a page of its own; in a
        release those with one predictor, fitted to the released counts.
    level : float, default 0.95
    archive : bool, default False
        Whether claims and models fitted from print are written as JSON too, of which `csea_stats.verify` can make every
        number again: it takes about half as long again.
    png : bool, default False
        Whether every figure is drawn as PNG too, beside its SVG.
    release : {"light", "standard", "strict", "none"} or Disclosure, optional
        Of answers: the rule by which the folder may be passed on, by default the codebook's ``disclosure``, if it has
        one. All in it is then made from `csea_stats.release` of the answers alone. "none": counts stand as they are,
        and the page says which are small.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        If it is neither, or models or a release are asked for of a printed survey.
    OutputError
        If a file cannot be written.
    """
    settings: dict[str, Any] = {"claims": claims, "models": models, "level": level, "release": release}
    return made_report(source, folder, **settings, archive=archive, png=png).written


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """What was put into a report, and the files that it was written to."""

    survey: Survey
    audit: Audit
    estimates: Estimates
    claims: Claims | None
    left: tuple[DraftMark, ...]
    """What of the file is still to be written, confirmed or decided."""
    written: tuple[Path, ...]
    older: tuple[Path, ...]
    """Pages and figures of an earlier run that are still there."""


def made_report(  # noqa: PLR0913 - settings are keyword-only
    source: Survey | Microdata,
    folder: str | PathLike[str],
    *,
    claims: str | PathLike[str] | None,
    models: str | Model | Sequence[str | Model] = (),
    level: float,
    again: str = "",
    archive: bool = False,
    png: bool = False,
    release: Disclosure | str | None = None,
) -> MadeReport:
    """Do what `write_report` does, and return what was put into the report too.

    ``again`` is the command, if one did it.
    """
    from csea_stats.disclosure.ledger import LEDGER, ledger_of, read_ledger
    from csea_stats.publication.writing import checked_folder, with_sums, write_files
    from csea_stats.report.files import report_files

    checked_folder(folder)  # a mistake is told before the work is done
    survey, fitted = _told(source, models, level, release, folder)
    checked, estimates = audit(survey), estimate(survey, level=level)
    told = checked_claims(survey, checked, claims, level=level) if claims or has_claims(survey) else None
    printed: tuple[PrintedFit, ...] = ()
    if survey.sample is None:
        from csea_stats.regression.from_print import fits_from_print

        shown = next((one.interval.level for one in estimates if one.interval), 0.95)
        printed = fits_from_print(checked, level=shown)
    funnel = None if survey.sample and survey.sample.release else getattr(source, "funnel", None)
    told_in = source if isinstance(source, Survey) else source.codebook
    left = remembered(told_in)  # comments that mark guesses stand in its file alone
    left = draft_marks(told_in.to_toml()) if left is None else left
    draft = marks_words(left, lines=False)
    drawn: dict[str, Any] = {"models": fitted, "funnel": funnel, "again": again, "draft": draft}
    files = report_files(survey, checked, estimates, told, printed, **drawn, archive=archive, png=png)
    if survey.sample and survey.sample.release:
        earlier, now = read_ledger(folder), ledger_of(survey)
        files = (*files, (LEDGER, (now if earlier is None else earlier.with_those_of(survey)).to_json().encode()))
    written = write_files(folder, with_sums(files))
    root = checked_folder(folder)
    patterns = (
        "fit-*.html",
        "fit-*.json",
        "printed-fit-*.json",
        "figures/*.svg",
        "figures/*.png",
        "survey.toml",
        "claims.json",
    )
    there = {path for pattern in patterns for path in root.glob(pattern)}
    older = tuple(sorted(path for path in there - set(written) if path.is_file()))
    return MadeReport(
        survey=survey, audit=checked, estimates=estimates, claims=told, left=left, written=written, older=older
    )


FEWEST = 5
"""People of a group that a page of answers tells by itself."""


def _told(
    source: Survey | Microdata,
    models: str | Model | Sequence[str | Model],
    level: float,
    policy: Disclosure | str | None,
    folder: str | PathLike[str],
) -> tuple[Survey, tuple[Fit, ...]]:
    """Return what is told as a survey, and the models that are fitted to the answers, or to the counts released."""
    from csea_stats.regression.model import Model

    asked = (models,) if isinstance(models, (str, Model)) else tuple(models)
    if isinstance(source, Survey):
        if asked:
            message = "models: found some for a printed survey, whose page has the models that print is enough for"
            raise InputError(message)
        if policy is not None:
            message = f"release: found {in_short(policy)} for a survey, whose counts are public; allowed with answers"
            raise InputError(message)
        return source, ()
    from csea_stats.disclosure.release import release
    from csea_stats.respondents.microdata import Microdata

    check_kind("write_report", source, Survey, Microdata)
    from csea_stats.regression.fit_calls import fit
    from csea_stats.regression.fitting import as_model
    from csea_stats.respondents.answered_survey import as_survey

    policy = source.codebook.disclosure if policy is None else policy
    if policy in (None, "none"):
        return as_survey(source, smallest=FEWEST), tuple(fit(one, source, level=level) for one in asked)
    models = tuple(map(as_model, asked))
    by = [one.predictor[0].name for one in models if _may_be_released(one, source)]
    survey = release(source, policy, by=(*source.codebook.groups, *map(source.codebook.name, by)), earlier=folder)
    try:
        return survey, tuple(fit(one, survey, level=level) for one in models)
    except InputError as error:
        message = (
            f"models, fitted to released counts: {error}. Leave the model out, join answers or groups in the codebook, "
            "or choose a laxer rule"
        )
        raise InputError(message) from None


def _may_be_released(model: Model, data: Microdata) -> bool:
    """Whether a model has a predictor; refuse one that released counts are not enough for."""
    from csea_stats.respondents.columns import CodedColumn

    names = [one.name for one in model.predictor]
    if len(names) > 1 or not all(isinstance(data.column(name), CodedColumn) for name in names):
        message = (
            f"models: {model.formula} cannot be fitted to released counts, which tell one question by the groups of "
            "another; allowed in a release is one predictor with one answer each. Leave it out, or fit it without one"
        )
        raise InputError(message)
    return bool(names)
