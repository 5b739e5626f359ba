"""
Named hooks that append what they were given to a log file.

The file is named by the environment variable ``DEMO_HOOKS_LOG``; without it, it is ``demo_hooks.log`` in the working
directory.
"""

import os
import time
from pathlib import Path

from hookkit import FatalHookException


def log_path() -> Path:
    """
    Say where the log file is; asked anew for each line, so that it can be moved.
    """
    return Path(os.environ.get("DEMO_HOOKS_LOG", "demo_hooks.log"))


def write_line(text: str) -> None:
    """
    Append *text* to the log file, with the time.
    """
    with log_path().open("a", encoding="utf-8") as log:
        log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")


class CreateHook:
    """
    Around ``create_instance``: demands an owner, marks the instance as audited, notes the outcome.
    """

    def pre(self, api, context, instance_type, image_href, *args, metadata=None, **kwargs):
        """
        Refuse an instance that says in its metadata that it has no owner; mark any other as audited.
        """
        if metadata is not None:
            if metadata.get("owner", "?") is None:
                raise FatalHookException("an instance needs an owner")
            metadata["audited"] = True
        write_line(f"create_instance begins: type {instance_type}, image {image_href}, metadata {metadata}")

    def post(self, rv, *args, **kwargs):
        """
        Note what was made.
        """
        instances, reservation_id = rv
        write_line(f"create_instance done: {len(instances)} in reservation {reservation_id}")

    def error(self, exc, *args, **kwargs):
        """
        Note that nothing was made, and why.
        """
        write_line(f"create_instance failed: {exc}")


class DeleteHook:
    """
    After ``delete_instance``: notes who owned what is gone.
    """

    def post(self, rv, manager, context, instance, *args, **kwargs):
        """
        Note the owner; instances without the entry make this raise, which must not stop the host.
        """
        write_line(f"delete_instance done: {instance['uuid']} of {instance['metadata']['owner']}")


class NetworkInfoHook:
    """
    Before ``instance_network_info``: fills in a label where a network has none.
    """

    order = 10

    def pre(self, api, context, instance, nw_info=None, *args, **kwargs):
        """
        Label the networks in place, so that the host stores them labelled.
        """
        for vif in nw_info or ():
            vif["network"].setdefault("label", "unnamed")
        write_line(f"instance_network_info: {len(nw_info or ())} networks of {instance['uuid']}")
