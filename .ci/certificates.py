"""Write the certificates of every closed form into csea_stats/certificates: run it where an interval method changes."""

from __future__ import annotations

import sys
from pathlib import Path

from csea_stats.base.error_rates import gap_rate
from csea_stats.calibration.certifying import CERTIFIED, certify
from csea_stats.results.certificates import shipped_certificates

FOLDER = Path(__file__).parents[1] / "csea_stats" / "certificates"

PAGE = Path(__file__).parents[1] / "docs" / "calibration.md"

HEAD = """# Calibration

What the shipped certificates hold, at 95%: exact coverage by enumeration, no draw anywhere. *least*: over the grid of
true values, and where; *inner*: least where shares are between .05 and .95 (of two groups .1 and .9); *above*,
*below*: how often the whole interval lies above the truth, or below it. `csea_stats.certify` makes the same for your
own base. This page is written by `.ci/certificates.py`, and a test holds it to the certificates.

"""


def page() -> str:
    """Return the page of all shipped certificates."""
    lines = [HEAD]
    for what in CERTIFIED:
        mine = [one for (call, _), one in shipped_certificates().items() if call == what]
        lines.append(
            f"## `{what}`\n\n| method | n | least | at | mean | inner | above | below | width |\n|{'---|' * 9}\n"
        )
        lines += [
            f"| {one.method} | {' and '.join(map(str, row.n))} | {row.minimum:.3f} | "
            f"{', '.join(f'{at:.3g}' for at in row.at)} | {row.mean:.3f} | {row.inner[0]:.3f} | {row.left:.3f} | "
            f"{row.right:.3f} | {row.width:.3f} |\n"
            for one in mine
            for row in one.coverage
        ]
        lines.append(
            "\nThe verdict: at most how often it errs were the truth at the threshold, and how often it supports "
            "a claim at other truths.\n\n"
        )
        truths = [f"{truth:g}" for truth, _ in mine[0].verdict[0].supported]
        lines.append(f"| n | errs | {' | '.join(truths)} |\n|{'---|' * (2 + len(truths))}\n")
        lines += [
            f"| {' and '.join(map(str, row.n))} | {row.false_sign:.4f} | "
            f"{' | '.join(f'{chance:.2f}' for _, chance in row.supported)} |\n"
            for row in mine[0].verdict
        ]
        lines.append("\n")
    return "".join(lines).rstrip() + "\n"


MOST = 49
"""People in each of two groups up to whom the rate of verdicts on equal shares is kept: two minutes' work."""

if __name__ == "__main__":
    for what, kind in CERTIFIED.items():
        for method in kind.offered():
            made = certify(what, method=method)
            (FOLDER / f"{what}-{method}.json").write_text(made.to_json() + "\n", encoding="utf-8")
            sys.stdout.write(f"{made.name}\n")
    shipped_certificates.cache_clear()
    PAGE.write_text(page(), encoding="utf-8")
    if "--rates" in sys.argv:
        rows = [[gap_rate(n1, n2, 0.95) for n2 in range(n1, MOST + 1)] for n1 in range(1, MOST + 1)]
        lines = [",".join(f"{rate:.5f}" for rate in row) for row in rows]
        (FOLDER / "equal-shares.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
