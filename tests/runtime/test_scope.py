"""
Threads, tasks and contexts: which recorder hears which call, and where it stands.
"""

import asyncio
import contextvars
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import hookkit
from hookkit import InvalidValueError, PeriodicHooks, Recorder
from hookkit.recording import _scope
from runtime.recorded import Api, AuditHook


class Reports:
    """
    A periodic hook.
    """

    def periodic(self, data, context):
        return None


def in_threads(*functions):
    """
    Run each function in a thread of its own, all at once; give what they return.
    """
    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(10) for future in [pool.submit(function) for function in functions]]


def names(recorder):
    """
    Give the names with which a recorder's calls were made.
    """
    return sorted(call.args[2] for call in recorder.calls)


class TestTwoTestsAtOnce:
    @pytest.mark.parametrize(("scope", "heard"), [("context", 3), ("process", 6)])
    def test_in_two_threads_they_do_not_see_each_others_calls(self, scope, heard):
        """
        With the scope ``context`` each hears its own calls; with ``process`` both hear all.
        """
        api = Api(AuditHook)
        barrier = threading.Barrier(2, timeout=10)

        def run(name):
            with Recorder(scope=scope) as recorder:
                barrier.wait()
                for _ in range(3):
                    api.create("ctx", name)
                barrier.wait()
            return names(recorder)

        first, second = in_threads(lambda: run("first"), lambda: run("second"))
        assert (len(first), len(second)) == (heard, heard)
        assert (set(first) == {"first"}) is (scope == "context")

    def test_in_two_tasks_they_do_not_see_each_others_calls(self):
        """
        Tests that run as tasks of one loop are kept apart, and what they start belongs to them.
        """
        api = Api(AuditHook)

        async def run(name):
            with Recorder(scope="context") as recorder:
                await asyncio.sleep(0)
                api.create("ctx", name)
                await asyncio.gather(*(asyncio.to_thread(api.create, "ctx", f"{name}-{i}") for i in range(2)))
            return names(recorder)

        async def main():
            return await asyncio.gather(run("a"), run("b"))

        assert asyncio.run(main()) == [["a", "a-0", "a-1"], ["b", "b-0", "b-1"]]

    def test_what_they_start_in_their_context_belongs_to_them(self):
        """
        A thread that is given the context of a test is that test's; another one is heard by both.
        """
        api = Api(AuditHook)
        barrier = threading.Barrier(2, timeout=10)

        def run(name):
            with Recorder(scope="context") as recorder:
                barrier.wait()
                context = contextvars.copy_context()
                in_threads(lambda: context.run(api.create, "ctx", name))
                barrier.wait()
                if name == "first":
                    empty = contextvars.Context()
                    in_threads(lambda: empty.run(api.create, "ctx", "nobody's"))
                barrier.wait()
            return names(recorder)

        first, second = in_threads(lambda: run("first"), lambda: run("second"))
        assert first == ["first", "nobody's"]
        assert second == ["nobody's", "second"]

    def test_ticks_are_counted_where_they_belong(self):
        """
        Ticks of another test's schedules are not counted, whether they ran something or not.
        """
        barrier = threading.Barrier(2, timeout=10)

        def run(ticks):
            with Recorder(scope="context") as recorder:
                barrier.wait()
                schedule = PeriodicHooks([Reports()], every=2)
                for _ in range(ticks):
                    schedule.tick()
                barrier.wait()
            return recorder.ticks, len(recorder.calls)

        assert in_threads(lambda: run(2), lambda: run(5)) == [(2, 1), (5, 2)]

    def test_a_recorder_of_the_process_hears_them_all(self):
        """
        One that sums up a whole run hears the tests' calls too.
        """
        api = Api(AuditHook)

        def run():
            with Recorder(scope="context") as recorder:
                api.create("ctx", "vm-1")
            return len(recorder.calls)

        with Recorder() as everything:
            assert in_threads(run, run) == [1, 1]
        assert len(everything.calls) == 2


