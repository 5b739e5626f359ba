"""
What importing hookkit costs; `import_time` measures more of it.
"""

from collections.abc import Iterator

import import_time
from measuring import Figure


def beyond_a_bare_interpreter(seconds: float) -> Iterator[Figure]:
    """
    Measure time and modules of ``import hookkit``, and of what a host needs to declare its points.
    """
    figures = import_time.measure(max(10, int(15 * seconds)))
    for statement in ("import hookkit", "from hookkit import get_registry"):
        yield Figure(f"{statement}: time beyond a bare interpreter", figures[statement]["beyond_bare_ms"], 5, unit="ms")
        yield Figure(f"{statement}: modules beyond a bare interpreter", figures[statement]["modules"], 15)


MEASURES = (beyond_a_bare_interpreter,)
