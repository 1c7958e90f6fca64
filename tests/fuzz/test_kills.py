"""A kill while a report, the files of a fit, or a fit itself is written leaves the old or the new, or is told."""

import subprocess
import sys

import pytest


@pytest.mark.sizes("number", slow=6, long=100)
def test_kills_leave_the_old_or_the_new(number):
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.kills", str(number), "1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(f"{kind}: killed" in done.stdout for kind in ("report", "fit", "save"))
    print("", done.stdout, sep="\n")  # noqa: T201 - asked for
