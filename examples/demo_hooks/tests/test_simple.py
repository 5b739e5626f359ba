"""
The named hooks, under the signatures that Nova had in its release 2014.2, without Nova.
"""

import pytest
from demo_hooks.simple import CreateHook, DeleteHook, NetworkInfoHook

from hookkit import FatalHookException
from hookkit.testing import body, error, post, pre

CREATED = (["vm-1"], "r-1")


@pytest.fixture
def nova(hook_host):
    """
    Nova's hook points of release 2014.2.
    """
    return hook_host.from_catalogue("nova", release="2014.2")


class TestCreateHook:
    def test_pre_runs_before_the_host_and_post_after_it(self, nova, hook_recorder):
        """
        The hook sees the call first, then the host runs, then the hook sees the result.
        """
        nova.returns["create_instance"] = CREATED

        nova["create_instance"](object(), "ctx", "m1.small", "image-1", metadata={"owner": "alice"})

        assert hook_recorder.events == [
            pre("create_instance", hook=CreateHook).with_arguments(instance_type="m1.small", image_href="image-1"),
            body("create_instance").returning(CREATED),
            post("create_instance", hook=CreateHook).result(CREATED),
        ]

    def test_metadata_is_changed_in_place(self, nova, hook_recorder):
        """
        The host is given the metadata with the mark that pre put in.
        """
        nova.returns["create_instance"] = CREATED

        nova["create_instance"](object(), "ctx", "m1.small", "image-1", metadata={"owner": "alice"})

        assert hook_recorder.events[0] == pre("create_instance").changing("metadata['audited']", True)
        assert hook_recorder.events[1] == body("create_instance").with_arguments(
            metadata={"owner": "alice", "audited": True}
        )

    def test_an_instance_without_an_owner_is_vetoed(self, nova, hook_recorder, log):
        """
        Where the metadata says that there is no owner, the host never runs and the hook learns of the failure.
        """
        with pytest.raises(FatalHookException, match="an instance needs an owner"):
            nova["create_instance"](object(), "ctx", "m1.small", "image-1", metadata={"owner": None})

        assert hook_recorder.events == [
            pre("create_instance").raising(FatalHookException, match="needs an owner"),
            error("create_instance", hook=CreateHook),
        ]
        assert log() == ["create_instance failed: an instance needs an owner"]

    def test_the_outcome_is_logged(self, nova, log):
        """
        The log tells what was asked for and what was made.
        """
        nova.returns["create_instance"] = CREATED

        nova["create_instance"](object(), "ctx", "m1.small", "image-1")

        assert log() == [
            "create_instance begins: type m1.small, image image-1, metadata None",
            "create_instance done: 1 in reservation r-1",
        ]


class TestDeleteHook:
    def test_the_owner_is_logged(self, nova, log):
        """
        The log tells who owned the instance that is gone.
        """
        nova["delete_instance"](object(), "ctx", {"uuid": "u-1", "metadata": {"owner": "alice"}}, [], None)

        assert log() == ["delete_instance done: u-1 of alice"]

    def test_a_missing_owner_does_not_stop_the_host(self, nova, hook_recorder):
        """
        An instance without an owner makes the hook raise; the host goes on without it.
        """
        nova["delete_instance"](object(), "ctx", {"uuid": "u-1", "metadata": {}}, [], None)

        assert hook_recorder.swallowed == [
            post("delete_instance", hook=DeleteHook).raising(KeyError, match="owner"),
        ]


class TestNetworkInfoHook:
    def test_networks_without_a_label_get_one(self, nova, hook_recorder):
        """
        The host stores the networks with the labels that the hook filled in.
        """
        networks = [{"network": {"id": "n-1"}}, {"network": {"id": "n-2", "label": "blue"}}]

        nova["instance_network_info"](object(), "ctx", {"uuid": "u-1"}, nw_info=networks)

        assert hook_recorder.events == [
            pre("instance_network_info", hook=NetworkInfoHook).changing("nw_info[0]['network']['label']", "unnamed"),
            body("instance_network_info"),
        ]
        assert networks[1]["network"]["label"] == "blue"

    def test_the_networks_are_counted_in_the_log(self, nova, log):
        """
        The log tells how many networks the instance has.
        """
        networks = [{"network": {"id": "n-1"}}, {"network": {"id": "n-2"}}]

        nova["instance_network_info"](object(), "ctx", {"uuid": "u-1"}, nw_info=networks)

        assert log() == ["instance_network_info: 2 networks of u-1"]

    def test_it_runs_after_hooks_of_the_usual_order(self, nova, fake_entry_points, hook_recorder):
        """
        A hook of another package that says nothing of its order has seen the networks before they are labelled.
        """

        class Usual:
            def pre(self, *args, **kwargs):
                pass

        fake_entry_points.add("nova.hooks", "instance_network_info", Usual)

        nova["instance_network_info"](object(), "ctx", {"uuid": "u-1"}, nw_info=[])

        assert [event.hook.name for event in hook_recorder.events if event.phase == "pre"] == [
            "Usual",
            "NetworkInfoHook",
        ]


class TestOrder:
    def test_a_hook_of_another_package_runs_by_its_order(self, nova, fake_entry_points, hook_recorder):
        """
        A hook with a lower order runs before ours, one with a higher order after it, in pre as in post.
        """

        class Early:
            order = -1

            def pre(self, *args, **kwargs):
                pass

            def post(self, rv, *args, **kwargs):
                pass

        class Late(Early):
            order = 20

        fake_entry_points.add("nova.hooks", "create_instance", Late)
        fake_entry_points.add("nova.hooks", "create_instance", Early)
        nova.returns["create_instance"] = CREATED

        nova["create_instance"](object(), "ctx", "m1.small", "image-1")

        assert [(event.phase, event.hook and event.hook.name) for event in hook_recorder.events] == [
            ("pre", "Early"),
            ("pre", "CreateHook"),
            ("pre", "Late"),
            ("body", None),
            ("post", "Early"),
            ("post", "CreateHook"),
            ("post", "Late"),
        ]


class TestEveryRelease:
    @pytest.mark.parametrize("release", ["2013.1", "2014.1", "12.0.0", "16.0.0", "21.2.4"])
    def test_create_instance_works_as_the_release_calls_it(self, hook_host, release, log):
        """
        The hook accepts the call of each release of the host.
        """
        nova = hook_host.from_catalogue("nova", release=release)
        nova.returns["create_instance"] = CREATED

        nova["create_instance"](object(), "ctx", "m1.small", "image-1", display_name="vm-1", metadata={"owner": "bob"})

        assert log()[-1] == "create_instance done: 1 in reservation r-1"
