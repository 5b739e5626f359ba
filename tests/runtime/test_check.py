"""
Named hooks checked against a hook point.
"""

import functools
import inspect
import logging

import pytest

from hookkit import HookRegistry
from hookkit.contracts import PROBLEM_KINDS, Problem, catalogue, check
from hookkit.contracts._check import look_at
from hookkit.discovery import EntryPoint
from hookkit.exceptions import ContractError, MisuseError
from runtime.checking import messages, method_of, point_of, told, written


class TestUnread:
    def test_without_source(self, caplog):
        """
        What a method without source does is not looked at, which is logged; the rest is checked.
        """
        hook = method_of("(self, context)")

        with caplog.at_level(logging.WARNING, "hookkit.contracts"):
            problems = check(hook, point_of("(context, name)"))

        assert [problem[:2] for problem in problems] == [
            ("refused-call", "pre() takes 1 argument; create is called with up to 2")
        ]
        assert caplog.messages == [
            "pre() has no source that can be read, so what it does with its arguments was not looked at"
        ]

    def test_what_cannot_be_read(self):
        """
        A signature that cannot be read, and one that says nothing, is noted.
        """

        class Hook:
            pre = type

            def post(self, rv, **kwargs): ...

        findings = look_at(Hook, point_of("(*args, **kwargs)"))

        assert findings.problems == []
        assert findings.notes == [
            "pre() has no signature that can be read",
            "create takes any arguments, so the calls of post() were not checked",
        ]

    def test_decorated_methods(self, site):
        """
        A method is read below what decorates it, be it a static method or one of a class.
        """
        hooks = written(
            site,
            """
            import functools

            def traced(function):
                @functools.wraps(function)
                def wrapper(*args, **kwargs):
                    return function(*args, **kwargs)

                return wrapper

            class Hook:
                @traced
                def pre(self, context): ...

                @staticmethod
                def post(rv, context):
                    return {}

                @classmethod
                def error(cls, exc, context, name): ...
            """,
        )
        Hook = hooks.Hook  # noqa: N806

        for hook in (Hook, Hook()):
            problems = check(hook, point_of("(context, name)"))
            assert [(problem.line, problem.message) for problem in problems] == [
                (
                    Hook.pre.__wrapped__.__code__.co_firstlineno + 1,
                    "pre() takes 1 argument; create is called with up to 2",
                ),
                (
                    Hook.post.__code__.co_firstlineno + 1,
                    "post() takes 1 argument after rv; create is called with up to 2",
                ),
                (
                    Hook.post.__code__.co_firstlineno + 2,
                    "post() returns a dict, which is ignored; return hookkit.Replace(...) to replace the result",
                ),
            ]

    def test_odd_functions(self):
        """
        A function that wraps itself, and a partial one, have no source.
        """

        def pre(context): ...

        pre.__wrapped__ = pre

        class Hook:
            post = staticmethod(functools.partial(lambda rv, name: rv, name=1))

        hook = Hook()
        hook.pre = hook.Error = pre
        findings = look_at(hook, point_of("(context)"))

        assert [note.split("(")[0] for note in findings.notes] == ["pre", "post"]
        assert [(problem.file, problem.message) for problem in findings.problems] == [
            (None, "Error() is never called; error() would be"),
            (None, "post() names 'name', which create does not have"),
            (None, "post() takes no arguments after rv; create is called with up to 1"),
        ]

    def test_a_file_that_cannot_be_parsed(self, tmp_path):
        """
        A file that was changed since it was imported, and is no Python now, has no source.
        """
        path = tmp_path / "changed.py"
        path.write_text("def (")
        namespace = {}
        exec(compile("class Hook:\n    def pre(self): ...\n", str(path), "exec"), namespace)

        assert len(look_at(namespace["Hook"], point_of("()")).notes) == 1

    def test_a_file_that_was_changed(self, tmp_path):
        """
        A file whose lines moved since it was imported is not taken for the source.
        """
        path = tmp_path / "moved.py"
        path.write_text("import os\nclass Hook:\n    def pre(self): ...\n    def post(self): ...\n")
        namespace = {}
        exec(compile("class Hook:\n    def pre(self): ...\n", str(path), "exec"), namespace)

        assert len(look_at(namespace["Hook"], point_of("()")).notes) == 1


class TestMethods:
    def test_a_misspelt_method(self):
        """
        A method that differs from a hook's in case or underscores alone is never called.
        """

        class Hook:
            Pre = property(lambda self: 1 / 0)
            PERIODIC = 3

            def Post(self, rv, context): ...  # noqa: N802

            def _error(self, exc, context): ...

        assert told(Hook(), point_of("(context)")) == [
            ("unknown-method", "Post() is never called; post() would be"),
            ("unknown-method", "_error() is never called; error() would be"),
        ]

    def test_a_helper_beside_the_method(self, site):
        """
        What has nearly the name of a method that is there is a helper.
        """
        hooks = written(
            site,
            """
            class Hook:
                def pre(self, context):
                    self._pre(context)

                def _pre(self, context): ...
            """,
        )

        assert told(hooks.Hook, point_of("(context)")) == []

    def test_no_method_at_all(self):
        """
        A class without any hook method is a problem, which offers what may have been meant.
        """

        class Hook:
            def pots(self): ...

        class Nothing: ...

        title = f"{__name__}:TestMethods.test_no_method_at_all.<locals>"
        [problem] = check(Hook, point_of("(context)"))

        assert problem == Problem(
            "unknown-method",
            f"{title}.Hook has none of the methods pre, post, error and periodic; did you mean 'post'?",
            __file__,
            inspect.getsourcelines(Hook)[1],
        )
        assert messages(Nothing, point_of("(context)")) == [
            f"{title}.Nothing has none of the methods pre, post, error and periodic"
        ]

    def test_a_class_without_file(self):
        """
        Where the class cannot be found, the problem has no place.
        """
        [problem] = check(type("Hook", (), {}), point_of("(context)"))

        assert (problem.file, problem.line) == (None, None)
        assert str(problem) == problem.message

    def test_a_class_that_wants_arguments(self):
        """
        A class is called without arguments, so one that wants some is a problem.
        """

        class Hook:
            def __init__(self, queue): ...

            def pre(self, context): ...

        assert told(Hook, point_of("(context)")) == [
            ("not-loadable", "cannot be made: it is called without arguments, and takes (queue)")
        ]
        assert told(Hook(1), point_of("(context)")) == []


