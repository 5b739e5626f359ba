"""
Typical mistakes, and what a test says of each.
"""

from copy import deepcopy
from textwrap import dedent

import pytest

from hookkit import HookRegistry, Recorder
from hookkit.testing import body, post, pre


class AuditHook:
    """
    Marks what is created.
    """

    def pre(self, context, name, metadata):
        metadata["audited"] = True

    def post(self, rv, context, name, metadata):
        pass


class QuotaHook:
    """
    Counts down, and raises where there is nothing to count.
    """

    def pre(self, context, name, metadata):
        metadata["quota"] -= 1


REGISTRY = HookRegistry("mistakes.hooks")
REGISTRY.register("create_instance", AuditHook)
REGISTRY.register("create_instance", QuotaHook)


@REGISTRY.add_hook("create_instance")
def create(context, name, metadata):
    """
    Create something, as a host would.
    """
    if not name:
        raise ValueError("no name")
    return 42


def metadata(**more):
    """
    Give what both hooks are content with.
    """
    return {"quota": 3, "tags": [{"owner": "bob"}], **more}


AUDIT = pre("create_instance", hook=AuditHook)
QUOTA = pre("create_instance", hook=QuotaHook)
BODY = body("create_instance")
AFTER = post("create_instance", hook=AuditHook)


