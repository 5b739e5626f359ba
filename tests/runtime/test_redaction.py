"""
What is kept back from recordings: the values of secrets, wherever they turn up.
"""

import datetime as dt
import decimal
import json
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hookkit
from hookkit import Recorder
from hookkit.contracts import catalogue
from hookkit.recording import RecordingWriter, load_recording
from hookkit.recording._codec import Encoder
from hookkit.recording._decoding import Decoder
from hookkit.recording._redaction import Mask, Redaction
from hookkit.testing import HookHost
from runtime.recorded import Api, Context
from runtime.recorded_values import Login, Text, Volume, encoded


class TestRedaction:
    @pytest.mark.parametrize(
        ("name", "is_secret"),
        [
            ("admin_password", True),
            ("PASSWD", True),
            ("clientSecret", True),
            ("X-Auth-Token", True),
            ("key_data", True),
            ("private_key", True),
            ("Credentials", True),
            ("Authorization", True),
            ("otp_code", True),
            ("user_data", True),
            ("injected_files", True),
            (b"password", True),
            ("name", False),
            ("key", False),
            (1, False),
            (None, False),
        ],
    )
    def test_secrets_are_known_by_name(self, name, is_secret):
        """
        A name that contains one of the words, in any case, is that of a secret.
        """
        assert Redaction().is_secret(name) is is_secret

    def test_names_of_any_length_and_number_are_told(self):
        """
        What is told of a name is remembered for as many names as there may be, and told of all others, too.
        """
        redaction = Redaction()
        for number in range(1100):
            assert redaction.is_secret(f"token-{number}")
            assert not redaction.is_secret(f"name-{number}")
        assert redaction.is_secret("x" * 5000 + "token")
        assert len(redaction._known) == 1000

    def test_the_words_can_be_set(self):
        """
        Other words take the place of the usual ones.
        """
        redaction = Redaction(["Owner"])
        assert redaction.is_secret("the_owner")
        assert not redaction.is_secret("password")

    def test_secrets_are_found_at_any_depth(self):
        """
        Whatever stands under a secret name, however deep, is a secret.
        """
        context = Context("u")
        cyclic = {"token": ["aaa", 17, True, None]}
        cyclic["again"] = cyclic
        values = {
            "a": [({"b": cyclic},)],
            "login": Login("me", "bbb"),
            "volume": Volume(1, "ccc"),
            "context": context,
            "password": {"inner": b"ddd\xff", "more": {"eee'"}},
            "name": "fff",
        }
        noted = {id(context): (context, {"auth_token": "ggg"})}
        assert Redaction().secrets(values, noted) == {
            *("aaa", "17", "bbb", "ccc", "ddd\ufffd", "ddd\\xff", "eee'", "ggg"),
        }

    def test_secrets_need_not_be_texts(self):
        """
        The text of an id, a number or a path that is a secret is one; a value that has no text is left alone.
        """

        class Mute(dt.tzinfo):
            def utcoffset(self, moment):
                raise RuntimeError("mute")

        values = {"token": [uuid.UUID(int=7), decimal.Decimal("1.5"), dt.datetime(2020, 1, 2, tzinfo=Mute())]}
        assert Redaction().secrets(values, {}) == {"00000000-0000-0000-0000-000000000007", "1.5"}

    @settings(deadline=None)
    @given(st.data())
    def test_no_secret_is_in_what_is_written(self, data):
        """
        A secret is masked in every value beside it, at any depth, in texts, bytes, keys, attributes and exceptions.
        """
        secret = data.draw(st.text("qxz'\\\\é\n", min_size=4, max_size=8).filter(lambda text: len(set(text)) > 1))
        leaf = st.sampled_from(
            [
                secret,
                f"a {secret} b",
                secret.encode(),
                f"{secret}{secret}",
                Text(f"'\"{secret}"),
                f"'\"{secret}".encode(),
                bytearray(secret.encode()),
                1,
            ]
        )
        name = st.sampled_from(["password", "a", "api_token", secret])
        values = data.draw(
            st.dictionaries(
                name,
                st.recursive(
                    leaf,
                    lambda inner: (
                        st.lists(inner)
                        | st.tuples(inner)
                        | st.dictionaries(name | st.integers(), inner)
                        | st.builds(Login, inner, inner)
                        | st.builds(Volume, inner, inner)
                        | leaf.map(ValueError)
                    ),
                ),
            )
        )
        values = {**values, "auth": {"password": secret}}
        redaction = Redaction()
        encoder = Encoder(redaction, Mask(redaction.secrets(values, {})), {})
        written = json.dumps([encoder.named(values) and encoder.value(values), encoder.exception(KeyError(secret))])
        assert json.dumps(secret)[1:-1] not in written
        shown = str(Decoder().value(json.loads(written)))
        assert secret not in shown
        assert repr(secret.encode())[2:-1] not in shown

    def test_longer_secrets_go_first(self):
        """
        A secret that is a part of another one leaves no rest of it.
        """
        assert Mask({"abcd", "abcdef"}).text("abcdef abcd") == "*** ***"

    def test_short_secrets_are_masked_in_exceptions_only(self):
        """
        Ordinary text is not riddled with stars for the sake of a digit.
        """
        mask = Mask({"1"})
        assert mask.text("vm-1") == "vm-1"
        assert mask.exception("wrong: 1") == "wrong: ***"


