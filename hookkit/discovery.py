"""
What is installed: the entry points of a group, read without importing any of them.
"""

import sys

from hookkit._messages import cannot_load, explain, logger_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, NoReturn

    from importlib_metadata import IDistribution

    from hookkit.exceptions import HookLoadError

__all__ = ["EntryPoint", "entry_points"]

load_observers: "list[Callable[[EntryPoint], object]]" = []
"""
Who is told of each entry point that is about to be loaded: fakes note here that they were used.
"""

list_observers: "list[Callable[[str], object]]" = []
"""
Who is told of each group whose entry points were listed.
"""


class EntryPoint:
    """
    What a distribution declares: an object that can be imported, under a name, in a group.

    It cannot be changed, and is equal to another one with the same five values.

    Attributes:
        group: The group that it is declared in, such as ``nova.hooks``.
        name: Its name in that group; several entry points may share one.
        value: What it names, as declared: ``package.module:attribute``, or ``package.module`` alone.
        distribution: The distribution's name as its metadata spells it; None if it cannot be read.
        version: The distribution's version as its metadata spells it; None if it cannot be read.
    """

    __slots__ = ("distribution", "group", "name", "value", "version")

    group: str
    name: str
    value: str
    distribution: str | None
    version: str | None

    def __init__(
        self, group: str, name: str, value: str, distribution: str | None = None, version: str | None = None
    ) -> None:
        values = {"group": group, "name": name, "value": value, "distribution": distribution, "version": version}
        for attribute, given in values.items():
            object.__setattr__(self, attribute, given)

    def load(self) -> object:
        """
        Import what this entry point names.

        Returns:
            The object itself; nothing is called.

        Raises:
            HookLoadError: If the value is not a reference, its module cannot be imported, or it has no such attribute.
        """
        for tell in tuple(load_observers):
            tell(self)
        reference = split_reference(self.value)
        if reference is None:
            reason = f"{self.value!r} is not a reference. Write it as 'package.module:attribute'."
            raise self._load_error(reason)
        module_name, attributes = reference
        try:
            __import__(module_name)  # importlib would bring four modules along
            loaded: object = sys.modules[module_name]
        except Exception as exc:
            missing = _missing_module(module_name, exc)
            if missing is not None:
                reason = f"there is no module {missing!r}."
                raise self._load_error(reason) from None
            reason = f"importing module {module_name!r} raised {explain(exc)}"
            raise self._load_error(reason) from exc
        reached = f"module {module_name!r}"
        for attribute in attributes:
            try:
                loaded = getattr(loaded, attribute)
            except AttributeError as exc:
                reason = f"{reached} has no attribute {attribute!r}."
                has_own_code = exc.__traceback__ is not None and exc.__traceback__.tb_next is not None
                raise self._load_error(reason) from exc if has_own_code else None
            except Exception as exc:
                reason = f"attribute {attribute!r} of {reached} raised {explain(exc)}"
                raise self._load_error(reason) from exc
            reached = f"{attribute!r} in {reached}"
        return loaded

    def _load_error(self, reason: str) -> "HookLoadError":
        from hookkit.exceptions import HookLoadError

        return HookLoadError(cannot_load(self, reason), entry_point=self)

    def _values(self) -> tuple[str, str, str, str | None, str | None]:
        return self.group, self.name, self.value, self.distribution, self.version

    def __setattr__(self, name: str, value: object) -> "NoReturn":
        msg = f"Cannot set {name!r}: an EntryPoint cannot be changed. Make another one."
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> "NoReturn":
        msg = f"Cannot delete {name!r}: an EntryPoint cannot be changed. Make another one."
        raise AttributeError(msg)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EntryPoint):
            return self._values() == other._values()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __reduce__(self) -> "tuple[type[EntryPoint], tuple[str, str, str, str | None, str | None]]":
        return EntryPoint, self._values()

    def __repr__(self) -> str:
        named = zip(("group", "name", "value", "distribution", "version"), self._values(), strict=True)
        return f"EntryPoint({', '.join(f'{name}={value!r}' for name, value in named)})"


def entry_points(group: str) -> tuple[EntryPoint, ...]:
    """
    Find the installed entry points of *group*, importing none of what they name.

    Of several installed distributions with the same name only the one that is found first counts, as for
    `importlib_metadata.entry_points`.
    What cannot be read is left out and logged to ``hookkit.<group>``, once per process and cause; the rest is there.

    Args:
        group: The exact name of the group.

    Returns:
        The entry points in order: by the distribution's normalised name, then by their place in its metadata.
        Empty if there are none.
    """
    found = tuple(declared for distribution in _distributions(group) for declared in _declared(distribution, group))
    for tell in tuple(list_observers):
        tell(group)
    return found


def split_reference(value: str) -> tuple[str, list[str]] | None:
    """
    Split ``package.module:attribute [extra]`` into module and attributes; None if *value* is not of that form.

    Extras are allowed by the packaging specification, and mean nothing any more.
    """
    reference, bracket, extras = value.partition("[")
    module_name, colon, path = (part.strip() for part in reference.partition(":"))
    attributes = path.split(".") if colon else []
    is_closed = not bracket or extras.rstrip().endswith("]")
    if is_closed and all(word.replace("_", "a").isalnum() for word in (*module_name.split("."), *attributes)):
        return module_name, attributes
    return None


