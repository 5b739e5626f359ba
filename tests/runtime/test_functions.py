"""
Tests for `hookkit._functions`: what a decorated function is and does, whether hooks are attached or not.
"""

import asyncio
import gc
import inspect
import json
import linecache
import pickle
import subprocess
import sys
import threading
import traceback
import types
import weakref

import pytest

import hookkit
from hookkit import _fast_code
from runtime.fake_hooks import Doing, Noting
from runtime.interpreters import needs_cut_tracebacks, needs_shared_code, unmeasured

CALLS = 4
"""
How often functions are called: the first call loads the hooks, the second makes fast code, later ones use it.
"""


def to_be_pickled(name):
    """
    Be a function that can be found by its name.
    """
    return name


@pytest.fixture(params=["shared", "plain"])
def is_shared(request, monkeypatch):
    """
    Tell whether decorated functions share code; they do not on other interpreters.
    """
    shared = request.param == "shared"
    monkeypatch.setattr(_fast_code, "CAN_SHARE", shared and _fast_code.CAN_SHARE)
    return shared


@pytest.fixture(params=[0, 1, 2], ids=["no hooks", "a hook", "two hooks"])
def notes(request, registry):
    """
    Attach no, one or two hooks; give their notes.
    """
    notes = []
    for number in range(request.param):
        registry.register("point", Noting(str(number), notes))
    return notes


class TestSharedCode:
    @needs_shared_code
    def test_without_hooks_it_is_the_functions_own(self, registry):
        """
        After its first call a function without hooks runs the very code of the undecorated one.
        """

        def function():
            return "result"

        hooked = registry.add_hook("point")(function)
        before = hooked.__code__

        assert hooked() == "result"
        assert before is not function.__code__
        assert hooked.__code__ is function.__code__

    @needs_shared_code
    def test_hooks_that_come_take_it_away(self, registry):
        """
        A hook that is registered later runs from the next call on; unregistered, the function's own code is back.
        """
        notes, hook = [], Noting("a", [])
        hook.notes = notes
        hooked = registry.add_hook("point")(lambda: "result")
        for _ in range(CALLS):
            hooked()
            registry.register("point", hook)
            hooked()
            hooked()
            assert len(notes) == 4
            registry.unregister("point", hook)
            hooked()
            assert len(notes) == 4
            assert hooked.__code__ is hooked.__wrapped__.__code__
            notes.clear()

    @pytest.mark.parametrize("everywhere", [False, True], ids=["registry", "everywhere"])
    @pytest.mark.parametrize("count", [0, 1])
    def test_observers_that_come_take_it_away(self, registry, everywhere, count):
        """
        Observers are told of the next call of a function whose own or fast code runs, and of none when they have gone.
        """
        told = []
        for _ in range(count):
            registry.register("point", Doing(pre=lambda: None))
        hooked = registry.add_hook("point")(lambda: "result")
        for _ in range(2):
            for _ in range(CALLS):
                hooked()
            undo = (hookkit.observe if everywhere else registry.observe)(after=told.append)
            hooked()
            hooked()
            undo()
            hooked()
            assert [event.phase for event in told] == (["pre"] * count + ["body"]) * 2 if count else ["body", "body"]
            told.clear()

    def test_a_generator_function_stays_what_it_was(self, registry, notes):
        """
        A decorated generator function is a function that gives a generator, with hooks and without.
        """

        def generate():
            yield 1

        async def agenerate():
            yield 1

        async def first(generator):
            return [item async for item in generator]

        hooked, ahooked = registry.add_hook("point")(generate), registry.add_hook("point")(agenerate)
        for _ in range(CALLS):
            assert list(hooked()) == asyncio.run(first(ahooked())) == [1]
            assert not inspect.isgeneratorfunction(hooked)
            assert not inspect.isasyncgenfunction(ahooked)

    @needs_shared_code
    def test_a_function_that_only_says_that_it_is_a_coroutine_function(self, registry):
        """
        A plain function that is taken for a coroutine function shares no code, as one that is none shares none of one.
        """

        async def coroutine():
            return "result"

        def function():
            return coroutine()

        assert asyncio.run(function()) == "result"
        assert _fast_code.can_share(coroutine, is_async=True)
        assert not _fast_code.can_share(function, is_async=True)
        assert not _fast_code.can_share(coroutine, is_async=False)

    def test_is_freed_in_spite_of_a_cycle(self, registry, notes):
        """
        A local function that calls its own decorated form is freed when nobody holds it, also with fast code.
        """

        def make():
            @registry.add_hook("point")
            def local(depth):
                return local(depth - 1) if depth else "result"

            return local

        hooked = make()
        for _ in range(CALLS):
            assert hooked(2) == "result"
        gone = weakref.ref(hooked)
        del hooked
        gc.collect()

        assert gone() is None
        assert registry.point("point").functions == ()

    def test_twice_decorated(self, registry, is_shared, notes):
        """
        A function that is decorated twice runs both points' hooks, whatever comes and goes at either.
        """
        outer = []
        hooked = registry.add_hook("outer")(registry.add_hook("point")(lambda name: name))
        hook = Noting("outer", outer)
        for _ in range(2):
            notes.clear()
            for _ in range(CALLS):
                assert hooked("vm") == "vm"
            registry.register("outer", hook)
            for _ in range(CALLS):
                assert hooked("vm") == "vm"
            registry.unregister("outer", hook)
            assert len(outer) == 2 * CALLS
            outer.clear()
            assert len(notes) == 2 * 2 * CALLS * len(registry.point("point").hooks)

    @needs_shared_code
    def test_hooks_that_have_gone_are_not_kept(self, registry):
        """
        A hook that was unregistered is freed before the next call, though fast code ran it.
        """
        hook = Noting("a", [])
        registry.register("point", hook)
        hooked = registry.add_hook("point")(lambda *, size=1: size)
        for _ in range(CALLS):
            assert hooked() == 1
        assert hooked.__kwdefaults__ != {"size": 1}
        registry.unregister("point", hook)
        gone = weakref.ref(hook)
        del hook
        gc.collect()

        assert gone() is None
        assert hooked() == 1
        assert hooked.__kwdefaults__ == {"size": 1}


