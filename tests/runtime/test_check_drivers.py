"""
Driver hooks checked against the hook points of their host.
"""

from hookkit import HookBase
from hookkit.contracts import catalogue, check
from hookkit.contracts._check import look_at
from runtime.checking import DRIVERS, Driver, driver_contract, told, written


class TestCalls:
    def test_one_that_takes_everything(self):
        """
        A driver hook that takes everything is fine, as a class and as an object, at every release.
        """
        for release in catalogue("manila").releases:
            contract = catalogue("manila", release)
            assert (check(Driver, contract), check(Driver(None, "host"), contract)) == ([], [])
            assert check(Driver, contract.point("extend_share")) == []

    def test_refused_calls(self, tmp_path):
        """
        A driver hook is called at all hook points; what it refuses anywhere is one problem.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, size): ...

            def _execute_post_hook(self, context, func_name, pre_hook_data, result, *args, **kwargs): ...

        points = driver_contract(
            tmp_path,
            "(self, context, size=None)",
            "(self, size, name)",
            "(self, a)",
            "(self, b, *names)",
            "(self, c, **rest)",
        )

        assert told(Hook, points) == [
            (
                "refused-call",
                (
                    "_execute_pre_hook() does not take 'name', 'a', 'b' and 2 more, given by name at 4 of 5 hook "
                    "points; add **kwargs"
                ),
            ),
            (
                "refused-call",
                "_execute_pre_hook() does not take arguments by position, given at point3; add *args",
            ),
            ("refused-call", "_execute_pre_hook() needs 'size', not always given at 4 of 5 hook points"),
            ("unknown-parameter", "_execute_post_hook() needs 'result', which no hook point has"),
        ]
        assert told(Hook, points.point("point1")) == [
            ("refused-call", "_execute_pre_hook() does not take 'name', given by name at point1; add **kwargs"),
            ("refused-call", "_execute_post_hook() needs 'result', not always given at point1"),
        ]

    def test_names(self, site):
        """
        A parameter, and a name looked for in ``**kwargs``, has to be one that some hook point has in some release.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, share_id=None, shareid=None, _own=1, **kwargs):
                    return kwargs.get("access_id"), kwargs.get("accesid"), kwargs["func_name"]
            """,
            DRIVERS,
        )

        assert told(hooks.Hook, catalogue("manila")) == [
            (
                "unknown-parameter",
                "_execute_pre_hook() names 'shareid', which no hook point has; did you mean 'share_id'?",
            ),
            (
                "unknown-parameter",
                "_execute_pre_hook() looks for 'accesid', which no hook point has; did you mean 'access_id'?",
            ),
        ]
        assert told(hooks.Hook, catalogue("manila").point("extend_share")) == []

    def test_reads_by_position(self, site, tmp_path):
        """
        Arguments come by name, so that ``*args`` has nothing to read, unless the host's function has a ``*args``.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, *args, **kwargs):
                    return args[6]

                def execute_post_hook(*args, **kwargs):
                    return args[0], args[1]
            """,
            DRIVERS,
        )

        assert told(hooks.Hook, catalogue("manila")) == [
            (
                "positional-read",
                "_execute_pre_hook() reads args[6], but arguments are given by name; take it by name",
            ),
            (
                "positional-read",
                "execute_post_hook() reads args[1], but arguments are given by name; take it by name",
            ),
            (
                "ignored-result",
                (
                    "execute_post_hook() returns a tuple, which is ignored; "
                    "return hookkit.Replace(...) to replace the result"
                ),
            ),
        ]
        assert [kind for kind, _ in told(hooks.Hook, driver_contract(tmp_path, "(self, *names)"))] == ["ignored-result"]

    def test_results_of_post(self, site):
        """
        A value that a post hook returns, and that is no ``Replace``, has no effect.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
                    if args:
                        return Replace(1)
                    return driver_action_results
            """,
            DRIVERS,
        )

        assert told(hooks.Hook, catalogue("manila")) == [
            (
                "ignored-result",
                (
                    "_execute_post_hook() returns the result as it was given, which is ignored; "
                    "return hookkit.Replace(...) to replace the result"
                ),
            )
        ]

    def test_async(self, tmp_path):
        """
        An async method never runs at functions that are not.
        """

        class Hook(Driver):
            async def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

        assert told(Hook, catalogue("manila")) == [
            ("async-hook", "_execute_pre_hook() is async, and 29 of 29 hook points are not: the hook never runs there")
        ]
        assert told(Hook, driver_contract(tmp_path, "(self)", is_async=True)) == []

    def test_periodic(self):
        """
        The periodic method takes the context and the data.
        """

        class Hook(Driver):
            def _execute_periodic_hook(self, context): ...

        assert told(Hook, catalogue("manila")) == [
            (
                "refused-call",
                "_execute_periodic_hook() takes 1 argument; it is called with context and periodic_hook_data",
            )
        ]

    def test_without_source(self):
        """
        A method without source or signature is noted.
        """

        class Hook(Driver):
            _execute_pre_hook = type

        exec("def post(self, context, func_name, **kwargs): ...", namespace := {})
        Hook._execute_post_hook = namespace["post"]
        findings = look_at(Hook, catalogue("manila"))

        assert findings.problems == []
        assert findings.notes == [
            "_execute_pre_hook() has no source that can be read, so what it does with its arguments was not looked at",
            "_execute_pre_hook() has no signature that can be read",
            "_execute_post_hook() has no source that can be read, so what it does with its arguments was not looked at",
        ]


class TestMethods:
    def test_no_driver_hook(self):
        """
        Something without any of the methods is no driver hook.
        """

        class Hook:
            def execute_prehook(self): ...

        assert told(Hook, catalogue("manila").point("extend_share")) == [
            (
                "unknown-method",
                (
                    f"{__name__}:TestMethods.test_no_driver_hook.<locals>.Hook has none of the methods "
                    "execute_pre_hook, execute_post_hook and execute_periodic_hook; did you mean 'execute_pre_hook'?"
                ),
            )
        ]

    def test_a_driver_hook_of_its_own_kind(self):
        """
        A driver hook need not derive from anything, and need not have all methods.
        """

        class Hook:
            def __init__(self, configuration, host): ...

            def execute_pre_hook(self, context=None, func_name=None, **kwargs): ...

        assert told(Hook, catalogue("manila")) == []

    def test_abstract(self):
        """
        A class that lacks a method of its base cannot be made; one that is nearly called so is named.
        """

        class Lacks(HookBase):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

        class Misspells(Driver):
            _execute_pre_hook = HookBase._execute_pre_hook

            def _execute_prehook(self, context, func_name, *args, **kwargs): ...

        assert told(Lacks, catalogue("manila")) == [
            (
                "unknown-method",
                "cannot be made: it does not define _execute_periodic_hook and _execute_post_hook",
            )
        ]
        assert told(Misspells, catalogue("manila")) == [
            ("unknown-method", "_execute_prehook() is never called; _execute_pre_hook() would be")
        ]

    def test_one_that_cannot_be_made(self):
        """
        A class is called with the configuration and the host, by name.
        """

        class Hook(Driver):
            def __init__(self, config): ...

        assert told(Hook, catalogue("manila")) == [
            ("not-loadable", "cannot be made: it is called with configuration= and host=, and takes (config)")
        ]
