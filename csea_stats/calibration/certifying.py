"""`certify`: coverage, error rate and power of a closed form at the reader's own base, by exact enumeration."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.error_rates import gap_decisions, gap_rate, pair_decisions, pair_rate, share_decisions, share_rate
from csea_stats.base.exact_tests import binomial
from csea_stats.calibration.coverage import gap_row, pair_row, share_row
from csea_stats.errors import InputError, check_choice
from csea_stats.estimators.arguments import check_level, check_method
from csea_stats.estimators.comparison import Difference
from csea_stats.estimators.paired_difference import PairedDifference
from csea_stats.estimators.proportion import Share
from csea_stats.results.certificates import Certificate, CertificateRow, VerdictPower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from csea_stats.estimators.estimand import Estimand

SIZES = (7, 14, 24, 27, 36, 49)
"""Bases of the shipped certificates."""

SIZES_OF_TWO = ((7, 42), (14, 35), (24, 25), (24, 27))
"""Bases of two groups of the shipped certificates."""

CODE = ("binomial", "two_binomials", "differences", "paired", "roots")
"""Files of `csea_stats.base` that make the limits."""

CERTIFIED: dict[str, type[Estimand]] = {
    "proportion": Share,
    "difference": Difference,
    "paired_difference": PairedDifference,
}
"""The closed forms that can be certified."""

Sizes = int | tuple[int, int]


def certify(
    what: str, *, method: str | None = None, n: Sizes | Sequence[Sizes] | None = None, level: float = 0.95
) -> Certificate:
    """Enumerate how often an interval covers, and how often the verdict errs and decides, at bases of your own.

    Parameters
    ----------
    what : {"proportion", "difference", "paired_difference"}
        Of pairs every answer is taken as known.
    method : str, optional
        A method of that call; by default its first.
    n : int, (int, int), or several of them, optional
        Bases; of a difference those of both groups. By default those of the shipped certificates.
    level : float, default 0.95

    Returns
    -------
    Certificate
        Nothing in it is simulated.

    Raises
    ------
    InputError
        If the call, the method or a base is none of those allowed.

    Notes
    -----
    A share over 1,999 true values from .0005 to .9995; two groups over 50 by 50 from .01 to .99; pairs over 25 by 25
    shares of those who differ and of the first among them. Error rate and power are those of the usual verdict, against
    one half or of equal shares.

    Examples
    --------
    >>> found = certify("proportion", method="jeffreys", n=49)
    >>> round(found.coverage[0].minimum, 3), round(found.coverage[0].mean, 3), round(found.verdict[0].false_sign, 4)
    (0.884, 0.95, 0.0444)
    """
    kind = CERTIFIED[check_choice("what", what, CERTIFIED)]
    name = next(iter(kind.methods)) if method is None else check_method(method, kind.offered())
    level, two = check_level(level), what == "difference"
    sizes = [_size(one, two=two) for one in _several(n, two=two)]
    return Certificate(
        what=what,
        method=name,
        kind=kind.methods[name].kind,
        level=level,
        coverage=tuple(ROWS[what](*one, name, level) for one in sizes),
        verdict=tuple(POWERS[what](*one, level) for one in sizes),
        version=_version(),
        code=code_fingerprint(),
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
            message = f"n: found {text!r}; allowed is a base, such as 49, or two, such as 24/25"
            raise InputError(message)
        found.append((int(parts[0]), int(parts[1])) if len(parts) == 2 else int(parts[0]))
    return found or None


def _several(n: object, *, two: bool) -> Sequence[object]:
    if n is None:
        return SIZES_OF_TWO if two else SIZES
    several = isinstance(n, (list, tuple)) and not (two and len(n) == 2 and all(isinstance(one, int) for one in n))
    return n if several else [n]  # type: ignore[return-value]


def _size(one: object, *, two: bool) -> tuple[int, ...]:
    found = one if isinstance(one, (list, tuple)) else (one,)
    wanted, most = (2, 120) if two else (1, 1000)
    whole = all(isinstance(base, int) and not isinstance(base, bool) and 1 <= base <= most for base in found)
    if len(found) != wanted or not whole:
        allowed = f"two bases of 1 to {most}" if two else f"a base of 1 to {most}"
        message = f"n: found {one!r}; allowed is {allowed}, or a list of such"
        raise InputError(message)
    return tuple(found)


def _share_power(n: int, level: float) -> VerdictPower:
    """Against one half."""
    above, _ = share_decisions(n, (0.5, None), level)
    truths = (0.6, 0.7, 0.8, 0.9)
    chances = above.astype(float) @ binomial(n, np.array(truths))
    return VerdictPower(n=(n,), false_sign=_told(share_rate(n, (0.5, None), level)), supported=_paired(truths, chances))


def _gap_power(n1: int, n2: int, level: float) -> VerdictPower:
    """Of equal shares; where they differ, about one half."""
    above, gaps = gap_decisions(n1, n2, level).astype(float), (0.2, 0.4, 0.6)
    first, second = (binomial(n, 0.5 + side * np.array(gaps) / 2) for n, side in ((n1, 1), (n2, -1)))
    chances = np.einsum("ip,ij,jp->p", first, above, second)
    return VerdictPower(n=(n1, n2), false_sign=_told(gap_rate(n1, n2, level)), supported=_paired(gaps, chances))


def _pair_power(n: int, level: float) -> VerdictPower:
    """Of equal shares; where they differ, half of the people differ."""
    gaps = (0.1, 0.2, 0.3)
    differ = binomial(n, np.array([0.5]))[:, 0]
    chances = np.zeros(len(gaps))
    for m in range(1, n + 1):
        chances += differ[m] * (pair_decisions(m, level).astype(float) @ binomial(m, 0.5 + np.array(gaps)))
    return VerdictPower(n=(n,), false_sign=_told(pair_rate(n, level)), supported=_paired(gaps, chances))


def _paired(truths: Sequence[float], chances: Iterable[float]) -> tuple[tuple[float, float], ...]:
    return tuple((truth, _told(chance)) for truth, chance in zip(truths, chances, strict=True))


def _told(number: float) -> float:
    return round(float(number), 6)


ROWS: Mapping[str, Callable[..., CertificateRow]] = {
    "proportion": share_row,
    "difference": gap_row,
    "paired_difference": pair_row,
}
POWERS: Mapping[str, Callable[..., VerdictPower]] = {
    "proportion": _share_power,
    "difference": _gap_power,
    "paired_difference": _pair_power,
}


def _version() -> str:
    from csea_stats.results.values import versions

    return dict(versions())["csea-stats"]


@cache
def code_fingerprint() -> str:
    """Return a hash of the code that makes the limits, comments and docstrings left out."""
    folder = resources.files("csea_stats") / "base"
    found = hashlib.sha256()
    for name in CODE:
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
                first = body[0].value
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    del body[0]
        found.update(ast.dump(tree).encode())
    return found.hexdigest()[:12]
