"""
A headless Chromium that tests and scripts steer, over a pipe and without any package.
"""

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATH = next(filter(None, map(shutil.which, NAMES)), None)
"""
Where Chromium is; None if it is not installed.
"""

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
_LONGEST_S = 30


class Browser:
    """
    A browser with one page.

    It is spoken to with the Chrome DevTools Protocol, over the two pipes that it finds at file descriptors 3 and 4.

    Attributes:
        requests: The address of everything that pages asked for, in order.
        errors: What pages reported as an error: exceptions, and what the console or the policy of a page said.
    """

    def __init__(self):
        self.requests = []
        self.errors = []
        self._numbers = itertools.count(1)
        self._profile = tempfile.TemporaryDirectory(prefix="hookkit-chromium-", ignore_cleanup_errors=True)
        self._rest = b""
        self._pid, self._to, self._from = _start(
            [PATH, *_OPTIONS, f"--user-data-dir={self._profile.name}", "about:blank"]
        )
        self._session = None
        target = next(t for t in self._targets() if t["type"] == "page")
        attached = self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.command(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def close(self):
        """
        End the browser.
        """
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def open(self, path, *, width=1440, height=900, dark=False, ratio=1, fragment=""):
        """
        Open a report, and wait until it says that it is ready.
        """
        self.screen(width, height, ratio)
        self.media(prefers_color_scheme="dark" if dark else "light")
        self.command("Page.navigate", url="about:blank")
        self.requests.clear()
        self.errors.clear()
        self.command("Page.navigate", url=Path(path).absolute().as_uri() + fragment)
        self.wait("document.documentElement?.dataset.ready === 'yes'")
        self.settle()

    def screen(self, width, height, ratio=1):
        """
        Give the screen a size.
        """
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=ratio,
            mobile=width < 500,
        )

    def media(self, **features):
        """
        Set what a style sheet can ask for, such as ``prefers_color_scheme``.
        """
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", features=named)

    def run(self, expression):
        """
        Give the value of a JavaScript expression; a promise is waited for.
        """
        answer = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"].get("exception", {}).get("description", answer))
        return answer["result"].get("value")

    def wait(self, condition):
        """
        Wait until a JavaScript expression is true.
        """
        deadline_s = time.monotonic() + _LONGEST_S
        while not self.run(condition):
            assert self.errors == [], condition
            assert time.monotonic() < deadline_s, condition
            time.sleep(0.01)

    def settle(self):
        """
        Wait until what is on the screen has been drawn.
        """
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def text(self, selector):
        """
        Give the text that is seen of an element.
        """
        return self.run(f"document.querySelector({json.dumps(selector)}).innerText")

    def texts(self, selector):
        """
        Give the texts that are seen of all elements that a selector finds.
        """
        return self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText)")

    def press(self, *keys):
        """
        Press keys, one after the other.
        """
        for key in keys:
            text = {"text": key} if len(key) == 1 else {}
            if key == "Enter":
                text = {"text": "\r"}
            code = {"Enter": 13, "Escape": 27, "Tab": 9}.get(key, 0)
            for kind in ("keyDown", "keyUp"):
                extra = text if kind == "keyDown" else {}
                self.command("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **extra)
        self.settle()

    def type(self, text):
        """
        Write a text into what has the focus.
        """
        self.command("Input.insertText", text=text)
        self.settle()

    def click(self, selector, number=0, *, x=0.5, y=0.5):
        """
        Click on an element, or at a place in it that is given as parts of its width and height.
        """
        box = self.run(
            f"(() => {{ const e = document.querySelectorAll({json.dumps(selector)})[{number}];"
            " e.scrollIntoView({block: 'nearest'}); const b = e.getBoundingClientRect();"
            f" return [b.left + b.width * {x}, b.top + b.height * {y}]; }})()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], **button)
        self.settle()

    def screenshot(self, path):
        """
        Write what is on the screen as a PNG.
        """
        answer = self.command("Page.captureScreenshot", format="png")
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def print(self, path):
        """
        Write the page as it is printed, as a PDF.
        """
        answer = self.command("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        Path(path).write_bytes(base64.b64decode(answer["data"]))

    def command(self, method, **parameters):
        """
        Send a command, and give the answer; what happens meanwhile is noted.
        """
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": number, "method": method, "params": parameters, **session}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer.get("method"), answer.get("params", {}))

    def _targets(self):
        return self.command("Target.getTargets")["targetInfos"]

    def _note(self, method, parameters):
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(str(parameters["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.errors.append(parameters["entry"]["text"])

    def _message(self):
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], _LONGEST_S)
            assert ready, "Chromium does not answer."
            data = os.read(self._from, 1 << 20)
            assert data, "Chromium has ended."
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)


def _start(command):
    """
    Start a program that reads from file descriptor 3 and writes to 4; give its process id, and the other ends.
    """
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]  # away from 3 and 4
    os.close(theirs_in)
    os.close(theirs_out)
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, out) for out in (1, 2)]
    actions += [(os.POSIX_SPAWN_DUP2, end, number) for end, number in zip(ends, (3, 4), strict=True)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions, setsid=True)
    for end in (*ends, null):
        os.close(end)
    return pid, ours_out, ours_in
