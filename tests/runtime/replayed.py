"""
What the tests of replays share: a hook, and recordings of it.
"""

from contextlib import suppress

from hookkit import FatalHookException, HookRegistry, Recorder, Replace
from hookkit.recording import RecordingWriter


class Context:
    """
    What a host passes, of a class that a recording does not hold.
    """

    def __init__(self, user):
        self.user = user


class Audit:
    """
    The hook that is recorded.
    """

    def __init__(self):
        self.seen = []

    def pre(self, context, name, metadata):
        """
        Change an argument, and refuse one name.
        """
        self.seen.append(context)
        metadata["owner"] = context.user
        if name == "veto":
            raise FatalHookException("no")

    def post(self, rv, context, name, metadata):
        """
        Replace one result, and fail at another.
        """
        if name == "new":
            return Replace([*rv, "new"])
        if name == "broken":
            raise KeyError(name)
        return None

    def error(self, exc, context, name, metadata):
        """
        Give what the function raised.
        """
        return str(exc)


def named(kind, like=Audit):
    """
    Have a class pass for another, as a later version of that would.
    """
    kind.__module__, kind.__qualname__ = like.__module__, like.__qualname__
    return kind


def record(path, hook, calls, *, point="create", group="shop.hooks", **options):
    """
    Record calls of a function with a hook.
    """
    registry = HookRegistry(group)
    if hook is not None:
        registry.register(point, hook)

    @registry.add_hook(point)
    def create(context, name, metadata):
        if name == "fails":
            raise ValueError(name)
        metadata["made"] = True
        return [name]

    with RecordingWriter(path, **options) as writer, Recorder(writer=writer):
        for name in calls:
            with suppress(ValueError, FatalHookException):
                create(Context("alice"), name, metadata={"size": 1})
    return path


def told(replayed):
    """
    Give the differences as texts.
    """
    return list(map(str, replayed.differences))
