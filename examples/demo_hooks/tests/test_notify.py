"""
The driver hook, under Manila's live signatures, without Manila.
"""

import pytest
from demo_hooks.notify import ShareNotifier

from hookkit.testing import body, periodic, post, pre

ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True, "enable_periodic_hooks": True}


@pytest.fixture
def manager(hook_host, hook_ticker):
    """
    A share manager with every hooked method of Manila's latest release, and the notifier attached.
    """
    return hook_host.manager("manila", hooks=[ShareNotifier], config=ENABLED)


@pytest.fixture
def messages(manager):
    """
    A function that takes all messages off the notifier's queue.
    """
    queue = manager.hooks[0].messages

    def take():
        return [queue.get_nowait() for _ in range(queue.qsize())]

    return take


class TestNotifications:
    def test_a_finished_action_is_told(self, manager, messages):
        """
        The message says what was done, with what, and what came of it.
        """
        manager.returns["create_share_instance"] = "share-1"

        manager.create_share_instance("ctx", "share-1", request_spec={"size": 5})

        assert messages() == [
            {
                "host": "manila",
                "action": "create_share_instance",
                "arguments": {"share_instance_id": "share-1", "request_spec": {"size": 5}},
                "result": "share-1",
            }
        ]

    def test_what_is_not_watched_is_not_told(self, manager, messages):
        """
        Actions that nobody asked about give no message.
        """
        manager.create_snapshot("ctx", "share-1", "snapshot-1")

        assert messages() == []

    def test_the_result_of_extend_share_is_replaced_by_post(self, manager, hook_recorder):
        """
        The caller gets the result that the hook put in the place of the host's.
        """
        assert manager.extend_share("ctx", "share-1", 7, reservations=None) == {"size": 7, "notified": True}
        assert hook_recorder.events == [
            pre("extend_share", hook=ShareNotifier),
            body("extend_share").returning(None),
            post("extend_share", hook=ShareNotifier).result(None).returning({"size": 7, "notified": True}),
        ]

    def test_access_rules_are_told_where_the_host_has_them(self, manager, messages):
        """
        The message about access comes with update_access, which took the place of allow_access.
        """
        manager.update_access("ctx", "share-1")

        assert [message["action"] for message in messages()] == ["update_access"]

    def test_switched_off_nothing_is_told(self, hook_host, hook_recorder):
        """
        With hooks at their defaults, which are off, only the host's own work is done.
        """
        manager = hook_host.manager("manila", hooks=[ShareNotifier])

        manager.update_access("ctx", "share-1")

        assert hook_recorder.events == [body("update_access")]


class TestUsage:
    def test_it_is_reported_on_the_third_tick(self, manager, messages, hook_ticker, hook_recorder):
        """
        Two ticks say nothing; the third tells how much all shares take.
        """
        manager.data = [{"size": 5}, {"size": 7}]

        hook_ticker.tick(2)
        assert messages() == []
        hook_ticker.tick()
        assert messages() == [{"host": "manila", "action": "usage", "gigabytes": 12}]
        assert hook_recorder.events[-1] == periodic(hook=ShareNotifier).returning(12)

    def test_the_host_may_say_how_often(self, hook_host, hook_ticker):
        """
        The option in the host's configuration says on which tick the usage is reported.
        """
        config = ENABLED | {"usage_every_ticks": 2}
        manager = hook_host.manager("manila", hooks=[ShareNotifier], config=config, data=[{"size": 5}])

        hook_ticker.tick(4)

        assert manager.hooks[0].messages.qsize() == 2
