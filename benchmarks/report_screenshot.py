"""
Make the picture of a report that the docs show: run a few tests of a made-up host with pytest, and look at them.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from hookkit.report import write_report

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "report"))

from browser import Browser  # noqa: E402 - is found there

PICTURE = ROOT / "docs" / "images" / "report.png"
LARGEST = 200_000  # bytes

TESTS = """
import time

import pytest

from hookkit import Replace, get_registry

add_hook = get_registry("nova.hooks").add_hook


class AuditHook:
    def pre(self, context, name, metadata):
        metadata["audited"] = True
        metadata["owner"] = metadata.pop("user", "nobody")
        time.sleep(0.0006)

    def post(self, rv, context, name, metadata):
        time.sleep(0.0003)


class QuotaHook:
    def pre(self, context, name, metadata):
        time.sleep(0.0004)

    def post(self, rv, context, name, metadata):
        time.sleep(0.0004)
        if name == "vm-2":
            return Replace({**rv, "flavor": "m1.tiny"})
        if "project" not in metadata:
            raise KeyError("project")


class NetworkHook:
    def pre(self, context, name):
        time.sleep(0.0003)

    def post(self, rv, context, name):
        time.sleep(0.0002)


@add_hook("allocate_network")
def allocate_network(context, name):
    time.sleep(0.0012)
    return "10.0.0.7"


@add_hook("attach_volume")
def attach_volume(context, name):
    time.sleep(0.0008)
    return "vol-3"


@add_hook("create_instance")
def create_instance(context, name, metadata):
    time.sleep(0.0005)
    instance = {"name": name, "address": allocate_network(context, name), "volume": attach_volume(context, name)}
    time.sleep(0.0004)
    return instance


@pytest.fixture(autouse=True)
def hooks(fake_entry_points):
    fake_entry_points.add("nova.hooks", "create_instance", AuditHook)
    fake_entry_points.add("nova.hooks", "create_instance", QuotaHook)
    for point in ("allocate_network", "attach_volume"):
        fake_entry_points.add("nova.hooks", point, NetworkHook)


@pytest.mark.parametrize("name", ["vm-1", "vm-2", "vm-3"])
def test_the_owner_is_noted(name):
    create_instance("ctx", name, {"user": "bob", "project": 7})


@pytest.mark.hooks(swallowed_errors="ignore", unused="ignore")
def test_a_missing_project_does_not_stop_the_host():
    create_instance("ctx", "vm-4", {"user": "alice", "admin_password": "hunter2"})


@pytest.mark.hooks(unused="ignore")
def test_a_volume_has_a_name():
    assert attach_volume("ctx", "vm-5") == "vol-3"


@pytest.mark.hooks(swallowed_errors="ignore", unused="ignore")
def test_two_in_a_row():
    for name in ("vm-6", "vm-7"):
        create_instance("ctx", name, {"user": "carol", "project": 9})
        time.sleep(0.02)
"""


def record(folder: Path) -> Path:
    """
    Run the tests, and give what was recorded, with the same host and time each time.
    """
    (folder / "test_host.py").write_text(TESTS, encoding="utf-8")
    path = folder / "recording.jsonl"
    options = ["--hooks-record-to", str(path), "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio", "-q"]
    subprocess.run([sys.executable, "-m", "pytest", *options, str(folder)], check=True, cwd=folder)
    first, *lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    header = {**json.loads(first), "host": "build-7", "pid": 4711}
    path.write_text("".join([f"{json.dumps(header)}\n", *lines]), encoding="ascii")
    return path


def main() -> None:
    """
    Make the picture; one that is too large for the docs is an error.
    """
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        tests = Path(folder, "cloud", "tests")  # what the picture shows of the path
        tests.mkdir(parents=True)
        page = Path(folder) / "report.html"
        write_report(record(tests), page)
        browser.open(page, width=1280, height=730)
        browser.screenshot(PICTURE)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")
    if size > LARGEST:
        sys.exit(f"The picture is larger than {LARGEST} bytes.")


if __name__ == "__main__":
    main()
