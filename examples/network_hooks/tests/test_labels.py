"""
The network hook, called in each of the ways in which Nova calls it, without Nova.
"""

from pathlib import Path

import pytest
from before import LabelHookBefore
from network_hooks.hooks import LabelHook

from hookkit.testing import body, pre

INSTANCE = {"display_name": "web"}


@pytest.fixture
def networks():
    """
    Two networks, one of which has a label.
    """
    return [{"network": {"id": "n-1"}}, {"network": {"id": "n-2", "label": "blue"}}]


@pytest.fixture
def store(hook_host):
    """
    Nova's function that stores the network information of an instance.
    """
    return hook_host.from_catalogue("nova", release="Juno")["instance_network_info"]


class TestLabelHook:
    @pytest.fixture(autouse=True)
    def installed(self, fake_entry_points):
        """
        The package as if it were installed.
        """
        fake_entry_points.add_project(Path(__file__).parents[1])

    def test_the_host_stores_what_the_hook_made_of_it(self, store, networks, hook_recorder):
        """
        The hook changes the host's own list, so that the host stores the labels.
        """
        store(object(), "ctx", INSTANCE, nw_info=networks)

        labelled = [{"network": {"id": "n-1", "label": "web-1"}}, {"network": {"id": "n-2", "label": "blue"}}]
        hook_recorder.assert_sequence(
            [
                pre("instance_network_info", hook=LabelHook).changing("nw_info[0]['network']['label']", "web-1"),
                body("instance_network_info").with_arguments(nw_info=labelled),
            ]
        )

    def test_positional_information_is_labelled_too(self, store, networks):
        """
        Where the host passes the information by position, it is labelled all the same.
        """
        store(object(), "ctx", INSTANCE, networks)

        assert networks[0]["network"]["label"] == "web-1"

    def test_without_information_nothing_happens(self, store, hook_recorder):
        """
        Where the host has no information to pass, the hook changes nothing and raises nothing.
        """
        store(object(), "ctx", INSTANCE)

        assert [event.changes for event in hook_recorder.events] == [(), ()]


class TestTheBug:
    def test_a_keyword_hides_the_bug(self, store, networks, fake_entry_points):
        """
        Where the information is passed by keyword, the old hook does its work, which is why nobody saw the bug.
        """
        fake_entry_points.add("nova.hooks", "instance_network_info", LabelHookBefore)

        store(object(), "ctx", INSTANCE, nw_info=networks)

        assert [vif["network"]["label"] for vif in networks] == ["web-1", "blue"]

    def test_the_old_hook_misses_what_is_passed_by_position(self, store, networks, fake_entry_points, hook_recorder):
        """
        Two of the host's three ways to call made the old hook raise, which the host swallowed.
        """
        fake_entry_points.add("nova.hooks", "instance_network_info", LabelHookBefore)

        store(object(), "ctx", INSTANCE, networks)
        store(object(), "ctx", INSTANCE)

        missing = pre("instance_network_info", hook=LabelHookBefore).raising(KeyError, match="nw_info")
        assert hook_recorder.swallowed == [missing, missing]
