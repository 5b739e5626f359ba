"""
Values that come back from a recording.
"""

import collections
import copy
import datetime as dt
import decimal
import enum
import fractions
import ipaddress
import json
import math
import os
import pathlib
import sys
import uuid
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hookkit
from hookkit.recording import RecordedObject, RecordedTuple, RecordedValue, StandIn, was_cut
from hookkit.recording._codec import MOST_CHARACTERS, plain
from hookkit.recording._decoding import DEEPEST, Decoder
from runtime.recorded import Context
from runtime.recorded_values import Color, Interrupt, Key, Level, Login, Mode, OverQuotaError, Pair, QuotaError, Text
from runtime.recorded_values import Volume as Disk

VALUES = "runtime.recorded_values"


def decoded(raw):
    """
    Decode what is in a file.
    """
    return Decoder().value(raw)


def written(value):
    """
    Give a value as it is in a file.
    """
    return json.loads(json.dumps(plain(value), allow_nan=False))


def again(value):
    """
    Write a value and read it.
    """
    return decoded(written(value))


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [
            *(None, True, 0, -1, 2**70, 2**3000, -(2**3000), 1.5, math.inf, -math.inf, "", "text", "\ud800"),
            *(1j, complex(-0.0, math.inf), b"", b"a'\"\\\n\xff", bytearray(b"'x"), ..., NotImplemented, range(1, 9, 2)),
            *([], [1, [2]], {}, {"a": {"b": None}}, {1: 2}, {"$type": 2}, {(1, "a"): {2, 3}}, frozenset({1, (2,)})),
            *((), (1, (2,)), collections.deque([1]), collections.deque([1], 3), collections.OrderedDict(b=1, a=2)),
            *(collections.defaultdict(list, a=[1]), collections.defaultdict(None, a=1), collections.Counter("aab")),
            *(decimal.Decimal("1.50"), decimal.Decimal("-Infinity"), fractions.Fraction(-1, 3), uuid.UUID(int=7)),
            *(dt.date(2020, 1, 2), dt.time(1, 2, 3, 4), dt.time(1, fold=1, tzinfo=dt.UTC), dt.timedelta(-1, 2, 3)),
            *(
                dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC),
                dt.datetime(2020, 1, 2, 3, fold=1, tzinfo=zoneinfo.ZoneInfo("UTC")),
            ),
            dt.datetime(2020, 1, 2, 3),  # noqa: DTZ001 - hosts have such
            *(dt.UTC, dt.timezone(dt.timedelta(hours=-5)), dt.timezone(dt.timedelta(1) / 2, "a), 'b'")),
            *(zoneinfo.ZoneInfo("UTC"), pathlib.Path("/a/'b"), pathlib.PureWindowsPath("c:\\x"), pathlib.PurePath("a")),
            *map(ipaddress.ip_address, ("10.0.0.1", "::1")),
            *(ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_interface("::1/64")),
        ],
        ids=lambda value: f"{type(value).__name__} {ascii(value)[:30]}",
    )
    def test_what_python_has_is_what_it_was(self, value):
        """
        Values of Python's own types come back equal, of the same type.
        """
        found = again(value)
        assert type(found) is type(value)
        assert found == value
        assert repr(found) == repr(value) or isinstance(value, set | frozenset | dict)

    def test_nan_is_nan(self):
        """
        What is not equal to itself comes back, too.
        """
        assert math.isnan(again(math.nan))
        assert again(decimal.Decimal("sNaN")).is_snan()

    def test_a_default_is_there(self):
        """
        A defaultdict makes what it made; that of another package makes nothing.
        """
        assert again(collections.defaultdict(list))["new"] == []
        assert again(collections.defaultdict(Context)).default_factory is None
        assert again(collections.deque([1, 2], 2)).maxlen == 2

    def test_named_tuples_have_their_names(self):
        """
        A named tuple is equal to the real one, and its fields, methods and class have the same names.
        """
        login = again(Login("alice", [1]))
        assert login == Login("alice", [1]) == ("alice", [1])
        assert (login.user, login.password, login._fields) == ("alice", [1], ("user", "password"))
        assert repr(login) == "Login(user='alice', password=[1])"
        assert login._asdict() == {"user": "alice", "password": [1]}
        assert type(login._replace(user="bob")) is type(login)
        assert login._replace(user="bob").user == "bob"
        assert copy.deepcopy(login) == login
        assert isinstance(login, RecordedTuple)
        assert type(login).__qualname__ == "Login"
        assert login.__recorded__.type == f"{VALUES}:Login"
        assert type(again([Pair(1, 2), Pair(3, 4)])[1]).__module__ == VALUES

    @pytest.mark.parametrize("fields", [["a"], ["a", "a"], ["_asdict", "b"], ["a b", "c"], ["a", 1], "ab", None])
    def test_a_tuple_without_names(self, fields):
        """
        What has no names that fields can have is a tuple of the same class.
        """
        found = decoded({"$type": "m:Pair", "$items": [1, 2], "$fields": fields})
        assert found == (1, 2)
        assert repr(found) == "(1, 2)"
        assert isinstance(found, RecordedValue)
        assert found.__recorded__.type == "m:Pair"

    def test_a_moment_in_a_zone_of_a_library_has_its_offset(self):
        """
        A zone that only its own package knows becomes a fixed offset.
        """

        class Zone(dt.tzinfo):
            def utcoffset(self, moment):
                return dt.timedelta(hours=2)

        moment = dt.datetime(2020, 1, 2, 3, tzinfo=Zone())
        assert again(moment) == moment
        assert again(moment).utcoffset() == dt.timedelta(hours=2)

    def test_texts_and_numbers_of_other_classes_are_texts_and_numbers(self):
        """
        A value of a class that derives from str or int is one, and is called as its class is.
        """
        text = again(Text("it's"))
        assert (text, str(text), repr(text), text.upper()) == ("it's", "it's", '"it\'s"', "IT'S")
        assert type(text).__name__ == "Text"
        number = again(type("Size", (int,), {})(3))
        assert (number + 1, str(number), repr(number)) == (4, "3", "3")
        assert again(type("Share", (float,), {})(0.5)) == 0.5
        assert again(type("Blob", (bytes,), {})(b"x")) == b"x"
        assert hash(text) == hash("it's")

    def test_members_of_enumerations_have_name_and_value(self):
        """
        A member has its name and its value, is equal to the real one, and is a number or a text if that is.
        """
        color = again(Color.RED)
        assert (color.name, color.value, repr(color)) == ("RED", 1, "Color.RED")
        assert color == Color.RED
        assert Color.RED == color  # noqa: SIM300 - it is a question to the real one
        level = again(Level.LOW)
        assert (level, level.name, level.value, repr(level), str(level), level + 1) == (
            *(Level.LOW, "LOW", 1, "Level.LOW", "1", 2),
        )
        mode = again(Mode.FAST)
        assert (mode, repr(mode), str(mode)) == ("fast", "Mode.FAST", "fast")
        assert again(enum.Flag("Flags", "A B")["A"]).value == 1

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (json.dumps, "<function json:dumps>"),
            (Color, f"<EnumType {VALUES}:Color>"),
            (Disk, f"<type {VALUES}:Volume>"),
            (json, "<module json>"),
            ([].append, "<builtin_function_or_method builtins:list.append>"),
            (decimal.Context(prec=7, rounding="ROUND_UP"), "Context(prec=7, rounding=ROUND_UP, Emin=-999999, "),
        ],
        ids=["function", "enumeration", "class", "module", "builtin", "scalar"],
    )
    def test_what_has_a_name_only_has_its_name(self, value, text):
        """
        Classes, functions and modules stand there with their names.
        """
        assert repr(again(value)).startswith(text)
        assert (again(value) == value) is (type(value) is not decimal.Context)
        assert again(value) != len

    def test_what_could_not_be_described_says_so(self):
        """
        What could not be written has the class of what was raised.
        """
        found = decoded({"$type": "m:Odd", "$error": "RuntimeError"})
        assert repr(found) == "<Odd that raised RuntimeError when it was recorded>"
        assert found.__recorded__.error == "RuntimeError"


