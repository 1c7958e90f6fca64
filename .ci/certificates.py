"""Write the certificates of every closed form into csea_stats/certificates: run it where an interval method changes."""

from __future__ import annotations

import sys
from pathlib import Path

from csea_stats.base.error_rates import gap_rate
from csea_stats.calibration.certifying import CERTIFIED, certify

FOLDER = Path(__file__).parents[1] / "csea_stats" / "certificates"

MOST = 49
"""People in each of two groups up to whom the rate of verdicts on equal shares is kept: two minutes' work."""

if __name__ == "__main__":
    for what, kind in CERTIFIED.items():
        for method in kind.offered():
            made = certify(what, method=method)
            (FOLDER / f"{what}-{method}.json").write_text(made.to_json() + "\n", encoding="utf-8")
            sys.stdout.write(f"{made.name}\n")
    if "--rates" in sys.argv:
        rows = [[gap_rate(n1, n2, 0.95) for n2 in range(n1, MOST + 1)] for n1 in range(1, MOST + 1)]
        lines = [",".join(f"{rate:.5f}" for rate in row) for row in rows]
        (FOLDER / "equal-shares.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
