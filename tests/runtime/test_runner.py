"""
Tests for `hookkit._runner`: what runs around a function, with what, and what becomes of exceptions.
"""

import asyncio
import contextlib
import functools
import gc
import logging
import traceback
import types
import warnings

import pytest

from hookkit import FatalHookException, HookRegistry, MisuseError, Replace
from runtime.fake_hooks import BrokenRepr, BrokenStrError, Classless, ClasslessError, Doing, Noting


class Veto(FatalHookException):
    """
    A fatal exception of a hook's own.
    """


FOREIGN_FATAL = type("FatalHookException", (Exception,), {})
"""
Nova's own class, as a hook has it that imports Nova.
"""


def body(*args, **kwargs):
    """
    Be a function that returns something.
    """
    return "result"


class TestArguments:
    def test_pre_gets_what_the_caller_passed(self, registry, host):
        """
        A pre gets the caller's arguments as they were passed, by position and by keyword.
        """
        notes = []
        host.attach(registry, Noting("a", notes))

        host.point(registry, body)(1, 2, key=3)

        assert notes[0] == ("a", "pre", (1, 2), {"key": 3})

    def test_post_gets_the_result_first(self, registry, host):
        """
        A post gets the function's result before the caller's arguments; of a coroutine function, the awaited one.
        """
        notes = []
        host.attach(registry, Noting("a", notes))

        host.point(registry, body)(1, key=3)

        assert notes[1] == ("a", "post", ("result", 1), {"key": 3})

    def test_error_gets_the_exception_first(self, registry, host):
        """
        An error gets the exception before the caller's arguments.
        """
        notes, exc = [], ValueError("from the body")
        host.attach(registry, Noting("a", notes))

        with pytest.raises(ValueError):
            host.point(registry, Doing.raiser(exc))(1, key=3)

        assert notes[1] == ("a", "error", (exc, 1), {"key": 3})

    def test_pass_function_puts_the_undecorated_function_first(self, registry, host):
        """
        With pass_function hooks get the undecorated function before all else, in every phase.
        """
        notes = []
        host.attach(registry, Noting("a", notes), Doing(post=Veto("stop")))
        given = []
        hooked = host.point(registry, lambda *args: given.append(args), pass_function=True)

        with pytest.raises(Veto):
            hooked(1)

        (_, _, pre, _), (_, _, post, _) = notes
        assert pre[1:] == (1,)
        assert post[1:] == (None, 1)
        assert pre[0] is post[0]
        assert not hasattr(pre[0], "__wrapped__")
        assert given == [(1,)]

    def test_pass_function_reaches_error(self, registry, host):
        """
        With pass_function an error gets the function, then the exception, then the arguments.
        """
        notes, exc = [], ValueError("from the body")
        host.attach(registry, Noting("a", notes))

        with pytest.raises(ValueError):
            host.point(registry, Doing.raiser(exc), pass_function=True)(1)

        assert notes[1][2] == (notes[0][2][0], exc, 1)

    def test_mutations_are_seen(self, registry, host):
        """
        What a hook changes in an argument is seen by later hooks and by the function.
        """
        seen = []
        host.attach(
            registry,
            Doing(pre=lambda metadata: metadata.update(first=True)),
            Doing(pre=lambda metadata: seen.append(dict(metadata))),
        )

        host.point(registry, lambda metadata: seen.append(dict(metadata)))({})

        assert seen == [{"first": True}, {"first": True}]

    def test_no_hook_can_add_a_keyword(self, registry, host):
        """
        Each hook and the function have a dictionary of keywords of their own.
        """
        host.attach(registry, Doing(pre=lambda **kwargs: kwargs.update(added=1)))

        assert host.point(registry, lambda **kwargs: kwargs)(key=2) == {"key": 2}

    @pytest.mark.parametrize("name", ["self", "hook", "point", "hooks", "function", "lead", "args", "kwargs"])
    def test_any_keyword_reaches_the_function(self, registry, host, name):
        """
        No name of a keyword collides with hookkit's own parameters.
        """
        host.attach(registry, Noting("a", []))

        assert host.point(registry, lambda **kwargs: kwargs)(**{name: 1}) == {name: 1}


