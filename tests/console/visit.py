"""A browser page of the console that is watched: errors in it, requests that fail, and what does not fit its width.

`Visits` makes such pages and says at the end what was wrong with any of them. Knows no page of the console.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Response

from tests.console.site import Site

LOCALES = ("zh-CN", "zh-TW", "en", "fr", "ja")
THEMES = ("light", "dark")
WIDTHS = (390, 1440)
NARROWEST = 320
HEIGHT = 900
WAIT_MS = 30_000
"""Bound on each thing that is waited for; a machine that is slow for minutes and stands still for seconds keeps it."""
STEP_MS = 30
QUIET_STEPS = 3
"""After so many steps without a request the page is at rest: what one answer leads to is asked for by then."""
BUSY = """async () => {
  await globalThis.scheduler?.postTask(() => undefined, { priority: "background" });
  return document.readyState !== "complete" || !document.querySelector("main")
    || !!document.querySelector("[aria-busy=true], .mantine-Loader-root, .mantine-Skeleton-root[data-visible=true]");
}"""
"""A page that is loading, has not begun, or shows that something in it is loading; told when it has nothing else to do.

React draws the page that a link leads to in pieces, beside the one before: on a slow machine that is still shown then.
"""

GO = """path => {
  history.pushState({}, "", new URL(path, document.baseURI));
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
_OVERFLOW = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= page.clientWidth) return "";
  const wide = [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.right > page.clientWidth + 1 && box.width > 0;
  });
  const last = wide.at(-1);
  const named = last ? `${last.tagName.toLowerCase()}.${last.className}` : "";
  return `${page.scrollWidth} px in ${page.clientWidth} px ${named}`;
}"""


class Visits:
    """Pages of one test. Called with a path below /console/ it opens one."""

    def __init__(self, browser: Browser, site: Site, shots: Path) -> None:
        self._browser = browser
        self._site = site
        self._shots = shots
        self._contexts: list[BrowserContext] = []
        self._pages: list[Page] = []
        self._pending: dict[Page, set[Request]] = {}
        self._allowed: list[tuple[re.Pattern[str], tuple[int, ...]]] = []
        self.problems: list[str] = []

    def __call__(
        self, path: str | None = "", *, user: str | None = "root", locale: str = "en", theme: str = "light",
        width: int = 1440, height: int = HEIGHT, url: str | None = None, chosen: bool = True,
    ) -> Page:  # fmt: skip
        """Open a page and wait until it is quiet. `user` None: nobody is signed in; `path` None: nothing is opened.

        `url`: another gateway than the shared one. `chosen` False: a browser in which nobody has chosen a look.
        """
        base = url or self._site.url
        touch = width < 640
        context = self._browser.new_context(
            base_url=f"{base}/console/", locale=locale, color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height}, has_touch=touch, reduced_motion="reduce",
            timezone_id="UTC",
        )  # fmt: skip
        if chosen:
            look = json.dumps({"scheme": theme, "locale": locale})
            context.add_init_script(
                f"if (!localStorage.getItem('gateway.appearance')) localStorage.setItem('gateway.appearance', '{look}')"
            )
        context.set_default_timeout(WAIT_MS)
        if user is not None:
            cookie = {"name": "gateway-session", "value": self._site.cookie(user), "url": base}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dict of Playwright's own
        self._contexts.append(context)
        page = context.new_page()
        self._watch(page)
        if path is not None:
            self.open(page, path)
        return page

    def open(self, page: Page, path: str) -> Page:
        """Go to a path below /console/ and wait until it is quiet."""
        page.goto(path or "./", wait_until="load")
        return self.settle(page)

    def settle(self, page: Page) -> Page:
        """Wait until nothing is loaded any more and nothing on the page says that it is busy."""
        quiet = 0
        for _ in range(WAIT_MS // STEP_MS):
            page.wait_for_timeout(STEP_MS)
            busy = self._pending.get(page) or _is_busy(page)
            quiet = 0 if busy else quiet + 1
            if quiet == QUIET_STEPS:
                return page
        waiting = sorted(request.url for request in self._pending.get(page, ()))
        raise AssertionError(f"{page.url} does not come to rest: {waiting or 'something in it is busy'}")

    def go(self, page: Page, path: str) -> Page:
        """Go to a path below /console/ as a link of the console does, without loading the page anew."""
        page.evaluate(GO, path or "./")
        return self.settle(page)

    def resize(self, page: Page, width: int) -> Page:
        """Another width of the window, and what follows from it drawn."""
        size = page.viewport_size
        if size is None or size["width"] != width:
            page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate(_DRAWN)
        return self.settle(page) if self._pending.get(page) or _is_busy(page) else page

    def allow(self, pattern: str, *statuses: int) -> None:
        """Let requests whose address matches fail with these statuses; without any, in whatever way."""
        self._allowed.append((re.compile(pattern), statuses))

    def fits(self, page: Page) -> None:
        """Fail when the page is wider than its window."""
        found = page.evaluate(_OVERFLOW)
        assert not found, f"{page.url} is wider than its window: {found}"

    def axe(self, page: Page, *, but: Sequence[str] = ()) -> None:
        """Fail for what axe finds, with rule and element; `but` are rules that are not looked at."""
        rules = {rule: {"enabled": False} for rule in but}
        found = Axe().run(page, options={"rules": rules, "resultTypes": ["violations"]}).response["violations"]
        lines = [
            f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(_told(node) for node in rule["nodes"][:4])
            for rule in found
        ]
        assert not lines, f"axe on {page.url}:\n  " + "\n  ".join(lines)

    def shot(self, page: Page, name: str) -> Path:
        """A picture of the page in the folder of this run."""
        path = self._shots / f"{name}.png"
        page.screenshot(path=path, animations="disabled")
        return path

    def looks(self, page: Page, name: str) -> None:
        """axe, width and a picture of what is shown: at a desk in light, on a phone in dark; opened with "auto".

        Nothing is wider than the smallest phone either.
        """
        for theme, width in (("light", WIDTHS[1]), ("dark", WIDTHS[0])):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": HEIGHT})
            self.settle(page)
            assert page.locator(f"html[data-mantine-color-scheme={theme}]").count() == 1, 'open it with theme "auto"'
            self.fits(page)
            self.axe(page)
            self.shot(page, f"{name}-{theme}-{width}")
        self.resize(page, NARROWEST)
        self.fits(page)

    def end(self) -> None:
        """Look once more at what is open, close everything, and fail for all that went wrong."""
        for page in self._pages:
            if not page.is_closed() and page.url.startswith("http"):
                found = page.evaluate(_OVERFLOW)
                if found:
                    self.problems.append(f"{page.url}: wider than its window: {found}")
        self.close()
        assert not self.problems, "the browser says:\n  " + "\n  ".join(dict.fromkeys(self.problems))

    def close(self) -> None:
        """Close all pages."""
        contexts, self._contexts = self._contexts, []
        for context in contexts:
            context.close()

    def _watch(self, page: Page) -> None:
        self._pages.append(page)
        page.on("console", lambda message: self._said(message.type, message.text, message.location))
        page.on("pageerror", lambda error: self.problems.append(f"{urlsplit(page.url).path}: {error}"))
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)
        pending: set[Request] = set()
        self._pending[page] = pending
        page.on("request", lambda request: None if _is_stream(request) else pending.add(request))
        page.on("requestfinished", lambda request: pending.discard(request))  # noqa: PLW0108  # sets take no wrapper
        page.on("requestfailed", lambda request: pending.discard(request))  # noqa: PLW0108  # as above

    def _said(self, kind: str, text: str, location: Any) -> None:
        if kind != "error" and not (kind == "warning" and "React" in text):
            return
        where = str(location.get("url", ""))
        if text.startswith("Failed to load resource"):
            return  # the answer itself is looked at
        self.problems.append(f"console: {text[:500]} ({where})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not self._is_allowed(response.url, response.status):
            self.problems.append(f"{response.request.method} {response.url}: {response.status}")

    def _failed(self, request: Request) -> None:
        # A page that is left, or a query that is not wanted any more, ends its requests.
        if "ERR_ABORTED" not in (request.failure or "") and not self._is_allowed(request.url, 0):
            self.problems.append(f"{request.method} {request.url}: {request.failure}")

    def _is_allowed(self, url: str, status: int) -> bool:
        return any(pattern.search(url) and (not statuses or status in statuses) for pattern, statuses in self._allowed)


def _is_busy(page: Page) -> bool:
    try:
        return bool(page.evaluate(BUSY))
    except Error as error:
        if "context was destroyed" in error.message:  # it leads elsewhere
            return True
        raise


def _is_stream(request: Request) -> bool:
    """Live updates, which have no end."""
    return request.resource_type == "eventsource" or "event-stream" in request.headers.get("accept", "")


def _told(node: Any) -> str:
    summary = str(node.get("failureSummary", "")).replace("\n", " ")
    return f"{node['html'][:160]} | {summary[:240]}"


def address(base: str, path: str) -> str:
    """The whole address of a path below the console of the gateway at `base`."""
    return urljoin(f"{base}/console/", path)
