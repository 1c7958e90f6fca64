"""Certificates: how often an interval method covers at given bases, enumerated or simulated; those that are shipped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csea_stats.publication.canvas import Look, Width
    from csea_stats.publication.picture import Picture

from scipy import special

FORMAT = "csea-certificate/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """What was enumerated at one base, or at two.

    Parameters
    ----------
    n : tuple of int
        The base of a share or of pairs; both bases of a difference.
    minimum, mean, fifth : float
        Coverage over a grid of true values: the least, the mean, the 5th percentile.
    at : tuple of float
        The true values at which it is least.
    left, right : float
        Mean probability that the whole interval lies above the truth, and below it.
    inner : (float, float)
        Least and mean coverage where every share is between .05 and .95 (of two groups .1 and .9).
    alike : float or None
        Of two groups, or pairs: least coverage where both shares are equal.
    width : float or None
        Mean width; None of a ratio, whose limits can be infinite.
    """

    n: tuple[int, ...]
    minimum: float
    at: tuple[float, ...]
    mean: float
    fifth: float
    left: float
    right: float
    inner: tuple[float, float]
    alike: float | None
    width: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPower:
    """How often the verdict decides at one base.

    Parameters
    ----------
    n : tuple of int
    false_sign : float
        Largest probability of deciding, for or against, where the truth is at the threshold.
    supported : tuple of (truth, probability)
        Of "supported", at true values of a share; of two groups or pairs at differences, both shares about one half.
    """

    n: tuple[int, ...]
    false_sign: float
    supported: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How often a method covers in one situation that is told in words, at one base.

    Parameters
    ----------
    n : tuple of int
        The base, or both; of several answers at once the base and how many answers.
    situation : str
        What is true there.
    coverage : float
        Of all sets or limits jointly where a method has several.
    replicates : int or None
        How many sets of answers were drawn; None: enumerated.
    naive : float or None
        Coverage of the interval that allows for chance alone, of a population that may have taken part unevenly.
    width : float or None
        Mean width.
    """

    n: tuple[int, ...]
    situation: str
    coverage: float
    replicates: int | None = None
    naive: float | None = None
    width: float | None = None

    @property
    def error(self) -> float:
        """Standard error of the coverage that comes from drawing."""
        return (self.coverage * (1 - self.coverage) / self.replicates) ** 0.5 if self.replicates else 0.0


