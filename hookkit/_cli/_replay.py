"""
``hookkit replay``: a recording through a hook, and what the hook does differently.
"""

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hookkit._cli._hooks import importable, quietly
from hookkit._cli._output import Cell, Output, counted
from hookkit._cli._parsing import Command, add_json, add_recording
from hookkit._cli._progress import Progress
from hookkit._hooks import class_path
from hookkit.exceptions import InvalidValueError

if TYPE_CHECKING:
    from hookkit.replaying import PointReplay, Replay, ReplayDifference

_MOST = 20


def run(options: argparse.Namespace, out: Output, _: argparse.ArgumentParser) -> int:
    """
    Replay a recording.
    """
    from hookkit.replaying import replay

    configuration = dict(map(_option, options.set)) or None
    with importable(options.project), _unlogged(), Progress(sys.stderr, "replaying") as progress:
        replayed = quietly(
            lambda: replay(
                options.recording,
                options.hook,
                point=options.point,
                group=options.group,
                configuration=configuration,
                pass_function=options.pass_function,
                limit=0,
                progress=progress,
            )
        )
    if options.json:
        out.json(_raw(replayed))
    else:
        _print(out, replayed, options.most)
    return int(replayed.difference_count > 0)


@contextmanager
def _unlogged() -> Iterator[None]:
    """
    Keep what hookkit logs off standard error: what was suppressed when it was recorded is no news.
    """
    log, handler = logging.getLogger("hookkit"), logging.NullHandler()
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        msg = f"--set got {text!r}. Write it as NAME=VALUE, such as enable_post_hooks=false."
        raise InvalidValueError(msg)
    return name, value


def _print(out: Output, replayed: "Replay", most: int) -> None:
    shown = replayed.differences[:most]
    for difference in shown:
        out.line((f"{difference.phase} {difference.point}", "bold"), f"   event {difference.event}")
        out.line("  ", (difference.message, "bad"), "   ", (_shown_place(difference), "dim"))
    if replayed.difference_count > len(shown):
        out.line(f"... and {replayed.difference_count - len(shown)} more")
    if shown:
        out.line()
    out.table(list(map(_row, replayed.points)))
    for note in _notes(replayed):
        out.line(note)
    out.line(_verdict(replayed))


def _row(point: "PointReplay") -> Sequence[Cell]:
    return (
        (point.point, "bold"),
        (point.group, "plain"),
        (counted(point.calls, "call"), "plain"),
        (counted(point.events, "event"), "plain"),
        (counted(point.differences, "difference"), "bad") if point.differences else ("no differences", "good"),
    )


def _notes(replayed: "Replay") -> list[str]:
    notes = []
    if not replayed.was_recorded:
        notes.append(f"Nothing was recorded of {class_path(replayed.hook)}, so only what it raises is a difference.")
    if replayed.cut:
        notes.append(f"Of {counted(replayed.cut, 'event')}, values were too large to be recorded whole.")
    if replayed.lost is not None:
        notes.append(replayed.lost)
    return notes


def _verdict(replayed: "Replay") -> str:
    events = sum(point.events for point in replayed.points)
    done = f"{counted(replayed.calls, 'call')} and {counted(events, 'event')} of {class_path(replayed.hook)} replayed"
    if replayed.difference_count:
        return f"{done}: {counted(replayed.difference_count, 'difference')}"
    return f"{done}: {'all as recorded' if replayed.was_recorded else 'nothing raised'}"


def _shown_place(difference: "ReplayDifference") -> str:
    file, _, line = difference.place.rpartition(":")
    if not file:
        return ""
    path = Path(file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name
    return f"{shown}:{line}"


def _raw(replayed: "Replay") -> object:
    return {
        "hook": class_path(replayed.hook),
        "was_recorded": replayed.was_recorded,
        "points": [vars(point) for point in replayed.points],
        "differences": [{**one._asdict(), "message": one.message} for one in replayed.differences],
        "difference_count": replayed.difference_count,
        "cut": replayed.cut,
        "lost": replayed.lost,
    }


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)
    parser.add_argument("hook", metavar="HOOK", help="the hook, as package.module:Class")
    parser.add_argument("--point", metavar="NAME", help="the hook point; those where the hook was recorded otherwise")
    parser.add_argument("--group", metavar="GROUP", help="the hook point's group, if several have one of that name")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of a driver hook's configuration; may be given several times",
    )
    parser.add_argument(
        "--pass-function",
        action="store_true",
        default=None,
        help="give the hook the function first, also where no hook was that was recorded",
    )
    parser.add_argument(
        "--most", type=int, default=_MOST, metavar="N", help="how many differences to show (default: %(default)s)"
    )
    parser.add_argument("--project", metavar="FOLDER", help="a source tree whose modules are imported first")
    add_json(parser)


COMMAND = Command(
    name="replay",
    help="give a hook what was recorded, and tell what it does differently",
    description=(
        "Give a hook the arguments that were recorded, in the same order, and tell what it does otherwise than it did "
        "then. Neither the host nor its other hooks run. Exit code 1: there are differences, or the hook raised."
    ),
    examples=(
        "hookkit replay staging.4711.jsonl demo_hooks.simple:CreateHook",
        "hookkit replay staging.4711.jsonl new_hooks:Audit --point create_instance",
        "hookkit replay staging.4711.jsonl shares:Notifier --set region=north",
    ),
    add_options=_add_options,
    run=run,
)