class TestResults:
    def test_the_result_comes_back(self, registry, host):
        """
        The caller gets what the function returned.
        """
        host.attach(registry, Noting("a", []))

        assert host.point(registry, body)() == "result"

    def test_what_pre_and_post_return_is_ignored(self, registry, host):
        """
        Return values of pre and post change nothing, a Replace from pre included.
        """
        host.attach(registry, Doing(pre=lambda: Replace("pre"), post=lambda rv: "post"))

        assert host.point(registry, body)() == "result"

    def test_replace_updates_the_result(self, registry, host):
        """
        A Replace that post returns updates the result for later hooks and for the caller.
        """
        notes = []
        host.attach(registry, Doing(post=lambda rv: Replace(f"{rv}, replaced")), Noting("late", notes))

        assert host.point(registry, body)() == "result, replaced"
        assert notes[1] == ("late", "post", ("result, replaced",), {})

    def test_replace_with_a_replace_unwraps_once(self, registry, host):
        """
        A Replace that holds a Replace makes the inner one the result.
        """
        host.attach(registry, Doing(post=lambda rv: Replace(Replace(1))))

        assert host.point(registry, body)() == Replace(1)

    def test_a_replace_from_the_function_is_its_result(self, registry, host):
        """
        A Replace that the function itself returns is an ordinary result.
        """
        host.attach(registry, Noting("a", []))

        assert host.point(registry, lambda: Replace(1))() == Replace(1)

    def test_without_hooks_the_function_just_runs(self, registry, host):
        """
        A function without any hook gives its result.
        """
        assert host.point(registry, body)(1) == "result"

    def test_a_generator_is_a_result(self, registry):
        """
        A generator function gives its generator, and post gets it before it has begun.
        """
        started, notes = [], []

        def generate():
            started.append(True)
            yield 1

        registry.register("point", Doing(post=lambda rv: notes.append(list(started))))
        generator = registry.add_hook("point")(generate)()

        assert notes == [[]]
        assert list(generator) == [1]


class TestSequence:
    def test_pre_body_post(self, registry, host):
        """
        Each pre runs, then the function, then each post, both in hook order.
        """
        notes = []
        host.attach(registry, Noting("a", notes), Noting("b", notes))

        host.point(registry, lambda: notes.append(("body", "body")))()

        assert [note[:2] for note in notes] == [
            ("a", "pre"),
            ("b", "pre"),
            ("body", "body"),
            ("a", "post"),
            ("b", "post"),
        ]

    def test_error_runs_in_place_of_post(self, registry, host):
        """
        If the function raises, each error runs in hook order, no post runs, and the exception goes on.
        """
        notes, exc = [], KeyError("from the body")
        host.attach(registry, Noting("a", notes), Noting("b", notes))

        with pytest.raises(KeyError) as raised:
            host.point(registry, Doing.raiser(exc))()

        assert raised.value is exc
        assert [note[:2] for note in notes] == [("a", "pre"), ("b", "pre"), ("a", "error"), ("b", "error")]

    def test_missing_methods_are_skipped(self, registry, host):
        """
        A hook may lack any method.
        """
        notes = []
        host.attach(
            registry,
            Doing(pre=lambda: notes.append("pre")),
            Doing(post=lambda rv: notes.append("post")),
            Doing(error=lambda exc: notes.append("error")),
            Doing(periodic=lambda: notes.append("periodic")),
        )

        host.point(registry, body)()
        with pytest.raises(ValueError):
            host.point(registry, Doing.raiser(ValueError("from the body")))()

        assert notes == ["pre", "post", "pre", "error"]


