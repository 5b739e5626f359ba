"""
Tests for the options of driver hooks: what values they accept, and what they are to oslo.config.
"""

import sys
import types
from typing import ClassVar

import pytest

from hookkit import OPTION_DEFAULTS, ConfigError
from hookkit._options import declared_options, hook_options, oslo_options, own_hook_options
from hookkit.configuration import ConfigGroup, check_options, read_option
from runtime.fake_configuration import HostConfiguration, Opt


@pytest.fixture
def without_oslo(monkeypatch):
    """
    Make oslo.config fail to import.
    """
    monkeypatch.setitem(sys.modules, "oslo_config", None)


@pytest.fixture
def oslo(monkeypatch):
    """
    Put a small oslo.config in place.
    """
    kinds = {name: type(name, (Opt,), {}) for name in ("BoolOpt", "IntOpt", "FloatOpt", "StrOpt", "ListOpt")}
    module = types.ModuleType("oslo_config")
    module.cfg = types.SimpleNamespace(Opt=Opt, **kinds)
    monkeypatch.setitem(sys.modules, "oslo_config", module)
    return module.cfg


def message(caught):
    return str(caught.value)


class TestConvert:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            *((text, True) for text in ("true", "TRUE", "yes", "On", "1", " true ", 1, True)),
            *((text, False) for text in ("false", "False", "no", "OFF", "0", 0, False)),
        ],
    )
    def test_booleans_are_those_of_ini_files(self, value, expected):
        """
        All words for true and false are taken, in any case.
        """
        assert read_option(ConfigGroup({"enable_pre_hooks": value}), "enable_pre_hooks", OPTION_DEFAULTS) is expected

    @pytest.mark.parametrize(
        ("default", "value", "expected"),
        [
            (1.0, "2.5", 2.5),
            (1.0, 2, 2.0),
            (1.0, "-1", -1.0),
            (1, "2", 2),
            (1, 3, 3),
            ("a", "b", "b"),
            ([], "a, b,,c ,", ["a", "b", "c"]),
            ([], "", []),
            ([], ("a",), ["a"]),
            ((), "a,b", ("a", "b")),
            (None, "1", "1"),
            ({}, {"a": 1}, {"a": 1}),
        ],
    )
    def test_a_value_is_converted_to_the_type_of_its_default(self, default, value, expected):
        """
        Text is read as what the default is; a default of another type takes anything as it is.
        """
        found = read_option(ConfigGroup({"option": value}), "option", {"option": default})
        assert found == expected
        assert type(found) is type(expected)

    @pytest.mark.parametrize(
        ("default", "value", "accepted"),
        [
            (False, "maybe", "true, yes, on or 1, and false, no, off or 0, in any case"),
            (False, 2, "true, yes, on or 1, and false, no, off or 0, in any case"),
            (1.0, "often", "a number"),
            (1.0, "nan", "a number"),
            (1.0, True, "a number"),
            (1.0, [1], "a number"),
            (1, "1.5", "a whole number"),
            (1, 1.5, "a whole number"),
            (1, False, "a whole number"),
            ("", 5, "text"),
            ([], 5, "a list, or text with commas between the items"),
            ((), {}, "a list, or text with commas between the items"),
        ],
    )
    def test_a_bad_value_is_told(self, default, value, accepted):
        """
        The message names file, group, option and value, and what the option accepts.
        """
        with pytest.raises(ConfigError) as caught:
            read_option(ConfigGroup({"option": value}, "g", "a.ini"), "option", {"option": default})
        assert message(caught) == f"Option 'option' in group 'g' of a.ini is {value!r}; it accepts {accepted}."

    @pytest.mark.parametrize("value", [0, "0", 0.0, "-0.0", "nan", "soon", True])
    def test_an_interval_is_not_zero(self, value):
        """
        No schedule can be made of an interval of zero, or of what is no number.
        """
        with pytest.raises(ConfigError) as caught:
            read_option(
                ConfigGroup({"periodic_hooks_interval": value}, "g", "a.ini"),
                "periodic_hooks_interval",
                OPTION_DEFAULTS,
            )
        assert message(caught) == (
            f"Option 'periodic_hooks_interval' in group 'g' of a.ini is {value!r}; "
            "it accepts a number of seconds other than zero; a negative one means never."
        )

    @pytest.mark.parametrize(("value", "expected"), [("60", 60.0), (-1, -1.0), ("inf", float("inf"))])
    def test_an_interval_may_be_anything_else(self, value, expected):
        """
        A negative interval is accepted, and infinity.
        """
        group = ConfigGroup({"periodic_hooks_interval": value})
        assert read_option(group, "periodic_hooks_interval", OPTION_DEFAULTS) == expected


