"""
Small hooks for tests.
"""

from functools import partialmethod


class Noting:
    """
    Notes each call of its methods as (name, phase, args, kwargs).
    """

    def __init__(self, name, notes, order=0):
        self.name = name
        self.notes = notes
        self.order = order

    def note(self, phase, /, *args, **kwargs):
        self.notes.append((self.name, phase, args, kwargs))

    pre = partialmethod(note, "pre")
    post = partialmethod(note, "post")
    error = partialmethod(note, "error")

    def __repr__(self):
        return f"<hook {self.name}>"


class Doing:
    """
    Does in a phase what it was given for it, and has no other methods; an exception is raised.
    """

    def __init__(self, **phases):
        for phase, deed in phases.items():
            setattr(self, phase, self.raiser(deed) if isinstance(deed, BaseException) else deed)

    @staticmethod
    def raiser(exc):
        def method(*args, **kwargs):
            raise exc

        return method

    def __repr__(self):
        return "<hook Doing>"


class Awaited:
    """
    Another hook whose methods are coroutine functions.
    """

    def __init__(self, hook):
        self.hook = hook
        self.order = getattr(hook, "order", 0)
        self.periodic = getattr(hook, "periodic", None)
        for phase in ("pre", "post", "error"):
            method = getattr(hook, phase, None)
            if method is not None:
                setattr(self, phase, self.coroutine_function(method))

    @staticmethod
    def coroutine_function(method):
        async def coroutine(*args, **kwargs):
            return method(*args, **kwargs)

        return coroutine

    def __repr__(self):
        return repr(self.hook)


class Methodless:
    """
    Is no hook: it has no hook method.
    """

    def __repr__(self):
        return "<Methodless>"


class BrokenRepr:
    """
    Cannot be shown.
    """

    def __repr__(self):
        raise RuntimeError("no repr")

    def pre(self, *args, **kwargs):
        raise ValueError("from pre")


class BrokenStrError(Exception):
    """
    An exception that cannot be shown.
    """

    def __str__(self):
        raise RuntimeError("no str")


class Classless:
    """
    Raises when it is asked for its class, as isinstance does.
    """

    @property
    def __class__(self):
        raise RuntimeError("Nobody asks me for my class.")


class ClasslessError(Classless, ValueError):
    """
    An exception that does so.
    """
