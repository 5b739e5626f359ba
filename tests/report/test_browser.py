"""
Reports in a real browser.
"""

import json
import os
import re
import socket

import pytest

from hookkit.report import write_report
from report.made import HEADER, HOSTILE, TRACEBACK, Made, hostile, large, varied

pytest.importorskip("fcntl", reason="Chromium is spoken to over pipes that only POSIX has.")

from report.browser import PATH, Browser

TOX_ENVIRONMENT = "browser"  # what a browser shows is the same in all, and takes much longer where it is measured
if PATH is None:
    pytest.skip("There is no Chromium here: 'apt-get install chromium' has one.", allow_module_level=True)
if os.environ.get("TOX_ENV_NAME", TOX_ENVIRONMENT) != TOX_ENVIRONMENT:
    pytest.skip(f"Reports are looked at in tox's {TOX_ENVIRONMENT} alone.", allow_module_level=True)

NAME = "#items [aria-selected=true] .name"
CHOSEN = "#outline [aria-selected=true]"
TITLE = "#detail .title"
NAMED_ROLES = ("button", "listbox", "searchbox", "combobox", "textbox")


@pytest.fixture(scope="module")
def browser():
    """
    A browser for all tests.
    """
    with Browser() as browser:
        yield browser


@pytest.fixture
def made_page(tmp_path):
    """
    Write a recording with a function of ``report.made``, or from lines of text, and a report of it.
    """

    def make(recording, **options):
        path = tmp_path / "recording.jsonl"
        if callable(recording):
            recording(path, **options)
        else:
            path.write_text("".join(f"{line}\n" for line in recording), encoding="ascii")
        write_report(path, tmp_path / "report.html")
        return tmp_path / "report.html"

    return make


@pytest.fixture
def opened(browser, made_page):
    """
    Write a report of a recording and open it; nothing in it may have gone wrong when the test is over.
    """

    def open_(recording=varied, made=None, **options):
        page = made_page(recording, **(made or {}))
        browser.open(page, **options)
        return browser

    yield open_
    assert browser.errors == []
    assert [address for address in browser.requests if not address.startswith("file:")] == []
    assert len(browser.requests) == 1


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """
    A folder with reports of 100,000 events: of a running host, and in a single test.
    """
    folder = tmp_path_factory.mktemp("many")
    live, one = large(folder / "live.jsonl", 100_000), folder / "one.jsonl"
    one.write_bytes(live.read_bytes().replace(b'{"kind": ', b'{"test": "test_host.py::test_all", "kind": '))
    for path in (live, one):
        write_report(path, path.with_suffix(".html"))
    return folder


def lines(made):
    """
    Give a recording's lines as text.
    """
    return [json.dumps(line) for line in made.lines]


def chosen(browser):
    """
    Give what the address says is chosen.
    """
    return browser.run("location.hash")


def names(browser):
    """
    Give what the list has on its first lines.
    """
    return browser.run("[...document.querySelectorAll('#items .name')].map((name) => name.textContent)")


def find(browser, text):
    """
    Look for a text, and wait until it was looked for everywhere.
    """
    browser.press("/")
    browser.type(text)
    browser.wait(
        "/ of /.test(document.querySelector('#found').innerText)"
        " && !document.querySelector('#found').innerText.includes('searching')"
    )
    browser.settle()