BINS = 20
"""Of the ranks of a truth among 99 draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How evenly the truths of a quantity ranked among the draws of the fits that should know it.

    Parameters
    ----------
    quantity : str
    chi2 : float
        Of the ranks in 20 bins, with 19 degrees of freedom where the fit is right.
    inside : float
        How often the truth lay in the middle 90 of a hundred places.
    """

    quantity: str
    chi2: float
    inside: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Coverage of an interval method, and error rate and power of the verdict it stands in.

    Parameters
    ----------
    what : str
        The call, such as "proportion".
    method : str
    kind : {"credible", "confidence"}
    level : float
    coverage : tuple of CertificateRow
    verdict : tuple of VerdictPower
        At one half for a share, at equal shares for the others; at the usual methods.
    version : str
        Of the package.
    code : str
        Fingerprint of the code that makes the limits.
    situations : tuple of Situation
        Of methods whose truths are too many for a grid.
    ranks : tuple of Ranked
        Of a model: each parameter, each reported effect, and the joint log-likelihood.
    replicates, failed : int or None
        Of a model: how many sets of answers were drawn and fitted, and of how many the engine failed its own checks.
    """

    what: str
    method: str
    kind: str
    level: float
    coverage: tuple[CertificateRow, ...]
    verdict: tuple[VerdictPower, ...]
    version: str
    code: str
    situations: tuple[Situation, ...] = ()
    ranks: tuple[Ranked, ...] = ()
    replicates: int | None = None
    failed: int | None = None

    @property
    def rank_limit(self) -> float:
        """Chi-square that the worst of all quantities exceeds one time in a hundred where the fit is right."""
        return float(special.chdtri(BINS - 1, 0.01 / max(len(self.ranks), 1)))

    @property
    def uneven(self) -> tuple[str, ...]:
        """The quantities whose chi-square is larger."""
        return tuple(row.quantity for row in self.ranks if row.chi2 > self.rank_limit)

    @property
    def name(self) -> str:
        """What estimates call it: call, method, level, and a hash of what was enumerated."""
        rows: tuple[list[dict[str, Any]], ...] = tuple(
            [asdict(row) for row in part] for part in (self.coverage, self.verdict, self.situations, self.ranks) if part
        )
        numbers = json.dumps(rows, sort_keys=True)
        return f"{self.what} {self.method} {self.level:g} {hashlib.sha256(numbers.encode()).hexdigest()[:12]}"

    def figure(
        self, n: int | tuple[int, ...] | None = None, *, width: Width = "column", look: Look = "paper"
    ) -> Picture:
        """Return a figure for a publication: coverage against the true share, at one of the bases.

        Parameters
        ----------
        n : int or (int, int), optional
            None: the last. Of a difference both bases: the curve is then of groups with the same share.
        width, look
            As of `Estimates.figure`.

        Raises
        ------
        InputError
            The certificate has no such base, or is of neither a proportion nor a difference.
        """
        from csea_stats.results.coverage_figures import Covering, coverage_figure

        sizes = [row.n for row in self.coverage]
        told = Covering(what=self.what, method=self.method, kind=self.kind, level=self.level, sizes=sizes)
        return coverage_figure(told, n, width=width, look=look)

    def to_json(self) -> str:
        """Return JSON text from which `from_json` makes an equal certificate."""
        return json.dumps({"format": FORMAT, "name": self.name, **asdict(self)}, indent=None)

    @classmethod
    def from_json(cls, text: str) -> Certificate:
        """Return the certificate that `to_json` wrote."""
        body = json.loads(text)
        rows = tuple(CertificateRow(**_tuples(row)) for row in body.pop("coverage"))
        verdict = tuple(VerdictPower(**_tuples(row)) for row in body.pop("verdict"))
        situations = tuple(Situation(**_tuples(row)) for row in body.pop("situations", ()))
        ranks = tuple(Ranked(**row) for row in body.pop("ranks", ()))
        rest = {key: value for key, value in body.items() if key not in ("format", "name")}
        return cls(**rest, coverage=rows, verdict=verdict, situations=situations, ranks=ranks)

    @property
    def model_words(self) -> str:
        """What was found of a model, in sentences: how its truths ranked, and how often its intervals of effects held.

        Empty of anything else.

        Examples
        --------
        >>> print(shipped_certificate("scenario-uncle-by-experience", "laplace").model_words.partition(":")[0])
        1,000 sets of answers drawn from the prior and fitted
        """
        if not self.ranks:
            return ""
        worst = max(self.ranks, key=lambda row: row.chi2)
        held: dict[str, list[Situation]] = {}
        for row in self.situations:
            held.setdefault(row.situation.partition(":")[0], []).append(row)
        told = [
            f"of {rows[0].replicates:,} sets of {rows[0].n[0]:,} made-up respondents with {truth} they held it in "
            f"{100 * min(row.coverage for row in rows):.1f}% or more"
            for truth, rows in held.items()
        ]
        covered = f" {100 * self.level:g}% intervals of effects: {'; '.join(told)}." if told else ""
        return (
            f"{self.replicates:,} sets of answers drawn from the prior and fitted: truths rank among the draws as they "
            f"should in {'all but ' if self.uneven else 'all '}{len(self.uneven) or len(self.ranks)} quantities (worst "
            f"chi-square {worst.chi2:.1f}, limit {self.rank_limit:.1f}); {self.failed:,} fits failed their own "
            f"checks.{covered} A verdict needs its interval and more, so it errs at most as often as the interval does "
            "not hold."
        )

    def __str__(self) -> str:
        lines = [f"{self.what}, {self.method} ({self.kind}), level {self.level}: coverage"]
        if self.ranks:
            worst = max(self.ranks, key=lambda row: row.chi2)
            uneven = ", ".join(self.uneven) or "none"
            lines.append(
                f"  {self.replicates} sets of answers, {self.failed} failed; ranks of {len(self.ranks)} quantities: "
                f"worst chi2 {worst.chi2:.1f} ({worst.quantity}), limit {self.rank_limit:.1f}; uneven: {uneven}"
            )
        lines += [
            f"  n {' and '.join(map(str, row.n))}: least {abs(row.minimum):.3f} at "
            f"{', '.join(f'{p:.3g}' for p in row.at)}; mean {row.mean:.3f}; inside {abs(row.inner[0]):.3f}; "
            f"left {row.left:.3f}, right {row.right:.3f}; width {'-' if row.width is None else f'{row.width:.3f}'}"
            for row in self.coverage
        ]
        lines += [f"  n {' and '.join(map(str, row.n))}: {situation_words(row)}" for row in self.situations]
        lines += [
            f"  n {' and '.join(map(str, row.n))}: verdict wrong at most {row.false_sign:.4f}; supported "
            + ", ".join(f"{p:.2f} at {t:g}" for t, p in row.supported)
            for row in self.verdict
        ]
        return "\n".join(lines)


def situation_words(row: Situation) -> str:
    """Return what is told of a situation.

    Examples
    --------
    >>> situation_words(Situation(n=(49, 5), situation="all equal", coverage=0.946))
    'all equal: 0.946'
    """
    drawn = f" ± {1.96 * row.error:.3f}" if row.replicates else ""
    naive = "" if row.naive is None else f"; chance alone {row.naive:.3f}"
    return f"{row.situation}: {row.coverage:.3f}{drawn}{naive}" + (
        "" if row.width is None else f"; width {row.width:.3f}"
    )


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    """Return lists as tuples, those inside them too."""

    def one(value: Any) -> Any:
        return tuple(map(one, value)) if isinstance(value, list) else value

    return {name: one(value) for name, value in row.items()}


@cache
def shipped_certificates() -> dict[tuple[str, str], Certificate]:
    """Return every shipped certificate by call and method, all at 95 %."""
    folder = resources.files("csea_stats") / "certificates"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    found = [Certificate.from_json(one.read_text(encoding="utf-8")) for one in files]
    return {(one.what, one.method): one for one in found}


@cache
def _equal_shares() -> list[list[float]]:
    text = (resources.files("csea_stats") / "certificates" / "equal-shares.csv").read_text(encoding="utf-8")
    return [[float(cell) for cell in line.split(",")] for line in text.splitlines()]


def equal_share_rate(n1: int, n2: int, level: float) -> float | None:
    """Return the largest probability that a verdict says of two equal shares that they differ; None: not enumerated.

    Of the usual rule at 95 %, for groups of up to 49 people.

    Examples
    --------
    >>> equal_share_rate(42, 7, 0.95), equal_share_rate(42, 700, 0.95)
    (0.03893, None)
    """
    less, more = min(n1, n2), max(n1, n2)
    rates = _equal_shares()
    return rates[less - 1][more - less] if level == 0.95 and less >= 1 and more <= len(rates) else None


@cache
def shipped_certificate(what: str, method: str) -> Certificate:
    """Return one shipped certificate, at 95 %."""
    file = resources.files("csea_stats") / "certificates" / f"{what}-{method}.json"
    return Certificate.from_json(file.read_text(encoding="utf-8"))


@cache
def certificate_name(what: str, method: str, level: float) -> str | None:
    """Return the name of the certificate of a call's method at a level; None where none is shipped.

    Examples
    --------
    >>> certificate_name("proportion", "jeffreys", 0.95)[:25], certificate_name("proportion", "jeffreys", 0.9)
    ('proportion jeffreys 0.95 ', None)
    """
    file = resources.files("csea_stats") / "certificates" / f"{what}-{method}.json"
    if not what or not file.is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    return str(found["name"]) if found["level"] == level else None
