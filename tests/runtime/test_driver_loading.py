"""
Tests for `hookkit.load_hook_drivers`.
"""

import sys

import pytest

from hookkit import ConfigError, DriverLoadError, load_hook_drivers, read_config_group
from runtime.fake_drivers import Hook

NO_METHODS = (
    "has none of the methods execute_pre_hook, execute_post_hook, execute_periodic_hook. "
    "Make it a subclass of hookkit.HookBase."
)
HOW = "Write it as 'package.module:ClassName' or 'package.module.ClassName'."


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """
    Give a function that writes a module which can be imported.
    """
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)

    def write(name, text):
        path = tmp_path.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    yield write
    for name in set(sys.modules) - known:
        del sys.modules[name]


def message(caught):
    return str(caught.value)


class TestLoadHookDrivers:
    @pytest.fixture(autouse=True)
    def package(self, modules):
        """
        Write a package of hooks.
        """
        modules("audit.__init__", "")
        modules(
            "audit.hooks",
            "from hookkit import HookBase\n"
            "class First(HookBase):\n"
            "    option_defaults = {'queue': 'q'}\n"
            "    def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...\n"
            "    def _execute_post_hook(self, *args, **kwargs): ...\n"
            "    def _execute_periodic_hook(self, *args, **kwargs): ...\n"
            "class Second(First):\n"
            "    class Inner(First): ...\n"
            "class Unfinished(HookBase): ...\n"
            "class Broken(First):\n"
            "    def __init__(self, configuration, host): raise LookupError('no queue')\n"
            "class NoHook:\n"
            "    def __init__(self, configuration, host): ...\n"
            "    def pre(self): ...\n"
            "def make(configuration, host): return Second(configuration, host)\n"
            "def make_nothing(configuration, host): return 42\n"
            "SETTING = 5\n",
        )
        modules("audit.foreign", "import no_such_host.share\n")
        modules("audit.broken", "raise LookupError('no queue.')\n")
        modules("audit.empty", "")

    @pytest.mark.parametrize(
        "named",
        [
            ["audit.hooks:Second", "audit.hooks.First", "audit.hooks:Second.Inner", "audit.hooks.make"],
            "audit.hooks:Second, audit.hooks.First,audit.hooks:Second.Inner,audit.hooks.make",
        ],
        ids=["list", "text"],
    )
    def test_both_forms_load_in_the_order_given(self, named):
        """
        Each class is made with the host's configuration and name.
        """
        drivers = load_hook_drivers({"hook_drivers": named, "queue": "x"}, host="alpha")
        assert [type(driver).__qualname__ for driver in drivers] == ["Second", "First", "Second.Inner", "Second"]
        assert [driver.host for driver in drivers] == ["alpha"] * 4
        assert [driver.get_config_option("queue") for driver in drivers] == ["x"] * 4
        assert len({id(driver.configuration) for driver in drivers}) == 1

    @pytest.mark.parametrize("configuration", [None, {}, {"hook_drivers": " "}], ids=repr)
    def test_none_named_is_none_loaded(self, configuration):
        """
        The list is the host's own.
        """
        assert load_hook_drivers(configuration) == []

    def test_a_group_of_a_file_names_them(self, tmp_path):
        """
        INI and TOML do.
        """
        ini, toml = tmp_path / "a.conf", tmp_path / "a.toml"
        ini.write_text("[g]\nhook_drivers = audit.hooks:First, audit.hooks:Second\nenable_pre_hooks = true\n")
        toml.write_text("[h.g]\nhook_drivers = ['audit.hooks:First', 'audit.hooks:Second']\nenable_pre_hooks = true\n")
        for group in (read_config_group(ini, "g"), read_config_group(toml, "h.g")):
            drivers = load_hook_drivers(group, host="alpha")
            assert [(type(driver).__name__, driver.pre_hooks_enabled) for driver in drivers] == [
                ("First", True),
                ("Second", True),
            ]

    def test_classes_load_too(self):
        """
        A list in a program may hold the classes themselves.
        """
        assert [type(driver) for driver in load_hook_drivers({"hook_drivers": [Hook]})] == [Hook]

    def test_a_hosts_object_learns_of_the_option(self, monkeypatch):
        """
        One that does not know hook_drivers is told; one that does is asked.
        """

        class Configuration:
            def __init__(self, **values):
                self.values = values
                self.appended = []

            def safe_get(self, name):
                return self.values.get(name)

            def append_config_values(self, options):
                self.appended.append([option.dest for option in options])

        monkeypatch.setitem(sys.modules, "oslo_config", None)
        unknowing = Configuration()
        assert load_hook_drivers(unknowing) == []
        assert unknowing.appended == [[]]
        knowing = Configuration(hook_drivers=["audit.hooks:First"], enable_post_hooks=True)
        (driver,) = load_hook_drivers(knowing, "alpha")
        assert (driver.configuration, driver.post_hooks_enabled) == (knowing, True)
        assert knowing.appended == [[]]

    @pytest.mark.parametrize(
        ("path", "rest"),
        [
            ("First", f"that is no class path. {HOW}"),
            ("audit.hooks:", f"that is no class path. {HOW}"),
            (":First", f"that is no class path. {HOW}"),
            ("audit.hooks:First:Second", f"that is no class path. {HOW}"),
            ("audit/hooks.py", f"that is no class path. {HOW}"),
            ("no_such.hooks:First", f"there is no module 'no_such'. Is it installed? {HOW}"),
            ("audit.nothing.First", f"there is no module 'audit.nothing'. Is it installed? {HOW}"),
            ("audit.foreign:First", "module 'audit.foreign' imports 'no_such_host', which is not installed."),
            ("audit.broken:First", "importing 'audit.broken' raised LookupError: no queue."),
            (
                "audit.hooks.Frist",
                "{module} has no attribute 'Frist', only the hook classes 'First', 'Second', 'Broken'. " + HOW,
            ),
            ("audit.empty:First", "{module} has no attribute 'First', and no hook class at all. " + HOW),
            ("audit.hooks:SETTING", f"5 is no class. {HOW}"),
            ("audit.hooks:SETTING.value", f"5 has no attribute 'value', and no hook class at all. {HOW}"),
            (
                "audit.hooks:NoHook",
                f"<class 'audit.hooks.NoHook'> {NO_METHODS}",
            ),
            (
                "audit.hooks:make_nothing",
                f"42 {NO_METHODS}",
            ),
            (
                "audit.hooks:Broken",
                "called with configuration= and host='alpha', it raised LookupError: no queue.",
            ),
        ],
    )
    def test_a_path_that_leads_nowhere_is_told(self, path, rest):
        """
        The error is an ImportError that names the path, what was found, and how to write it.
        """
        with pytest.raises(ImportError) as caught:
            load_hook_drivers({"hook_drivers": [path]}, host="alpha")
        module = sys.modules.get(path.replace(":", ".").rpartition(".")[0])
        assert message(caught) == f"Cannot load hook driver {path!r}: {rest.replace('{module}', repr(module))}"
        assert isinstance(caught.value, DriverLoadError)
        assert caught.value.class_path == path

    def test_what_is_neither_path_nor_class_is_told(self):
        """
        The error shows what stands in the list, and how to write it.
        """
        with pytest.raises(DriverLoadError) as caught:
            load_hook_drivers({"hook_drivers": [5]})
        assert message(caught) == f"Cannot load hook driver 5: it is neither a class path nor a class. {HOW}"
        assert caught.value.class_path == "5"

    def test_what_a_constructor_raised_is_the_cause(self):
        """
        The traceback of the hook is there.
        """
        with pytest.raises(DriverLoadError) as caught:
            load_hook_drivers({"hook_drivers": "audit.hooks:Broken"})
        assert repr(caught.value.__cause__) == "LookupError('no queue')"
        with pytest.raises(DriverLoadError) as caught:
            load_hook_drivers({"hook_drivers": "audit.hooks:Unfinished"})
        assert isinstance(caught.value.__cause__, TypeError)

    def test_a_bad_value_is_a_bad_value(self):
        """
        A hook that refuses the host's value for an option can be loaded, so the error is the configuration's.
        """
        with pytest.raises(ConfigError) as caught:
            load_hook_drivers({"hook_drivers": ["audit.hooks:First"], "queue": 5})
        assert message(caught) == "Option 'queue' is 5; it accepts text."

    def test_a_misspelt_option_is_logged(self, caplog):
        """
        One line tells what may have been meant; the host's other options are its own affair.
        """
        load_hook_drivers({"hook_drivers": "audit.hooks:First", "queue": "x", "enable_prehooks": "1", "backend": "y"})
        assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
            (
                "hookkit.drivers",
                "WARNING",
                "Option 'enable_prehooks' is not one of the hooks'; did you mean 'enable_pre_hooks'?",
            )
        ]