class TestOpening:
    def test_on_the_first_problem(self, opened):
        """
        A report opens on the first event that raised, and says what became of it.
        """
        browser = opened()
        assert browser.text(NAME) == "test_a_broken_hook_does_not_stop_the_host"
        assert browser.text(TITLE).split() == ["post", "QuotaHook"]
        assert browser.text(".problem").replace("\n\n", "\n").split("\n") == [
            "KeyError",
            "swallowed",
            "'project'",
            "quota/hooks.py:38 in post",
            "self.take()",
            "quota/hooks.py:52 in take 2 times",
            "take()",
            "quota/rules/limits.py:7 in limit",
            "Swallowed: the host went on without it.",
        ]
        assert browser.run("document.querySelectorAll('.traceback .place')[2].title") == TRACEBACK[3]["file"]

    def test_on_what_was_not_over(self, opened):
        """
        If nothing raised, a report opens on the first event that was not over.
        """
        made = Made()
        made.whole_call()
        made.event(*made.next_call()[:1], "body", took_ns=0, group="g", point="p")
        made.lines[-1]["unfinished"] = True
        browser = opened(lines(made))
        assert chosen(browser) == "#event-4"
        assert browser.text("#detail .warning") == "It was not over when the recording ended."

    def test_on_the_longest_call(self, opened):
        """
        If there is no problem, a report opens on the longest call.
        """
        made = Made()
        for took_ns in (1000, 9_000_000, 2000):
            made.whole_call(body={"took_ns": took_ns})
        browser = opened(lines(made))
        assert chosen(browser) == "#call-2"
        assert browser.text(TITLE).split() == ["call", "create_instance"]

    def test_on_nothing(self, opened):
        """
        A report of an empty recording says that there is nothing.
        """
        browser = opened([json.dumps(HEADER)])
        assert browser.text("#detail") == "No calls were recorded."
        assert browser.text("#totals") == "0 calls, 0 events"
        browser.press("ArrowDown", "n", "t")

    def test_on_what_the_address_names(self, opened):
        """
        The address of a report keeps what was chosen.
        """
        browser = opened(fragment="#event-5")
        assert browser.text(NAME) == "test_nested_calls"
        assert chosen(browser) == "#event-5"
        browser.run("location.hash = '#event-99'")
        browser.run("location.hash = '#call-1'")
        browser.wait("document.querySelector('#detail .chip').innerText === 'call'")

    def test_the_head_tells_what_was_recorded(self, opened):
        """
        The head says what was recorded, where, when, by which version, and what was masked or dropped.
        """
        made = Made("t.py::test")
        made.whole_call(arguments={"password": "***", "text": {"$type": "builtins:str", "$text": "x", "$cut": 7}})
        made.next_call()
        made.event(2, "pre", group="g", point="p")
        made.lines[0] = {**HEADER, "part": 2}
        browser = opened([*lines(made), '{"kind":"left_out","of":"event"}', '{"kind":"new"}', '{"torn'])
        assert browser.text("#totals") == "1 test, 2 calls, 4 events"
        assert re.fullmatch(
            r"Recorded on 1 January 2026 at \d\d:\d\d:00 on staging-3, process 4711, part 2 · "
            r"by hookkit 0\.1\.0, Python 3\.12\.1, Linux · \d kB",
            browser.text("#facts"),
        )
        losses = browser.text("#losses")
        assert losses.startswith(
            "Secrets are masked as *** in 3 events. Large values were cut in 3 events when they were recorded. "
            "1 call was not over when the recording ended. "
            "1 call or event was too large to be recorded. "
            "1 line of a kind that this hookkit does not know is left out. Line 9 of "
        )
        assert losses.endswith(" is torn; it is left out.")


class TestTheList:
    def test_tests_have_marks(self, opened):
        """
        Each test is listed with what raised, was swallowed, replaced or changed in it.
        """
        browser = opened()
        assert names(browser) == [
            "test_metadata_is_marked[16.0.0]",
            "test_nested_calls",
            "test_a_broken_hook_does_not_stop_the_host",
            "test_the_host_hangs",
        ]
        assert browser.texts("#items .marks") == ["replaced\nchanged", "", "swallowed", "unfinished"]

    def test_calls_of_a_running_host(self, opened):
        """
        A recording without tests is listed by calls that no other call made, with what they were given.
        """
        browser = opened(large, {"events": 30})
        assert browser.text("#list-name") == "Calls"
        assert len(names(browser)) == 10
        assert names(browser)[1] == "delete_instancem1.small vm-1"