class TestObjects:
    def test_attributes_are_there(self):
        """
        An object has the attributes that it had, which can be set, and the name of its class.
        """
        context = again(Context("alice"))
        assert context.user == "alice"
        assert repr(context) == "Context(user='alice')"
        assert (type(context).__name__, type(context).__module__) == ("Context", "runtime.recorded")
        assert vars(context) == {"user": "alice"}
        context.user = "bob"
        assert context == again(Context("bob"))

    def test_equality_is_by_type_and_attributes(self):
        """
        An object is equal to another one of its type with the same attributes, and to the real one.
        """
        disk = again(Disk(1))
        assert disk == again(Disk(1)) == Disk(1)
        assert Disk(1) == disk
        assert hash(disk) == hash(again(Disk(2)))
        assert disk == disk  # noqa: PLR0124 - it is a question to the stand-in
        assert disk != again(Disk(2))
        assert disk != Disk(2)
        assert disk != again(Context("alice"))
        assert disk != 1
        assert disk != again(QuotaError("x"))
        assert again(Context("alice")) == Context("alice")
        assert decoded({"$type": f"{VALUES}:Volume", "$attrs": {"size": 1, "admin_token": ""}, "$cut": 1}) != Disk(1)

    def test_objects_that_hold_themselves_can_be_compared(self):
        """
        Comparing ends where it comes to what it is comparing already.
        """
        context = Context("alice")
        context.me = [context]
        one, other = again(context), again(context)
        assert one == other
        other.me.append(1)
        assert one != other
        assert repr(one) == "Context(user='alice', me=[...])"

    @pytest.mark.parametrize(
        ("attributes", "says"),
        [
            (None, ": nothing of it was recorded but its class."),
            ({"a": 1}, ". Recorded is 'a'; methods, and what is in other objects' attributes, are not."),
            (
                dict.fromkeys("abcdefghijkl"),
                (
                    ". Recorded is 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j' and 2 more; "
                    "methods, and what is in other objects' attributes, are not."
                ),
            ),
        ],
        ids=["none", "one", "many"],
    )
    def test_an_attribute_that_is_not_there(self, attributes, says):
        """
        The error says what was recorded of the object.
        """
        found = decoded({"$type": "m:Disk", **({"$attrs": attributes} if attributes else {})})
        with pytest.raises(AttributeError) as caught:
            found.save  # noqa: B018 - asking is what raises
        assert str(caught.value) == f"The recorded m:Disk has no attribute 'save'{says}"
        assert (caught.value.name, caught.value.obj is found) == ("save", True)

    def test_they_can_be_copied(self):
        """
        What copy asks for is not there, and copies are equal.
        """
        context = again(Context([1]))
        assert not hasattr(context, "__deepcopy__")
        assert copy.copy(context) == copy.deepcopy(context) == context
        assert copy.deepcopy(context).user is not context.user

    def test_of_an_object_in_an_object_the_class_is_known(self):
        """
        What was not recorded of an object is shown as such.
        """
        context = again(Context(Context("alice")))
        assert repr(context) == "Context(user=<Context>)"
        assert not vars(context.user)

    def test_names_that_no_class_can_have(self):
        """
        Whatever is in place of a class is what the stand-in says.
        """
        for kind in ("", ":", "a", "\ud800:\0", "m:a.<locals>.B", "__recorded__"):
            found = decoded({"$type": kind, "$attrs": {"__recorded__": 1, "__class__": 2, "x": 3}})
            assert isinstance(found, RecordedObject)
            assert found.__recorded__.type == kind
            assert (found.x, repr(found)) == (3, repr(found))


