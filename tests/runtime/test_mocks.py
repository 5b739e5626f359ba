"""
Tests of mock hooks, without pytest-mock.
"""

import asyncio
import inspect
from unittest.mock import ANY, Mock, call

import pytest

from hookkit import FatalHookException, HookRegistry, MisuseError, PeriodicHooks, Replace, get_registry
from hookkit.exceptions import ContractError, InvalidValueError
from hookkit.recording import Recorder
from hookkit.testing import HookHost, HookTicker, MockHooks, WrongArgumentsError, adelay, delay, post, pre
from hookkit.testing._mock_signatures import MethodSignature, PointSignatures

NO_NAME = (
    "A mock hook at 'create' was called as pre('ctx'), which (context, name) does not allow: "
    "missing a required argument: 'name'. Correct the call; if the mock hook is wrong, give it the host's signature=."
)


@pytest.fixture
def host(group):
    """
    A host of its own group.
    """
    return HookHost(group)


@pytest.fixture
def mock_hook(group):
    """
    Makes mock hooks of that group.
    """
    mocks = MockHooks(group)
    yield mocks
    mocks.close()


class TestCalls:
    def test_each_phase_runs(self, host, mock_hook):
        """
        The mock hook runs before and after the function, and its mocks say with what.
        """
        create = host.point("create", "(context, name)", returns=42)
        hook = mock_hook("create")

        assert create("ctx", name="vm-1") == 42

        hook.pre.assert_called_once_with("ctx", name="vm-1")
        hook.post.assert_called_once_with(42, "ctx", name="vm-1")
        hook.error.assert_not_called()

    def test_error_runs_when_the_function_raised(self, host, mock_hook):
        """
        When the function raises, error is called with the exception and post is not called.
        """
        raised = KeyError("name")
        create = host.point("create", "(context, name)", raises=raised)
        hook = mock_hook("create")

        with pytest.raises(KeyError):
            create("ctx", "vm-1")

        hook.error.assert_called_once_with(raised, "ctx", "vm-1")
        hook.post.assert_not_called()

    def test_assertions_know_the_parameters(self, host, mock_hook):
        """
        What was passed by keyword is what was passed by position, even when the function is gone.
        """
        hook = mock_hook("create")

        host.point("create", "(context, name)", returns=42)("ctx", name="vm-1")

        hook.pre.assert_called_once_with("ctx", "vm-1")
        hook.post.assert_called_once_with(42, name="vm-1", context="ctx")
        with pytest.raises(AssertionError, match=r"Expected: create\.pre\('ctx', 'vm-2'\)"):
            hook.pre.assert_called_once_with("ctx", "vm-2")

    def test_the_function_comes_first_where_it_is_passed(self, host, mock_hook):
        """
        With pass_function the mocks take the function before all else.
        """
        create = host.point("create", "(context)", returns=42, pass_function=True)
        hook = mock_hook("create")

        create("ctx")

        hook.pre.assert_called_once_with(ANY, "ctx")
        hook.post.assert_called_once_with(ANY, 42, "ctx")
        assert str(inspect.signature(hook.post)) == "(f, rv, /, context)"

    def test_returns_nothing(self, host, mock_hook):
        """
        Without a side effect a mock returns None, which is what a recorder sees.
        """
        create = host.point("create", returns=42)
        hook = mock_hook("create")

        with Recorder() as recorder:
            create()

        recorder.assert_contains([pre("create", hook=hook).returning(None), post("create", hook=hook).returning(None)])

    def test_says_whether_it_was_called(self, host, mock_hook):
        """
        It counts as called once any of its mocks was called, also when that mock is reset or called directly.
        """
        hook, direct = mock_hook("create"), mock_hook("delete")
        assert repr(hook) == f"<MockHook at 'create' of {host.group!r}, called: nothing>"
        assert not hook.called

        host.point("create")()
        direct.pre()

        assert repr(hook) == f"<MockHook at 'create' of {host.group!r}, called: pre, post>"
        hook.pre.reset_mock()
        hook.post.reset_mock()
        assert hook.called
        assert direct.called

    def test_order(self, host, mock_hook):
        """
        A mock hook of lower order runs earlier.
        """
        calls = Mock()
        mock_hook("create", pre=calls.second, order=1)
        mock_hook("create", pre=calls.first, order=-1)

        host.point("create")()

        assert calls.mock_calls == [call.first(), call.second()]

    def test_attaches_to_the_group_that_is_named(self, registry, mock_hook):
        """
        A mock hook may be of another group than the others; the default is hookkit's own.
        """
        hook = mock_hook("create", group="tests.mocks.other")

        HookHost("tests.mocks.other").point("create")()

        assert hook.called
        assert (hook.name, hook.group) == ("create", "tests.mocks.other")
        assert MockHooks().group == "hookkit.hooks"