class TestFiltering:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("nested", ["test_nested_calls"]),
            ("DELETE_", ["test_a_broken_hook_does_not_stop_the_host"]),
            ("user_id", ["test_a_broken_hook_does_not_stop_the_host"]),
            ("'project'", ["test_a_broken_hook_does_not_stop_the_host"]),
            ("metadata['owner']", ["test_metadata_is_marked[16.0.0]"]),
            ("12345678901234567890", ["test_metadata_is_marked[16.0.0]"]),
            ("rules/limits.py", ["test_a_broken_hook_does_not_stop_the_host"]),
            ("nowhere to be found", []),
        ],
    )
    def test_by_text(self, opened, text, left):
        """
        A text is found in names, in values, in errors and in paths of changes.
        """
        browser = opened()
        find(browser, text)
        assert names(browser) == left

    @pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[6], "עולם", "separator", "<img", "\\ `"])
    def test_by_any_text(self, opened, text):
        """
        A text with characters that are written with escapes is found, too.
        """
        browser = opened(hostile, {"size": 10})
        find(browser, text)
        assert len(names(browser)) == 1

    def test_by_point(self, opened):
        """
        A hook point that is picked leaves the tests that call it; what else they call is dimmed.
        """
        browser = opened()
        browser.run(
            "(() => { const s = document.querySelector('#point');"
            " s.value = [...s.options].find((o) => o.text.startsWith('attach_volume')).value;"
            " s.dispatchEvent(new Event('change')); })()"
        )
        assert names(browser) == ["test_nested_calls"]
        assert browser.text("#found") == "1 of 4 tests"
        assert len(browser.texts("#outline .line:not(.dimmed)")) == 4

    def test_by_mark(self, opened):
        """
        A mark leaves the tests that have it; the page turns to the first of them.
        """
        browser = opened()
        browser.click("#marks .replaced")
        assert names(browser) == ["test_metadata_is_marked[16.0.0]"]
        assert chosen(browser) == "#event-3"
        browser.click("#marks .replaced")
        assert browser.text("#found") == "4 tests"

    def test_escape_takes_it_away(self, opened):
        """
        Escape empties the filter and goes to the list.
        """
        browser = opened()
        find(browser, "nested")
        browser.press("Escape")
        assert len(names(browser)) == 4
        assert browser.run("document.activeElement.id") == "items"


