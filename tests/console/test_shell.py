"""The frame around all pages: it opens in each language and theme, signed in and not, and needs no mouse."""

import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.browser import PLAIN_HOST
from tests.console.site import Site
from tests.console.visit import LOCALES, Visits


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_page_opens_in_each_language(console: Visits, locale: str) -> None:
    page = console("", locale=locale)
    assert page.evaluate("document.documentElement.lang") == locale
    expect(page.locator("main")).to_be_visible()


def test_who_is_not_signed_in_comes_to_the_login(console: Visits) -> None:
    console.allow(r"/api/v1/me$", 401)
    page = console("channels", user=None)
    expect(page).to_have_url(re.compile(r"/console/login\b"))


def test_the_palette_finds_pages_things_and_settings(console: Visits) -> None:
    page = console("channels")
    page.get_by_role("searchbox").focus()
    for words, option, address in (
        ("openai-01", re.compile("^openai-01"), r"/channels\?peek=\d+$"),
        ("idle session", re.compile("session", re.IGNORECASE), r"/settings\?area=\w+#\w+\."),
        ("announce", re.compile("^Announcements"), "/announcements$"),
    ):
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search everything").fill(words)
        found = page.get_by_role("option", name=option).first
        expect(found).to_be_visible()
        while found.get_attribute("aria-selected") != "true":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(address))
        expect(page.get_by_role("listbox")).to_have_count(0)
        console.settle(page)  # the page that it leads to takes the focus to the thing itself


def test_without_a_mouse(console: Visits, site: Site) -> None:
    page = console("keys")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Ctrl K")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    reach(page, "New key")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Name")).to_be_visible()
    field = page.get_by_role("dialog").get_by_role("textbox", name="Name")
    # The dialog takes the focus a moment after it is drawn; a Tab before that would be lost.
    expect(page.get_by_role("dialog").locator(":focus")).to_have_count(1)
    for _ in range(60):
        if field.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("made by keys alone")
    page.keyboard.press("Control+s")
    expect(page.get_by_test_id("secret")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="made by keys alone", exact=True)).to_be_visible()
    site.api("DELETE", "/keys/made by keys alone")


def reach(page: Page, name: str) -> None:
    """Press Tab until the button has the focus, which can be seen there."""
    wanted = page.get_by_role("button", name=name, exact=True).first
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            outline = wanted.evaluate("one => getComputedStyle(one).outlineStyle")
            assert outline != "none", "what has the focus is not seen"
            return
    raise AssertionError(f"{name} is not reached")


def test_a_tab_of_an_older_version_says_so_and_goes_on(console: Visits) -> None:
    console.allow(r"/assets/", 404)
    page = console("announcements")
    page.route("**/console/assets/**", lambda route: route.fulfill(status=404, body=""))
    page.get_by_role("navigation").get_by_role("link", name="Models", exact=True).first.click()
    expect(page.get_by_role("alert").filter(has_text="A new version is installed")).to_be_visible()
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.unroute("**/console/assets/**")
    page.get_by_role("button", name="Reload").first.click()
    expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()


def test_a_refusal_says_what_to_do_and_leaves_what_is_there(console: Visits) -> None:
    console.allow(r"/api/v1/announcements/all", 500)
    page = console("announcements")
    rows = page.locator("tbody tr")
    before = rows.count()
    refusal = {"type": "urn:gateway:problem:internal", "title": "x", "status": 500, "request_id": "req_told"}
    page.route(
        "**/api/v1/announcements/all*",
        lambda route: route.fulfill(status=500, content_type="application/problem+json", body=json.dumps(refusal)),
    )
    page.get_by_role("button", name="Refresh").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("req_told")
    expect(rows).to_have_count(before)
    page.unroute("**/api/v1/announcements/all*")
    told.get_by_role("button", name="Try again").click()
    expect(told).to_have_count(0)


def test_plain_http_in_a_network(console: Visits, site: Site) -> None:
    """Browsers keep the clipboard and random identifiers from such pages."""
    page = console("wallet", url=site.url.replace("127.0.0.1", PLAIN_HOST))
    assert page.evaluate("isSecureContext") is False
    expect(page.get_by_role("heading", name="Wallet", exact=True)).to_be_visible()
    console.go(page, "keys?new=1")
    form = page.get_by_role("dialog", name="New key")
    form.get_by_role("textbox", name="Name").fill("plain-http")
    form.get_by_role("button", name="Create", exact=True).click()
    # That it is copied is said for a second and a half: the page's clock stands still until that was seen.
    page.clock.install()
    page.clock.pause_at(time.time() + 60)
    form.get_by_role("button", name="Copy", exact=True).first.click()
    expect(form.get_by_role("button", name="Copied", exact=True).first).to_be_visible()
    page.clock.resume()
    form.get_by_role("button", name="Close", exact=True).last.click()
    page.get_by_role("button", name="Actions for plain-http").click()
    page.get_by_role("menuitem", name="Disable").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    site.api("DELETE", "/keys/plain-http")
    # The header is for pages that are trusted; Chromium says that it leaves it out here.
    console.problems[:] = [one for one in console.problems if "Cross-Origin-Opener-Policy" not in one]


def test_what_the_operator_chose_is_for_who_has_chosen_nothing(console: Visits) -> None:
    def told(route: Route) -> None:
        answer = route.fetch()
        site = answer.json() | {
            "color_scheme": "dark", "preset": "simple-large", "default_locale": "fr", "footer": "Run by the library.",
        }  # fmt: skip
        site["links"] |= {"terms": "https://example.com/terms", "contact": "mailto:desk@example.com"}
        route.fulfill(response=answer, json=site)

    console.allow(r"/api/v1/me$", 401)
    page = console(None, user=None, locale="en", theme="light", chosen=False)
    page.route("**/api/v1/public/console", told)
    console.open(page, "login")
    expect(page.get_by_role("heading", name="Connexion", exact=True)).to_be_visible()
    assert page.locator("html[data-mantine-color-scheme=dark]").count() == 1
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--mantine-scale')") == "1.25"
    expect(page.get_by_role("link", name="Conditions d\u2019utilisation")).to_have_attribute(
        "href", "https://example.com/terms"
    )
    expect(page.get_by_text("Run by the library.")).to_be_visible()
    console.axe(page)
    console.shot(page, "site-look")
    # At the next start it begins so, before the operator's choice is asked for; when that has changed, it follows.
    page.unroute("**/api/v1/public/console")
    held: list[Route] = []
    page.route("**/api/v1/public/console", lambda route: held.append(route))  # noqa: PLW0108  # Playwright looks into it
    with page.expect_request("**/api/v1/public/console"):
        page.goto("models")
    expect(page.get_by_role("button", name="Langue")).to_be_visible()
    assert page.locator("html[data-mantine-color-scheme=dark]").count() == 1
    held[0].continue_()
    expect(page.locator("html[data-mantine-color-scheme=light]")).to_have_count(1)
