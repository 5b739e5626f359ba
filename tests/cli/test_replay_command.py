"""
``hookkit replay``.
"""

import json
import logging
import subprocess
import sys

import pytest

from hookkit import HookBase, HookRegistry, Recorder, add_hooks
from hookkit.recording import RecordingWriter

OLD = """
class Gift:
    def pre(self, items):
        items.append("ribbon")
"""
NEW = """
class Gift:
    def pre(self, items):
        print("printed")
        items.append("bow")

    def post(self, rv, items):
        raise KeyError(items[0])
"""
FAILS = """
from hookkit import HookBase

class Gift(HookBase):
    def _execute_pre_hook(self, context, func_name):
        raise KeyError("gift")

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results):
        pass

    def _execute_periodic_hook(self, context, periodic_hook_data):
        pass
"""
HOST = """
from gifts import Gift
from hookkit import Recorder, add_hooks
from hookkit.recording import RecordingWriter

class Host:
    hooks = [Gift({"enable_pre_hooks": True, "suppress_pre_hooks_errors": True}, "host")]

    @add_hooks
    def order(self):
        pass

with RecordingWriter("r.jsonl") as writer, Recorder(writer=writer):
    Host().order()
"""


class Shares(HookBase):
    """
    A driver hook.
    """

    def _execute_pre_hook(self, context, func_name, size):
        return size

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, size):
        return None

    def _execute_periodic_hook(self, context, periodic_hook_data): ...


@pytest.fixture
def record(tmp_path):
    """
    Record calls of a hook of the given source.
    """

    def record(source, *calls):
        namespace = {"__name__": "gifts"}
        exec(compile(source, "gifts.py", "exec"), namespace)
        registry = HookRegistry("shop.hooks")
        registry.register("order", namespace["Gift"])

        @registry.add_hook("order")
        def order(items):
            return len(items)

        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            for items in calls:
                order(items)

    return record


@pytest.fixture
def gifts(tmp_path, monkeypatch):
    """
    Write the module of the hook, to be imported anew.
    """

    def write(source, folder="."):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "gifts.py").write_text(source)

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield write
    sys.modules.pop("gifts", None)


