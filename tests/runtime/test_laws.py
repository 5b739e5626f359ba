"""
Laws of named hooks that hold for any hooks, arguments and failures.
"""

import asyncio
import contextlib
import inspect
import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hookkit
from hookkit import FatalHookException, HookRegistry, Replace
from runtime.fake_hooks import Awaited, Doing

COUNT = itertools.count()


class PlainError(Exception):
    """
    An exception that is not fatal.
    """


class Fatal(FatalHookException):
    """
    An exception that is.
    """


class Interrupt(BaseException):
    """
    An exception that passes.
    """


OUTCOMES = {
    "return": lambda value: value,
    "replace": Replace,
    "plain": PlainError,
    "fatal": Fatal,
    "interrupt": Interrupt,
}
"""
What a method may do, by name: return or raise what this makes of a value.
"""

methods = st.sampled_from([None, "return", "return", "return", "replace", "plain", "fatal", "interrupt"])
hooks = st.fixed_dictionaries({"pre": methods, "post": methods, "error": methods}).filter(lambda h: any(h.values()))
orders = st.integers(min_value=-2, max_value=2)
bodies = st.sampled_from(["return", "return", "plain", "fatal", "interrupt"])
policies = st.sampled_from(["log", "raise"])
several_hooks = st.lists(hooks, max_size=5)
PLAIN = dict.fromkeys(("pre", "post", "error"), "plain")


def method(note, name, phase, outcome):
    """
    Make a method that notes its call and then does what *outcome* says.
    """

    def run(*given, **keywords):
        note((name, phase, given, keywords))
        made = OUTCOMES[outcome](f"{phase} of {name}")
        if isinstance(made, BaseException):
            raise made
        return made

    return run


def made_hook(note, name, plan):
    """
    Make a hook that follows a plan.
    """
    return Doing(**{phase: method(note, name, phase, outcome) for phase, outcome in plan.items() if outcome})


def reference(hooks, body, args, kwargs, *, raises_all):  # noqa: C901 - the loop is one idea here too
    """
    Run *body* with *hooks* around it, as the documentation says, in as few words as possible.
    """

    def goes_out(exc):
        return raises_all or isinstance(exc, Fatal)

    reached = []
    try:
        for hook in hooks:
            reached.append(hook)
            try:
                getattr(hook, "pre", absent)(*args, **kwargs)
            except Exception as exc:
                if goes_out(exc):
                    raise
        result = body(*args, **kwargs)
    except Exception as exc:
        for hook in reached:
            with contextlib.suppress(Exception):
                getattr(hook, "error", absent)(exc, *args, **kwargs)
        raise
    for hook in hooks:
        try:
            returned = getattr(hook, "post", absent)(result, *args, **kwargs)
        except Exception as exc:
            if goes_out(exc):
                raise
        else:
            result = returned.value if isinstance(returned, Replace) else result
    return result


def absent(*args, **kwargs):
    """
    Stand for a method that a hook has not.
    """


def outcome_of(function, *args, **kwargs):
    """
    Call a function; give what it returned or raised in a form that can be compared.
    """
    try:
        return ("returned", function(*args, **kwargs))
    except BaseException as exc:
        return ("raised", type(exc), str(exc))


def plain_notes(notes):
    """
    Make notes comparable: exceptions by class and text.
    """
    return [
        (name, phase, [(type(x), str(x)) if isinstance(x, BaseException) else x for x in given], keywords)
        for name, phase, given, keywords in notes
    ]


def new_registry(**options):
    """
    Make a registry of its own that logs nothing.
    """
    registry = HookRegistry(f"test.laws{next(COUNT)}", **options)
    registry.log.disabled = True
    return registry


def run_hooked(registry, body, *, is_async):
    """
    Decorate *body*, as a function or a coroutine function; give a plain function that calls it.
    """
    if not is_async:
        return registry.add_hook("point")(body)

    async def coroutine_function(*args, **kwargs):
        return body(*args, **kwargs)

    hooked = registry.add_hook("point")(coroutine_function)
    return lambda *args, **kwargs: drive(hooked(*args, **kwargs))


def drive(coroutine):
    """
    Run a coroutine that never waits; a loop for each would take most of the time.
    """
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    return stopped.value.value