class TestFatalInPre:
    @pytest.mark.parametrize("fatal", [FatalHookException, Veto, FOREIGN_FATAL], ids=["itself", "subclass", "novas"])
    def test_nothing_more_runs(self, registry, host, fatal):
        """
        A FatalHookException in pre, by class or by the name of its class, stops later hooks and the function.
        """
        notes, exc = [], fatal("stop")
        host.attach(registry, Doing(pre=exc), Noting("late", notes))

        with pytest.raises(fatal) as raised:
            host.point(registry, lambda: notes.append("body"))()

        assert raised.value is exc
        assert notes == []

    def test_error_runs_for_the_hooks_that_were_reached(self, registry, host):
        """
        After a fatal pre, error runs for the hooks up to the one that raised, with that exception.
        """
        notes, exc = [], Veto("stop")
        host.attach(
            registry,
            Noting("early", notes),
            Doing(pre=exc, error=lambda own: notes.append(("itself", "error", (own,), {}))),
            Noting("late", notes),
        )

        with pytest.raises(Veto):
            host.point(registry, body)()

        assert notes == [
            ("early", "pre", (), {}),
            ("early", "error", (exc,), {}),
            ("itself", "error", (exc,), {}),
        ]

    def test_reached_counts_hooks_without_pre(self, registry, host):
        """
        A hook that has no pre was reached if it stands before the one that raised.
        """
        notes = []
        host.attach(
            registry,
            Doing(error=lambda exc: notes.append("early")),
            Doing(pre=Veto("stop")),
            Doing(error=lambda exc: notes.append("late")),
        )

        with pytest.raises(Veto):
            host.point(registry, body)()

        assert notes == ["early"]

    def test_is_logged(self, registry, host, messages, caplog):
        """
        A fatal pre is logged once, in Nova's words and with its traceback.
        """
        exc = Veto("stop")
        host.attach(registry, Doing(pre=exc))

        with pytest.raises(Veto):
            host.point(registry, body)()

        assert messages() == ["Fatal Exception running point pre-hook: <hook Doing> (registered by hand)"]
        assert caplog.records[-1].exc_info[1] is exc


class TestFatalInPost:
    def test_goes_out_after_the_work_is_done(self, registry, host, messages):
        """
        A fatal post goes out and is logged; the function has run, later posts and all errors do not.
        """
        notes = []
        host.attach(
            registry,
            Doing(post=Veto("stop"), error=lambda *args: notes.append("error")),
            Doing(post=lambda *args: notes.append("late")),
        )

        with pytest.raises(Veto):
            host.point(registry, lambda: notes.append("body"))()

        assert notes == ["body"]
        assert messages() == ["Fatal Exception running point post-hook: <hook Doing> (registered by hand)"]


class TestPlainException:
    def test_in_pre_is_swallowed(self, registry, host, messages, caplog):
        """
        Another exception in pre is logged with its traceback, and everything else runs.
        """
        notes, exc = [], ValueError("from pre")
        host.attach(registry, Doing(pre=exc, post=lambda rv: notes.append("own post")), Noting("late", notes))

        assert host.point(registry, body)() == "result"
        assert messages() == ["Exception running point pre-hook: <hook Doing> (registered by hand)"]
        assert caplog.records[-1].exc_info[1] is exc
        assert notes == [("late", "pre", (), {}), "own post", ("late", "post", ("result",), {})]

    def test_in_post_is_swallowed(self, registry, host, messages):
        """
        Another exception in post is logged, and later posts run with the same result.
        """
        notes = []
        host.attach(registry, Doing(post=ValueError("from post")), Noting("late", notes))

        assert host.point(registry, body)() == "result"
        assert messages() == ["Exception running point post-hook: <hook Doing> (registered by hand)"]
        assert notes[1] == ("late", "post", ("result",), {})

    @pytest.mark.parametrize("own", [ValueError("from error"), Veto("from error")], ids=["plain", "fatal"])
    @pytest.mark.parametrize("on_hook_error", ["log", "raise"])
    def test_in_error_is_always_swallowed(self, group, host, messages, own, on_hook_error):
        """
        What error raises, fatal or not, is logged and swallowed whatever the policy; the original goes on.
        """
        registry = HookRegistry(group, on_hook_error=on_hook_error)
        notes, exc = [], KeyError("from the body")
        host.attach(registry, Doing(error=own), Noting("late", notes))

        with pytest.raises(KeyError) as raised:
            host.point(registry, Doing.raiser(exc))()

        assert raised.value is exc
        kind = "Fatal " if isinstance(own, Veto) else ""
        assert messages() == [f"{kind}Exception running point error-hook: <hook Doing> (registered by hand)"]
        assert notes[1] == ("late", "error", (exc,), {})

    def test_the_log_names_the_distribution(self, registry, site, messages):
        """
        The log line names hook point, phase, hook and the distribution that provides it.
        """
        site.install("demo-hooks", ("point", lambda: Doing(pre=ValueError("from pre"))), version="2.1")

        registry.add_hook("point")(body)()

        assert messages() == ["Exception running point pre-hook: <hook Doing> (demo-hooks 2.1)"]

    def test_stop_iteration_is_an_exception_like_others(self, registry, host, messages):
        """
        A StopIteration in a hook is swallowed, in coroutine functions too.
        """

        class Stopping:
            def pre(self):
                raise StopIteration

            def __repr__(self):
                return "<Stopping>"

        registry.register("point", Stopping())

        assert host.point(registry, body)() == "result"
        assert messages() == ["Exception running point pre-hook: <Stopping> (registered by hand)"]

    def test_a_broken_repr_is_logged(self, registry, host, messages):
        """
        A hook whose repr raises is logged by its class, at debug level too.
        """
        registry.log.setLevel(logging.DEBUG)
        registry.register("point", BrokenRepr())

        assert host.point(registry, body)() == "result"
        assert messages() == [
            (
                "Exception running point pre-hook: <runtime.fake_hooks:BrokenRepr whose repr raised RuntimeError> "
                "(registered by hand)"
            )
        ]

    def test_an_exception_that_cannot_be_shown(self, registry, host, messages):
        """
        An exception whose message cannot be read is swallowed like others.
        """
        host.attach(registry, Doing(pre=BrokenStrError()))

        assert host.point(registry, body)() == "result"
        assert messages() == ["Exception running point pre-hook: <hook Doing> (registered by hand)"]


