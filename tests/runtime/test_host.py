"""
Stand-ins for a host's functions, and for its catalogue.
"""

import asyncio
import inspect
import sys
import traceback

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit import get_registry, observe
from hookkit.contracts import catalogue, load
from hookkit.exceptions import ContractError, InvalidValueError, MisuseError
from hookkit.testing import HookHost, MissingPointError

NO_NAME = "create_instance() missing 1 required positional argument: 'name'"


class NotingHook:
    """
    A hook that notes what it is told.
    """

    def __init__(self):
        self.seen = []

    def pre(self, *args, **kwargs):
        self.seen.append(("pre", args, kwargs))

    def post(self, rv, *args, **kwargs):
        self.seen.append(("post", rv, args, kwargs))


@pytest.fixture
def host(request):
    """
    A host whose group is the test's own.
    """
    return HookHost(group=f"tests.{request.node.nodeid}")


@pytest.fixture
def noting(host):
    """
    A hook at create_instance in the host's group, taken away after the test.
    """
    hook = NotingHook()
    get_registry(host.group).register("create_instance", hook)
    yield hook
    get_registry(host.group).unregister("create_instance", hook)


class TestPoint:
    def test_is_a_hook_point_with_the_name_and_the_signature(self, host):
        """
        The stand-in has the name and the signature that it was asked for, and belongs to the test's module.
        """
        create = host.point("create_instance", "(context, name, metadata=None)")

        assert (create.__name__, create.__qualname__, create.__module__) == ("create_instance",) * 2 + (__name__,)
        assert str(inspect.signature(create)) == "(context, name, metadata=None)"
        assert create.__hook_name__ == "create_instance"

    def test_takes_anything_and_returns_none_by_default(self, host):
        """
        Without a signature and an answer, any arguments give None.
        """
        assert host.point("create_instance")(1, 2, three=3) is None

    def test_belongs_to_the_default_group(self):
        """
        A host that was given no group uses hookkit's own, and a point can be given another one.
        """
        host = HookHost()
        hook = NotingHook()
        for group in ("hookkit.hooks", "tests.other"):
            get_registry(group).register("test_groups", hook)

        host.point("test_groups")()
        host.point("test_groups", group="tests.other")("x")

        for group in ("hookkit.hooks", "tests.other"):
            get_registry(group).unregister("test_groups", hook)
        assert hook.seen == [
            ("pre", (), {}),
            ("post", None, (), {}),
            ("pre", ("x",), {}),
            ("post", None, ("x",), {}),
        ]

    def test_gives_hooks_and_calls_the_arguments_as_they_were_passed(self, host, noting):
        """
        What is passed by keyword stays a keyword, and defaults are not filled in.
        """
        passed = []
        create = host.point(
            "create_instance",
            "(context, name, metadata=None)",
            calls=lambda *args, **kwargs: passed.append((args, kwargs)) or 42,
        )

        assert create("ctx", name="vm-1") == 42

        assert passed == [(("ctx",), {"name": "vm-1"})]
        assert noting.seen == [("pre", ("ctx",), {"name": "vm-1"}), ("post", 42, ("ctx",), {"name": "vm-1"})]

    def test_passes_the_function_to_hooks(self, host, noting):
        """
        With pass_function, hooks are given the stand-in before the arguments.
        """
        create = host.point("create_instance", returns=42, pass_function=True)

        create("ctx")

        assert [type(function).__name__ for _, (function, _), _ in noting.seen[:1]] == ["function"]

    @pytest.mark.parametrize("raises", [KeyError, KeyError("name")], ids=["class", "instance"])
    def test_raises(self, host, noting, raises):
        """
        The function raises the exception, or one of the class, and post does not run.
        """
        with pytest.raises(KeyError):
            host.point("create_instance", raises=raises)()

        assert noting.seen == [("pre", (), {})]

    @pytest.mark.parametrize(
        ("signature", "args", "kwargs"),
        [
            ("(context, name)", ("ctx",), {}),
            ("(context, name)", (), {}),
            ("(context, name=1)", ("ctx", 2, 3), {}),
            ("(context, *, name, zone=CONF.zone)", ("ctx",), {}),
            ("(context, /, *args, **kwargs)", (), {"context": 1}),
            ("(context: 'Context' = None) -> int", (), {"contxt": 1}),
            ("(context, name)", ("ctx",), {"context": 1}),
        ],
    )
    def test_refuses_wrong_arguments_in_the_words_of_python(self, host, signature, args, kwargs):
        """
        Arguments that the signature does not allow are the TypeError that a real function raises.
        """
        namespace = {}
        exec(f"def create_instance{signature.replace('CONF.zone', 'None')}: pass", namespace)
        with pytest.raises(TypeError) as expected:
            namespace["create_instance"](*args, **kwargs)

        with pytest.raises(TypeError) as caught:
            host.point("create_instance", signature)(*args, **kwargs)

        assert str(caught.value) == str(expected.value)

    @pytest.mark.parametrize(
        ("signature", "args", "kwargs"),
        [
            ("(context, name=1)", ("ctx",), {}),
            ("(context, *, name='x', zone)", ("ctx",), {"zone": 1}),
            ("(context, /, *args, **kwargs)", (1, 2), {"context": 1}),
            ("(self, a=CONF.a, *, b=CONF.b)", (None,), {}),
        ],
    )
    def test_accepts_what_the_signature_allows(self, host, signature, args, kwargs):
        """
        Arguments that the signature allows give the answer.
        """
        assert host.point("create_instance", signature, returns=42)(*args, **kwargs) == 42

    def test_refuses_wrong_arguments_where_the_host_would(self, host, noting):
        """
        Wrong arguments are found by the function itself: pre hooks have run by then.
        """
        with pytest.raises(TypeError) as caught:
            host.point("create_instance", "(context, name)")("ctx")

        assert str(caught.value) == NO_NAME
        assert noting.seen == [("pre", ("ctx",), {})]

    def test_is_at_home_in_the_test(self, host):
        """
        A traceback leads to the line of the test that made the stand-in.
        """
        create = host.point("create_instance", raises=KeyError)
        (frame_line,) = [inspect.currentframe().f_lineno - 1]

        with pytest.raises(KeyError) as caught:
            create()

        frames = [frame for frame in traceback.extract_tb(caught.tb) if frame.name == "stand_in"]
        assert [(frame.filename, frame.lineno) for frame in frames] == [(__file__, frame_line)]
        (point,) = [point for point in get_registry(host.group).points if point.name == "create_instance"]
        assert [function.location for function in point.functions] == [f"{__file__}:{frame_line}"]

    def test_underlines_nothing_in_the_test(self, host):
        """
        A traceback underlines no part of the test's line: what runs there is other code.
        """
        create = host.point("create_instance", raises=KeyError)

        with pytest.raises(KeyError) as caught:
            create()

        (frame,) = [frame for frame in traceback.extract_tb(caught.tb) if frame.name == "stand_in"]
        assert (frame.colno, frame.end_colno) == (None, None)

    def test_names_the_arguments_for_watchers(self, host):
        """
        Watchers are told the arguments by the parameters' names, and the function by the test's module.
        """
        events = []
        undo = observe(after=events.append)

        host.point("create_instance", "(context, name)")("ctx", "vm-1")

        undo()
        assert [event.arguments for event in events] == [{"context": "ctx", "name": "vm-1"}]
        assert events[0].call.function_path == f"{__name__}:create_instance"

    def test_says_what_it_is(self):
        """
        A host is shown with the group of its hook points.
        """
        assert repr(HookHost("shop.hooks")) == "<HookHost of 'shop.hooks'>"

    def test_accepts_a_signature_object(self, host):
        """
        The signature may be that of a function which the test has at hand.
        """
        create = host.point("create_instance", inspect.signature(lambda context, name: None))

        with pytest.raises(TypeError) as caught:
            create("ctx")

        assert str(caught.value) == NO_NAME

    def test_can_be_a_coroutine_function(self, host, noting):
        """
        With is_async the stand-in is awaited, wrong arguments included.
        """
        create = host.point("create_instance", "(context, name)", returns=42, is_async=True)

        assert inspect.iscoroutinefunction(create)
        assert asyncio.run(create("ctx", "vm-1")) == 42
        assert noting.seen == [("pre", ("ctx", "vm-1"), {}), ("post", 42, ("ctx", "vm-1"), {})]
        with pytest.raises(TypeError) as caught:
            asyncio.run(create("ctx"))
        assert str(caught.value) == NO_NAME

    def test_is_a_coroutine_function_if_it_calls_one(self, host, noting):
        """
        A coroutine function as calls makes the stand-in one, whose hooks are given the awaited result.
        """

        async def double(number):
            await asyncio.sleep(0)
            return 2 * number

        create = host.point("create_instance", "(number)", calls=double)

        assert asyncio.run(create(21)) == 42
        assert noting.seen[1] == ("post", 42, (21,), {})

    def test_gives_one_answer(self, host):
        """
        A stand-in that is to return and to raise is refused.
        """
        with pytest.raises(MisuseError) as caught:
            host.point("create_instance", returns=42, raises=KeyError)

        assert str(caught.value) == "point('create_instance') got returns and raises. A stand-in does one of them."

    def test_calls_functions_only(self, host):
        """
        What cannot be called is refused when the stand-in is made.
        """
        with pytest.raises(MisuseError) as caught:
            host.point("create_instance", calls=42)

        assert str(caught.value) == ("A stand-in cannot call 42. Give a function; set what it is to return in returns.")

    def test_raises_exceptions_only(self, host):
        """
        What cannot be raised is refused when the stand-in is made.
        """
        with pytest.raises(MisuseError) as caught:
            host.point("create_instance", raises=int)

        assert str(caught.value) == (
            "A stand-in cannot raise <class 'int'>. Give an exception or a class of exceptions."
        )

    def test_refuses_a_signature_that_is_none(self, host):
        """
        Text that is no signature is an error that points at the place.
        """
        with pytest.raises(ContractError, match="nothing may follow the signature"):
            host.point("create_instance", "(context) name")

    def test_outermost_frame_may_be_hookkits(self, monkeypatch, host):
        """
        A stand-in that nobody outside hookkit asks for is at home in the outermost frame.
        """
        monkeypatch.setattr(sys, "_getframe", lambda: FrameOfHookkit)

        assert host.point("create_instance").__module__ == "hookkit.testing"


