"""
Hooks of one world in the other, and the catalogue beside the installed hosts.
"""

import ast
import importlib.util
import inspect
from pathlib import Path
from types import SimpleNamespace

import nova.hooks
import pytest
from manila.share.configuration import Configuration
from manila.share.hook import HookBase as ManilaHookBase
from manila.share.manager import ShareManager, add_hooks, share_manager_opts

import hookkit
from hookkit.compat import manila_hook, nova_hooks
from hookkit.contracts import catalogue, parse_signature
from oracle.differences import DIFFERENCES
from oracle.fake_hooks import Settings, driver_hook_class

BASES = pytest.mark.parametrize(
    "base", [ManilaHookBase, hookkit.HookBase, manila_hook.HookBase], ids=["manila", "hookkit", "compat"]
)
MANAGERS = pytest.mark.parametrize("decorate", [add_hooks, hookkit.add_hooks], ids=["manila", "hookkit"])
ON = {"enable_pre_hooks": True, "enable_post_hooks": True, "enable_periodic_hooks": True}


def source(module):
    """
    Parse the source of a module that need not be importable.
    """
    package, _, rest = module.partition(".")
    root = Path(importlib.util.find_spec(package).origin).parent
    return ast.parse(root.joinpath(*rest.split(".")).with_suffix(".py").read_text())


def hooked(module, decorator):
    """
    Give the functions of a module that are decorated with *decorator*, by dotted name.
    """
    found = {}

    def visit(parent, prefix):
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.ClassDef):
                visit(node, f"{node.name}.")
            elif isinstance(node, ast.FunctionDef):
                written = [ast.unparse(decoration) for decoration in node.decorator_list]
                found.update({f"{prefix}{node.name}": node for text in written if text.startswith(decorator)})

    visit(source(module), "")
    return found