class TestBaseException:
    @pytest.mark.parametrize("phase", ["pre", "post"])
    @pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError])
    def test_from_a_hook_passes(self, registry, host, messages, phase, kind):
        """
        A BaseException that is no Exception passes through: it is not logged and no error runs.
        """
        notes = []
        host.attach(registry, Doing(**{phase: kind()}), Doing(error=notes.append))

        with pytest.raises(kind):
            host.point(registry, body)()

        assert notes == []
        assert messages() == []

    def test_from_error_passes(self, registry, host):
        """
        A BaseException from error goes out in place of the original exception.
        """
        host.attach(registry, Doing(error=KeyboardInterrupt()))

        with pytest.raises(KeyboardInterrupt):
            host.point(registry, Doing.raiser(ValueError("from the body")))()

    def test_from_the_function_runs_no_error(self, registry, host):
        """
        A BaseException from the function runs neither error nor post.
        """
        notes = []
        host.attach(registry, Noting("a", notes))

        with pytest.raises(SystemExit):
            host.point(registry, Doing.raiser(SystemExit()))()

        assert [note[1] for note in notes] == ["pre"]


class TestRaisePolicy:
    def test_pre_stops_like_a_fatal_one(self, group, host, messages):
        """
        Under on_hook_error="raise" a plain exception in pre is logged as plain, stops everything, and runs error.
        """
        registry = HookRegistry(group, on_hook_error="raise")
        notes, exc = [], ValueError("from pre")
        host.attach(registry, Noting("early", notes), Doing(pre=exc), Noting("late", notes))

        with pytest.raises(ValueError) as raised:
            host.point(registry, lambda: notes.append("body"))()

        assert raised.value is exc
        assert notes == [("early", "pre", (), {}), ("early", "error", (exc,), {})]
        assert messages() == ["Exception running point pre-hook: <hook Doing> (registered by hand)"]

    def test_post_goes_out(self, group, host):
        """
        Under on_hook_error="raise" a plain exception in post goes out, and later posts do not run.
        """
        registry = HookRegistry(group, on_hook_error="raise")
        notes = []
        host.attach(registry, Doing(post=ValueError("from post")), Doing(post=notes.append))

        with pytest.raises(ValueError):
            host.point(registry, body)()

        assert notes == []


