"""
What calls cost: of named hooks, of coroutine functions, of driver hooks.
"""

import asyncio
import functools
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from measuring import Figure, Slice, figure, ratios

import hookkit

LOG = logging.getLogger("benchmarks")
HOOK_COUNTS = (1, 3, 10)
GOALS = {"positional": {1: 0.55, 3: 0.55, 10: 0.52}, "keywords": {1: 0.55, 3: 0.50, 10: 0.48}}


class NoOp:
    """
    A hook that does nothing.
    """

    def pre(self, *args: Any, **kwargs: Any) -> None:
        """
        Do nothing.
        """

    def post(self, rv: Any, *args: Any, **kwargs: Any) -> None:
        """
        Do nothing.
        """


def host(context: Any, name: Any, size: Any = 1, flavor: Any = None) -> Any:
    """
    Be a host's function.
    """
    return name


def by_hand(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Wrap *function* as one would by hand; all else is compared with this.
    """
    pres = [hook.pre for hook in hooks]
    posts = [hook.post for hook in hooks]

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        for pre in pres:
            try:
                pre(*args, **kwargs)
            except Exception:
                LOG.exception("pre")
        result = function(*args, **kwargs)
        for post in posts:
            try:
                post(result, *args, **kwargs)
            except Exception:
                LOG.exception("post")
        return result

    return wrapper


def with_hookkit(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Decorate *function* with hookkit and attach *hooks*.
    """
    registry = hookkit.HookRegistry(f"benchmarks.{len(hookkit.registries())}")
    KEPT.append(registry)
    for hook in hooks:
        registry.register("point", hook)
    return registry.add_hook("point")(function)


KEPT: list[Any] = []


def with_pluggy(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Do it with pluggy, whose hooks name the arguments that they take.
    """
    import pluggy

    spec, impl = pluggy.HookspecMarker("bench"), pluggy.HookimplMarker("bench")

    class Spec:
        @spec
        def pre(self, args: Any, kwargs: Any) -> None: ...

        @spec
        def post(self, rv: Any, args: Any, kwargs: Any) -> None: ...

    class Plugin:
        @impl
        def pre(self, args: Any, kwargs: Any) -> None: ...

        @impl
        def post(self, rv: Any, args: Any, kwargs: Any) -> None: ...

    manager = pluggy.PluginManager("bench")
    manager.add_hookspecs(Spec)
    for _ in hooks:
        manager.register(Plugin())

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        manager.hook.pre(args=args, kwargs=kwargs)
        result = function(*args, **kwargs)
        manager.hook.post(rv=result, args=args, kwargs=kwargs)
        return result

    return wrapper


def with_blinker(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Do it with two signals of blinker.
    """
    import blinker

    pre, post = blinker.Signal(), blinker.Signal()
    for hook in hooks:
        pre.connect(hook.pre)
        post.connect(hook.post)
    KEPT.append(hooks)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        pre.send(wrapper, args=args, kwargs=kwargs)
        result = function(*args, **kwargs)
        post.send(result, args=args, kwargs=kwargs)
        return result

    return wrapper


def with_wrapt(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Do it with a decorator made by wrapt.
    """
    import wrapt

    pres = [hook.pre for hook in hooks]
    posts = [hook.post for hook in hooks]

    @wrapt.decorator
    def around(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        for pre in pres:
            pre(*args, **kwargs)
        result = wrapped(*args, **kwargs)
        for post in posts:
            post(result, *args, **kwargs)
        return result

    return around(function)  # type: ignore[no-any-return]


def with_stevedore(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Do it with an extension manager of stevedore.
    """
    from stevedore.extension import Extension, ExtensionManager

    extensions = [Extension(str(number), None, None, hook) for number, hook in enumerate(hooks)]
    manager = ExtensionManager.make_test_instance(extensions)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if manager.extensions:
            manager.map_method("pre", *args, **kwargs)
        result = function(*args, **kwargs)
        if manager.extensions:
            manager.map_method("post", result, *args, **kwargs)
        return result

    return wrapper


def nova_hooks() -> Any:
    """
    Give the module nova.hooks, which warns at each call that it will go: not here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nova import hooks
    logging.getLogger("nova.hooks").setLevel(logging.ERROR)
    return hooks


def with_nova(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Do it with nova.hooks itself, its hooks put where it looks for them.
    """
    from stevedore.extension import Extension

    module, name = nova_hooks(), f"handed-{len(hooks)}"
    manager = module.HookManager(name)
    manager.extensions = [Extension(str(number), None, None, hook) for number, hook in enumerate(hooks)]
    module._HOOKS[name] = manager  # noqa: SLF001 - there is no other way in
    return module.add_hook(name)(function)  # type: ignore[no-any-return]


PEERS = {
    "pluggy": with_pluggy,
    "blinker": with_blinker,
    "wrapt": with_wrapt,
    "stevedore": with_stevedore,
}


def positional(function: Callable[..., Any]) -> Slice:
    """
    Call with two positional arguments.
    """

    def run(times: int) -> None:
        for _ in range(times):
            function("context", "vm")

    return run


def keywords(function: Callable[..., Any]) -> Slice:
    """
    Call with one positional argument and two keywords.
    """

    def run(times: int) -> None:
        for _ in range(times):
            function("context", name="vm", flavor="small")

    return run


def without_hooks(seconds: float) -> Iterator[Figure]:
    """
    Compare a decorated function without hooks with the undecorated one.
    """
    slices = {"undecorated": positional(host), "hookkit": positional(with_hookkit(host, []))}
    slices |= {name: positional(make(host, [])) for name, make in PEERS.items()}
    measured = ratios(slices, "undecorated", calls=1000, seconds=seconds)
    yield figure("no hooks attached / undecorated function", 1.03, measured, "undecorated")


def with_hooks(seconds: float) -> Iterator[Figure]:
    """
    Compare hooked functions with one that is wrapped by hand.
    """
    for way, kind in (("positional", positional), ("keywords", keywords)):
        for count in HOOK_COUNTS:
            hooks = [NoOp() for _ in range(count)]
            made = {"by hand": by_hand, "hookkit": with_hookkit, **PEERS}
            slices = {name: kind(make(host, hooks)) for name, make in made.items()}
            measured = ratios(slices, "by hand", seconds=seconds)
            yield figure(f"{count} hooks / wrapped by hand, {way}", GOALS[way][count], measured, "by hand")


def beside_nova(seconds: float) -> Iterator[Figure]:
    """
    Compare with the original nova.hooks, which looks for the hooks of a point at each call.

    First with hooks that are installed, for both to find; then with hooks put in their hands, so that nova.hooks finds
    none, and what is left are the calls.
    """
    from stevedore.hook import HookManager

    with tempfile.TemporaryDirectory() as folder:
        install_hooks(Path(folder))
        sys.path.insert(0, folder)
        for count in HOOK_COUNTS:
            name = f"installed-{count}"
            registry = hookkit.HookRegistry("nova.hooks")
            slices = {
                "nova": positional(nova_hooks().add_hook(name)(host)),
                "hookkit": positional(registry.add_hook(name)(host)),
            }
            measured = ratios(slices, "nova", calls=20, seconds=seconds)
            yield figure(f"{count} hooks / nova.hooks", 0.05, measured, "nova")
        sys.path.remove(folder)
    HookManager.ENTRY_POINT_CACHE.clear()
    for count in HOOK_COUNTS:
        hooks = [NoOp() for _ in range(count)]
        slices = {
            "nova": positional(with_nova(host, hooks)),
            "hookkit": positional(with_hookkit(host, hooks)),
            "nothing but the calls": positional(bare(host, hooks)),
        }
        measured = ratios(slices, "nova", calls=20, seconds=seconds)
        yield figure(f"{count} hooks / nova.hooks that finds none", None, measured, "nova")


def install_hooks(folder: Path) -> None:
    """
    Write a distribution for each hook of nova.hooks; hooks that are to run together have the same name.

    Their classes differ: stevedore leaves out entry points that are equal.
    """
    names = [f"installed-{count}" for count in HOOK_COUNTS for _ in range(count)]
    classes = "".join(f"class Hook{number}(calls.NoOp): pass\n" for number in range(len(names)))
    (folder / "bench_nova_hooks.py").write_text(f"import calls\n{classes}")
    for number, name in enumerate(names):
        info = folder / f"bench_hooks_{number}-1.0.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: bench-hooks-{number}\nVersion: 1.0\n")
        info.joinpath("entry_points.txt").write_text(f"[nova.hooks]\n{name} = bench_nova_hooks:Hook{number}\n")


def bare(function: Callable[..., Any], hooks: list[NoOp]) -> Callable[..., Any]:
    """
    Wrap *function* in code that calls the hooks and nothing else: no check, no exception, no other way to be called.
    """
    pres = [f"pre{number}" for number in range(len(hooks))]
    posts = [f"post{number}" for number in range(len(hooks))]
    steps = [*(f"{pre}(one, two)" for pre in pres), "result = function(one, two)"]
    steps += [f"{post}(result, one, two)" for post in posts]
    lines = "".join(f"        {step}\n" for step in steps)
    text = (
        f"def made({', '.join((*pres, 'function', *posts))}):\n    def bare(one, two):\n{lines}        return result\n"
    )
    namespace: dict[str, Any] = {}
    exec(f"{text}    return bare\n", namespace)  # noqa: S102 - all of the text stands above
    return namespace["made"](  # type: ignore[no-any-return]
        *(hook.pre for hook in hooks), function, *(hook.post for hook in hooks)
    )


async def coroutine_host(context: Any, name: Any) -> Any:
    """
    Be a host's coroutine function.
    """
    return name


def awaited(function: Callable[..., Any]) -> Slice:
    """
    Await calls of a coroutine function, in a loop that runs once per turn.
    """

    async def turn(times: int) -> None:
        for _ in range(times):
            await function("context", "vm")

    return lambda times: asyncio.run(turn(times))


def coroutine_without_hooks(seconds: float) -> Iterator[Figure]:
    """
    Compare a decorated coroutine function without hooks with the undecorated one.
    """
    slices = {"undecorated": awaited(coroutine_host), "hookkit": awaited(with_hookkit(coroutine_host, []))}
    measured = ratios(slices, "undecorated", calls=20_000, seconds=seconds)
    yield figure("coroutine function, no hooks / undecorated", 1.03, measured, "undecorated")


def watched_no_more(seconds: float) -> Iterator[Figure]:
    """
    Compare a function that was watched once with one of a registry that nobody ever watched.
    """
    for count in (0, 1):
        hooks = [NoOp() for _ in range(count)]
        never, once = with_hookkit(host, hooks), with_hookkit(host, hooks)
        undo = KEPT[-1].observe(print)
        undo()
        measured = ratios(
            {"never": positional(never), "hookkit": positional(once)}, "never", calls=500, seconds=seconds
        )
        yield figure(f"watched no more / never watched, {count} hooks", 1.03, measured, "never")


MEASURES = (without_hooks, with_hooks, beside_nova, coroutine_without_hooks, watched_no_more)