class TestDeclaredOptions:
    def test_bases_options_need_not_be_repeated(self):
        """
        A class has everybody's options, those of its bases and its own, which come last.
        """

        class Base:
            option_defaults: ClassVar = {"queue": "shares", "retries": 3}

        class Hook(Base):
            option_defaults: ClassVar = {"retries": 5, "enable_pre_hooks": "yes"}

        assert declared_options(Hook) == {
            **OPTION_DEFAULTS,
            "queue": "shares",
            "retries": 5,
            "enable_pre_hooks": True,
        }

    def test_they_are_a_mapping(self):
        """
        A list of names is refused.
        """
        hook_class = type("Hook", (), {"option_defaults": ["queue"], "__module__": "hooks"})
        with pytest.raises(ConfigError) as caught:
            declared_options(hook_class)
        assert message(caught) == "hooks:Hook.option_defaults is ['queue']. Make it a mapping of names to defaults."

    def test_a_standard_option_keeps_its_type(self):
        """
        Another default for one of everybody's options has to be one that the option accepts.
        """
        hook_class = type("Hook", (), {"option_defaults": {"enable_pre_hooks": "maybe"}, "__module__": "hooks"})
        with pytest.raises(ConfigError) as caught:
            declared_options(hook_class)
        assert message(caught) == (
            "Option 'enable_pre_hooks' of hooks:Hook.option_defaults is 'maybe'; "
            "it accepts true, yes, on or 1, and false, no, off or 0, in any case."
        )


class TestCheckOptions:
    def test_every_declared_option_of_a_group_is_checked(self):
        """
        A bad value is found when the hook is made, not when the option is first needed.
        """
        with pytest.raises(ConfigError) as caught:
            check_options(ConfigGroup({"retries": "many"}), {"retries": 3}, "hooks:Audit")
        assert message(caught) == "Option 'retries' is 'many'; it accepts a whole number."

    def test_a_hosts_object_gets_no_options_without_oslo(self, without_oslo):
        """
        Where oslo.config is not installed, what is appended is empty.
        """
        configuration = HostConfiguration()
        check_options(configuration, {**OPTION_DEFAULTS, "retries": 3}, "hooks:Audit")
        assert configuration.appended == []

    def test_a_hosts_object_gets_oslos_options(self, oslo):
        """
        Where it is installed, it gets an option for each that hooks read, so that they can be set.
        """
        configuration = HostConfiguration()
        check_options(configuration, {**OPTION_DEFAULTS, "retries": 3}, "hooks:Audit")
        assert [(type(option).__name__, option.dest, option.default) for option in configuration.appended] == [
            ("BoolOpt", "enable_pre_hooks", False),
            ("BoolOpt", "enable_post_hooks", False),
            ("BoolOpt", "enable_periodic_hooks", False),
            ("BoolOpt", "suppress_pre_hooks_errors", False),
            ("BoolOpt", "suppress_post_hooks_errors", False),
            ("FloatOpt", "periodic_hooks_interval", 300.0),
            ("IntOpt", "retries", 3),
        ]

    def test_nothing_is_checked_without_a_configuration(self):
        """
        With None, everything is at its default.
        """
        assert check_options(None, OPTION_DEFAULTS, "hooks:Audit") is None


class TestOsloOptions:
    def test_each_default_has_its_kind(self, oslo):
        """
        A default of a type that oslo.config has no option for takes values as they are.
        """
        options = oslo_options({"a": True, "b": 1, "c": 1.5, "d": "x", "e": [], "f": (), "g": None})
        assert [type(option).__name__ for option in options] == [
            "BoolOpt",
            "IntOpt",
            "FloatOpt",
            "StrOpt",
            "ListOpt",
            "ListOpt",
            "Opt",
        ]
        assert options[-1].type("as it is") == "as it is"

    def test_in_manila_they_are_manilas_own(self, monkeypatch):
        """
        Two definitions of one name would be an error of oslo.config.
        """
        manila_hook = types.ModuleType("manila.share.hook")
        manila_hook.hook_options = (Opt("enable_pre_hooks"),)
        for name in ("manila", "manila.share"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        monkeypatch.setitem(sys.modules, "manila.share.hook", manila_hook)
        assert hook_options() == [*manila_hook.hook_options]

    def test_something_else_called_manila_is_passed_over(self, monkeypatch, without_oslo):
        """
        A module of that name without Manila's hooks changes nothing.
        """
        monkeypatch.setitem(sys.modules, "manila", types.ModuleType("manila"))
        monkeypatch.setitem(sys.modules, "manila.share.hook", None)
        assert hook_options() == own_hook_options() == []
