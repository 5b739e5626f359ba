"""
The driver hook, under the methods of Manila's releases, without Manila.
"""

import pytest
from before import AccessNotifierBefore
from share_hooks.hooks import AccessNotifier

from hookkit.contracts import catalogue
from hookkit.testing import body, post, pre

ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True}
RELEASES = catalogue("manila").releases


def messages(manager):
    """
    Take all messages off the hook's queue.
    """
    queue = manager.hooks[0].messages
    return [queue.get_nowait() for _ in range(queue.qsize())]


class TestAccessNotifier:
    @pytest.mark.parametrize("release", RELEASES[RELEASES.index("4.0.0") :])
    def test_a_change_of_access_is_told(self, hook_host, release):
        """
        The message goes out in each release that has the action.
        """
        manager = hook_host.manager("manila", hooks=[AccessNotifier], config=ENABLED, release=release)

        manager.update_access("ctx", "share-1")

        assert messages(manager) == [{"host": "manila", "access changed": "share-1"}]

    def test_the_message_goes_out_after_the_work(self, hook_host, hook_recorder):
        """
        The host has updated the rules before anybody is told.
        """
        manager = hook_host.manager("manila", hooks=[AccessNotifier], config=ENABLED)

        manager.update_access("ctx", "share-1")

        hook_recorder.assert_sequence(
            [
                pre("update_access", hook=AccessNotifier),
                body("update_access"),
                post("update_access", hook=AccessNotifier),
            ]
        )

    def test_no_message_if_the_work_failed(self, hook_host):
        """
        Where the host could not update the rules, nobody is told that it did.
        """
        manager = hook_host.manager("manila", hooks=[AccessNotifier], config=ENABLED)
        manager.raises["update_access"] = RuntimeError("the backend is away")

        with pytest.raises(RuntimeError, match="the backend is away"):
            manager.update_access("ctx", "share-1")

        assert messages(manager) == []

    def test_it_has_nothing_to_say_periodically(self, hook_host, hook_ticker):
        """
        Periodic runs give no message.
        """
        config = {**ENABLED, "enable_periodic_hooks": True}
        manager = hook_host.manager("manila", hooks=[AccessNotifier], config=config)

        assert [run.value for run in hook_ticker.tick()] == [None]
        assert messages(manager) == []


class TestTheBug:
    def test_the_old_hook_heard_nothing_any_more(self, hook_host):
        """
        Since its release 4.0.0 the host has update_access in the place of what the old hook waits for.
        """
        manager = hook_host.manager("manila", hooks=[AccessNotifierBefore], config=ENABLED)
        assert not {"allow_access", "deny_access"} & {point.name for point in manager.contract.points}

        manager.update_access("ctx", "share-1")

        assert messages(manager) == []
