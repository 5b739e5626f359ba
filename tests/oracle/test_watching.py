"""
Manila's own hooks, called directly, as a recorder sees them.
"""

import pytest
from manila.share.hook import HookBase

from hookkit import Recorder
from hookkit.testing import periodic, post, pre
from oracle.fake_hooks import Settings


class Notifier(HookBase):
    """
    A hook as its author writes it for Manila.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        return {"share": kwargs["share_id"]}

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        driver_action_results.append(pre_hook_data)

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        raise KeyError("usage")


def test_a_hook_of_manilas_is_recorded_without_manila_running():
    """
    Each direct call is one event of the function that the hook is told, and what it raises is raised.
    """
    settings = Settings(
        enable_pre_hooks=True,
        enable_post_hooks=True,
        enable_periodic_hooks=True,
        suppress_pre_hooks_errors=True,
        suppress_post_hooks_errors=False,
    )
    with Recorder() as recorder:
        hook = recorder.watch(Notifier(configuration=settings, host="alpha"))
        data = hook.execute_pre_hook("ctx", "create_share", share_id="id")
        hook.execute_post_hook("ctx", "create_share", data, [], share_id="id")
        broken = hook.execute_pre_hook("ctx", "delete_share")
        with pytest.raises(KeyError):
            hook.execute_periodic_hook("ctx", [])
    assert recorder.events == [
        pre("create_share", hook=Notifier).with_args("ctx", "create_share", share_id="id").returning({"share": "id"}),
        post("create_share").result([]).changing("driver_action_results[0]", {"share": "id"}),
        pre("delete_share").raising(KeyError, match="share_id"),
        periodic().raising(KeyError, match="usage"),
    ]
    assert isinstance(broken, KeyError)
    assert [event.suppressed for event in recorder.events] == [False, False, True, False]
    assert not {"execute_pre_hook", "_execute_pre_hook"} & vars(hook).keys()
