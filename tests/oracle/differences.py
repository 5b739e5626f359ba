"""
Where hookkit does not do what the original does, and how a test says so.
"""

import pytest

NOVA_DEFECTS = (
    "a manager and all hook objects built on every call",
    "a broken plugin logged on every call and without its name",
    "a falsy callable dropped by `if func`",
    "state of one hook object leaking between interleaved calls unseen",
    "async functions hand `post` a coroutine",
    "`post` never learns of failure",
    "no order",
    "tests had to patch `_HOOKS`",
)

MANILA_DEFECTS = (
    "a second positional argument collides with `func_name` or `context`",
    "the documented `path.to:Class` never worked",
    "`func_name` was `wrapped` for ten years where a decorator lacked `functools.wraps`",
    "the interval read at import",
    "data queried with nobody listening",
    "one failing periodic hook starves the rest",
    "a keyword named `pre_hook_data` fails after the body ran",
)

NOVA_CHOICES = (
    "a `post` can replace the result",
    "a hook's methods are looked up once",
    "a hook without any hook method is a mistake",
    "a veto is known by its name",
    "an async hook is refused where nobody would await it",
    "an entry point may name an object",
    "a static or class method can be decorated from above, too",
    "a hook point needs a name",
    "what was installed later is seen after `reset`",
    "hooks are not deprecated",
    "log lines say where a hook came from",
)

MANILA_CHOICES = (
    "a post hook can replace the result",
    "a context is missing if it is `None`",
    "a configuration is missing if it is `None`",
    "a host without hooks needs no list of them",
    "a list of hooks may change while a call runs",
    "an unknown option is a mistake",
    "an option's value is checked",
    "log lines name the hook",
    "the hooked function carries its name as `__hook_name__`",
)

DIFFERENCES = {*NOVA_DEFECTS, *MANILA_DEFECTS, *NOVA_CHOICES, *MANILA_CHOICES}

SHOWN = set()
"""
Those that the test modules imported so far show.
"""


def differs(difference, *, original, hookkit):
    """
    Run a test with each implementation, given as *expected* what is to be seen of it.

    As both are asserted, such a test cannot go stale: it fails, too, if the original has not the defect.

    Args:
        difference: Which defect of the original it is, or which choice of hookkit's: one of `DIFFERENCES`.
        original: What is to be seen of the original.
        hookkit: What is to be seen of hookkit.
    """
    assert difference in DIFFERENCES
    assert original != hookkit
    SHOWN.add(difference)
    expected = {"original": original, "hookkit": hookkit}
    return pytest.mark.parametrize(
        ("implementation", "expected"),
        [pytest.param(name, value, id=f"{name}: {difference}") for name, value in expected.items()],
    )


def outcome(function, *args, **kwargs):
    """
    Call *function* and give what it returned, or the exception that it raised.
    """
    try:
        return function(*args, **kwargs)
    except Exception as exc:
        return exc
