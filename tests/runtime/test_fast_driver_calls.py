"""
Tests for `hookkit._fast_driver_calls` and `hookkit._fast_driver_code`: fast calls are what plain ones give.
"""

import gc
import inspect
import itertools
import json
import linecache
import logging
import pickle
import subprocess
import sys
import threading
import traceback
import types
import weakref
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hookkit
from hookkit import AdminContext, HookBase, MisuseError, Replace, _fast_code, add_hooks
from hookkit._fast_driver_calls import _usual
from hookkit._fast_driver_code import form_of
from runtime.fake_drivers import ENABLED, FailingHook, Hook
from runtime.fake_hooks import Doing
from runtime.interpreters import needs_cut_tracebacks, needs_shared_code, unmeasured
from runtime.test_laws import OUTCOMES, outcome_of

CALLS = 4
"""
How often functions are called: the first call makes fast code, later ones use it.
"""


class Host:
    """
    A host whose hooks are given.
    """

    def __init__(self, *hooks):
        self.hooks = list(hooks)

    @add_hooks
    def create(self, context, share_id, size=1, *, kind=None):
        return context, share_id, size, kind


@pytest.fixture(params=["fast", "plain"])
def is_shared(request, monkeypatch):
    """
    Tell whether decorated functions get fast code; they do not on other interpreters.
    """
    monkeypatch.setattr(_fast_code, "CAN_SHARE", request.param == "fast" and _fast_code.CAN_SHARE)
    return _fast_code.CAN_SHARE


@pytest.fixture
def local_host(is_shared):
    """
    Give a class like `Host`, decorated in the test.
    """

    class Local(Host):
        create = add_hooks(Host.create.__wrapped__)

    return Local


class Log:
    """
    What a hook writes to, in the place of a list: a word among the notes of others.
    """

    def __init__(self, notes):
        self.append = lambda entry: notes.append("driver")


def made(source, namespace=None):
    """
    Make a function from its text.
    """
    names = {"MISSING": "missing", **(namespace or {})}
    exec(source, names)
    return names["function"]


# --- both ways, side by side ------------------------------------------------------------------------------------------

PARAMETERS = ("a", "b=MISSING", "context", "context=None", "hooks", "c", "d=MISSING")

outcomes = st.sampled_from(["return", "return", "replace", "plain", "interrupt", "none"])
plans = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["usual", "usual", "usual", "own", "duck", "patched"]),
        "pre": outcomes,
        "post": outcomes,
        "options": st.fixed_dictionaries(
            {
                "enable_pre_hooks": st.sampled_from([True, True, False]),
                "enable_post_hooks": st.sampled_from([True, True, False]),
                "suppress_pre_hooks_errors": st.booleans(),
                "suppress_post_hooks_errors": st.booleans(),
            }
        ),
    }
)
calls = st.tuples(
    st.integers(min_value=0, max_value=4),
    st.lists(st.sampled_from(["a", "b", "c", "context", "other"]), unique=True, max_size=3),
)
EVENTS = (None, "list", "observe", "recurse", "debug", "switch", "patch")
"""
What a hook may bring about in the course of its own call.
"""


@st.composite
def signatures(draw):
    """
    Draw the parameters of a method, of any mix of kinds.
    """
    names = draw(st.lists(st.sampled_from(PARAMETERS), max_size=4, unique_by=lambda text: text.partition("=")[0]))
    cuts = sorted(draw(st.tuples(*[st.integers(min_value=0, max_value=len(names))] * 2)))
    positional, only_by_keyword = names[: cuts[1]], names[cuts[1] :]
    positional.sort(key=lambda text: "=" in text)
    before, after = ["self", *positional[: cuts[0]]], positional[cuts[0] :]
    slash = ["/"] if draw(st.booleans()) else []
    return ", ".join([*before, *slash, *after, *(["*", *only_by_keyword] if only_by_keyword else [])])


def done(name, phase, outcome):
    """
    Return or raise what a plan says.
    """
    if outcome == "none":
        return None
    value = OUTCOMES[outcome](f"{phase} of {name}")
    if isinstance(value, BaseException):
        raise value
    return value


