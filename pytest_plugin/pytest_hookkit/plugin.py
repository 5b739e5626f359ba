"""
The entry point of the pytest plugin: options, the marker, fixtures, and when the rest of the plugin has its say.

It imports nothing of hookkit before a fixture or an option is used, so that a run without hooks pays for nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from hookkit import Recorder
    from hookkit.testing import FakeEntryPoints, HookHost, HookTicker, MockHooks
    from pytest_hookkit._options import HookOptions
    from pytest_hookkit._strictness import HookChecks

_INI_KEYS: tuple[tuple[str, Literal["args", "bool", "linelist", "string"], str], ...] = (
    ("hooks_group", "string", "Group of the stand-ins and mock hooks that are given none."),
    ("hooks_entry_points", "linelist", "Fakes in place in every test, one a line: group: name = package.module:attr"),
    ("hooks_swallowed_errors", "string", "What becomes of a test after a hook's error: fail, warn or ignore."),
    ("hooks_unused", "string", "What becomes of a test that does not use a fake or a mock hook: fail, warn or ignore."),
    ("hooks_isolate", "bool", "Whether fakes hide what is really installed in their groups."),
    ("hooks_secret_names", "args", "More parts of names whose values are written to recordings as ***: pin api_key."),
    ("hooks_stand_in_modules", "args", "Stand in for these where they are missing: nova.hooks manila.share.hook."),
)
_MARKER = (
    "hooks(group=, entry_points=, swallowed_errors=, unused=, isolate=): options of hookkit's fixtures. "
    "entry_points={'group': {'name': target}} puts fakes into place; group= is that of stand-ins and mock hooks; "
    "swallowed_errors= and unused= are 'fail' (the default), 'warn' or 'ignore'; isolate=False lets fakes show what is "
    "really installed. Those of class and module come below the test's own."
)
_FAKES = "fake_entry_points"
_CHECKS = pytest.StashKey["HookChecks"]()
_VERBOSITY_OF_ALL = 2  # from which on pytest, too, cuts no explanation

DEFAULT_RECORDING = ".hookkit/recording.jsonl"


def pytest_plugin_registered(plugin: object) -> None:
    """
    Have `importlib_metadata` imported out here, where tests may run an inner pytest in this process.

    Its first import puts its finder in the place of the standard library's, which is gone for good then; if that
    happens in an inner run, pytester takes away the new one afterwards, and nothing installed is found any more.
    """
    if getattr(plugin, "__name__", None) == "_pytest.pytester":
        import importlib_metadata  # noqa: F401 - what the import does is what is wanted


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Declare the options of the command line.
    """
    group = parser.getgroup("hooks", "hook calls (hookkit)")
    group.addoption(
        "--hooks-record",
        action="store_true",
        help=f"Record every hook call of the session, to {DEFAULT_RECORDING} under the rootdir, and sum them up.",
    )
    group.addoption(
        "--hooks-record-to",
        metavar="PATH",
        help="Record every hook call of the session to PATH, overwriting it; implies --hooks-record.",
    )
    group.addoption(
        "--hooks-report",
        metavar="PATH",
        help="Write the recording as a page to look at in a browser to PATH, overwriting it; implies --hooks-record.",
    )
    for name, kind, text in _INI_KEYS:
        parser.addini(name, text, kind, default=[] if kind == "args" else None)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """
    Put stand-ins for the modules of hosts into place, before any file of a test suite is imported.
    """
    _put_stand_ins_in_place(early_config)
    try:
        return (yield)
    except Exception as exc:
        cause = exc.__cause__
        text = _stand_in_hint(repr(cause), early_config)
        if cause is not None and text is not None:
            cause.add_note(text)
        raise


def pytest_configure(config: pytest.Config) -> None:
    """
    Check the options, and begin to record the session if that was asked for.
    """
    config.addinivalue_line("markers", _MARKER)
    _put_stand_ins_in_place(config)
    if _is_configured(config):
        from pytest_hookkit._options import read_ini

        read_ini(config)
    if any(config.getoption(name) not in (None, False) for name in ("hooks_record", "hooks_record_to", "hooks_report")):
        from pytest_hookkit._recording import record_session
        from pytest_hookkit._target import wanted_of

        record_session(config, wanted_of(config, DEFAULT_RECORDING))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """
    Say of a module that could not be imported for want of a host that hookkit can stand in for it.
    """
    report = yield
    text = _stand_in_hint(report.longreprtext, collector.config) if report.failed else None
    if text is not None:
        from pytest_hookkit._stand_in_modules import add_to_report

        add_to_report(report, text)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """
    Read the options of a test, and have the fakes made that they declare.
    """
    if item.get_closest_marker("hooks") is None and not item.config.getini("hooks_entry_points"):
        return
    options = _options_of(item)
    names = getattr(item, "fixturenames", None)
    if options.entry_points and names is not None:
        # First, so that they are in place for the other fixtures.
        item.fixturenames = [_FAKES, *(name for name in names if name != _FAKES)]  # type: ignore[attr-defined] # as above


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """
    Judge what the test left unsaid, unless it failed already; here, so that it fails and is not in error.
    """
    outcome = yield
    checks = item.stash.get(_CHECKS, None)
    if checks is not None:
        checks.judge(item)
    return outcome