class TestOneTest:
    def test_recorders_that_begin_again_in_another_order(self):
        """
        A recorder may begin again in the course of one that began in its own course.
        """
        first, second = Recorder(scope="context"), Recorder(scope="context")
        api = Api(AuditHook)
        first.__enter__()
        with second:
            first.__exit__(None, None, None)
            with first:
                api.create("ctx", "vm-1")
        assert (names(first), names(second)) == (["vm-1"], ["vm-1"])

    def test_its_threads_are_heard(self):
        """
        Where no other test runs, threads that a host starts are heard, whatever their context.
        """
        api = Api(AuditHook)
        with Recorder(scope="context") as recorder:
            in_threads(lambda: api.create("ctx", "vm-1"))
        assert len(recorder.calls) == 1

    def test_inner_and_outer_recorders_hear_alike(self):
        """
        Two recorders of one test, one within the other, hear the same calls.
        """
        with Recorder(scope="context") as outer, Recorder(scope="context") as inner:
            Api(AuditHook).create("ctx", "vm-1")
        assert len(outer.calls) == len(inner.calls) == 1

    def test_a_context_that_is_older_hears_too(self):
        """
        A loop whose context was made before the recorder was entered, as a test runner's may be, is heard.
        """
        api = Api(AuditHook)
        old = contextvars.copy_context()

        def within():
            with Recorder(scope="context") as inner:
                api.create("ctx", "vm-1")
            return inner

        with Recorder(scope="context") as outer:
            old.run(api.create, "ctx", "vm-0")
            inner = old.run(within)
        assert names(outer) == ["vm-0", "vm-1"]
        assert names(inner) == ["vm-1"]

    def test_it_may_end_in_another_context(self):
        """
        A recorder that is left in another context than it was entered in leaves nothing behind.
        """
        recorder = Recorder(scope="context")
        contextvars.copy_context().run(recorder.__enter__)
        recorder.__exit__(None, None, None)
        with Recorder(scope="context") as other:
            context = contextvars.copy_context()
        with Recorder(scope="context") as later:
            context.run(Api(AuditHook).create, "ctx", "vm-1")
        assert len(later.calls) == 1
        assert not other.calls
        assert not _scope._ACTIVE.scopes

    def test_without_asyncio_there_is_no_task(self, monkeypatch):
        """
        Asking whether a task runs imports nothing, and stands a half-imported asyncio.
        """
        monkeypatch.delitem(sys.modules, "asyncio")
        assert not _scope._is_in_task()
        monkeypatch.setitem(sys.modules, "asyncio", object())
        assert not _scope._is_in_task()

    def test_an_unknown_scope_is_refused(self):
        """
        The message lists the two.
        """
        with pytest.raises(InvalidValueError) as caught:
            Recorder(scope="contxt")
        assert str(caught.value) == ("scope is 'contxt'; it must be 'process' or 'context'. Did you mean 'context'?")


class TestParents:
    def test_recursive_calls_are_nested(self):
        """
        A function that calls itself has each call under the one before.
        """

        class Hook:
            def pre(self, number):
                return None

        registry = hookkit.HookRegistry("recorded")
        registry.register("count", Hook)

        @registry.add_hook("count")
        def count(number):
            return count(number - 1) + 1 if number else 0

        with Recorder() as recorder:
            assert count(3) == 3
        calls = recorder.calls
        assert [call.parent for call in calls] == [None, *calls[:3]]
        assert recorder.outline().splitlines()[:4] == [
            "count(3) -> 3",
            "  pre   Hook",
            "  body  -> 3",
            "        count(2) -> 2",
        ]

    def test_threads_have_parents_of_their_own(self):
        """
        Calls that run at once in several threads never have each other as parents.
        """
        registry = hookkit.HookRegistry("recorded")
        barrier = threading.Barrier(3, timeout=10)

        @registry.add_hook("inner")
        def inner(name):
            barrier.wait()

        @registry.add_hook("outer")
        def outer(name):
            barrier.wait()
            inner(name)

        with Recorder() as recorder:
            in_threads(*(lambda name=name: contextvars.Context().run(outer, name) for name in "abc"))
        inner_calls = [call for call in recorder.calls if call.point == "inner"]
        assert sorted((call.args, call.parent.args) for call in inner_calls) == [((n,), (n,)) for n in "abc"]
        assert all(call.parent is None for call in recorder.calls if call.point == "outer")

    def test_tasks_and_threads_take_their_starters_call_as_parent(self):
        """
        What asyncio starts in the course of a call stands under it, also when several do so at once.
        """
        registry = hookkit.HookRegistry("recorded")

        @registry.add_hook("inner")
        def inner(name):
            return name

        @registry.add_hook("outer")
        async def outer(name):
            await asyncio.sleep(0)
            await asyncio.gather(asyncio.to_thread(inner, name), asyncio.create_task(asyncio.to_thread(inner, name)))

        async def main():
            await asyncio.gather(*(outer(name) for name in "abc"))

        with Recorder() as recorder:
            asyncio.run(main())
        inner_calls = [call for call in recorder.calls if call.point == "inner"]
        assert len(inner_calls) == 6
        assert all(call.parent.point == "outer" and call.parent.args == call.args for call in inner_calls)
