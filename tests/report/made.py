"""
Recordings that are made by hand: of any size, and with what a recording may hold at the worst.
"""

import json

HEADER = {
    "format": "hookkit-recording",
    "version": 1,
    "hookkit": "0.1.0",
    "python": "3.12.1",
    "platform": "Linux",
    "host": "staging-3",
    "pid": 4711,
    "started_ns": 1_767_225_600_000_000_000,
}
START_NS = HEADER["started_ns"] + 5_000_000
AUDIT = {"class": "audit.hooks:AuditHook", "entry_point": "audit = audit.hooks:AuditHook", "distribution": "audit"}
QUOTA = {
    "class": "quota:QuotaHook",
    "entry_point": "quota = quota:QuotaHook",
    "distribution": "quota",
    "version": "2.1",
}
QUOTA_FILE = "/srv/venv/lib/python3.12/site-packages/quota/hooks.py"
TRACEBACK = [
    {
        "file": "/srv/venv/lib/python3.12/site-packages/quota/hooks.py",
        "line": 38,
        "function": "post",
        "text": "self.take()",
    },
    {"file": QUOTA_FILE, "line": 52, "function": "take", "text": "take()"},
    {"file": QUOTA_FILE, "line": 52, "function": "take", "text": "take()"},
    {"file": "/srv/work/quota/rules/limits.py", "line": 7, "function": "limit"},
]
POINTS = ("create_instance", "delete_instance", "attach_volume", "resize_instance")


class Made:
    """
    Lines of a recording, with a clock of their own.

    Args:
        test: The id of the test that all is said to be in; None for a recording of a running host.
    """

    def __init__(self, test=None):
        self.lines = [HEADER]
        self.test = test
        self.now_ns = START_NS
        self.calls = 0
        self.events = 0

    def event(self, call, phase, *, took_ns=20_000, **fields):
        """
        Add an event that begins now; it is over when it returns.
        """
        self.events += 1
        line = {"kind": "event", "seq": self.events, "call": call, "test": self.test, "phase": phase, **fields}
        self._add(line, self.now_ns, took_ns)
        self.now_ns += took_ns

    def call(self, seq, *, began_ns, **fields):
        """
        Add the line of a call that is over now.
        """
        self._add({"kind": "call", "seq": seq, "test": self.test, **fields}, began_ns, self.now_ns - began_ns)
        self.now_ns += 1000

    def next_call(self):
        """
        Give the number of another call, and the time.
        """
        self.calls += 1
        return self.calls, self.now_ns

    def whole_call(self, point="create_instance", *, pre=None, body=None, post=None, arguments=None, **fields):
        """
        Add a call with the events pre, body and post, and the fields that each of them shall have.
        """
        seq, began_ns = self.next_call()
        same = {
            "group": "nova.hooks",
            "point": point,
            "arguments": arguments or {"context": "ctx", "name": f"vm-{seq}"},
        }
        self.now_ns += 3000
        self.event(seq, "pre", **{"hook": AUDIT, **same, **(pre or {})})
        self.event(seq, "body", **{"took_ns": 300_000, "returned": seq, **same, **(body or {})})
        self.event(seq, "post", **{"hook": QUOTA, "result": seq, **same, **(post or {})})
        same["function"] = "nova.compute.api:API.create"
        self.call(seq, began_ns=began_ns, **{"result": seq, "thread": "MainThread", **same, **fields})
        return seq

    def write(self, path):
        """
        Write the recording.
        """
        path.write_text("".join(f"{json.dumps(line)}\n" for line in self.lines), encoding="ascii")
        return path

    def _add(self, line, began_ns, took_ns):
        if took_ns is None:
            line["unfinished"] = True
        times = {"started_ns": began_ns, "duration_ns": took_ns}
        self.lines.append({name: value for name, value in {**line, **times}.items() if value is not None})