class TestWhatIsChecked:
    def test_every_kind_is_known(self):
        """
        The kinds are listed, sorted.
        """
        assert list(PROBLEM_KINDS) == sorted(PROBLEM_KINDS)

    def test_a_factory(self):
        """
        A factory's hook is checked; one that raises is a problem.
        """

        class Hook:
            def pre(self): ...

        def broken():
            raise OSError("no queue.")

        assert messages(functools.partial(Hook), point_of("(context)")) == [
            "pre() takes no arguments; create is called with up to 1"
        ]
        assert told(broken, point_of("(context)")) == [("not-loadable", "cannot be loaded: OSError: no queue")]
        assert messages(42, point_of("(context)")) == [
            "builtins:int has none of the methods pre, post, error and periodic"
        ]

    def test_a_hook_point_of_this_process(self):
        """
        A hook point of a registry stands for its functions; what is wrong with both is said once.
        """
        point = HookRegistry("host.hooks").point("create")

        @point.registry.add_hook("create")
        def create(context, name): ...

        @point.registry.add_hook("create", pass_function=True)
        async def acreate(context, name): ...

        class Hook:
            def pre(self, *args, **kwargs): ...

            async def post(self, rv, context, name): ...

        assert sorted(told(Hook, point)) == [
            ("async-hook", "post() is async, and create is not: the hook never runs there"),
            ("refused-call", "post() takes 1 argument after context; create is called with up to 2"),
            (
                "reserved-parameter",
                (
                    "create has a parameter 'context', under which post() takes the result: a call that gives it by "
                    "name fails; rename it there, or write a / after it here"
                ),
            ),
            ("unknown-parameter", "post() has 'name' where create has 'context', which a call may give by name"),
        ]

    def test_a_hook_point_without_function(self):
        """
        A hook point that no function has cannot be checked against.
        """
        point = HookRegistry("host.hooks").point("create")

        with pytest.raises(ContractError) as raised:
            check(method_of("(self)"), point)

        assert str(raised.value) == (
            "Cannot check against hook point 'create' of group 'host.hooks': no function is decorated with it. "
            "Import the host's module that has the function first."
        )

    def test_a_named_hook_against_a_contract(self):
        """
        Which of a contract's points a hook is for has to be said.
        """
        with pytest.raises(MisuseError) as raised:
            check("hook", catalogue("nova"))

        assert str(raised.value) == (
            "check() got 'hook', which is no driver hook, and the contract of 'nova'. "
            "Say which hook point it is for: check(hook, contract.point('...'))."
        )


class TestEntryPoints:
    @pytest.fixture
    def entry_point(self, site):
        """
        Write a module of hooks, and give a function that makes entry points of it.
        """
        module = site.module("class Hook:\n    def pre(self, *args, security_group=None, **kwargs): ...\n")

        def make(name, attribute="Hook"):
            return EntryPoint("nova.hooks", name, f"{module}:{attribute}", "demo", "1.0")

        return make

    def test_the_point_is_found_by_name(self, entry_point):
        """
        An entry point is checked against the hook point of its name; names of other releases are known.
        """
        assert check(entry_point("create_instance"), catalogue("nova")) == []

    @pytest.mark.parametrize(
        ("name", "release", "message"),
        [
            (
                "create_instence",
                "juno",
                "waits for 'create_instence', which nova 2014.2 does not have; did you mean 'create_instance'?",
            ),
            (
                "build_instance",
                "juno",
                "waits for 'build_instance', which nova 2014.2 does not have; releases 2015.1.0 to 21.2.4 have it",
            ),
        ],
    )
    def test_a_name_that_no_point_has(self, entry_point, name, release, message):
        """
        An entry point that is named after no hook point of the release never fires.
        """
        [problem] = check(entry_point(name), catalogue("nova", release))

        assert (problem.kind, problem.message, problem.line) == ("unknown-point", message, 1)

    def test_one_that_does_not_load(self, entry_point):
        """
        An entry point that does not load is a problem, also where nobody would call it.
        """
        module = entry_point("x").value.partition(":")[0]

        assert told(entry_point("x", "Hok"), catalogue("nova")) == [
            ("unknown-point", "waits for 'x', which nova 21.0.0 does not have"),
            ("not-loadable", f"cannot be loaded: module {module!r} has no attribute 'Hok'"),
        ]
        assert messages(EntryPoint("nova.hooks", "create_instance", "no reference"), catalogue("nova")) == [
            "cannot be loaded: 'no reference' is not a reference. Write it as 'package.module:attribute'"
        ]

    def test_one_whose_module_does_not_load(self, site):
        """
        What a hook's module raises when it is imported is told as it is.
        """
        module = site.module("import nova.api\n")

        assert messages(EntryPoint("nova.hooks", "create_instance", f"{module}:Hook"), catalogue("nova")) == [
            "cannot be loaded: ModuleNotFoundError: No module named 'nova'"
        ]
