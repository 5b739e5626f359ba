"""
What metadata can hold: names, versions and requirements that come back as they went in.
"""

import re

from hookkit.exceptions import InvalidValueError, MisuseError


def check_text(what: str, value: object) -> None:
    """
    Refuse *value* unless it is a line of text; *what* it is stands in the error.

    Raises:
        MisuseError: If it is no string.
        InvalidValueError: If it is empty, more than one line, or has spaces around it.
    """
    if not isinstance(value, str):
        msg = f"The {what} must be a string, got {value!r}."
        raise MisuseError(msg)
    if not value.isprintable() or value != value.strip() or not value:
        msg = f"The {what} must be one line of text without spaces around it, got {value!r}."
        raise InvalidValueError(msg)


def check_distribution(name: object) -> None:
    """
    Refuse what cannot be the name of a distribution.
    """
    check_text("name of a distribution", name)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", str(name), re.ASCII | re.IGNORECASE):
        msg = f"A distribution cannot be called {name!r}: names have letters, digits, and '.', '-' or '_' inside."
        raise InvalidValueError(msg)


def check_entry_point(group: str, name: str) -> None:
    """
    Refuse what cannot be the group of an entry point, or its name.
    """
    check_text("group", group)
    check_text("name", name)
    if group != group.strip("[]"):
        msg = f"A group cannot be called {group!r}: names of groups have no brackets around them."
        raise InvalidValueError(msg)
    if "=" in name or name.startswith(("#", ";", "[")):
        msg = f"An entry point cannot be called {name!r}: names have no '=', and do not start with '#', ';' or '['."
        raise InvalidValueError(msg)
