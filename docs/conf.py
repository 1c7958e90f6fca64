"""Sphinx settings; the build treats warnings as errors."""

import runpy
from importlib.metadata import version as installed
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

project = "csea_stats"
author = "The csea_stats developers"
copyright = "2026, the csea_stats developers"
release = version = installed("csea-stats")

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_dmath_double_inline = False
myst_heading_anchors = 3
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
root_doc = "index"

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_title = "csea_stats"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_theme_options = {
    "show_prev_next": False,
    "header_links_before_dropdown": 4,
    "footer_start": ["copyright"],
    "footer_end": [],
}
WITH_PAGES_BELOW = ("api", "models")
html_sidebars = {
    page.stem: [] for page in Path(__file__).parent.glob("*.md") if page.stem not in WITH_PAGES_BELOW
}  # elsewhere the sidebar would be empty
nitpicky = True


def _formula(translator, node):
    """Set a formula as MathML, which browsers draw themselves: no script, nothing from elsewhere."""
    translator.body.append(tex2mathml(node.astext(), as_block=node.tagname == "math_block"))
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (_formula, None), (_formula, None))
    gallery = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "gallery.py"))
    app.connect("builder-inited", lambda _: gallery["draw"]() and None)  # its page is read afterwards
