"""
Blocks of values.
"""

import json

import pytest

from hookkit.report._blocks import BLOCK_CHARACTERS, Blocks, as_json


@pytest.fixture
def written():
    """
    The blocks that were written.
    """
    return []


@pytest.fixture
def blocks(written):
    """
    Blocks that are written there.
    """
    return Blocks(written.append)


def rows(text):
    """
    Give the rows of a block, with the values that they have numbers for.
    """
    block = json.loads(text)

    def value(number):
        return "absent" if number == -1 else block["values"][number - 1]

    return [
        {
            name: value(part)
            if name in ("result", "returned", "traceback")
            else [[part[0], *map(value, part[1:])] for part in parts]
            if name in ("arguments", "changes")
            else parts
            for name, parts in row.items()
            for part in (parts,)
        }
        for row in block["rows"]
    ]


class TestAsJson:
    @pytest.mark.parametrize(
        "text", ["</script>", "<!--", "-->", "]]>", "&amp;", "\u2028\u2029", "\ud800", "\u202e", "\x00", "<script", "é"]
    )
    def test_nothing_in_it_has_a_meaning_in_html(self, text):
        """
        Text that could end a script or a comment is written with escapes, and is the same when it is read.
        """
        written = as_json({text: [text]})
        assert written.isascii()
        assert not set("<>&\n\x00") & set(written)
        assert json.loads(written) == {text: [text]}


class TestBlocks:
    def test_an_event_has_what_went_in_and_what_came_out(self, blocks, written):
        """
        The row of an event has its arguments, results, exceptions and changes.
        """
        exception = {"type": "builtins:KeyError", "text": "'x'"}
        fields = {
            "arguments": {"a": 1, "b": None},
            "result": None,
            "error": exception,
            "returned": [2],
            "raised": exception,
            "traceback": [{"file": "a.py", "line": 3, "function": "pre", "text": "go()"}, {"line": [], "file": None}],
            "changes": [{"path": "a", "before": 1}, {"path": "b", "after": [2]}],
        }
        assert blocks.add(fields, result_given=True) == 0
        blocks.flush()
        assert rows(written[0]) == [
            {
                "arguments": [["a", 1], ["b", None]],
                "result": None,
                "error": ["builtins:KeyError", "'x'"],
                "returned": [2],
                "raised": ["builtins:KeyError", "'x'"],
                "traceback": [["a.py", "3", "pre", "go()"], ["", "", "", ""]],
                "changes": [["a", 1, "absent"], ["b", "absent", [2]]],
            }
        ]

    def test_the_result_of_a_call_came_out(self, blocks, written):
        """
        The result of a call is what came out.
        """
        blocks.add({"result": 42}, result_given=False)
        blocks.flush()
        assert rows(written[0]) == [{"returned": 42}]

    def test_a_value_is_there_once(self, blocks, written):
        """
        In a block, equal values are written once.
        """
        for number in range(3):
            blocks.add({"arguments": {"context": {"user": "bob"}, "n": number}}, result_given=True)
        blocks.flush()
        assert json.loads(written[0])["values"] == [{"user": "bob"}, 0, 1, 2]

    def test_a_block_ends_with_a_call(self, blocks, written):
        """
        A block that is long enough ends with the next call, so that its events share their arguments.
        """
        large = {"arguments": {"text": "x" * BLOCK_CHARACTERS}}
        blocks.add(large, result_given=True)
        blocks.add(large, result_given=True)
        assert written == []
        blocks.add(large, result_given=False)
        assert len(written) == 1
        assert blocks.add({}, result_given=True) == 3
        blocks.flush()
        blocks.flush()
        assert blocks.starts == [0, 3]

    def test_a_block_ends_anyway(self, blocks, written):
        """
        Without a call, a block ends before it gets huge.
        """
        for number in range(11):
            blocks.add({"arguments": {"text": f"{number}" * BLOCK_CHARACTERS}}, result_given=True)
        assert len(written) == 1

    @pytest.mark.parametrize(
        ("fields", "row"),
        [
            ({"arguments": [1], "raised": "KeyError", "changes": 7, "traceback": "?"}, {"raised": ["?", ""]}),
            ({"error": {"type": 1, "text": []}}, {"error": ["?", "?"]}),
            ({"changes": [7, {"path": 1}]}, {"changes": [["?", "absent", "absent"]]}),
            ({}, {}),
        ],
    )
    def test_anything_may_stand_in_a_line(self, blocks, written, fields, row):
        """
        What is not as a recording has it is left out, or a question mark.
        """
        blocks.add(fields, result_given=True)
        blocks.flush()
        assert rows(written[0]) == [row]

    def test_a_value_too_deep_to_write(self, blocks, written):
        """
        A value of more levels than can be written says so.
        """
        deep = []
        for _ in range(100_000):
            deep = [deep]
        blocks.add({"returned": deep}, result_given=True)
        blocks.flush()
        assert rows(written[0]) == [{"returned": {"$type": "list", "$error": "RecursionError"}}]
        while deep:
            deep = deep[0]
