"""
What the source of a hook's method says that it does with its arguments and its result.
"""

import inspect

from hookkit.contracts import Problem, catalogue, check
from runtime.checking import messages, point_of, told, written


class TestPositions:
    def test_the_seventh_argument(self, site):
        """
        A hook that takes the seventh argument by position is told when it is not there, and its line.
        """
        hooks = written(
            site,
            """
            class Hook:
                def pre(self, *args, **kwargs):
                    return args[7]
            """,
        )

        [problem] = check(hooks.Hook, catalogue("nova").point("build_instance"))

        line = inspect.getsourcelines(hooks.Hook.pre)[1] + 1
        assert problem == Problem(
            "positional-read",
            "pre() reads args[7], which is 'injected_files' only in a call that gives it by position; take it by name",
            hooks.__file__,
            line,
        )
        assert str(problem) == f"{hooks.__file__}:{line}: {problem.message}"

    def test_reads_by_position(self, site):
        """
        What is read by position is a problem where it may not be there, and none where it is.
        """
        hooks = written(
            site,
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
            """,
        )

        point = point_of("(self, context, name=None, /, size=None)")

        assert messages(hooks.Hook, point) == [
            "pre() reads args[1], which is 'name' only in a call that gives it",
            "pre() reads args[2], which is 'size' only in a call that gives it by position; take it by name",
            "pre() reads args[8], but create is called with up to 4",
            "pre() unpacks args into 4 names, but create is called with up to 4",
            "post() reads args[3], which is 'name' only in a call that gives it",
            "error() reads args[4], which is 'name' only in a call that gives it",
        ]

    def test_reads_of_what_the_host_takes_as_args(self, site):
        """
        How many arguments a host's own ``*args`` has is not known, so nothing is said about them.
        """
        hooks = written(
            site,
            """
            class Hook:
                def pre(self, *args):
                    return args[3]
            """,
        )

        assert messages(hooks.Hook, point_of("(context, /, *names)")) == []

    def test_guarded_reads(self, site):
        """
        A method that asks how many arguments there are, or is ready for fewer, may read them by position.
        """
        hooks = written(
            site,
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
                    except:
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
            """,
        )

        point = catalogue("nova").point("create_instance")

        assert [
            messages(hook, point)
            for hook in (hooks.Asks, hooks.Tries, hooks.TriesAnything, hooks.Tests, hooks.Shortcut, hooks.Binds)
        ] == [[]] * 6

    def test_what_is_no_guard(self, site):
        """
        A condition on one argument, and being ready for something else, is no guard.
        """
        hooks = written(
            site,
            """
            class Hook:
                def pre(self, *args, **kwargs):
                    try:
                        if args[7] and len(kwargs):
                            return None
                    except KeyError:
                        return kwargs or None
            """,
        )

        assert len(messages(hooks.Hook, catalogue("nova").point("create_instance"))) == 1


class TestNames:
    def test_names_in_kwargs(self, site):
        """
        A name that is looked for in ``**kwargs`` and is no parameter is a problem, unless the hook put it there.
        """
        hooks = written(
            site,
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
            """,
        )

        point = catalogue("nova").point("create_instance")

        assert told(hooks.Hook, point) == [
            (
                "unknown-parameter",
                "pre() looks for 'admin_pass', which create_instance does not have; did you mean 'admin_password'?",
            ),
            (
                "unknown-parameter",
                "pre() looks for 'metdata', which create_instance does not have; did you mean 'metadata'?",
            ),
        ]
        assert (told(hooks.Updated, point), told(hooks.Bound, point)) == ([], [])

    def test_both_spellings(self, site):
        """
        A hook that asks for the name of either release is ready for both.
        """
        hooks = written(
            site,
            """
            class Hook:
                def pre(self, *args, security_groups=None, **kwargs):
                    return security_groups or kwargs.get("security_group")
            """,
        )

        assert [
            messages(hooks.Hook, catalogue("nova", tag).point("create_instance")) for tag in ("juno", "ussuri")
        ] == [
            [],
            [],
        ]


class TestResults:
    def test_results_of_post(self, site):
        """
        A value that ``post`` returns, and that is no ``Replace``, has no effect.
        """
        hooks = written(
            site,
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
            """,
        )

        prefix, suffix = "post() returns ", ", which is ignored; return hookkit.Replace(...) to replace the result"
        found = messages(hooks.Hook, point_of("(context)"))

        assert [message.removeprefix(prefix).removesuffix(suffix) for message in found] == [
            "a dict",
            "a list",
            "a str",
            "a list",
            "42",
        ]

    def test_the_result_itself(self, site):
        """
        Returning the result as it was given has no effect either.
        """
        hooks = written(
            site,
            """
            class Hook:
                def post(self, result, *args, **kwargs):
                    return result

                def pre(self, *args, **kwargs):
                    return 42

            class Nameless:
                def post(*args, **kwargs):
                    return args
            """,
        )

        assert told(hooks.Hook, point_of("(context)")) == [
            (
                "ignored-result",
                (
                    "post() returns the result as it was given, which is ignored; "
                    "return hookkit.Replace(...) to replace the result"
                ),
            )
        ]
        assert told(hooks.Nameless, point_of("(context)")) == []

    def test_results_that_may_have_an_effect(self, site):
        """
        What may be None or a ``Replace`` is no problem.
        """
        hooks = written(
            site,
            """
            list = Replace

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
            """,
        )

        assert messages(hooks.Hook, point_of("(context)")) == [
            "post() returns a tuple, which is ignored; return hookkit.Replace(...) to replace the result"
        ]
        assert messages(hooks.Calls, point_of("(context)")) == []

    def test_a_builtin_that_is_hidden(self, site):
        """
        A name of a builtin that the method binds itself is not taken for the builtin.
        """
        hooks = written(
            site,
            """
            class Hook:
                def post(self, rv, *args, **kwargs):
                    dict = kwargs["make"]
                    return dict(rv)
            """,
        )

        assert messages(hooks.Hook, point_of("(context, **options)")) == []
