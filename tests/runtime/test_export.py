"""
Contracts made from what a host's modules decorate, and written.
"""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

import hookkit.contracts
from contract_files import contract_of, point_of, write_contract
from hookkit.contracts import Contract, Placeholder, catalogue, check, export, hosts, load, save, to_json
from hookkit.exceptions import ContractError

SCHEMA = json.loads(Path(hookkit.contracts.__file__).with_name("contract.schema.json").read_text(encoding="utf-8"))

SHOP = """
import functools
from hookkit import add_hook, add_hooks, get_registry

hooks = get_registry("shop.hooks")
LIMIT = object()


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper


class Manager:
    @traced
    @add_hooks
    def ship(self, context: "Context", order, /, *, fast=False, limit=LIMIT) -> None: ...

    @add_hooks(func_name="refund")
    async def _refund(self, context, order, amount=float("inf")): ...

    class Inner:
        @staticmethod
        @hooks.add_hook("inner")
        def make(size=(1, 2), **options): ...

        @classmethod
        @hooks.add_hook("classy")
        def classy(cls, key=lambda item: item): ...

    own = None


Manager.own = Manager
Alias = Manager


@hooks.add_hook("order", pass_function=True)
def order(customer, items=None): ...


def make():
    @add_hook("local", group="shop.local")
    def local(name): ...
    def unused():
        return later
    if False:
        later = 1
    return local, unused


local, unused = make()
kept = [add_hook("kept", group="shop.local")(lambda a, b=LIMIT, c=...: a)]
"""


@pytest.fixture
def shop(site):
    """
    Write the module of a host, and give its name.
    """
    return site.module(SHOP)


def shown(contract):
    """
    Give what tells the points of a contract apart.
    """
    return [
        (point.name, point.group, point.function.partition(":")[2], str(point.signature), point.is_async)
        for point in contract.points
    ]


class TestExport:
    def test_finds_all_that_is_decorated(self, shop):
        """
        Functions, methods of any kind, local functions and those in containers are found, each once and in order.
        """
        contract = export(shop)

        assert shown(contract) == [
            ("ship", None, "Manager.ship", "(self, context, order, /, *, fast=False, limit=LIMIT)", False),
            ("refund", None, "Manager._refund", "(self, context, order, amount=float('inf'))", True),
            ("inner", "shop.hooks", "Manager.Inner.make", "(size=(1, 2), **options)", False),
            ("classy", "shop.hooks", "Manager.Inner.classy", "(cls, key=lambda item: item)", False),
            ("order", "shop.hooks", "order", "(customer, items=None)", False),
            ("local", "shop.local", "make.<locals>.local", "(name)", False),
            ("kept", "shop.local", "<lambda>", "(a, b=unknown, c=Ellipsis)", False),
        ]
        assert (contract.host, contract.releases, contract.release) == (shop, (), None)
        assert {point.kind for point in contract.points[:2]} == {"driver"}
        assert {(point.first, point.last) for point in contract.points} == {(None, None)}
        assert [point.facts for point in contract.points if point.facts] == [{"pass_function": True}]
        assert [point.name for point in contract.points if point.positional == 0] == ["inner"]

    def test_what_is_written_is_read_again(self, shop, tmp_path):
        """
        An exported contract is the same after it was written and read, and fits the schema.
        """
        contract = export(importlib.import_module(shop), "shop")
        path = tmp_path / "shop.json"
        save(contract, path)

        read = load(path)

        assert read == contract
        assert [(p.facts, p.positional) for p in read.points] == [(p.facts, p.positional) for p in contract.points]
        assert read.point("ship").signature.parameters["limit"].default == Placeholder("LIMIT")
        jsonschema.validate(json.loads(path.read_text()), SCHEMA)

    def test_hooks_are_checked_against_it(self, shop):
        """
        A contract that was exported is one to check hooks against.
        """

        class Hook:
            def pre(self, f, customer): ...

        assert [problem.message for problem in check(Hook, export(shop).point("order"))] == [
            "pre() takes 1 argument after f; order is called with up to 2"
        ]

    def test_a_module_that_was_imported_again(self, shop):
        """
        Of a module that was imported twice the functions that are there now count.
        """
        before = importlib.import_module(shop)
        importlib.reload(before)
        kept = [before.order, before.kept]

        assert len(export(shop).points) == 7
        assert len(kept) == 2

    def test_a_package(self, site):
        """
        Of a package the modules that it has imported count, and nothing that they imported from elsewhere.
        """
        other = site.module("from hookkit import add_hook\n@add_hook('other', group='g')\ndef other(): ...\n")
        package = f"{other}_package"
        (site.path / package).mkdir()
        (site.path / package / "__init__.py").write_text(f"from {other} import other\nimport {package}.api\n")
        (site.path / package / "api.py").write_text(
            "from hookkit import add_hooks\nclass M:\n    @add_hooks\n    def do(self): ...\n"
        )
        (site.path / package / "late.py").write_text("1 / 0\n")
        site.modules += [package, f"{package}.api"]

        assert shown(export(package)) == [("do", None, "M.do", "(self)", False)]

    def test_a_default_that_is_a_placeholder(self, site):
        """
        A stand-in's default, which is known by its source alone, stays as it is.
        """
        module = ModuleType(f"{site.module('')}_made")
        site.modules.append(module.__name__)
        sys.modules[module.__name__] = module
        exec(
            "from hookkit.testing import HookHost\nname = HookHost().point('name', '(a=CONF.a)', group='shop.made')\n",
            vars(module),
        )
        module.name.__wrapped__.__module__ = module.__name__

        assert shown(export(module)) == [("name", "shop.made", "name", "(a=CONF.a)", False)]

    def test_a_callable_object(self, site):
        """
        An object that can be called is named after its class.
        """
        name = site.module(
            "from hookkit import add_hook\n"
            "class Order:\n    def __call__(self, size): ...\n"
            "order = add_hook('order', group='g')(Order())\n"
        )

        assert shown(export(name)) == [("order", "g", "Order", "(size)", False)]

    def test_a_module_that_is_not_there(self):
        """
        A module that cannot be imported is an error, and an ImportError.
        """
        with pytest.raises(ContractError) as raised:
            export("no.such.module")

        assert str(raised.value) == "Cannot import module 'no.such.module': ModuleNotFoundError: No module named 'no'."
        assert isinstance(raised.value, ImportError)

    def test_a_module_without_hook_points(self):
        """
        A module that decorates nothing has no contract.
        """
        with pytest.raises(ContractError) as raised:
            export(json)

        assert str(raised.value) == (
            "Module 'json' has no hook points: nothing in it is decorated with add_hook() or add_hooks(). "
            "Name the module that has the decorated functions."
        )

    def test_a_signature_that_cannot_be_read(self, site):
        """
        A function without a signature cannot be exported.
        """
        name = site.module(
            "from hookkit import add_hook\n"
            "class Order:\n    __signature__ = 'none'\n    def __call__(self): ...\n"
            "    def __repr__(self): return '<Order>'\n"
            "order = add_hook('order', group='g')(Order())\n"
        )

        with pytest.raises(ContractError) as raised:
            export(name)

        assert str(raised.value) == (
            "The signature of <Order> cannot be read. Decorate a function that is written in Python."
        )


