"""
``hookkit contract export``: the contract of a host, from its modules.
"""

import argparse

from hookkit._cli._hooks import quietly
from hookkit._cli._output import Output
from hookkit._cli._parsing import Command
from hookkit.contracts import export, save, to_json


def run(options: argparse.Namespace, out: Output, _: argparse.ArgumentParser) -> int:
    """
    Write the contract of a module.
    """
    contract = quietly(lambda: export(options.module, options.host))
    if options.output is None:
        out.text(to_json(contract))
    else:
        save(contract, options.output)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", metavar="MODULE", help="the module that has the decorated functions; it is imported")
    parser.add_argument("--host", metavar="NAME", help="the host's name; the first part of the module's otherwise")
    parser.add_argument("-o", "--output", metavar="FILE", help="the file to write; standard output otherwise")


def _add_commands(parser: argparse.ArgumentParser) -> None:
    EXPORT.add_to(parser.add_subparsers(title="commands", metavar="COMMAND", required=True))


EXPORT = Command(
    name="export",
    help="write the contract of a host",
    description=(
        "Import a module, and write the hook points that it declares with add_hook and add_hooks as a contract: JSON "
        "that 'hookkit check --contract' reads. Of a package, those of the modules that it imports are written too."
    ),
    examples=("hookkit contract export shop.api", "hookkit contract export shop --host shop -o shop.json"),
    add_options=_add_options,
    run=run,
)

COMMAND = Command(
    name="contract",
    help="make the contract of a host",
    description="Make the contract of a host: the JSON of its hook points.",
    examples=EXPORT.examples,
    add_options=_add_commands,
)
