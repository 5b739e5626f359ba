"""
The hook as it was, with the bug that a test finds.
"""

from share_hooks.hooks import AccessNotifier


class AccessNotifierBefore(AccessNotifier):
    """
    Waits for actions that the host has not had since its release 4.0.0.
    """

    func_names = ("allow_access", "deny_access")
