"""
Tests of the fixture mock_hook, and of where the mistakes of a test with stand-ins are shown.
"""

import re

import pytest

WRONG = (
    "A mock hook at 'order' was called as pre('tea'), which (items, customer) does not allow: "
    "missing a required argument: 'customer'. "
    "Correct the call; if the mock hook is wrong, give it the host's signature=."
)


class TestMockHook:
    def test_runs_at_its_point_and_is_gone_after_the_test(self, inner_both):
        """
        A mock hook runs at its point, its mocks know the parameters, and after the test it is gone.
        """
        run = inner_both(
            """
            from hookkit import Replace, get_registry
            from shop import order

            def test_order(mock_hook):
                hook = mock_hook("order", post=Replace(7), group="shop.hooks")
                assert order(["tea"]) == 7
                hook.pre.assert_called_once_with(items=["tea"])
                assert mock_hook.hooks == [hook]

            def test_gone():
                assert get_registry("shop.hooks").point("order").hooks == ()
            """
        )

        assert run.outcomes == {"passed": 2}

    def test_is_made_by_pytest_mock(self, inner):
        """
        mocker.resetall() resets the mocks, and their assertions explain themselves as pytest-mock's.
        """
        run = inner(
            """
            from shop import order

            def test_reset(mock_hook, mocker):
                hook = mock_hook("order", group="shop.hooks")
                order(["tea"])
                mocker.resetall()
                hook.pre.assert_not_called()

            def test_explained(mock_hook):
                hook = mock_hook("order", group="shop.hooks")
                order(["tea"])
                hook.pre.assert_called_once_with(["milk"])
            """
        )

        assert run.outcomes == {"passed": 1, "failed": 1}
        assert "E         At index 0 diff: ['tea'] != ['milk']" in run.lines

    def test_is_of_the_group_that_the_marker_names(self, inner):
        """
        The marker's group is that of a mock hook that is given none.
        """
        run = inner(
            """
            import pytest
            from shop import order

            @pytest.mark.hooks(group="shop.hooks")
            def test_order(mock_hook):
                hook = mock_hook("order")
                order([])
                hook.pre.assert_called_once_with([])
            """
        )

        assert run.outcomes == {"passed": 1}

    def test_needs_pytest_mock(self, inner):
        """
        Without pytest-mock the test is in error, with one line that says how to get it.
        """
        run = inner("def test_order(mock_hook): pass", "-p", "no:pytest_mock")

        assert run.outcomes == {"errors": 1}
        assert run.section("ERROR at setup of test_order") == (
            "mock_hook needs pytest-mock, which is not installed or switched off. "
            "Install it: pip install 'hookkit[pytest]'"
        )

    def test_leaves_errors_of_another_mocker_alone(self, inner):
        """
        A fixture that the project's own mocker lacks is named, not pytest-mock.
        """
        run = inner(
            """
            import pytest

            @pytest.fixture
            def mocker(request):
                request.getfixturevalue("missing")

            def test_order(mock_hook): pass
            """
        )

        assert run.outcomes == {"errors": 1}
        assert "E       fixture 'missing' not found" in run.lines