def made_hook(name, plan, notes, deed):
    """
    Make a hook that follows a plan and notes what it is given.
    """

    class Planned(HookBase):
        def _execute_pre_hook(self, context, func_name, *args, **kwargs):
            notes.append((name, "pre", known(context), func_name, args, list(kwargs.items())))
            deed()
            return done(name, "pre", plan["pre"])

        def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
            given = known(pre_hook_data), known(driver_action_results), args, list(kwargs.items())
            notes.append((name, "post", known(context), func_name, *given))
            return done(name, "post", plan["post"])

        def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...

    class Own(Planned):
        def execute_post_hook(self, *args, **kwargs):
            notes.append((name, "own", list(kwargs)))
            return super().execute_post_hook(*args, **kwargs)

    class Duck:
        def execute_pre_hook(self, **kwargs):
            notes.append((name, "duck", list(kwargs)))
            deed()
            return done(name, "pre", plan["pre"])

    if plan["kind"] == "duck":
        return Duck()
    hook = (Own if plan["kind"] == "own" else Planned)(plan["options"], "host")
    if plan["kind"] == "patched":
        hook.execute_pre_hook = lambda **kwargs: notes.append((name, "patched", list(kwargs)))
    return hook


def known(value):
    """
    Make a value comparable with that of another run.
    """
    shown = (type(value), str(value)) if isinstance(value, BaseException) else value
    return "default" if isinstance(value, AdminContext) else shown


class TestAgreement:
    @settings(max_examples=40)
    @given(
        st.lists(plans, max_size=3),
        signatures(),
        st.sampled_from(["return", "plain", "interrupt"]),
        st.lists(calls, min_size=1, max_size=4),
    )
    @example([{"kind": "duck", "pre": "none", "post": "none", "options": ENABLED}], "self", "return", [(0, [])])
    @example([{"kind": "own", "pre": "return", "post": "replace", "options": ENABLED}], "self", "return", [(0, [])])
    @example([{"kind": "patched", "pre": "none", "post": "none", "options": ENABLED}], "self", "return", [(0, [])])
    def test_fast_and_plain_agree(self, plans, signature, body, calls):
        """
        Fast code gives the results, exceptions and calls that the plain way gives, whatever comes in their course.
        """
        for event in EVENTS:
            runs = [self.run(plans, signature, body, calls, event, is_shared=way) for way in (False, True)]

            assert runs[0] == runs[1]

    def run(self, plans, signature, body, calls, event, *, is_shared):
        """
        Call a hooked function again and again; give all that happened.
        """
        notes, outcomes = [], []

        def action(given):
            notes.append(("host", "body", {name: value for name, value in given.items() if name != "self"}))
            return done("host", "body", body)

        function = made(f"def function({signature}): return action(locals())", {"action": action})
        with mock.patch.object(_fast_code, "CAN_SHARE", is_shared and _fast_code.CAN_SHARE):
            hooked = add_hooks(function)
        host = Host()
        deed, clean_up = self.deed(event, hooked, host, notes)
        host.hooks = [made_hook(number, plan, notes, deed) for number, plan in enumerate(plans)]
        for positional, keywords in calls:
            values = dict.fromkeys(keywords, "value")
            outcomes.extend(outcome_of(hooked, host, *range(positional), **values) for _ in range(3))
        clean_up()
        return outcomes, notes

    def deed(self, event, hooked, host, notes):
        """
        Make what changes something in the course of a call, once or each second time; and what undoes it all.
        """
        times, undos, log = itertools.count(), [lambda: None], logging.getLogger("hookkit.drivers")
        log.disabled = True

        def deed():
            is_on = next(times) % 2 == 0
            last = host.hooks[-1]
            if event == "recurse":
                notes.append(("inner", "outcome", outcome_of(hooked, Host()) if is_on else None))
            elif event == "observe":
                undos.append(hookkit.observe(after=lambda told: notes.append(("observer", told.phase))))
                undos.pop(0)()
            elif event == "debug":
                log.setLevel(logging.DEBUG if is_on else logging.ERROR)
            elif event == "list":
                host.hooks = [*host.hooks, last] if is_on else host.hooks[:-1]
            elif event == "switch":
                last.post_hooks_enabled = last.suppress_pre_hooks_errors = is_on
            elif event == "patch":
                last.execute_post_hook = lambda **kwargs: notes.append(("patched", list(kwargs)))

        def clean_up():
            undos.pop(0)()
            log.disabled = False
            log.setLevel(logging.NOTSET)

        return deed, clean_up