class TestLoad:
    @pytest.mark.parametrize(
        ("key", "value", "accepted"),
        [
            ("positional", -1, "null or a number of arguments"),
            ("positional", True, "null or a number of arguments"),
            ("positional", "1", "null or a number of arguments"),
            ("replaced_by", "", "a text that is not empty"),
        ],
    )
    def test_wrong_values(self, tmp_path, key, value, accepted):
        """
        What a contract may say beyond what it must say is read as strictly.
        """
        path = write_contract(tmp_path, contract_of(point_of(**{key: value})))

        with pytest.raises(ContractError) as raised:
            load(path)

        assert str(raised.value) == (
            f"Cannot read contract {str(path)!r}: points[0].{key} is {json.dumps(value)}; it must be {accepted}."
        )


class TestSave:
    @pytest.mark.parametrize("host", hosts())
    def test_the_catalogue(self, host, tmp_path):
        """
        The shipped contracts fit the schema, and are the same after they were written and read.
        """
        contract = catalogue(host)
        path = tmp_path / "contract.json"
        save(contract, path)
        read = load(path)

        assert read.history == contract.history
        assert (read.facts, read.release_names) == (contract.facts, contract.release_names)
        for mine, theirs in zip(read.history, contract.history, strict=True):
            assert (mine.facts, mine.positional, mine.replaced_by) == (
                theirs.facts,
                theirs.positional,
                theirs.replaced_by,
            )
        jsonschema.validate(json.loads(path.read_text()), SCHEMA)
        shipped = Path(hookkit.contracts.__file__).with_name(f"{host}.json")
        jsonschema.validate(json.loads(shipped.read_text()), SCHEMA)

    def test_what_the_schema_refuses(self):
        """
        The schema tells what is no contract.
        """
        validator = jsonschema.Draft202012Validator(SCHEMA)
        raw = json.loads(to_json(catalogue("manila")))
        raw["points"][0]["group"] = "a group"

        assert not validator.is_valid(raw)
        assert not validator.is_valid({"contract": 2, "host": "h", "releases": [], "points": []})

    def test_a_file_that_cannot_be_written(self, tmp_path):
        """
        Where the file cannot be written, the error says why.
        """
        path = tmp_path / "no" / "contract.json"

        with pytest.raises(ContractError) as raised:
            save(catalogue("nova"), path)

        assert str(raised.value) == f"Cannot write contract {str(path)!r}: No such file or directory."

    def test_a_fact_that_is_no_json(self):
        """
        A fact that JSON cannot hold is an error, as with json itself.
        """
        contract = Contract(host="h", releases=(), points=(), facts={"made": object})

        with pytest.raises(TypeError) as raised:
            to_json(contract)

        assert str(raised.value) == "<class 'object'> is no value of JSON."