class TestCoroutineFunctions:
    def test_a_hook_may_return_an_awaitable(self, registry):
        """
        What a plain method of a hook returns is awaited if it can be.
        """
        notes = []

        async def later():
            notes.append("awaited")

        async def function():
            notes.append("body")

        registry.register("point", Doing(pre=functools.partial(later)))
        asyncio.run(registry.add_hook("point")(function)())

        assert notes == ["awaited", "body"]

    @pytest.mark.parametrize("phase", ["pre", "body", "post"])
    def test_cancellation_passes(self, registry, phase, messages):
        """
        A task that is cancelled while a hook or the function waits is cancelled, and nothing more runs.
        """
        notes = []

        waiting = asyncio.Event()

        async def wait(*args):
            notes.append("waiting")
            waiting.set()
            await asyncio.Event().wait()

        async def quick():
            notes.append("body")

        if phase != "body":
            registry.register("point", Doing(**{phase: wait}))
        registry.register("point", Doing(post=lambda rv: notes.append("late post"), error=notes.append))
        hooked = registry.add_hook("point")(wait if phase == "body" else quick)

        async def main():
            task = asyncio.create_task(hooked())
            await waiting.wait()
            task.cancel()
            await task

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(main())

        assert notes == (["body", "waiting"] if phase == "post" else ["waiting"])
        assert messages() == []

    def test_calls_interleave(self, registry):
        """
        While one call waits another one runs, each with its own arguments.
        """
        notes = []

        async def pre(name):
            await asyncio.sleep(0)
            notes.append(("pre", name))

        async def function(name):
            await asyncio.sleep(0)
            return name

        registry.register("point", Doing(pre=pre, post=lambda rv, name: notes.append((rv, name))))
        hooked = registry.add_hook("point")(function)

        async def main():
            return await asyncio.gather(hooked("a"), hooked("b"))

        assert asyncio.run(main()) == ["a", "b"]
        assert notes == [("pre", "a"), ("pre", "b"), ("a", "a"), ("b", "b")]


class TestHiddenCoroutine:
    @pytest.mark.parametrize("is_watched", [False, True], ids=["unwatched", "watched"])
    @pytest.mark.parametrize("phase", ["pre", "post", "error"])
    def test_on_a_function_is_refused(self, registry, messages, caplog, phase, is_watched):
        """
        A coroutine that a plain method returns on a function is closed, and logged as that hook's exception.
        """

        async def coroutine_function(*args):
            """
            Be never awaited.
            """

        coroutines = []

        def method(*args):
            coroutines.append(coroutine_function(*args))
            return coroutines[-1]

        registry.register("point", Doing(**{phase: method}))
        if is_watched:
            registry.observe(before=print)
        function = Doing.raiser(ValueError("from the body")) if phase == "error" else body
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with contextlib.suppress(ValueError):  # the function's own, in the phase error
                registry.add_hook("point")(function)()
            gc.collect()

        assert messages() == [f"Exception running point {phase}-hook: <hook Doing> (registered by hand)"]
        own = caplog.records[-1].exc_info[1]
        assert isinstance(own, MisuseError)
        assert str(own) == (
            f"The hook returned the coroutine {coroutines[0]!r} to a function that is no coroutine function, "
            "so nobody can await it. Make the hook's method a plain function."
        )


class TestLogging:
    def test_each_method_is_announced_in_novas_words(self, registry, host, caplog):
        """
        At debug level each method is announced before it runs, in Nova's words.
        """
        caplog.set_level(logging.DEBUG, logger=f"hookkit.{registry.group}")
        host.attach(registry, Noting("a", []))

        host.point(registry, body)()
        with pytest.raises(ValueError):
            host.point(registry, Doing.raiser(ValueError("from the body")))()

        assert [record[0] for record in caplog.record_tuples if "hookkit" in record[0]] == [
            f"hookkit.{registry.group}"
        ] * 4
        assert [record.getMessage() for record in caplog.records if "hookkit" in record.name] == [
            "Running point pre-hook: <hook a>",
            "Running point post-hook: <hook a>",
            "Running point pre-hook: <hook a>",
            "Running point error-hook: <hook a>",
        ]


