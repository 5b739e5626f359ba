"""
What threads do in a recorded process, drawn at random.
"""

from typing import NamedTuple

from hypothesis import strategies as st


class Begun(NamedTuple):
    """
    An event has begun, and its call if it is the first one.
    """

    test: str | None
    event: int
    call: int
    parent: int | None


class Over(NamedTuple):
    """
    An event or a call is over.
    """

    test: str | None
    kind: str
    number: int


@st.composite
def histories(draw):
    """
    Make what threads do: calls, some in the course of others, each of the test that there is when it begins.
    """
    tests = ["a", "b", "c", None]
    here = draw(st.sampled_from(tests))
    stacks = [[] for _ in range(draw(st.integers(1, 3)))]
    event = call = 0
    steps = []
    for _ in range(draw(st.integers(0, 25))):
        doing = draw(st.sampled_from(["call", "end", "end", "end", "again", "test"]))
        stack = draw(st.sampled_from(stacks))
        if doing == "test":
            here = draw(st.sampled_from(tests))
        elif doing == "call" and len(stack) % 2 == 0:
            event, call = event + 1, call + 1
            parent = stack[-2].call if stack else None
            steps.append(Begun(here, event, call, parent))
            stack.extend([steps[-1], steps[-1]])  # the call and its event
        elif stack:
            begun = stack.pop()
            if len(stack) % 2:
                steps.append(Over(begun.test, "event", begun.event))
                if doing == "again":  # another event of the same call
                    event += 1
                    steps.append(begun._replace(event=event))
                    stack.append(steps[-1])
            else:
                steps.append(Over(begun.test, "call", begun.call))
    return steps
