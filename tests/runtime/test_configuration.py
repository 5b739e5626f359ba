"""
Tests for `hookkit.configuration` and the options that are read through it.
"""

import os

import pytest

from hookkit import OPTION_DEFAULTS, ConfigError, read_config_group
from hookkit.configuration import ConfigGroup, as_configuration, near_misses, read_option
from hookkit.interfaces import Configuration
from runtime.fake_configuration import ForeignError, ForeignMapping, HostConfiguration, Opt

STANDARD = (
    "'hook_drivers', 'enable_pre_hooks', 'enable_post_hooks', 'enable_periodic_hooks', "
    "'suppress_pre_hooks_errors', 'suppress_post_hooks_errors', 'periodic_hooks_interval'"
)


@pytest.fixture
def write(tmp_path):
    """
    Give a function that writes a file and returns its path.
    """

    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def message(caught):
    return str(caught.value)


class TestOptionDefaults:
    def test_they_are_those_of_manila(self):
        """
        Everything is off, no hook is named, and periodic hooks run every five minutes.
        """
        assert OPTION_DEFAULTS == {
            "hook_drivers": [],
            "enable_pre_hooks": False,
            "enable_post_hooks": False,
            "enable_periodic_hooks": False,
            "suppress_pre_hooks_errors": False,
            "suppress_post_hooks_errors": False,
            "periodic_hooks_interval": 300.0,
        }

    def test_they_cannot_be_changed(self):
        """
        The mapping is read-only, and a list that is read of it is a copy.
        """
        with pytest.raises(TypeError):
            OPTION_DEFAULTS["enable_pre_hooks"] = True
        read_option(None, "hook_drivers", OPTION_DEFAULTS).append("a:B")
        assert OPTION_DEFAULTS["hook_drivers"] == []


class TestReadConfigGroup:
    def test_an_ini_group_is_text_as_written(self, write):
        """
        Names keep their case, the last of several wins, and neither % nor $ means anything.
        """
        path = write(
            "manila.conf",
            "[DEFAULT]\nenable_pre_hooks = true\n\n[generic1]\n# a comment\nFormat = 100%s of $my_ip\n"
            "enable_post_hooks: yes\nenable_post_hooks = no\n[generic1]\nquoted = 'a b'\nempty =\n",
        )
        group = read_config_group(path, "generic1")
        assert group == {"Format": "100%s of $my_ip", "enable_post_hooks": "no", "quoted": "a b", "empty": ""}
        assert (group.config_group, group.path) == ("generic1", str(path))

    def test_default_is_a_group_like_any_other(self, write):
        """
        The options of [DEFAULT] are read under that name and reach no other group.
        """
        path = write("manila.conf", "[DEFAULT]\nhost = a\n[generic1]\n")
        assert read_config_group(path, "DEFAULT") == {"host": "a"}
        assert read_config_group(str(path), "generic1") == {}

    def test_a_value_goes_over_several_lines(self, write):
        """
        Lines that are indented belong to the value, up to an empty one.
        """
        path = write("a.ini", "\ufeff[g]\nhook_drivers =\n  a.b:C,\n  d.e.F\n\nhost = x\n")
        group = read_config_group(path, "g")
        assert read_option(group, "hook_drivers", OPTION_DEFAULTS) == ["a.b:C", "d.e.F"]
        assert group["host"] == "x"

    def test_an_indented_line_after_an_empty_one_belongs_to_no_value(self, write):
        """
        An empty line ends a value: what is indented below it is an option of its own.
        """
        path = write("a.ini", "[g]\nhook_drivers =\n  a.b:C\n\n  host = x\n")
        assert read_config_group(path, "g") == {"hook_drivers": "\na.b:C", "host": "x"}

    def test_a_path_may_be_bytes(self, write):
        """
        A path as bytes, which the os module gives for bytes, is one as well, and is shown as text.
        """
        path = write("a.toml", "[g]\nhost = 'x'\n")
        group = read_config_group(os.fsencode(path), "g")
        assert (group, group.path) == ({"host": "x"}, str(path))

    def test_a_toml_table_keeps_its_values(self, write):
        """
        A table within tables is named with dots.
        """
        path = write("a.toml", "top = 1\n[host.generic1]\nenable_pre_hooks = true\nhook_drivers = ['a:B']\n")
        assert read_config_group(path, "host.generic1") == {"enable_pre_hooks": True, "hook_drivers": ["a:B"]}
        assert read_config_group(path, "host") == {"generic1": {"enable_pre_hooks": True, "hook_drivers": ["a:B"]}}

    def test_a_missing_group_is_told_with_those_there(self, write):
        """
        The message lists the file's groups and the one that may be meant.
        """
        path = write("manila.conf", "[DEFAULT]\n[generic1]\n")
        with pytest.raises(ConfigError) as caught:
            read_config_group(path, "generik1")
        assert message(caught) == (
            f"{path} has no group 'generik1'. Did you mean 'generic1'? It has 'DEFAULT', 'generic1'."
        )

    def test_a_file_without_groups_says_so(self, write):
        """
        An empty file has no group.
        """
        path = write("a.toml", "")
        with pytest.raises(ConfigError) as caught:
            read_config_group(path, "a.b")
        assert message(caught) == f"{path} has no group 'a.b'. It has none."

    def test_a_missing_file_is_told(self, tmp_path):
        """
        The message names the file, the group that was wanted and what the system says.
        """
        path = tmp_path / "no.conf"
        with pytest.raises(ConfigError) as caught:
            read_config_group(path, "generic1")
        assert message(caught) == f"Cannot read group 'generic1' of {path}: No such file or directory."
        assert isinstance(caught.value.__cause__, FileNotFoundError)

    @pytest.mark.parametrize(
        ("name", "text"),
        [("a.ini", "[g]\nno value here\n"), ("a.toml", "[g\n"), ("a.conf", b"[g]\na = \xff\n")],
        ids=["ini", "toml", "encoding"],
    )
    def test_a_malformed_file_is_told(self, write, name, text):
        """
        The message names the file and what its parser says, in one line.
        """
        path = write(name, text)
        with pytest.raises(ConfigError) as caught:
            read_config_group(path, "g")
        reason = " ".join(str(caught.value.__cause__).split())
        assert message(caught) == f"Cannot read group 'g' of {path}: {reason}."