MISTAKES = {
    "wrong order": (
        [("ctx", "vm-1", metadata())],
        [QUOTA, AUDIT, BODY, AFTER],
        """
        event 1 comes one too late: pre create_instance by QuotaHook
          expected as event 1, recorded as event 2

            expected                        recorded
        > 1 pre  create_instance QuotaHook  (not recorded here)
          2 pre  create_instance AuditHook  pre  create_instance AuditHook
        > 2 (not expected here)             pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        """,
    ),
    "missing post": (
        [("ctx", "", metadata())],
        [AUDIT, QUOTA, BODY, AFTER],
        """
        event 4 of 4 is missing: post create_instance by AuditHook
          nothing more was recorded; create_instance raised ValueError: no name

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance raised ValueError: no name
        > 4 post create_instance AuditHook  (nothing more was recorded)
        """,
    ),
    "nested argument": (
        [("ctx", "vm-1", metadata())],
        [
            AUDIT.with_arguments(metadata=metadata(tags=[{"owner": "alice"}])),
            QUOTA,
            BODY,
            AFTER,
        ],
        """
        event 1 of 4 differs: pre create_instance by AuditHook
          metadata['tags'][0]['owner']: expected 'alice', got 'bob'

            expected                                  recorded
        > 1 pre  create_instance AuditHook            pre  create_instance AuditHook
              metadata['tags'][0]['owner'] = 'alice'    metadata['tags'][0]['owner'] = 'bob'
          2 pre  create_instance QuotaHook            pre  create_instance QuotaHook
          3 body create_instance                      body create_instance -> 42
          4 post create_instance AuditHook            post create_instance AuditHook
        """,
    ),
    "wrong hook": (
        [("ctx", "vm-1", metadata())],
        [QUOTA, QUOTA, BODY, AFTER],
        """
        event 1 of 4 differs: pre create_instance by QuotaHook
          hook: expected MODULE:QuotaHook, got MODULE:AuditHook

            expected                        recorded
        > 1 pre  create_instance QuotaHook  pre  create_instance AuditHook
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        """,
    ),
    "extra call": (
        [("ctx", "vm-1", metadata()), ("ctx", "vm-2", {"quota": 1})],
        [AUDIT, QUOTA, BODY, AFTER],
        """
        event 5 was not expected: pre create_instance by AuditHook
          nothing more was expected
          it is of a call that was not expected: create_instance('ctx', 'vm-2', {'quota': 1})

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        > 5 (not expected here)             pre  create_instance AuditHook
        > 6 (not expected here)             pre  create_instance QuotaHook
        > 7 (not expected here)             body create_instance -> 42
        > 8 (not expected here)             post create_instance AuditHook
        """,
    ),
    "swallowed error": (
        [("ctx", "vm-1", {})],
        [AUDIT, QUOTA.changing("metadata['quota']", 2), BODY, AFTER],
        """
        event 2 of 4 differs: pre create_instance by QuotaHook
          metadata['quota']: expected 2, got no change; it raised KeyError: 'quota', which was swallowed

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
        > 2 pre  create_instance QuotaHook  pre  create_instance QuotaHook swallowed KeyError: 'quota'
              metadata['quota'] = 2           metadata['quota'] = no change
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        """,
    ),
    "typo in a point": (
        [("ctx", "vm-1", metadata())],
        [AUDIT, QUOTA, BODY, post("create_instanec")],
        """
        event 4 of 4 differs: post create_instanec
          point: expected 'create_instanec', got 'create_instance'; did you mean 'create_instance'?

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
        > 4 post create_instanec            post create_instance AuditHook
        """,
    ),
    "typo beside a difference": (
        [("ctx", "vm-1", metadata())],
        [AUDIT, post("create_instanec")],
        """
        event 2 was not expected: pre create_instance by QuotaHook
          expected here: post create_instanec
          no hook point is called 'create_instanec'; did you mean 'create_instance'?

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
        > 2 (not expected here)             pre  create_instance QuotaHook
        > 3 (not expected here)             body create_instance -> 42
        > 2 post create_instanec            post create_instance AuditHook
        """,
    ),
    "typo in an argument": (
        [("ctx", "vm-1", metadata())],
        [AUDIT.with_arguments(metdata=metadata()), QUOTA, BODY, AFTER],
        """
        event 1 of 4 differs: pre create_instance by AuditHook
          metdata: expected {'quota': 3, 'tags': [{'owner': 'bob'}]}, got (absent); did you mean 'metadata'?

            expected                                              recorded
        > 1 pre  create_instance AuditHook                        pre  create_instance AuditHook
              metdata = {'quota': 3, 'tags': [{'owner': 'bob'}]}    metdata = (absent)
          2 pre  create_instance QuotaHook                        pre  create_instance QuotaHook
          3 body create_instance                                  body create_instance -> 42
          4 post create_instance AuditHook                        post create_instance AuditHook
        """,
    ),
    "wrong result": (
        [("ctx", "vm-1", metadata())],
        [AUDIT, QUOTA, BODY, AFTER.result(43)],
        """
        event 4 of 4 differs: post create_instance by AuditHook
          result: expected 43, got 42

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
        > 4 post create_instance AuditHook  post create_instance AuditHook
              result = 43                     result = 42
        """,
    ),
    "wrong phase": (
        [("ctx", "vm-1", metadata())],
        [AUDIT, post("create_instance", hook=QuotaHook), BODY, AFTER],
        """
        event 2 of 4 differs: post create_instance by QuotaHook
          phase: expected post, got pre

            expected                        recorded
          1 pre  create_instance AuditHook  pre  create_instance AuditHook
        > 2 post create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        """,
    ),
    "no exception": (
        [("ctx", "vm-1", metadata())],
        [AUDIT, QUOTA.raising(KeyError, match="quota"), BODY, AFTER],
        """
        event 2 of 4 differs: pre create_instance by QuotaHook
          raised: expected KeyError matching 'quota', got no exception

            expected                                                         recorded
          1 pre  create_instance AuditHook                                   pre  create_instance AuditHook
        > 2 pre  create_instance QuotaHook raised KeyError matching 'quota'  pre  create_instance QuotaHook
          3 body create_instance                                             body create_instance -> 42
          4 post create_instance AuditHook                                   post create_instance AuditHook
        """,
    ),
    "by keyword": (
        [("ctx", "vm-1", metadata())],
        [AUDIT.with_args("ctx", name="vm-1", metadata=metadata()), QUOTA, BODY, AFTER],
        """
        event 1 of 4 differs: pre create_instance by AuditHook
          name: expected 'vm-1' by keyword, got 'vm-1' by position

            expected                        recorded
        > 1 pre  create_instance AuditHook  pre  create_instance AuditHook
              name = 'vm-1' by keyword        name = 'vm-1' by position
          2 pre  create_instance QuotaHook  pre  create_instance QuotaHook
          3 body create_instance            body create_instance -> 42
          4 post create_instance AuditHook  post create_instance AuditHook
        """,
    ),
    "nothing recorded": (
        [],
        [AUDIT],
        """
        nothing was recorded: no hook point of group 'mistakes.hooks' was called.
          loaded: AuditHook at create_instance, QuotaHook at create_instance; hook points: create_instance

            expected                        recorded
        > 1 pre  create_instance AuditHook  (nothing more was recorded)
        """,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_its_message(name, monkeypatch):
    """
    The first line says what is different, the second where; both sequences follow.
    """
    monkeypatch.setattr("hookkit.recording._headlines.registries", lambda: (REGISTRY,))
    assert REGISTRY.point("create_instance").hooks  # loaded, whatever ran before
    calls, expected, message = MISTAKES[name]
    with Recorder() as recorder:
        for args in deepcopy(calls):
            if not args[1]:
                with pytest.raises(ValueError, match="no name"):
                    create(*args)
            else:
                create(*args)
    with pytest.raises(AssertionError) as caught:
        recorder.assert_sequence(expected)
    assert str(caught.value) == dedent(message).strip("\n").replace("MODULE", __name__)
