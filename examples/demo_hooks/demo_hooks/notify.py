"""
A driver hook that tells a queue what a share service did.
"""

import queue

from hookkit import HookBase, Replace

WATCHED = ("create_share_instance", "extend_share", "update_access")


class ShareNotifier(HookBase):
    """
    Puts a message on a queue for each finished action, and the usage of all shares every few ticks.

    Options, beside those of every driver hook:
        usage_every_ticks: On which tick the usage is reported; 3 is every third.
    """

    option_defaults = {"usage_every_ticks": 3}

    def __init__(self, configuration, host):
        super().__init__(configuration, host)
        self.messages = queue.Queue()  # a real service would have a client of its message broker here
        self.ticks = 0

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        return dict(kwargs) if func_name in WATCHED else None

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        if func_name not in WATCHED:
            return None
        self.messages.put(
            {"host": self.host, "action": func_name, "arguments": pre_hook_data, "result": driver_action_results}
        )
        if func_name == "extend_share":
            return Replace({"size": kwargs["new_size"], "notified": True})
        return None

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        self.ticks += 1
        if self.ticks % self.get_config_option("usage_every_ticks"):
            return None
        usage = sum(share["size"] for share in periodic_hook_data)
        self.messages.put({"host": self.host, "action": "usage", "gigabytes": usage})
        return usage
