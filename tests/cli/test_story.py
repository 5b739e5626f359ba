"""
The story: an operator records a host, and the hook's author looks at that, replays it, and checks the hook.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOST = """
from hookkit import get_registry


class Order:
    def __init__(self, customer, card_token):
        self.customer = customer
        self.card_token = card_token


@get_registry("shop.hooks").add_hook("place_order")
def place_order(order, items, admin_password=None):
    return len(items)


if __name__ == "__main__":
    for customer in ("alice", "bob", "eve"):
        assert place_order(Order(customer, "4711-0815"), ["tea"], admin_password="hunter-two") == 2
"""
HOOK = """
class GiftHook:
    def pre(self, order, items, admin_password=None):
        items.append("ribbon for " + order.customer)

    def post(self, rv, order, items, admin_password=None):
        if order.customer == "eve":
            raise KeyError("address of eve")
"""
BETTER_HOOK = """
class GiftHook:
    def pre(self, order, items, admin_password=None):
        items.append("bow for " + order.customer)

    def post(self, rv, order, items, admin_password=None):
        pass
"""
TEST = """
import glob

from gifts import GiftHook

from hookkit import replay
from hookkit.testing import post, pre


def test_eve_gets_a_ribbon():
    [path] = glob.glob("staging.*.jsonl")
    replayed = replay(path, GiftHook)
    assert [event.arguments["order"].customer for event in replayed.filter(phase="pre")] == ["alice", "bob", "eve"]
    replayed.assert_contains([
        pre("place_order", hook=GiftHook).changing("items[1]", "ribbon for eve"),
        post("place_order").result(2).raising(KeyError),
    ])
    assert replayed.differences == ()
"""


def release(first, last, signature):
    """
    Give the hook point as it was in some releases.
    """
    return {
        "name": "place_order",
        "group": "shop.hooks",
        "function": "host:place_order",
        "signature": signature,
        "kind": "named",
        "is_async": False,
        "first": first,
        "last": last,
    }


CONTRACT = {
    "contract": 1,
    "host": "shop",
    "releases": ["1.0", "2.0"],
    "points": [
        release(None, "1.0", "(order, items, admin_password=None)"),
        release("2.0", None, "(order, items, admin_password=None, voucher=None)"),
    ],
}


@pytest.fixture
def place(tmp_path):
    """
    Write the host, and the hook package as if it were installed; give what runs Python there.
    """
    site = tmp_path / "site"
    metadata = site / "gifts-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: gifts\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[shop.hooks]\nplace_order = gifts:GiftHook\n")
    (site / "gifts.py").write_text(HOOK)
    (tmp_path / "host.py").write_text(HOST)
    (tmp_path / "shop.json").write_text(json.dumps(CONTRACT))
    (tmp_path / "test_gifts.py").write_text(TEST)

    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def hookkit(place, *arguments):
    """
    Run the command; give exit code and output, without a traceback.
    """
    done = place("-m", "hookkit", *arguments)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_the_story(place, tmp_path):
    """
    One variable in the host's environment is enough to look at its hook calls, to replay them, and to fix the hook.
    """
    host = place("host.py", HOOKKIT_RECORD=str(tmp_path / "staging.jsonl"))
    assert host.returncode == 0, host.stderr
    [recording] = map(str, tmp_path.glob("staging.*.jsonl"))
    text = Path(recording).read_text()
    assert "hunter-two" not in text
    assert "4711-0815" not in text

    code, out = hookkit(place, "report", recording, "-o", "staging.html")
    assert (code, out.partition(", ")[0]) == (0, "report: staging.html (3 calls")
    assert "address of eve" in (tmp_path / "staging.html").read_text()

    assert hookkit(place, "replay", recording, "gifts:GiftHook") == (
        0,
        (
            "place_order   shop.hooks   3 calls   6 events   no differences\n"
            "3 calls and 6 events of gifts:GiftHook replayed: all as recorded\n"
        ),
    )
    tested = place(
        "-m",
        "pytest",
        "-p",
        "no:asyncio",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:hypothesispytest",
        "-q",
    )
    assert tested.returncode == 0, tested.stdout

    (tmp_path / "site" / "gifts.py").write_text(BETTER_HOOK)
    code, out = hookkit(place, "replay", recording, "gifts:GiftHook")
    assert (code, out.splitlines()[-6:]) == (
        1,
        [
            "  items[1]: recorded 'ribbon for eve', replayed 'bow for eve'",
            "post place_order   event 9",
            "  raised: recorded KeyError: 'address of eve', replayed nothing",
            "",
            "place_order   shop.hooks   3 calls   6 events   4 differences",
            "3 calls and 6 events of gifts:GiftHook replayed: 4 differences",
        ],
    )

    check = ("check", "--group", "shop.hooks", "--contract", "shop.json", "--release")
    assert hookkit(place, *check, "1.0")[0] == 0
    code, out = hookkit(place, *check, "2.0")
    assert (code, out.splitlines()[:2]) == (
        1,
        [
            "gifts:GiftHook on place_order",
            "  pre() takes 3 arguments; place_order is called with up to 4   site/gifts.py:3",
        ],
    )
