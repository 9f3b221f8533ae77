"""Money in another currency than USD: shown, typed, and in USD for who wants that; what is booked stays USD.

What money is shown in is the whole gateway's; here only the page is told of another one, so that other tests see USD.
"""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.seed import PASSWORD
from tests.console.site import Site
from tests.console.visit import Visits

YUAN = {"code": "CNY", "unit": "", "rate": "7.25", "digits": 2}
YEN = {"code": "JPY", "unit": "", "rate": "150", "digits": 0}
QUOTA = {"code": "quota", "unit": "", "rate": "500000", "digits": 0}


@pytest.fixture(scope="module")
def people(site: Site) -> Iterator[tuple[str, str]]:
    """Somebody of finance, and somebody with 10 USD."""
    names = (f"finance-{secrets.token_hex(3)}", f"saver-{secrets.token_hex(3)}")
    ids = [
        site.api("POST", "/users", {"name": name, "role": role})["id"]
        for name, role in zip(names, ("finance", "member"), strict=True)
    ]
    site.api("PUT", f"/users/{ids[0]}/password", {"password": PASSWORD, "must_change": False})
    site.api("POST", f"/accounts/user:{names[1]}/entries", {"amount": "10", "reason": "topup", "note": "by transfer"})
    yield names
    for each in ids:
        site.api("DELETE", f"/users/{each}")


def told(page: Page, currency: dict[str, Any]) -> None:
    """From now on the page is told that money is shown so."""

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "currency": currency})

    page.unroute("**/api/v1/public/console")
    page.route("**/api/v1/public/console", answer)


def test_amounts_are_shown_and_typed_in_it(console: Visits, site: Site, people: tuple[str, str]) -> None:
    finance, saver = people
    page = console(None, user=finance, theme="auto")
    told(page, YUAN)
    console.open(page, f"accounts?user={saver}")
    row = page.locator("tr.openable")
    expect(row).to_contain_text("CN¥72.50")
    expect(row.get_by_title("$10.00").first).to_have_text("CN¥72.50")
    row.get_by_role("button", name=saver).click()
    amount = page.get_by_role("textbox", name="Amount")
    amount.fill("-1,000.5")
    expect(page.get_by_text("This is -$138.00")).to_be_visible()
    amount.fill("1e3")
    expect(page.get_by_text("An amount such as 12.50")).to_be_visible()
    amount.fill("-7.25")
    expect(amount).to_have_accessible_description("With a minus it is taken away. This is -$1.00")
    page.get_by_role("textbox", name="Note").fill("counted twice")
    console.looks(page, "currency-accounts")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("It is booked")).to_be_visible()
    assert [one["amount"] for one in site.api("GET", f"/accounts/user:{saver}/entries")["items"]] == ["-1", "10"]

    console.go(page, "appearance")
    page.get_by_role("radiogroup", name="Money in").get_by_text("USD").click()
    console.go(page, f"accounts?user={saver}")
    expect(row).to_contain_text("$9.00")
    expect(row).not_to_contain_text("CN¥")


def test_units_of_all_kinds(console: Visits, site: Site, people: tuple[str, str]) -> None:
    _, saver = people
    site.api("POST", f"/accounts/user:{saver}/entries", {"amount": "0.001", "reason": "grant", "note": "a little"})
    have = float(site.api("GET", f"/accounts/user:{saver}")["money"]["balance"])
    page = console(None)
    for currency, shown in (
        (YEN, f"¥{have * 150:,.0f}"),
        (QUOTA, f"{have * 500_000:,.0f}\u00a0quota"),
        ({"code": "custom", "unit": "★", "rate": "2", "digits": 3}, f"★{have * 2:,.3f}"),
    ):
        told(page, currency)
        console.open(page, f"accounts?user={saver}")
        expect(page.locator("tr.openable").get_by_title(f"${have:.3f}").first).to_have_text(shown)