class TestTheEvent:
    def test_changes_stand_side_by_side(self, opened):
        """
        What an event changed is shown as it was before and after, next to each other.
        """
        browser = opened(fragment="#event-1")
        assert browser.texts(".changes tbody th") == ["metadata['audited']", "metadata['owner']"]
        assert browser.texts(".changes .before") == ["(absent)", "'bob'"]
        assert browser.texts(".changes .after") == ["True", "'BOB'"]
        left, right = browser.run(
            "[...document.querySelectorAll('.changes td')].slice(0, 2).map((e) => e.getBoundingClientRect().top)"
        )
        assert left == right

    def test_what_went_in_and_came_out(self, opened):
        """
        Arguments, the result that a post was given and what it replaced that with are shown as Python writes them.
        """
        browser = opened(fragment="#event-3")
        assert browser.texts(".fields > .key") == ["context", "name", "metadata", "admin_password", "result"]
        assert browser.texts(".fields > .value") == ["'ctx'", "'vm-1'", "{'owner': 'bob'}", "***", "1"]
        assert browser.texts("#detail .inner > .value") == ["'id': 1", "'size': 1.0", "'big': 12345678901234567890"]

    def test_values_open(self, opened):
        """
        A value that holds others opens on request.
        """
        browser = opened(fragment="#event-16")
        assert browser.texts(".fields summary") == ["RequestContext(user_id='bob', roles=['admin'])"]
        browser.click(".fields summary")
        browser.click(".inner summary")
        assert browser.texts(".inner .value") == ["user_id='bob'", "roles=['admin']\n0: 'admin'", "0: 'admin'"]

    def test_a_call_leads_to_its_events(self, opened):
        """
        A call shows its events and who made it, and leads there.
        """
        browser = opened(fragment="#call-3")
        assert browser.text("#detail .sub").endswith("made by build_instance")
        browser.click(".event-link", 2)
        assert browser.text(TITLE).split() == ["post", "QuotaHook"]
        browser.click("#detail .link")
        assert chosen(browser) == "#call-3"

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ({"$type": "builtins:tuple", "$items": [1]}, "(1,)"),
            ({"$type": "builtins:set", "$items": [1, 2]}, "{1, 2}"),
            ({"$type": "collections:deque", "$items": [1], "$cut": 3}, "deque([1, …])"),
            (
                {"$type": "builtins:dict", "$pairs": [[1, None], [{"$type": "builtins:tuple", "$items": []}, True]]},
                "{1: None, (): True}",
            ),
            ({"$type": "builtins:bytes", "$repr": "b'x'"}, "b'x'"),
            ({"$type": "builtins:KeyError", "$text": "'x'"}, "KeyError(\"'x'\")"),
            ({"$type": "m:Node", "$cycle": 2}, "<Node that this is in, 2 levels up>"),
            ({"$type": "m:Login", "$items": ["bob", 1], "$fields": ["user", "size"]}, "Login(user='bob', size=1)"),
            ({"$type": "m:Login", "$items": [1, 2], "$fields": [7]}, "Login(1, 2)"),
            ({"$type": "m:Odd", "$error": "ValueError"}, "<Odd that raised ValueError when it was recorded>"),
            ({"$type": "m:f.<locals>.Inner"}, "Inner()"),
            (
                {"$type": "builtins:str", "$text": "ab", "$cut": 9},
                "'ab' 9 more characters were left out when it was recorded",
            ),
            ({"$type": 7, "$items": 3}, "{'$type': 7, '$items': 3}"),
            ([[[[[[1]]]]]], "[[[[[…]]]]]"),
            ("it's", '"it\'s"'),
            ("a\\b\n", "'a\\\\b\\n'"),
            (0.5, "0.5"),
            ([], "[]"),
        ],
    )
    def test_all_kinds_of_values(self, opened, value, shown):
        """
        Each kind of value that a recording has is shown as Python would write it.
        """
        made = Made()
        made.whole_call(arguments={"value": value})
        browser = opened(lines(made), fragment="#event-1")
        assert " ".join(browser.text(".fields > .value").split()) == shown


class TestKeys:
    def test_arrows_walk_the_events(self, opened):
        """
        Up and down go through the lines, left and right through the events, over the end of a test.
        """
        browser = opened(fragment="#event-1")
        browser.press("ArrowDown")
        assert chosen(browser) == "#event-2"
        browser.press("ArrowUp", "ArrowUp")
        assert chosen(browser) == "#call-1"
        browser.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
        assert chosen(browser) == "#event-4"
        assert browser.text(NAME) == "test_nested_calls"
        browser.press("ArrowLeft")
        assert chosen(browser) == "#event-3"
        browser.press("End", "Home", "ArrowUp", "PageDown", "PageUp", "ArrowLeft", "ArrowLeft")
        assert chosen(browser) == "#call-1"

    def test_problems_are_a_key_away(self, opened):
        """
        N and p go to the next and the previous problem.
        """
        browser = opened(fragment="#event-1")
        browser.press("n")
        assert chosen(browser) == "#event-18"
        browser.press("n", "n")
        assert chosen(browser) == "#event-20"
        browser.press("p")
        assert chosen(browser) == "#event-18"

    def test_the_focus_is_seen_by_those_who_use_keys(self, opened):
        """
        The list that has the focus has a frame as soon as a key is pressed, and none for who uses the mouse.
        """
        browser = opened(fragment="#event-1")
        frame = "getComputedStyle(document.querySelector('#outline')).outlineStyle"
        assert browser.run(frame) == "none"
        browser.press("ArrowDown")
        assert browser.run(frame) == "solid"
        browser.click("#outline .line")
        assert browser.run(frame) == "none"

    def test_the_list_is_walked_too(self, opened):
        """
        In the list, the arrows go from test to test, and Enter goes to the calls.
        """
        browser = opened(fragment="#event-1")
        browser.run("document.querySelector('#items').focus()")
        browser.press("ArrowDown")
        assert browser.text(NAME) == "test_nested_calls"
        browser.press("End", "Home", "PageDown", "PageUp", "ArrowUp", "Enter")
        assert browser.run("document.activeElement.id") == "outline"

    def test_keys_are_told(self, opened):
        """
        A question mark shows the keys; while they are shown, no key does anything else.
        """
        browser = opened(fragment="#event-1")
        browser.press("?")
        assert browser.run("document.querySelector('#help').open")
        browser.press("ArrowDown")
        assert chosen(browser) == "#event-1"
        browser.press("Escape")
        assert not browser.run("document.querySelector('#help').open")

    def test_what_is_chosen_is_told_to_screen_readers(self, opened):
        """
        The list and the calls are list boxes that name their active line, and all that takes the focus has a name.
        """
        browser = opened()
        for box in ("items", "outline"):
            active = browser.run(f"document.querySelector('#{box}').getAttribute('aria-activedescendant')")
            line = f"document.getElementById('{active}')"
            assert browser.run(f"[{line}.role, {line}.ariaSelected]") == ["option", "true"]
        nodes = browser.command("Accessibility.getFullAXTree")["nodes"]
        unnamed = [
            node
            for node in nodes
            if node.get("role", {}).get("value") in NAMED_ROLES and not node.get("name", {}).get("value")
        ]
        assert unnamed == []


