"""
``hookkit check``: hooks against the hook points of their host.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hookkit._cli._hooks import as_if_installed, importable, no_hooks, quietly
from hookkit._cli._output import Output, counted
from hookkit._cli._parsing import Command, add_group, add_json, add_project
from hookkit._cli._progress import counting
from hookkit._driver_loading import find_driver
from hookkit._messages import did_you_mean
from hookkit.contracts import Contract, Problem, catalogue, hosts, load
from hookkit.contracts._check import at_a_release, look_at, why_not_loaded
from hookkit.contracts._problems import Findings
from hookkit.discovery import EntryPoint, entry_points
from hookkit.exceptions import HookLoadError, InvalidValueError


@dataclass
class Checked:
    """
    A hook that was checked.

    Attributes:
        hook: What names it: an entry point's value, or a class path.
        entry_point: Its entry point; None for a driver hook.
        findings: What came out.
    """

    hook: str
    entry_point: EntryPoint | None
    findings: Findings

    @property
    def title(self) -> str:
        """
        What it is called above its problems.
        """
        return f"{self.hook} (driver hook)" if self.entry_point is None else f"{self.hook} on {self.entry_point.name}"

    @property
    def raw(self) -> dict[str, object]:
        """
        What programs are told of it.
        """
        entry_point = self.entry_point
        return {
            "hook": self.hook,
            "point": None if entry_point is None else entry_point.name,
            "distribution": None if entry_point is None else entry_point.distribution,
            "version": None if entry_point is None else entry_point.version,
            "problems": [problem._asdict() for problem in self.findings.problems],
            "notes": self.findings.notes,
        }


Look = Callable[[], Checked]


def run(options: argparse.Namespace, out: Output, _: argparse.ArgumentParser) -> int:
    """
    Check the hooks of a group, or driver hooks.
    """
    contract = _contract(options)
    # Driver hooks are named in a configuration: their package need not declare anything.
    with importable(options.project) if options.driver else as_if_installed(options.project):
        looks = _drivers(options.driver, contract) if options.driver else _named(options.group, contract)
        checked = [look() for look in counting(looks, "checking")]
        if options.json:
            out.json(_raw(contract, checked))
        elif checked:
            _print(out, contract, checked)
        else:
            out.line(no_hooks(options.group))
    # That there is nothing to check is no success: a misspelt group must not pass.
    return int(not checked or any(each.findings.problems for each in checked))


def _named(group: str, contract: Contract) -> list[Look]:
    return [partial(_check_named, entry_point, contract) for entry_point in entry_points(group)]


def _check_named(entry_point: EntryPoint, contract: Contract) -> Checked:
    return Checked(entry_point.value, entry_point, _look(entry_point, contract, lambda found: found))


def _drivers(paths: Sequence[str], contract: Contract) -> list[Look]:
    return [partial(_check_driver, path, contract) for path in paths]


def _check_driver(path: str, contract: Contract) -> Checked:
    return Checked(path, None, _look(path, contract, find_driver))


def _look(named: str | EntryPoint, contract: Contract, find: Callable[..., object]) -> Findings:
    try:
        return quietly(lambda: look_at(find(named), contract))
    except HookLoadError as exc:
        return Findings([Problem("not-loadable", f"cannot be loaded: {why_not_loaded(exc)}")])


def _contract(options: argparse.Namespace) -> Contract:
    """
    Find the contract, at its release.

    Raises:
        InvalidValueError: If there is none, or none that has to do with the hooks.
    """
    if options.contract is not None:
        contract = load(options.contract)
    else:
        contract = catalogue(options.host or _host_of(options.group))
    contract = at_a_release(contract) if options.release is None else contract.at(options.release)
    wanted = {(point.kind, point.group) for point in contract.history}
    if (("driver", None) if options.driver else ("named", options.group)) not in wanted:
        raise InvalidValueError(_why_no_points(options.group, contract))
    return contract


def _host_of(group: str | None) -> str:
    groups = {point.group: host for host in hosts() for point in catalogue(host).history if point.group is not None}
    if group in groups:
        return groups[group]
    known = " and ".join(map(repr, hosts()))
    if group is None:
        msg = (
            f"Of which host are the driver hooks? Say --host with one of the catalogue's ({known}), or --contract FILE."
        )
    else:
        msg = (
            f"The catalogue ({known}) has no hook points of group {group!r}.{did_you_mean(group, groups)} "
            "Give the contract of its host with --contract FILE; 'hookkit contract export MODULE -o FILE' writes it."
        )
    raise InvalidValueError(msg)


def _why_no_points(group: str | None, contract: Contract) -> str:
    groups = sorted({point.group for point in contract.history if point.group is not None})
    kinds = [*map(repr, groups), *(["driver hooks"] if any(p.kind == "driver" for p in contract.history) else [])]
    wanted = "driver hooks" if group is None else f"group {group!r}"
    return f"The contract of {contract.host!r} has no hook points of {wanted}. It has those of {', '.join(kinds)}."


def _print(out: Output, contract: Contract, checked: Sequence[Checked]) -> None:
    for each in checked:
        if each.findings.problems or each.findings.notes:
            out.line((each.title, "bold"))
        for problem in each.findings.problems:
            out.line("  ", (problem.message, "bad"), "   ", (_place(problem), "dim"))
        for note in each.findings.notes:
            out.line("  ", ("not checked: ", "dim"), note)
    count = sum(len(each.findings.problems) for each in checked)
    wrong = sum(bool(each.findings.problems) for each in checked)
    against = f", checked against {_title(contract)}"
    if count:
        out.line(f"{counted(count, 'problem')} in {wrong} of {counted(len(checked), 'hook')}{against}")
    else:
        out.line(f"{counted(len(checked), 'hook')}, no problems{against}")


def _place(problem: Problem) -> str:
    """
    Give file and line: from the working directory on, if the file is below it, else the file's name alone.
    """
    if problem.file is None:
        return ""
    path = Path(problem.file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name
    return f"{shown}:{problem.line}"


def _title(contract: Contract) -> str:
    if contract.release is None:
        return f"the contract of {contract.host}"
    name = contract.release_names.get(contract.release)
    return f"{contract.host} {contract.release}{f' ({name})' if name else ''}"


def _raw(contract: Contract, checked: Sequence[Checked]) -> object:
    return {
        "host": contract.host,
        "release": contract.release,
        "hooks": [each.raw for each in checked],
        "problems": sum(len(each.findings.problems) for each in checked),
    }


def _add_options(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    add_group(what)
    what.add_argument(
        "--driver", action="append", metavar="CLASS", help="a driver hook's class path; may be given several times"
    )
    against = parser.add_mutually_exclusive_group()
    against.add_argument("--contract", metavar="FILE", help="the host's contract; the catalogue's otherwise")
    against.add_argument("--host", choices=hosts(), help="the host in the catalogue; the one with the group otherwise")
    parser.add_argument(
        "--release", metavar="TAG", help="a release of the host, by tag or code name; the latest otherwise"
    )
    add_project(parser)
    add_json(parser)


COMMAND = Command(
    name="check",
    help="check hooks against the hook points of their host",
    description=(
        "Check the installed hooks of a group, or driver hooks, against the hook points of their host. The host need "
        "not be installed: its contract tells what there is. Exit code 1: problems, or no hook at all."
    ),
    examples=(
        "hookkit check --group nova.hooks",
        "hookkit check --group nova.hooks --release juno --project .",
        "hookkit check --group shop.hooks --contract shop.json --json",
        "hookkit check --driver demo_hooks.notify:ShareNotifier --host manila",
    ),
    add_options=_add_options,
    run=run,
)