class TestSideEffects:
    def test_a_function(self, host, mock_hook):
        """
        A function is called with the arguments, and may change them and replace the result.
        """
        create = host.point("create", "(context, metadata)", calls=lambda context, metadata: metadata)
        mock_hook(
            "create",
            pre=lambda context, metadata: metadata.append(context),
            post=lambda rv, context, metadata: Replace((rv, len(metadata))),
        )

        assert create("ctx", []) == (["ctx"], 1)

    def test_replace(self, host, mock_hook):
        """
        A Replace as the side effect of post replaces each result.
        """
        create = host.point("create", returns=42)
        mock_hook("create", post=Replace(43))

        assert [create(), create()] == [43, 43]

    @pytest.mark.parametrize("effect", [KeyError, KeyError("name")], ids=["class", "instance"])
    def test_an_error(self, host, mock_hook, effect):
        """
        An exception is raised, swallowed as that of any hook, and known as injected.
        """
        create = host.point("create", returns=42)
        hook = mock_hook("create", pre=effect)

        with Recorder() as recorder:
            assert create() == 42

        (event,) = recorder.swallowed
        assert hook.is_injected(event.raised)
        assert not hook.is_injected(ValueError("name"))

    def test_a_fatal_error(self, host, mock_hook):
        """
        A fatal error in pre keeps the function from running, and is told to error.
        """
        create = host.point("create", calls=pytest.fail)
        veto = FatalHookException("no")
        hook = mock_hook("create", pre=veto)

        with pytest.raises(FatalHookException) as caught:
            create()

        assert caught.value is veto
        hook.error.assert_called_once_with(veto)

    def test_a_list(self, host, mock_hook):
        """
        A list says what each call does, in turn.
        """
        create = host.point("create", returns=42)
        second = KeyError("second")
        hook = mock_hook("create", post=[Replace(1), second, None])

        with Recorder() as recorder:
            assert [create(), create(), create()] == [1, 42, 42]

        assert [event.raised for event in recorder.swallowed] == [second]
        assert hook.is_injected(second)

    def test_one_that_is_set_later(self, host, mock_hook):
        """
        The side effect of a mock may be set as that of any mock, and what it raises is known as injected.
        """
        create = host.point("create", returns=42)
        hook = mock_hook("create")

        hook.post.side_effect = error = KeyError("late")
        hook.pre.side_effect = Mock()

        assert create() == 42
        assert hook.is_injected(error)
        assert not hook.is_injected(KeyError("other"))

    def test_one_that_is_no_longer_set(self, host, mock_hook):
        """
        What a mock raised stays known as injected when it is told to do something else.
        """
        create = host.point("create", returns=42)
        hook = mock_hook("create", pre=lambda: {}["own"])
        with Recorder() as recorder:
            create()
            hook.pre.side_effect = KeyError
            create()
            hook.pre.side_effect = None
            create()

        own, injected = recorder.swallowed
        assert not hook.is_injected(own.raised)
        assert hook.is_injected(injected.raised)

    def test_what_a_function_raises_is_not_injected(self, host, mock_hook):
        """
        An error from a function that is a side effect may be one of the test itself.
        """

        def check(name):
            assert name == "vm-1"

        create = host.point("create")
        hook = mock_hook("create", pre=check)

        with Recorder() as recorder:
            create("vm-2")

        (event,) = recorder.swallowed
        assert not hook.is_injected(event.raised)

    @pytest.mark.parametrize(
        ("phase", "effect", "message"),
        [
            (
                "pre",
                Replace(1),
                "pre=Replace(1) is no side effect. Give a function, an exception to raise, {}",
            ),
            (
                "post",
                42,
                "post=42 is no side effect. Give a function, an exception to raise, a Replace, {}",
            ),
        ],
    )
    def test_what_is_none_is_refused(self, mock_hook, phase, effect, message):
        """
        What cannot be a side effect is refused when the mock hook is made, and nothing is attached.
        """
        with pytest.raises(MisuseError) as caught:
            mock_hook("create", **{phase: effect})

        assert str(caught.value) == message.format("or a list of results and exceptions, one for each call.")
        assert mock_hook.hooks == []


