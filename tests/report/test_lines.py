"""
Numbers in a report's lines.
"""

import pytest

from hookkit.report._lines import DECODER


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1.50", {"$type": "builtins:float", "$repr": "1.50"}),
        ("1e400", {"$type": "builtins:float", "$repr": "1e400"}),
        ("NaN", {"$type": "builtins:float", "$repr": "nan"}),
        ("-Infinity", {"$type": "builtins:float", "$repr": "-inf"}),
        ("123456789012345", 123456789012345),
        ("1234567890123456", {"$type": "builtins:int", "$repr": "1234567890123456"}),
    ],
)
def test_numbers_stay_as_they_were(number, shown):
    """
    A number that a browser would show otherwise is described by its text.
    """
    assert DECODER.decode(f'{{"returned":{number}}}') == {"returned": shown}