class TestSecrets:
    def test_no_secret_is_in_the_file(self, path):
        """
        Arguments by position, by keyword and at depth, attributes, results, changes and exceptions hold none.
        """

        class Leaks:
            def pre(self, api, context, name, metadata):
                metadata["note"] = f"password is {metadata['admin_password']}"
                metadata["auth"] = {"token": "hunter-three"}
                context.session_token = "hunter-four"
                raise ValueError(f"cannot log in with {metadata['admin_password']!r}, {name}")

            def post(self, rv, *args):
                raise KeyError("hunter-three")

        registry = hookkit.HookRegistry("recorded")
        registry.register("login", Leaks)

        @registry.add_hook("login")
        def login(self, context, password, metadata):
            return {"secret": "hunter-five"}

        context = Context("alice")
        context.private_key = b"hunter-six"
        with RecordingWriter(path) as writer, Recorder(writer=writer) as recorder:
            login(None, context, "hunter-one", {"admin_password": "hunter-two"})
        text = path.read_text()
        assert "hunter" not in text
        before, _, after = load_recording(path).events
        assert before.arguments["password"] == "***"
        assert str(before.raised) == "cannot log in with '***', ***"
        assert [(change.path, change.after) for change in before.changes] == [
            ("context.session_token", "***"),
            ("metadata['note']", "password is ***"),
            ("metadata['auth']", {"token": "***"}),
        ]
        assert str(after.raised) == "'***'"
        assert recorder.events[0].arguments["password"] == "hunter-one"

    def test_the_secrets_of_a_call_are_kept_out_of_calls_within(self, path):
        """
        A nested call does not show the secrets of the calls around it.
        """

        class Nests:
            def pre(self, api, context, name, metadata):
                Api().create(f"for {metadata['password']}", "vm-1")

        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(Nests).create("ctx", "vm-1", metadata={"password": "hunter"})
        assert "hunter" not in path.read_text()

    def test_the_secrets_of_an_event_are_kept_out_of_later_ones(self, path):
        """
        What a hook knew under a secret name is kept back from all that comes later in the call, and then forgotten.
        """

        class Knows:
            def pre(self, api, context, name, metadata):
                metadata["password"] = "hunter"

            def post(self, rv, api, context, name, metadata):
                raise KeyError("not hunter")

        class Forgets:
            def pre(self, api, context, name, metadata):
                del metadata["password"]

        with RecordingWriter(path) as writer, Recorder(writer=writer):
            Api(Knows, Forgets).create("ctx", "vm-1", metadata={})
            assert not writer._plain.secrets
        assert [str(event.raised) for event in load_recording(path).events if event.raised] == ["'not ***'"]
        assert "hunter" not in path.read_text()

    def test_the_secrets_of_a_call_that_was_not_seen_are_known(self, path):
        """
        A call whose events another writer was given has its secrets kept back all the same.
        """
        with Recorder() as recorder:
            Api().create("the hunter", "vm-1", metadata={"password": "hunter"})
        with RecordingWriter(path) as writer:
            writer.write_call(recorder.calls[0])
            assert not writer._plain.secrets
        assert "hunter" not in path.read_text()

    def test_a_secret_as_a_key_is_masked(self):
        """
        A key that is a secret's text is masked without losing a pair.
        """
        assert encoded({"hunter": 1, "hunter2": 2}, "hunter") == {
            "$type": "builtins:dict",
            "$pairs": [["***", 1], ["***2", 2]],
        }

    def test_secret_names_can_be_set(self, record):
        """
        The writer takes other names of secrets.
        """
        lines = record(lambda: Api().create("ctx", "vm-1"), secret_names=["name"])
        assert lines[0]["arguments"]["name"] == "***"
        assert lines[0]["arguments"]["context"] == "ctx"


