"""Write csea_stats/__init__.pyi from the table of public names in csea_stats/__init__.py, for type checkers.

Run by hand after the table changes: ``uv run python .ci/public_names.py``. A test says when the stub no longer fits.
"""

from itertools import groupby
from pathlib import Path

import csea_stats

STUB = Path(csea_stats.__file__).with_name("__init__.pyi")


def text() -> str:
    """Give the stub."""
    homes = sorted((module, name) for name, module in csea_stats._HOME.items())  # noqa: SLF001
    lines = ['"""What `csea_stats` offers, as type checkers see it; made from the table in __init__.py."""', ""]
    for module, pairs in groupby(homes, key=lambda pair: pair[0]):
        lines.append(f"from csea_stats.{module} import " + ", ".join(f"{name} as {name}" for _, name in pairs))
    return "\n".join([*lines, "", "__version__: str", "__all__: list[str]", ""])


if __name__ == "__main__":
    STUB.write_text(text(), encoding="utf-8")
