"""The wallet: a code is redeemed, credit is bought at a payment service, a plan from the balance; both themes."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console import epay
from tests.console.seed import PASSWORD
from tests.console.site import Site
from tests.console.visit import Visits

TABS = ("entries", "orders", "plans", "statements", "invite")


@pytest.fixture(scope="module")
def payer(site: Site) -> Iterator[str]:
    """Somebody with 50 USD."""
    name = f"payer-{secrets.token_hex(3)}"
    made = site.api("POST", "/users", {"name": name})
    site.api("PUT", f"/users/{made['id']}/password", {"password": PASSWORD, "must_change": False})
    site.api("PUT", f"/users/{made['id']}/quota", {"limited": True, "balance": "50"})
    yield name
    site.api("DELETE", f"/users/{made['id']}")


def available(site: Site, user: str) -> str:
    return str(site.api("GET", f"/accounts/user:{user}")["money"]["available"])


def test_a_code_is_redeemed_and_stands_among_the_entries(console: Visits, site: Site, payer: str) -> None:
    code = site.api("POST", "/redemption-codes", {"name": "wallet test", "credit": "1.25"})["codes"][0]
    page = console("wallet", user=payer)
    field = page.get_by_role("textbox", name="Code")
    field.fill(code)
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_text("$1.25 was added")).to_be_visible()
    expect(page.get_by_role("region", name="Available")).to_contain_text("$51.25")
    console.allow(r"/api/v1/redemptions", 404, 409, 422)
    field.fill(code)
    field.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="redeemed")).to_be_visible()
    page.get_by_role("tab", name="Entries").click()
    expect(page).to_have_url(re.compile("tab=entries"))
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Redemption code")
    expect(row).to_contain_text("$1.25")


def test_credit_is_bought_and_the_order_is_shown_with_its_receipt(console: Visits, site: Site, payer: str) -> None:
    before = float(available(site, payer))
    with epay.service(site):
        page = console("wallet", user=payer, theme="auto")
        box = page.get_by_role("region", name="Top up")
        box.get_by_role("textbox", name="Amount").fill("0.5")
        expect(box.get_by_text("This amount is not sold")).to_be_visible()
        expect(box.get_by_role("button", name="Pay", exact=True)).to_be_disabled()
        box.get_by_role("button", name="$20.00").click()
        expect(box.get_by_text("$20.00 for $20.00 of credit")).to_be_visible()
        box.get_by_role("button", name="Pay", exact=True).click()
        page.wait_for_url(re.compile(r"wallet\?.*order="))
        console.settle(page)  # what it asks about the service is answered
    shown = page.get_by_role("status").filter(has_text="Paid")
    expect(shown).to_be_visible()
    expect(page.get_by_role("region", name="Available")).to_contain_text(f"${before + 20:.2f}")
    shown.get_by_role("button", name="Close").click()
    expect(page).not_to_have_url(re.compile("order="))
    for query, rows in (("state=paid", 1), ("state=expired", 0), ("purpose=subscription", 0), ("purpose=topup", 1)):
        with page.expect_request(re.compile(rf"/api/v1/orders\?.*{query}.*user_id=")):
            console.go(page, f"wallet?tab=orders&{query}")
        expect(page.locator("tbody tr")).to_have_count(rows)
    page.locator("tbody tr").get_by_role("button").first.click()
    expect(page.get_by_role("link", name="PDF")).to_have_attribute("href", re.compile(r"/receipts/.*format=pdf"))
    console.looks(page, "wallet-order")


def test_a_plan_is_bought_from_the_balance_and_renewed(console: Visits, site: Site, payer: str) -> None:
    page = console("wallet?tab=plans", user=payer)
    page.get_by_role("button", name="Buy Starter").click()
    page.get_by_role("dialog").get_by_role("button", name="Buy").click()
    running = page.get_by_role("article", name="Starter")
    expect(running).to_contain_text("$6.00 / $6.00")
    running.get_by_role("switch", name="Renews by itself").click()
    expect(page.get_by_text("It will renew by itself")).to_be_visible()
    (made,) = site.api("GET", f"/subscriptions?user={payer}&state=active")["items"]
    assert made["renews"] is True
    page.get_by_role("tab", name="Entries").click()
    expect(page.get_by_role("row").filter(has_text="Purchase")).to_contain_text("-$5.00")


def test_the_daily_check_in_gives_something_once(console: Visits, site: Site, payer: str) -> None:
    site.api("PATCH", "/settings", {"settings": {"bonuses": {"check_in": True}}})
    try:
        page = console("wallet", user=payer)
        page.get_by_role("button", name="Check in").click()
        expect(page.get_by_role("button", name="Done for today")).to_be_disabled()
    finally:
        site.api("PATCH", "/settings", {"settings": {"bonuses": {"check_in": None}}})


def test_a_month_is_chosen_and_its_statement_is_a_file(console: Visits) -> None:
    page = console("wallet?tab=statements", user="ben")
    page.get_by_role("combobox", name="Month").click()
    page.get_by_role("option").nth(1).click()
    expect(page).to_have_url(re.compile(r"month=\d{4}-\d\d"))
    month = page.url.split("month=")[1]
    expect(page.get_by_role("link", name="PDF")).to_have_attribute(
        "href", re.compile(rf"/statements/{month}\?user=ben&format=pdf")
    )
    page.get_by_role("tab", name="Invite").click()
    expect(page.get_by_text(re.compile(r"register\?aff="))).to_be_visible()


@pytest.fixture(scope="module")
def treasurer(site: Site) -> Iterator[tuple[str, str]]:
    """Who sees to the money of an organisation of their own: their name and the organisation's."""
    tail = secrets.token_hex(3)
    name, organisation = f"treasurer-{tail}", f"wallet-{tail}"
    group = site.api("POST", "/organisations", {"name": organisation})
    made = site.api("POST", "/users", {"name": name, "organisation": organisation, "organisation_role": "finance"})
    site.api("PUT", f"/users/{made['id']}/password", {"password": PASSWORD, "must_change": False})
    yield name, organisation
    site.api("PATCH", f"/users/{made['id']}", {"organisation": None})
    site.api("DELETE", f"/users/{made['id']}")
    site.api("DELETE", f"/organisations/{group['id']}")


