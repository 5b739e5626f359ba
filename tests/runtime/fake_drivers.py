"""
Driver hooks and a host of them, for tests.
"""

import asyncio

from hookkit import HookBase, Replace, add_hooks

ENABLED = {"enable_pre_hooks": True, "enable_post_hooks": True, "enable_periodic_hooks": True}


class Hook(HookBase):
    """
    A driver hook that notes what it is given in a log that it may share with others.
    """

    def __init__(self, configuration=ENABLED, host="alpha", log=None, name="hook"):
        super().__init__(configuration, host)
        self.log = [] if log is None else log
        self.name = name

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        self.log.append((self.name, "pre", context, func_name, args, kwargs))
        return f"data of {self.name}"

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        self.log.append((self.name, "post", context, func_name, pre_hook_data, driver_action_results, args, kwargs))

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
        self.log.append((self.name, "periodic", context, periodic_hook_data, args, kwargs))
        return "ticked"


class AsyncHook(Hook):
    """
    The same as a hook of coroutine functions.
    """

    async def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        await asyncio.sleep(0)
        return super()._execute_pre_hook(context, func_name, *args, **kwargs)

    async def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        await asyncio.sleep(0)
        return Replace(f"{driver_action_results}, replaced with {pre_hook_data}")


class FailingHook(Hook):
    """
    A hook whose phases raise.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        raise KeyError("pre")

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        self.log.append(pre_hook_data)
        raise KeyError("post")


class AsyncFailingHook(Hook):
    """
    A hook whose phases raise when they are awaited.
    """

    async def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        raise KeyError("pre")

    async def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
        self.log.append(pre_hook_data)
        raise KeyError("post")


class Manager:
    """
    A host with methods of all kinds of signatures.
    """

    def __init__(self, *hooks):
        self.hooks = list(hooks)
        self.done = []

    @add_hooks
    def extend_share(self, context, share_id, new_size=1, *, reservations=None):
        self.done.append((share_id, new_size))
        return {"share": share_id}

    @add_hooks
    def init_host(self):
        self.done.append("init")

    @add_hooks
    def unmanage(self, share_id, /, context):
        self.done.append(share_id)

    @add_hooks
    def many(self, context, *shares, **options):
        self.done.append((shares, options))
        return "many"

    @add_hooks
    async def migrate(self, context, share_id):
        await asyncio.sleep(0)
        self.done.append(share_id)
        return "migrated"

    @add_hooks
    def fail(self, context):
        raise LookupError("failed")