# --- what fast code is ------------------------------------------------------------------------------------------------


@needs_shared_code
class TestFastCode:
    def test_a_call_makes_it(self):
        """
        The first call of a shape makes the code for it, with hooks and without; its parameters are the function's.
        """

        class Local(Host):
            @add_hooks
            def create(self, context, share_id, size=1, *, kind=None):
                return share_id, size, kind

        function = Local.create
        general = function.__code__
        assert general.co_varnames == ("args", "kwargs")
        assert Local(Hook()).create("ctx", "s1", kind="k") == ("s1", 1, "k")

        code = function.__code__
        assert code is not general
        assert code.co_varnames[:5] == ("self", "context", "share_id", "size", "kind")
        assert Local().create("ctx", "s1", 2) == ("s1", 2, None)
        assert function.__code__ is not code

    def test_observers_that_come_take_it_away(self):
        """
        Observers are told of the next call of a function that ran fast code, of its arguments as they were passed.
        """
        told = []
        for _ in range(2):
            for _ in range(CALLS):
                Host(Hook()).create("ctx", share_id="s1")
            undo = hookkit.observe(after=told.append)
            Host(Hook()).create("ctx", share_id="s1")
            undo()
            Host(Hook()).create("ctx", share_id="s1")
            assert [(event.phase, event.call.args[1:], event.call.kwargs) for event in told] == [
                (phase, ("ctx",), {"share_id": "s1"}) for phase in ("pre", "body", "post")
            ]
            told.clear()

    def test_for_so_many_shapes_only(self):
        """
        Calls of more shapes than there is code for are what others are.
        """
        names = [f"option{number}" for number in range(2 * _fast_code.MOST_SHAPES)]
        function = add_hooks(made(f"def function(self, {', '.join(f'{name}=0' for name in names)}): return locals()"))
        log = []
        for name in names * 2:
            assert function(Host(Hook(log=log)), **{name: 1})[name] == 1
            assert log[-1][-1] == {name: 1}

    def test_one_text_for_functions_alike(self):
        """
        Functions with parameters of the same kinds share a text, whatever the parameters are called.
        """
        first = add_hooks(lambda self, context, share, *, kind=1: share)
        second = add_hooks(lambda self, context, level, *, group=1: level)
        assert first(Host(Hook()), "ctx", "s1") == "s1"
        before = len(_fast_code._templates)
        assert second(Host(Hook()), "ctx", "s1") == "s1"

        assert len(_fast_code._templates) == before
        assert first.__code__.co_code == second.__code__.co_code

    @pytest.mark.parametrize(
        "source",
        [
            "def function(self, *args): ...",
            "def function(self, **kwargs): ...",
            "def function(*args): ...",
            "def function(self=None, share=None): ...",
            "async def function(self): ...",
        ],
    )
    def test_not_for_every_function(self, source):
        """
        A function that takes any arguments, whose first one need not be given, or a coroutine function has none.
        """
        function = made(source)
        add_hooks(function)

        assert inspect.iscoroutinefunction(function) or form_of(function) is None

    def test_not_where_another_signature_is_shown(self):
        """
        A function that wraps another one, or says what its signature is, has none.
        """

        def function(self, share): ...

        assert form_of(function) is not None
        function.__wrapped__ = lambda self, other: None
        assert form_of(function) is None
        del function.__wrapped__
        function.__signature__ = inspect.signature(lambda self, other: None)
        assert form_of(function) is None
        assert form_of(len) is None

    def test_one_that_nobody_holds_goes(self):
        """
        A local function that calls its own decorated form is freed when nobody holds it, and so is the class of hooks.
        """

        def make():
            @add_hooks
            def local(self, depth):
                return local(self, depth - 1) if depth else "result"

            return local

        hook_class = type("Local", (Hook,), {})
        hooked = make()
        for _ in range(CALLS):
            assert hooked(Host(hook_class()), 2) == "result"
        kept = [weakref.ref(hooked), weakref.ref(hook_class)]
        known = len(_usual)
        del hooked, hook_class
        gc.collect()

        assert [gone() for gone in kept] == [None, None]
        assert len(_usual) < known
        hookkit.observe()()

    def test_observers_that_come_while_it_is_made(self, monkeypatch):
        """
        Code that is ready only when somebody watches is not used.
        """
        from hookkit import _fast_driver_calls

        told, undos, make = [], [], _fast_driver_calls.fast_code

        def fast_code(*args):
            undos.append(hookkit.observe(after=told.append))
            return make(*args)

        function = add_hooks(lambda self: "result")
        monkeypatch.setattr(_fast_driver_calls, "fast_code", fast_code)
        assert function(Host()) == "result"
        assert function(Host()) == "result"
        undos.pop()()

        assert [event.phase for event in told] == ["body"]
        assert undos == []