class TestJudgement:
    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("order", "nothing called a function that is decorated with it."),
            ("ordr", "no function is decorated with it. Did you mean 'order'?"),
            ("pay", "no function is decorated with it."),
        ],
    )
    def test_one_that_was_never_called_fails_the_test(self, inner, name, why):
        """
        A mock hook that was never called fails the test, and the message says why nothing called it.
        """
        run = inner(
            f"""
            import shop

            def test_order(mock_hook):
                mock_hook({name!r}, group="shop.hooks")
            """
        )

        assert run.outcomes == {"failed": 1}
        assert f"  mock hook at {name!r} of 'shop.hooks': {why}" in run.section("test_order").splitlines()

    def test_a_stand_in_that_was_not_kept_is_suggested(self, inner):
        """
        The point that was meant is told, even if its function is gone when the test ends.
        """
        run = inner(
            """
            def test_order(mock_hook, hook_host):
                mock_hook("ordr", group="gone.hooks")
                hook_host.point("order", "()", group="gone.hooks")()
            """
        )

        line = "  mock hook at 'ordr' of 'gone.hooks': no function is decorated with it. Did you mean 'order'?"
        assert line in run.section("test_order").splitlines()

    def test_one_that_was_never_called_may_be_allowed(self, inner):
        """
        The marker's unused= allows a mock hook that was never called.
        """
        run = inner(
            """
            import pytest

            @pytest.mark.hooks(unused="ignore")
            def test_order(mock_hook):
                mock_hook("order")
            """
        )

        assert run.outcomes == {"passed": 1}

    def test_what_it_was_told_to_raise_is_no_failure(self, inner):
        """
        An error that the test injects may be swallowed; one of a function that is a side effect may not.
        """
        run = inner(
            """
            from shop import order

            def test_injected(mock_hook):
                mock_hook("order", pre=KeyError("owner"), group="shop.hooks")
                order([])

            def test_checked(mock_hook):
                def check(items):
                    assert items == ["tea"]

                mock_hook("order", pre=check, group="shop.hooks")
                order([])

            class Failing:
                def pre(self, items):
                    raise KeyError("owner")

            def test_of_another_hook(mock_hook, fake_entry_points):
                fake_entry_points.add("shop.hooks", "order", Failing)
                mock_hook("order", pre=KeyError("owner"), group="shop.hooks")
                order([])
            """
        )

        assert run.outcomes == {"passed": 1, "failed": 2}

    def test_a_wrong_call_fails_the_test_where_it_is_made(self, inner):
        """
        A wrong call comes out of the host's function, and is said once.
        """
        run = inner(
            """
            def test_order(mock_hook, hook_host):
                order = hook_host.point("order", "(items, customer)")
                mock_hook("order")
                order("tea")
            """
        )

        assert run.outcomes == {"failed": 1}
        assert f"E       hookkit.testing.WrongArgumentsError: {WRONG}" in run.lines
        assert '>       order("tea")' in run.lines

    def test_a_wrong_call_that_was_hidden_fails_the_test(self, inner):
        """
        A wrong call whose error the host catches fails the test at its end, unless the test takes it.
        """
        run = inner(
            """
            import contextlib

            def host(hook_host):
                order = hook_host.point("order", "(items, customer)")
                with contextlib.suppress(Exception):
                    order("tea")

            def test_hidden(mock_hook, hook_host):
                mock_hook("order")
                host(hook_host)

            def test_taken(mock_hook, hook_host):
                hook = mock_hook("order")
                host(hook_host)
                assert "customer" in str(hook.wrong_calls.pop())
            """
        )

        assert run.outcomes == {"passed": 1, "failed": 1}
        said = run.section("test_hidden").splitlines()[0]
        assert said == f"{WRONG} Meant to happen? Take it from the mock hook's wrong_calls."


class TestMistakes:
    @pytest.mark.parametrize(
        ("mistake", "error"),
        [
            (
                'hook_host.from_catalogue("novaa")',
                "hookkit.exceptions.ContractError: The catalogue has no host 'novaa'.",
            ),
            ('hook_host.from_catalogue("nova", "2030")', "hookkit.exceptions.ContractError: 'nova' has no release "),
            (
                'hook_host.from_catalogue("nova")["create"]',
                "hookkit.testing.MissingPointError: 'nova' 21.0.0 has no hook point 'create'.",
            ),
            (
                'hook_host.point("order", "(a b)")',
                "hookkit.exceptions.ContractError: Cannot read the signature '(a b)'",
            ),
            ('hook_host.point("order", raises=1)', "hookkit.exceptions.MisuseError: A stand-in cannot raise 1."),
            (
                'hook_host.manager("manila").returns["x"] = 1',
                "hookkit.exceptions.InvalidValueError: Cannot set returns['x']: there is no such hook point.",
            ),
            ('mock_hook("order", pre=42)', "hookkit.exceptions.MisuseError: pre=42 is no side effect."),
            ('mock_hook("order", signature="(a b)")', "hookkit.exceptions.ContractError: Cannot read the signature "),
        ],
    )
    def test_are_shown_where_they_were_made(self, inner, mistake, error):
        """
        The failure of a test that uses the kit in a wrong way is shown at the test's own line, and nowhere else.
        """
        run = inner(f"def test_order(hook_host, mock_hook):\n    {mistake}\n")

        assert run.outcomes == {"failed": 1}
        shown = [line for line in run.section("test_order").splitlines() if re.match(r"[>E]|\S+:\d+: ", line)]
        assert shown[0] == f">       {mistake}"
        assert next(line for line in shown if line.startswith("E")).removeprefix("E").strip().startswith(error)
        assert shown[-1].startswith("test_inner.py:2: ")
        assert len([line for line in shown if not line.startswith("E")]) == 2

    def test_an_error_in_hookkit_itself_is_shown_in_full(self, inner):
        """
        What is no mistake in using hookkit keeps the frames in which it happened.
        """
        run = inner(
            """
            def test_order(hook_host, monkeypatch):
                monkeypatch.setattr("hookkit.testing._host.catalogue", lambda host, release: None)
                hook_host.from_catalogue("nova")
            """
        )

        assert any("in from_catalogue" in line for line in run.lines)
