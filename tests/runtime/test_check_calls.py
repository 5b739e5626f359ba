"""
Methods of named hooks checked against the calls that a hook point allows.
"""

import pytest

from runtime.checking import messages, method_of, point_of, told


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
                "(context, size, /)",
                "(self, context, name, size)",
                [("unknown-parameter", "pre() has 'name' where create has 'size'")],
            ),
            (
                "(context, name, size, zone, host)",
                "(self, *args)",
                [
                    (
                        "refused-call",
                        (
                            "pre() does not take 'context', 'name', 'size' and 2 more, "
                            "which a call of create may give by name"
                        ),
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
                "(context, *names, force=False)",
                "(self, context, force=False, *names)",
                [("unknown-parameter", "pre() has 'force' where create takes any number of arguments")],
            ),
            (
                "(context, /, *, force=False)",
                "(self, force=False, **kwargs)",
                [("unknown-parameter", "pre() has 'force' where create has 'context'")],
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
            (
                "create has a parameter 'context', under which pre() takes the function: a call that gives it by name "
                "fails; rename it there, or write a / after it here"
            ),
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
                (
                    f"create has a parameter {taken!r}, under which {name}() takes {what}: a call that gives it by "
                    "name fails; rename it there, or write a / after it here"
                ),
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
            ("async-hook", "pre() is async, and create is not: the hook never runs there")
        ]
        assert told(Hook, point_of("(context)", is_async=True)) == []