# --- what both ways share ---------------------------------------------------------------------------------------------


class TestKinds:
    def test_super_and_closures(self, is_shared):
        """
        A method that uses super() and variables from around it works at every call, and sees them change.
        """
        around = 1

        class Derived(Host):
            @add_hooks
            def name(self, value):
                nonlocal around
                around += 1
                return super().__init__(*self.hooks), value, around

        host = Derived(Hook())
        for number in range(CALLS):
            assert host.name("vm") == (None, "vm", number + 2)

    def test_with_named_hooks_around(self, registry, is_shared):
        """
        A function that has named hooks and driver hooks runs both, in the order of its decorators.
        """
        notes = []

        def function(self, name):
            notes.append("body")

        named, both = registry.add_hook("point"), add_hooks(registry.add_hook("point")(function))
        hook = Doing(pre=lambda *args: notes.append("named"))
        for hooked, order in ((named(add_hooks(function)), ["named", "driver"]), (both, ["driver", "named"])):
            for _ in range(CALLS):
                log = []
                hooked(Host(Hook(log=log)), "vm")
                assert (len(log), notes) == (2, ["body"])
                notes.clear()
            registry.register("point", hook)
            for _ in range(CALLS):
                log = Log(notes)
                hooked(Host(Hook(log=log)), "vm")
                assert notes == [*order, "body", "driver"]
                notes.clear()
            registry.unregister("point", hook)
            hooked(Host(Hook()), "vm")
            assert notes == ["body"]
            notes.clear()

    def test_generator_functions(self, is_shared):
        """
        A decorated generator function gives a generator at every call.
        """

        @add_hooks
        def function(self, count):
            yield from range(count)

        for _ in range(CALLS):
            assert list(function(Host(Hook()), 2)) == [0, 1]

    def test_defaults(self, is_shared):
        """
        Defaults hold, are the function's own as they are at the call, and hooks get only what was passed.
        """
        log, default = [], []

        @add_hooks
        def function(self, a, b=2, /, c=default, *, d=4, e):
            return a, b, c, d, e

        for _ in range(CALLS):
            assert function(Host(Hook(log=log)), 1, e=5) == (1, 2, default, 4, 5)
            assert log[-1][-1] == {"a": 1, "e": 5}
            assert function(Host(Hook(log=log)), 1, c=3, e=5) == (1, 2, 3, 4, 5)
            assert function(Host(Hook(log=log)), 1, 20, 30, d=40, e=50) == (1, 20, 30, 40, 50)
            assert log[-1][-1] == {"a": 1, "b": 20, "c": 30, "d": 40, "e": 50}
        assert function.__wrapped__.__defaults__ == (2, default)

    @pytest.mark.parametrize("name", ["hooks", "hook", "datum", "result", "func", "levels", "value1", "absent", "run"])
    def test_names_of_parameters(self, is_shared, name):
        """
        Parameters may have any name, those that the generated text uses included.
        """
        log = []
        function = add_hooks(made(f"def function(self, other, {name}=1): return other, {name}"))
        for _ in range(CALLS):
            assert function(Host(Hook(log=log)), 2) == (2, 1)
            assert function(Host(Hook(log=log)), 2, **{name: 3}) == (2, 3)
            assert log[-1][-1] == {"other": 2, name: 3}

    @pytest.mark.parametrize(
        ("args", "kwargs", "message"),
        [
            ((), {}, "missing 2 required positional arguments: 'context' and 'share_id'"),
            (("ctx", "s1", 1, 2), {}, "takes from 3 to 4 positional arguments but 5 were given"),
            (("ctx", "s1"), {"other": 1}, "got an unexpected keyword argument 'other'"),
            (("ctx", "s1"), {"context": 1}, "got multiple values for argument 'context'"),
        ],
    )
    def test_wrong_arguments(self, is_shared, args, kwargs, message):
        """
        What does not fit the function's parameters is its own TypeError at every call, and no hook runs.
        """
        log = []

        class Local(Host):
            @add_hooks
            def create(self, context, share_id, size=1): ...

        for _ in range(CALLS):
            with pytest.raises(TypeError) as raised:
                Local(Hook(log=log)).create(*args, **kwargs)
            assert str(raised.value) == f"{Local.create.__qualname__}() {message}"
            assert log == []
            Local(Hook()).create("ctx", "s1")

    def test_a_host_without_hooks(self, local_host):
        """
        A host that has no list of hooks at any one call is none that fails.
        """
        host = types.SimpleNamespace()
        for hooks in ([Hook()], None, (), [Hook()]):
            host.hooks = hooks
            assert local_host.create(host, "ctx", "s1") == ("ctx", "s1", 1, None)
            del host.hooks
            assert local_host.create(host, "ctx", "s1") == ("ctx", "s1", 1, None)

    def test_a_coroutine_that_nobody_awaits(self, local_host):
        """
        One that a plain method returns is refused at every call, be errors suppressed or not.
        """

        async def coroutine_function():
            """
            Be never awaited.
            """

        made = []
        for phase in ("pre", "post"):
            methods = {f"_execute_{phase}_hook": lambda self, **given: made.append(coroutine_function()) or made[-1]}
            hook = type("Sneaky", (Hook,), methods)(ENABLED | {f"suppress_{phase}_hooks_errors": True})
            for _ in range(CALLS):
                with pytest.raises(MisuseError, match="so nobody can await it"):
                    local_host(hook).create("ctx", "s1")
        for coroutine in made:
            coroutine.close()


