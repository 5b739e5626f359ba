"""
What the tests of the plugin share.
"""

import gc
import re
import textwrap

import pytest

# Loaded out here, so that inner runs in this process, which forget what they imported, do not load them a second time.
import hookkit.compat.manila_hook
import hookkit.compat.nova_hooks
import hookkit.testing  # noqa: F401
from hookkit import _registry

# What inner runs do without; to load Hypothesis takes longer than all else in them.
WITHOUT = ("asyncio", "cacheprovider", "hypothesispytest", "randomly", "xdist")
PLUGINS = tuple(part for name in WITHOUT for part in ("-p", f"no:{name}"))
SHOP = """
from hookkit import add_hook


class Audit:
    def pre(self, items):
        items.append("audited")


class Failing:
    def post(self, rv, items):
        raise KeyError("owner")


@add_hook("order", group="shop.hooks")
def order(items):
    return len(items)
"""


class Run:
    """
    What an inner run of pytest did.
    """

    def __init__(self, result):
        self.result = result
        self.ret = result.ret
        self.lines = [line.rstrip() for line in result.outlines]

    @property
    def outcomes(self):
        """
        How many tests came out how; what warned is left out.
        """
        return {what: count for what, count in self.result.parseoutcomes().items() if what != "warnings"}

    def section(self, title):
        """
        The text under the rule in which *title* stands, up to the next rule.
        """
        rules = [index for index, line in enumerate(self.lines) if re.match(r"([=_-])\1\1+ .* \1\1+$", line)]
        first = next(index for index in rules if title in self.lines[index])
        last = min((index for index in rules if index > first), default=len(self.lines))
        return "\n".join(self.lines[first + 1 : last]).strip("\n")

    @property
    def errors(self):
        """
        What was written to stderr.
        """
        return "\n".join(self.result.errlines).strip()


@pytest.fixture(scope="module", autouse=True)
def frozen():
    """
    Have garbage looked for only among what inner runs make: pytest 8 does so several times at the end of each.
    """
    if not hasattr(gc, "freeze"):  # pragma: no cover - PyPy
        yield
        return
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def own_registries(monkeypatch):
    """
    Let an inner run in this process see no hook points of other tests.
    """
    monkeypatch.setattr(_registry, "_STATE", _registry._State())


@pytest.fixture
def inner(pytester, monkeypatch):
    """
    Give a function that runs pytest on the text of a test file, with a host's file ``shop.py`` beside it.
    """
    pytester.makepyfile(shop=SHOP)
    pytester.syspathinsert()
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run(test, *args, how="inprocess", ini="", **files):
        pytester.makeini(f"[pytest]\n{textwrap.dedent(ini)}")
        pytester.makepyfile(test_inner=textwrap.dedent(test), **files)
        return Run(
            pytester.runpytest(*PLUGINS, *args)
            if how == "inprocess"
            else pytester.runpytest_subprocess(*PLUGINS, *args)
        )

    return run


@pytest.fixture(params=["inprocess", "subprocess"])
def inner_both(request, inner):
    """
    Give the same function for each way to run pytest: in this process, and in one of its own.
    """

    def run(test, *args, **options):
        return inner(test, *args, how=request.param, **options)

    return run
