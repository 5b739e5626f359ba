"""
How Sphinx builds these pages.
"""

from importlib.metadata import version as version_of

project = "hookkit"
author = "The hookkit authors"
copyright = author
release = version_of("hookkit")
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"hookkit {release}"
html_show_copyright = False

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
# A class is described once, where it is imported from; its docstring tells how it is made.
autodoc_inherit_docstrings = False

napoleon_numpy_docstring = False
napoleon_use_ivar = True

# `name` in a docstring is a link where there is such a name, and plain code elsewhere.
default_role = "py:obj"
# Some names can be imported from two places: either will do as a link's target.
suppress_warnings = ["ref.python"]