class TestTheTimeLine:
    def test_bars_are_clicked(self, opened):
        """
        A click on a bar chooses its event, one on the title of a call the call.
        """
        browser = opened(fragment="#event-1")
        browser.click("#canvas", x=0.5, y=0.60)
        assert chosen(browser) == "#event-2"
        browser.click("#canvas", x=0.5, y=0.36)
        assert chosen(browser) == "#call-1"
        browser.click("#canvas", x=0.5, y=0.05)
        assert chosen(browser) == "#call-1"

    def test_it_looks_closer(self, opened):
        """
        Plus makes it wider than the screen, f shows the chosen call, 0 all of it again.
        """
        browser = opened(fragment="#event-7")
        width = "document.querySelector('#timeline-size').offsetWidth / document.querySelector('#timeline').clientWidth"
        assert browser.run(width) <= 1
        browser.press("+", "=")
        assert 2 < browser.run(width) < 2.5
        browser.press("f")
        assert browser.run(width) > 5
        browser.press("-", "0")
        assert browser.run(width) <= 1

    def test_it_goes_by_order(self, opened):
        """
        By order, every event is as wide as any other: the pre of a short time can be hit in its first third.
        """
        browser = opened(fragment="#event-2")
        browser.press("t")
        assert browser.run("document.querySelector('#by-order').ariaPressed") == "true"
        browser.click("#canvas", x=0.25, y=0.60)
        assert chosen(browser) == "#event-1"
        browser.click("#by-time")
        browser.click("#canvas", x=0.25, y=0.60)
        assert chosen(browser) == "#event-2"

    @pytest.mark.parametrize("dark", [False, True])
    def test_only_errors_are_red(self, opened, dark):
        """
        There is red on the time line of a test in which something raised, and none on another.
        """

        def red(browser):
            return browser.run(
                "(() => { const c = document.querySelector('#canvas');"
                " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
                " for (let i = 0; i < d.length; i += 4)"
                " n += d[i] > 180 && d[i + 1] < 130 && d[i + 2] < 140 && d[i + 3] > 200;"
                " return n; })()"
            )

        browser = opened(dark=dark)
        assert red(browser) > 20
        browser.open(
            browser.run("location.href").removeprefix("file://").partition("#")[0], dark=dark, fragment="#event-4"
        )
        assert red(browser) == 0


