"""Templates and style sheets of pages."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import resources
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Template
    from jinja2.bccache import Bucket


@cache
def template(name: str) -> Template:
    """Return one of the templates; each escapes what is put into it and refuses what it does not know."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("csea_stats.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled(),
    )
    return environment.get_template(name)


def _compiled() -> BytecodeCache:
    """Return what keeps compiled templates where Python keeps its compiled modules, if anything may be kept there."""
    import jinja2

    class Compiled(jinja2.BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            with suppress(OSError), self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)

        def dump_bytecode(self, bucket: Bucket) -> None:
            if sys.dont_write_bytecode:
                return
            path = self._path(bucket)
            partial = path.with_suffix(f".{os.getpid()}")
            with suppress(OSError):
                partial.write_bytes(bucket.bytecode_to_string())
                partial.replace(path)

        def _path(self, bucket: Bucket) -> Path:
            return Path(cache_from_source(__file__)).with_name(f"{bucket.key}.jinja-{jinja2.__version__}")

    return Compiled()


def stylesheet(*names: str) -> str:
    """Return the CSS of a page, from its files; by default that of the report's."""
    folder = resources.files("csea_stats.report") / "templates"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names or ("page.css", "claims.css"))


def css_text(text: str) -> str:
    """Return a text as a CSS string: no quote, backslash or markup can end it."""
    return '"' + "".join(c if c.isalnum() or c in " .,-:;%" else f"\\{ord(c):x} " for c in text) + '"'
