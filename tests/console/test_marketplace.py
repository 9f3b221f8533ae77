"""What everybody may see without an account: models with prices, how well they work; and the notices above a page."""

import re

from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits


def test_models_are_found_by_words_and_the_address_keeps_them(console: Visits, site: Site) -> None:
    names = [model["name"] for model in site.api("GET", "/models/offered")["models"]]
    page = console("models", user=None)
    cards = page.get_by_role("article")
    expect(cards.first).to_be_visible()
    page.get_by_role("searchbox").fill(names[-1])
    expect(page).to_have_url(re.compile("q="))
    expect(page.get_by_role("article", name=names[-1], exact=True)).to_be_visible()
    other = console(page.url.split("/console/")[1], user=None)
    assert other.get_by_role("article").count() == sum(names[-1].lower() in name.lower() for name in names)
    page.get_by_role("searchbox").fill("no such model at all")
    expect(page.get_by_role("heading", name="No model matches")).to_be_visible()
    console.allow(r"/api/v1/me$", 401)
    page.get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/console/login"))


def test_a_model_says_what_it_costs_and_how_well_it_works(console: Visits) -> None:
    """The answer is made here: a day of requests would have to be awaited."""
    hours = [{"at": f"2026-01-01T{hour:02}:00:00Z", "uptime": None if hour == 0 else 0.5} for hour in range(24)]
    level = {"state": "degraded", "uptime_day": 0.995, "uptime_week": None, "first_token_ms": 420, "hours": hours}
    price = {"input": "1.25", "output": "10", "cache_read": "0.125", "cache_write": "0", "call": "0", "more": True}
    model = {
        "name": "acme-1", "title": "Acme One", "alias_of": None, "vendor": "Acme", "icon": "", "description": "Writes.",
        "tags": ["chat"], "capabilities": ["chat", "vision"], "context_tokens": 200_000, "output_tokens": None,
        "price": price, "level": {**level, "tokens_per_second": 81.5},
    }  # fmt: skip
    page = console(None, theme="auto")
    page.route("**/api/v1/public/models", lambda route: route.fulfill(json={"models": [model], "groups": {}}))
    console.open(page, "models")
    card = page.get_by_role("article", name="acme-1", exact=True)
    for text in ("Acme One", "Context 200K", "Input$1.25", "Output$10.00", "Cached input$0.125", "Tiers", "Impaired"):
        expect(card).to_contain_text(text)
    for text in ("99.5%", "420 ms", "81.5 tokens/s"):
        expect(card).to_contain_text(text)
    expect(card.get_by_role("list", name="Uptime of the last 24 hours").get_by_role("listitem")).to_have_count(24)
    console.looks(page, "marketplace-models")


def test_a_status_that_is_not_public_says_so(console: Visits) -> None:
    page = console("status", user=None)
    expect(page.get_by_role("heading", name="The status is not public here")).to_be_visible()


def test_a_notice_is_above_every_page_until_it_is_put_away(console: Visits, site: Site) -> None:
    made = site.api("POST", "/announcements", {"kind": "notice", "title": "Put me away", "body": "Soon."})
    try:
        page = console("appearance")
        expect(page.get_by_role("region", name="Notices")).to_contain_text("Put me away Soon.")
        console.axe(page)
        page.get_by_role("button", name="Put away: Put me away").click()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Put me away")).to_have_count(0)
    finally:
        site.api("DELETE", f"/announcements/{made['id']}")
