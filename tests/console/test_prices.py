"""The page of prices: filters, pages, a version with tiers, its history, its end, the comparison with the library."""

import uuid

from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits


def shows(page: Page, *wanted: str) -> None:
    """The list has these rows, in this order."""
    expect(page.locator("table.table tr[id^=row-] .opener")).to_have_text(list(wanted))


def test_a_price_is_published_versioned_and_ended(console: Visits, site: Site) -> None:
    model = f"p{uuid.uuid4().hex[:8]}"
    page = console("prices?new=1")
    form = page.get_by_role("dialog")
    form.get_by_label("Model").fill(model)
    form.get_by_label("Input", exact=True).fill("1.5")
    form.get_by_label("Output", exact=True).fill("6")
    form.get_by_role("button", name="Add a tier").click()
    form.get_by_label("Input", exact=True).nth(1).fill("3")
    form.get_by_role("button", name="Add hours").click()
    console.axe(page)
    form.get_by_role("button", name="Publish the version").click()
    expect(page.get_by_text(f"The price of {model} is published")).to_be_visible()
    [stored] = site.api("GET", f"/prices?search={model}")["items"]
    assert (stored["input"], stored["output"]) == ("1.5", "6")
    assert [(one["above"], one["input"]) for one in stored["tiers"]] == [(200000, "3")]
    assert len(stored["windows"]) == 1

    console.go(page, f"prices?q={model}")
    page.get_by_role("button", name=model, exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("cell", name="$3.00")).to_be_visible()
    drawer.get_by_role("button", name="New version").click()
    drawer.get_by_label("Output", exact=True).first.fill("7.25")
    drawer.get_by_role("button", name="Publish the version").click()
    expect(page.get_by_role("cell", name="$7.25")).to_be_visible()
    console.go(page, f"prices?q={model}&history=true")
    shows(page, model, model)
    for query, wanted in (("source=operator", [model]), ("source=seed", []), ("provider=openai", [])):
        console.go(page, f"prices?q={model}&{query}")
        shows(page, *wanted)
    console.go(page, f"prices?q={model}&source=operator")
    page.get_by_label(f"Actions for {model}").click()
    page.get_by_role("menuitem", name="End this price").click()
    page.get_by_role("dialog").get_by_role("button", name="End this price").click()
    expect(page.get_by_text("The price is ended")).to_be_visible()
    assert site.api("GET", f"/prices?search={model}")["items"] == []


def test_pages_and_the_comparison(console: Visits) -> None:
    page = console("prices?size=25", theme="dark")
    rows = page.locator("table.table tr[id^=row-] .opener")
    expect(rows).to_have_count(25)
    first = rows.first.inner_text()
    page.get_by_role("button", name="Next page").click()
    expect(rows.first).not_to_have_text(first)
    page.get_by_role("button", name="Previous page").click()
    expect(rows.first).to_have_text(first)
    page.get_by_role("button", name="Compare with the library").click()
    expect(page.get_by_role("dialog")).to_contain_text("Library")
    console.axe(page)