class TestExceptions:
    def test_it_has_class_text_and_attributes(self):
        """
        An exception is shown as the real one was, and can be raised.
        """
        error = OverQuotaError("too much")
        error.code = 413
        found = again(error)
        assert (str(found), repr(found), found.args) == ("too much", "OverQuotaError('too much')", ("too much",))
        assert (found.code, type(found).__qualname__) == (413, "OverQuotaError")
        with pytest.raises(ValueError, match="too much"):
            raise found

    @pytest.mark.parametrize(
        ("error", "bases"),
        [
            (KeyError("x"), KeyError),
            (FileNotFoundError(2, "x"), OSError),
            (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), ValueError),
            (OverQuotaError("x"), ValueError),
            (Interrupt("x"), KeyboardInterrupt),
            (hookkit.HookLoadError("x"), ImportError),
            (BaseException("x"), BaseException),
            (BaseExceptionGroup("x", [KeyError()]), Exception),
        ],
        ids=lambda value: getattr(value, "__name__", None) or type(value).__name__,
    )
    def test_it_is_of_the_classes_that_python_has(self, error, bases):
        """
        An exception is of the builtin classes that it was of, and no Exception if it was none.
        """
        found = again(error)
        assert isinstance(found, bases)
        assert isinstance(found, Exception) is (isinstance(error, Exception) or bases is Exception)
        assert str(found) == str(error)

    def test_equality_is_by_type_and_text(self):
        """
        An exception is equal to another one of its type with the same text, and to the real one.
        """
        found = again(KeyError("x"))
        assert found == again(KeyError("x")) == KeyError("x")
        assert hash(found) == hash(again(KeyError("x")))
        assert found != KeyError("y")
        assert found != again(KeyError("y"))
        assert found != LookupError("x")
        assert found != "x"

    def test_classes_that_do_not_go_together(self):
        """
        What says that it derives from two classes that cannot be one is of the first.
        """
        bases = ["builtins:OSError", "builtins:UnicodeDecodeError", "builtins:print", "m:Other"]
        found = decoded({"$type": "m:Odd", "$text": "x", "$bases": bases})
        assert isinstance(found, OSError)
        assert not isinstance(found, UnicodeDecodeError)