SECRETS = {
    "admin_password": "kestrel-one",
    "key_data": "ssh-rsa kestrel-two alice@host",
    "injected_files": [("/etc/motd", "kestrel-three"), ["/etc/x", b"kestrel-four"]],
    "user_data": "I2Nsb3VkLWNvbmZpZyBrZXN0cmVsLWZpdmU=",
}
RELEASES = ("2013.1", "2014.2", "2015.1", "13.0.0", "21.0.0")


class TestNova:
    """
    What hook authors of Nova see: secrets that the API passes by position.
    """

    class Leaks:
        """
        Puts secrets wherever it can.
        """

        def pre(self, api, context, *args, **kwargs):
            values = [value for value in (*args, *kwargs.values()) if "kestrel" in repr(value) or "I2N" in repr(value)]
            context.seen = values
            context.admin_pass = "kestrel-six"
            args[0]["note"] = f"{values!r}"
            raise ValueError(f"cannot boot with {values!r}, {values[0]}, {context.admin_pass}")

        def post(self, rv, api, context, *args, **kwargs):
            raise LookupError(context.seen, Context(kwargs), context.admin_pass)

    @pytest.mark.parametrize("is_positional", [True, False], ids=["by position", "by keyword"])
    @pytest.mark.parametrize("release", RELEASES)
    def test_no_secret_of_create_instance_is_written(self, path, release, is_positional):
        """
        Passwords, keys, files and user data are masked in every release, however they are passed and leaked.
        """
        (point,) = (point for point in catalogue("nova", release=release).points if point.name == "create_instance")
        names = list(point.signature.parameters)
        secrets = {name: value for name, value in SECRETS.items() if name in names}
        assert len(secrets) == 4
        arguments = {name: secrets.get(name) for name in names[4 : max(map(names.index, secrets)) + 1]}
        function = HookHost().point(point.name, f"{point.signature}", group="nova.secrets", returns=dict(secrets))
        registry = hookkit.get_registry("nova.secrets")
        registry.register(point.name, self.Leaks)
        try:
            with RecordingWriter(path) as writer, Recorder(writer=writer):
                positional = [*arguments.values()] if is_positional else []
                function(object(), Context("alice"), {}, "image", *positional, **({} if is_positional else arguments))
        finally:
            registry.unregister(point.name, self.Leaks)
        text = path.read_text()
        assert "kestrel" not in text
        assert "I2Nsb3VkLWNvbmZpZyBrZXN0cmVsLWZpdmU" not in text
        before = load_recording(path).events[0]
        assert {name: before.arguments[name] for name in secrets} == dict.fromkeys(secrets, "***")
        assert str(before.raised).startswith("cannot boot with [")
        assert "***" in {change.path: change.after for change in before.changes}["instance_type['note']"]
