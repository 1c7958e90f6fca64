"""Renew the pinned versions in pyproject.toml from a fresh resolution: ``uv run python .ci/pin.py``.

The lock file itself is not kept (it holds download addresses); its versions are, as constraints.
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVERYWHERE = " ; python_full_version < '3.15' and sys_platform != 'emscripten'"
"""What [tool.uv] environments already says."""
START, END = "constraint-dependencies = [\n", "]\n"


def exported() -> list[str]:
    """Return every package of the resolution with its version and marker."""
    text = subprocess.run(
        [
            "uv",
            "export",
            "--no-hashes",
            "--all-groups",
            "--all-extras",
            "--no-emit-project",
            "--no-annotate",
            "--no-header",
            "-q",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = (line.strip().removesuffix(EVERYWHERE) for line in text.splitlines())
    return sorted(line for line in lines if re.match(r"[A-Za-z0-9]", line))


def main() -> None:
    """Rewrite the block of constraints."""
    path = ROOT / "pyproject.toml"
    head, _, rest = path.read_text(encoding="utf-8").partition(START)
    unpinned = head + START + END + rest.partition(END)[2]
    path.write_text(unpinned, encoding="utf-8")
    (ROOT / "uv.lock").unlink(missing_ok=True)
    pins = "".join(f"  '{line}',\n" if '"' in line else f'  "{line}",\n' for line in exported())
    path.write_text(unpinned.replace(START + END, START + pins + END), encoding="utf-8")


if __name__ == "__main__":
    main()
