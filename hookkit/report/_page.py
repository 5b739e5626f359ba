"""
The page of a report: what comes before its data, and what comes after it.
"""

from __future__ import annotations

import base64
import hashlib
import html
from importlib.resources import files

_SCRIPTS = (
    "base.js",
    "data.js",
    "values.js",
    "list.js",
    "shape.js",
    "drawing.js",
    "timeline.js",
    "detail.js",
    "filter.js",
    "main.js",
)
_DATA = "<!-- data -->"

ASSETS = files("hookkit.report") / "assets"
"""
Where the parts of the page are.
"""


def page(title: str) -> tuple[str, str]:
    """
    Give the two halves of a page, between which its data goes.

    A browser runs the page's own script and style, which it knows by their hashes, and loads nothing from anywhere.

    Args:
        title: What the page is called.
    """
    style = _asset("report.css")
    script = "".join(map(_asset, _SCRIPTS))
    text = _asset("template.html")
    parts = {
        "title": html.escape(title),
        "script-hash": _hash(script),
        "style-hash": _hash(style),
        "style": style,
        "script": script,
    }
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    before, _, after = text.partition(_DATA)
    return before, after


def data_element(text: str, attribute: str) -> str:
    """
    Give an element that holds JSON.

    Args:
        text: JSON that is safe in a page.
        attribute: What the page's script finds it by.
    """
    return f'<script type="application/json" {attribute}>{text}</script>\n'


def _asset(name: str) -> str:
    # As text it has no carriage returns, nor has what a browser hashes.
    return (ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