# No wrapper: of a unittest.TestCase, the exception is put there only after wrappers have begun.
# pytest looks at those functions only whose name begins with its own.
@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_runtest_makereport_shortened(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """
    Show a failure without the frames of hookkit, unless ``--full-trace`` asks for all.
    """
    if call.excinfo is not None and "hookkit" in sys.modules and not item.config.getoption("fulltrace", default=False):
        from pytest_hookkit._tracebacks import without_own_frames

        call.excinfo = without_own_frames(call.excinfo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """
    Say of a test that failed for want of a host that hookkit can stand in for it.
    """
    report = yield
    if report.failed:
        text = _stand_in_hint("\n".join([report.longreprtext, *(text for _, text in report.sections)]), item.config)
        if text is not None:
            report.sections.append(("hookkit", text))
    return report


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """
    Explain how recorded events differ from the sequence that was expected.
    """
    # Where no recorder was imported, neither side can be its events.
    recording = sys.modules.get("hookkit.recording")
    if op != "==" or recording is None:
        return None
    options: dict[str, object] = {"most_rows": None} if _shows_all(config) else {}
    lines: list[str] | None = recording.explain_comparison(left, right, plain=_plain(config), **options)
    return lines


@pytest.fixture
def _hook_checks(request: pytest.FixtureRequest) -> Iterator[HookChecks]:
    """
    What the test has to answer for at its end.
    """
    from pytest_hookkit._strictness import HookChecks

    item = request.node
    with HookChecks(_options_of(item), item.config) as checks:
        item.stash[_CHECKS] = checks
        yield checks
        del item.stash[_CHECKS]


@pytest.fixture
def fake_entry_points(_hook_checks: HookChecks) -> Iterator[FakeEntryPoints]:
    """
    Fake entry points: ``.add(group, name, target)`` makes every consumer find *target*, any object, as if installed.

    ``.add_distribution(name, version, entry_points)`` makes up an installed distribution.
    ``.add_project(path)`` does so for a source tree that is not installed.
    ``.hide(distribution)`` and ``.isolate(group)`` hide what is installed.
    All of it is gone after the test.
    """
    from pytest_hookkit._fakes import FakesOfTest

    with FakesOfTest(isolate=_hook_checks.options.isolate) as fakes:
        problem = fakes.declare(_hook_checks.options)
        if problem is not None:
            pytest.fail(problem, pytrace=False)
        _hook_checks.expect_use(fakes.unused)
        _hook_checks.expect_load(fakes.refused)
        yield fakes


@pytest.fixture
def hook_recorder(request: pytest.FixtureRequest, _hook_checks: HookChecks) -> Iterator[Recorder]:
    """
    A recorder of every hook call in the test: ``.events``, compared to patterns with ``==``, and ``.calls``.

    ``.swallowed`` has the errors that the host went on without; a test that never looks at them fails.
    """
    with _hook_checks.swallowed.recorder() as recorder:
        recorder.test_id = request.node.nodeid
        recorder.plain = _plain(request.config)
        if _shows_all(request.config):
            recorder.most_rows = None
        yield recorder


@pytest.fixture
def hook_ticker(_hook_checks: HookChecks) -> Iterator[HookTicker]:
    """
    A virtual clock behind every ``PeriodicHooks`` that the test makes: ``.tick(n)``, ``.advance(seconds)``.
    """
    from hookkit.testing import HookTicker

    with HookTicker() as ticker:
        yield ticker


@pytest.fixture
def hook_host(_hook_checks: HookChecks) -> HookHost:
    """
    Stand-ins for a host: ``.point(name, signature)``, ``.from_catalogue("nova")``, ``.manager("manila", hooks=[...])``.
    """
    from hookkit.testing import HookHost

    group = _hook_checks.options.group
    return HookHost() if group is None else HookHost(group)


@pytest.fixture
def mock_hook(request: pytest.FixtureRequest, _hook_checks: HookChecks) -> Iterator[MockHooks]:
    """
    A hook of mocks, attached to a hook point: ``mock_hook("create_instance", pre=..., post=..., error=...)``.

    Its ``.pre``, ``.post`` and ``.error`` are pytest-mock's, with the signature of the hook point.
    A side effect is a function, an exception to raise, or a list of results and exceptions.
    """
    from pytest_hookkit._mock_hooks import MocksOfTest, create_autospec_of

    mocks = MocksOfTest(_hook_checks, create_autospec_of(request))
    yield mocks
    mocks.close()


def _is_configured(config: pytest.Config) -> bool:
    try:
        return any(config.getini(name) not in (None, []) for name, _, _ in _INI_KEYS)
    except (TypeError, ValueError, pytest.UsageError):  # not what it is to be, which is said when it is read
        return True


def _shows_all(config: pytest.Config) -> bool:
    return config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS) >= _VERBOSITY_OF_ALL


def _plain(config: pytest.Config) -> Callable[[str], str] | None:
    """
    Give what shows a line of a failure, all of which pytest writes in red, as one that is not what differs.
    """
    if not config.pluginmanager.has_plugin("terminalreporter") or not config.get_terminal_writer().hasmarkup:
        return None
    return "\x1b[0m{}".format


def _options_of(item: pytest.Item) -> HookOptions:
    from pytest_hookkit._options import OptionError, options_of

    try:
        return options_of(item)
    except OptionError as exc:
        message = str(exc)
    pytest.fail(message, pytrace=False)  # out here, so that nothing is said of an exception in another one


def _put_stand_ins_in_place(config: pytest.Config) -> None:
    if config.getini("hooks_stand_in_modules"):
        from pytest_hookkit._stand_in_modules import put_in_place

        put_in_place(config)


def _stand_in_hint(text: str, config: pytest.Config) -> str | None:
    if "No module named" not in text:
        return None
    from pytest_hookkit._stand_in_modules import hint

    return hint(text, config)
