"""
``hookkit contract export``.
"""

import json
import sys

import pytest

from hookkit.contracts import load

SHOP = """\
from hookkit import add_hook

print("imported")


@add_hook("order", group="shop.hooks")
def order(customer, items=None): ...
"""


@pytest.fixture(autouse=True)
def module(tmp_path):
    """
    Write the host's module, which is forgotten after the test.
    """
    (tmp_path / "exported_shop.py").write_text(SHOP)
    yield
    sys.modules.pop("exported_shop", None)


class TestExport:
    def test_to_standard_output(self, run):
        """
        The contract is printed, and nothing else with it.
        """
        done = run("contract", "export", "exported_shop", "--host", "shop")

        assert (done.code, done.err) == (0, "imported\n")
        assert json.loads(done.out) == {
            "contract": 1,
            "host": "shop",
            "releases": [],
            "points": [
                {
                    "name": "order",
                    "group": "shop.hooks",
                    "function": "exported_shop:order",
                    "signature": "(customer, items=None)",
                    "kind": "named",
                    "is_async": False,
                    "first": None,
                    "last": None,
                }
            ],
        }

    @pytest.mark.parametrize("option", ["-o", "--output"])
    def test_to_a_file(self, run, option, tmp_path):
        """
        Into a file it is written without a word.
        """
        done = run("contract", "export", "exported_shop", option, "shop.json")

        assert (done.code, done.out) == (0, "")
        assert load(tmp_path / "shop.json").point("order").group == "shop.hooks"

    def test_what_cannot_be_exported(self, run):
        """
        A module that is not there is an error.
        """
        done = run("contract", "export", "no_such_module")

        assert (done.code, done.err) == (
            2,
            "hookkit: Cannot import module 'no_such_module': ModuleNotFoundError: No module named 'no_such_module'.\n",
        )