class TestLooks:
    def test_light_and_dark(self, opened):
        """
        The page is as light or dark as the reader's system, and follows when that changes.
        """

        def brightness():
            browser.settle()
            return sum(
                browser.run(
                    "getComputedStyle(document.querySelector('#head')).backgroundColor.match(/\\d+/g).map(Number)"
                )
            )

        browser = opened()
        assert brightness() > 700
        browser.media(prefers_color_scheme="dark")
        assert brightness() < 150

    @pytest.mark.parametrize("dark", [False, True])
    def test_texts_can_be_read(self, opened, dark):
        """
        Texts stand out from what is behind them as much as WCAG 2 asks for: 4.5 to 1.
        """
        browser = opened(dark=dark)
        pairs = [("text", "panel"), ("muted", "panel"), ("muted", "select"), ("text", "select"), ("accent", "panel")]
        pairs += [
            ("raised", "panel"),
            ("raised", "raised-bg"),
            ("muted", "neutral-bg"),
            ("string", "panel"),
            ("number", "panel"),
        ]
        found = {pair: round(browser.run(CONTRAST % pair), 2) for pair in pairs}
        assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}

    @pytest.mark.parametrize(
        ("width", "height", "panes"), [(1440, 900, 3), (1920, 1080, 3), (900, 700, 3), (390, 800, 1)]
    )
    def test_screens_of_all_sizes(self, opened, width, height, panes):
        """
        The three panes are there on a large screen; on a small one it is one, and nothing is wider than the screen.
        """
        browser = opened(width=width, height=height)
        shown = "[...document.querySelectorAll('.pane')].filter((e) => e.offsetWidth > 0).length"
        assert browser.run(shown) == panes
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run("document.documentElement.scrollHeight") <= height

    def test_a_small_screen_turns(self, opened):
        """
        On a small screen, choosing a test turns to its calls, and choosing one of those to the event.
        """
        browser = opened(width=390, height=800)
        browser.click("#panes button", 0)
        browser.click("#items .item", 1)
        assert browser.run("document.body.dataset.pane") == "calls"
        browser.click("#outline .line", 1)
        assert browser.run("document.body.dataset.pane") == "event"
        assert browser.text(TITLE).split() == ["pre", "AuditHook"]

    def test_a_small_screen_names_its_panes(self, opened):
        """
        The panes of a small screen have different names, for a running host too.
        """
        browser = opened(large, {"events": 30}, width=390, height=844)
        assert browser.texts("#panes button") == ["Calls", "Time line", "Event"]

    def test_long_names_break_between_their_parts(self, opened):
        """
        A name that is too long for its line goes on after an underscore, not within a word.
        """
        browser = opened(width=390, height=844)
        made = Made(f"tests/test_names.py::test_{'of_many_words_' * 9}here")
        made.whole_call()
        browser = opened(lines(made), width=390, height=844)
        tops = browser.run(
            "(() => { const range = document.createRange(); const found = [];"
            " const walk = document.createTreeWalker(document.querySelector('#item-name'), NodeFilter.SHOW_TEXT);"
            " while (walk.nextNode()) { range.selectNodeContents(walk.currentNode);"
            " found.push([...range.getClientRects()].length); } return found; })()"
        )
        assert set(tops) == {1}

    def test_paper_is_light(self, opened, tmp_path):
        """
        On paper stand the chosen test and its events, in dark on light, and no controls.
        """
        browser = opened(dark=True, fragment="#event-4")
        browser.print(tmp_path / "report.pdf")
        assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
        browser.command("Emulation.setEmulatedMedia", media="print", features=[])
        browser.run("dispatchEvent(new Event('beforeprint'))")
        assert browser.text("#print").startswith("CALLS AND EVENTS\nbuild_instance")
        assert browser.run("getComputedStyle(document.querySelector('#head')).backgroundColor") == "rgb(255, 255, 255)"
        assert browser.run(
            "['list-pane', 'tools', 'outline'].map((id) => document.getElementById(id).offsetHeight)"
        ) == [0, 0, 0]
        browser.run("dispatchEvent(new Event('afterprint'))")
        browser.command("Emulation.setEmulatedMedia", media="", features=[])
        assert browser.run("document.querySelector('#print').childElementCount") == 0

    def test_paper_shows_what_is_shut(self, opened):
        """
        On paper, values that are too long for their line are opened; they are shut again after that.
        """
        made = Made()
        made.whole_call(arguments={"rules": {"limits": [f"limit {number}" for number in range(60)]}, "flags": [1]})
        browser = opened(lines(made), fragment="#event-1")
        browser.run("dispatchEvent(new Event('beforeprint'))")
        assert "59: 'limit 59'" in browser.text("#detail")
        assert browser.run("document.querySelectorAll('#detail .fields details:not([open])').length") == 1
        browser.run("dispatchEvent(new Event('afterprint'))")
        assert browser.run("document.querySelectorAll('#detail .fields details[open]').length") == 0


