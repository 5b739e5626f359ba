"""
Tests for `hookkit.add_hooks`: what it decorates, and what it refuses.
"""

import functools
import inspect

import pytest

from hookkit import InvalidValueError, MisuseError, add_hooks, observe
from runtime.fake_drivers import Hook, Manager


@pytest.fixture
def log():
    """
    Give a list that several hooks write to.
    """
    return []


@pytest.fixture
def watching():
    """
    Watch, and give what was seen: (moment, phase or point, what is of interest there).
    """
    seen = []
    undo = observe(
        lambda event: seen.append(("before", event.phase, event)),
        lambda event: seen.append(("after", event.phase, event)),
        finished=lambda call: seen.append(("finished", call.point, call)),
    )
    yield seen
    undo()


def message(caught):
    return str(caught.value)


class TestAddHooks:
    def test_the_function_keeps_its_face(self):
        """
        Signature, name, docstring and the function itself can be read from what takes its place.
        """

        @add_hooks
        def create(self, context: str, size: int = 1) -> int:
            """
            Create it.
            """

        assert create.__name__ == create.__hook_name__ == "create"
        assert create.__doc__.strip() == "Create it."
        assert str(inspect.signature(create)) == "(self, context: str, size: int = 1) -> int"
        assert inspect.iscoroutinefunction(Manager.migrate)
        assert not hasattr(create.__wrapped__, "__wrapped__")

    @pytest.mark.parametrize("keyword", ["func_name", "pre_hook_data", "driver_action_results"])
    def test_a_keyword_that_hooks_get_from_hookkit_is_refused(self, log, keyword):
        """
        Given through ``**kwargs``, it fails before anything runs, where in Manila the body had run already.
        """
        manager = Manager(Hook(log=log))
        with pytest.raises(MisuseError) as caught:
            manager.many("ctx", **{keyword: 1})
        assert message(caught) == (
            f"many() was given the keyword {keyword!r}, under which driver hooks get something else. "
            "Give it another name."
        )
        assert log == manager.done == []

    def test_a_keyword_that_meets_a_positional_one_is_refused(self, log):
        """
        Two arguments that a positional-only parameter lets have one name cannot both reach hooks under it.
        """

        @add_hooks
        def create(self, size, /, **kwargs):
            """
            Do nothing.
            """

        with pytest.raises(MisuseError) as caught:
            create(Manager(Hook(log=log)), 1, size=2)
        assert message(caught) == (
            "create() was given the keyword 'size', under which driver hooks get something else. Give it another name."
        )

    def test_without_hooks_any_keyword_goes(self, watching):
        """
        Nothing collides where no hook runs, watched or not.
        """
        assert Manager().many("ctx", pre_hook_data=1) == "many"

    @pytest.mark.parametrize("name", ["func_name", "pre_hook_data", "driver_action_results", "self"])
    def test_a_parameter_that_hooks_get_from_hookkit_is_refused(self, name):
        """
        It is refused at decoration.
        """
        namespace = {}
        exec(f"def create(manager, {name}): ...", namespace)
        with pytest.raises(MisuseError) as caught:
            add_hooks(namespace["create"])
        assert message(caught) == (
            f"create() has a parameter named {name!r}, which driver hooks get from hookkit under that name. Rename it."
        )

    def test_a_name_for_extra_arguments_is_no_such_parameter(self):
        """
        What ``**pre_hook_data`` takes has names of its own.
        """

        @add_hooks
        def create(self, *func_name, **pre_hook_data):
            return func_name, pre_hook_data

        assert create(Manager(Hook()), 1, a=2) == ((1,), {"a": 2})

    @pytest.mark.parametrize("source", ["def create(): ...", "def create(*, a): ...", "def create(**a): ..."])
    def test_a_function_without_self_is_refused(self, source):
        """
        There is nothing to have the hooks.
        """
        namespace = {}
        exec(source, namespace)
        signature = str(inspect.signature(namespace["create"]))
        with pytest.raises(MisuseError) as caught:
            add_hooks(namespace["create"])
        assert message(caught) == (
            f"add_hooks() decorates functions that take self, which has the hooks; create{signature} does not."
        )

    @pytest.mark.parametrize("given", [5, Manager, staticmethod(print), classmethod(print)], ids=str)
    def test_what_takes_no_self_is_refused(self, given):
        """
        Classes, static methods, class methods and what cannot be called are refused.
        """
        with pytest.raises(MisuseError) as caught:
            add_hooks()(given)
        assert message(caught) == (
            f"add_hooks() decorates functions that take self, which has the hooks; got {given!r}."
        )

    def test_a_name_belongs_to_add_hook(self):
        """
        The message names the decorator that takes one.
        """
        with pytest.raises(TypeError) as caught:
            add_hooks("create_share")
        assert message(caught) == (
            "add_hooks() decorates a function and takes no name of a hook point, got 'create_share'. "
            "For named hooks write @add_hook('create_share'); for driver hooks write @add_hooks."
        )

    @pytest.mark.parametrize("option", ["func_name", "group"])
    @pytest.mark.parametrize("value", ["", 5])
    def test_an_option_that_is_no_text_is_refused(self, option, value):
        """
        What hooks and watchers are told is a name.
        """
        with pytest.raises(InvalidValueError) as caught:
            add_hooks(**{option: value})
        assert message(caught) == (
            f"add_hooks() got {option}={value!r}. Make it a text that is not empty, or leave it out."
        )

    def test_hooks_can_be_told_another_name(self, log):
        """
        ``func_name=`` is what they get, and the function keeps its own name.
        """

        @add_hooks(func_name="create_share")
        def create(self):
            """
            Do nothing.
            """

        create(Manager(Hook(log=log)))
        assert log[0][3] == create.__hook_name__ == "create_share"
        assert create.__name__ == "create"

    def test_a_name_that_a_decorator_left_behind_is_refused(self):
        """
        Hooks are never told ``wrapped``; the message says what to do.
        """

        def require_driver(function):
            def wrapped(self):
                """
                Stand for the function.
                """

            return wrapped

        with pytest.raises(MisuseError) as caught:
            add_hooks(require_driver(print))
        assert message(caught) == (
            f"add_hooks() got {__name__}:{require_driver(print).__qualname__}, whose name 'wrapped' comes from a "
            "decorator without functools.wraps; hooks would be told that name. "
            "Use functools.wraps there, or say the true name: @add_hooks(func_name='...')."
        )
        assert add_hooks(func_name="create")(require_driver(print)).__hook_name__ == "create"

    def test_an_object_without_a_name_needs_one(self, log):
        """
        Whatever can be called is hooked, under the name that is given.
        """
        partial = functools.partial(Manager.extend_share.__wrapped__, share_id="s1")
        with pytest.raises(MisuseError) as caught:
            add_hooks(partial)
        assert message(caught) == (
            f"{partial!r} has no __name__. Say what hooks shall be told: @add_hooks(func_name='...')."
        )
        add_hooks(func_name="extend_share")(partial)(Manager(Hook(log=log)), "ctx")
        assert log[0][3:] == ("extend_share", (), {})
