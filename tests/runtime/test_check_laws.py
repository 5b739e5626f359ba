"""
What `check` says about calls, against all calls that there are: each is tried.
"""

import itertools
from inspect import Parameter, Signature

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runtime.checking import method_of, point_of, told

NAMES = ("context", "name", "size", "zone")
KINDS = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


@st.composite
def signatures(draw, *, first=()):
    """
    Draw a signature: of each kind some of the names, the last ones with defaults, maybe ``*args`` and ``**kwargs``.

    One that begins with *first*, a method's, has no positional-only ones, as hooks do not.
    """
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, len(NAMES)))]
    kinds = sorted(draw(st.lists(st.sampled_from(KINDS[len(first) :]), min_size=len(names), max_size=len(names))))
    placed = len([kind for kind in kinds if kind is not Parameter.KEYWORD_ONLY])
    required = draw(st.integers(0, placed))
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in first]
    for index, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        is_required = index < required if index < placed else draw(st.booleans())
        parameters.append(Parameter(name, kind, default=Parameter.empty if is_required else None))
    if draw(st.booleans()):
        parameters.insert(len(first) + placed, Parameter("args", Parameter.VAR_POSITIONAL))
    if draw(st.booleans()):
        parameters.append(Parameter("kwargs", Parameter.VAR_KEYWORD))
    return Signature(parameters)


def takes(function, positional, keywords):
    """
    Tell whether a function takes a call: it is called, since `Signature.bind` is stricter with some.
    """
    try:
        function(*range(positional), **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def calls_of(signature):
    """
    Yield the calls that a signature allows, as the number of arguments by position, and the names of the others.
    """
    function = staticmethod(method_of(str(signature)).pre)
    for positional in range(len(NAMES) + 3):
        for size in range(len(NAMES) + 2):
            for keywords in itertools.combinations((*NAMES, "any_other"), size):
                if takes(function, positional, keywords):
                    yield positional, keywords


@settings(max_examples=300)
@given(host=signatures(), own=signatures(first=("self",)))
def test_calls_that_are_refused(host, own):
    """
    If a method refuses a call that the host's signature allows, there is a problem; if it takes all, none says so.
    """
    is_known = any(parameter.name in NAMES for parameter in host.parameters.values()) or len(host.parameters) < 2
    of_host = {parameter.kind for parameter in host.parameters.values()}
    # With these a call may give a hook's argument twice, by position and by a name that the host does not have.
    assume(Parameter.VAR_KEYWORD not in of_host or not of_host & {Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL})
    hook = method_of(str(own))
    refused = [call for call in calls_of(host) if not takes(hook().pre, *call)]
    kinds = [kind for kind, _ in told(hook, point_of(str(host)))]

    assert (kinds != []) >= (bool(refused) and is_known), refused[:3]
    assert ("refused-call" in kinds) <= bool(refused)
