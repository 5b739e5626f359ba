"""
What tests of checking hooks share: hook points, hooks that are read and never run, and what is told about them.
"""

import importlib
import textwrap

from contract_files import contract_of, write_contract
from contract_files import point_of as raw_point_of
from hookkit import HookBase
from hookkit.contracts import ContractPoint, load, parse_signature
from hookkit.contracts._check import look_at

DRIVERS = f"""\
from hookkit import HookBase, Replace
from {__name__} import Driver

WATCHED = ("update_access", "shrnk_share")
HANDLERS = {{"deny_access": print, 42: print}}
"""


class Driver(HookBase):
    """
    A driver hook that does nothing.
    """

    def _execute_pre_hook(self, context, func_name, *args, **kwargs): ...

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs): ...

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...


def driver_contract(folder, *signatures, **changes):
    """
    Give a contract of driver hook points, one for each signature; it was written to a file in *folder*.
    """
    points = [
        raw_point_of(name=f"point{index}", kind="driver", group=None, signature=signature, **changes)
        for index, signature in enumerate(signatures)
    ]
    return load(write_contract(folder, contract_of(*points)))


def point_of(signature, *, name="create", function="host.api:create", **options):
    """
    Give a named hook point with a signature.
    """
    made = {
        "name": name,
        "group": "host.hooks",
        "function": function,
        "signature": parse_signature(signature),
        "kind": "named",
        "is_async": False,
        "first": None,
        "last": None,
    }
    return ContractPoint(**{**made, **options})


def method_of(signature, name="pre"):
    """
    Make a hook class with one method; nobody can read its source.
    """
    namespace = {}
    exec(f"class Hook:\n    def {name}{signature}: ...\n", namespace)
    return namespace["Hook"]


def written(site, source, header="from hookkit import Replace"):
    """
    Write a module of hooks and import it.
    """
    return importlib.import_module(site.module(f"{header}\n{textwrap.dedent(source)}"))


def told(hook, point):
    """
    Give kind and message of each problem.
    """
    return [(problem.kind, problem.message) for problem in look_at(hook, point).problems]


def messages(hook, point):
    """
    Give the message of each problem.
    """
    return [message for _, message in told(hook, point)]
