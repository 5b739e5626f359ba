"""
``hookkit list``: what is installed, and whether it loads.
"""

import argparse
from collections.abc import Sequence

from hookkit._cli._hooks import as_if_installed, no_hooks, quietly
from hookkit._cli._output import Cell, Output, counted
from hookkit._cli._parsing import Command, add_group, add_json, add_project
from hookkit._cli._progress import counting
from hookkit._messages import label_of
from hookkit.contracts._check import why_not_loaded
from hookkit.discovery import EntryPoint, entry_points
from hookkit.exceptions import HookLoadError

Hooks = Sequence[tuple[EntryPoint, str | None]]


def run(options: argparse.Namespace, out: Output, _: argparse.ArgumentParser) -> int:
    """
    List the hooks of a group.
    """
    with as_if_installed(options.project):
        installed = counting(entry_points(options.group), "loading")
        hooks = [(entry_point, _why_not(entry_point)) for entry_point in installed]
        if options.json:
            out.json(_raw(options.group, hooks))
        elif hooks:
            _print(out, hooks)
        else:
            out.line(no_hooks(options.group))
    return int(any(reason is not None for _, reason in hooks))


def _why_not(entry_point: EntryPoint) -> str | None:
    """
    Say why a hook does not load; None if it does.
    """
    try:
        quietly(entry_point.load)
    except HookLoadError as exc:
        return why_not_loaded(exc)
    return None


def _print(out: Output, hooks: Hooks) -> None:
    out.table([_row(entry_point, reason) for entry_point, reason in hooks])
    broken = sum(reason is not None for _, reason in hooks)
    verdict = {0: "all load", 1: "1 does not load"}.get(broken, f"{broken} do not load")
    out.line(f"{counted(len(hooks), 'hook')}, {verdict if len(hooks) > 1 or broken else 'it loads'}")


def _row(entry_point: EntryPoint, reason: str | None) -> tuple[Cell, ...]:
    return (
        (entry_point.name, "bold"),
        (entry_point.value, "plain"),
        (label_of(entry_point), "plain"),
        ("loads", "good") if reason is None else (reason, "bad"),
    )


def _raw(group: str, hooks: Hooks) -> object:
    return {
        "group": group,
        "hooks": [
            {
                "point": entry_point.name,
                "entry_point": entry_point.value,
                "distribution": entry_point.distribution,
                "version": entry_point.version,
                "loads": reason is None,
                "reason": reason,
            }
            for entry_point, reason in hooks
        ],
    }


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_group(parser, required=True)
    add_project(parser)
    add_json(parser)


COMMAND = Command(
    name="list",
    help="list the installed hooks of a group",
    description=(
        "List the installed hooks of an entry-point group in hook order: the hook point, what the entry point names, "
        "the distribution, and whether it can be imported. Nothing is called. Exit code 1: not all load."
    ),
    examples=(
        "hookkit list --group nova.hooks",
        "hookkit list --group nova.hooks --project .",
        "hookkit list --group nova.hooks --json",
    ),
    add_options=_add_options,
    run=run,
)
