"""Write the certificates of every closed form into csea_stats/certificates: run it where an interval method changes."""

from __future__ import annotations

import sys
from pathlib import Path

from csea_stats.calibration.certifying import CERTIFIED, certify

FOLDER = Path(__file__).parents[1] / "csea_stats" / "certificates"

if __name__ == "__main__":
    for what, kind in CERTIFIED.items():
        for method in kind.offered():
            made = certify(what, method=method)
            (FOLDER / f"{what}-{method}.json").write_text(made.to_json() + "\n", encoding="utf-8")
            sys.stdout.write(f"{made.name}\n")