class TestHostileRecordings:
    def test_texts_stay_texts(self, opened):
        """
        Whatever is recorded is shown as text: nothing of it runs, and no element comes of it.
        """
        browser = opened(hostile, {"size": 10})
        assert browser.run("document.title") == "recording.jsonl · hookkit report"
        assert browser.run("document.querySelectorAll('img, b, iframe').length") == 0
        for number, text in enumerate(HOSTILE):
            browser.press(*(["n"] if number else []))
            shown = re.sub("[\x00-\x1f\x7f]|[\u2028\u2029\u200f\u202a-\u202e\u2066-\u2069\ud800]", escaped, text)
            assert browser.text(".problem pre") == shown
            browser.click(".fields summary")
        assert browser.run("document.title") == "recording.jsonl · hookkit report"

    def test_directions_end_where_a_text_ends(self, opened):
        """
        A text from right to left does not turn what is beside it; characters that would are written out.
        """
        browser = opened(hostile, {"size": 10})
        texts = browser.run("document.body.innerText")
        assert not set("\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\x00\x1b") & set(texts)
        outside = (
            "[...document.querySelectorAll('body *')].filter((e) => !e.closest('bdi, script, style, option, title')"
            " && [...e.childNodes].some((n) => n.nodeType === 3 && /[\\u0590-\\u05ff]/.test(n.data))).length"
        )
        assert browser.run(outside) == 0
        assert browser.run("getComputedStyle(document.querySelector('bdi')).unicodeBidi") == "isolate"

    def test_nonsense_is_shown_somehow(self, opened):
        """
        Values that no recorder writes are shown, and opened, without an error of the page.
        """
        odd = [{}, [], None, -1, 0.5, "x", {"$type": "m:C"}, {"$type": None}]
        keys = ("$repr", "$text", "$items", "$pairs", "$attrs", "$cut", "$cycle", "$error")
        kinds = ("m:C", "", "builtins:str", "builtins:dict", "builtins:tuple", "<locals>")
        values = [{"$type": kind, key: value} for kind in kinds for key in keys for value in odd]
        made = Made()
        made.whole_call(
            arguments={"values": values, "": "", "__proto__": {"__proto__": 1}},
            pre={
                "changes": [{"path": ""}],
                "raised": {"type": "", "text": ""},
                "hook": {"class": "."},
                "error": {"type": ":", "text": ""},
            },
            post={"result": odd, "returned": odd[::-1], "replaced": True},
        )
        place = {"group": "", "point": ""}
        event = {"kind": "event", "seq": 0, "call": 0, **place, "phase": "later", "started_ns": 0, "duration_ns": 0}
        call = {"kind": "call", "seq": 9, **place, "parent": 9}
        browser = opened([*lines(made), json.dumps(event), json.dumps(call)])
        browser.press("t", "Home", *["ArrowDown"] * 8, "t", "n")
        browser.run("location.hash = '#event-1'")
        browser.wait("document.querySelector('#detail .sub').innerText.includes('event 1 ')")
        for _ in range(3):
            browser.run("document.querySelectorAll('#detail details').forEach((d) => { d.open = true; })")
            browser.settle()
        assert len(browser.texts("#detail .value")) > 100

    def test_a_long_text_is_cut(self, opened):
        """
        Of a text of a million characters the beginning is shown, and more on request, to the end.
        """
        browser = opened(hostile)
        browser.press("End")
        find(browser, "the end")
        browser.press("Escape")
        value = "document.querySelector('.fields > .value').innerText"
        assert browser.run(f"{value}.length") < 500
        assert browser.text(".fields .more") == "show more (1,000,007 characters in all)"
        while browser.run("document.querySelector('.fields .string .more') !== null"):
            browser.click(".fields .string .more", y=0.9)
        assert browser.run(f"{value}.length") == 1_000_009
        assert browser.run(f'{value}.endsWith("xthe end\'")')

    def test_a_long_list_opens_by_and_by(self, opened):
        """
        Of a list of thousands of items, a hundred are shown at a time.
        """
        browser = opened(hostile)
        find(browser, "test_long")
        browser.click(".fields summary")
        assert len(browser.texts(".inner .value")) == 100
        browser.click(".inner .more")
        assert len(browser.texts(".inner .value")) == 200

    def test_nothing_is_asked_of_a_network(self, opened):
        """
        Even a script that got into the page could not ask anything of a network, and would not run.
        """
        browser = opened()
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            address = f"http://127.0.0.1:{server.getsockname()[1]}/"
            browser.run(f"fetch('{address}').catch(() => {{}})")
            browser.run(f"void (new Image().src = '{address}')")
            browser.run("document.body.append(Object.assign(document.createElement('script'), {text: 'ran = true'}))")
            browser.settle()
            with pytest.raises(BlockingIOError):
                server.accept()
        assert browser.run("typeof ran") == "undefined"
        assert len(browser.errors) >= 3
        assert all("Content Security Policy" in error for error in browser.errors)
        browser.errors.clear()
        del browser.requests[1:]  # the browser tells of those that it has blocked, too


