"""The money flow of a time, in and out, as a file; an account's entries, a booking by hand, one taken back."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits


@pytest.fixture
def owner(site: Site) -> Iterator[str]:
    """Somebody with 10 USD."""
    name = f"money-{secrets.token_hex(3)}"
    made = site.api("POST", "/users", {"name": name})
    site.api("POST", f"/accounts/user:{name}/entries", {"amount": "10", "reason": "topup", "note": "by transfer"})
    yield name
    site.api("DELETE", f"/users/{made['id']}")


def test_the_flow_of_a_time_is_added_up(console: Visits, site: Site, owner: str) -> None:
    page = console("money", theme="auto")
    table = page.get_by_role("table", name="Money flow")
    expect(table.get_by_role("columnheader", name="Top-ups")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Requests")).to_be_visible()
    expect(page.get_by_role("figure", name="Where it came from")).to_be_visible()
    console.looks(page, "money")
    page.set_viewport_size({"width": 1440, "height": 900})
    for choice, query in (("Month", "per=month"), ("7 d", r"since=[^&]*&.*per=month")):
        with page.expect_request(re.compile(rf"/api/v1/money/flow\?.*{query}")):
            page.get_by_text(choice, exact=True).first.click()
    expect(page).to_have_url(re.compile(r"per=month&range=7d"))
    page.get_by_text("Where it went", exact=True).click()
    expect(page.get_by_role("figure", name="Where it went")).to_be_visible()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Export").click()
    lines = kept.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("at,topups,")
    assert len(lines) >= 2
    with page.expect_request(re.compile(r"scope=own")):
        page.get_by_text("Mine", exact=True).click()
    console.go(page, "money?range=2020-01-01T00:00:00Z~2020-01-05T00:00:00Z")
    expect(page.get_by_text("Nothing flowed in this time")).to_be_visible()


def test_a_booking_by_hand_and_one_taken_back(console: Visits, site: Site, owner: str) -> None:
    page = console(f"accounts?user={owner}", theme="auto")
    row = page.locator("tr.openable")
    expect(row).to_have_count(1)
    row.get_by_role("button", name=owner).click()
    page.get_by_role("textbox", name="Amount").fill("-2.5")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Say what it is for")).to_be_visible()
    page.get_by_role("textbox", name="Note").fill("counted twice")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("It is booked")).to_be_visible()
    expect(row).to_contain_text("$7.50")
    page.get_by_role("button", name="Take $10.00 back").click()
    page.get_by_role("dialog", name="Take this entry back?").get_by_role("button", name="Take back").click()
    expect(page.get_by_text("It is taken back")).to_be_visible()
    expect(row).to_contain_text("-$2.50")
    amounts = [one["amount"] for one in site.api("GET", f"/accounts/user:{owner}/entries")["items"]]
    assert amounts == ["-10", "-2.5", "10"]
    with page.expect_request(re.compile(r"/entries\?.*leases=true")):
        page.get_by_role("switch", name="Also what replicas reserve").click()
    console.looks(page, "accounts-peek")


def test_accounts_are_filtered_by_the_server(console: Visits) -> None:
    page = console("accounts")
    with page.expect_request(re.compile(r"/api/v1/accounts\?.*kind=organisation")):
        console.go(page, "accounts?kind=organisation")
    expect(page.locator("tbody tr").first).to_contain_text("org-")
    with page.expect_request(re.compile(r"/api/v1/accounts/organisation%3Aorg-02")):
        console.go(page, "accounts?organisation=org-02")
    expect(page.locator("tbody tr")).to_have_count(1)
    console.allow(r"/api/v1/accounts/user", 404)
    console.go(page, "accounts?user=nobody-at-all")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