def _distributions(group: str) -> "Iterable[Any]":
    """
    Give the distributions that may declare something in *group*, by their normalised name.
    """
    from hookkit._fast_scan import declaring

    quickly = declaring(group)
    return _in_order(_installed()) if quickly is None else quickly


def _installed() -> "Iterable[IDistribution]":
    """
    Give every distribution that can be found, shadowed ones included, in the order of the search.
    """
    import importlib_metadata

    return importlib_metadata.distributions()


def _in_order(distributions: "Iterable[IDistribution]") -> "Iterator[IDistribution]":
    """
    Sort by normalised name; of those that share one, keep the first, as importlib_metadata does.
    """
    named: dict[str, list[IDistribution]] = {}
    nameless: list[IDistribution] = []
    for distribution in distributions:
        name = normalised_name(distribution)
        (named.setdefault(name, []) if name else nameless).append(distribution)
    for _, same_name in sorted(named.items()):
        # The folder that an interrupted uninstall leaves behind has no metadata: it must not shadow a real one.
        yield same_name[0] if len(same_name) == 1 else next(filter(_has_metadata, same_name), same_name[0])
    yield from nameless


def normalised_name(distribution: "IDistribution") -> str:
    """
    Give the name in the spelling of PEP 503; empty if the distribution has none.
    """
    try:
        # Private there, yet it is what decides which distribution shadows which, and it spares reading the metadata.
        name = str(getattr(distribution, "_normalized_name", ""))
    except Exception:  # noqa: BLE001 - any finder's object; it is told when it matters, by _identity
        return ""
    return name.replace("_", "-")


def _has_metadata(distribution: "IDistribution") -> bool:
    try:
        return bool(distribution.read_text("METADATA") or distribution.read_text("PKG-INFO"))
    except Exception:  # noqa: BLE001 - what cannot be read shadows nothing
        return False


def _declared(distribution: "IDistribution", group: str) -> list[EntryPoint]:
    """
    Read what one distribution declares in *group*; what cannot be read is logged and left out.
    """
    try:
        lines = _lines(distribution, group)
    except Exception as exc:  # noqa: BLE001 - one broken distribution must not hide the others
        _report(group, f"Cannot read the entry points of {_place(distribution)}: {explain(exc)} They are left out.")
        return []
    if not lines:
        return []
    name, version = _identity(distribution, group)
    return [EntryPoint(group, key, value, name, version) for key, value in lines]


def _lines(distribution: "IDistribution", group: str) -> list[tuple[str, str]]:
    """
    Read the (name, value) pairs that stand in *group*.
    """
    text = _read_entry_points(distribution)
    if not text:
        # A finder may make its entry points without any file.
        return [(declared.name, declared.value) for declared in distribution.entry_points if declared.group == group]
    pairs: list[tuple[str, str]] = []
    section = None
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not (name and equals) or not _is_text(line):
            _report(group, _malformed_line(distribution, number, line))
        elif section == group:
            pairs.append((name, value))
    return pairs


def _read_entry_points(distribution: "IDistribution") -> str | None:
    """
    Read ``entry_points.txt``; bytes that are not UTF-8 become lone surrogates, so that the other lines stay usable.
    """
    try:
        return distribution.read_text("entry_points.txt")
    except UnicodeDecodeError as exc:
        return exc.object.decode("utf-8", "surrogateescape")


def _is_text(line: str) -> bool:
    return line.isascii() or not any("\ud800" <= character <= "\udfff" for character in line)


def _malformed_line(distribution: "IDistribution", number: int, line: str) -> str:
    return (
        f"Line {number} of the entry_points.txt of {_place(distribution)} is malformed: {line!r}. "
        "It is left out; write it as 'name = package.module:attribute'."
    )


def _identity(distribution: "IDistribution", group: str) -> tuple[str | None, str | None]:
    """
    Read the name and the version that the metadata gives; what is missing there is None, and logged.
    """
    place = _place(distribution)
    name = version = None
    try:
        # Some backports (8.7) give None where metadata is missing, some empty metadata, some raise.
        metadata: Any = distribution.metadata or {}
        name, version = metadata.get("Name") or None, metadata.get("Version") or None
    except FileNotFoundError:
        pass
    except Exception as exc:  # noqa: BLE001 - the entry points are there all the same
        _report(group, f"Cannot read the METADATA of {place}: {explain(exc)} Its entry points are used.")
        return None, None
    if not (name or version):
        _report(group, f"The METADATA of {place} is missing or empty. Its entry points are used.")
    elif not (name and version):
        missing = "Version" if name else "Name"
        _report(group, f"The METADATA of {place} has no {missing}. Its entry points are used.")
    return name, version


def _place(distribution: "IDistribution") -> str:
    """
    Name a distribution by where its metadata is, if it is anywhere, else by its name or its class.
    """
    name = normalised_name(distribution)
    path = getattr(distribution, "_path", None)
    if name and path is not None:
        return f"distribution {name!r} ({path})"
    return f"distribution {name!r}" if name else f"a nameless distribution ({type(distribution).__qualname__})"


def _missing_module(module_name: str, exc: Exception) -> str | None:
    """
    Name what is not there of a module's path; None if all of it is there and cannot be imported.
    """
    missing = exc.name if isinstance(exc, ModuleNotFoundError) else None
    return missing if missing and f"{module_name}.".startswith(f"{missing}.") else None


_reported: set[str] = set()
"""
What has been logged already in this process.
"""


def _report(group: str, message: str) -> None:
    if message in _reported:
        return
    _reported.add(message)
    logger_of(group).warning("%s", message)
