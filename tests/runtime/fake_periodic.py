"""
Small periodic hooks for tests.
"""

import asyncio
import threading

WAIT_S = 30
"""
How long a test waits for what should come at once: a slow machine is no fault of the code.
"""


SOON = 0.001
"""
An interval in seconds, for schedules that really run.
"""


class Noting:
    """
    A hook that notes each (data, context) that it was given, and returns how many there were.
    """

    def __init__(self, name="noting"):
        self.name = name
        self.seen = []

    def periodic(self, data, context):
        self.seen.append((data, context))
        return len(self.seen)

    def __repr__(self):
        return f"<{self.name}>"


class Doing:
    """
    A hook that calls a function without arguments.
    """

    def __init__(self, function):
        self.function = function

    def periodic(self, data, context):
        return self.function()

    def __repr__(self):
        return "<doing>"


class Failing:
    """
    A hook that raises what it was given.
    """

    def __init__(self, exc):
        self.exc = exc

    def periodic(self, data, context):
        raise self.exc

    def __repr__(self):
        return "<failing>"


class AsyncHook:
    """
    A hook whose periodic is a coroutine function.
    """

    async def periodic(self, data, context):
        await asyncio.sleep(0)
        return f"awaited {data}"


class Driver:
    """
    A driver hook, as far as periodic ones go.
    """

    def __init__(self, *, enabled=True, interval=None):
        self.periodic_hooks_enabled = enabled
        self.interval = interval
        self.seen = []

    def get_config_option(self, key):
        return {"periodic_hooks_interval": self.interval}[key]

    def execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        self.seen.append((periodic_hook_data, context, args, kwargs))
        return "driven"


class Hanging:
    """
    A hook that says when it has begun, and then hangs until it is let go.
    """

    def __init__(self):
        self.began = threading.Event()
        self.let_go = threading.Event()

    def periodic(self, data, context):
        self.began.set()
        assert self.let_go.wait(WAIT_S)

    def __repr__(self):
        return "<hanging>"


class Signal:
    """
    A hook that lets tests wait until it has run so many times.
    """

    def __init__(self):
        self.count = 0
        self.changed = threading.Condition()

    def periodic(self, data, context):
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait_for(self, count):
        """
        Wait until it has run *count* times.
        """
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, WAIT_S)


class Clock:
    """
    A clock that stands still until it is set.
    """

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Timed:
    """
    Makes hooks that note when they ran, by the ticker's clock.
    """

    def __init__(self, ticker):
        self.ticker = ticker
        self.notes = []

    def hook(self, name):
        """
        Make a hook that notes (time, name).
        """
        return Doing(lambda: self.notes.append((self.ticker.now, name)))