class TestKinds:
    def test_super_and_closures(self, registry, is_shared, notes):
        """
        A method that uses super() and variables from around it works at every call, and sees them change.
        """
        around, other = 1, 2

        class Base:
            def method(self, value):
                return ("base", value)

        class Derived(Base):
            @registry.add_hook("point")
            def method(self, value):
                nonlocal around
                around += 1
                return (*super().method(value), around, other)

        for number in range(CALLS):
            assert Derived().method("vm") == ("base", "vm", number + 2, 2)

    def test_defaults(self, registry, is_shared, notes):
        """
        Defaults of positional and keyword-only parameters hold, and hooks get only what was passed.
        """

        @registry.add_hook("point")
        def function(a, b=2, /, c=3, *rest, d=4, e, **options):
            return a, b, c, rest, d, e, options

        for _ in range(CALLS):
            assert function(1, e=5) == (1, 2, 3, (), 4, 5, {})
            assert function(1, 20, 30, 40, d=50, e=60, x=70) == (1, 20, 30, (40,), 50, 60, {"x": 70})
        given = {(note[2], *note[3]) for note in notes if note[1] == "pre"}
        assert given <= {((1,), "e"), ((1, 20, 30, 40), "d", "e", "x")}

    def test_wrong_arguments(self, registry, is_shared, notes):
        """
        What does not fit the function's parameters is its TypeError, at every call.
        """
        hooked = registry.add_hook("point")(lambda name: name)
        for _ in range(CALLS):
            with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
                hooked()
            with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
                hooked("vm", size=1)

    def test_coroutine_functions(self, registry, is_shared, notes):
        """
        A coroutine function is one and works at every call.
        """

        @registry.add_hook("point")
        async def function(name, *, size=1):
            await asyncio.sleep(0)
            return name, size

        for _ in range(CALLS):
            assert inspect.iscoroutinefunction(function)
            assert asyncio.run(function("vm")) == ("vm", 1)
            assert asyncio.run(function(name="vm", size=2)) == ("vm", 2)

    def test_order_of_keywords(self, registry, is_shared):
        """
        Hooks and function get the keywords in the order of the call.
        """
        notes = []
        registry.register("point", Noting("a", notes))
        hooked = registry.add_hook("point")(lambda **keywords: list(keywords))
        for _ in range(CALLS):
            assert hooked(a=1, b=2) == ["a", "b"]
            assert hooked(b=2, a=1) == ["b", "a"]
        assert {tuple(note[3]) for note in notes} == {("a", "b"), ("b", "a")}

    @pytest.mark.parametrize("name", ["class", "no identifier", "ﬁ", "plan", "hooked", "shape0_keyword0", "KeyError"])
    def test_names_of_keywords(self, registry, is_shared, name):
        """
        Keywords may have any name, those that the generated text uses included.
        """
        notes = []
        registry.register("point", Noting("a", notes))
        hooked = registry.add_hook("point")(lambda *args, **keywords: keywords)
        for _ in range(CALLS):
            assert hooked(1, **{name: 2, "other": 3}) == {name: 2, "other": 3}
        assert all(note[3] == {name: 2, "other": 3} for note in notes)

    def test_a_host_with_names_of_its_own(self, registry, is_shared):
        """
        A host's module may have its own idea of what builtin names mean.
        """
        namespace = {"len": None, "Exception": None, "KeyError": None, "tuple": None}
        exec("def function(name, size=1):\n    return name, size", namespace)
        registry.register("point", Doing(pre=ValueError("from pre"), post=ValueError("from post")))
        hooked = registry.add_hook("point")(namespace["function"])
        registry.log.disabled = True
        for _ in range(CALLS):
            assert hooked("vm") == ("vm", 1)
            assert hooked("vm", size=2) == ("vm", 2)


