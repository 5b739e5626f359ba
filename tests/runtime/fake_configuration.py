"""
Configurations of hosts, for tests.
"""

from collections.abc import Mapping


class HostConfiguration:
    """
    A configuration object in the manner of Manila's: None for what it does not know.
    """

    config_group = "generic1"

    def __init__(self, **values):
        self.values = values
        self.appended = []

    def safe_get(self, value):
        found = self.values.get(value)
        if isinstance(found, Exception):
            raise found
        return found

    def append_config_values(self, share_opts):
        self.appended.extend(share_opts)


class ForeignError(Exception):
    """
    What a foreign mapping raises for an option that it does not have.
    """


class ForeignMapping(Mapping):
    """
    A mapping that does not raise KeyError, as the groups of oslo.config do not.
    """

    def __init__(self, **values):
        self.values_ = values

    def __contains__(self, name):
        return name in self.values_

    def __getitem__(self, name):
        if name not in self.values_:
            raise ForeignError(name)
        value = self.values_[name]
        if isinstance(value, Exception):
            raise value
        return value

    def __iter__(self):
        return iter(self.values_)

    def __len__(self):
        return len(self.values_)


class Opt:
    """
    An option in the manner of oslo.config's.
    """

    def __init__(self, name, type=None, default=None, help=None):  # noqa: A002 - oslo's
        self.dest = name
        self.default = default
        self.help = help
        if type is not None:
            self.type = type
