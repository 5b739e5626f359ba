"""
Signatures read from text.
"""

import inspect

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hookkit.contracts import Placeholder, parse_signature
from hookkit.exceptions import ContractError

EXAMPLE = "Write it as in a def, for example '(context, name, metadata=None)'."


class TestParseSignature:
    @pytest.mark.parametrize(
        "text",
        [
            "()",
            "(a)",
            "(context, name, metadata=None)",
            "(a, /, b, *args, c, d=1, **kwargs)",
            "(a, *, b='x', c=-1.5, d=(1, 2), e=[], f={'k': {1}}, g=b'x', h=True, i=...)",
        ],
    )
    def test_reads_what_def_accepts(self, text):
        """
        The signature is the one that a function written so would have.
        """
        namespace = {}
        exec(f"def function{text}: pass", namespace)

        assert parse_signature(text) == inspect.signature(namespace["function"])

    def test_keeps_annotations_as_text(self):
        """
        Annotations are not evaluated but kept as they are written.
        """
        signature = parse_signature("(a: Unknown[int], *args: str) -> Undefined")

        assert signature.parameters["a"].annotation == "Unknown[int]"
        assert signature.parameters["args"].annotation == "str"
        assert signature.return_annotation == "Undefined"

    def test_a_quoted_annotation_loses_its_quotes(self):
        """
        An annotation that is written as a string is that text, and the signature reads back from its own.
        """
        signature = parse_signature("(a: 'Unknown[int]') -> 'Undefined'")

        assert signature == parse_signature("(a: Unknown[int]) -> Undefined")
        assert parse_signature(str(signature)) == signature

    @pytest.mark.parametrize(
        "expression", ["CONF.timeout", "exit()", "f'{exit()}'", "{[]: 1}", "__import__('os').system('exit 1')"]
    )
    def test_holds_the_place_of_a_default_that_is_no_literal(self, expression):
        """
        A default that is no literal is not run but becomes a placeholder that prints as it was written.
        """
        signature = parse_signature(f"(a={expression})")

        assert signature.parameters["a"].default == Placeholder(expression)
        assert str(signature) == f"(a={expression})"

    def test_ignores_white_space_around_and_line_breaks_within(self):
        """
        A signature may be indented and span lines.
        """
        assert str(parse_signature("  (a,\n   b=2)\n")) == "(a, b=2)"

    @pytest.mark.parametrize(
        ("text", "reason", "pointer"),
        [
            ("", "it does not begin with '('", "^"),
            ("a, b", "it does not begin with '('", "^"),
            ("(context, name", "'(' was never closed", "^"),
            ("(context name)", "invalid syntax", "         ^"),
            ("(é, b c)", "invalid syntax", "      ^"),
            ("(self, 1)", "invalid syntax", "       ^"),
            ("(a) b", "nothing may follow the signature", "    ^"),
            ("(a) # comment", "nothing may follow the signature", "    ^"),
            ("(a) -> b:", "nothing may follow the signature", "         ^"),
            ("(a, *)", "named arguments must follow bare *", "    ^"),
        ],
    )
    def test_points_at_what_is_wrong(self, text, reason, pointer):
        """
        The error names the reason and shows the place.
        """
        with pytest.raises(ContractError) as caught:
            parse_signature(text)

        assert str(caught.value) == f"Cannot read the signature {text!r}: {reason}. {EXAMPLE}\n  {text}\n  {pointer}"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("(a, a)", "duplicate parameter name: 'a'"),
            ("(a): pass\ndef g()", "nothing may follow the signature"),
            ("(a): pass #", "nothing may follow the signature"),
            ("(a): x", "nothing may follow the signature"),
            ("(a,\n b c)", "invalid syntax"),
            (
                "(\ud800)",
                "'utf-8' codec can't encode character '\\ud800' in position 6: surrogates not allowed",
            ),
        ],
        ids=["duplicate", "two statements", "hidden suffix", "a body", "second line", "surrogate"],
    )
    def test_names_what_is_wrong_where_it_cannot_point(self, text, reason):
        """
        Where no place in a single line is at fault, the error has the reason alone.
        """
        with pytest.raises(ContractError) as caught:
            parse_signature(text)

        assert str(caught.value) == f"Cannot read the signature {text!r}: {reason}. {EXAMPLE}"

    @given(st.text(alphabet=st.sampled_from("(a,b=1*/:) '\"#\n\\x[{"), max_size=20))
    @example("a, /, b=1, *x)")
    def test_accepts_what_it_prints_and_raises_nothing_else(self, text):
        """
        Any text is either a signature that reads back from its own text, or a ContractError.
        """
        try:
            signature = parse_signature(f"({text}")
        except ContractError:
            return
        assert parse_signature(str(signature)) == signature