class TestInspection:
    def test_signature_source_and_names(self, registry, is_shared, notes):
        """
        Signature, source, name and docstring are the undecorated function's at every call.
        """

        def function(name, *, size: int = 1) -> None:
            """
            Do something.
            """

        hooked = registry.add_hook("point")(function)
        for _ in range(CALLS):
            assert inspect.signature(hooked) == inspect.signature(function)
            assert inspect.getsource(hooked) == inspect.getsource(function)
            assert (hooked.__name__, hooked.__qualname__) == (function.__name__, function.__qualname__)
            assert (hooked.__doc__, hooked.__module__) == (function.__doc__, function.__module__)
            assert inspect.unwrap(hooked) is function
            hooked("vm")

    def test_pickling(self, notes, registry, monkeypatch):
        """
        A decorated function is pickled by its name, at every call.
        """
        hooked = registry.add_hook("point")(to_be_pickled)
        monkeypatch.setitem(globals(), "to_be_pickled", hooked)
        for _ in range(CALLS):
            assert pickle.loads(pickle.dumps(hooked)) is hooked
            assert hooked("vm") == "vm"

    def test_it_hashes_like_any_code(self, registry, notes):
        """
        The code of a decorated function can be hashed and compared, as profilers do.
        """
        hooked = registry.add_hook("point")(lambda: None)
        for _ in range(CALLS):
            assert {hooked.__code__: 1}[hooked.__code__] == 1
            hooked()

    def test_the_frame_can_be_looked_into(self, registry, is_shared, notes):
        """
        A debugger that reads the variables of all frames, ours included, finds them.
        """
        around = "around"
        seen = []

        def look():
            frame = sys._getframe()
            while frame is not None:
                seen.append((frame.f_code.co_name, dict(frame.f_locals)))
                frame = frame.f_back

        @registry.add_hook("point")
        def function(name):
            look()
            return around, name

        for _ in range(CALLS):
            seen.clear()
            function("vm")
            assert ("function", {"name": "vm", "around": "around", "look": look}) in seen


