"""How often an interval covers, against the true share: computed at each of many true shares, and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.binomial import interval_limits
from csea_stats.base.exact_tests import binomial
from csea_stats.base.two_binomials import gap_limits
from csea_stats.errors import InputError, in_short
from csea_stats.publication.picture import picture_of
from csea_stats.publication.table_parts import FlatTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.base.roots import Array
    from csea_stats.publication.canvas import Canvas, Look, Width
    from csea_stats.publication.picture import Picture

TRUTHS = np.linspace(0.0005, 0.9995, 1999)
"""True shares: the grid of the certificates of one share."""

SLACK = 1e-7
"""A truth this close outside a limit is inside."""


def share_curve(n: int, method: str, level: float) -> Array:
    """Return how often an interval of one share covers, at each of `TRUTHS`.

    Examples
    --------
    >>> curve = share_curve(49, "wilson", 0.95)
    >>> round(float(curve.min()), 3), round(float(curve.mean()), 3)
    (0.842, 0.952)
    """
    lower, upper = interval_limits(np.arange(n + 1), np.full(n + 1, n), method=method, level=level)
    inside = (lower[:, None] <= TRUTHS + SLACK) & (upper[:, None] >= TRUTHS - SLACK)
    return np.asarray((binomial(n, TRUTHS) * inside).sum(axis=0))


def equal_curve(n1: int, n2: int, method: str, level: float) -> Array:
    """Return how often an interval of a difference holds zero where both groups have the same share, of `TRUTHS`."""
    x1, x2 = (part.ravel() for part in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    lower, upper = gap_limits((x1, np.full(x1.shape, n1), x2, np.full(x1.shape, n2)), method=method, level=level)
    inside = ((lower <= SLACK) & (upper >= -SLACK)).reshape(n1 + 1, n2 + 1).astype(float)
    return np.asarray((binomial(n1, TRUTHS) * (inside @ binomial(n2, TRUTHS))).sum(axis=0))


CURVES: dict[str, Callable[..., Array]] = {"proportion": share_curve, "difference": equal_curve}
"""The calls whose coverage is drawn against the true share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """Which interval of which bases is drawn.

    Parameters
    ----------
    what, method, kind : str
    level : float
    sizes : sequence of tuple of int
        The certificate's bases.
    """

    what: str
    method: str
    kind: str
    level: float
    sizes: Sequence[tuple[int, ...]]


def coverage_figure(told: Covering, n: int | tuple[int, ...] | None, *, width: Width, look: Look) -> Picture:
    """Return the coverage at one base, or at a base of each of two groups, against the true share.

    Raises
    ------
    InputError
        There is no curve of such a call, or the certificate has not such a base.
    """
    if told.what not in CURVES:
        message = f"figure: found a certificate of {told.what!r}; allowed is one of {', '.join(map(repr, CURVES))}"
        raise InputError(message)
    size = told.sizes[-1] if n is None else (n,) if isinstance(n, int) else tuple(n)
    if size not in told.sizes:
        allowed = ", ".join(" and ".join(map(str, one)) for one in told.sizes)
        message = f"n: found {in_short(n)}; allowed is one of the certificate's: {allowed}"
        raise InputError(message)
    covered = CURVES[told.what](*size, told.method, told.level)
    people = " and ".join(map(str, size))
    worst = int(covered.argmin())
    least = f"least {_percent(covered[worst])} where it is {_percent(TRUTHS[worst])}, mean {_percent(covered.mean())}"
    share = "the true share" if told.what == "proportion" else "the share of both groups alike"
    interval = f"the {_percent(told.level)} {told.kind} interval ({told.method}) of a {told.what}"
    return picture_of(
        lambda canvas: _draw(canvas, covered, told.level),
        width=width,
        look=look,
        head=(f"Coverage of {interval}, at n = {people}", "Line: how often it holds the truth; dashed: its level."),
        caption=f"How often {interval} holds the truth at n = {people}, by {share}, enumerated: {least}.",
        alt=f"A saw-toothed curve of coverage at n = {people} by {share}: {least}.",
        data=FlatTable(columns=("truth", "coverage"), rows=tuple(zip(TRUTHS.tolist(), covered.tolist(), strict=True))),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _draw(canvas: Canvas, covered: Array, level: float) -> float:
    ax, soft = canvas.ax, canvas.colours["soft"]
    ax.plot(100 * TRUTHS, 100 * covered, color=canvas.colours["main"], linewidth=0.8)
    ax.axhline(100 * level, color=soft, linewidth=0.8, linestyle=(0, (4, 2)))
    worst = int(covered.argmin())
    ax.plot([100 * TRUTHS[worst]], [100 * covered[worst]], marker="o", markersize=3.5, color=canvas.colours["ink"])
    canvas.frame("true share, %", ticks=(0, 25, 50, 75, 100), left="coverage, %")
    ax.set_xlim(0, 100)
    ax.set_ylim(5 * np.floor(20 * covered[worst] - 0.1), 100.4)
    return 42.0
