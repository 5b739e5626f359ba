"""
What named hooks do in Nova and in hookkit alike.
"""

import inspect

import pytest

from oracle.differences import outcome
from oracle.fake_hooks import Noting, hook_log
from runtime.fake_hooks import Doing


class TestAddHook:
    def test_pre_runs_before_and_post_after_the_function(self, nova, install):
        """
        Both get the caller's arguments as they were passed, post the result before them.
        """
        notes = []
        install("point", Noting("a", notes))

        @nova.add_hook("point")
        def function(context, size=1, *, force=False, **more):
            notes.append("body")
            return "done"

        assert function("ctx", size=2, colour="red") == "done"
        assert notes == [
            ("a", "pre", ("ctx",), {"size": 2, "colour": "red"}),
            "body",
            ("a", "post", ("done", "ctx"), {"size": 2, "colour": "red"}),
        ]

    def test_hooks_run_in_the_order_of_their_distributions_metadata(self, nova, install):
        """
        Pre and post both run from the first hook to the last.
        """
        notes = []
        install("point", *(Noting(name, notes) for name in "cab"))
        nova.add_hook("point")(lambda: notes.append("body"))()
        assert [note if note == "body" else note[:2] for note in notes] == [
            ("c", "pre"),
            ("a", "pre"),
            ("b", "pre"),
            "body",
            ("c", "post"),
            ("a", "post"),
            ("b", "post"),
        ]

    def test_hooks_are_found_in_real_metadata(self, nova, site):
        """
        A class that another distribution's entry_points.txt names is found and made.
        """
        source = "class Hook:\n    def pre(self, notes):\n        notes.append('pre')\n"
        site.install("package", "point = for_nova:Hook", "other = for_nova:Missing", for_nova=source)
        notes = []
        nova.add_hook("point")(lambda notes: notes.append("body"))(notes)
        assert notes == ["pre", "body"]

    def test_the_function_runs_without_hooks(self, nova, install):
        """
        Where nobody installed a hook of that name, the function runs as it is.
        """
        install("another_point", Doing(pre=KeyboardInterrupt()))
        assert nova.add_hook("point")(lambda *args, **kwargs: (args, kwargs))(1, two=2) == ((1,), {"two": 2})

    def test_functions_of_one_name_share_their_hooks(self, nova, install):
        """
        Two functions may be one hook point, with one hook object.
        """
        notes = []
        install("point", Noting("a", notes))
        nova.add_hook("point")(lambda *_: None)("first")
        nova.add_hook("point")(lambda *_: None)("second")
        assert [args for _, phase, args, _ in notes if phase == "pre"] == [("first",), ("second",)]

    @pytest.mark.parametrize("phase", ["pre", "post"])
    @pytest.mark.parametrize("others", [{}, {"pre": None, "post": None}], ids=["absent", "None"])
    def test_a_hook_may_have_one_method_only(self, nova, install, phase, others):
        """
        A method that a hook has not, or has as None, is passed over.
        """
        notes = []
        install("point", Doing(**others | {phase: lambda *args: notes.append(phase)}))
        assert nova.add_hook("point")(lambda: "done")() == "done"
        assert notes == [phase]

    def test_a_hook_may_be_a_class_or_a_factory(self, nova, install):
        """
        What the entry point names is called once, without arguments.
        """

        class Hook:
            def pre(self, notes):
                notes.append("class")

        install("point", Hook, lambda: Doing(pre=lambda notes: notes.append("factory")))
        notes = []
        nova.add_hook("point")(lambda notes: None)(notes)
        assert notes == ["class", "factory"]

    def test_what_a_hook_changes_in_place_is_seen_later(self, nova, install):
        """
        Later hooks, the function, and post see an argument as an earlier hook left it; the caller sees the result so.
        """
        install(
            "point",
            Doing(pre=lambda seen: seen.append("pre 1"), post=lambda rv, seen: rv.append("post 1")),
            Doing(pre=lambda seen: seen.append("pre 2"), post=lambda rv, seen: rv.append(len(seen))),
        )
        assert nova.add_hook("point")(lambda seen: ["body", *seen])([]) == ["body", "pre 1", "pre 2", "post 1", 2]

    @pytest.mark.parametrize("value", [None, 0, False, "", "text", (), object()], ids=repr)
    def test_what_hooks_return_is_ignored(self, nova, install, value):
        """
        Neither pre nor post changes anything by returning something.
        """
        install("point", Doing(pre=lambda *args: value, post=lambda *args: value))
        assert nova.add_hook("point")(lambda x: ("body", x))(1) == ("body", 1)

    def test_the_function_that_hooks_get_knows_the_point(self, nova, install):
        """
        With pass_function a hook can read the hook point's name from the function.
        """
        names = []
        install("point", Doing(pre=lambda function: names.append(function.__hook_name__)))
        nova.add_hook("point", pass_function=True)(lambda: None)()
        assert names == ["point"]

    def test_pass_function_puts_the_undecorated_function_first(self, nova, install):
        """
        Hooks get it before everything else, post before the result too.
        """
        notes = []
        install("point", Noting("a", notes))

        def function(x):
            return -x

        nova.add_hook("point", pass_function=True)(function)(1)
        assert notes == [("a", "pre", (function, 1), {}), ("a", "post", (function, -1, 1), {})]

    def test_methods_give_hooks_their_self(self, nova, install):
        """
        For a method the first argument is the object; a static method gives none, a class method its class.
        """
        notes = []
        install("point", Noting("a", notes))

        class Host:
            @nova.add_hook("point")
            def method(self, x):
                return x

            @staticmethod
            @nova.add_hook("point")
            def static(x):
                return x

            @classmethod
            @nova.add_hook("point")
            def of_class(cls, x):
                return x

        host = Host()
        assert (host.method(1), host.static(2), Host.of_class(3)) == (1, 2, 3)
        assert [args for _, phase, args, _ in notes if phase == "pre"] == [(host, 1), (2,), (Host, 3)]

    def test_one_hook_object_sees_nested_calls(self, nova, install):
        """
        A hooked function may call itself; the hooks run around each of the calls.
        """
        notes = []
        install("point", Noting("a", notes))

        @nova.add_hook("point")
        def count_down(n):
            return n and count_down(n - 1)

        assert count_down(1) == 0
        assert [(phase, args[-1]) for _, phase, args, _ in notes] == [("pre", 1), ("pre", 0), ("post", 0), ("post", 1)]

    def test_the_function_looks_undecorated(self, nova):
        """
        It keeps name, module, docstring, attributes and signature, and tells its hook point's name.
        """

        def function(self, x: int, *rest, y=2, **more) -> str:
            """Have a docstring."""

        function.attribute = "kept"
        hooked = nova.add_hook("point")(function)
        assert hooked.__hook_name__ == "point"
        assert hooked.__wrapped__ is function
        assert hooked.attribute == "kept"
        assert inspect.signature(hooked) == inspect.signature(function)
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            assert getattr(hooked, name) == getattr(function, name)

    def test_reset_makes_new_hook_objects(self, nova, install):
        """
        The next call after `reset` makes the hooks anew.
        """
        made = []

        class Hook:
            def pre(self):
                made.append(self)

        install("point", Hook)
        function = nova.add_hook("point")(lambda: None)
        function()
        function()
        assert made[0] is made[1]
        nova.reset()
        function()
        assert made[2] is not made[0]


