"""
The way from arguments to an exit code, whatever comes in between.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hookkit._cli import _check, _completion, _contract, _list, _replay, _report
from hookkit._cli._output import Output
from hookkit._cli._parsing import Command, Parser
from hookkit.exceptions import HookkitError

COMMANDS: tuple[Command, ...] = (
    _list.COMMAND,
    _check.COMMAND,
    _contract.COMMAND,
    _report.COMMAND,
    _replay.COMMAND,
    _completion.COMMAND,
)

_USAGE = 2
_INTERRUPTED = 130
_BROKEN_PIPE = 141

_DESCRIPTION = "Look at installed hooks and at recordings of calls, and check hooks against their host's hook points."
_EPILOG = """\
exit codes:
  0  all is well
  1  problems were found
  2  what was asked for cannot be done

examples:
  hookkit list --group nova.hooks
  hookkit check --group nova.hooks --release juno
  hookkit check --driver demo_hooks.notify:ShareNotifier --host manila
  hookkit contract export shop.api -o shop.json
  hookkit report .hookkit/recording.jsonl
  hookkit replay .hookkit/recording.jsonl demo_hooks.simple:CreateHook

'hookkit COMMAND --help' has examples of each command.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        argv: The arguments; those of the process if None.

    Returns:
        The exit code: 0, 1 if problems were found, 2 if what was asked for cannot be done; 130 after an interrupt, 141
        if nobody reads what is printed.
    """
    out = Output(sys.stdout)
    try:
        code = _run(argv, out)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return _INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return _BROKEN_PIPE
    return code


def make_parser() -> argparse.ArgumentParser:
    """
    Make the parser of all commands.
    """
    parser = Parser(prog="hookkit", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"hookkit {_own_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser


def _run(argv: Sequence[str] | None, out: Output) -> int:
    parser = make_parser()
    try:
        options = parser.parse_args(argv)
    except SystemExit as exc:  # --help and --version, too
        return int(exc.code or 0)
    _see_what_is_here()
    try:
        return int(options.run(options, out, parser))
    except HookkitError as exc:
        sys.stderr.write(f"hookkit: {exc}\n")
        return _USAGE


def _own_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("hookkit")
    except PackageNotFoundError:  # a checkout on the path
        return "(not installed)"


def _see_what_is_here() -> None:
    """
    Have modules in the working directory imported, as ``python -m hookkit`` does.
    """
    here = str(Path.cwd())
    if not sys.flags.safe_path and not {"", here}.intersection(sys.path):
        sys.path.insert(0, here)


def _forget_stdout() -> None:
    """
    Have nothing more written to a pipe that nobody reads, at the end of the process either.
    """
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
