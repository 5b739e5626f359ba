"""
What is checked of named hooks and of driver hooks alike.
"""

from collections.abc import Iterator

from hookkit.contracts._methods import Method, place_of_class
from hookkit.contracts._problems import Problem
from hookkit.contracts._reads import ignored_results
from hookkit.contracts._sources import Source, read_signature


def unmade(hook: object, how: str, **arguments: object) -> Iterator[Problem]:
    """
    Yield a problem if *hook* is a class that cannot be made with these arguments.
    """
    signature = read_signature(hook) if isinstance(hook, type) else None
    if signature is None:
        return
    try:
        signature.bind(**arguments)
    except TypeError:
        yield Problem(
            "not-loadable", f"cannot be made: it is called {how}, and takes {signature}", *place_of_class(hook)
        )


def unread(method: Method) -> str:
    """
    Say that the source of a method cannot be read.
    """
    return f"{method.name}() has no source that can be read, so what it does with its arguments was not looked at"


def returned(method: Method, source: Source, result: str | None) -> Iterator[Problem]:
    """
    Yield a problem for each value that a ``post`` returns to no effect.

    Args:
        method: The method.
        source: Its source.
        result: The parameter that has the function's result; None if it has no name.
    """
    for what, line in ignored_results(source, result):
        message = f"returns {what}, which is ignored; return hookkit.Replace(...) to replace the result"
        yield method.problem("ignored-result", f"{method.name}() {message}", line)
