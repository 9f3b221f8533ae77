"""Rate limits and budgets: made, changed, many at once, found by each filter, removed."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits


@pytest.fixture
def tag(site: Site) -> Iterator[str]:
    """A part of the names of one test's limits, which are removed at its end."""
    name = f"lim-{secrets.token_hex(3)}"
    yield name
    left = [row["id"] for row in site.api("GET", f"/limits?q={name}")["items"]]
    if left:
        site.api("POST", "/limits/bulk", {"ids": left, "action": "delete"})


@pytest.fixture
def spender(site: Site) -> Iterator[str]:
    """Somebody with two budgets."""
    name = f"spender-{secrets.token_hex(3)}"
    made = site.api("POST", "/users", {"name": name})
    for period in ("day", "month"):
        site.api("POST", "/budgets", {"scope": "user", "owner": name, "period": period, "amount": "5"})
    yield name
    site.api("DELETE", f"/users/{made['id']}")


def test_a_limit_is_made_and_changed(console: Visits, site: Site, tag: str) -> None:
    page = console("limits?new=1", theme="auto")
    console.allow(r"/api/v1/limits$", 404, 422)
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill(tag)
    form.get_by_role("textbox", name="Amount").fill("90000")
    form.get_by_role("textbox", name="User").fill("nobody-of-that-name")
    form.get_by_role("button", name="New limit").click()
    expect(form.get_by_role("textbox", name="User")).to_have_attribute("aria-invalid", "true")
    console.looks(page, "limits-new")
    page.set_viewport_size({"width": 1440, "height": 900})
    form.get_by_role("textbox", name="User").fill("ann")
    form.get_by_role("button", name="New limit").click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    made = site.api("GET", f"/limits/{tag}")
    assert (made["amount"], made["window"], made["match"], made["per"]) == (90000, "minute", {"user": "ann"}, ["key"])
    console.go(page, f"limits?q={tag}&peek={made['id']}")
    row = page.locator("tr.openable")
    expect(row).to_contain_text("90,000 requests a minute")
    form = page.get_by_role("dialog", name=tag)
    form.get_by_role("combobox", name="Counts").click()
    page.get_by_role("option", name="Open requests").click()
    form.get_by_role("button", name="Save", exact=True).click()
    expect(row).to_contain_text("90,000 at the same time")
    assert site.api("GET", f"/limits/{tag}")["window"] is None


def test_many_limits_are_switched_off_and_removed(console: Visits, site: Site, tag: str) -> None:
    for number in range(2):
        body = {"name": f"{tag}-{number}", "metric": "requests", "window": "day", "amount": 10**9}
        site.api("PUT", "/limits", body)
    page = console(f"limits?q={tag}")
    for action, after in (("Switch off", [False, False]), ("Switch on", [True, True]), ("Remove", [])):
        page.get_by_role("checkbox", name="Select the whole page").check()
        page.get_by_role("region", name="Selected rows").get_by_role("button", name=action).click()
        if action == "Remove":
            page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        # Each says its own: that of the one before is gone or not, as fast as the machine is.
        expect(page.get_by_text(f"{action}: 2 objects changed")).to_be_visible()
        assert [row["enabled"] for row in site.api("GET", f"/limits?q={tag}")["items"]] == after
    with page.expect_request(re.compile(r"/api/v1/limits\?.*sort=-id")):
        console.go(page, "limits?sort=-id")


def test_a_budget_is_made_changed_filled_again_and_removed(console: Visits, site: Site, spender: str) -> None:
    page = console("budgets?new=1", theme="auto")
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="New budget").click()
    expect(form.get_by_text("Say whose it is")).to_be_visible()
    form.get_by_role("combobox", name="Owner").fill(spender)
    form.get_by_role("textbox", name="Amount").fill("7.5")
    console.looks(page, "budgets-new")
    page.set_viewport_size({"width": 1440, "height": 900})
    form.get_by_role("button", name="New budget").click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    (made,) = [row for row in site.api("GET", f"/budgets?scope=user&owner={spender}")["items"] if row["alerts"]]
    assert (made["amount"], made["alerts"], made["period"]) == ("7.5", [80], "month")
    console.go(page, f"budgets?user={spender}&peek={made['id']}")
    form = page.get_by_role("dialog", name=spender)
    expect(form.get_by_role("textbox", name="Amount")).to_have_value("7.5")
    form.get_by_role("textbox", name="Amount").fill("8")
    form.get_by_role("button", name="Save", exact=True).click()
    row = page.locator(f"#row-{made['id']}")
    expect(row).to_contain_text("$8.00")
    row.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="Fill again").click()
    page.get_by_role("dialog").get_by_role("button", name="Fill again").click()
    expect(page.get_by_text("$0.00 was given back")).to_be_visible()
    row.get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_many_budgets_are_changed_and_each_filter_is_the_servers(console: Visits, site: Site, spender: str) -> None:
    page = console(f"budgets?user={spender}")
    rows = page.locator("tr.openable")
    expect(rows).to_have_count(2)
    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Set the amount").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("textbox", name="Amount").fill("12")
    asked.get_by_role("button", name="Set the amount").click()
    expect(rows.filter(has_text="$12.00")).to_have_count(2)
    for query, asked_for in (
        ("scope=organisation", "scope=organisation"), ("organisation=org-01", "scope=organisation&owner=org-01"),
        ("key=key-003", "scope=key&owner=key-003"), ("sort=id", "sort=id"),
    ):  # fmt: skip
        with page.expect_request(re.compile(rf"/api/v1/budgets\?.*{asked_for}")):
            console.go(page, f"budgets?{query}")
        expect(rows).not_to_have_count(0)
    console.allow(r"/api/v1/budgets", 404)
    console.go(page, "budgets?team=nobody/none")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
