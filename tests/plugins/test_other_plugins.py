"""
Tests of ``pytest --hooks-record`` together with other plugins, which ``tox -e plugins`` installs.
"""

import textwrap

import pytest

from hookkit.recording import load_recording
from plugin.recorded_runs import TABLE, recording, section, set_up, summary

RECORDING = ".hookkit/recording.jsonl"
ALL = ("anyio", "asyncio", "randomly", "rerunfailures", "run_parallel", "xdist")


@pytest.fixture
def run(pytester):
    """
    Give a function that runs a file of tests, recorded, with some of the other plugins, and gives the result.
    """

    def run(tests, *args, plugins=()):
        set_up(pytester, *([] if tests is None else [textwrap.dedent(tests)]))
        off = [f"-pno:{_ENTRY_POINTS.get(name, name)}" for name in ALL if name not in plugins]
        return pytester.runpytest_subprocess("--hooks-record", *off, *args, timeout=120)

    return run


# Where the name of a plugin's entry point is not that of its package.
_ENTRY_POINTS = {"run_parallel": "run-parallel"}


def calls(pytester):
    """
    Give the test and the first argument of each recorded call.
    """
    found = load_recording(pytester.path / RECORDING).calls
    return [(call.test_id.rpartition("::")[2], call.arguments["customer"]) for call in found]


class TestOneByOne:
    def test_classes_of_unittest(self, pytester, run):
        """
        Calls in setUp, test and tearDown of a unittest.TestCase have its test's id.
        """
        result = run("""
            import unittest
            from shop import place_order

            class TestOrders(unittest.TestCase):
                def setUp(self):
                    place_order("setup", [])

                def test_it(self):
                    place_order("call", [])
                    self.fail("as it should")

                def tearDown(self):
                    place_order("teardown", [])
        """)
        result.assert_outcomes(failed=1)
        assert calls(pytester) == [("test_it", "setup"), ("test_it", "call"), ("test_it", "teardown")]
        assert section(result, "- Captured hook calls -").splitlines()[1] == "place_order('setup', []) -> 1  TIME"

    def test_pytest_randomly(self, pytester, run):
        """
        The recording has the order in which the tests ran, the same for the same seed, distributed or not.
        """
        result = run(None, "--randomly-seed=7", plugins=["randomly"])
        assert summary(result) == TABLE
        alone = recording(pytester.path / RECORDING)
        again = run(None, "--randomly-seed=7", "-n2", plugins=["randomly", "xdist"])
        assert summary(again) == TABLE
        assert recording(pytester.path / RECORDING) == alone

    def test_pytest_asyncio(self, pytester, run):
        """
        Calls of coroutine functions in a coroutine test have its id and the name of the task.
        """
        result = run(
            """
            import asyncio
            import pytest
            from hookkit import add_hook

            @add_hook("serve", group="shop.hooks")
            async def serve(customer):
                await asyncio.sleep(0)

            @pytest.mark.asyncio
            async def test_it():
                await asyncio.gather(*(asyncio.create_task(serve(name), name=name) for name in ("a", "b")))
            """,
            plugins=["asyncio"],
        )
        result.assert_outcomes(passed=1)
        assert calls(pytester) == [("test_it", "a"), ("test_it", "b")]
        assert [call.task for call in load_recording(pytester.path / RECORDING).calls] == ["a", "b"]

    def test_anyio(self, pytester, run):
        """
        Calls in a test that anyio runs, and in its task group, have the test's id.
        """
        result = run(
            """
            import anyio
            import pytest
            from hookkit import add_hook

            @add_hook("serve", group="shop.hooks")
            async def serve(customer):
                await anyio.sleep(0)

            @pytest.fixture
            def anyio_backend():
                return "asyncio"

            @pytest.mark.anyio
            async def test_it():
                async with anyio.create_task_group() as group:
                    group.start_soon(serve, "a")
                await serve("b")
            """,
            plugins=["anyio"],
        )
        result.assert_outcomes(passed=1)
        assert calls(pytester) == [("test_it", "a"), ("test_it", "b")]

    def test_pytest_run_parallel(self, pytester, run):
        """
        Calls of a test that runs in several threads at once all have its id, and a name of a thread.
        """
        result = run(
            """
            from shop import place_order

            def test_it():
                place_order("alice", [])
            """,
            "--parallel-threads=4",
            plugins=["run_parallel"],
        )
        result.assert_outcomes(passed=1)
        assert calls(pytester) == [("test_it", "alice")] * 4
        assert "recording: .hookkit/recording.jsonl (4 calls, 12 events, SIZE)" in summary(result)

    def test_fixtures_under_pytest_run_parallel(self, pytester, run):
        """
        A test's recorder hears all threads of its test, and an error in any of them fails the test.
        """
        result = run(
            """
            from threading import current_thread
            from hookkit.testing import body
            from shop import place_order

            def test_it(fake_entry_points, hook_recorder):
                name = current_thread().name
                place_order(name, [])
                own = [event for event in hook_recorder.events.filter(phase="body") if event.call.thread == name]
                assert own == [body("place_order").with_args(name, ["ribbon"])]

            def test_swallowed(hook_recorder):
                place_order("eve", [])
            """,
            "--parallel-threads=4",
            plugins=["run_parallel"],
        )
        result.assert_outcomes(passed=1, errors=1)  # as the plugin calls what failed in a thread
        result.stdout.fnmatch_lines(["hooks raised 4 times, and the host went on without them."])

    def test_pytest_rerunfailures(self, pytester, run):
        """
        All tries are in the recording; the section and the properties of a test are those of its last one.
        """
        result = run(
            """
            from shop import place_order

            tries = []

            def test_it():
                tries.append(len(tries) + 1)
                for number in tries:
                    place_order(f"try {number}", [])
                assert False
            """,
            "--reruns=2",
            "--junit-xml=junit.xml",
            plugins=["rerunfailures"],
        )
        result.assert_outcomes(failed=1)
        assert len(calls(pytester)) == 6
        shown = section(result, "- Captured hook calls -")
        assert [line for line in shown.splitlines() if line.startswith("place_order")] == [
            f"place_order('try {number}', []) -> 1  TIME" for number in (1, 2, 3)
        ]
        assert '<property name="hook_calls" value="3" />' in (pytester.path / "junit.xml").read_text()


class TestTogether:
    def test_all_of_them_at_once(self, pytester, run):
        """
        With all these plugins active the recording is complete.
        """
        result = run(None, "-n2", "--reruns=1", "--parallel-threads=1", plugins=ALL)
        result.assert_outcomes(passed=4)
        assert len(load_recording(pytester.path / RECORDING).events) == 13
