"""Run the Python examples of the pages; a page is a session of its own."""

from doctest import ELLIPSIS

from sybil import Sybil
from sybil.parsers.myst import DocTestDirectiveParser, PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), DocTestDirectiveParser(optionflags=ELLIPSIS)],
    pattern="*.md",
    excludes=["_build/*", "generated/*"],
).pytest()
