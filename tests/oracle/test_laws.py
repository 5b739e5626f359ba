"""
Laws: whatever hooks do, the originals and hookkit do the same with them.
"""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from hookkit.testing import FakeEntryPoints
from oracle.differences import outcome
from oracle.fake_hooks import driver_hook_class
from oracle.forebears import manila_hooks, nova_hooks

SWITCHES = ["pre_hooks_enabled", "post_hooks_enabled", "suppress_pre_hooks_errors", "suppress_post_hooks_errors"]


class Deeds:
    """
    A hook that does in each phase what a plan says, and notes it.
    """

    def __init__(self, name, plan, notes, fatal):
        self.name, self.notes, self.fatal = name, notes, fatal
        for phase, deed in plan.items():
            setattr(self, phase, lambda *args, phase=phase, deed=deed: self.do(phase, deed, *args))

    def do(self, phase, deed, *args):
        self.notes.append((self.name, phase, [list(arg) for arg in args if isinstance(arg, list)]))
        if deed == "changes":
            args[-1].append((self.name, phase))
        elif deed != "fine":
            raise (self.fatal if deed == "fatal" else ValueError)(f"{self.name} {phase}")

    def __repr__(self):
        return f"<hook {self.name}>"


PLANS = st.lists(
    st.dictionaries(
        st.sampled_from(["pre", "post"]), st.sampled_from(["fine", "changes", "raises", "fatal"]), min_size=1
    ),
    max_size=5,
)


def named_story(implementation, plans, *, pass_function, body_raises):
    """
    Run a function with hooks as planned, twice; tell what happened in a way that can be compared.
    """
    nova, notes = nova_hooks(implementation), []
    with FakeEntryPoints() as fakes:
        for name, plan in enumerate(plans):
            hook = Deeds(name, plan, notes, nova.FatalHookException)
            fakes.add("nova.hooks", "point", lambda hook=hook: hook)

        @nova.add_hook("point", pass_function=pass_function)
        def function(seen):
            notes.append(("body", list(seen)))
            if body_raises:
                raise LookupError("body")
            return seen

        ends = [outcome(function, ["call"]) for _ in range(2)]
        nova.reset()
    return notes, [(type(end).__name__, str(end)) for end in ends]


@given(PLANS, st.booleans(), st.booleans())
def test_any_hooks_have_the_same_effect_in_both(plans, pass_function, body_raises):
    """
    For hooks of any number that change arguments, raise and veto, both run the same methods with the same outcome.
    """
    options = {"pass_function": pass_function, "body_raises": body_raises}
    assert named_story("hookkit", plans, **options) == named_story("original", plans, **options)


def test_the_stories_that_are_compared_tell_something():
    """
    A veto, a swallowed error and a change are seen in what is compared.
    """
    plans = [{"pre": "changes", "post": "raises"}, {"pre": "raises", "post": "fatal"}]
    notes, ends = named_story("original", plans, pass_function=True, body_raises=False)
    assert notes[2] == ("body", ["call", (0, "pre")])
    assert ends == [("FatalHookException", "1 post")] * 2


OUTCOMES = st.sampled_from(["fine", "raises"])
HOOKS = st.lists(st.tuples(st.fixed_dictionaries(dict.fromkeys(SWITCHES, st.booleans())), OUTCOMES, OUTCOMES))


def driver_story(implementation, plans, *, body_raises):
    """
    Run a function with hooks as planned; tell what happened in a way that can be compared.
    """
    manila, notes = manila_hooks(implementation), []
    hook_class = driver_hook_class(manila.hook.HookBase)
    hooks = []
    for name, (switches, *deeds) in enumerate(plans):
        said = {
            phase: f"{name} {phase}" if deed == "fine" else ValueError(f"{name} {phase}")
            for phase, deed in zip(("pre", "post"), deeds, strict=True)
        }
        hooks.append(hook_class(None, "alpha", name=name, notes=notes, **said))
        vars(hooks[-1]).update(switches)

    @manila.add_hooks
    def function(self, context, share_id, size=0):
        notes.append("body")
        return 1 // (not body_raises)

    end = outcome(function, SimpleNamespace(hooks=hooks), "ctx", share_id="id")
    return [repr(note) for note in notes], repr(end)


@given(HOOKS, st.booleans())
def test_any_driver_hooks_have_the_same_effect_in_both(plans, body_raises):
    """
    For hooks of any number, switched on and off, raising and suppressed, both run the same methods with the same data.
    """
    theirs = driver_story("original", plans, body_raises=body_raises)
    assert driver_story("hookkit", plans, body_raises=body_raises) == theirs