class TestConfigGroup:
    def test_its_repr_tells_no_values(self, write):
        """
        A host's passwords do not get into logs through it.
        """
        path = write("a.ini", "[g]\npassword = secret\n")
        assert repr(read_config_group(path, "g")) == f"<ConfigGroup in group 'g' of {path} with 1 options>"

    def test_safe_get_converts_what_it_knows(self):
        """
        Options of everybody's are converted or at their default, others are as written, unknown ones are None.
        """
        group = ConfigGroup({"enable_pre_hooks": "Yes", "backend": "1"})
        assert group.safe_get("enable_pre_hooks") is True
        assert group.safe_get("periodic_hooks_interval") == 300.0
        assert group.safe_get("backend") == "1"
        assert group.safe_get("no_such") is None

    def test_appended_options_are_converted_by_their_own_types(self):
        """
        What a hook declares as an option of oslo.config is read as oslo.config would.
        """
        group = ConfigGroup({"retries": "3"})
        group.append_config_values([Opt("retries", int, 1), Opt("pause", float, 0.5)])
        assert (group.safe_get("retries"), group.safe_get("pause")) == (3, 0.5)

    def test_an_appended_option_refuses_a_bad_value(self):
        """
        The message names group, file, option and value, and says what the type says.
        """
        group = ConfigGroup({"retries": "three"}, "g", "a.ini")
        group.append_config_values([Opt("retries", int, 1)])
        with pytest.raises(ConfigError) as caught:
            group.safe_get("retries")
        assert message(caught) == (
            "Option 'retries' in group 'g' of a.ini is 'three'; it does not accept that: "
            "invalid literal for int() with base 10: 'three'."
        )

    def test_a_mapping_with_errors_of_its_own_works(self):
        """
        Whatever a mapping raises for what it does not have, a group of it is an ordinary mapping.
        """
        foreign = ForeignMapping(enable_pre_hooks="on")
        with pytest.raises(ForeignError):
            foreign["no_such"]
        group = as_configuration(foreign)
        assert group.get("no_such") is None
        assert (list(group), len(group)) == (["enable_pre_hooks"], 1)
        assert read_option(group, "enable_pre_hooks", OPTION_DEFAULTS) is True
        assert read_option(group, "enable_post_hooks", OPTION_DEFAULTS) is False

    def test_a_mapping_that_refuses_its_own_value_is_told(self):
        """
        A ValueError from the mapping becomes one that names the option.
        """
        group = ConfigGroup(ForeignMapping(enable_pre_hooks=ValueError("no boolean.")))
        with pytest.raises(ConfigError) as caught:
            read_option(group, "enable_pre_hooks", OPTION_DEFAULTS)
        assert message(caught) == (
            "Option 'enable_pre_hooks' cannot be read: no boolean. "
            "It accepts true, yes, on or 1, and false, no, off or 0, in any case."
        )

    def test_it_is_a_configuration(self):
        """
        A group can stand wherever a host's object can.
        """
        assert isinstance(ConfigGroup({}), Configuration)


class TestAsConfiguration:
    @pytest.mark.parametrize("given", [None, ConfigGroup({}), HostConfiguration()], ids=["none", "group", "object"])
    def test_what_can_be_read_stays(self, given):
        """
        None, a group and a host's object are used as they are.
        """
        assert as_configuration(given) is given

    def test_a_mapping_is_not_copied(self):
        """
        A group of a mapping shows what becomes of the mapping.
        """
        values = {}
        group = as_configuration(values)
        values["enable_pre_hooks"] = "1"
        assert group == values

    def test_anything_else_is_refused(self):
        """
        The message shows the object and lists what will do.
        """
        with pytest.raises(ConfigError) as caught:
            as_configuration("generic1")
        assert message(caught) == (
            "'generic1' is no configuration. Give a mapping, what read_config_group() returns, "
            "an object with safe_get and append_config_values, or None."
        )


