"""
The defects of Nova's hooks, each beside what hookkit does.
"""

import asyncio
import inspect

import pytest

import hookkit
from oracle.differences import NOVA_DEFECTS, SHOWN, differs, outcome
from oracle.fake_hooks import Noting
from runtime.fake_hooks import Doing

NOT_LOADED = (
    "Cannot load entry point 'point = not_there:Hook' of group 'nova.hooks' (broken 1.0): "
    "there is no module 'not_there'."
)


class FalsyFunction:
    """
    A callable that is false, as an empty collection is.
    """

    __name__ = __qualname__ = "falsy"

    def __call__(self, *args):
        return args

    def __bool__(self):
        return False


class TestDefects:
    @differs("a manager and all hook objects built on every call", original=[1, 2, 3], hookkit=[1, 1, 1])
    def test_hook_objects_made_after_each_call(self, nova, install, expected):
        """
        Hooks are made for the first call only.
        """
        made = []

        class Hook:
            def __init__(self):
                made.append(self)

            def pre(self): ...

        install("point", Hook)
        function = nova.add_hook("point")(lambda: None)
        assert [function() or len(made) for _ in range(3)] == expected

    @differs(
        "a broken plugin logged on every call and without its name",
        original=["Could not load 'point': No module named 'not_there'"] * 2,
        hookkit=[NOT_LOADED],
    )
    def test_what_is_logged_of_a_plugin_that_cannot_be_loaded(self, nova, site, log, expected):
        """
        Two calls log it once, with its entry point and distribution.
        """
        site.install("broken", "point = not_there:Hook")
        function = nova.add_hook("point")(lambda: None)
        function()
        function()
        assert [record.getMessage() for record in log.records if record.levelname == "ERROR"] == expected

    @differs("a falsy callable dropped by `if func`", original=False, hookkit=True)
    def test_pass_function_with_a_falsy_callable(self, nova, install, expected):
        """
        The function is passed, whether it is true or false.
        """
        notes = []
        function = FalsyFunction()
        install("point", Noting("a", notes))
        nova.add_hook("point", pass_function=True)(function)(1)
        assert notes[0][2] == ((function, 1) if expected else (1,))

    @differs("a falsy callable dropped by `if func`", original=[], hookkit=[("pre", "post")])
    def test_a_hook_method_that_is_a_falsy_callable(self, nova, install, expected):
        """
        A hook's method runs, whether it is true or false.
        """

        class Method(FalsyFunction):
            def __call__(self, *args):
                ran.append(("pre", "post"))

        ran = []
        install("point", Doing(pre=Method()))
        nova.add_hook("point")(lambda: None)()
        assert ran == expected

    @differs(
        "state of one hook object leaking between interleaved calls unseen",
        original=[None, None, None, None],
        hookkit=["outer", "inner", "inner", "outer"],
    )
    def test_what_a_watcher_learns_of_interleaved_calls(self, nova, install, log, expected):
        """
        The state of a hook object is shared by all calls, and a watcher is told whose call each event is of.
        """

        class Remembering:
            def pre(self, name):
                self.name = name

            def post(self, rv, name):
                confused.append((name, self.name))

        @nova.add_hook("point")
        def function(name):
            if name == "outer":
                function("inner")

        confused, told = [], []
        install("point", Remembering)
        undo = hookkit.observe(lambda event: told.append(event.call.args[0]) if event.phase != "body" else None)
        function("outer")
        undo()
        assert confused == [("inner", "inner"), ("outer", "inner")]
        announced = [record for record in log.records if record.getMessage().startswith("Running point ")]
        assert [record.args.get("call") for record in announced] == [None] * 4
        assert (told or [None] * len(announced)) == expected

    @differs(
        "async functions hand `post` a coroutine", original=["pre", "post", "body"], hookkit=["pre", "body", "post"]
    )
    def test_when_post_runs_around_a_coroutine_function(self, nova, install, expected):
        """
        Post runs when the coroutine function has done its work.
        """
        notes = []
        install("point", Doing(pre=lambda: notes.append("pre"), post=lambda rv: notes.append("post")))

        @nova.add_hook("point")
        async def function():
            notes.append("body")

        asyncio.run(function())
        assert notes == expected

    @differs("async functions hand `post` a coroutine", original="coroutine", hookkit="str")
    def test_what_post_gets_of_a_coroutine_function(self, nova, install, expected):
        """
        Post gets the awaited value.
        """
        types = []
        install("point", Doing(post=lambda rv: types.append(type(rv).__name__)))

        @nova.add_hook("point")
        async def function():
            return "done"

        assert asyncio.run(function()) == "done"
        assert types == [expected]

    @differs("async functions hand `post` a coroutine", original=False, hookkit=True)
    def test_a_hooked_coroutine_function_is_one(self, nova, expected):
        """
        Who asks whether it is a coroutine function is told so.
        """

        async def function(): ...

        assert inspect.iscoroutinefunction(nova.add_hook("point")(function)) is expected

    @differs("`post` never learns of failure", original=["pre"], hookkit=["pre", "error"])
    def test_what_a_hook_learns_of_a_function_that_raises(self, nova, install, expected):
        """
        A hook's method error is told of the exception.
        """
        notes, error = [], LookupError("body")
        install(
            "point",
            Doing(
                pre=lambda: notes.append("pre"),
                post=KeyboardInterrupt(),
                error=lambda exc: notes.append("error" if exc is error else exc),
            ),
        )

        @nova.add_hook("point")
        def function():
            raise error

        assert outcome(function) is error
        assert notes == expected

    @differs("`post` never learns of failure", original=["pre of a"], hookkit=["pre of a", "error of a"])
    def test_what_an_earlier_hook_learns_of_a_veto(self, nova, install, expected):
        """
        A hook that prepared something is told that a later one vetoed.
        """
        notes = []
        install(
            "point",
            Doing(pre=lambda: notes.append("pre of a"), error=lambda exc: notes.append("error of a")),
            Doing(pre=nova.FatalHookException()),
        )
        with pytest.raises(nova.FatalHookException):
            nova.add_hook("point")(lambda: None)()
        assert notes == expected

    @differs("no order", original=["first", "second"], hookkit=["second", "first"])
    def test_hooks_that_want_an_order(self, nova, install, expected):
        """
        A hook's attribute order decides where it stands.
        """
        notes = []
        first, second = Noting("first", notes), Noting("second", notes)
        first.order, second.order = 1, -1
        install("point", first, second)
        nova.add_hook("point")(lambda: None)()
        assert [name for name, phase, _, _ in notes if phase == "pre"] == expected

    @differs("no order", original=["b", "c", "a"], hookkit=["a", "b", "c"])
    def test_hooks_of_several_distributions(self, nova, site, expected):
        """
        Without an order of their own, hooks run by the names of their distributions, wherever these are on sys.path.
        """
        for name in "acb":
            source = f"class Hook:\n    def pre(self, notes):\n        notes.append({name!r})\n"
            site.install(name, f"point = of_{name}:Hook", **{f"of_{name}": source})
        notes = []
        nova.add_hook("point")(lambda notes: None)(notes)
        assert notes == expected

    @differs("tests had to patch `_HOOKS`", original=[], hookkit=["pre"])
    def test_a_hook_that_a_test_fakes_after_the_first_call(self, nova, install, expected):
        """
        A test can put a hook in place at any time, without touching private names.
        """
        notes = []
        function = nova.add_hook("point")(lambda: None)
        function()
        install("point", Doing(pre=lambda: notes.append("pre")))
        function()
        assert notes == expected


@pytest.mark.parametrize("difference", NOVA_DEFECTS)
def test_the_defects_of_nova_are_all_shown(difference):
    """
    For each defect a test here asserts that Nova has it and hookkit has not.
    """
    assert difference in SHOWN
