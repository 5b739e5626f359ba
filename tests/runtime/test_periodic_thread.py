"""
Tests for `hookkit.periodic`: schedules that run in a thread of their own.
"""

import logging
import math
import subprocess
import sys
import threading

import pytest

from hookkit import InvalidValueError, MisuseError, PeriodicHooks
from runtime.fake_periodic import SOON, WAIT_S, Clock, Doing, Failing, Hanging, Noting, Signal

RUNS_ALREADY = (
    "The periodic hooks 'periodic' of 'driver hooks' run already. "
    "End start() with stop(), or run() by cancelling its task, before they begin anew."
)


GIVEN_UP = (
    "Stopping periodic hooks 'periodic' of 'driver hooks' was given up after {} s: {}. "
    "It is left behind, and no other hook of its tick begins."
)


class Records(logging.Handler):
    """
    A handler that lets tests wait for a record.
    """

    def __init__(self):
        super().__init__()
        self.records = []
        self.came = threading.Event()

    def emit(self, record):
        self.records.append(record)
        self.came.set()


@pytest.fixture
def records():
    """
    Give what is logged about driver hooks.
    """
    handler, logger = Records(), logging.getLogger("hookkit.drivers")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def hanging():
    """
    Give a hook that hangs until the test is over, if not let go before.
    """
    hook = Hanging()
    yield hook
    hook.let_go.set()


def thread_of(periodic):
    """
    Give the thread that a schedule runs in.
    """
    return periodic._loop._thread


def join(thread):
    """
    Wait for a thread to end.
    """
    thread.join(WAIT_S)
    assert not thread.is_alive()


