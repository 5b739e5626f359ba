"""
Named hooks checked against a hook point.
"""

import functools
import inspect
import logging

import pytest

from hookkit import HookRegistry, Replace
from hookkit.contracts import PROBLEM_KINDS, ContractPoint, Problem, catalogue, check, parse_signature
from hookkit.contracts._check import look_at
from hookkit.discovery import EntryPoint
from hookkit.exceptions import ContractError, MisuseError


def point_of(signature, *, name="create", function="host.api:create", **options):
    """
    Give a named hook point with a signature.
    """
    made = {
        "name": name,
        "group": "host.hooks",
        "function": function,
        "signature": parse_signature(signature),
        "kind": "named",
        "is_async": False,
        "first": None,
        "last": None,
    }
    return ContractPoint(**{**made, **options})


def method_of(signature, body="pass", name="pre"):
    """
    Make a hook class with one method; nobody can read its source.
    """
    namespace = {"Replace": Replace}
    exec(f"class Hook:\n    def {name}{signature}: {body}\n", namespace)
    return namespace["Hook"]


def told(hook, point):
    """
    Give kind and message of each problem.
    """
    return [(problem.kind, problem.message) for problem in look_at(hook, point).problems]


def messages(hook, point):
    """
    Give the message of each problem.
    """
    return [message for _, message in told(hook, point)]


