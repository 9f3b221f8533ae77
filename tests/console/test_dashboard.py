"""The overview: its numbers, what is in the URL, what each person sees, and what a gateway without requests teaches."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

EMPTY = "?range=2020-01-02T00:00:00Z~2020-01-03T00:00:00Z"


def tile(page: Page, name: str) -> Locator:
    """The number of this name; it chooses the chart."""
    return page.get_by_role("button", name=re.compile(f"^{name}"))


def test_numbers_are_those_of_the_api_and_a_tile_chooses_the_chart(console: Visits) -> None:
    asked: list[str] = []
    page = console(None)
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/dashboard" in request.url else None)
    with page.expect_response(re.compile(r"/api/v1/dashboard")) as answer:
        console.open(page, "")
    assert len(asked) == 1, "one request for the whole overview"
    requests = answer.value.json()["now"]["requests"]
    expect(tile(page, "Requests")).to_contain_text(str(requests) if requests < 1000 else "K")
    expect(tile(page, "Requests")).to_have_attribute("aria-pressed", "true")
    tile(page, "Time to first token").click()
    expect(page).to_have_url(re.compile(r"measure=firstToken"))
    expect(page.get_by_role("figure", name="Time to first token")).to_be_visible()
    assert len(asked) == 1, "another measure of the same numbers is no request"


def test_range_order_and_scope_are_in_the_url_and_reach_the_server(console: Visits) -> None:
    page = console("?range=7d&order=requests")
    expect(page.get_by_role("radio", name="7 d")).to_be_checked()
    with page.expect_request(re.compile(r"/api/v1/dashboard.*order=cost")):
        page.get_by_role("radiogroup", name="Largest by").get_by_text("Cost").click()
    # Root made no requests: what there is of them is shown without a chart.
    console.open(page, "?range=7d&scope=own")
    with page.expect_request(re.compile(r"/api/v1/dashboard.*scope=own")) as sent:
        page.get_by_text("30 d", exact=True).click()
    assert "since=" in sent.value.url
    expect(page).to_have_url(re.compile(r"range=30d"))
    console.settle(page)


def test_operators_see_channels_and_health_and_members_their_own(console: Visits) -> None:
    root = console("?range=90d")
    expect(root.get_by_role("heading", name="Channels")).to_have_count(2)
    expect(root.get_by_role("heading", name="Users")).to_be_visible()
    ben = console("?range=90d", user="ben")
    expect(ben.get_by_role("heading", name="Overview")).to_be_visible()
    expect(ben.get_by_role("heading", name="Channels")).to_have_count(0)
    expect(ben.get_by_role("heading", name="Users")).to_have_count(0)


def test_a_period_without_requests_teaches(console: Visits, page: Page) -> None:
    console.open(page, EMPTY)
    expect(page.get_by_role("heading", name="Three steps to the first answer")).to_be_visible()
    page.get_by_role("link", name="Open the playground").click()
    expect(page).to_have_url(re.compile(r"/console/playground"))
    console.settle(page)


def test_what_is_announced_is_shown_as_markdown_and_no_html(console: Visits, site: Site) -> None:
    body = "Keys are **yours**. <img src=x onerror=alert(1)> [Rules](javascript:alert(1)) [More](https://example.com/)"
    made = site.api("POST", "/announcements", {"kind": "announcement", "title": "As it is written", "body": body})
    try:
        page = console("")
        news = page.locator("section").filter(has=page.get_by_role("heading", name="News", exact=True))
        one = news.locator("div").filter(has_text="As it is written").filter(has=page.locator("strong")).last
        expect(one.locator("strong")).to_have_text("yours")
        expect(one).to_contain_text("<img src=x onerror=alert(1)> Rules More")
        assert one.get_by_role("link").evaluate_all("all => all.map(one => one.href)") == ["https://example.com/"]
        assert one.locator("img").count() == 0
    finally:
        site.api("DELETE", f"/announcements/{made['id']}")


def test_live_numbers_come_and_can_be_paused(console: Visits) -> None:
    page = console("")
    expect(page.get_by_test_id("live")).to_contain_text("Open requests")
    page.get_by_role("button", name="Live").click()
    expect(page.get_by_test_id("live")).to_have_count(0)


def test_looks(console: Visits) -> None:
    page = console("?measure=tokens", theme="auto")
    expect(page.get_by_role("figure", name="Tokens")).to_be_visible()
    console.looks(page, "dashboard-tokens")
