"""
Driver hooks that a configuration can name, for a host with either base.
"""

import manila.share.hook


class First(manila.share.hook.HookBase):
    """
    A hook of Manila's.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs): ...

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...


class Second(First):
    """
    Another one.
    """
