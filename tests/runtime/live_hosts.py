"""
Hosts to record: each is a process of its own, with ``HOOKKIT_RECORD`` in its environment.
"""

import json
import os
import re
import subprocess
import sys
import textwrap
import threading

from hookkit import load_recording
from runtime.interpreters import unmeasured

TIMEOUT_S = 20

HOST = """\
import asyncio, logging, os, sys, threading
from hookkit import HookBase, PeriodicHooks, add_hooks, get_registry, load_hook_drivers

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")

class Audit:
    def pre(self, context, name, **details):
        details.get("metadata", {})["audited"] = True

    def periodic(self, data, context):
        return len(data)

class Notify(HookBase):
    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        return func_name

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs): ...

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...

registry = get_registry("host.hooks")
registry.register("create", Audit)

@registry.add_hook("create")
def create(context, name, **details):
    return name.upper()

@registry.add_hook("create")
async def acreate(context, name):
    await asyncio.sleep(0)
    return create(context, f"{name}-inner")
"""

IMPORTS_WARN = {"PYTHONWARNINGS": "ignore"}  # of fork, where threads run


class Lines:
    """
    A recording as it is written, without a torn last line; that `load_recording` reads as much was seen to.
    """

    def __init__(self, path):
        *whole, _ = path.read_text().split("\n")
        self.path = path
        self.header, *lines = [json.loads(line) for line in whole]
        self.calls = self.of_kind("call", lines)
        self.events = self.of_kind("event", lines)
        recording = load_recording(path)
        assert len(recording.events) == len(self.events)

    def of_kind(self, kind, lines):
        """
        Give the lines of a kind in order of start.
        """
        return sorted((line for line in lines if line["kind"] == kind), key=lambda line: line["seq"])


class Hosts:
    """
    Runs hosts in a folder, and reads what they recorded there.
    """

    def __init__(self, folder):
        self.folder = folder

    def begin(self, body, *, is_measured=True, **variables):
        """
        Start a host: the module above, then *body*.

        Where threads run on while it forks or ends, it cannot be measured: they may hold a lock of coverage's then.
        """
        path = self.folder / "host.py"
        text = f"{HOST}\n{textwrap.dedent(body)}"
        if not path.exists() or path.read_text() != text:  # another host may be reading it right now
            path.write_text(text)
        environment = {**(os.environ if is_measured else unmeasured()), "HOOKKIT_RECORD": "calls.jsonl", **variables}
        return subprocess.Popen(
            [sys.executable, path.name],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, body, *, is_measured=True, **variables):
        """
        Run a host to its end, which is a good one, and give what it logged, with ``<folder>`` and ``<pid>``.
        """
        host = self.begin(body, is_measured=is_measured, **variables)
        logged = self.end(host)
        assert host.returncode == 0, logged
        return logged.replace(str(self.folder), "<folder>").replace(f".{host.pid}", ".<pid>").splitlines()

    def end(self, host):
        """
        Wait until a host is over, and give what it logged.
        """
        killer = threading.Timer(TIMEOUT_S, host.kill)
        killer.start()
        with host:
            _, logged = host.communicate()
        killer.cancel()
        return logged

    def files(self, pattern="calls*"):
        """
        Give the files that were written, by name without the process in it, in order of their parts.
        """
        found = sorted(self.folder.glob(pattern), key=lambda path: (len(path.name), path.name))
        return {re.sub(r"\.\d+", ".<pid>", path.name, count=1): path for path in found}

    def recordings(self, pattern="calls*"):
        """
        Read all that was recorded.
        """
        return [Lines(path) for path in sorted(self.folder.glob(pattern))]

    def recording(self, pattern="calls*"):
        """
        Read the one recording there is.
        """
        (recording,) = self.recordings(pattern)
        return recording


def phases(recording):
    """
    Give point and phase of each event.
    """
    return [(event["point"], event["phase"]) for event in recording.events]