class TestDelay:
    def test_moves_the_clock(self, host, mock_hook):
        """
        A delay moves the ticker's clock, and what falls due meanwhile runs.
        """
        with HookTicker() as ticker:
            usage = mock_hook("usage", periodic=lambda data, context: ticker.now)
            PeriodicHooks(get_registry(host.group).point("usage"), interval=60).start()
            mock_hook("create", pre=delay(ticker, 90))
            create = host.point("create", calls=lambda: ticker.now)

            assert create() == 90

        usage.periodic.assert_called_once_with(None, None)

    @pytest.mark.parametrize(
        ("then", "result"),
        [(None, 42), (Replace(1), 1), (lambda rv: Replace(rv + 1), 43), ([Replace(7)], 7)],
        ids=["nothing", "replace", "function", "list"],
    )
    def test_goes_on(self, host, mock_hook, then, result):
        """
        After the delay the side effect that it was given counts.
        """
        create = host.point("create", returns=42)
        with HookTicker() as ticker:
            mock_hook("create", post=delay(ticker, 1, then))
            assert create() == result

    def test_fails_late(self, host, mock_hook):
        """
        What is raised after a delay is injected, too.
        """
        create, late = host.point("create", returns=42), TimeoutError("late")
        with HookTicker() as ticker, Recorder() as recorder:
            hook = mock_hook("create", pre=delay(ticker, 30, late))
            assert create() == 42
            assert ticker.now == 30

        assert [event.raised for event in recorder.swallowed] == [late]
        assert hook.is_injected(late)

    @pytest.mark.parametrize("then", ["nothing", "function", "coroutine function"])
    def test_of_a_coroutine_function(self, host, mock_hook, then):
        """
        With adelay a coroutine function waits on the clock, and may go on with another one.
        """

        async def after(rv):
            await asyncio.sleep(0)
            return Replace(rv + 1)

        effects = {"nothing": None, "function": lambda rv: Replace(rv + 1), "coroutine function": after}
        create = host.point("create", returns=42, is_async=True)
        with HookTicker() as ticker:
            hook = mock_hook("create", post=adelay(ticker, 30, effects[then]))
            assert asyncio.run(create()) == (42 if then == "nothing" else 43)
            assert ticker.now == 30
        hook.post.assert_awaited_once_with(42)

    def test_is_checked_at_once(self):
        """
        A wrong number, or what is no side effect, is refused when the delay is made.
        """
        with HookTicker() as ticker:
            with pytest.raises(InvalidValueError):
                delay(ticker, -1)
            with pytest.raises(MisuseError) as caught:
                adelay(ticker, 1, 42)

        assert str(caught.value) == (
            "then=42 is no side effect. Give a function, an exception to raise, a Replace, "
            "or a list of results and exceptions, one for each call."
        )


