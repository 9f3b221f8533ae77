"""Orders of everybody: found by each filter, completed by hand, refunded, settled when the service does not say."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console import epay
from tests.console.seed import PASSWORD
from tests.console.site import Site
from tests.console.visit import Visits


@pytest.fixture(scope="module")
def customer(site: Site) -> Iterator[tuple[str, int]]:
    """Somebody who orders: name and id."""
    name = f"customer-{secrets.token_hex(3)}"
    made = site.api("POST", "/users", {"name": name})
    site.api("PUT", f"/users/{made['id']}/password", {"password": PASSWORD, "must_change": False})
    yield name, made["id"]
    site.api("DELETE", f"/users/{made['id']}")


@pytest.fixture(scope="module")
def service(site: Site) -> Iterator[epay.Epay]:
    with epay.service(site) as found:
        yield found


def prove(page: Page) -> None:
    """The second check, where it is asked for."""
    field = page.get_by_role("dialog").get_by_label("Password", exact=True)
    said = page.get_by_text("The refund is on its way").or_(page.get_by_text("That is noted"))
    expect(field.or_(said).or_(page.get_by_role("alert")).first).to_be_visible()
    if field.is_visible():
        field.fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()


def test_one_is_completed_by_hand_and_refunded(
    console: Visits, site: Site, customer: tuple[str, int], service: epay.Epay
) -> None:
    name, _ = customer
    number = epay.ordered(site, name, "30")
    page = console(f"orders?q={number}&peek={number}", theme="auto")
    console.allow(r"/refunds$", 403)
    page.get_by_role("button", name="Complete by hand").click()
    asked = page.get_by_role("dialog", name="Complete this order by hand?")
    asked.get_by_label("Note").fill("paid by transfer")
    asked.get_by_role("button", name="Complete by hand").click()
    expect(page.get_by_text("The order is completed")).to_be_visible()
    expect(page.locator(f"#row-{number}")).to_contain_text("Paid")
    assert site.api("GET", f"/accounts/user:{name}")["money"]["available"] == "30"
    page.get_by_role("button", name="Refund", exact=True).click()
    asked = page.get_by_role("dialog", name="Refund this order?")
    asked.get_by_label("Amount in USD").fill("12.5")
    asked.get_by_label("Reason").fill("not used")
    asked.get_by_role("button", name="Refund", exact=True).click()
    prove(page)
    expect(page.get_by_text("The refund is on its way")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Receipt")).first).to_be_visible()
    assert site.api("GET", f"/accounts/user:{name}")["money"]["available"] == "17.5"
    assert site.api("GET", f"/orders/{number}")["refunds"][0]["state"] == "done"
    console.looks(page, "orders-peek")


def test_a_refund_that_the_service_does_not_settle_is_settled_by_a_person(
    console: Visits, site: Site, customer: tuple[str, int], service: epay.Epay
) -> None:
    number = epay.ordered(site, customer[0], "10")
    site.api("POST", f"/orders/{number}/complete", {"reason": ""})
    service.answers[number] = 500
    page = console(f"orders?q={number}&peek={number}")
    console.allow(r"/refunds", 403, 409, 502)
    page.get_by_role("button", name="Refund", exact=True).click()
    asked = page.get_by_role("dialog", name="Refund this order?")
    asked.get_by_role("button", name="Refund", exact=True).click()
    prove(page)
    expect(page.get_by_text("Asked for")).to_be_visible()
    page.get_by_role("button", name="It was paid back").click()
    expect(page.get_by_text("That is noted")).to_be_visible()
    assert site.api("GET", f"/orders/{number}")["refunds"][0]["state"] == "done"


def test_each_filter_is_the_servers_and_one_is_cancelled(
    console: Visits, site: Site, customer: tuple[str, int], service: epay.Epay
) -> None:
    _, user = customer
    number = epay.ordered(site, customer[0], "5")
    page = console(f"orders?user_id={user}&state=pending")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    for query, count in (
        ("provider=epay", 1), ("provider=stripe", 0), ("purpose=topup", 1), ("purpose=subscription", 0),
        (f"q={number}", 1), ("q=gw-none", 0),
    ):  # fmt: skip
        with page.expect_request(re.compile(rf"/api/v1/orders\?.*{query}")):
            console.go(page, f"orders?user_id={user}&state=pending&{query}")
        expect(rows).to_have_count(count)
    with page.expect_request(re.compile(r"/api/v1/orders\?.*sort=id")):
        console.go(page, "orders?sort=id")
    console.go(page, f"orders?q={number}&peek={number}")
    page.get_by_role("button", name="Ask the provider").click()
    expect(page.get_by_text("The provider was asked")).to_be_visible()
    page.get_by_role("button", name="Cancel the order").click()
    page.get_by_role("dialog", name="Cancel this order?").get_by_role("button", name="Cancel the order").click()
    expect(page.locator(f"#row-{number}")).to_contain_text("Cancelled")
    assert site.api("GET", f"/orders/{number}")["order"]["state"] == "cancelled"


def test_the_list_is_a_file(console: Visits) -> None:
    page = console("orders?state=paid&size=25")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="CSV").click()
    lines = kept.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("number,")
    assert len(lines) > 1
    assert all(",paid," in line for line in lines[1:])


@pytest.mark.parametrize(("button", "state"), [("Cancel the orders", "cancelled"), ("Complete by hand", "paid")])
def test_many_at_once(
    console: Visits, site: Site, customer: tuple[str, int], service: epay.Epay, button: str, state: str
) -> None:
    name, user = customer
    numbers = [epay.ordered(site, name, "7") for _ in range(2)]
    page = console(f"orders?user_id={user}&state=pending")
    expect(page.locator("tbody tr[id^=row-]")).to_have_count(2)
    page.get_by_role("checkbox", name="Select the whole page").check()
    page.get_by_role("region", name="Selected rows").get_by_role("button", name=button).click()
    agreed = page.get_by_role("dialog", name=button)
    expect(agreed).to_contain_text(numbers[0])
    console.axe(page)
    with page.expect_response(re.compile(r"/orders/bulk$")) as answered:
        agreed.get_by_role("button", name=button).click()
    assert answered.value.json()["changed"] == 2
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert {site.api("GET", f"/orders/{number}")["order"]["state"] for number in numbers} == {state}