class TestCalls:
    @pytest.mark.parametrize(
        ("host", "own"),
        [
            ("(context, name)", "(self, context, name)"),
            ("(context, name)", "(self, *args, **kwargs)"),
            ("(context, name)", "(*args, **kwargs)"),
            ("(context, name)", "(self, context, *args, **kwargs)"),
            ("(context, name=None)", "(self, context, name=None)"),
            ("(context, name=None)", "(self, *args, name=None, **kwargs)"),
            ("(context, *, name)", "(self, context, *, name)"),
            ("(context, /, name)", "(self, ctx, name)"),
            ("(context, /, name)", "(self, ctx, /, name)"),
            ("(context, name=1, /)", "(self, ctx, n=1)"),
            ("(context, *names)", "(self, context, *names)"),
            ("(context, *names)", "(self, context, first=None, *names)"),
            ("(context, **options)", "(self, context, *, size=1, **options)"),
            ("(*args, **kwargs)", "(self, context)"),
            ("(context)", "(self, context, _cache={})"),
            ("()", "(self)"),
        ],
    )
    def test_accepted(self, host, own):
        """
        A method that takes every call of the host's signature is fine.
        """
        assert told(method_of(own), point_of(host)) == []

    @pytest.mark.parametrize(
        ("host", "own", "expected"),
        [
            (
                "(context, name, size)",
                "(self, context)",
                [("refused-call", "pre() takes 1 argument; create is called with up to 3")],
            ),
            (
                "(context)",
                "(self)",
                [("refused-call", "pre() takes no arguments; create is called with up to 1")],
            ),
            (
                "(context, *names)",
                "(self, context)",
                [("refused-call", "pre() takes 1 argument; create is called with any number")],
            ),
            (
                "(context, name, size, zone, host)",
                "(self, *args)",
                [
                    (
                        "refused-call",
                        "pre() does not take 'context', 'name', 'size' and 2 more, "
                        "which a call of create may give by name",
                    )
                ],
            ),
            (
                "(context, **options)",
                "(self, context)",
                [("refused-call", "pre() does not take any keyword, which a call of create may give by name")],
            ),
            (
                "(context, name)",
                "(self, context, name, /)",
                [("refused-call", "pre() does not take 'context' and 'name', which a call of create may give by name")],
            ),
            (
                "(context, name=None)",
                "(self, context, name)",
                [("refused-call", "pre() needs 'name', which a call of create may leave out")],
            ),
            (
                "(context, *, name=None)",
                "(self, context, *, name)",
                [("refused-call", "pre() needs 'name', which a call of create may leave out")],
            ),
            (
                "(context, name)",
                "(self, context, name, zone)",
                [("unknown-parameter", "pre() needs 'zone', which create does not have")],
            ),
            (
                "(context, metadata)",
                "(self, context, *args, metdata, **kwargs)",
                [("unknown-parameter", "pre() needs 'metdata', which create does not have; did you mean 'metadata'?")],
            ),
            (
                "(context, metadata)",
                "(self, context, *args, metdata=None, **kwargs)",
                [("unknown-parameter", "pre() names 'metdata', which create does not have; did you mean 'metadata'?")],
            ),
            (
                "(context, name)",
                "(self, context, name, zone=None)",
                [("unknown-parameter", "pre() names 'zone', which create does not have")],
            ),
            (
                "(context, name)",
                "(self, ctx, name)",
                [("unknown-parameter", "pre() has 'ctx' where create has 'context', which a call may give by name")],
            ),
            (
                "(context, name)",
                "(self, name, context)",
                [("unknown-parameter", "pre() has 'name' where create has 'context', which a call may give by name")],
            ),
            (
                "(context, *names)",
                "(self, context, *names, zone=None)",
                [("unknown-parameter", "pre() names 'zone', which create does not have")],
            ),
        ],
    )
    def test_refused(self, host, own, expected):
        """
        A call that the host's signature allows and the method refuses is a problem that says which.
        """
        assert told(method_of(own), point_of(host)) == expected

    def test_self_comes_first(self):
        """
        Of a method the host's object comes first, by position alone, under any name but another parameter's.
        """
        point = point_of("(self, context)", function="host.api:API.create")

        assert messages(method_of("(self, api, context)"), point) == []
        assert messages(method_of("(self, context)"), point) == [
            "pre() has 'context' where create has 'self'",
            "pre() takes 1 argument; create is called with up to 2",
        ]

    def test_local_functions_are_no_methods(self):
        """
        A function in a function has no ``self``, unless its first parameter is called so.
        """
        local = "host.api:make.<locals>.create"

        assert len(messages(method_of("(self, ctx)"), point_of("(context)", function=local))) == 1
        assert messages(method_of("(self, api)"), point_of("(self)", function=local)) == []

    def test_what_the_host_gives_by_position(self):
        """
        Arguments that the host's own calls always give by position may have any name.
        """
        point = point_of("(context, name, size=None)", positional=3)

        assert messages(method_of("(self, ctx, vm, gigabytes=None)"), point) == []
        assert messages(method_of("(self, ctx, vm, gigabytes)"), point) == [
            "pre() needs 'size', which a call of create may leave out"
        ]

    @pytest.mark.parametrize(
        ("name", "own", "expected"),
        [
            ("post", "(self, rv, context)", []),
            ("post", "(self, rv)", ["post() takes no arguments after rv; create is called with up to 1"]),
            ("post", "(self, rv, *args)", ["post() does not take 'context', which a call of create may give by name"]),
            ("post", "(self)", ["post() takes no arguments; create is called with up to 1"]),
            ("error", "(self, exc, context)", []),
            ("error", "(self, exc)", ["error() takes no arguments after exc; create is called with up to 1"]),
            ("periodic", "(self, data, context)", []),
            ("periodic", "(self, data)", ["periodic() takes 1 argument; it is called with data and context"]),
            ("periodic", "(self, a, b, c)", ["periodic() needs 'c', and is called with data and context"]),
        ],
    )
    def test_what_comes_before_the_arguments(self, name, own, expected):
        """
        The result comes before the arguments of ``post``, the exception before those of ``error``.
        """
        assert messages(method_of(own, name=name), point_of("(context)")) == expected

    def test_the_function_comes_first(self):
        """
        Where hooks are passed the function, it comes before everything.
        """
        point = point_of("(context)", facts={"pass_function": True})

        assert messages(method_of("(self, f, context)"), point) == []
        assert messages(method_of("(self, f, rv, context)", name="post"), point) == []
        assert messages(method_of("(self, context)"), point) == [
            "create has a parameter 'context', and pre() takes the function under that name, so a call that gives it "
            "by name fails; rename it in the host, or write a / after it here",
            "pre() takes no arguments after context; create is called with up to 1",
        ]

    @pytest.mark.parametrize(
        ("name", "own", "taken", "what"),
        [
            ("post", "(self, rv, *args, **kwargs)", "rv", "the result"),
            ("error", "(self, exc, *args, **kwargs)", "exc", "the exception"),
            ("pre", "(self, f, *args, **kwargs)", "f", "the function"),
        ],
    )
    def test_a_name_that_hooks_use(self, name, own, taken, what):
        """
        A host's parameter called ``rv``, ``exc`` or ``f`` meets the hook's own, unless that is positional only.
        """
        point = point_of(f"(context, {taken})", facts={"pass_function": taken == "f"})

        assert told(method_of(own, name=name), point) == [
            (
                "reserved-parameter",
                f"create has a parameter {taken!r}, and {name}() takes {what} under that name, so a call that gives it "
                "by name fails; rename it in the host, or write a / after it here",
            )
        ]
        assert told(method_of(own.replace(f" {taken},", f" {taken}, /,"), name=name), point) == []

    def test_an_async_hook_on_a_sync_point(self):
        """
        A coroutine function never runs at a function that is none; at a coroutine function all is well.
        """

        class Hook:
            async def pre(self, context): ...

        assert told(Hook, point_of("(context)")) == [
            ("async-hook", "pre() is async and never runs at create: not async")
        ]
        assert told(Hook, point_of("(context)", is_async=True)) == []