class TestArguments:
    def test_wrong_ones_go_out_to_the_caller(self, host, mock_hook):
        """
        Arguments that the function does not allow are an error that goes out as a TypeError and is kept.
        """
        create = host.point("create", "(context, name)")
        hook = mock_hook("create")

        with pytest.raises(TypeError) as caught:
            create("ctx")

        assert type(caught.value) is WrongArgumentsError
        assert str(caught.value) == NO_NAME
        assert hook.wrong_calls == [caught.value]
        assert not hook.pre.called
        assert hook.error.called
        assert hook.called

    def test_those_of_another_hook_are_not_its_own(self, host, mock_hook):
        """
        Each mock hook keeps its own wrong calls only.
        """
        create = host.point("create", "(context, name)")
        lenient, strict = mock_hook("create", signature="(*args)"), mock_hook("create")

        with pytest.raises(WrongArgumentsError):
            create("ctx")

        assert (len(lenient.wrong_calls), len(strict.wrong_calls)) == (0, 1)

    def test_the_signature_that_is_given_counts(self, host, mock_hook):
        """
        A signature that is given says what the host should call, whatever its function takes.
        """
        create = host.point("create")
        hooks = [mock_hook("create", signature=inspect.signature(lambda context, *, rv: None))]
        assert str(inspect.signature(hooks[0].pre)) == "(context, *, rv)"
        assert str(inspect.signature(hooks[0].post)) == "(rv_, /, context, *, rv)"

        create("ctx", rv=1)
        with pytest.raises(WrongArgumentsError) as caught:
            create("ctx", 1, size=2)

        assert str(caught.value) == (
            "A mock hook at 'create' was called as pre('ctx', 1, size=2), which (context, *, rv) does not allow: "
            "too many positional arguments. Correct the call; if the mock hook is wrong, give it the host's signature=."
        )

    def test_that_of_the_called_function_counts(self, host, mock_hook):
        """
        Where several functions share a point, what the called one allows counts; in assertions any of them.
        """
        one, two = host.point("create", "(context)"), host.point("create", "(context, name)")
        hook = mock_hook("create")

        one("ctx")
        two("ctx", "vm-1")
        with pytest.raises(WrongArgumentsError):
            one("ctx", "vm-1")

        assert hook.pre.call_count == 2
        hook.pre.assert_called_with(context="ctx", name="vm-1")
        hook.pre.assert_any_call(context="ctx")

    def test_of_a_direct_call_fit_a_function_that_is_there(self, host, mock_hook):
        """
        Called directly, a mock allows what one of the point's functions does.
        """
        functions = host.point("create", "(context)"), host.point("create", "(context)", pass_function=True)
        hook = mock_hook("create")

        hook.pre("ctx")
        hook.pre(functions[0], "ctx")
        with pytest.raises(WrongArgumentsError, match=" do not allow: "):
            hook.pre()

        assert hook.wrong_calls == []

    def test_of_a_direct_call_fit_the_catalogue(self):
        """
        Where no function is decorated, the catalogue's signatures count, the latest first.
        """
        point = HookRegistry("nova.hooks").point("delete_instance")  # other tests may have decorated the shared one's
        signature = MethodSignature(PointSignatures(point, None), "pre")

        assert str(signature) == "(self, context, instance, bdms)"
        assert signature.bind(None, "ctx", 1, bdms=2, quotas=3).arguments["quotas"] == 3
        with pytest.raises(WrongArgumentsError):
            signature.bind("ctx")

    def test_anything_is_allowed_where_nothing_is_known(self, registry, mock_hook):
        """
        A point without function that no catalogue knows allows anything; so does a function without signature.
        """
        hook = mock_hook("create")
        hook.pre(1, two=2)

        smallest = get_registry(hook.group).add_hook("create")(min)

        assert smallest(3, 2) == 2
        assert str(inspect.signature(hook.pre)) == "(*args, **kwargs)"

    def test_a_call_of_another_registry_does_not_count(self, registry, mock_hook):
        """
        A point of the same name and group in a registry that is not shared is another one.
        """
        hook = mock_hook("create")

        @registry.add_hook("create")
        def create(context):
            hook.pre("anything", "goes")

        with Recorder():
            create("ctx")

        assert hook.pre.called

    def test_a_signature_that_cannot_be_read_is_refused(self, mock_hook):
        """
        A signature that is none is an error when the mock hook is made.
        """
        with pytest.raises(ContractError, match="Cannot read the signature"):
            mock_hook("create", signature="(a b)")


