"""
The page without a browser.
"""

import base64
import hashlib
import re

import hookkit.report
from hookkit.report import _page
from hookkit.report._page import page

LONGEST = 400  # lines


def policy(text):
    """
    Give the policy that a page has for what it loads and runs.
    """
    return re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]


def hashed(text):
    """
    Give the hash of a text as a policy names it.
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class TestPage:
    def test_only_its_own_script_runs(self):
        """
        The policy allows nothing but the page's own script and style, by their hashes.
        """
        before, after = page("title")
        script = re.search(r'<script type="module">(.*?)</script>', after, re.DOTALL)[1]
        style = re.search(r"<style>(.*?)</style>", before, re.DOTALL)[1]
        assert policy(before) == (
            f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )

    def test_no_placeholder_is_left(self):
        """
        All parts of the template are filled in.
        """
        assert not re.search(r"<!--", "".join(page("title")))

    def test_the_title_is_text(self):
        """
        A title with markup in it stays text.
        """
        before, _ = page("</title><!-- script --><b>&")
        assert "<title>&lt;/title&gt;&lt;!-- script --&gt;&lt;b&gt;&amp; · hookkit report</title>" in before

    def test_it_has_no_carriage_returns(self, tmp_path, monkeypatch):
        """
        A checkout whose lines end as on Windows makes the same page, whose hashes a browser finds right.
        """
        there = page("title")
        for asset in _page.ASSETS.iterdir():
            (tmp_path / asset.name).write_bytes(asset.read_bytes().replace(b"\n", b"\r\n"))
        monkeypatch.setattr(_page, "ASSETS", tmp_path)
        assert page("title") == there

    def test_it_names_no_address(self):
        """
        But for the name of the format of its icon, the page has no address of anything elsewhere.
        """
        text = "".join(page("title"))
        assert set(re.findall(r"https?://[\w./]+", text)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(
            r"\b(?:src|href)=\"(?!data:)|@import|url\(|\bimport\b.*\bfrom\b|fetch\(|eval\(|innerHTML", text
        )

    def test_no_source_is_long(self):
        """
        Each part of the page's source has fewer than 400 lines.
        """
        sources = list(_page.ASSETS.iterdir())
        assert {path.name for path in sources} >= {"template.html", "report.css", "main.js"}
        assert [path.name for path in sources if path.read_text(encoding="utf-8").count("\n") >= LONGEST] == []

    def test_the_face_is_small(self):
        """
        The package has one function, and what it returns.
        """
        assert hookkit.report.__all__ == ["Report", "write_report"]