class TestHooksOfNova:
    def test_a_hook_that_imports_from_nova_runs_unchanged(self, tmp_path, monkeypatch, install):
        """
        A class written for Nova's own module, with Nova's fatal exception, does its work under hookkit.
        """

        class QuotaHook:
            def pre(self, f, *args, **kwargs):
                if kwargs.get("count", 1) > 2:
                    raise nova.hooks.FatalHookException("Too many.")
                args[0].append(f.__name__)

            def post(self, f, rv, *args, **kwargs):
                args[0].append(rv)

        install("create_instance", QuotaHook)

        @nova_hooks.add_hook("create_instance", pass_function=True)
        def create(seen, count=1):
            return count

        seen = []
        assert create(seen, count=2) == 2
        assert seen == ["create", 2]
        with pytest.raises(nova.hooks.FatalHookException, match=r"^Too many\.$"):
            create(seen, count=3)
        assert seen == ["create", 2]

    def test_a_hook_that_imports_from_hookkit_runs_in_nova(self, install):
        """
        A class written for hookkit does its work in Nova, but for what Nova does not know.
        """
        notes = []

        class Hook:
            order = 1

            def pre(self, name):
                notes.append(f"pre {name}")

            def post(self, rv, name):
                notes.append(f"post {name}: {rv}")
                return hookkit.Replace("not here")

            def error(self, exc, name): ...

        install("create_instance", Hook)
        create = nova.hooks.add_hook("create_instance")(lambda name: 1 // len(name))
        assert create("a") == 1
        with pytest.raises(ZeroDivisionError):
            create("")
        nova.hooks.reset()
        assert notes == ["pre a", "post a: 1", "pre "]


class TestDriverHooks:
    @BASES
    @MANAGERS
    def test_any_hook_runs_in_any_manager(self, base, decorate):
        """
        A hook may be of Manila's base or of hookkit's, the manager Manila's or hookkit's.
        """
        notes = []
        hook = driver_hook_class(base)(
            Settings(**ON),
            notes=notes,
            pre=lambda context, func_name: f"before {func_name}",
            post=lambda context, func_name, data, result: result.append(data),
        )

        @decorate
        def create_share(self, context, share_id, size=1):
            return [size]

        assert create_share(SimpleNamespace(hooks=[hook]), "ctx", share_id="id") == [1, "before create_share"]
        assert [(phase, args[0], kwargs) for _, phase, args, kwargs in notes] == [
            ("pre", "ctx", {"share_id": "id"}),
            ("post", "ctx", {"share_id": "id"}),
        ]

    @BASES
    def test_any_hook_gets_positional_arguments_in_hookkit(self, base):
        """
        Under hookkit's add_hooks a real hook of Manila's gets by name what the caller gave by position.
        """
        hook = driver_hook_class(base)(Settings(**ON))
        create_share = hookkit.add_hooks(func_name="create_share")(lambda self, context, share_id: share_id)
        assert create_share(SimpleNamespace(hooks=[hook]), "ctx", "id") == "id"
        assert hook.notes[0] == ("hook", "pre", ("ctx", "create_share"), {"share_id": "id"})

    def test_what_manila_does_not_know_has_no_effect_there(self):
        """
        In Manila a Replace is ignored; a hook's own default context is used there, too, as the hook asks for it.
        """

        class Hook(driver_hook_class(hookkit.HookBase)):
            def default_context(self):
                return "default"

        hook = Hook(Settings(**ON), post=hookkit.Replace("replaced"))
        manager = SimpleNamespace(hooks=[hook])
        assert add_hooks(lambda self, share_id: "result")(manager, share_id=1) == "result"
        assert hook.notes[0][2] == ("default", "<lambda>")

    @BASES
    def test_a_real_method_of_manila_runs_any_hook(self, base):
        """
        A method of the real share manager, all its decorators included, runs a hook around it.
        """
        done = []
        hook = driver_hook_class(base)(Settings(**ON))
        manager = SimpleNamespace(
            hooks=[hook],
            driver=SimpleNamespace(initialized=True),
            _report_driver_status=done.append,
            _publish_service_capabilities=done.append,
        )
        ShareManager.publish_service_capabilities(manager, "ctx")
        assert done == ["ctx", "ctx"]
        assert hook.notes == [
            ("hook", "pre", ("ctx", "publish_service_capabilities"), {}),
            ("hook", "post", ("ctx", "publish_service_capabilities", None, None), {}),
        ]

    def test_hooks_of_both_bases_share_a_configuration(self):
        """
        In a real Manila a group takes the options of hooks of either base, in any order, and hookkit loads hooks by it.
        """
        configuration = Configuration(share_manager_opts, config_group="oracle_both")
        for base in (hookkit.HookBase, ManilaHookBase, manila_hook.HookBase):
            hook = driver_hook_class(base)(configuration)
            assert hook.get_config_option("periodic_hooks_interval") == 300.0
        assert hookkit.load_hook_drivers(configuration) == []


class TestCatalogueOfManila:
    @pytest.mark.parametrize("release", ["22.0.0", "HEAD"])
    def test_the_installed_share_manager_has_its_hook_points(self, release):
        """
        Manila 23 decorates the very methods that the catalogue has for the release before and for today.
        """
        methods = hooked("manila.share.manager", "add_hooks")
        assert set(methods) == {f"ShareManager.{point.name}" for point in catalogue("manila", release).points}

    @pytest.mark.parametrize("point", catalogue("manila").points, ids=str)
    def test_a_method_of_the_installed_share_manager(self, point):
        """
        It has the signature of the catalogue, and hooks are told its name.
        """
        method = getattr(ShareManager, point.name)
        assert point.function == f"{ShareManager.__module__}:{method.__qualname__}"
        assert inspect.signature(method) == point.signature
        assert method.__wrapped__.__name__ == point.name


class TestCatalogueOfNova:
    @pytest.mark.parametrize("module", sorted({point.function.partition(":")[0] for point in catalogue("nova").points}))
    def test_the_installed_nova_has_its_hook_points(self, module):
        """
        Nova 21 decorates the very functions that the catalogue has for it.
        """
        expected = {point.function for point in catalogue("nova", "21.0.0").points}
        found = {f"{module}:{name}" for name in hooked(module, "hooks.add_hook")}
        assert found == {function for function in expected if function.startswith(f"{module}:")}

    @pytest.mark.parametrize("point", catalogue("nova", "21.0.0").points, ids=lambda point: point.name)
    def test_a_function_of_the_installed_nova(self, point):
        """
        It has the name and the signature of the catalogue.
        """
        module, _, name = point.function.partition(":")
        function = hooked(module, "hooks.add_hook")[name]
        (decorator,) = (node for node in function.decorator_list if "add_hook" in ast.unparse(node))
        assert ast.literal_eval(decorator.args[0]) == point.name
        assert parse_signature(f"({ast.unparse(function.args)})") == point.signature


class TestThePageOnTheForebears:
    @pytest.mark.parametrize("difference", sorted(DIFFERENCES))
    def test_it_tells_of_every_difference(self, difference):
        """
        The docs have a paragraph or a point that begins with the difference's words.
        """
        page = Path(__file__).parents[2] / "docs" / "explanation" / "forebears.md"
        assert f"**{difference[0].upper()}{difference[1:]}" in page.read_text()
