"""
Hooks for both implementations.
"""

LOGGERS = ("nova.hooks", "hookkit.nova.hooks", "manila.share.hook", "hookkit.drivers")


class Noting:
    """
    Notes each call of its methods as (name, phase, args, kwargs).
    """

    def __init__(self, name, notes):
        self.name = name
        self.notes = notes

    def pre(self, *args, **kwargs):
        self.notes.append((self.name, "pre", args, kwargs))

    def post(self, *args, **kwargs):
        self.notes.append((self.name, "post", args, kwargs))

    def __repr__(self):
        return f"<hook {self.name}>"


class Settings:
    """
    A host's configuration, as oslo.config's in Manila: options have their defaults once they were appended.
    """

    def __init__(self, **values):
        self.values = values
        self.appended = {}

    def append_config_values(self, options):
        self.appended.update({option.name: option.default for option in options})

    def safe_get(self, name):
        return self.values.get(name, self.appended.get(name))


def driver_hook_class(base):
    """
    Make a driver hook of *base*: it notes each call, and does what it was given for a phase.
    """

    class DriverHook(base):
        def __init__(self, configuration=None, host="alpha", *, name="hook", notes=None, **deeds):
            super().__init__(configuration=configuration, host=host)
            self.name = name
            self.notes = [] if notes is None else notes
            self.deeds = deeds

        def do(self, phase, *args, **kwargs):
            self.notes.append((self.name, phase, args, kwargs))
            deed = self.deeds.get(phase)
            if isinstance(deed, BaseException):
                raise deed
            return deed(*args) if callable(deed) else deed

        def _execute_pre_hook(self, context, func_name, *args, **kwargs):
            return self.do("pre", context, func_name, *args, **kwargs)

        def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs):
            return self.do("post", context, func_name, pre_hook_data, driver_action_results, *args, **kwargs)

        def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs):
            return self.do("periodic", context, periodic_hook_data, *args, **kwargs)

    return DriverHook


def hook_log(caplog):
    """
    Give what hooks logged, as (level, message), and leave out what the original says of their future.
    """
    return [
        (record.levelname, record.getMessage().strip())
        for record in caplog.records
        if record.name in LOGGERS and "deprecated" not in record.getMessage()
    ]