class TestSources:
    def test_the_seventh_argument(self):
        """
        A hook that takes the seventh argument by position is told where it may not be, and its line.
        """

        class Hook:
            def pre(self, *args, **kwargs):
                return args[7]

        [problem] = check(Hook, catalogue("nova", "juno").point("create_instance"))

        line = inspect.getsourcelines(Hook.pre)[1] + 1
        assert problem == Problem(
            "positional-read",
            "pre() reads args[7], which is 'max_count' only in a call that gives it by position; take it by name",
            __file__,
            line,
        )
        assert str(problem) == f"{__file__}:{line}: {problem.message}"

    def test_reads_by_position(self):
        """
        What is read by position is a problem where it may not be there, and none where it is.
        """

        class Hook:
            def pre(self, api, *args, **kwargs):
                args[0], args[1], args[2], args[8], args[-1]
                _, context, name, size = args
                _, *rest = args
                first = [context, name, size, rest, args[0:2]]
                return first

            def post(self, *args, **kwargs):
                args[0], args[1], args[2], args[3]

            def error(*args, **kwargs):
                args[0], args[1], args[2], args[3], args[4]

        point = point_of("(self, context, name=None, size=None)", positional=3)

        assert messages(Hook, point) == [
            "pre() reads args[1], which is 'name' only in a call that gives it",
            "pre() reads args[2], which is 'size' only in a call that gives it by position; take it by name",
            "pre() reads args[8], but create is called with up to 4",
            "pre() unpacks args into 4 names, but create is called with up to 4",
            "post() reads args[3], which is 'name' only in a call that gives it",
            "error() reads args[4], which is 'name' only in a call that gives it",
        ]

    def test_reads_of_what_the_host_takes_as_args(self):
        """
        How many arguments a host's own ``*args`` has is not known, so nothing is said about them.
        """

        class Hook:
            def pre(self, *args):
                return args[3]

        assert messages(Hook, point_of("(context, /, *names)")) == []

    def test_guarded_reads(self):
        """
        A method that asks how many arguments there are, or is ready for fewer, may read them by position.
        """

        class Asks:
            def pre(self, *args, **kwargs):
                return args[7] if len(args) > 7 else None

        class Tries:
            def pre(self, *args, **kwargs):
                try:
                    return args[7]
                except (KeyError, IndexError):
                    return None

        class TriesAnything:
            def pre(self, *args, **kwargs):
                try:
                    return args[7]
                except:  # noqa: E722
                    return None

        class Tests:
            def pre(self, *args, **kwargs):
                if not args:
                    return None
                return args[7]

        class Shortcut:
            def pre(self, *args, **kwargs):
                return args and args[7]

        class Binds:
            def pre(self, *args, **kwargs):
                args = [*args, *range(10)]
                return args[7]

        point = catalogue("nova").point("create_instance")

        assert [messages(hook, point) for hook in (Asks, Tries, TriesAnything, Tests, Shortcut, Binds)] == [[]] * 6

    def test_what_is_no_guard(self):
        """
        A condition on one argument, and being ready for something else, is no guard.
        """

        class Hook:
            def pre(self, *args, **kwargs):
                try:
                    if args[7] and len(kwargs):
                        return None
                except KeyError:
                    return kwargs or None

        assert len(messages(Hook, catalogue("nova").point("create_instance"))) == 1

    def test_names_in_kwargs(self):
        """
        A name that is looked for in ``**kwargs`` and is no parameter is a problem, unless the hook put it there.
        """

        class Hook:
            def pre(self, *args, **kwargs):
                kwargs["own"] = 1
                kwargs.setdefault("default", 2)
                kwargs["tgas"], kwargs["tags"], kwargs["own"], kwargs["default"], kwargs["_private"]
                return "metdata" in kwargs, kwargs.get("admin_pass"), kwargs[args], args.count("x"), "x" in args

        class Updated:
            def pre(self, *args, **kwargs):
                kwargs.update(args[0])
                return kwargs["own"]

        class Bound:
            def pre(self, *args, **kwargs):
                kwargs = {"own": kwargs}
                return kwargs["own"]

        point = catalogue("nova").point("create_instance")

        assert told(Hook, point) == [
            (
                "unknown-parameter",
                "pre() looks for 'admin_pass', which create_instance does not have; did you mean 'admin_password'?",
            ),
            (
                "unknown-parameter",
                "pre() looks for 'metdata', which create_instance does not have; did you mean 'metadata'?",
            ),
        ]
        assert (told(Updated, point), told(Bound, point)) == ([], [])

    def test_both_spellings(self):
        """
        A hook that asks for the name of either release is ready for both.
        """

        class Hook:
            def pre(self, *args, security_groups=None, **kwargs):
                return security_groups or kwargs.get("security_group")

        assert [messages(Hook, catalogue("nova", tag).point("create_instance")) for tag in ("juno", "ussuri")] == [
            [],
            [],
        ]

    def test_results_of_post(self):
        """
        A value that ``post`` returns, and that is no ``Replace``, has no effect.
        """

        class Hook:
            def post(self, rv, *args, **kwargs):
                made = {}
                typed: list[int] = [*args]
                if args:
                    return made
                if kwargs:
                    return typed if rv else None
                if made:
                    return rv or "text"
                if typed:
                    return sorted(made)
                return 42

        prefix, suffix = "post() returns ", ", which is ignored; return hookkit.Replace(...) to replace the result"
        found = messages(Hook, point_of("(context)"))

        assert [message.removeprefix(prefix).removesuffix(suffix) for message in found] == [
            "a dict",
            "a list",
            "a str",
            "a list",
            "42",
        ]

    def test_the_result_itself(self):
        """
        Returning the result as it was given has no effect either.
        """

        class Hook:
            def post(self, result, *args, **kwargs):
                return result

            def pre(self, *args, **kwargs):
                return 42

        class Nameless:
            def post(*args, **kwargs):
                return args

        assert told(Hook, point_of("(context)")) == [
            (
                "ignored-result",
                "post() returns the result as it was given, which is ignored; "
                "return hookkit.Replace(...) to replace the result",
            )
        ]
        assert told(Nameless, point_of("(context)")) == []

    def test_results_that_may_have_an_effect(self):
        """
        What may be None or a ``Replace`` is no problem.
        """
        list = Replace  # noqa: A001

        class Hook:
            def post(self, rv, *args, **kwargs):
                made = {}
                made = Replace(made)
                for rv in args:
                    return rv
                try:
                    import json as given
                except ImportError as given:
                    return given
                match args:
                    case [*rest]:
                        return rest
                    case {"a": 1, **more}:
                        return more
                    case found:
                        return found

                def inner():
                    return 42

                if kwargs:
                    return inner
                if args:
                    return
                if rv:
                    return Replace({})
                if args:
                    return None
                return made or given or self.made(), made

        class Calls:
            def post(self, rv, *args, **kwargs):
                return self.made(rv) if args else list(rv)

        assert messages(Hook, point_of("(context)")) == [
            "post() returns a tuple, which is ignored; return hookkit.Replace(...) to replace the result"
        ]
        assert [message.split(",")[0] for message in messages(Calls, point_of("(context)"))] == [
            "post() returns a list"
        ]

    def test_a_builtin_that_is_hidden(self):
        """
        A name of a builtin that the method binds itself is not taken for the builtin.
        """

        class Hook:
            def post(self, rv, *args, **kwargs):
                dict = kwargs["make"]  # noqa: A001
                return dict(rv)

        assert messages(Hook, point_of("(context, **options)")) == []

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

    def test_decorated_methods(self):
        """
        A method is read below what decorates it, be it a static method or one of a class.
        """

        def traced(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)

            return wrapper

        class Hook:
            @traced
            def pre(self, context):
                """
                Is read.
                """

            @staticmethod
            def post(rv, context):
                return {}

            @classmethod
            def error(cls, exc, context, name): ...

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
            post = functools.partial(lambda rv, name: rv, name=1)

        hook = Hook()
        hook.pre = pre
        findings = look_at(hook, point_of("(context)"))

        assert [note.split("(")[0] for note in findings.notes] == ["pre", "post"]
        assert [(problem.file, problem.message) for problem in findings.problems] == [
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

    def test_a_helper_beside_the_method(self):
        """
        What has nearly the name of a method that is there is a helper.
        """

        class Hook:
            def pre(self, context):
                self._pre(context)

            def _pre(self, context): ...

        assert told(Hook, point_of("(context)")) == []

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

        assert messages(lambda: Hook(), point_of("(context)")) == [
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
            ("async-hook", "post() is async and never runs at create: not async"),
            ("refused-call", "post() takes 1 argument after context; create is called with up to 2"),
            (
                "reserved-parameter",
                "create has a parameter 'context', and post() takes the result under that name, so a call that gives it "
                "by name fails; rename it in the host, or write a / after it here",
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