class TestReference:
    @given(several_hooks, bodies, policies, st.booleans(), st.booleans(), st.booleans())
    @example([PLAIN, {**PLAIN, "post": "fatal"}], "return", "log", False, False, False)
    @example([PLAIN, {**PLAIN, "pre": "fatal"}], "return", "log", False, False, False)
    def test_runtime_and_plain_loop_agree(self, plans, body_plan, policy, is_async, has_async_hooks, is_watched):
        """
        The runtime gives the result, the exception and the sequence of calls that a plain loop gives.
        """
        args, kwargs = ("vm",), {"metadata": 1}
        expected, got = [], []
        hooks = [made_hook(expected.append, number, plan) for number, plan in enumerate(plans)]
        expected_body = method(expected.append, "host", "body", body_plan)
        wanted = outcome_of(reference, hooks, expected_body, args, kwargs, raises_all=policy == "raise")

        registry = new_registry(on_hook_error=policy)
        if is_watched:
            registry.observe(absent, absent, finished=absent)
        for number, plan in enumerate(plans):
            hook = made_hook(got.append, number, plan)
            registry.register("point", Awaited(hook) if is_async and has_async_hooks else hook)
        hooked = run_hooked(registry, method(got.append, "host", "body", body_plan), is_async=is_async)

        assert outcome_of(hooked, *args, **kwargs) == wanted
        assert plain_notes(got) == plain_notes(expected)


class TestEvents:
    @given(several_hooks, bodies, policies, st.booleans())
    def test_every_event_has_its_outcome(self, plans, body_plan, policy, is_async):
        """
        Each method that ran is one event, begun and ended once, in that order, with what came back or out.
        """
        notes, before, after, finished = [], [], [], []
        registry = new_registry(on_hook_error=policy)
        registry.observe(before.append, after.append, finished=finished.append)
        made = [made_hook(notes.append, number, plan) for number, plan in enumerate(plans)]
        for hook in made:
            registry.register("point", hook)
        hooked = run_hooked(registry, method(notes.append, "host", "body", body_plan), is_async=is_async)

        outcome = outcome_of(hooked, "vm")

        assert [id(event) for event in before] == [id(event) for event in after]
        assert [(event.phase, "host" if event.hook is None else made.index(event.hook.obj)) for event in after] == [
            (phase, name) for name, phase, *_ in notes
        ]
        for event, (name, phase, got, _) in zip(after, notes, strict=True):
            plan = body_plan if name == "host" else plans[name][phase]
            expected = OUTCOMES[plan](f"{phase} of {name}")
            if isinstance(expected, BaseException):
                assert (type(event.raised), str(event.raised), event.returned) == (type(expected), str(expected), None)
            else:
                assert event.raised is None
                assert event.replaced == (phase == "post" and plan == "replace")
                assert event.returned == (expected.value if event.replaced else expected)
            assert event.duration_ns >= 0
            assert event.args == ("vm",)
            assert event.result == (got[0] if phase == "post" else None)
            assert event.error is (got[0] if phase == "error" else None)
        (call,) = finished
        told = ("returned", call.result) if call.raised is None else ("raised", type(call.raised), str(call.raised))
        assert told == outcome

    @given(st.lists(hooks.filter(lambda hook: hook["error"] != "interrupt"), max_size=5), bodies)
    def test_swallowed_is_what_nobody_got(self, plans, body_plan):
        """
        An exception of a hook is marked as swallowed exactly if it is not the one that the caller got.
        """
        events = []
        registry = new_registry()
        registry.observe(after=events.append)
        for number, plan in enumerate(plans):
            registry.register("point", made_hook(absent, number, plan))
        hooked = registry.add_hook("point")(method(absent, "host", "body", body_plan))

        got = None
        try:
            hooked()
        except BaseException as exc:
            got = exc

        for event in events:
            assert event.swallowed == (event.hook is not None and event.raised is not None and event.raised is not got)


class TestOrder:
    @given(st.lists(st.tuples(orders, hooks), max_size=8))
    def test_pre_and_post_run_in_hook_order(self, plans):
        """
        Whatever methods hooks have and whichever fail, pre and post run by order, then as registered.
        """
        notes = []
        registry = new_registry()
        expected = []
        for number, (order, plan) in enumerate(plans):
            harmless = {
                phase: outcome and ("plain" if outcome == "plain" else "return") for phase, outcome in plan.items()
            }
            hook = made_hook(notes.append, (order, number), harmless)
            hook.order = order
            registry.register("point", hook)
            expected += [((order, number), phase) for phase in ("pre", "post") if plan[phase]]

        registry.add_hook("point")(absent)()

        assert [note[:2] for note in notes] == sorted(expected, key=lambda step: (step[1] == "post", step[0]))


names = st.sampled_from(["self", "name", "args", "kwargs", "hook", "point", "function", "rv", "exc", "x"])


