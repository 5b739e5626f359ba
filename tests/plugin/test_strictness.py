"""
Tests of the errors that were swallowed, and of what becomes of a test that leaves something unsaid.
"""

import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hookkit import HookRegistry
from hookkit.testing import body, post
from plugin.left_unsaid import REFUSED, SWALLOWED, adding, failing, refusing
from pytest_hookkit._options import HookOptions
from pytest_hookkit._strictness import HookChecks

NO_MODULE = (
    "Cannot load entry point 'order = no_such_module:Audit' of group 'shop.hooks' (hookkit-fakes 0): "
    "there is no module 'no_such_module'."
)
NO_METHOD = (
    "Cannot load entry point 'order = hookkit_fakes:Misspelt' of group 'shop.hooks' (hookkit-fakes 0): "
    "<Misspelt> has none of the methods pre, post, error and periodic, so it is no hook. Write at least one of them."
)
IS_ASYNC = (
    "Cannot run hook test_inner:Late (hookkit-fakes 0) at 'order' of group 'shop.hooks': "
    "it is async, and shop:order is no coroutine function. Make the hook's methods plain functions."
)
UNUSED_ADD = 'fake_entry_points.add("shop.exporters", "csv", "csv")'


class Failing:
    """
    A hook that raises after the work is done.
    """

    def post(self, rv, items):
        raise KeyError(items)


