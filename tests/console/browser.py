"""Which browser the console's tests use, and how it is started. Downloads none."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

VARIABLE = "GATEWAY_TEST_CHROMIUM"
NEEDED = "GATEWAY_TEST_NEEDS_BROWSER"
"""Set where a missing browser is a failure: in CI."""

PLAIN_HOST = "gateway.test"
"""Another name of this machine: browsers trust plain http at it as little as in any network."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
    f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
]  # fmt: skip
MISSING = (
    "no browser for the console's tests: install Debian's packages chromium and fonts-noto-cjk, or name a Chromium or "
    f"Chrome in {VARIABLE}"
)


def find(playwright: Playwright) -> str:
    """The path of a Chromium: the variable's, the machine's, Playwright's own; "" when there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        return named if Path(named).exists() else ""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else ""


def launch(playwright: Playwright, path: str) -> Browser:
    """Start it, without a window."""
    return playwright.chromium.launch(executable_path=path, args=_FLAGS)