class TestLogging:
    def test_debug_that_comes_later(self, local_host, caplog):
        """
        Phases are announced from the call on that comes after the level was set, and not after it was set back.
        """
        for _ in range(2):
            for _ in range(CALLS):
                local_host(Hook()).create("ctx", "s1")
            assert caplog.messages == []
            with caplog.at_level(logging.DEBUG, logger="hookkit.drivers"):
                local_host(Hook()).create("ctx", "s1")
            assert caplog.messages == ["Running 'pre hook'.", "Running 'post hook'."]
            caplog.clear()

    def test_suppressed_errors(self, local_host, caplog):
        """
        Each is logged once per call, in the same words.
        """
        failing = FailingHook(ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True})
        for _ in range(CALLS):
            local_host(failing).create("ctx", "s1")
            assert caplog.messages == [
                f"Suppressed exception in {phase} hook runtime.fake_drivers:FailingHook of create."
                for phase in ("pre", "post")
            ]
            assert [repr(record.exc_info[1]) for record in caplog.records] == ["KeyError('pre')", "KeyError('post')"]
            caplog.clear()


class TestInspection:
    def test_signature_source_and_names(self, is_shared):
        """
        Signature, source, name and docstring are the undecorated function's at every call.
        """

        def function(self, name, *, size: int = 1) -> None:
            """
            Do something.
            """

        hooked = add_hooks(function)
        for _ in range(CALLS):
            assert inspect.signature(hooked) == inspect.signature(function)
            assert inspect.getsource(hooked) == inspect.getsource(function)
            assert (hooked.__name__, hooked.__qualname__) == (function.__name__, function.__qualname__)
            assert (hooked.__doc__, hooked.__module__) == (function.__doc__, function.__module__)
            assert inspect.unwrap(hooked) is function
            assert {hooked.__code__: 1}[hooked.__code__] == 1
            hooked(Host(Hook()), "vm")

    def test_pickling(self, is_shared):
        """
        A decorated function is pickled by its name, at every call.
        """
        for _ in range(CALLS):
            assert pickle.loads(pickle.dumps(Host.create)) is Host.create
            Host(Hook()).create("ctx", "s1")

    def test_the_functions_own_lines_are_seen(self, is_shared):
        """
        A trace function sees each line of the host's function, and each hook, at every call.
        """

        class Local(Host):
            @add_hooks
            def create(self, name):  # pragma: no cover - coverage's own trace function is set aside
                size = len(name)
                return [size]

        code, lines, entered = Local.create.__wrapped__.__code__, [], []

        def tracer(frame, event, arg):  # pragma: no cover - it is not traced itself
            entered.extend([frame.f_code.co_name] if event == "call" else [])
            lines.extend([frame.f_lineno - code.co_firstlineno] if event == "line" and frame.f_code is code else [])
            return tracer

        host, before = Local(Hook()), sys.gettrace()
        for _ in range(CALLS):
            lines.clear()
            entered.clear()
            sys.settrace(tracer)
            try:
                host.create("vm")
            finally:
                sys.settrace(before)
            assert lines == [2, 3]
            assert [entered.count(f"_execute_{phase}_hook") for phase in ("pre", "post")] == [1, 1]