class TestReadOption:
    @pytest.mark.parametrize("default", [["a"], {"a": 1}, {"a"}], ids=["list", "dict", "set"])
    def test_a_default_that_can_be_mutated_is_copied(self, default):
        """
        What one hook does to its option, the next does not see.
        """
        found = read_option(None, "option", {"option": default})
        assert found == default
        assert found is not default

    @pytest.mark.parametrize(
        "configuration", [None, ConfigGroup({}), ConfigGroup({"option": None}), HostConfiguration()]
    )
    def test_what_is_not_set_is_at_its_default(self, configuration):
        """
        No configuration, no such option in it, and None all mean the default.
        """
        assert read_option(configuration, "option", {"option": 5}) == 5

    def test_a_hosts_object_is_asked(self):
        """
        Its values are checked and converted like others, and its group is named.
        """
        configuration = HostConfiguration(enable_pre_hooks=True, periodic_hooks_interval="soon")
        assert read_option(configuration, "enable_pre_hooks", OPTION_DEFAULTS) is True
        with pytest.raises(ConfigError) as caught:
            read_option(configuration, "periodic_hooks_interval", OPTION_DEFAULTS)
        assert message(caught) == (
            "Option 'periodic_hooks_interval' in group 'generic1' is 'soon'; "
            "it accepts a number of seconds other than zero; a negative one means never."
        )

    def test_what_a_hosts_object_refuses_is_told(self):
        """
        A ValueError, as oslo.config raises for a bad value, becomes one that names option and group.
        """
        configuration = HostConfiguration(enable_pre_hooks=ValueError("Unexpected boolean value 'maybe'"))
        with pytest.raises(ConfigError) as caught:
            read_option(configuration, "enable_pre_hooks", OPTION_DEFAULTS)
        assert message(caught) == (
            "Option 'enable_pre_hooks' in group 'generic1' cannot be read: Unexpected boolean value 'maybe'. "
            "It accepts true, yes, on or 1, and false, no, off or 0, in any case."
        )

    def test_what_refuses_an_option_of_any_type_is_told(self):
        """
        Where the default does not tell what is accepted, the message leaves it out.
        """
        with pytest.raises(ConfigError) as caught:
            read_option(HostConfiguration(queue=ValueError("no queue.")), "queue", {"queue": None})
        assert message(caught) == "Option 'queue' in group 'generic1' cannot be read: no queue."

    def test_the_hosts_own_options_are_as_the_configuration_gives_them(self):
        """
        An option that no hook declares is not converted; appended ones are, by their own type.
        """
        group = ConfigGroup({"backend": "1", "retries": "3"})
        group.append_config_values([Opt("retries", int), Opt("pause", float, 0.5)])
        read = [read_option(group, name, OPTION_DEFAULTS) for name in ("backend", "retries", "pause")]
        assert read == ["1", 3, 0.5]
        assert read_option(HostConfiguration(backend="1"), "backend", OPTION_DEFAULTS) == "1"

    def test_a_hosts_object_answers_none_for_what_it_does_not_know(self):
        """
        There None may also stand for an option of the host that is not set.
        """
        assert read_option(HostConfiguration(), "no_such", OPTION_DEFAULTS) is None

    @pytest.mark.parametrize(
        ("configuration", "place"),
        [(None, ""), (ConfigGroup({"host": "a"}, "g", "a.ini"), " in group 'g' of a.ini")],
        ids=["none", "group"],
    )
    def test_an_unknown_option_is_told(self, configuration, place):
        """
        The message lists what there is and the option that may be meant.
        """
        with pytest.raises(ConfigError) as caught:
            read_option(configuration, "enable_pre_hook", OPTION_DEFAULTS, "hooks:Audit")
        assert message(caught) == (
            f"hooks:Audit has no option 'enable_pre_hook'{place}. Did you mean 'enable_pre_hooks'? "
            f"It has {STANDARD}; a class declares more in option_defaults."
        )


class TestNearMisses:
    def test_a_misspelt_option_is_found(self):
        """
        An option that is nobody's and looks like a known one is told; the host's others are passed over.
        """
        group = ConfigGroup({"enable_pre_hook": "1", "periodic_interval": "5", "enable_post_hooks": "1"}, "g", "a.ini")
        assert near_misses(group, OPTION_DEFAULTS) == [
            "Option 'enable_pre_hook' in group 'g' of a.ini is not one of the hooks'; did you mean 'enable_pre_hooks'?"
        ]

    def test_a_hosts_object_is_not_searched(self):
        """
        It does not say which options it has.
        """
        assert near_misses(HostConfiguration(enable_pre_hook=True), OPTION_DEFAULTS) == []
