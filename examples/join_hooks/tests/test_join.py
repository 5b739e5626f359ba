"""
The enrolment hook, in the releases of Nova that have ``build_instance``, without Nova.
"""

from pathlib import Path
from unittest.mock import ANY

import pytest
from before import JoinHookBefore
from join_hooks.hooks import OTP_PATH, JoinHook

from hookkit.contracts import catalogue
from hookkit.testing import body, error, pre

RELEASES = catalogue("nova").releases_of("build_instance")


@pytest.fixture(autouse=True)
def directory(mocker):
    """
    A directory service that notes what it is asked.
    """
    return mocker.patch.object(JoinHook, "directory", spec_set=JoinHook.directory)


@pytest.fixture
def build(hook_host):
    """
    A function that builds an instance as Nova does, all by position; gives what Nova injects.
    """

    def run(properties, release=None, **answer):
        nova = hook_host.from_catalogue("nova", release=release)
        nova.raises.update(answer)
        files = []
        missing = len(nova.contract.point("build_instance").signature.parameters) - 8
        image = {"properties": properties}
        nova["build_instance"](object(), "ctx", {"hostname": "vm-1"}, image, {}, {}, "pw", files, *[None] * missing)
        return files

    return run


class TestJoinHook:
    @pytest.fixture(autouse=True)
    def installed(self, fake_entry_points):
        """
        The package as if it were installed.
        """
        fake_entry_points.add_project(Path(__file__).parents[1])

    @pytest.mark.parametrize("release", RELEASES)
    def test_the_machine_is_announced_with_what_it_is_given(self, build, directory, release):
        """
        The one-time password that the directory service is told is the one in the injected file.
        """
        [(path, otp)] = build({"join_enroll": "true"}, release)

        assert path == OTP_PATH
        directory.add_host.assert_called_once_with("vm-1", otp)

    @pytest.mark.parametrize("value", ["true", "True", True, "yes"])
    def test_the_property_may_be_a_text_or_a_boolean(self, build, value):
        """
        Whatever way the image says yes, the file is injected.
        """
        assert len(build({"join_enroll": value})) == 1

    @pytest.mark.parametrize("properties", [{}, {"join_enroll": "false"}, {"join_enroll": False}])
    def test_others_are_not_taken_back(self, build, directory, properties):
        """
        A machine that never asked for it is not taken back either when it cannot be built.
        """
        with pytest.raises(RuntimeError, match="no host"):
            build(properties, build_instance=RuntimeError("no host"))
        directory.remove_host.assert_not_called()

    @pytest.mark.parametrize("properties", [{}, {"join_enroll": "false"}, {"join_enroll": False}])
    def test_others_stay_out(self, build, directory, properties):
        """
        A machine that does not ask for it is neither announced nor given a file.
        """
        assert build(properties) == []
        directory.add_host.assert_not_called()

    def test_a_machine_that_is_not_built_is_taken_back(self, build, directory, hook_recorder):
        """
        When the host fails, the hook learns of it and the directory service forgets the machine.
        """
        with pytest.raises(RuntimeError, match="no host"):
            build({"join_enroll": "true"}, build_instance=RuntimeError("no host"))

        hook_recorder.assert_sequence(
            [
                pre("build_instance", hook=JoinHook).changing("injected_files[0]", (OTP_PATH, ANY)),
                body("build_instance").raising(RuntimeError, match="no host"),
                error("build_instance", hook=JoinHook),
            ]
        )
        directory.remove_host.assert_called_once_with("vm-1")


class TestTheBug:
    @pytest.mark.parametrize(("value", "files"), [("true", 1), ("false", 0)])
    def test_a_text_hides_the_bug(self, build, fake_entry_points, value, files):
        """
        Where the property is a text, the old hook does its work, which is why nobody saw the bug.
        """
        fake_entry_points.add("nova.hooks", "build_instance", JoinHookBefore)

        assert len(build({"join_enroll": value})) == files

    def test_a_boolean_property_makes_the_old_hook_fail_unseen(self, build, fake_entry_points, hook_recorder):
        """
        The host goes on, the machine never joins, and only a line in a log says so; the recorder shows it.
        """
        fake_entry_points.add("nova.hooks", "build_instance", JoinHookBefore)

        assert build({"join_enroll": True}) == []
        assert hook_recorder.swallowed == [
            pre("build_instance", hook=JoinHookBefore).raising(
                AttributeError, match="'bool' object has no attribute 'lower'"
            )
        ]