class TestCut:
    @pytest.mark.parametrize(
        "value",
        [
            "x" * 5000,
            Text("x" * 5000),
            b"\xff" * 5000,
            bytearray(5000),
            2**90_000,
            list(range(1001)),
            tuple(range(1001)),
            set(range(1001)),
            frozenset(range(1001)),
            dict.fromkeys(range(1001)),
            collections.deque(range(1001)),
            collections.Counter(range(1001)),
            collections.defaultdict(int, dict.fromkeys(range(1001))),
            Context(list(range(1001))),
            {"a": [({1: "x" * 5000},)]},
            {("x" * 5000,): 1},
            Context(dict.fromkeys(map(str, range(1001)))),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_it_can_be_seen(self, value):
        """
        What was cut says so, and is equal only to what was cut in the same way.
        """
        found = again(value)
        assert was_cut(found)
        assert found == again(value)
        assert found != value
        assert value != found
        assert written(found) == written(value)

    def test_the_rest_is_there(self):
        """
        A text or a container that was cut is one, has its first part, and says how much is gone.
        """
        text = again("x" * 5000)
        assert (len(text), text.__recorded__.cut, hash(text)) == (MOST_CHARACTERS, 904, hash("x" * MOST_CHARACTERS))
        assert repr(text) == f"<{'x' * MOST_CHARACTERS!r} and 904 more>"
        assert str(text) == "x" * MOST_CHARACTERS
        items = again(list(range(1002)))
        assert (items[:2], len(items), str(items)[-14:]) == ([0, 1], 1000, "999] and 2 more>"[-14:])
        assert again(b"\xff" * 5000).startswith(b"\xff" * 1000)
        assert repr(decoded({"$type": "m:A", "$attrs": {"a": 1}, "$cut": 3})) == "A(a=1, and 3 more)"
        assert not was_cut([{1: (2, {3}, Login(1, 2))}, again(Context("a")), ...])
        items = [1]
        items.append(items)
        assert not was_cut(items)

    def test_what_is_too_deep_is_cut(self):
        """
        More levels than are ever written are not read.
        """
        raw = 1
        for _ in range(900):
            raw = [raw]
        found = decoded(raw)
        for _ in range(DEEPEST):
            (found,) = found
        assert repr(found) == "list(and 1 more)"

    def test_where_there_is_no_room_for_more_calls(self):
        """
        What is read deep down in other calls is said not to be there, instead of raising.
        """
        raw = {"a": [[[[[[[[[[1]]]]]]]]]]}

        def deeper():
            try:
                return deeper()
            except RecursionError:
                return decoded(raw)

        found = [deeper()]
        assert found[0] == {"a": [[[[[[[[[[1]]]]]]]]]]} or found[0].__recorded__.error == "RecursionError"

    def test_what_was_too_deep_is_forgotten(self):
        """
        After a value for which there was no room others are read as they are.
        """
        decoder = Decoder()
        real = decoder._value

        def fail(raw):
            if raw == 0:
                raise RecursionError
            return real(raw)

        decoder._value = fail
        assert decoder.value([[[0]]]).__recorded__.error == "RecursionError"
        assert decoder.value({"$type": "builtins:list", "$cycle": 1}).__recorded__.type == "builtins:list"

    def test_no_attribute_takes_the_place_of_what_is_noted(self):
        """
        An attribute of the name under which stand-ins note what is said of them is left out.
        """
        for kind in ({"$type": "m:A"}, {"$type": "m:A", "$text": "failed"}):
            found = decoded({**kind, "$attrs": {"__recorded__": 1, "size": 2}})
            assert {name: value for name, value in vars(found).items() if name != "__recorded__"} == {"size": 2}
            assert vars(found).get("__recorded__") != 1
            assert found.__recorded__.type == "m:A"


class TestCycles:
    def test_containers_hold_themselves_again(self):
        """
        Lists, dictionaries, deques and objects that hold themselves do so again.
        """
        items = []
        items.append({"items": items, "queue": collections.deque([items])})
        found = again(items)
        assert found[0]["items"] is found
        assert found[0]["queue"][0] is found
        context = Context("alice")
        context.inner = {1: context}
        found = again(context)
        assert found.inner[1] is found
        assert written(found) == written(context)
        error = KeyError("x")
        error.self = [error]
        found = again(error)
        assert found.self[0] is found

    def test_what_cannot_be_changed_does_so_too(self):
        """
        Tuples, named tuples and frozen sets are put where they were within themselves.
        """
        items = []
        values = (items, {"a": 1})
        items.append(values)
        values[1]["b"] = values
        found = again(values)
        assert found[0][0] is found
        assert found[1]["b"] is found
        login = Login([], {})
        login.user.append(login)
        found = again(login)
        assert found.user[0] is found
        queue = collections.deque()
        queue.append((queue, queue))
        found = again(queue)
        assert found[0][0] is found

    def test_cycles_that_cannot_be(self):
        """
        A tuple that is said to hold itself, or a level that is not there, is a stand-in.
        """
        (found,) = decoded({"$type": "builtins:tuple", "$items": [{"$type": "builtins:tuple", "$cycle": 1}]})
        assert repr(found) == "<tuple>"
        for levels in (0, 2, True, "1", None):
            (found,) = decoded([{"$type": "m:A", "$cycle": levels}])
            assert repr(found) == "<A>"
        inner = {"$type": "builtins:tuple", "$cycle": 2}
        raw = {"$type": "builtins:tuple", "$items": [{"$type": "collections:deque", "$items": [inner], "$maxlen": 0}]}
        assert decoded(raw) == (collections.deque(maxlen=0),)


class TestOddFiles:
    @pytest.mark.parametrize(
        "raw",
        [
            {"$type": 3},
            {"$type": "builtins:tuple", "$items": 3},
            {"$type": "builtins:dict", "$pairs": {}},
            {"$type": "builtins:dict", "$pairs": [1, [1], [1, 2, 3]]},
            {"$type": "m:A", "$attrs": []},
            {"$type": "builtins:bytes", "$repr": "b'a"},
            {"$type": "builtins:bytes", "$repr": "'a'"},
            {"$type": "builtins:bytes", "$repr": "a", "$cut": 2},
            {"$type": "builtins:bytes", "$repr": "b'\\d'"},
            {"$type": "builtins:bytearray", "$repr": "bytearray(__import__('os'))"},
            {"$type": "builtins:int", "$repr": "9" * 5000},
            {"$type": "m:Int", "$repr": "9" * 5000},
            {"$type": "builtins:ellipsis", "$repr": "..."},
            {"$type": "builtins:range", "$repr": "range(x)"},
            {"$type": "datetime:date", "$repr": "datetime.date(99999, 1, 1)"},
            {"$type": "datetime:datetime", "$repr": "datetime.datetime(2020, 1, 1, tzinfo=<UTC>)"},
            {"$type": "datetime:datetime", "$repr": "", "$iso": "never"},
            {"$type": "datetime:date", "$repr": "", "$iso": "2020-01-01"},
            {"$type": "zoneinfo:ZoneInfo", "$repr": "zoneinfo.ZoneInfo(key='../../etc/passwd')"},
            {"$type": "zoneinfo:ZoneInfo", "$repr": "zoneinfo.ZoneInfo(key='No/Where')"},
            {"$type": "decimal:Decimal", "$repr": "Decimal(b'1')"},
            {"$type": "decimal:Decimal", "$repr": "Decimal('x')"},
            {"$type": "m:Text", "$repr": "'a' + 'b'"},
            {"$type": "m:Text", "$repr": "'\\N{BULLET}'"},
            {"$type": "m:Text", "$repr": "__import__('os').system('true')"},
            {"$type": "collections:deque", "$items": [1], "$maxlen": 2**70},
            {"$type": "builtins:str", "$text": "a", "$cut": -1},
            {"$type": "m:E", "$repr": 3, "$value": 3},
        ],
        ids=lambda raw: ascii(raw)[:50],
    )
    def test_nothing_fails(self, raw):
        """
        What cannot be what it says it is, is a stand-in or the value as it is.
        """
        found = decoded([raw])[0]
        assert isinstance(found, StandIn | dict | str | collections.deque)
        assert written(found) == written(again(found))

    def test_no_key_is_lost(self):
        """
        Keys that are the same once they are read, or can be none, stand for themselves.
        """
        raw = {"$type": "builtins:dict", "$pairs": [["***", 1], ["***", 2], [[3], 4], [{"$type": "m:A"}, 5]]}
        found = decoded(raw)
        assert list(found.values()) == [1, 2, 4, 5]
        assert repr(found) == "{'***': 1, <str ***>: 2, <list [3]>: 4, <A>: 5}"
        assert written(found) == raw
        keys = again({Key("a"): 1, Context(1): 2, Context(2): 3})
        assert list(keys.values()) == [1, 2, 3]
        twins = [{"$type": "m:A"}, {"$type": "m:A"}]
        found = decoded({"$type": "builtins:set", "$items": twins})
        assert len(found) == 2
        assert len({*found}) == 2
        first, second = found
        assert first != second
        assert second != first
        assert written(found) == {"$type": "builtins:set", "$items": twins}

    def test_nothing_is_imported_or_run(self, monkeypatch):
        """
        Names of modules and code in a file stay text.
        """
        monkeypatch.setattr(os, "system", None)
        before = set(sys.modules)
        for kind in ("antigravity:x", "this:that", "xmlrpc.server:SimpleXMLRPCServer"):
            for more in ({}, {"$repr": "__import__('this')"}, {"$text": "x", "$bases": ["this:that"]}, {"$items": []}):
                assert isinstance(decoded({"$type": kind, **more}), StandIn)
        assert not {"antigravity", "this", "xmlrpc.server"} & (set(sys.modules) - before)

    def test_a_path_of_another_system(self, monkeypatch):
        """
        Where a path cannot be made, the pure one is.
        """
        from hookkit.recording import _scalars

        def fail(path):
            raise NotImplementedError

        monkeypatch.setitem(_scalars._PATHS, "PosixPath", fail)
        found = decoded({"$type": "pathlib:PosixPath", "$repr": "PosixPath('/a')"})
        assert found == pathlib.PurePosixPath("/a")


LEAVES = (
    st.none()
    | st.booleans()
    | st.text()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.uuids()
    | st.dates()
    | st.times(timezones=st.just(dt.UTC))
    | st.datetimes(timezones=st.none() | st.timezones())
    | st.timedeltas()
    | st.ip_addresses()
    | st.builds(bytearray, st.binary())
    | st.sampled_from([Color.RED, Level.LOW, Mode.FAST, Text("it's\n"), ..., range(2, 5)])
)
KEYS = st.recursive(
    st.text() | st.integers() | st.dates() | st.binary(), lambda inner: st.tuples(inner) | st.frozensets(inner)
)


def containers(inner):
    """
    Give what may hold other values.
    """
    mappings = st.dictionaries(KEYS, inner)
    return (
        st.lists(inner)
        | st.tuples(inner, inner)
        | mappings
        | mappings.map(collections.OrderedDict)
        | mappings.map(lambda values: collections.defaultdict(list, values))
        | st.sets(KEYS)
        | st.builds(collections.deque, st.lists(inner), st.none() | st.integers(0, 5))
        | st.builds(Login, inner, inner)
        | st.builds(Disk, inner, st.text())
        | st.builds(Context, LEAVES)  # of objects within it only the classes are known
    )


class TestLaws:
    @settings(deadline=None)
    @given(st.recursive(LEAVES, containers, max_leaves=20))
    def test_what_is_written_can_be_read(self, value):
        """
        Whatever is written comes back equal, and is written again as it was.
        """
        raw = written(value)
        found = decoded(raw)
        assert found == value or was_cut(found)
        assert written(found) == raw

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.integers() | st.text() | st.sampled_from(["builtins:dict", "builtins:tuple", "m:A", "b'x'"]),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            *("$type", "$items", "$pairs", "$attrs", "$repr", "$text", "$cut", "$cycle", "$error"),
                            *("$value", "$bases", "$fields", "$maxlen", "$factory", "$iso", "a"),
                        ]
                    ),
                    inner,
                )
            ),
        )
    )
    def test_whatever_is_in_a_file_can_be_read(self, raw):
        """
        No JSON at all makes reading fail, nor what is read showing, comparing or writing.
        """
        found = decoded(raw)
        assert repr(found)
        assert found == found  # noqa: PLR0124 - comparing runs code of stand-ins
        was_cut(found)
        written(found)
