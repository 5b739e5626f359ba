"""
The implementations that the tests compare: what a host imports of each, and the parts of Manila that use its hooks.
"""

import importlib
from types import SimpleNamespace

import manila.share.manager
from oslo_config import cfg

import hookkit
from oracle.fake_hooks import Settings, driver_hook_class

NOVA_MODULES = {"original": "nova.hooks", "hookkit": "hookkit.compat.nova_hooks"}


def nova_hooks(implementation):
    """
    Give the module of named hooks.
    """
    return importlib.import_module(NOVA_MODULES[implementation])


class Manila:
    """
    Manila's own driver hooks, and the parts of its share manager that load and tick them.
    """

    hook = importlib.import_module("manila.share.hook")
    add_hooks = staticmethod(manila.share.manager.add_hooks)

    def load(self, *paths):
        """
        Load what ``hook_drivers`` names.
        """
        host = SimpleNamespace(configuration=Settings(hook_drivers=list(paths)), host="alpha", hooks=[])
        manila.share.manager.ShareManager._init_hook_drivers(host)
        return host.hooks

    def tick(self, hooks, ask, context="context"):
        """
        Run the periodic hooks once; *ask* is asked for the data.
        """
        host = SimpleNamespace(
            db=SimpleNamespace(share_instance_get_all_by_host=lambda context, host: ["share"]),
            driver=SimpleNamespace(initialized=True, get_periodic_hook_data=lambda context, share_instances: ask()),
            hooks=hooks,
            host="alpha",
        )
        manila.share.manager.ShareManager._execute_periodic_hook(host, context)

    def interval_s(self, configured):
        """
        Give the interval of the periodic hooks where the option has the value *configured*.
        """
        cfg.CONF.set_override("periodic_hooks_interval", configured)
        try:
            return manila.share.manager.ShareManager._execute_periodic_hook._periodic_spacing
        finally:
            cfg.CONF.clear_override("periodic_hooks_interval")


class Hookkit:
    """
    The same of hookkit.
    """

    hook = importlib.import_module("hookkit.compat.manila_hook")
    add_hooks = staticmethod(hookkit.add_hooks)

    def load(self, *paths):
        """
        Load what ``hook_drivers`` names.
        """
        return hookkit.load_hook_drivers(Settings(hook_drivers=list(paths)), host="alpha")

    def tick(self, hooks, ask, context="context"):
        """
        Run the periodic hooks once; *ask* is asked for the data.
        """
        hookkit.PeriodicHooks(hooks, data=lambda context: ask()).tick(context)

    def interval_s(self, configured):
        """
        Give the interval of the periodic hooks where the option has the value *configured*.
        """
        hook = driver_hook_class(hookkit.HookBase)({"periodic_hooks_interval": configured})
        return hookkit.PeriodicHooks([hook]).interval_s


def manila_hooks(implementation):
    """
    Give what a share manager has of driver hooks.
    """
    return {"original": Manila, "hookkit": Hookkit}[implementation]()
