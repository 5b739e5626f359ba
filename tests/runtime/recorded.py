"""
A host to record: a hook point, and hooks that do things worth recording.
"""

from hookkit import HookRegistry, Replace


class Context:
    """
    What a host passes along.
    """

    def __init__(self, user):
        self.user = user


class AuditHook:
    """
    Notes on the metadata that it was there.
    """

    def pre(self, api, context, name, metadata=None):
        if metadata is not None:
            metadata["audited"] = True

    def post(self, rv, api, context, name, metadata=None):
        pass


class QuotaHook:
    """
    Has a post only, and doubles the result.
    """

    def post(self, rv, *args, **kwargs):
        return Replace(rv * 2)


class BrokenHook:
    """
    Raises in every method.
    """

    def pre(self, *args, **kwargs):
        raise KeyError("project")

    def post(self, rv, *args, **kwargs):
        raise ValueError("two\nlines")

    def error(self, exc, *args, **kwargs):
        raise TypeError("in error")


class Api:
    """
    A host's class with one hooked method; *hooks* are what is registered there.
    """

    def __init__(self, *hooks, group="recorded", fails=None):
        self.registry = HookRegistry(group)
        for hook in hooks:
            self.registry.register("create", hook)
        self.fails = fails
        hooked = self.registry.add_hook("create")(type(self).create)
        self.create = hooked.__get__(self)

    def create(self, context, name, metadata=None):
        if self.fails is not None:
            raise self.fails
        return 21