class TestTheBrowser:
    def test_it_tells_of_errors(self, browser, made_page):
        """
        An exception in a page is noted, one in an expression is an error, and neither goes by unseen.
        """
        browser.open(made_page(varied))
        with pytest.raises(AssertionError) as raised:
            browser.run("nothing.there")
        assert str(raised.value).startswith("ReferenceError: nothing is not defined")
        browser.run("void setTimeout(() => { throw new Error('on its own') })")
        with pytest.raises(AssertionError, match="never"):
            browser.wait("false && 'never'")
        assert "on its own" in browser.errors[0]

    def test_it_takes_pictures(self, browser, made_page, tmp_path):
        """
        What is on the screen can be kept as a PNG.
        """
        browser.open(made_page(varied))
        browser.screenshot(tmp_path / "report.png")
        assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


class TestManyEvents:
    @pytest.mark.parametrize(("name", "found"), [("one", "1 of 1 test"), ("live", "1 of 33,333 calls")])
    def test_a_hundred_thousand(self, browser, many, name, found):
        """
        100,000 events open, are walked, filtered and searched, and no more elements are there than fit a screen.
        """
        browser.open(many / f"{name}.html")
        assert "33,333 calls, 99,999 events" in browser.text("#totals")
        assert chosen(browser) == "#event-1203"
        browser.press("n", "ArrowDown", "ArrowRight", "End", "Home", "t", "+", "f", "0", "p")
        find(browser, "vm-33332")
        assert browser.text("#found") == found
        assert browser.run("document.querySelectorAll('body *').length") < 2500
        assert browser.errors == []

    def test_the_end_of_a_long_list(self, browser, many):
        """
        The last of 133,332 lines can be scrolled to, and clicked.
        """
        browser.open(many / "one.html")
        browser.press("End")
        assert chosen(browser) == "#event-99999"
        browser.click(CHOSEN)
        assert chosen(browser) == "#event-99999"


CONTRAST = """
(() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const [r, g, b] = style.getPropertyValue(name).trim().slice(1).match(/../g)
      .map((part) => parseInt(part, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [one, other] = [light("--%s"), light("--%s")].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
})()
"""


def escaped(match):
    """
    Write a character as the page does.
    """
    return repr(match[0])[1:-1]