class TestAsync:
    def test_is_as_the_functions_are(self, host, mock_hook):
        """
        At a point of coroutine functions the mocks are awaited.
        """
        create = host.point("create", "(context)", returns=42, is_async=True)
        hook = mock_hook("create", post=Replace(43))

        assert asyncio.run(create("ctx")) == 43

        assert hook.is_async
        hook.pre.assert_awaited_once_with("ctx")
        hook.post.assert_awaited_once_with(42, context="ctx")
        with pytest.raises(WrongArgumentsError):
            asyncio.run(create())

    def test_is_as_the_side_effects_are(self, host, mock_hook):
        """
        A coroutine function as a side effect makes the mocks coroutine functions.
        """

        async def veto():
            await asyncio.sleep(0)
            raise FatalHookException("no")

        hook = mock_hook("create", pre=veto)
        create = host.point("create", is_async=True)

        with pytest.raises(FatalHookException):
            asyncio.run(create())

        hook.pre.assert_awaited_once_with()

    def test_is_plain_if_it_is_made_before_the_function(self, host, mock_hook):
        """
        Plain mocks run at coroutine functions, too.
        """
        hook = mock_hook("create", pre=KeyError("x"))

        assert asyncio.run(host.point("create", returns=42, is_async=True)()) == 42

        assert not hook.is_async
        hook.post.assert_called_once_with(42)

    def test_is_what_it_is_said_to_be(self, mock_hook):
        """
        The test may say it before there is any function.
        """
        hook = mock_hook("create", is_async=True, periodic=[1])

        assert asyncio.run(hook.pre()) is None
        assert asyncio.run(hook.periodic({}, None)) == 1


class TestPeriodic:
    def test_is_there_if_it_was_asked_for(self, host, mock_hook):
        """
        A mock hook takes part in a schedule only if a side effect was given for it.
        """
        usage, other = mock_hook("usage", periodic=lambda data, context: data + 1), mock_hook("usage")
        schedule = PeriodicHooks(get_registry(host.group).point("usage"), data=lambda context: 41)

        (run,) = schedule.tick("ctx")

        assert run.value == 42
        assert other.periodic is None
        usage.periodic.assert_called_once_with(41, "ctx")
        with pytest.raises(TypeError):
            usage.periodic(41)


class TestEnd:
    def test_takes_all_away(self, group, host):
        """
        After the block no mock hook is at its point, also if the test took one away itself.
        """
        point = get_registry(group).point("create")
        with MockHooks(group) as mock_hook:
            hooks = [mock_hook("create"), mock_hook("create")]
            assert [attached.obj for attached in point.hooks] == hooks
            get_registry(group).unregister("create", hooks[0])

        assert mock_hook.hooks == hooks
        assert point.hooks == ()

    def test_raises_a_wrong_call_that_was_hidden(self, group, host):
        """
        A wrong call whose error somebody caught comes out at the end of the block.
        """

        def block():
            with MockHooks(group) as mock_hook:
                call_wrongly(host, mock_hook("create"))

        with pytest.raises(WrongArgumentsError) as caught:
            block()

        assert str(caught.value) == NO_NAME

    def test_leaves_out_what_the_test_expected(self, group, host):
        """
        A wrong call that the test took from wrong_calls does not come out.
        """
        with MockHooks(group) as mock_hook:
            hook = mock_hook("create")
            call_wrongly(host, hook)
            assert str(hook.wrong_calls.pop()) == NO_NAME

    def test_does_not_hide_another_error(self, group, host):
        """
        An error of the test itself goes before that of a wrong call.
        """

        def block():
            with MockHooks(group) as mock_hook:
                call_wrongly(host, mock_hook("create"))
                raise KeyError

        with pytest.raises(KeyError):
            block()


def call_wrongly(host, hook):
    """
    Call the hook point as its function does not allow, and hide the error.
    """
    create = host.point(hook.name, "(context, name)")
    with pytest.raises(TypeError):
        create("ctx")
