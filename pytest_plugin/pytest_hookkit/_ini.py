"""
The values of pytest's ini keys, as text and lists.
"""

from __future__ import annotations

from typing import Any

import pytest


def read_secret_names(config: pytest.Config) -> list[str]:
    """
    Read which names, beside the usual ones, are those of secrets.

    Raises:
        pytest.UsageError: If one can be no part of a name.
    """
    names: list[str] = ini_value(config, "hooks_secret_names", "a list of names")
    for name in names:
        if not name.strip() or "," in name:
            msg = (
                f"The ini key hooks_secret_names has {name!r}, which is no part of a name. "
                "Write parts of names with spaces between them, such as: pin api_key."
            )
            raise pytest.UsageError(msg)
    return names


def ini_value(config: pytest.Config, key: str, accepted: str) -> Any:
    """
    Read an ini key.

    Raises:
        pytest.UsageError: If it is not what is *accepted*.
    """
    try:
        value = config.getini(key)
    except (TypeError, ValueError, pytest.UsageError) as exc:  # pytest's, for no boolean, or another type in TOML
        msg = f"The ini key {key} must be {accepted}: {exc}."
        raise pytest.UsageError(msg) from exc
    return _entry_points(value) if key == "hooks_entry_points" and value is not None else value


def _entry_points(lines: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        group, _, declared = line.partition(":")
        name, equals, target = (part.strip() for part in declared.partition("="))
        if not equals:
            msg = (
                f"The ini key hooks_entry_points has the line {line!r}. "
                "Write it as 'group: name = package.module:attribute'."
            )
            raise pytest.UsageError(msg)
        found.setdefault(group.strip(), {})[name] = target
    return found
