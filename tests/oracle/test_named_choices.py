"""
Where named hooks of hookkit differ from Nova's because hookkit decided so.
"""

import importlib
import inspect
import re
import warnings

import nova.hooks as original
import pytest

import hookkit
from hookkit.compat import nova_hooks
from oracle.differences import NOVA_CHOICES, SHOWN, differs, outcome
from oracle.fake_hooks import Noting, hook_log
from runtime.fake_hooks import Doing


class TestChoices:
    @differs("a `post` can replace the result", original="body", hookkit="replaced")
    def test_a_post_that_returns_replace(self, nova, install, expected):
        """
        The caller and later hooks get the new result.
        """
        notes = []
        install("point", Doing(post=lambda rv: hookkit.Replace("replaced")), Noting("b", notes))
        assert nova.add_hook("point")(lambda: "body")() == expected
        assert notes[-1] == ("b", "post", (expected,), {})

    @differs("a hook's methods are looked up once", original=["pre", "post"], hookkit=["pre"])
    def test_a_hook_that_gets_a_method_while_it_is_in_use(self, nova, install, expected):
        """
        A hook has the methods that it had when it was loaded.
        """
        notes = []

        class Hook:
            def pre(self):
                notes.append("pre")
                self.post = lambda rv: notes.append("post")

        install("point", Hook)
        nova.add_hook("point")(lambda: None)()
        assert notes == expected

    @differs(
        "a hook without any hook method is a mistake",
        original=[],
        hookkit=["<hook Doing> has none of the methods pre, post, error and periodic, so it is no hook."],
    )
    def test_a_hook_without_any_hook_method(self, nova, install, log, expected):
        """
        It is told as one that cannot be loaded.
        """
        install("point", lambda: Doing(Pre=None))
        nova.add_hook("point")(lambda: None)()
        errors = [record.getMessage() for record in log.records if record.levelname == "ERROR"]
        assert [re.fullmatch(r".*?\): (.*) Write at least one of them\.", message)[1] for message in errors] == expected

    @differs("a veto is known by its name", original="done", hookkit="FatalHookException")
    def test_a_veto_of_another_librarys_class(self, nova, install, expected):
        """
        An exception of a class of that name is fatal, whoever defined it.
        """
        foreign = type("FatalHookException", (Exception,), {})
        install("point", Doing(pre=foreign()))
        end = outcome(nova.add_hook("point")(lambda: "done"))
        assert (end if end == "done" else type(end).__name__) == expected

    @differs("an async hook is refused where nobody would await it", original=0, hookkit=1)
    def test_an_async_hook_on_a_plain_function(self, nova, install, log, expected):
        """
        It is told as one that cannot be loaded; before, its coroutine was thrown away.
        """

        class Hook:
            async def pre(self): ...

        install("point", Hook)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nova.add_hook("point")(lambda: None)()
        assert sum("it is async" in record.getMessage() for record in log.records) == expected

    @differs(
        "an entry point may name an object", original=[], hookkit=[("a", "pre", (), {}), ("a", "post", (None,), {})]
    )
    def test_an_entry_point_that_names_an_object(self, nova, site, expected):
        """
        An object with hook methods is used as it is; before, it could not be loaded.
        """
        source = "from oracle.fake_hooks import Noting\nnotes = []\nhook = Noting('a', notes)\n"
        site.install("package", "point = an_object:hook", an_object=source)
        nova.add_hook("point")(lambda: None)()
        assert importlib.import_module("an_object").notes == expected

    @differs("a static or class method can be decorated from above, too", original=[TypeError] * 2, hookkit=[1, 2])
    def test_add_hook_above_staticmethod_and_classmethod(self, nova, expected):
        """
        What comes out is again a static or class method.
        """

        class Host:
            @nova.add_hook("point")
            @staticmethod
            def static(x):
                return x

            @nova.add_hook("point")
            @classmethod
            def of_class(cls, x):
                return x

        ends = [outcome(Host().static, 1), outcome(Host().of_class, 2)]
        assert [type(end) if isinstance(end, Exception) else end for end in ends] == expected

    @differs(
        "a hook point needs a name",
        original="function",
        hookkit="add_hook() needs the name of a hook point, got <function ...>. Write @add_hook('its_name').",
    )
    def test_add_hook_without_a_name(self, nova, expected):
        """
        A forgotten name is told at once; before, the decorated function became a decorator.
        """
        end = outcome(nova.add_hook, len)
        said = type(end).__name__ if callable(end) else str(end)
        assert said.replace(repr(len), "<function ...>") == expected

    @differs("what was installed later is seen after `reset`", original=[], hookkit=["pre"])
    def test_a_hook_that_was_installed_after_the_first_call(self, nova, site, expected):
        """
        Nothing but `reset` is needed to see it; before, stevedore went on knowing what it had found.
        """
        function = nova.add_hook("point")(lambda notes: notes)
        function([])
        source = "class Hook:\n    def pre(self, notes):\n        notes.append('pre')\n"
        site.install("later", "point = installed_later:Hook", installed_later=source)
        assert function([]) == []
        nova.reset()
        assert function([]) == expected

    @differs(
        "hooks are not deprecated",
        original=["Hooks are deprecated as of Nova 13.0 and will be removed in a future release"] * 2,
        hookkit=[],
    )
    def test_what_is_logged_as_a_warning(self, nova, install, log, expected):
        """
        A hook that does its work gives no warning.
        """
        install("point", Noting("a", []))
        nova.add_hook("point")(lambda: None)()
        assert [record.getMessage() for record in log.records if record.levelname == "WARNING"] == expected

    @differs("log lines say where a hook came from", original="", hookkit=" (hookkit-fakes 0)")
    def test_what_is_logged_after_novas_words(self, nova, install, log, expected):
        """
        The line of an exception ends with the hook's distribution and version.
        """
        install("point", Doing(pre=ValueError()))
        nova.add_hook("point")(lambda: None)()
        assert hook_log(log)[1] == ("ERROR", f"Exception running point pre-hook: <hook Doing>{expected}")


def test_the_drop_in_has_the_names_of_nova():
    """
    What is imported from `nova.hooks` can be imported from hookkit's drop-in, with the same signature.
    """
    assert original.NS == nova_hooks.NS
    for name in ("add_hook", "reset"):
        parameters = [inspect.signature(getattr(module, name)).parameters.values() for module in (original, nova_hooks)]
        theirs, ours = ([(p.name, p.kind, p.default) for p in those] for those in parameters)
        assert ours == theirs
    assert issubclass(nova_hooks.FatalHookException, Exception)


@pytest.mark.parametrize("difference", NOVA_CHOICES)
def test_the_choices_are_all_shown(difference):
    """
    For whatever else hookkit does differently a test here asserts what both do.
    """
    assert difference in SHOWN
