"""
The names of hook points that driver hooks wait for.
"""

from contract_files import contract_of, point_of, write_contract
from hookkit.contracts import catalogue, check, load
from runtime.checking import DRIVERS, driver_contract, messages, told, written


class TestFuncNames:
    def test_a_renamed_hook_point(self, site):
        """
        A hook that waits for ``allow_access`` is told since when it is not called, what is, and where it waits.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    if func_name == "allow_access":
                        return kwargs["access_rules"]
                    return None
            """,
            DRIVERS,
        )

        [problem] = check(hooks.Hook, catalogue("manila"))

        assert problem.kind == "unknown-func-name"
        assert problem.message == "waits for func_name 'allow_access', not called since 4.0.0; 'update_access' is"
        assert (problem.file, problem.line) == (
            hooks.__file__,
            hooks.Hook._execute_pre_hook.__code__.co_firstlineno + 1,
        )
        assert check(hooks.Hook, catalogue("manila", "newton")) == []

    def test_every_way_to_compare(self, site):
        """
        Names are found in comparisons, collections, tables and patterns, of the class, its module and its bases.
        """
        hooks = written(
            site,
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
                    if "b" == func_name or func_name != "c" or func_name not in ("d", 4):
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
            """,
            DRIVERS,
        )

        found = [
            message.split("'")[1]
            for kind, message in told(hooks.Hook, catalogue("manila"))
            if kind == "unknown-func-name"
        ]

        assert sorted(found) == [*"abcdefhi", "shrnk_share"]

    def test_a_name_that_never_was(self, site):
        """
        For a name that the host never had, one that it has is offered.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    return func_name in ("shrnk_share", "frob", "create_share")
            """,
            DRIVERS,
        )

        assert messages(hooks.Hook, catalogue("manila")) == [
            (
                "waits for func_name 'create_share', which no hook point of manila has; "
                "did you mean 'create_share_instance'?"
            ),
            "waits for func_name 'frob', which no hook point of manila has",
            "waits for func_name 'shrnk_share', which no hook point of manila has; did you mean 'shrink_share'?",
        ]

    def test_several_releases(self, site):
        """
        A hook that is ready for what is called in one release or in another is fine in both.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    return func_name in ("allow_access", "update_access", "unmanage_share_server")
            """,
            DRIVERS,
        )

        for release in catalogue("manila").releases:
            assert told(hooks.Hook, catalogue("manila", release)) == []

    def test_a_name_that_is_yet_to_come(self, site):
        """
        A hook all of whose names are yet to come never fires in this release.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    return func_name == "update_access" or func_name == "unmanage_share_server"
            """,
            DRIVERS,
        )

        assert messages(hooks.Hook, catalogue("manila", "newton")) == [
            "waits for func_name 'unmanage_share_server', not called before 8.0.0",
            "waits for func_name 'update_access', not called before 4.0.0; 'allow_access' is",
        ]

    def test_without_releases(self, site, tmp_path):
        """
        Of a contract without releases all points are called; of one with releases those of the latest.
        """
        hooks = written(
            site,
            """
            class Hook(Driver):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    return func_name in ("point0", "create", "old")
            """,
            DRIVERS,
        )

        points = [
            point_of(kind="driver", group=None, signature="(self)"),
            point_of(kind="driver", group=None, signature="(self)", name="old", last="1.0"),
            point_of(),
        ]
        path = write_contract(tmp_path, contract_of(*points, releases=("1.0", "2.0")))

        assert messages(hooks.Hook, load(path)) == [
            "waits for func_name 'old', not called since 2.0",
            "waits for func_name 'point0', which no hook point of host has",
        ]
        assert [message.split("'")[1] for message in messages(hooks.Hook, driver_contract(tmp_path, "(self)"))] == [
            "create",
            "old",
        ]
