"""Fixtures of the console's tests: one real gateway for the folder, a browser for each file, watched pages.

    site        the gateway, filled (tests/console/site.py)
    console     opens pages, signed in: console("channels", user="ann", locale="fr", theme="dark", width=390)
    page        such a page for root at 1440 px, with nothing opened yet: page.goto("channels")
    axe         axe(page) fails for what axe finds
    shot        shot(page, "name") writes build/console/name.png

After each test it fails for errors in the browser's console, requests that failed, and pages wider than their window;
`console.allow(r"/api/v1/login", 401)` says what is expected.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console import browser as browsers
from tests.console.site import Bare, Site, started
from tests.console.visit import WAIT_MS, Visits
from tests.integration.instance import ROOT

SHOTS = ROOT / "build" / "console"

# For all files at once: what one file sets holds for those that run after it too.
expect.set_options(timeout=WAIT_MS)


_OPEN = ("console", "page", "axe", "shot")
"""Fixtures of open pages."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is end to end, and may wait for a start on a busy machine.

    Pages are made last and so closed first: one that is open looks for what a fixture has just removed.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            if isinstance(item, pytest.Function):
                item.fixturenames.sort(key=lambda name: name in _OPEN)
            item.add_marker(pytest.mark.e2e)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(400))  # below faulthandler_timeout, which ends the run


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory, pick_port: Callable[[], int]) -> Iterator[Bare]:
    """The shared gateway as it was started: of use for the first test alone (test_a_new_gateway.py)."""
    with started(tmp_path_factory.mktemp("console"), pick_port()) as found:
        yield found


@pytest.fixture(scope="session")
def site(bare: Bare) -> Site:
    """The shared gateway; put back what you change, or make your own things under names of your own."""
    return bare.fill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: Playwright's loop would be in the way of asynchronous tests of other folders."""
    with sync_playwright() as playwright:
        path = browsers.find(playwright)
        if not path:
            if os.environ.get(browsers.NEEDED):
                pytest.fail(browsers.MISSING)
            pytest.skip(browsers.MISSING)
        found = browsers.launch(playwright, path)
        try:
            yield found
        finally:
            found.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """The folder of this run's pictures, emptied at its beginning."""
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    return SHOTS


@pytest.fixture
def console(browser: Browser, site: Site, shots: Path) -> Iterator[Visits]:
    """Opens pages of the console; what went wrong in any of them fails the test at its end."""
    visits = Visits(browser, site, shots)
    try:
        yield visits
        visits.end()
    finally:
        visits.close()


@pytest.fixture
def page(console: Visits) -> Page:
    """A page for root, with nothing opened yet."""
    return console(None)


@pytest.fixture
def axe(console: Visits) -> Callable[[Page], None]:
    """Fails for what axe finds on a page."""
    return console.axe


@pytest.fixture
def shot(console: Visits) -> Callable[[Page, str], Path]:
    """Writes a picture of a page into the folder of this run."""
    return console.shot
