"""How long the console's pages take on a slow network: a browser held to Slow 4G and a quarter of this machine's speed.

    python -m tests.console.network --url http://127.0.0.1:8000 --user root --password ...

Prints JSON: machine, browser, and for each page cold (nothing in the cache), warm (opened again) and within (by a link
of the console): milliseconds to the first content, to its heading and to rest, bytes on the wire, requests, and the
largest files. The gateway is one that runs; nothing is changed there.
"""

import argparse
import json
import os
import platform
import time
from importlib.metadata import version
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.console import browser as browsers
from tests.console.visit import BUSY, GO
from tests.console.wire import Wire

DOWN_BITS, UP_BITS, RTT_MS, CPU_TIMES = 1_600_000, 750_000, 150, 4
"""Slow 4G as Lighthouse holds a browser to it, and its slowdown of the processor."""

PAGES = ("login", "", "usage", "channels", "analytics", "playground", "settings")
QUIET_S, MOST_S = 0.4, 60.0
_FIRST = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def hold(page: Page) -> None:
    """Hold the page to the network and the processor."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": RTT_MS, "downloadThroughput": DOWN_BITS / 8, "uploadThroughput": UP_BITS / 8}
    session.send("Network.emulateNetworkConditions", limits)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_TIMES})


def visit(page: Page, path: str, *, within: bool = False) -> dict[str, Any]:
    """Open a path and wait until it rests; `within`: as a link of the console does."""
    wire, began = Wire(page), time.monotonic()
    if within:
        page.evaluate(GO, path or "./")
    else:
        page.goto(path or "./", wait_until="commit")
    page.locator("h1, h2").first.wait_for(state="visible", timeout=MOST_S * 1000)
    headed, rested, seen = time.monotonic(), 0.0, -1
    while time.monotonic() - (rested or began) < (QUIET_S if rested else MOST_S):
        page.wait_for_timeout(30)
        if page.evaluate(BUSY) or len(wire.by_request) != seen:
            rested, seen = 0.0, len(wire.by_request)
        elif not rested:
            rested = time.monotonic()
    largest = sorted(wire.by_request.items(), key=lambda row: -row[1])[:5]
    return {
        "first_content_ms": None if within else round(page.evaluate(_FIRST)),
        "heading_ms": round((headed - began) * 1000),
        "rest_ms": round((rested - began) * 1000),
        "kb": round(wire.bytes / 1024, 1),
        "requests": len(wire.by_request),
        "largest": [f"{size / 1024:.1f} KB {address.rsplit('/', 1)[-1]}" for address, size in largest],
    }


def context_of(browser: Any, url: str, cookie: str | None) -> BrowserContext:
    """A browser with an empty cache, signed in with the cookie."""
    made: BrowserContext = browser.new_context(base_url=f"{url}/console/", viewport={"width": 390, "height": 844})
    if cookie:
        made.add_cookies([{"name": "gateway-session", "value": cookie, "url": url}])
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("url", "http://127.0.0.1:8000"), ("user", "root"), ("password", "")):
        parser.add_argument(f"--{name}", default=default)
    given = parser.parse_args()
    body = {"login": given.user, "password": given.password}
    answer = httpx.post(f"{given.url}/api/v1/login", json=body, timeout=30.0, trust_env=False)
    answer.raise_for_status()
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = browsers.launch(playwright, browsers.find(playwright))
        for path in PAGES:
            context = context_of(browser, given.url, None if path == "login" else answer.cookies["gateway-session"])
            page = context.new_page()
            hold(page)
            found[path or "overview"] = {"cold": visit(page, path), "warm": visit(page, path)}
            context.close()
        context = context_of(browser, given.url, answer.cookies["gateway-session"])
        page = context.new_page()
        hold(page)
        visit(page, "")
        for path in PAGES[2:]:
            found[path]["within"] = visit(page, path, within=True)
        environment = {
            "machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "chromium": browser.version, "gateway": version("ray-llm-gateway"),
            "held_to": f"{DOWN_BITS / 1e6} Mbit/s down, {RTT_MS} ms, processor 1/{CPU_TIMES}",
        }  # fmt: skip
        browser.close()
    print(json.dumps({"environment": environment, "pages": found}, indent=2))


if __name__ == "__main__":
    main()