class TestSwallowedErrors:
    def test_the_test_fails(self, inner_both):
        """
        An error of a hook that the host went on without fails the test, and the message says where it was raised.
        """
        run = inner_both(failing())
        assert run.outcomes == {"failed": 1}
        assert run.section(" test_it ") == SWALLOWED
        assert any(
            line.startswith("FAILED test_inner.py::test_it - Failed: a hook raised, and the host went on")
            for line in run.lines
        )

    @pytest.mark.parametrize("fixture", ["request", "hook_host", "hook_ticker", "mock_hook"])
    def test_without_a_recorder_too(self, inner, fixture):
        """
        A test that uses any of the fixtures answers for the errors, even if it has no recorder.
        """
        run = inner(failing(fixtures=fixture))
        assert run.section(" test_it ") == SWALLOWED

    def test_a_test_without_fixtures_does_not_answer(self, inner):
        """
        A test that uses none of the fixtures is left alone.
        """
        run = inner(
            """
            from hookkit import get_registry
            from shop import Failing, order

            def test_it():
                get_registry("shop.hooks").register("order", Failing)
                order([])
                get_registry("shop.hooks").unregister("order", Failing)
            """
        )
        assert run.outcomes == {"passed": 1}

    @pytest.mark.parametrize(
        "last",
        [
            "assert len(hook_recorder.swallowed) == 1",
            "assert hook_recorder.swallowed == [post('order').raising(KeyError)]",
            "assert hook_recorder.events == [body('order'), post('order').raising(KeyError)]",
            "hook_recorder.assert_contains([post('order').raising(KeyError, match='owner')])",
            "hook_recorder.pop(post('order').raising(KeyError))",
        ],
    )
    def test_what_was_looked_at_is_fine(self, inner, last):
        """
        Errors that the test asked for, or that a pattern with ``raising`` matched, do not fail it.
        """
        assert inner(failing(last)).outcomes == {"passed": 1}

    @pytest.mark.parametrize(
        "last",
        [
            "assert hook_recorder.events == [body('order'), post('order')]",
            "hook_recorder.assert_absent(post('order').raising(ValueError))",
            "hook_recorder.clear()",
            "hook_recorder.pop(post('order'))",
        ],
    )
    def test_what_was_only_passed_by_is_not(self, inner, last):
        """
        A pattern that says nothing of the error, or forgetting what was recorded, is not looking at it.
        """
        assert inner(failing(last)).section(" test_it ") == SWALLOWED

    def test_only_those_that_happened_before_were_looked_at(self, inner):
        """
        What is raised after the test asked for the errors counts.
        """
        run = inner(failing("assert len(hook_recorder.swallowed) == 1; order([])"))
        assert run.section(" test_it ") == SWALLOWED

    @pytest.mark.parametrize(
        ("last", "outcome"),
        [("assert order is None", "failed"), ("pytest.skip()", "skipped"), ("pytest.xfail()", "xfailed")],
    )
    def test_it_stays_quiet_where_the_body_did_not_pass(self, inner_both, last, outcome):
        """
        Where the test ended otherwise, that is all that is said.
        """
        run = inner_both(failing(last))
        assert run.outcomes == {outcome: 1}
        assert "a hook raised" not in "\n".join(run.lines)

    def test_an_expected_failure(self, inner):
        """
        With ``xfail`` the failure is one like any other.
        """
        assert inner(failing(mark="@pytest.mark.xfail(strict=True)")).outcomes == {"xfailed": 1}

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ('"no_such_module:Audit"', NO_MODULE),
            ("type('Misspelt', (), {'Pre': print, '__repr__': lambda self: '<Misspelt>'})", NO_METHOD),
            ("Late", IS_ASYNC),
        ],
        ids=["no module", "no method", "async"],
    )
    def test_hooks_that_cannot_be_loaded(self, inner, target, reason):
        """
        A fake that the runtime only logs of, since no hook can be made of it, fails the test with the logged reason.
        """
        run = inner(refusing(target))
        assert run.outcomes == {"failed": 1}
        assert run.section(" test_it ") == REFUSED.format(reason=reason)

    @pytest.mark.parametrize(
        "mark", ['@pytest.mark.hooks(swallowed_errors="ignore")', "@pytest.mark.xfail(strict=True)"]
    )
    def test_hooks_that_are_not_to_be_loaded(self, inner, mark):
        """
        They are allowed as other swallowed errors are, and are a failure like any other.
        """
        run = inner(refusing('"no_such_module:Audit"', mark=mark))
        assert run.outcomes in ({"passed": 1}, {"xfailed": 1})

    def test_many_that_cannot_be_loaded(self, inner):
        """
        Each has its line, at most five of them.
        """
        six = refusing("None").replace(
            'fake_entry_points.add("shop.hooks", "order", None)',
            '[fake_entry_points.add("shop.hooks", "order", f"no_such_{i}:Audit") for i in range(6)]',
        )
        lines = inner(six).section(" test_it ").splitlines()
        assert lines[0] == "6 hooks could not be loaded, and the host went on without them."
        assert [line.partition(" = ")[2].partition("'")[0] for line in lines[1:6]] == [
            f"no_such_{i}:Audit" for i in range(5)
        ]
        assert lines[6] == "  ... and 1 more"

    def test_a_registry_that_raises(self, inner):
        """
        What was raised reached the test already.
        """
        run = inner(
            """
            import pytest
            from hookkit import HookLoadError, HookRegistry

            def test_it(fake_entry_points):
                fake_entry_points.add("strict.hooks", "order", "no_such_module:Audit")
                order = HookRegistry("strict.hooks", on_load_error="raise").add_hook("order")(len)
                with pytest.raises(HookLoadError):
                    order([])
            """
        )
        assert run.outcomes == {"passed": 1}

    def test_periodic_ones(self, inner):
        """
        An error of a periodic hook counts, with the place where it was raised.
        """
        run = inner(
            """
            from hookkit import PeriodicHooks

            class Usage:
                def periodic(self, data, context):
                    return self.report(1, 0)

                def report(self, used, size):
                    return used / size

            def test_it(hook_ticker):
                PeriodicHooks([Usage()])
                hook_ticker.tick()
            """
        )
        assert run.section(" test_it ").splitlines()[:5] == [
            "a hook raised, and the host went on without it.",
            "  periodic by test_inner:Usage",
            "  ZeroDivisionError: division by zero",
            "    test_inner.py:5 in periodic:  return self.report(1, 0)",
            "    test_inner.py:8 in report:  return used / size",
        ]

    def test_those_that_a_driver_hook_keeps_back_do_not_count(self, inner):
        """
        What a driver hook's own option suppresses is what its configuration asks for.
        """
        run = inner(
            """
            class Failing:
                def execute_pre_hook(self, context=None, func_name=None, *args, **kwargs):
                    raise KeyError("owner")
            from hookkit import HookBase

            class Notifier(HookBase):
                def _execute_pre_hook(self, context, func_name, *args, **kwargs):
                    raise KeyError("owner")
                def _execute_post_hook(self, *args, **kwargs):
                    pass
                def _execute_periodic_hook(self, *args, **kwargs):
                    pass

            def test_it(hook_host, hook_recorder):
                config = {"enable_pre_hooks": True, "suppress_pre_hooks_errors": True}
                manager = hook_host.manager("manila", hooks=[Notifier], config=config)
                manager.create_snapshot("ctx", "share-1", "snapshot-1")
                assert hook_recorder.events[0].suppressed
            """
        )
        assert run.outcomes == {"passed": 1}

    def test_many(self, inner):
        """
        Several errors are shown one after the other, at most five of them.
        """
        two = inner(failing("order([])")).section(" test_it ").splitlines()
        one = SWALLOWED.splitlines()
        assert two == ["hooks raised 2 times, and the host went on without them.", *one[1:4], *one[1:4], *one[4:]]
        seven = inner(failing("[order([]) for _ in range(6)]")).section(" test_it ").splitlines()
        assert seven == [
            "hooks raised 7 times, and the host went on without them.",
            *one[1:4] * 5,
            "  ... and 2 more",
            *one[4:],
        ]

    def test_a_long_way(self, inner):
        """
        Of many frames, and of many lines of text, the first and the last are shown.
        """
        run = inner(
            """
            class Deep:
                def pre(self, items):
                    self.go(9)

                def go(self, depth):
                    if depth == 0:
                        raise KeyError("owner")
                    self.go(depth - 1)

            class Long:
                def pre(self, items):
                    raise ValueError("\\n".join("abcdefghi"))

            from shop import order

            def test_it(fake_entry_points):
                fake_entry_points.add("shop.hooks", "order", Deep)
                fake_entry_points.add("shop.hooks", "order", Long)
                order([])
            """
        )
        assert "\n".join(run.section(" test_it ").splitlines()[1:-2]) == textwrap.dedent(
            """\
              pre order by test_inner:Deep (hookkit-fakes 0)
              KeyError: 'owner'
                test_inner.py:3 in pre:  self.go(9)
                test_inner.py:8 in go:  self.go(depth - 1)
                test_inner.py:8 in go:  self.go(depth - 1)
                ...
                test_inner.py:8 in go:  self.go(depth - 1)
                test_inner.py:8 in go:  self.go(depth - 1)
                test_inner.py:7 in go:  raise KeyError("owner")
              pre order by test_inner:Long (hookkit-fakes 0)
              ValueError: a
              b
              c
              ...
              g
              h
              i
                test_inner.py:12 in pre:  raise ValueError("\\n".join("abcdefghi"))"""
        ).replace("\n", "\n  ").join(["  ", ""])

    def test_a_hook_that_was_never_reached(self, inner):
        """
        If the hook does not take the arguments, its method's place is shown.
        """
        run = inner(
            """
            from shop import order

            class Wrong:
                def pre(self):
                    raise AssertionError

            def test_it(fake_entry_points):
                fake_entry_points.add("shop.hooks", "order", Wrong)
                order([])
            """
        )
        assert run.section(" test_it ").splitlines()[1:4] == [
            "  pre order by test_inner:Wrong (hookkit-fakes 0)",
            "  TypeError: Wrong.pre() takes 1 positional argument but 2 were given",
            "    test_inner.py:4 in pre:  def pre(self):",
        ]

    def test_code_without_a_file(self, inner):
        """
        Where the source is not at hand, its place is said all the same.
        """
        run = inner(
            """
            from shop import order

            def test_it(fake_entry_points):
                namespace = {}
                exec("def pre(self, items): raise KeyError('owner')", namespace)
                fake_entry_points.add("shop.hooks", "order", type("Made", (), namespace))
                order([])
            """
        )
        assert run.section(" test_it ").splitlines()[3] == "    <string>:1 in pre"

    def test_a_test_case(self, inner):
        """
        A test of unittest that uses the fixtures answers too, and is quiet where its body failed.
        """
        run = inner(
            """
            import pytest
            import unittest
            from shop import Failing, order

            class TestIt(unittest.TestCase):
                @pytest.fixture(autouse=True)
                def fakes(self, fake_entry_points):
                    fake_entry_points.add("shop.hooks", "order", Failing)

                def test_it(self):
                    order([])

                def test_body(self):
                    order([])
                    self.fail("by itself")

                def test_skip(self):
                    order([])
                    self.skipTest("by itself")
            """
        )
        assert run.outcomes == {"failed": 2, "skipped": 1}
        assert run.section("TestIt.test_it") == SWALLOWED
        assert "a hook raised" not in run.section("TestIt.test_body")

    def test_each_try_counts_for_itself(self, inner):
        """
        A test that is run again starts with a clean sheet.
        """
        run = inner(
            failing("Failing.post = lambda *args: None"),
            conftest="""
            from _pytest.runner import runtestprotocol

            def pytest_runtest_protocol(item, nextitem):
                for _ in range(2):
                    item._initrequest()
                    reports = runtestprotocol(item, nextitem=nextitem, log=False)
                for report in reports:
                    item.ihook.pytest_runtest_logreport(report=report)
                return True
            """,
        )
        assert run.outcomes == {"passed": 1}


