"""
Tests whose hooks raise, or whose fakes nothing uses, and what is said of them.
"""

SWALLOWED = """\
a hook raised, and the host went on without it.
  post order by shop:Failing (hookkit-fakes 0)
  KeyError: 'owner'
    shop.py:11 in post:  raise KeyError("owner")
Meant to happen? Look at hook_recorder.swallowed in the test, or mark it \
@pytest.mark.hooks(swallowed_errors="ignore").
For all tests: hooks_swallowed_errors = ignore in pytest's configuration.\
"""
REFUSED = """\
a hook could not be loaded, and the host went on without it.
  {reason}
Meant to happen? Mark the test @pytest.mark.hooks(swallowed_errors="ignore").
For all tests: hooks_swallowed_errors = ignore in pytest's configuration.\
"""
UNUSED = """\
the test set up something that nothing used.
  {what}
Meant to be there? Mark the test @pytest.mark.hooks(unused="ignore").
For all tests: hooks_unused = ignore in pytest's configuration.\
"""


def failing(last="", *, fixtures="hook_recorder", mark=""):
    """
    Give a test whose hook raises after the work is done.
    """
    return f"""
import pytest
from hookkit.testing import body, post
from shop import Failing, order

{mark}
def test_it(fake_entry_points, {fixtures}):
    fake_entry_points.add("shop.hooks", "order", Failing)
    assert order([]) == 0
    {last}
"""


def refusing(target, mark=""):
    """
    Give a test with a fake that no hook can be made of.
    """
    return f"""
import pytest
from shop import order

class Late:
    async def pre(self, items): ...

{mark}
def test_it(fake_entry_points):
    fake_entry_points.add("shop.hooks", "order", {target})
    assert order([]) == 0
"""


def adding(*lines, mark=""):
    """
    Give a test that adds fakes.
    """
    body = "\n    ".join(lines)
    return f"""
import pytest
from importlib.metadata import entry_points
from hookkit import discovery
from shop import Audit, order

{mark}
def test_it(fake_entry_points):
    {body}
"""
