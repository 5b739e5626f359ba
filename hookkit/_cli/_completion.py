"""
``hookkit completion``: scripts that complete commands and options in a shell.
"""

import argparse
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hookkit._cli._output import Output
from hookkit._cli._parsing import Command

_FILES = {"FILE": "file", "FOLDER": "folder", "RECORDING": "file"}

_BASH = """\
# bash completion for hookkit:  source <(hookkit completion bash)
_hookkit() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at= word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$at:$word" in
%(commands)s
        esac
    done
    case "$at:$previous" in
%(values)s
    esac
    case $at in
%(words)s
    esac
}
complete -F _hookkit hookkit
"""

_ZSH = """\
#compdef hookkit
# zsh completion for hookkit:  hookkit completion zsh > "${fpath[1]}/_hookkit"
local previous=${words[CURRENT-1]} at= word
for word in "${(@)words[2,CURRENT-1]}"; do
    case "$at:$word" in
%(commands)s
    esac
done
case "$at:$previous" in
%(values)s
esac
case $at in
%(words)s
esac
"""

_FISH = """\
# fish completion for hookkit:  hookkit completion fish > ~/.config/fish/completions/hookkit.fish
complete -c hookkit -f
%s
"""


@dataclass(frozen=True)
class Word:
    """
    Something that can be written after the words before it.

    Attributes:
        path: The commands before it, each followed by nothing but its options.
        text: The word: an option, a command, or one of the values of an argument; empty for the name of any file.
        help: What it is for.
        values: What can follow it, if that is one of a few.
        takes: What follows it: ``"file"``, ``"folder"``, ``"other"``; None if nothing does.
        is_command: Whether it is a command.
    """

    path: tuple[str, ...]
    text: str
    help: str
    values: tuple[str, ...] = ()
    takes: str | None = None
    is_command: bool = False


def run(options: argparse.Namespace, out: Output, parser: argparse.ArgumentParser) -> int:
    """
    Print the script for a shell.
    """
    words = list(_words(parser, ()))
    out.text({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](words))
    return 0


def _words(parser: argparse.ArgumentParser, path: tuple[str, ...]) -> Iterator[Word]:
    for action in parser._actions:  # noqa: SLF001 - argparse shows them nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - ... nor says it what this is
            yield from _commands(action, path)
            continue
        helped = (action.help or "").replace("%%", "%")
        values = tuple(map(str, action.choices or ()))
        if not action.option_strings:
            yield from (Word(path, value, helped) for value in values)
            if action.metavar in _FILES:
                yield Word(path, "", helped)
        takes = None if action.nargs == 0 else _FILES.get(str(action.metavar), "other")
        for option in action.option_strings:
            yield Word(path, option, helped, values, takes)


def _commands(action: Any, path: tuple[str, ...]) -> Iterator[Word]:
    for choice in action._choices_actions:  # noqa: SLF001 - the only place that has the help
        yield Word(path, choice.dest, choice.help, is_command=True)
        yield from _words(action.choices[choice.dest], (*path, choice.dest))


def _bash(words: list[Word]) -> str:
    replies = {"file": "compgen -f", "folder": "compgen -d", "other": "true"}

    def reply(texts: Sequence[str], takes: str | None = None) -> str:
        made = [replies[takes] if takes else f"compgen -W {shlex.quote(' '.join(filter(None, texts)))}"]
        made += [replies["file"]] if "" in texts else []
        return "COMPREPLY=({})".format(" ".join(f'$({command} -- "$current")' for command in made))

    return _BASH % _cases(words, reply)


def _zsh(words: list[Word]) -> str:
    replies = {"file": "_files", "folder": "_files -/", "other": "true"}

    def reply(texts: Sequence[str], takes: str | None = None) -> str:
        made = replies[takes] if takes else f"compadd -- {' '.join(map(shlex.quote, filter(None, texts)))}"
        return f"{made}; {replies['file']}" if "" in texts else made

    return _ZSH % _cases(words, reply)


def _cases(words: list[Word], reply: Callable[..., str]) -> dict[str, str]:
    """
    Make the branches that both bash and zsh understand.
    """
    commands, values = [], []
    for word in words:
        at = " ".join(word.path)
        if word.is_command:
            commands.append(f'            "{at}:{word.text}") at="{f"{at} {word.text}".strip()}" ;;')
        elif word.takes is not None:
            answer = reply(word.values) if word.values else reply((), word.takes)
            values.append(f'        "{at}:{word.text}") {answer}; return ;;')
    by_path: dict[str, list[str]] = {}
    for word in words:
        by_path.setdefault(" ".join(word.path), []).append(word.text)
    choices = [f'        "{at}") {reply(texts)} ;;' for at, texts in by_path.items()]
    return {"commands": "\n".join(commands), "values": "\n".join(values), "words": "\n".join(choices)}


def _fish(words: list[Word]) -> str:
    return _FISH % "\n".join(
        " ".join(["complete -c hookkit", _condition(word, words), *_fish_word(word), f"-d {shlex.quote(word.help)}"])
        for word in words
    )


def _condition(word: Word, words: list[Word]) -> str:
    later = [other.text for other in words if other.is_command and other.path == word.path]
    seen = [f"__fish_seen_subcommand_from {command}" for command in word.path]
    conditions = [*seen, *([f"not __fish_seen_subcommand_from {' '.join(later)}"] if later else [])]
    return f"-n {shlex.quote('; and '.join(conditions))}"


def _fish_word(word: Word) -> Iterator[str]:
    if not word.text:
        yield "-F"
        return
    if not word.text.startswith("-"):
        yield f"-a {word.text}"
        return
    yield f"-l {word.text[2:]}" if word.text.startswith("--") else f"-s {word.text[1:]}"
    if word.values:
        yield f"-x -a {shlex.quote(' '.join(word.values))}"
    elif word.takes is not None:
        yield {"file": "-r -F", "folder": "-x -a '(__fish_complete_directories)'", "other": "-x"}[word.takes]


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")


COMMAND = Command(
    name="completion",
    help="print a script that completes commands and options in a shell",
    description="Print a script that completes commands and options in a shell.",
    examples=(
        "source <(hookkit completion bash)",
        'hookkit completion zsh > "${fpath[1]}/_hookkit"',
        "hookkit completion fish > ~/.config/fish/completions/hookkit.fish",
    ),
    add_options=_add_options,
    run=run,
)
