"""
What the commands share where they are told from the arguments.
"""

import argparse
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hookkit._cli._output import Output

_WIDTH = 78

Run = Callable[[argparse.Namespace, Output, argparse.ArgumentParser], int]


class Parser(argparse.ArgumentParser):
    """
    A parser whose help keeps the lines of its examples, and that knows options by their full names alone.
    """

    def __init__(self, **options: Any) -> None:
        options["description"] = textwrap.fill(options.get("description") or "", _WIDTH)
        super().__init__(**options, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)


@dataclass(frozen=True)
class Command:
    """
    A command.

    Attributes:
        name: What it is called.
        help: What it is for, in a few words.
        description: The same in a sentence or two.
        examples: Examples, a line each.
        add_options: Adds its options to its parser.
        run: Does it; given the options, where to print, and the parser of all commands. Returns the exit code.
    """

    name: str
    help: str
    description: str
    examples: tuple[str, ...]
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Run | None = None

    def add_to(self, commands: Any) -> None:
        """
        Add it to what ``add_subparsers`` gave.
        """
        epilog = "\n".join(["examples:", *(f"  {example}" for example in self.examples)])
        parser = commands.add_parser(self.name, help=self.help, description=self.description, epilog=epilog)
        self.add_options(parser)
        if self.run is not None:
            parser.set_defaults(run=self.run)


def add_json(parser: argparse.ArgumentParser) -> None:
    """
    Add ``--json``.
    """
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def add_recording(parser: argparse.ArgumentParser) -> None:
    """
    Add the recording to be read.
    """
    parser.add_argument("recording", metavar="RECORDING", help="the recording: a file of JSON lines")


def add_group(parser: Any, **options: Any) -> None:
    """
    Add ``--group``.
    """
    parser.add_argument("--group", metavar="GROUP", help="the entry-point group, such as nova.hooks", **options)


def add_project(parser: argparse.ArgumentParser) -> None:
    """
    Add ``--project``.
    """
    parser.add_argument(
        "--project",
        metavar="FOLDER",
        help="a hook package's source tree, to take for installed; what else its groups have is hidden",
    )
