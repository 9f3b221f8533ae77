"""Every page that opens without an id: both themes, all languages, a phone's and a desk's width, without a fault.

Axe finds nothing in either theme; nothing is wider than the window in any language; nothing fails, nothing complains.
A visit with an empty cache stays below its bound of bytes, and a list asks once. What a page does is tested in its
area's own file.
"""

import pytest

from tests.console.areas import Route, routes
from tests.console.visit import LOCALES, WIDTHS, Visits
from tests.console.wire import Wire

PHONE, DESK = WIDTHS
ROUTES = routes()
LOGIN_BYTES = 280 * 1024
PAGE_BYTES = 400 * 1024
FRAME = ("me", "public/console", "announcements")
"""What the frame around all pages asks for."""
BESIDE = {"channels-channels": 1, "analytics-analytics": 2, "webhooks-webhooks-events": 1}
"""Requests beside the list: what all channels did in one answer; the sums and the chart above the table; the
kinds of events that there are."""


NOT_AGAIN = """
  const every = window.setInterval;
  window.setInterval = (act, ms, ...rest) => every(act, ms >= 1000 ? 3_600_000 : ms, ...rest);
"""
"""Pages that follow what happens ask again by the clock, some after 3 s; on a slow machine that is before they rest."""


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_page_in_both_themes(console: Visits, route: Route) -> None:
    user = None if route.public else "root"
    console.allow(r"/api/v1/me$", 401)
    page = console(None, user=user, theme="auto", width=DESK)
    page.add_init_script(NOT_AGAIN)
    wire = Wire(page)
    console.open(page, route.path)
    assert wire.bytes <= (LOGIN_BYTES if route.path == "login" else PAGE_BYTES), wire.told()
    assert len(wire.asked) == len(set(wire.asked)), f"asked twice: {wire.asked}"
    if page.locator("[data-list]").count() == 1:
        own = [one for one in wire.asked if one not in FRAME]
        assert len(own) == 1 + BESIDE.get(route.name, 0), own
    console.axe(page)
    console.shot(page, f"{route.name}-light-{DESK}")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    console.resize(page, PHONE)
    console.fits(page)
    console.axe(page)
    console.shot(page, f"{route.name}-dark-{PHONE}")
    console.resize(page, 320)
    console.fits(page)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("signed_in", [True, False], ids=["inside", "outside"])
def test_all_pages_in_one_language(console: Visits, locale: str, *, signed_in: bool) -> None:
    console.allow(r"/api/v1/me$", 401)
    page = console(None, user="root" if signed_in else None, locale=locale, width=PHONE)
    for number, route in enumerate(route for route in ROUTES if route.public != signed_in):
        (console.go if number else console.open)(page, route.path)
        for width in (PHONE, DESK):
            console.resize(page, width)
            console.fits(page)
        console.resize(page, PHONE)