class TestTracebacks:
    def test_few_frames_of_hookkit(self, registry, host):
        """
        A traceback shows one frame of hookkit between the caller and the function, at the first call and later.
        """
        host.attach(registry, Noting("a", []))
        hooked = host.point(registry, Doing.raiser(ValueError("from the body")))

        for _ in range(3):
            with pytest.raises(ValueError) as raised:
                hooked()
            frames = [frame.filename for frame in traceback.extract_tb(raised.value.__traceback__)]
            raised.value.__traceback__ = None  # it is the same exception each time
            assert sum("hookkit/_" in frame.replace("\\", "/") or "<hookkit" in frame for frame in frames) == 1

    def test_an_exception_has_no_context_of_its_own(self, registry, host):
        """
        The original exception goes out without a context, whatever error raised meanwhile.
        """
        host.attach(registry, Doing(error=ValueError("from error")))

        with pytest.raises(KeyError) as raised:
            host.point(registry, Doing.raiser(KeyError("from the body")))()

        assert raised.value.__context__ is None
        assert raised.value.__cause__ is None


class TestRecursion:
    def test_a_hook_may_call_the_hooked_function(self, registry):
        """
        A hooked function that is called from its own hook runs its hooks again.
        """
        notes = []

        def pre(depth):
            notes.append(depth)
            if depth:
                hooked(depth - 1)

        registry.register("point", Doing(pre=pre))
        hooked = registry.add_hook("point")(body)

        assert hooked(2) == "result"
        assert notes == [2, 1, 0]

    def test_a_call_keeps_the_hooks_it_began_with(self, registry, host):
        """
        A hook that is registered during a call counts from the next call on.
        """
        notes = []
        registry.register("point", Doing(pre=lambda: notes or registry.register("point", Noting("late", notes))))
        hooked = host.point(registry, lambda: notes.append("body"))

        hooked()
        hooked()

        assert notes == ["body", ("late", "pre", (), {}), "body", ("late", "post", (None,), {})]

    def test_a_call_keeps_a_hook_that_is_taken_away(self, registry, host):
        """
        A hook that is unregistered during a call still has its post run in that call, and in none after it.
        """
        notes = []
        leaving = Doing(
            pre=lambda: registry.unregister("point", leaving), post=lambda rv: notes.append("post of the first call")
        )
        registry.register("point", leaving)
        hooked = host.point(registry, body)

        hooked()
        hooked()

        assert notes == ["post of the first call"]


class TestObjectsWithoutClass:
    def test_what_hooks_return_is_never_asked_for_its_class(self, registry, host, messages):
        """
        An object whose ``__class__`` raises can be returned from any method; nothing is logged of it.
        """
        host.attach(registry, Doing(pre=Classless, post=lambda rv: Classless()))

        assert host.point(registry, body)() == "result"
        assert messages() == []

    def test_the_result_stays_on_later_calls(self, registry, host):
        """
        On no call does such an object reach the caller.
        """
        host.attach(registry, Doing(pre=Classless, post=lambda rv: Classless()))
        hooked = host.point(registry, body)

        assert [hooked() for _ in range(3)] == ["result"] * 3

    def test_an_error_method_may_return_one(self, registry, host, messages):
        """
        The function's exception goes on, and nothing is logged.
        """
        host.attach(registry, Doing(error=lambda exc: Classless()))
        failure = ValueError("from the function")

        with pytest.raises(ValueError) as caught:
            host.point(registry, Doing.raiser(failure))()

        assert caught.value is failure
        assert messages() == []

    @pytest.mark.parametrize("phase", ["pre", "post"])
    def test_a_hook_may_raise_one(self, registry, host, phase):
        """
        An exception whose ``__class__`` raises is swallowed as any other.
        """
        registry.log.disabled = True  # handlers of logging do not bear it
        host.attach(registry, Doing(**{phase: ClasslessError()}))
        hooked = host.point(registry, body)

        assert [hooked() for _ in range(3)] == ["result"] * 3

    def test_what_types_coroutine_made_is_awaited(self, registry):
        """
        An async function awaits what is awaitable in any way, and leaves a generator as it is.
        """
        notes = []

        @types.coroutine
        def old_style():
            notes.append("awaited")
            yield from asyncio.sleep(0).__await__()

        registry.register("point", Doing(pre=old_style, post=lambda rv: (notes.append("never") for _ in range(1))))

        @registry.add_hook("point")
        async def function():
            return 42

        assert asyncio.run(function()) == 42
        assert notes == ["awaited"]
