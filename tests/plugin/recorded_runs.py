"""
Inner runs of pytest that are recorded, on a small shop whose functions have hook points.
"""

import json
import re

PLUGINS = ("-p", "no:asyncio", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:hypothesispytest")

SHOP = '''
from hookkit import FatalHookException, HookRegistry, PeriodicHooks

registry = HookRegistry("shop.hooks")  # of its own, for runs in this process


class GiftHook:
    def pre(self, customer, items, admin_password=None):
        items.append("ribbon")

    def post(self, rv, customer, items, admin_password=None):
        if customer == "eve":
            raise KeyError("no address")
        if customer == "mallory":
            raise FatalHookException("stopped")


class StockHook:
    def periodic(self, data, context):
        pass


@registry.add_hook("place_order")
def place_order(customer, items, admin_password=None):
    return len(items)


@registry.add_hook("cancel_order")
def cancel_order(customer):
    """Nobody calls it."""


def count_stock(ticks):
    schedule = PeriodicHooks([StockHook()], every=3)
    for _ in range(ticks):
        schedule.tick()


registry.register("place_order", GiftHook)
'''

TESTS = """
import pytest
from shop import count_stock, place_order


def test_a_gift():
    assert place_order("alice", ["tea"]) == 2


def test_two_gifts():
    place_order("bob", ["tea"], admin_password="hunter-two")
    place_order("bob", ["cake"])


def test_an_error_is_swallowed():
    place_order("eve", ["tea"])


def test_the_stock_is_counted():
    count_stock(ticks=4)
"""

RECORDED = """\
recording: .hookkit/recording.jsonl (5 calls, 13 events, SIZE)
look at it: hookkit report .hookkit/recording.jsonl
"""

TABLE = f"""\
================================== hook calls ==================================
driver hooks                calls    pre   post  error  swallowed       time
  periodic                4 ticks, 1 run  TIME
shop.hooks
  place_order                   4      4      4      .          1  TIME
never called: cancel_order (shop.py:27)
{RECORDED}"""


def set_up(pytester, tests=TESTS, **files):
    """
    Write the shop, and tests of it.
    """
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider")
    pytester.makepyfile(shop=SHOP, test_shop=tests, **files)


def run(pytester, *args, how="runpytest_subprocess"):
    """
    Run pytest with *args* in a process of its own, whose summary knows no hook point of this one.
    """
    given = {} if how == "runpytest_inprocess" else {"timeout": 60}
    return getattr(pytester, how)(*PLUGINS, *args, **given)


def run_here(pytester, *args):
    """
    Run pytest with *args* in this process, which is quicker.
    """
    return run(pytester, *args, how="runpytest_inprocess")


def summary(result, end="===="):
    """
    Give the lines of the summary, without times and sizes.
    """
    return section(result, "= hook calls =", end)


def section(result, title, end="===="):
    """
    Give the lines from that with *title* up to one that begins with *end*, without times and sizes.
    """
    lines = [line.rstrip() for line in result.outlines]
    first = next(number for number, line in enumerate(lines) if title in line)
    last = next(number for number, line in enumerate(lines) if number > first and line.startswith(end))
    return "".join(f"{normalised(line)}\n" for line in lines[first:last] if line)


def normalised(line):
    """
    Write TIME and SIZE in place of those in a line.
    """
    line = re.sub(r" +\d+(\.\d)? (µs|ms|s)$", "  TIME", line)
    return re.sub(r", \d+ (kB|bytes)\)", ", SIZE)", line)


def recording(path):
    """
    Give the lines of a recording after the first one, without what differs from run to run.
    """
    fleeting = {"duration_ns", "started_ns", "task", "thread", "worker"}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["format"] == "hookkit-recording"
    return [{name: value for name, value in line.items() if name not in fleeting} for line in lines[1:]]
