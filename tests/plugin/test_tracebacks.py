"""
Tests of what pytest shows of a failure that went through hookkit.
"""

import pytest

from pytest_hookkit._tracebacks import without_own_frames

TEST = """
    from hookkit import FatalHookException
    from shop import order

    class Veto:
        def pre(self, items):
            raise FatalHookException("Not on Sundays.")

    class Half:
        def __init__(self, configuration, host):
            raise LookupError(host)

        def execute_pre_hook(self, context, func_name):
            pass

    def test_it(hook_host, hook_recorder, fake_entry_points):
"""
FATAL = """\
test_inner.py:17: in test_it
    order([])
test_inner.py:6: in pre
    raise FatalHookException("Not on Sundays.")
E   hookkit.exceptions.FatalHookException: Not on Sundays.\
"""
WRONG_ARGUMENTS = """\
test_inner.py:17: in test_it
    create("ctx")
test_inner.py:16: in stand_in
    create = hook_host.point("create_instance", "(context, name)", returns=42)
E   TypeError: create_instance() missing 1 required positional argument: 'name'\
"""
CHAINED = """\
test_inner.py:10: in __init__
    raise LookupError(host)
E   LookupError: manila

The above exception was the direct cause of the following exception:
test_inner.py:16: in test_it
    hook_host.manager("manila", hooks=[Half])
E   hookkit.exceptions.DriverLoadError: Cannot load hook driver 'test_inner:Half': called with \
configuration= and host='manila', it raised LookupError: manila.\
"""
NO_GROUP = """\
test_inner.py:16: in test_it
    fake_entry_points.add("", "order", Veto)
E   hookkit.exceptions.InvalidValueError: The group must be one line of text without spaces around it, got ''.\
"""
SHOWN = {
    "the plugin's own": (['fake_entry_points.add("", "order", Veto)'], NO_GROUP),
    "fatal": (
        ['fake_entry_points.add("shop.hooks", "order", Veto)', "order([])"],
        FATAL,
    ),
    "wrong arguments": (
        ['create = hook_host.point("create_instance", "(context, name)", returns=42)', 'create("ctx")'],
        WRONG_ARGUMENTS,
    ),
    "chained": (['hook_host.manager("manila", hooks=[Half])'], CHAINED),
}


def shown(run):
    """
    Give what is shown of the failure, without carets.
    """
    return "\n".join(line for line in run.section(" test_it ").splitlines() if line.strip(" ^~"))


@pytest.mark.parametrize("case", SHOWN)
def test_no_frame_is_hookkits(inner_both, case):
    """
    A failure leads from the test to the hook, or to what the test did wrong, and through nothing of hookkit.
    """
    lines, expected = SHOWN[case]
    run = inner_both(TEST + "".join(f"        {line}\n" for line in lines), "--tb=short", "--show-capture=no")

    assert shown(run) == "\n".join(line for line in expected.splitlines() if line)


def test_all_is_there_for_who_asks(inner):
    """
    With ``--full-trace`` all frames are shown.
    """
    run = inner(TEST + "        hook_host.manager('manila', hooks=[Half])", "--full-trace")

    assert any("_driver_loading.py" in line for line in run.lines)


def test_in_a_class_of_unittest(inner):
    """
    In a unittest.TestCase, too, no frame of hookkit is shown.
    """
    run = inner(
        """
        import unittest
        from hookkit.testing import HookHost

        class TestIt(unittest.TestCase):
            def test_it(self):
                HookHost().manager("manila", hooks=["no.such:Hook"])
        """,
        "--tb=short",
    )

    assert "_driver_loading.py" not in "\n".join(run.lines)
    assert "test_inner.py:6: in test_it" in run.lines


class TestWithoutOwnFrames:
    def caught(self, source):
        """
        Give what is caught where hookkit's code *source* is run.
        """
        with pytest.raises(Exception) as caught:
            exec(compile(source, "<hookkit>", "exec"), {"self": self})
        return caught

    def shown(self, source):
        return [str(entry.path).rpartition("/")[2] for entry in without_own_frames(self.caught(source)).traceback]

    def fail(self):
        raise KeyError

    def test_what_hookkit_itself_raises_is_shown(self):
        """
        What may be a fault of hookkit is shown in full.
        """
        assert self.shown("{}['key']") == ["test_tracebacks.py", "<hookkit>"]

    def test_arguments_that_a_hook_does_not_take(self):
        """
        A TypeError is shown where hookkit was called.
        """
        assert self.shown("self.fail(1)") == ["test_tracebacks.py"]

    def test_what_others_raise(self):
        """
        Only hookkit's own frames are left out.
        """
        assert self.shown("self.fail()") == ["test_tracebacks.py"] * 2

    def test_what_led_to_it(self):
        """
        Exceptions that led to it are shown so, too; those that are suppressed, or come in circles, do no harm.
        """
        circle = "exc.__context__ = other = ValueError(); other.__context__ = exc"
        source = f"try: self.fail()\nexcept KeyError as exc:\n    {circle}\n    {{how}}"
        for how in ("raise LookupError", "raise LookupError from exc", "raise LookupError from None"):
            caught = self.caught(source.format(how=how))
            without_own_frames(caught)
            led_to_it = caught.value.__context__
            first = led_to_it.__traceback__.tb_frame.f_code.co_filename
            assert (first == "<hookkit>") is (how == "raise LookupError from None")

    def test_nothing_but_hookkit(self):
        """
        What has no other frame is left as it is.
        """
        caught = self.caught("raise TypeError")
        alone = pytest.ExceptionInfo.from_exc_info((caught.type, caught.value, caught.tb.tb_next))

        assert without_own_frames(alone) is alone

    def test_nothing_of_hookkit(self):
        """
        What did not come through hookkit is left as it is.
        """
        with pytest.raises(KeyError) as caught:
            self.fail()

        assert without_own_frames(caught) is caught
