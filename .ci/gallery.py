"""Draw the pictures of docs/gallery.md: its lines are run, and each picture is the figure of the name that it has.

Sphinx runs it when the pages are built. Run by hand it also writes each figure's own words into the page, as the
picture's alternative text; a test says when they no longer fit.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csea_stats.publication.picture import Picture

PAGE = Path(__file__).parents[1] / "docs" / "gallery.md"

PICTURE = re.compile(r"!\[([^\]]*)\]\(gallery/(\w+)\.svg\)")


def figures(page: Path = PAGE) -> dict[str, Picture]:
    """Run the lines of the page and return the figures that it shows, by name."""
    text = page.read_text(encoding="utf-8")
    lines = "".join(example.source for example in doctest.DocTestParser().get_examples(text))
    named: dict[str, Picture] = {}
    exec(compile(lines.replace("print(", "str("), str(page), "exec"), named)
    return {name: named[name] for _, name in PICTURE.findall(text)}


def worded(text: str, shown: dict[str, Picture]) -> str:
    """Return the page with each figure's own words as its alternative text."""
    return PICTURE.sub(lambda found: f"![{shown[found[2]].alt}](gallery/{found[2]}.svg)", text)


def draw(folder: Path = PAGE.parent / "gallery") -> dict[str, Picture]:
    """Write every picture of the page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = figures()
    for name, figure in shown.items():
        figure.save(folder / f"{name}.svg")
    return shown


if __name__ == "__main__":
    PAGE.write_text(worded(PAGE.read_text(encoding="utf-8"), draw()), encoding="utf-8")