class TestArguments:
    @given(
        st.lists(st.builds(object), max_size=6), st.dictionaries(names, st.builds(object), max_size=6), st.booleans()
    )
    def test_reach_everybody_as_passed(self, positional, keywords, is_watched):
        """
        Hooks and function get the very objects that the caller passed, for any arguments.
        """
        seen = []

        def note(*args, **kwargs):
            seen.append((args, kwargs))

        def note_arguments(rv, /, *args, **kwargs):
            note(*args, **kwargs)

        registry = new_registry()
        registry.register("point", Doing(pre=note, post=note_arguments))
        if is_watched:
            registry.observe(after=lambda event: note(*event.args, **event.kwargs))
        registry.add_hook("point")(note)(*positional, **keywords)

        assert len(seen) == (6 if is_watched else 3)
        for args, kwargs in seen:
            assert list(map(id, args)) == list(map(id, positional))
            assert list(kwargs) == list(keywords)
            assert all(kwargs[name] is value for name, value in keywords.items())

    @given(st.data())
    def test_for_any_signature(self, data):
        """
        Whatever a function's signature, its hooked form takes what it takes, and names arguments as a call binds them.
        """
        function = data.draw(functions())
        bound = data.draw(bound_arguments(inspect.signature(function)))
        events = []
        registry = new_registry()
        registry.observe(after=events.append)

        assert registry.add_hook("point")(function)(*bound.args, **bound.kwargs) == function(
            *bound.args, **bound.kwargs
        )

        kinds = bound.signature.parameters
        expected = {}
        for name, value in bound.arguments.items():
            if kinds[name].kind is inspect.Parameter.VAR_KEYWORD:
                expected |= value
            else:
                expected[name] = value
        assert events[0].arguments == expected


@st.composite
def functions(draw):
    """
    Make functions with any mix of kinds of parameters, that return what they were given.
    """
    counts = [draw(st.integers(0, 2)) for _ in range(3)]
    groups = [[f"{letter}{number}" for number in range(count)] for letter, count in zip("pnk", counts, strict=True)]
    only_positional, either, only_keyword = groups
    rest, options = draw(st.booleans()), draw(st.booleans())
    parts = [*only_positional, *(["/"] if only_positional else []), *either]
    parts += ["*rest"] if rest else (["*"] if only_keyword else [])
    parts += [f"{name}={number}" for number, name in enumerate(only_keyword)]
    parts += ["**options"] if options else []
    namespace = {}
    exec(f"def function({', '.join(parts)}):\n    return locals()", namespace)
    return namespace["function"]


@st.composite
def bound_arguments(draw, signature):
    """
    Make arguments that fit a signature.
    """
    args, kwargs = [], {}
    for parameter in signature.parameters.values():
        value = draw(st.integers())
        if parameter.kind is parameter.VAR_POSITIONAL:
            # A parameter that was passed by keyword leaves no place for the rest.
            args += draw(st.lists(st.integers(), max_size=2)) if not kwargs else []
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= draw(st.dictionaries(st.sampled_from(["x", "y"]), st.integers()))
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            args.append(value)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            kwargs |= {parameter.name: value} if draw(st.booleans()) else {}
        elif kwargs or draw(st.booleans()):
            kwargs[parameter.name] = value
        else:
            args.append(value)
    return signature.bind(*args, **kwargs)


class TestUndo:
    @given(st.permutations(range(5)), st.lists(st.booleans(), min_size=5, max_size=5))
    def test_in_any_order(self, leaving, everywhere):
        """
        Observers can be undone in any order; each is told exactly of the calls between its coming and its going.
        """
        registry = new_registry()
        hooked = registry.add_hook("point")(absent)
        told = {number: [] for number in range(5)}
        undos = {}
        for number in range(5):
            observe = hookkit.observe if everywhere[number] else registry.observe
            undos[number] = observe(before=lambda event, number=number: told[number].append(event.args[0]))
            hooked(f"come {number}")
        for number in leaving:
            undos[number]()
            hooked(f"gone {number}")

        for number in range(5):
            expected = [f"come {other}" for other in range(number, 5)]
            expected += [f"gone {other}" for other in leaving[: leaving.index(number)]]
            assert told[number] == expected


class TestCoroutines:
    @given(st.lists(several_hooks, min_size=1, max_size=4))
    def test_interleaved_calls_do_not_mix(self, plans):
        """
        Calls that interleave under asyncio each give what they give alone.
        """

        def hooked_for(plan):
            registry = new_registry()
            for number, hook in enumerate(plan):
                registry.register("point", Awaited(made_hook(absent, number, hook)))

            async def function(name):
                await asyncio.sleep(0)
                return name

            return registry.add_hook("point")(function)

        async def outcome(hooked, name):
            try:
                return ("returned", await hooked(name))
            except (Exception, Interrupt) as exc:
                return ("raised", type(exc), str(exc))

        async def main():
            hooked = [hooked_for(plan) for plan in plans]
            alone = [await outcome(function, number) for number, function in enumerate(hooked)]
            together = await asyncio.gather(*(outcome(function, number) for number, function in enumerate(hooked)))
            return alone, together

        alone, together = asyncio.run(main())

        assert alone == together