class TestTools:
    SCRIPT = """
import hookkit
from hookkit import HookBase, add_hooks

class Hook(HookBase):
    def _execute_pre_hook(self, *args, **kwargs): ...
    def _execute_post_hook(self, *args, **kwargs): ...
    def _execute_periodic_hook(self, *args, **kwargs): ...

class Host:
    hooks = [Hook({"enable_pre_hooks": True, "enable_post_hooks": True}, "host")]

    @add_hooks
    def create(self, name=""):
        if name:
            return "named"
        return "nameless"
"""
    DEBUG = """
import io, pdb

output = io.StringIO()
commands = "c\\n" + "p 'stopped', name\\nc\\n" * 4
debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=output, nosigint=True)
debugger.use_rawinput = False
debugger.set_break(__file__, Host.create.__wrapped__.__code__.co_firstlineno + 3)
debugger.runcall(lambda: [Host().create("vm") for _ in range(4)])
assert output.getvalue().count("('stopped', 'vm')") == 4, output.getvalue()
"""
    COVERED = """
for name in ("", "vm", "", "vm", "", "vm"):
    Host().create(name)
    Host().create()
"""

    def test_breakpoints(self, tmp_path):
        """
        A breakpoint in the host's function is hit at every call.
        """
        (tmp_path / "debugged.py").write_text(self.SCRIPT + self.DEBUG)

        done = subprocess.run([sys.executable, tmp_path / "debugged.py"], capture_output=True, text=True, check=False)

        assert (done.returncode, done.stderr) == (0, "")

    def test_coverage_of_the_function(self, tmp_path):
        """
        Coverage sees all lines and branches of a host's function.
        """
        (tmp_path / "covered.py").write_text(self.SCRIPT + self.COVERED)
        (tmp_path / "none").write_text("[run]\nbranch = true\ndata_file = own.data\n")
        run, rc = [sys.executable, "-m", "coverage"], ["--rcfile", str(tmp_path / "none")]
        subprocess.run([*run, "run", *rc, "covered.py"], cwd=tmp_path, env=unmeasured(), check=True)
        subprocess.run(
            [*run, "json", *rc, "--include", "covered.py", "-o", "report.json"],
            cwd=tmp_path,
            env=unmeasured(),
            check=True,
        )
        report = json.loads((tmp_path / "report.json").read_text())["files"]["covered.py"]

        assert report["missing_lines"] == report["missing_branches"] == []