def large(path, events, tests=None):
    """
    Write a recording of so many events, three to each call.

    Args:
        path: Where it goes.
        events: How many events.
        tests: How many tests they are shared out to; None if it is one of a running host.
    """
    with path.open("w", encoding="ascii") as out:
        made = Made()
        total = max(1, events // 3)
        for number in range(total):
            if tests:  # pragma: no branch - a live recording is written for the browser alone
                test = number * tests // total
                made.test = f"tests/test_{test // 50}.py::TestHost{test // 10 % 5}::test_works_{test}"
            arguments = {
                "context": {
                    "$type": "nova.context:RequestContext",
                    "$attrs": {"user_id": f"u{number % 50}", "is_admin": False},
                },
                "instance_type": "m1.small",
                "name": f"vm-{number}",
                "metadata": {"owner": "bob", "project": number % 7, "tags": ["a", "b", number]},
            }
            error = {"type": "builtins:KeyError", "text": f"'project {number}'"}
            post = {"raised": error, "swallowed": True} if number % 1000 == 400 else {}
            pre = {"changes": [{"path": "metadata['audited']", "after": True}]} if number % 3 == 0 else {}
            made.whole_call(POINTS[number % 4], arguments=arguments, pre=pre, post=post)
            made.now_ns += 20_000_000 if number % 200 == 0 else 100_000
            out.writelines(f"{json.dumps(line)}\n" for line in made.lines)
            made.lines.clear()
    return path


def varied(path):
    """
    Write a recording of four tests: nested calls, two threads, changes, a Replace, errors, a mask, a tick, an end.
    """
    made = Made("tests/test_audit.py::TestAudit::test_metadata_is_marked[16.0.0]")
    made.whole_call(
        arguments={"context": "ctx", "name": "vm-1", "metadata": {"owner": "bob"}, "admin_password": "***"},
        pre={
            "changes": [
                {"path": "metadata['audited']", "after": True},
                {"path": "metadata['owner']", "before": "bob", "after": "BOB"},
            ]
        },
        post={"replaced": True, "returned": {"id": 1, "size": 1.0, "big": 12345678901234567890}},
    )
    made.test = "tests/test_audit.py::TestAudit::test_nested_calls"
    _nested(made)
    made.test = "tests/test_quota.py::test_a_broken_hook_does_not_stop_the_host"
    made.whole_call(
        "delete_instance",
        post={
            "raised": {"type": "builtins:KeyError", "text": "'project'"},
            "traceback": TRACEBACK,
            "swallowed": True,
        },
        arguments={
            "context": {"$type": "nova.context:RequestContext", "$attrs": {"user_id": "bob", "roles": ["admin"]}}
        },
    )
    made.test = "tests/test_quota.py::test_the_host_hangs"
    seq, _ = made.next_call()
    made.event(seq, "pre", hook=AUDIT, group="nova.hooks", point="resize_instance", arguments={"name": "vm-9"})
    made.now_ns += 1_000_000
    line = {"group": "nova.hooks", "point": "resize_instance", "arguments": {"name": "vm-9"}}
    made.events += 1
    made._add(
        {"kind": "event", "seq": made.events, "call": seq, "test": made.test, "phase": "body", **line},
        made.now_ns,
        None,
    )
    return made.write(path)


def _nested(made):
    outer, began_ns = made.next_call()
    same = {"group": "nova.hooks", "point": "build_instance", "arguments": {"name": "vm-2"}}
    made.now_ns += 5000
    made.event(outer, "pre", hook=AUDIT, took_ns=60_000, **same)
    body_ns = made.now_ns
    made.now_ns += 20_000
    for point in ("attach_volume", "allocate_network"):
        made.whole_call(point, parent=outer, body={"took_ns": 150_000})
        made.now_ns += 30_000
    made.events += 1
    body = {
        "kind": "event",
        "seq": made.events,
        "call": outer,
        "test": made.test,
        "phase": "body",
        "returned": 7,
        **same,
    }
    made._add(body, body_ns, made.now_ns - body_ns)
    made.event(outer, "post", hook=QUOTA, result=7, took_ns=80_000, **same)
    made.call(outer, began_ns=began_ns, result=7, thread="MainThread", **same)
    made.now_ns += 40_000_000
    made.whole_call("resize_instance", thread="Thread-1 (work)", task="Task-7", body={"took_ns": 500_000})


HOSTILE = (
    "</script><script>document.title = 'stolen'</script>",
    "<!-- <img src=x onerror=alert(1)> -->",
    "\u202ertl\u202c \u2067isolated\u2069 \u200f",
    "line\u2028separator\u2029paragraph",
    "\ud800 lone",
    "\x00\x1b[31m\x7f",
    "שלום עולם",
    "&lt;b&gt; &amp; \" ' \\ `",
    "]]>{{7*7}}${alert(1)}",
)


def hostile(path, *, size=1_000_000):
    """
    Write a recording whose every text is made to break out of a page, and one value that is very long.
    """
    made = Made()
    for text in HOSTILE:
        made.test = f"tests/{text}.py::test_{text}"
        made.whole_call(
            text,
            arguments={
                text: text,
                "list": [text, {text: text}],
                "object": {"$type": f"m:{text}", "$attrs": {text: text}},
            },
            pre={"hook": {"class": f"m:{text}", "entry_point": text, "distribution": text, "version": text}},
            body={"changes": [{"path": text, "before": text, "after": text}]},
            post={
                "raised": {"type": f"m:{text}", "text": text},
                "traceback": [{"file": f"{text}/{text}", "line": 1, "function": text, "text": text}],
                "swallowed": True,
            },
            thread=text,
            function=text,
        )
    made.test = "tests/test_long.py::test_long"
    made.whole_call("long", arguments={"text": "x" * size + "the end", "many": list(range(2500))})
    made.lines[0] = {**HEADER, "host": HOSTILE[0], "pytest": HOSTILE[2]}
    return made.write(path)