TRACED = """
import sys
import hookkit

CAN_SHARE, COUNT = sys.argv[1] == "shared", int(sys.argv[2])
registry = hookkit.HookRegistry("traced")
notes = []

class Hook:
    def pre(self, name):
        notes.append(name)

for _ in range(COUNT):
    registry.register("point", Hook())

def function(name):
    first = name
    return first

hookkit._fast_code.CAN_SHARE = CAN_SHARE and hookkit._fast_code.CAN_SHARE
hooked = registry.add_hook("point")(function)
"""
TRACE = """
def tracer(frame, event, arg):
    if event == "call":
        entered.append(frame.f_code.co_name)
    if event == "line" and frame.f_code is function.__code__:
        lines.append(frame.f_lineno - frame.f_code.co_firstlineno)
    return tracer

for _ in range(4):
    entered, lines = [], []
    notes.clear()
    sys.settrace(tracer)
    hooked("vm")
    sys.settrace(None)
    assert lines == [1, 2], lines
    assert entered.count("function") >= 1, entered
    assert entered.count("pre") == len(notes) == COUNT, entered
"""
DEBUG = """
import io, pdb

output = io.StringIO()
commands = "c\\n" + "p 'stopped', name\\nc\\n" * 4
debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=output, nosigint=True)
debugger.use_rawinput = False
debugger.set_break(__file__, function.__code__.co_firstlineno + 2)
debugger.runcall(lambda: [hooked("vm") for _ in range(4)])
assert output.getvalue().count("('stopped', 'vm')") == 4, output.getvalue()
"""


class TestTracing:
    @pytest.mark.parametrize("count", [0, 1])
    @pytest.mark.parametrize("way", ["shared", "plain"])
    @pytest.mark.parametrize("what", [TRACE, DEBUG], ids=["settrace", "pdb"])
    def test_the_functions_own_lines_are_seen(self, tmp_path, way, count, what):
        """
        At every call a trace function sees each line of the host's function and each hook, and a breakpoint is hit.
        """
        script = tmp_path / "traced.py"
        script.write_text(TRACED.replace("import hookkit\n", "import hookkit, hookkit._fast_code\n") + what)

        done = subprocess.run([sys.executable, script, way, str(count)], capture_output=True, text=True, check=False)

        assert (done.returncode, done.stderr) == (0, "")

    def test_coverage_of_the_function(self, tmp_path):
        """
        Coverage sees all lines of a host's function, without hooks and with fast code.
        """
        (tmp_path / "covered.py").write_text(
            "import hookkit\n"
            "registry = hookkit.HookRegistry('covered')\n"
            "@registry.add_hook('point')\n"
            "def function(name):\n"
            "    if name:\n"
            "        return 'named'\n"
            "    return 'nameless'\n"
            "for count in range(3):\n"
            "    function('')\n"
            "registry.register('point', type('Hook', (), {'pre': lambda self, name: None}))\n"
            "for count in range(3):\n"
            "    function('vm')\n"
        )
        run = [sys.executable, "-m", "coverage"]
        rc = ["--rcfile", str(tmp_path / "none")]
        (tmp_path / "none").write_text("[run]\nbranch = true\ndata_file = own.data\n")
        subprocess.run([*run, "run", *rc, "covered.py"], cwd=tmp_path, env=unmeasured(), check=True)
        subprocess.run(
            [*run, "json", *rc, "--include", "covered.py", "-o", "report.json"],
            cwd=tmp_path,
            env=unmeasured(),
            check=True,
        )
        report = json.loads((tmp_path / "report.json").read_text())

        assert report["files"]["covered.py"]["missing_lines"] == []
        assert report["files"]["covered.py"]["missing_branches"] == []


@needs_cut_tracebacks
class TestTracebacks:
    def frames(self, function, *args, **kwargs):
        """
        Call a function that raises; give the names of the frames below this one, and the text of the traceback.
        """
        with pytest.raises(Exception) as raised:
            function(*args, **kwargs)
        exc = raised.value
        text = "".join(traceback.format_exception(exc))
        names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(exc.__traceback__)][1:]
        return names, text

    def test_of_the_function(self, registry, is_shared, notes):
        """
        Between the caller's frame and the host's there is at most one, at every call.
        """

        def function(name):
            raise ValueError(name)

        hooked = registry.add_hook("point")(function)
        for number in range(CALLS):
            names, _ = self.frames(hooked, "vm")
            is_own = is_shared and not registry.point("point").hooks and number
            assert len(names) == (1 if is_own else 2)
            assert names[-1] == "function"

    def test_of_a_hook(self, registry, is_shared):
        """
        Between the caller's frame and that of a hook's method there is one, at every call; the text shows its line.
        """

        def pre(name):
            raise hookkit.FatalHookException(name)

        registry.register("point", Doing(pre=pre))

        @registry.add_hook("point")
        def function(name):
            """
            Be never reached.
            """

        registry.log.disabled = True
        for number in range(CALLS):
            names, text = self.frames(function, "vm")
            assert names == ["hooked", "pre"]
            assert ("returned = pre0(value0)" in text) == (is_shared and number >= 2)
        linecache.checkcache()

    def test_a_watched_one(self, registry, is_shared):
        """
        A watched call has one frame of hookkit, too.
        """
        registry.observe(after=lambda event: None)

        def function():
            raise ValueError

        assert self.frames(registry.add_hook("point")(function))[0][1:] == ["function"]


