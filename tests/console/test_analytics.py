"""Analytics: what is asked is in the URL and at the server; chart and table say it; a member sees their own."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

TOTALS = "/api/v1/usage/totals"
SINCE = """() => performance.getEntriesByType("resource").map((one) => new URL(one.name))
  .filter((url) => url.pathname.endsWith("/usage/totals")).map((url) => url.searchParams.get("since")).find(Boolean)"""
"""The beginning of the time that the page has asked for."""
GROUPS = ("key", "channel", "user", "team", "organisation", "group", "provider", "operation", "status", "end")


def asked(page: Page, *parts: str) -> Any:
    return page.expect_response(
        lambda answer: f"{TOTALS}?" in answer.url and all(part in answer.url for part in parts) and answer.ok
    )


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_measures_of_the_period_and_their_chart(console: Visits, site: Site) -> None:
    page = console("analytics?when=30d")
    # The page's own first day: another one may have begun by the time that the API is asked for the same.
    since = page.evaluate(SINCE)
    expect(page.get_by_role("heading", name="Analytics")).to_be_visible()
    figure = page.locator("figure.chart")
    tiles = page.get_by_role("region", name="What the chart shows")
    for tile, chart in (
        ("Tokens", "tokens"), ("Cost", "cost"), ("Failed", "errors"), ("Duration, p95", "latency"),
        ("First token, p95", "firstToken"), ("From the cache", "cache"), ("Requests", ""),
    ):  # fmt: skip
        tiles.get_by_role("button", name=re.compile(f"^{tile}")).click()
        expect(page).to_have_url(re.compile(f"chart={chart}$") if chart else re.compile(r"when=30d$"))
        expect(figure.locator("caption")).to_have_text(tile)
    # The table for who cannot see the chart has the largest models and a row for each day.
    found = site.api("GET", f"/usage/totals?group_by=model&order_by=requests&limit=6&since={since}")["items"]
    expect(figure.locator("thead th")).to_have_text(["Time", *(one["group"] for one in found), "Others"])
    expect(figure.locator("tbody tr")).to_have_count(31)
    with asked(page, "per=day"):
        page.get_by_text("Together", exact=True).click()
    expect(page).to_have_url(re.compile("split=no"))
    expect(figure.locator("thead th")).to_have_text(["Time", "Answered", "Failed"])
    with asked(page, "percentiles=true", "per=day"):
        tiles.get_by_role("button", name=re.compile("^Duration, p95")).click()
    expect(figure.locator("thead th")).to_have_text(
        ["Time", "Half of the requests within", "95 of 100 requests within"]
    )


def test_groupings(console: Visits) -> None:
    page = console("analytics?when=30d")
    names = ("Key", "Channel", "User", "Team", "Organisation", "Group", "Provider", "Operation", "Status")
    for name, by in zip((*names, "How it ended"), GROUPS, strict=True):
        with asked(page, f"group_by={by}", "limit=1000"):
            choose(page, "Grouped by", name)
        expect(page).to_have_url(re.compile(f"by={by}"))
        expect(page.locator(".list").get_by_role("columnheader").first).to_contain_text(name)
    expect(page.locator(".list tbody").get_by_text("Provider failed").first).to_be_visible()


def test_filters_and_periods(console: Visits) -> None:
    page = console("analytics")
    for label, value, part in (
        ("Model", "gpt-5-mini", "model=gpt-5-mini"), ("Key", "everything", "key=everything"),
        ("User", "ann", "user=ann"), ("Channel", "openai-01", "channel=openai-01"),
        ("Organisation", "org-01", "organisation=org-01"), ("Team", "org-01/research", "team=org-01%2Fresearch"),
        ("Group", "default", "group=default"),
        ("Provider", "openai-compatible", "provider=openai-compatible"),
    ):  # fmt: skip
        field = reveal(page, label)
        field.fill(value)
        with asked(page, part):
            field.press("Enter")
        expect(page).to_have_url(re.compile(re.escape(part)))
    for label, option, part in (("Operation", "Embeddings", "operation=embeddings"), ("Status", "502", "status=502")):
        reveal(page, label).click()
        with asked(page, part):
            page.get_by_role("option", name=option, exact=True).click()
        expect(page).to_have_url(re.compile(re.escape(part)))
    page.get_by_role("button", name="Remove the filter Status").click()
    expect(page).not_to_have_url(re.compile("status="))
    for name, part, per in (("24 h", "when=24h", "per=hour"), ("90 d", "when=90d", "per=day")):
        with asked(page, per):
            page.get_by_text(name, exact=True).click()
        expect(page).to_have_url(re.compile(part))
    page.get_by_role("button", name="Another period").click()
    with asked(page, "since="):
        page.get_by_role("button", name="6h", exact=True).click()
    expect(page).to_have_url(re.compile("when=6h"))


def reveal(page: Page, label: str) -> Any:
    """Open a filter's field, from behind "More" where it waits there."""
    expect(page.locator(".tools .filter").first).to_be_visible()
    shown = page.locator(".filter").get_by_role("button", name=label, exact=True)
    if shown.count():
        shown.click()
    else:
        page.locator(".tools").get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menuitem", name=label, exact=True).click()
    return page.get_by_role("dialog", name=label, exact=True).locator("input").first