async def double(myself, speed, direction):
    """
    The body of a coroutine function in a host.
    """
    await asyncio.sleep(0)
    return 2 * speed


class FrameOfHookkit:
    """
    The outermost frame of a program that is hookkit itself.
    """

    f_back = None
    f_globals = {"__name__": "hookkit.testing"}  # noqa: RUF012 - as frames have it
    f_code = HookHost.point.__code__
    f_lineno = 1


class TestFromCatalogue:
    def test_has_every_point_of_the_release(self, host):
        """
        The mapping has the points of that release under their names, with their signatures.
        """
        points = host.from_catalogue("nova", release="2014.2")

        assert list(points) == ["create_instance", "delete_instance", "instance_network_info"]
        assert len(points) == 3
        assert str(inspect.signature(points["delete_instance"])) == "(self, context, instance, bdms, quotas)"
        assert repr(points) == "<StandIns for nova 2014.2: create_instance, delete_instance, instance_network_info>"

    @pytest.mark.parametrize("release", catalogue("nova").releases)
    def test_runs_the_hooks_of_the_hosts_group(self, host, release):
        """
        In every release, calling the stand-in with a bare object as self runs the hooks of the host's own group.
        """
        hook, myself = NotingHook(), object()
        get_registry("nova.hooks").register("create_instance", hook)
        points = host.from_catalogue("nova", release=release)
        points.returns["create_instance"] = (["instance"], "r-1")

        result = points["create_instance"](myself, "ctx", "flavor", "image", metadata={})

        get_registry("nova.hooks").unregister("create_instance", hook)
        arguments = (myself, "ctx", "flavor", "image"), {"metadata": {}}
        assert result == (["instance"], "r-1")
        assert hook.seen == [("pre", *arguments), ("post", result, *arguments)]

    def test_is_the_latest_release_by_default(self, host):
        """
        Without a release it is the latest.
        """
        assert host.from_catalogue("nova").contract.release == "21.0.0"

    def test_raises_what_the_test_sets(self, host):
        """
        What is set to be raised goes before what is set to be returned.
        """
        points = host.from_catalogue("nova")
        points.returns["delete_instance"] = 1
        points.raises["delete_instance"] = KeyError

        with pytest.raises(KeyError):
            points["delete_instance"](object(), "ctx", "instance", [])

    def test_calls_what_the_test_sets(self, host):
        """
        A function that is set is called as the host's own would be, and its result goes before one that is set.
        """
        points, myself = host.from_catalogue("nova"), object()
        points.returns["delete_instance"] = 1
        points.calls["delete_instance"] = lambda *args, **kwargs: (args, kwargs)

        called = points["delete_instance"](myself, "ctx", "instance", bdms=[])

        assert called == ((myself, "ctx", "instance"), {"bdms": []})

    def test_refuses_an_answer_for_a_point_that_is_not_there(self, host):
        """
        An answer for an unknown name is an error that offers the closest and lists all.
        """
        points = host.from_catalogue("nova", release="grizzly")

        with pytest.raises(InvalidValueError) as caught:
            points.returns["create_instanc"] = 1

        assert str(caught.value) == (
            "Cannot set returns['create_instanc']: there is no such hook point. Did you mean 'create_instance'? "
            "There are 'create_instance', 'delete_instance'."
        )

    def test_offers_the_closest_name(self, host):
        """
        A missing name is a KeyError that offers the closest and lists all; get() and in work as in any mapping.
        """
        points = host.from_catalogue("nova", release="juno")

        with pytest.raises(KeyError) as caught:
            points["create_instanc"]

        assert str(caught.value) == (
            "'nova' 2014.2 has no hook point 'create_instanc'. Did you mean 'create_instance'? "
            "It has 'create_instance', 'delete_instance', 'instance_network_info'."
        )
        assert isinstance(caught.value, ContractError)
        assert type(caught.value) is MissingPointError
        assert f"{MissingPointError.__module__}.{MissingPointError.__qualname__}" == "hookkit.testing.MissingPointError"
        assert points.get("build_instance") is None
        assert "create_instance" in points

    def test_cannot_be_changed(self, host):
        """
        The mapping is read-only.
        """
        with pytest.raises(TypeError):
            host.from_catalogue("nova")["create_instance"] = print

    def test_stands_in_for_methods_of_driver_hooks_too(self, host):
        """
        The stand-ins of a host of driver hooks run the hooks that self has, if it has any.
        """
        points = host.from_catalogue("manila", release="newton")
        points.returns["allow_access"] = 42

        assert points["allow_access"](object(), "ctx", "share", []) == 42

    def test_calls_of_driver_hooks_belong_to_their_host(self, host):
        """
        Watchers are told that such a call belongs to the driver hooks of that host.
        """
        calls = []
        undo = observe(finished=calls.append)
        host.from_catalogue("manila", release="newton")["allow_access"](object(), "ctx", "share", [])
        undo()

        assert [(call.group, call.point) for call in calls] == [("manila driver hooks", "allow_access")]

    def test_takes_the_contract_of_another_host(self, host, tmp_path):
        """
        A contract that the test loads serves as well, in one release or, without one, in its latest periods.
        """
        point = point_of(name="start", kind="driver", group=None, is_async=True, signature="(self, speed)", last="1.0")
        later = point | {"signature": "(self, speed, direction)", "first": "2.0", "last": None}
        contract = load(write_contract(tmp_path, contract_of(point, later, releases=["1.0", "2.0"])))

        points = host.from_catalogue(contract)
        assert str(inspect.signature(points["start"])) == "(self, speed, direction)"
        assert inspect.iscoroutinefunction(points["start"])
        points.calls["start"] = double
        assert asyncio.run(points["start"](object(), 21, "north")) == 42
        with pytest.raises(TypeError):
            asyncio.run(points["start"](object(), 21))
        assert str(inspect.signature(host.from_catalogue(contract, "1.0")["start"])) == "(self, speed)"
