"""Run the Python examples of the pages; a page is a session of its own."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE

from sybil import Sybil
from sybil.parsers.myst import DocTestDirectiveParser, PythonCodeBlockParser

FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE  # long sentences are broken into lines

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=FLAGS), DocTestDirectiveParser(optionflags=FLAGS)],
    pattern="*.md",
    excludes=["_build/*", "generated/*"],
).pytest()