class TestSideBySide:
    def test_tests_in_two_threads_do_not_hear_each_other(self, pytestconfig):
        """
        Of two tests that run at once, each in a thread, each has the events and the errors of its own calls.
        """
        registry = HookRegistry("side_by_side.hooks")
        registry.register("order", Failing)
        together = threading.Barrier(2, timeout=10)

        @registry.add_hook("order")
        def order(items):
            return len(items)

        def run(item, *, is_looked_at):
            with HookChecks(HookOptions(), pytestconfig) as checks, checks.swallowed.recorder() as recorder:
                together.wait()
                order([item])
                together.wait()
                assert recorder.events == [body("order").with_args([item]), post("order").with_args([item])]
                if is_looked_at:
                    assert len(recorder.swallowed) == 1
                return checks.swallowed.finding()

        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(run, "tea", is_looked_at=False)
            second = pool.submit(run, "milk", is_looked_at=True)
            assert str(first.result(10)).splitlines()[0] == "a hook raised, and the host went on without it."
            assert second.result(10) is None


class TestPolicies:
    @pytest.mark.parametrize("how", ["marker", "ini"])
    @pytest.mark.parametrize("what", ["swallowed_errors", "unused"])
    @pytest.mark.parametrize(
        ("policy", "outcomes"),
        [("fail", {"failed": 1}), ("warn", {"passed": 1}), ("ignore", {"passed": 1})],
    )
    def test_it_can_be_relaxed(self, inner, how, what, policy, outcomes):
        """
        A marker or an ini key says what becomes of such a test.
        """
        mark = f'@pytest.mark.hooks({what}="{policy}")' if how == "marker" else ""
        ini = "" if how == "marker" else f"hooks_{what} = {policy}"
        test = failing(mark=mark) if what == "swallowed_errors" else adding(UNUSED_ADD, mark=mark)
        run = inner(test, "-W", "default", ini=ini)
        assert run.outcomes == outcomes
        warned = [line for line in run.lines if "PytestHooksWarning" in line]
        assert len(warned) == (policy == "warn")

    def test_a_warning_says_the_same(self, inner):
        """
        The warning has the text of the failure, and the test's place.
        """
        run = inner(failing(mark='@pytest.mark.hooks(swallowed_errors="warn")'), "-W", "default")
        text = run.section("warnings summary")
        head, *rest = SWALLOWED.splitlines()
        assert f"PytestHooksWarning: {head}" in text
        assert [line.strip() for line in text.splitlines()[2 : len(rest) + 2]] == [line.strip() for line in rest]

    def test_warnings_can_be_filtered(self, inner):
        """
        The warning has a class of its own, by which pytest's filters know it.
        """
        test = failing(mark='@pytest.mark.hooks(swallowed_errors="warn")')
        assert inner(test, "-W", "error").outcomes == {"failed": 1}
        ignored = inner(test, "-W", "error", "-W", "ignore::pytest_hookkit.PytestHooksWarning")
        assert ignored.outcomes == {"passed": 1}
