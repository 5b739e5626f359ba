"""
Driver hooks checked against the hook points of their host.
"""

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit import HookBase, Replace
from hookkit.contracts import catalogue, check, load
from hookkit.contracts._check import look_at

WATCHED = ("update_access", "shrnk_share")
HANDLERS = {"deny_access": print, 42: print}


class Driver(HookBase):
    """
    A driver hook that does nothing.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs): ...

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...


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


@pytest.fixture
def contract(tmp_path):
    """
    Give a function that makes a contract of driver hook points, one for each signature.
    """

    def make(*signatures, **changes):
        points = [
            point_of(name=f"point{index}", kind="driver", group=None, signature=signature, **changes)
            for index, signature in enumerate(signatures)
        ]
        return load(write_contract(tmp_path, contract_of(*points)))

    return make


class TestCalls:
    def test_one_that_takes_everything(self):
        """
        A driver hook that takes everything is fine, as a class and as an object, at every release.
        """
        for release in catalogue("manila").releases:
            contract = catalogue("manila", release)
            assert (check(Driver, contract), check(Driver(None, "host"), contract)) == ([], [])
            assert check(Driver, contract.point("extend_share")) == []

    def test_refused_calls(self, contract):
        """
        A driver hook is called at all hook points; what it refuses anywhere is one problem.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, size): ...

            def _execute_post_hook(self, context, func_name, pre_hook_data, result, *args, **kwargs): ...

        points = contract(
            "(self, context, size=None)", "(self, size, name)", "(self, a)", "(self, b, *names)", "(self, c, **rest)"
        )

        assert told(Hook, points) == [
            (
                "refused-call",
                "_execute_pre_hook() does not take 'name', 'a', 'b' and 2 more, given by name at 4 of 5 hook points; "
                "add **kwargs",
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

    def test_names(self):
        """
        A parameter, and a name looked for in ``**kwargs``, has to be one that some hook point has in some release.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, share_id=None, shareid=None, _own=1, **kwargs):
                return kwargs.get("access_id"), kwargs.get("accesid"), kwargs["func_name"]

        assert told(Hook, catalogue("manila")) == [
            (
                "unknown-parameter",
                "_execute_pre_hook() names 'shareid', which no hook point has; did you mean 'share_id'?",
            ),
            (
                "unknown-parameter",
                "_execute_pre_hook() looks for 'accesid', which no hook point has; did you mean 'access_id'?",
            ),
        ]
        assert told(Hook, catalogue("manila").point("extend_share")) == []

    def test_reads_by_position(self, contract):
        """
        Arguments come by name, so that ``*args`` has nothing to read, unless the host's function has a ``*args``.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, *args, **kwargs):
                return args[6]

            def execute_post_hook(*args, **kwargs):
                return args[0], args[1]

        assert told(Hook, catalogue("manila")) == [
            (
                "positional-read",
                "_execute_pre_hook() reads args[6], but arguments are given by name; take it by name",
            ),
            (
                "ignored-result",
                "execute_post_hook() returns a tuple, which is ignored; "
                "return hookkit.Replace(...) to replace the result",
            ),
            (
                "positional-read",
                "execute_post_hook() reads args[1], but arguments are given by name; take it by name",
            ),
        ]
        assert [kind for kind, _ in told(Hook, contract("(self, *names)"))] == ["ignored-result"]

    def test_results_of_post(self):
        """
        A value that a post hook returns, and that is no ``Replace``, has no effect.
        """

        class Hook(Driver):
            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
                if args:
                    return Replace(1)
                return driver_action_results

        assert told(Hook, catalogue("manila")) == [
            (
                "ignored-result",
                "_execute_post_hook() returns the result as it was given, which is ignored; "
                "return hookkit.Replace(...) to replace the result",
            )
        ]

    def test_async(self, contract):
        """
        An async method never runs at functions that are not.
        """

        class Hook(Driver):
            async def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

        assert told(Hook, catalogue("manila")) == [
            ("async-hook", "_execute_pre_hook() is async and never runs at 29 of 29 hook points: not async")
        ]
        assert told(Hook, contract("(self)", is_async=True)) == []

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
                f"{__name__}:TestMethods.test_no_driver_hook.<locals>.Hook has none of the methods execute_pre_hook, "
                "execute_post_hook and execute_periodic_hook; did you mean 'execute_pre_hook'?",
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


class TestFuncNames:
    def test_a_renamed_hook_point(self):
        """
        A hook that waits for ``allow_access`` is told since when it is not called, what is, and where it waits.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                if func_name == "allow_access":
                    return kwargs["access_rules"]
                return None

        [problem] = check(Hook, catalogue("manila"))

        assert problem.kind == "unknown-func-name"
        assert problem.message == "waits for func_name 'allow_access', not called since 4.0.0; 'update_access' is"
        assert (problem.file, problem.line) == (__file__, Hook._execute_pre_hook.__code__.co_firstlineno + 1)
        assert check(Hook, catalogue("manila", "newton")) == []

    def test_every_way_to_compare(self):
        """
        Names are found in comparisons, collections, tables and patterns, of the class, its module and its bases.
        """

        class Base(Driver):
            NAMES = frozenset({"a"})
            size = 3

            @classmethod
            def wants(cls, func_name):
                return func_name in cls.NAMES

            def helper(self, name):
                func_name = name
                return func_name == "no argument"

        class Hook(Base):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                names = ("local",)
                if "b" == func_name or func_name != "c" or func_name not in ("d", 4):  # noqa: SIM300
                    return None
                if func_name in WATCHED or func_name in {"e": 1} or func_name in [*names] or func_name in names:
                    return HANDLERS[func_name] if context else {"f": 1, **HANDLERS}.get(func_name, context)
                if func_name < "ordered" or func_name in "text" or func_name == self.size or func_name is context:
                    return "g" == context
                return func_name in self.nothing or func_name == names[0] or self.wants(func_name)

            def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
                match func_name:
                    case "h" | "i":
                        pass
                    case WATCHED.name | 42:
                        pass

        found = [message.split("'")[1] for kind, message in told(Hook, catalogue("manila")) if kind == "unknown-func-name"]

        assert sorted(found) == [*"abcdefhi", "shrnk_share"]

    def test_a_name_that_never_was(self):
        """
        For a name that the host never had, one that it has is offered.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                return func_name == "shrnk_share", func_name == "frob"

        assert messages(Hook, catalogue("manila")) == [
            "waits for func_name 'frob', which no hook point of manila has",
            "waits for func_name 'shrnk_share', which no hook point of manila has; did you mean 'shrink_share'?",
        ]

    def test_several_releases(self):
        """
        A hook that is ready for what is called in one release or in another is fine in both.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                return func_name in ("allow_access", "update_access", "unmanage_share_server")

        for release in catalogue("manila").releases:
            assert told(Hook, catalogue("manila", release)) == []

    def test_a_name_that_is_yet_to_come(self):
        """
        A hook all of whose names are yet to come never fires in this release.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                return func_name == "update_access" or func_name == "unmanage_share_server"

        assert messages(Hook, catalogue("manila", "newton")) == [
            "waits for func_name 'unmanage_share_server', not called before 8.0.0",
            "waits for func_name 'update_access', not called before 4.0.0; 'allow_access' is",
        ]

    def test_without_releases(self, contract, tmp_path):
        """
        Of a contract without releases all points are called; of one with releases those of the latest.
        """

        class Hook(Driver):
            def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                return func_name in ("point0", "create", "old")

        points = [
            point_of(kind="driver", group=None, signature="(self)"),
            point_of(kind="driver", group=None, signature="(self)", name="old", last="1.0"),
            point_of(),
        ]
        path = write_contract(tmp_path, contract_of(*points, releases=("1.0", "2.0")))

        assert messages(Hook, load(path)) == [
            "waits for func_name 'old', not called since 2.0",
            "waits for func_name 'point0', which no hook point of host has",
        ]
        assert [message.split("'")[1] for message in messages(Hook, contract("(self)"))] == ["create", "old"]
