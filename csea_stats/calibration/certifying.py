"""`certify`: coverage, error rate and power of a method at the reader's own base, enumerated where that can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.error_rates import gap_decisions, gap_rate, pair_decisions, pair_rate, share_decisions, share_rate
from csea_stats.base.exact_tests import binomial
from csea_stats.calibration.coverage import gap_row, margins_row, odds_row, pair_row, ratio_row, share_row, six_decimals
from csea_stats.calibration.fingerprints import code_fingerprint, package_version
from csea_stats.calibration.situations import joint_rows, population_rows, rank_rows, scale_rows
from csea_stats.errors import InputError, check_choice, check_whole, in_short, is_of, members, plain_text, whole_number
from csea_stats.estimators.arguments import check_level, check_method
from csea_stats.estimators.comparison import Difference, OddsRatio, Ratio
from csea_stats.estimators.estimand import Method
from csea_stats.estimators.multinomial import JointShare
from csea_stats.estimators.paired_difference import PairedDifference
from csea_stats.estimators.proportion import Share
from csea_stats.estimators.ranking import RANK_METHODS
from csea_stats.estimators.superiority import Superiority
from csea_stats.results.certificates import BINS, Certificate, CertificateRow, Situation, VerdictPower

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from csea_stats.estimators.estimand import Estimand
    from csea_stats.regression.model import Model

SIZES = (7, 14, 24, 27, 36, 49)
"""Bases of the shipped certificates."""

SIZES_OF_TWO = ((7, 42), (14, 35), (24, 25), (24, 27))
"""Bases of two groups of the shipped certificates."""

SIZES_OF_LISTS = ((24, 5), (36, 6), (49, 5), (49, 8), (49, 12))
"""Bases and numbers of answers of the shipped certificates."""

LISTED = 2, 50
"""How many answers a list may have."""

Sizes = int | tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifiable:
    """What can be certified of a call.

    Parameters
    ----------
    methods : mapping of str to Method
        Those that can be asked for; the first is the default.
    sizes : sequence
        Bases of the shipped certificates; pairs of them, or of a base and a number of answers.
    most : int
        Largest base.
    answers : bool
        Whether the second of two numbers is how many answers a list has.
    code : tuple of str
        Files that make the limits.
    row, situations, power : callable or None
        What is worked out at one size.
    """

    methods: Mapping[str, Method]
    sizes: Sequence[Sizes] = SIZES
    most: int = 1000
    answers: bool = False
    code: tuple[str, ...] = ("base/binomial", "base/two_binomials", "base/differences", "base/paired", "base/roots")
    row: Callable[..., CertificateRow] | None = None
    situations: Callable[..., Iterable[Situation]] | None = None
    power: Callable[..., VerdictPower] | None = None

    @property
    def two(self) -> bool:
        """Whether a size is two numbers."""
        return isinstance(self.sizes[0], tuple)

    @property
    def allowed(self) -> tuple[tuple[int, int], ...]:
        """The least and the largest of each number of a size."""
        base = 1, self.most
        return (base, LISTED) if self.answers else (base,) * (1 + self.two)

    @property
    def words(self) -> str:
        """What a size is."""
        if self.answers:
            return f"two numbers, a base of 1 to {self.most} and {LISTED[0]} to {LISTED[1]} answers"
        return f"two numbers of 1 to {self.most}" if self.two else f"a base of 1 to {self.most}"


def certify(  # noqa: PLR0913 - settings are keyword-only
    what: str | Model,
    *,
    method: str | None = None,
    n: Sizes | Sequence[Sizes] | None = None,
    level: float = 0.95,
    data: object = None,
    replicates: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool = False,
) -> Certificate:
    """Work out how often an interval covers, and how often the verdict errs and decides, at bases of your own.

    Or, of a regression, whether an engine draws from the right posterior, and how often its effects are covered.

    Parameters
    ----------
    what : str or Model
        "proportion", "difference", "ratio", "odds_ratio", "paired_difference" (every answer known), "paired_margins"
        (the overlap not printed), "multinomial", "ranks", "superiority", "population" (a share of a population that may
        have taken part unevenly). Or a model, the name of a shipped one, a file, or a formula.
    method : str, optional
        A method of that call; by default its first. Of a model "laplace", "slice" or "nuts".
    n : int, (int, int), or several of them, optional
        Bases; of two groups those of both; of several answers the base and how many answers there are. By default those
        of the shipped certificates.
    level : float, default 0.95
    data : optional
        Of a model: whose predictors are taken, as `fit` takes them; their answers are drawn anew. By default, for
        shipped models, made-up answers to the shipped survey.
    replicates : int, optional
        Of a model: how many sets of answers are drawn and fitted; by default 100.
    workers : int, default 1
        Of a model: processes; the numbers are the same however many.
    scheduler : str, optional
        Of a model: address of a Dask scheduler whose workers fit instead.
    folder : path, optional
        Of a model: where the result of each fit is kept as it comes in, so that what was stopped goes on where it was.
    progress : bool, default False
        Of a model: whether stderr tells how many are done.

    Returns
    -------
    Certificate
        Enumerated, but for the situations that tell how many sets of answers were drawn.

    Raises
    ------
    InputError
        If the call, the method or a base is none of those allowed.

    Notes
    -----
    A share over 1,999 true values from .0005 to .9995; two groups over 50 by 50 from .01 to .99; pairs over 25 by 25
    shares of those who differ and of the first among them, nobody with both answers where the overlap is not printed.
    Error rate and power are those of the usual verdict, against one half or of equal shares. Of several answers, ranks,
    scales and populations coverage is told of situations, in words; of a population beside that of the interval that
    allows for chance alone.

    Of a model truths are drawn from its prior, answers from each truth, and each is fitted: the ranks of the truths
    among 99 draws of the fits are even if the engine is right (Talts et al. 2018, arXiv:1804.06788), of parameters,
    reported effects, and the joint log-likelihood. A quarter as many sets of answers are drawn at each of two fixed
    truths, for the coverage of the reported effects; by NUTS none are, as that is about the posterior, not who draws.

    Examples
    --------
    >>> found = certify("proportion", method="jeffreys", n=49)
    >>> round(found.coverage[0].minimum, 3), round(found.coverage[0].mean, 3), round(found.verdict[0].false_sign, 4)
    (0.884, 0.95, 0.0444)
    """
    if _of_model(what):
        from csea_stats.calibration.model_runs import certify_model
        from csea_stats.calibration.replicates import Workers

        hands = Workers(number=check_whole("workers", workers, 1), scheduler=scheduler, progress=progress)
        asked = check_whole("replicates", 100 if replicates is None else replicates, BINS)
        if n is not None:
            message = f"n: found {in_short(n)}; a model's people are those of data, so allowed is none"
            raise InputError(message)
        return certify_model(what, data, method, check_level(level), asked, workers=hands, folder=folder)
    known = check_choice("what", what, CERTIFIED, "; or a model: a shipped name, a file or a formula")
    several = None if check_whole("workers", workers, 1) == 1 else workers
    _refuse(known, data=data, replicates=replicates, workers=several, scheduler=scheduler)
    kind = CERTIFIED[known]
    name = next(iter(kind.methods)) if method is None else check_method(method, tuple(kind.methods))
    level = check_level(level)
    sizes = [_size(size, kind) for size in _several(n, kind)]
    return Certificate(
        what=known,
        method=name,
        kind=kind.methods[name].kind,
        level=level,
        coverage=tuple(kind.row(*size, name, level) for size in sizes) if kind.row else (),
        verdict=tuple(kind.power(*size, level) for size in sizes) if kind.power else (),
        situations=tuple(
            row for size in sizes for row in (kind.situations(*size, name, level) if kind.situations else ())
        ),
        version=package_version(),
        code=code_fingerprint(kind.code),
    )


def bases_of(texts: Sequence[str]) -> list[Sizes] | None:
    """Return bases written as "49", or two of them as "24/25"; None where none is given.

    Examples
    --------
    >>> bases_of(["49", "24/25"])
    [49, (24, 25)]
    """
    found: list[Sizes] = []
    for text in texts:
        parts = text.split("/")
        if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
            message = f"n: found {in_short(text)}; allowed is a base, such as 49, or two, such as 24/25"
            raise InputError(message)
        found.append((int(parts[0]), int(parts[1])) if len(parts) == 2 else int(parts[0]))
    return found or None


def _of_model(what: object) -> bool:
    """Whether a model is meant: a value, a formula, a file, or the name of a shipped one."""
    if not is_of(what, str):
        return True
    from csea_stats.regression.library import model_names

    what = plain_text(what)
    return what not in CERTIFIED and ("~" in what or what.endswith(".toml") or what in model_names())


def _refuse(what: str, **settings: object) -> None:
    """Refuse what is asked of a model alone."""
    for name, value in settings.items():
        if value is not None:
            message = f"{name}: found {in_short(value)}; {what!r} is no model and takes none"
            raise InputError(message)


def _several(n: object, kind: Certifiable) -> Sequence[object]:
    if n is None:
        return kind.sizes
    parts = members(n)
    if parts is not None and not len(parts):
        message = f"n: found {in_short(n)}; allowed is {kind.words}, or a list of such"
        raise InputError(message)
    pair = kind.two and parts is not None and len(parts) == 2 and all(isinstance(part, int) for part in parts)
    return [n] if parts is None or pair else parts


def _size(given: object, kind: Certifiable) -> tuple[int, ...]:
    several = members(given)
    parts = (given,) if several is None else several
    fits = len(parts) == len(kind.allowed)
    found = [whole_number(part, *ends) for part, ends in zip(parts, kind.allowed, strict=True)] if fits else [None]
    whole = [part for part in found if part is not None]
    if len(whole) != len(found):
        message = f"n: found {in_short(given)}; allowed is {kind.words}, or a list of such"
        raise InputError(message)
    return tuple(whole)


def _share_power(n: int, level: float) -> VerdictPower:
    """Against one half."""
    above, _ = share_decisions(n, (0.5, None), level)
    truths = (0.6, 0.7, 0.8, 0.9)
    chances = above.astype(float) @ binomial(n, np.array(truths))
    return VerdictPower(
        n=(n,), false_sign=six_decimals(share_rate(n, (0.5, None), level)), supported=_paired(truths, chances)
    )


def _gap_power(n1: int, n2: int, level: float) -> VerdictPower:
    """Of equal shares; where they differ, about one half."""
    above, gaps = gap_decisions(n1, n2, level).astype(float), (0.2, 0.4, 0.6)
    first, second = (binomial(n, 0.5 + side * np.array(gaps) / 2) for n, side in ((n1, 1), (n2, -1)))
    chances = np.einsum("ip,ij,jp->p", first, above, second)
    return VerdictPower(n=(n1, n2), false_sign=six_decimals(gap_rate(n1, n2, level)), supported=_paired(gaps, chances))


def _pair_power(n: int, level: float) -> VerdictPower:
    """Of equal shares; where they differ, half of the people differ."""
    gaps = (0.1, 0.2, 0.3)
    differ = binomial(n, np.array([0.5]))[:, 0]
    chances = np.zeros(len(gaps))
    for m in range(1, n + 1):
        chances += differ[m] * (pair_decisions(m, level).astype(float) @ binomial(m, 0.5 + np.array(gaps)))
    return VerdictPower(n=(n,), false_sign=six_decimals(pair_rate(n, level)), supported=_paired(gaps, chances))


def _paired(truths: Sequence[float], chances: Iterable[float]) -> tuple[tuple[float, float], ...]:
    return tuple((truth, six_decimals(chance)) for truth, chance in zip(truths, chances, strict=True))


def offered(kind: type[Estimand]) -> dict[str, Method]:
    """Return the methods that a user can ask for."""
    return {name: kind.methods[name] for name in kind.offered()}


PAIRS = offered(PairedDifference)

CERTIFIED: dict[str, Certifiable] = {
    "proportion": Certifiable(methods=offered(Share), row=share_row, power=_share_power),
    "difference": Certifiable(methods=offered(Difference), sizes=SIZES_OF_TWO, most=120, row=gap_row, power=_gap_power),
    "ratio": Certifiable(methods=offered(Ratio), sizes=SIZES_OF_TWO, most=120, row=ratio_row, power=_gap_power),
    "odds_ratio": Certifiable(
        methods=offered(OddsRatio),
        sizes=SIZES_OF_TWO,
        most=120,
        code=("base/odds_ratios", "base/exact_tests", "base/roots"),
        row=odds_row,
        power=_gap_power,
    ),
    "paired_difference": Certifiable(methods=PAIRS, row=pair_row, power=_pair_power),
    "paired_margins": Certifiable(methods=PAIRS, sizes=(7, 14, 24, 49), most=120, row=margins_row),
    "multinomial": Certifiable(
        methods=offered(JointShare),
        sizes=SIZES_OF_LISTS,
        answers=True,
        code=("base/binomial", "base/dirichlet", "base/roots"),
        situations=joint_rows,
    ),
    "ranks": Certifiable(
        methods=dict.fromkeys(RANK_METHODS, Method()),
        sizes=SIZES_OF_LISTS,
        answers=True,
        code=("base/binomial", "base/rank_sets", "base/roots"),
        situations=rank_rows,
    ),
    "superiority": Certifiable(
        methods=offered(Superiority),
        sizes=((7, 42), (24, 25)),
        most=120,
        code=("base/dominance", "base/dominance_limits", "base/roots"),
        situations=scale_rows,
    ),
    "population": Certifiable(
        methods={name: Share.methods[name] for name in ("jeffreys", "wilson")},
        sizes=(7, 24, 49),
        code=("base/binomial", "base/selection", "base/roots"),
        situations=population_rows,
    ),
}
"""What can be certified."""