class TestReplay:
    def test_all_as_recorded(self, run, record, gifts):
        """
        A hook that does what it did is told in two lines.
        """
        record(OLD, ["tea"], ["cake"])
        gifts(OLD)

        done = run("replay", "r.jsonl", "gifts:Gift")

        assert (done.code, done.err) == (0, "")
        assert done.out == (
            "order   shop.hooks   2 calls   2 events   no differences\n"
            "2 calls and 2 events of gifts:Gift replayed: all as recorded\n"
        )

    def test_differences(self, run, record, gifts):
        """
        Each difference is told with its event and where it was raised; what the hook prints goes to standard error.
        """
        record(OLD, ["tea"])
        gifts(NEW, "new")

        done = run("replay", "r.jsonl", "gifts:Gift", "--project", "new")

        assert (done.code, done.err) == (1, "printed\n")
        assert done.out == (
            "pre order   event 1\n"
            "  items[1]: recorded 'ribbon', replayed 'bow'\n"
            "post order   event 2\n"
            "  called, which was not recorded: it raised KeyError: 'tea'   new/gifts.py:8\n"
            "\n"
            "order   shop.hooks   1 call   2 events   2 differences\n"
            "1 call and 2 events of gifts:Gift replayed: 2 differences\n"
        )

    def test_suppressed_errors(self, tmp_path, gifts, monkeypatch):
        """
        No traceback is printed of what a driver hook raises as it did, and what is suppressed as it was.
        """
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        gifts(FAILS)
        (tmp_path / "host.py").write_text(HOST)
        for arguments in (["host.py"], ["-m", "hookkit", "replay", "r.jsonl", "gifts:Gift"]):
            command = [sys.executable, *arguments]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)

        assert "Traceback" not in done.stderr
        assert done.stdout.endswith("1 call and 1 event of gifts:Gift replayed: all as recorded\n")

    def test_the_first_ones(self, run, record, gifts):
        """
        Of many differences the first are shown, and how many there are; nothing is left behind where hookkit logs.
        """
        record(OLD, ["tea"], ["cake"])
        gifts(NEW)
        handlers = [*logging.getLogger("hookkit").handlers]

        done = run("replay", "r.jsonl", "gifts:Gift", "--most", "1")

        assert logging.getLogger("hookkit").handlers == handlers
        assert done.out.splitlines()[:4] == [
            "pre order   event 1",
            "  items[1]: recorded 'ribbon', replayed 'bow'",
            "... and 3 more",
            "",
        ]

    def test_json(self, run, record, gifts):
        """
        For programs the same is JSON.
        """
        record(OLD, ["tea"])
        gifts(OLD.replace("ribbon", "bow"))

        done = run("replay", "r.jsonl", "gifts:Gift", "--json")

        assert done.code == 1
        assert json.loads(done.out) == {
            "hook": "gifts:Gift",
            "was_recorded": True,
            "points": [{"group": "shop.hooks", "point": "order", "calls": 1, "events": 1, "differences": 1}],
            "differences": [
                {
                    "kind": "change",
                    "group": "shop.hooks",
                    "point": "order",
                    "phase": "pre",
                    "event": 1,
                    "path": "items[1]",
                    "recorded": "'ribbon'",
                    "replayed": "'bow'",
                    "place": "",
                    "message": "items[1]: recorded 'ribbon', replayed 'bow'",
                }
            ],
            "difference_count": 1,
            "cut": 0,
            "lost": None,
        }

    def test_a_hook_that_was_not_recorded(self, run, record, gifts, tmp_path):
        """
        That nothing was recorded of the hook, what was cut and what was lost is said.
        """
        record(OLD, ["x" * 10_000])
        gifts(OLD.replace("Gift", "Other"))
        with (tmp_path / "r.jsonl").open("a") as file:
            file.write('{"kind": ')

        done = run("replay", "r.jsonl", "gifts:Other", "--point", "order", "--group", "shop.hooks")

        assert (done.code, done.out.splitlines()[1:]) == (
            0,
            [
                "Nothing was recorded of gifts:Other, so only what it raises is a difference.",
                "Of 1 event, values were too large to be recorded whole.",
                "Line 5 of 'r.jsonl' is torn; it is left out.",
                "1 call and 1 event of gifts:Other replayed: nothing raised",
            ],
        )

    def test_a_place_elsewhere(self, run, record, gifts, tmp_path, monkeypatch):
        """
        Of a file that is not below the working directory, the name is shown.
        """
        record(OLD, ["tea"])
        gifts(NEW)
        (tmp_path / "below").mkdir()
        monkeypatch.chdir(tmp_path / "below")

        done = run("replay", "../r.jsonl", "gifts:Gift")

        assert done.out.splitlines()[3].endswith("KeyError: 'tea'   gifts.py:8")

    def test_a_driver_hook(self, run, tmp_path):
        """
        Options of a driver hook's configuration can be set.
        """

        class Manager:
            hooks = (Shares({"enable_pre_hooks": True}, "host"),)

            @add_hooks
            def extend(self, context, size):
                return size

        with RecordingWriter(tmp_path / "r.jsonl") as writer, Recorder(writer=writer):
            Manager().extend("ctx", 7)
        hook = f"{__name__}:Shares"

        assert run("replay", "r.jsonl", hook).code == 0
        done = run("replay", "r.jsonl", hook, "--set", "enable_pre_hooks=no", "--set", "enable_post_hooks=yes")
        assert done.out.splitlines()[:4] == [
            "pre extend   event 1",
            "  not called: pre hooks are not enabled in its configuration",
            "post extend   event 2",
            "  called, which was not recorded: it returned None",
        ]

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["no.jsonl", "gifts:Gift"], "Cannot read recording 'no.jsonl': No such file or directory."),
            (
                ["r.jsonl", "gifts:Gft"],
                (
                    "Cannot load hook 'gifts:Gft': module 'gifts' has no attribute 'Gft'. "
                    "Write it as 'package.module:Class'."
                ),
            ),
            (
                ["r.jsonl", "gifts:Gift", "--point", "oder"],
                (
                    "Recording 'r.jsonl' has no calls of 'oder'. Did you mean 'order'? "
                    "It has 'order' of 'shop.hooks' (1)."
                ),
            ),
            (
                ["r.jsonl", "gifts:Gift", "--set", "x"],
                "--set got 'x'. Write it as NAME=VALUE, such as enable_post_hooks=false.",
            ),
        ],
        ids=["recording", "hook", "point", "set"],
    )
    def test_what_cannot_be_done(self, run, record, gifts, arguments, said):
        """
        What cannot be read, imported or found is told in one line.
        """
        record(OLD, ["tea"])
        gifts(OLD)

        done = run("replay", *arguments)

        assert (done.code, done.out, done.err) == (2, "", f"hookkit: {said}\n")