class TestStart:
    def test_it_ticks(self):
        """
        A started schedule ticks at each deadline, in a daemon thread that says what it is, until it is stopped.
        """
        signal = Signal()
        periodic = PeriodicHooks([signal], interval=SOON)
        periodic.start()
        thread = thread_of(periodic)
        signal.wait_for(3)

        assert periodic.is_running
        assert thread.daemon
        assert thread.name == "periodic hooks 'periodic' of 'driver hooks'"
        assert periodic.stop() is True
        assert not thread.is_alive()
        assert not periodic.is_running
        assert signal.count == periodic.ticks

    def test_a_block(self):
        """
        A with block starts the schedule and stops it, also when the block raises.
        """
        signal = Signal()
        periodic = PeriodicHooks([signal], interval=SOON)

        def block():
            with periodic as entered:
                assert entered is periodic
                signal.wait_for(1)
                threads.append(thread_of(periodic))
                raise LookupError

        threads = []
        with pytest.raises(LookupError):
            block()

        assert not threads[0].is_alive()

    def test_twice(self):
        """
        Starting what runs already is an error, and it runs on.
        """
        with PeriodicHooks([], interval=-1) as periodic:
            with pytest.raises(MisuseError) as caught:
                periodic.start()
            assert periodic.is_running

        assert str(caught.value) == RUNS_ALREADY

    def test_two_threads(self):
        """
        Of several threads that start one schedule, one does, and of several that stop it, each is told that it ended.
        """
        periodic, barrier, outcomes = PeriodicHooks([], interval=-1), threading.Barrier(4), []

        def start_and_stop():
            barrier.wait(WAIT_S)
            try:
                periodic.start()
            except MisuseError:
                outcomes.append("error")
            barrier.wait(WAIT_S)
            outcomes.append(periodic.stop())

        threads = [threading.Thread(target=start_and_stop) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            join(thread)

        assert outcomes.count("error") == 3
        assert outcomes.count(True) == 4

    def test_again(self):
        """
        What was stopped can be started again.
        """
        signal = Signal()
        periodic = PeriodicHooks([signal], interval=SOON)
        with periodic:
            signal.wait_for(1)
        assert not periodic.is_running
        ran = signal.count
        with periodic:
            signal.wait_for(ran + 1)
        assert signal.count > ran

    def test_the_schedule_begins_anew(self):
        """
        At start the first deadline is one interval ahead, whenever the object was made.
        """
        clock = Clock()
        periodic = PeriodicHooks([], interval=60, clock=clock)
        assert periodic.deadline_s == 60.0
        clock.now = 100.0
        with periodic:
            assert periodic.deadline_s == 160.0

    def test_a_provider_error(self, records):
        """
        In the thread a provider's error is logged with its traceback, and the schedule goes on.
        """
        errors, signal = iter([LookupError("no data")]), Signal()

        def provider(context):
            for exc in errors:
                raise exc

        with PeriodicHooks([signal], provider, interval=SOON):
            signal.wait_for(1)

        (record,) = records.records
        assert record.getMessage() == (
            "Exception before any of the periodic hooks 'periodic' of 'driver hooks' could run; the schedule goes on."
        )
        assert record.exc_info[0] is LookupError

    def test_a_hook_that_ends_the_thread(self, monkeypatch):
        """
        A hook that raises SystemExit ends the thread, and the schedule can be started again.
        """
        monkeypatch.setattr(threading, "excepthook", lambda args: None)
        periodic = PeriodicHooks([Failing(SystemExit())], interval=SOON)
        periodic.start()
        join(thread_of(periodic))

        assert not periodic.is_running
        periodic.start()
        assert periodic.stop(None)

    def test_exit_of_the_interpreter(self):
        """
        A schedule that runs does not keep the interpreter from exiting, silently.
        """
        code = (
            "from hookkit import PeriodicHooks\n"
            "import threading\n"
            "began = threading.Event()\n"
            "class Hook:\n"
            "    def periodic(self, data, context):\n"
            "        began.set()\n"
            "        threading.Event().wait()\n"
            "PeriodicHooks([Hook()], interval=0.001).start()\n"
            "PeriodicHooks([], interval=0.001).start()\n"
            "began.wait()\n"
        )
        done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=WAIT_S)

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class TestStop:
    def test_a_hook_that_hangs(self, hanging, records):
        """
        Stop comes back within its timeout while a hook hangs, says so, and names the hook in the log.
        """
        after = Noting()
        periodic = PeriodicHooks([hanging, after], interval=SOON)
        periodic.start()
        thread = thread_of(periodic)
        assert hanging.began.wait(WAIT_S)

        assert periodic.stop(0.01) is False

        assert [(record.levelname, record.getMessage()) for record in records.records] == [
            (
                "WARNING",
                GIVEN_UP.format("0.01", f"hook <hanging> ({Hanging.__module__}:Hanging) still runs"),
            )
        ]
        assert not periodic.is_running
        hanging.let_go.set()
        join(thread)
        assert after.seen == []

    def test_a_provider_that_hangs(self, hanging, records):
        """
        While the data provider hangs, the log line says that.
        """
        periodic = PeriodicHooks([Noting()], lambda context: hanging.periodic(None, None), interval=SOON)
        periodic.start()
        thread = thread_of(periodic)
        assert hanging.began.wait(WAIT_S)

        assert periodic.stop(0) is False
        assert [record.getMessage() for record in records.records] == [
            GIVEN_UP.format("0.0", "the data provider or the search for hooks is still under way")
        ]
        hanging.let_go.set()
        join(thread)

    def test_start_while_a_hook_hangs(self, hanging, records):
        """
        Started again while a hook still hangs, ticks are skipped until it is done.
        """
        signal = Signal()
        periodic = PeriodicHooks([signal, hanging], interval=SOON)
        periodic.start()
        thread = thread_of(periodic)
        assert hanging.began.wait(WAIT_S)
        periodic.stop(0)
        records.came.clear()

        with periodic:
            assert records.came.wait(WAIT_S)
            assert records.records[-1].getMessage().startswith("Skipped a tick of periodic hooks 'periodic'")
            assert periodic.skipped
            hanging.let_go.set()
            join(thread)
            signal.wait_for(2)

    def test_by_a_hook(self):
        """
        A hook that stops its own schedule does not wait for itself, and the schedule ends after the tick.
        """
        answers, after = [], Signal()
        periodic = PeriodicHooks([Doing(lambda: answers.append(periodic.stop())), after], interval=SOON)
        periodic.start()
        after.wait_for(1)

        assert answers == [True]
        assert not periodic.is_running
        assert periodic.ticks == after.count == 1

    def test_what_does_not_run(self):
        """
        Stopping what does not run, or was stopped before, is no error.
        """
        periodic = PeriodicHooks([], interval=-1)
        assert periodic.stop() is True
        with periodic:
            assert periodic.stop(math.inf) is True

    @pytest.mark.parametrize("timeout", [-1, math.nan, "1"])
    def test_a_timeout_that_is_none(self, timeout):
        """
        A timeout that is negative or no number is a ValueError.
        """
        with pytest.raises(InvalidValueError) as caught:
            PeriodicHooks([]).stop(timeout)

        assert str(caught.value) == f"timeout is {timeout!r}; it must be a number of seconds, zero or more."
