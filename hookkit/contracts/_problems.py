"""
What is wrong with a hook, as records.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

ProblemKind = Literal[
    "async-hook",
    "ignored-result",
    "not-loadable",
    "positional-read",
    "refused-call",
    "reserved-parameter",
    "unknown-func-name",
    "unknown-method",
    "unknown-parameter",
    "unknown-point",
]
PROBLEM_KINDS: tuple[ProblemKind, ...] = get_args(ProblemKind)


class Problem(NamedTuple):
    """
    Something about a hook that will not work as its author meant it.

    Attributes:
        kind: One of `PROBLEM_KINDS`.
        message: What is wrong, in one line, without a full stop.
        file: The path of the file in which it is; None if that is not known.
        line: The number of the line there, from 1 on; None if that is not known.
    """

    kind: ProblemKind
    message: str
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.file is None else f"{self.file}:{self.line}: {self.message}"


@dataclass
class Findings:
    """
    What came out of looking at a hook.

    Attributes:
        problems: What is wrong, each once, by file and line.
        notes: What could not be looked at, each once.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """
        Take over what another look has found.
        """
        self.problems = sorted({*self.problems, *other.problems}, key=_place)
        self.notes = list(dict.fromkeys([*self.notes, *other.notes]))


def _place(problem: Problem) -> tuple[str, int, str, str]:
    return problem.file or "", problem.line or 0, problem.message, problem.kind
