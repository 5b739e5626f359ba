"""
A driver hook that tells a queue when the access rules of a share have changed.
"""

import queue

from hookkit import HookBase


class AccessNotifier(HookBase):
    """
    Puts a message on a queue whenever the host has updated access rules.

    Attributes:
        messages: The queue; a real service would have a client of its message broker here.
    """

    func_names = ("update_access",)

    def __init__(self, configuration, host):
        super().__init__(configuration, host)
        self.messages = queue.Queue()

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        return None

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        if func_name in self.func_names:
            self.messages.put({"host": self.host, "access changed": kwargs["share_instance_id"]})

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        return None