@needs_cut_tracebacks
class TestTracebacks:
    def frames(self, function, *args):
        """
        Call a function that raises; give the names of the frames below this one, and the text of the traceback.
        """
        with pytest.raises((KeyError, LookupError)) as raised:
            function(*args)
        exc = raised.value
        text = "".join(traceback.format_exception(exc))
        return [frame.f_code.co_name for frame, _ in traceback.walk_tb(exc.__traceback__)][1:], text

    def test_of_the_function(self, is_shared):
        """
        Between the caller's frame and the host's there is one, at every call.
        """

        @add_hooks
        def function(self, name):
            raise LookupError(name)

        for hooks in ([], [Hook()]):
            for _ in range(CALLS):
                assert self.frames(function, Host(*hooks), "vm")[0] == ["hooked", "function"]

    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_of_a_hook(self, local_host, is_shared, phase):
        """
        Between the caller's frame and that of a hook's method there is one, at every call; the text shows its line.
        """
        host = local_host(FailingHook({f"enable_{phase}_hooks": True}))
        for number in range(CALLS):
            names, text = self.frames(host.create, "ctx", "s1")
            assert names == ["hooked", f"_execute_{phase}_hook"]
            assert (f"= hook._execute_{phase}_hook(" in text) == (is_shared and number > 0)
        linecache.checkcache()


class TestThreads:
    def test_hooks_come_and_go(self):
        """
        Threads that call while hooks and observers come and go get the right result, and each call pairs its phases.
        """
        log, failed, stop = [], [], threading.Event()
        host = Host()

        def call(start):
            while not stop.is_set():
                for number in range(start, start + 100):
                    failed.extend([number] if host.create("ctx", number) != ("ctx", number, 1, None) else [])

        threads = [threading.Thread(target=call, args=(start,)) for start in (0, 1000, 2000)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            host.hooks = [Hook(log=log)]
            hookkit.observe(after=lambda event: None)()
            host.hooks = []
        stop.set()
        for thread in threads:
            thread.join()

        assert failed == []
        given = {phase: sorted(note[-1]["share_id"] for note in log if note[1] == phase) for phase in ("pre", "post")}
        assert given["pre"] == given["post"]


class TestHooks:
    def test_methods_that_are_patched_meanwhile(self, monkeypatch, is_shared):
        """
        What takes the place of a base's or a hook's method runs, on the class and on the object, and no longer than it.
        """
        host, notes = Host(Hook()), []
        for where in (HookBase, Hook, host.hooks[0]):
            host.create("ctx", "s1")
            with monkeypatch.context() as patch:
                patch.setattr(where, "execute_pre_hook", lambda *args, **kwargs: notes.append("patched"))
                host.create("ctx", "s1")
                host.create("ctx", "s1")
            host.create("ctx", "s1")
            assert notes == ["patched"] * 2
            notes.clear()

    def test_one_that_looks_up_its_methods_in_a_way_of_its_own(self, is_shared):
        """
        A hook that decides itself what its methods are is asked.
        """

        class Odd(Hook):
            def __getattribute__(self, name):
                return (
                    (lambda **kwargs: Replace("odd")) if name == "execute_post_hook" else super().__getattribute__(name)
                )

        for _ in range(CALLS):
            assert Host(Odd()).create("ctx", "s1") == "odd"

    def test_a_default_context_that_fails(self, local_host):
        """
        It is no error of the hook that could be suppressed.
        """

        class Contextless(Hook):
            def default_context(self):
                raise LookupError("no context")

        hook = Contextless(ENABLED | {"suppress_pre_hooks_errors": True, "suppress_post_hooks_errors": True})
        for _ in range(CALLS):
            with pytest.raises(LookupError, match="no context"):
                local_host(hook).create(None, "s1")