def test_the_table_is_sorted_searched_and_leads_to_requests(console: Visits) -> None:
    page = console("analytics?when=30d")
    head = page.locator(".list").get_by_role("columnheader").first.get_by_role("button")
    names = page.locator(".list tbody td:nth-child(1)")
    first = names.all_inner_texts()
    head.click()
    expect(page).to_have_url(re.compile("sort=group"))
    expect(names).not_to_have_text(first)
    console.settle(page)
    ordered = names.all_inner_texts()
    assert sorted(ordered) == sorted(first)
    head.click()
    expect(page).to_have_url(re.compile("sort=-group"))
    expect(names).to_have_text(ordered[::-1])
    page.get_by_role("searchbox", name="Find in the table").fill("gpt-5-mini")
    expect(names).to_have_text(["gpt-5-mini"])
    row = page.locator(".list tbody tr")
    row.get_by_role("button", name=re.compile("Actions")).click()
    with asked(page, "model=gpt-5-mini"):
        page.get_by_role("menuitem", name="Only this").click()
    expect(page).to_have_url(re.compile("model=gpt-5-mini"))
    row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Show the requests").click()
    expect(page).to_have_url(re.compile(r"usage\?.*model=gpt-5-mini.*when=30d"))
    expect(page.get_by_role("heading", name="Requests")).to_be_visible()


def test_what_is_shown_is_kept_as_a_file(console: Visits) -> None:
    page = console("analytics?by=key&model=gpt-5-mini")
    for name, begins in (("CSV", "at,group,id,requests,"), ("JSON Lines", '{"at":null,"group":')):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as found:
            page.get_by_role("menuitem", name=name).click()
        query = parse_qs(urlsplit(found.value.url).query)
        assert query["model"] == ["gpt-5-mini"]
        assert query["group_by"] == ["key"]
        assert "since" in query
        text = found.value.path().read_text(encoding="utf-8")
        assert text.startswith(begins)
        assert "total_us_p95" in text


def test_a_member_sees_their_own_and_an_operator_may(console: Visits, site: Site) -> None:
    page = console("analytics?when=30d&by=channel", user="ben")
    expect(page.get_by_text("Your own use of models")).to_be_visible()
    expect(page.locator(".filter").get_by_role("button", name="Channel")).to_have_count(0)
    page.get_by_role("combobox", name="Grouped by").click()
    expect(page.get_by_role("option")).to_have_text(["Model", "Key", "Operation", "Status", "How it ended"])
    page = console("analytics?when=30d")
    with asked(page, "user="):
        choose(page, "Whose requests", "Only mine")
    expect(page).to_have_url(re.compile("scope=own"))
    expect(page.get_by_text("Your own use of models")).to_be_visible()


def test_nothing_was_asked(console: Visits) -> None:
    page = console("analytics?when=2020-01-01T00:00:00Z~2020-01-03T00:00:00Z")
    expect(page.get_by_role("heading", name="No requests in this period")).to_be_visible()
    console.axe(page)