def test_credit_is_bought_for_the_organisation(console: Visits, site: Site, treasurer: tuple[str, str]) -> None:
    name, organisation = treasurer
    with epay.service(site):
        page = console("wallet", user=name, theme="auto")
        page.get_by_role("radiogroup", name="Whose wallet").get_by_text(organisation).click()
        expect(page.get_by_role("region", name="Redeem a code")).to_have_count(0)
        box = page.get_by_role("region", name="Top up")
        box.get_by_role("button", name="$20.00").click()
        expect(box.get_by_text("$20.00 for $20.00 of credit")).to_be_visible()
        box.get_by_role("button", name="Pay", exact=True).click()
        page.wait_for_url(re.compile(r"wallet\?.*order="))
        console.settle(page)  # what it asks about the service is answered
    expect(page.get_by_role("status").filter(has_text=f"20 USD of credit for {organisation}")).to_contain_text("Paid")
    expect(page.get_by_role("region", name="Available")).to_contain_text("$20.00")
    entries = site.api("GET", f"/accounts/organisation:{organisation}/entries")["items"]
    assert [(one["reason"], one["amount"]) for one in entries] == [("topup", "20")]
    assert site.api("GET", f"/accounts/user:{name}")["money"]["balance"] == "0"
    console.looks(page, "wallet-organisation")
    console.go(page, "wallet?of=organisation&tab=plans")
    page.get_by_role("button", name="Buy Starter").click()
    page.get_by_role("dialog").get_by_role("button", name="Buy").click()
    expect(page.get_by_role("article", name="Starter")).to_contain_text("$6.00 / $6.00")
    for tab, shown in (("orders", f"for {organisation}"), ("entries", "Purchase"), ("statements", "$15.00")):
        console.go(page, f"wallet?of=organisation&tab={tab}")
        expect(page.get_by_role("tabpanel")).to_contain_text(shown)
    table = page.get_by_role("table", name="From the beginning to the end")
    expect(table.get_by_role("row")).to_have_text(
        [re.compile(text) for text in ("beginning.*0.00", "Purchase.*5.00", "Top-up.*20.00", "end.*15.00")]
    )
    page.get_by_role("radiogroup", name="Whose wallet").get_by_text("Mine").click()
    expect(page.get_by_role("tab", name="Invite")).to_be_visible()


def test_looks(console: Visits) -> None:
    page = console("wallet", user="ben", theme="auto")
    for tab in TABS:
        console.go(page, f"wallet?tab={tab}")
        expect(page.get_by_role("tab", name=tab.capitalize())).to_have_attribute("aria-selected", "true")
        console.looks(page, f"wallet-{tab}")