class TestErrors:
    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_an_ordinary_exception_is_swallowed(self, nova, install, phase):
        """
        The other hooks run, the function too, and its result comes out.
        """
        notes = []
        install("point", Doing(**{phase: ValueError("broken")}), Noting("b", notes))
        assert nova.add_hook("point")(lambda: "done")() == "done"
        assert [phase for _, phase, _, _ in notes] == ["pre", "post"]

    def test_a_fatal_pre_stops_everything(self, nova, install):
        """
        Neither later hooks nor the function run, and the caller gets the very exception.
        """
        notes = []
        veto = nova.FatalHookException("no")
        install("point", Noting("a", notes), Doing(pre=veto, post=KeyboardInterrupt()), Noting("c", notes))
        with pytest.raises(nova.FatalHookException) as caught:
            nova.add_hook("point")(lambda: notes.append("body"))()
        assert caught.value is veto
        assert notes == [("a", "pre", (), {})]

    def test_a_fatal_post_comes_out_after_the_work_is_done(self, nova, install):
        """
        The function has run, later hooks' post does not, and the caller gets the exception in place of the result.
        """
        notes = []
        install("point", Doing(post=nova.FatalHookException("late")), Noting("b", notes))
        with pytest.raises(nova.FatalHookException, match=r"^late$"):
            nova.add_hook("point")(lambda: notes.append("body"))()
        assert notes == [("b", "pre", (), {}), "body"]

    def test_a_subclass_of_the_fatal_exception_is_fatal(self, nova, install):
        """
        A hook package may have a fatal exception of its own.
        """

        class QuotaExceededError(nova.FatalHookException):
            pass

        install("point", Doing(pre=QuotaExceededError()))
        with pytest.raises(QuotaExceededError):
            nova.add_hook("point")(lambda: None)()

    @pytest.mark.parametrize("phase", ["pre", "post"])
    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
    def test_what_is_no_exception_passes(self, nova, install, phase, kind):
        """
        An interrupt in a hook is not swallowed.
        """
        install("point", Doing(**{phase: kind()}))
        with pytest.raises(kind):
            nova.add_hook("point")(lambda: None)()

    def test_post_does_not_run_if_the_function_raises(self, nova, install):
        """
        The caller gets the function's own exception.
        """
        notes = []
        install("point", Doing(pre=lambda: notes.append("pre"), post=lambda rv: notes.append("post")))
        error = LookupError("body")

        @nova.add_hook("point")
        def function():
            raise error

        assert outcome(function) is error
        assert notes == ["pre"]

    def test_a_fatal_exception_of_the_function_is_nothing_special(self, nova, install, log):
        """
        Only what hooks raise is logged as fatal.
        """
        install("point", Doing(pre=lambda: None))

        @nova.add_hook("point")
        def function():
            raise nova.FatalHookException("of the host")

        with pytest.raises(nova.FatalHookException, match=r"^of the host$"):
            function()
        assert hook_log(log) == [("DEBUG", "Running point pre-hook: <hook Doing>")]

    def test_a_call_that_does_not_fit_reaches_the_hooks_first(self, nova, install):
        """
        Arguments are not checked before the hooks run.
        """
        notes = []
        install("point", Noting("a", notes))
        with pytest.raises(TypeError):
            nova.add_hook("point")(lambda: None)("too many")
        assert notes == [("a", "pre", ("too many",), {})]


class TestLog:
    def test_each_method_is_announced(self, nova, install, log):
        """
        A debug line says which method of which hook runs at which hook point.
        """
        install("point", Noting("a", []))
        nova.add_hook("point")(lambda: None)()
        assert hook_log(log) == [
            ("DEBUG", "Running point pre-hook: <hook a>"),
            ("DEBUG", "Running point post-hook: <hook a>"),
        ]

    @pytest.mark.parametrize("phase", ["pre", "post"])
    @pytest.mark.parametrize(("kind", "title"), [(ValueError, ""), ("fatal", "Fatal ")], ids=["ordinary", "fatal"])
    def test_each_exception_is_logged_with_its_traceback(self, nova, install, log, phase, kind, title):
        """
        An error line begins with Nova's words.
        """
        error = nova.FatalHookException("no") if kind == "fatal" else kind("no")
        install("point", Doing(**{phase: error}))
        outcome(nova.add_hook("point")(lambda: None))
        (record,) = (record for record in log.records if record.levelname == "ERROR")
        assert record.getMessage().startswith(f"{title}Exception running point {phase}-hook: <hook Doing>")
        assert record.exc_info[1] is error