class TestThreads:
    def test_hooks_come_and_go(self, registry):
        """
        Threads that call while hooks and observers come and go get the right result, and each call pairs pre and post.
        """
        steps = []
        hook = Doing(
            pre=lambda number: steps.append(("pre", number)), post=lambda rv, number: steps.append((rv, number))
        )
        hooked = registry.add_hook("point")(lambda number: "post")
        failed = []

        stop = threading.Event()

        def call(start):
            while not stop.is_set():
                failed.extend(number for number in range(start, start + 100) if hooked(number) != "post")

        threads = [threading.Thread(target=call, args=(start,)) for start in (0, 1000, 2000)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            registry.register("point", hook)
            undo = registry.observe(after=lambda event: None)
            undo()
            registry.unregister("point", hook)
        stop.set()
        for thread in threads:
            thread.join()

        assert failed == []
        pres = sorted(number for what, number in steps if what == "pre")
        assert pres == sorted(number for what, number in steps if what == "post")


@needs_shared_code
class TestChanges:
    def test_while_fast_code_is_made(self, registry, monkeypatch):
        """
        Fast code for hooks that have changed meanwhile is not used.
        """
        notes, made = [], _fast_code.fast_code
        registry.register("point", Noting("first", notes))
        hooked = registry.add_hook("point")(lambda: "result")

        def fast_code(*args, **kwargs):
            monkeypatch.setattr(_fast_code, "fast_code", made)
            registry.register("point", Noting("second", notes))
            return made(*args, **kwargs)

        hooked()
        monkeypatch.setattr(_fast_code, "fast_code", fast_code)
        hooked()
        notes.clear()
        hooked()

        assert [note[:2] for note in notes] == [
            ("first", "pre"),
            ("second", "pre"),
            ("first", "post"),
            ("second", "post"),
        ]


class TestLimits:
    def test_many_shapes(self, registry, monkeypatch):
        """
        Calls of more shapes than there is fast code for give the same as others.
        """
        notes = []
        registry.register("point", Noting("a", notes))
        hooked = registry.add_hook("point")(lambda *args: args)
        for _ in range(3):
            for count in range(2 * _fast_code.MOST_SHAPES):
                assert hooked(*range(count)) == tuple(range(count))
        assert len(notes) == 3 * 2 * 2 * _fast_code.MOST_SHAPES

    def test_many_hooks(self, registry):
        """
        More hooks than there is fast code for run like others.
        """
        notes = []
        for number in range(_fast_code.MOST_METHODS):
            registry.register("point", Noting(str(number), notes))
        hooked = registry.add_hook("point")(lambda: "result")
        for _ in range(CALLS):
            assert hooked() == "result"
        assert len(notes) == CALLS * 2 * _fast_code.MOST_METHODS

    @needs_shared_code
    def test_defaults_come_back(self, registry):
        """
        While fast code runs its own defaults stand for arguments that were not passed; without hooks the function's do.
        """
        hook = Doing(pre=lambda *args: None)
        registry.register("point", hook)
        hooked = registry.add_hook("point")(lambda first, second=2: (first, second))
        for _ in range(2):
            assert hooked(1) == (1, 2)
        assert repr(hooked.__defaults__[:2]) == "(<not passed>, <not passed>)"
        registry.unregister("point", hook)

        assert hooked(1) == (1, 2)
        assert hooked.__defaults__ == (2,)

    def test_a_function_without_a_dictionary(self, registry):
        """
        What is no function can be decorated as before.
        """
        notes = []
        registry.register("point", Noting("a", notes))
        hooked = registry.add_hook("point")(len)
        for _ in range(CALLS):
            assert hooked([1]) == 1
        assert isinstance(hooked, types.FunctionType)
        assert len(notes) == 2 * CALLS
