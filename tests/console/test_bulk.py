"""Many at once on lists that have no other test of it: each button does what it says to each that is chosen."""

import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits

Things = list[dict[str, Any]]


def plans(site: Site, tag: str) -> Things:
    bodies = [{"name": f"{tag}-{number}", "title": tag, "price": "1", "quota": "1"} for number in range(2)]
    return [site.api("POST", "/plans", body) for body in bodies]


def prices(site: Site, tag: str) -> Things:
    bodies = [{"model": f"{tag}-{number}", "input": "1", "output": "2"} for number in range(2)]
    return [site.api("PUT", "/prices", body) for body in bodies]


def invitations(site: Site, tag: str) -> Things:
    return [site.api("POST", "/invitations", {"email": f"{tag}-{number}@example.com"}) for number in range(2)]


def vendors(site: Site, tag: str) -> Things:
    return [site.api("POST", "/vendors", {"name": f"{tag}-{number}"}) for number in range(2)]


@pytest.mark.parametrize(
    ("make", "page_path", "list_path", "buttons"),
    [
        (plans, "plans?q=", "/plans?q=", ("Switch off", "Switch on", "Remove")),
        (prices, "prices?q=", "/prices?search=", ("End this price",)),
        (invitations, "invitations?q=", "/invitations?q=", ("Withdraw",)),
        (vendors, "catalogue/vendors?q=", "/vendors?q=", ("Remove",)),
    ],
    ids=["plans", "prices", "invitations", "vendors"],
)
def test_many_at_once(
    console: Visits, site: Site, make: Any, page_path: str, list_path: str, buttons: tuple[str, ...]
) -> None:
    tag = f"b{secrets.token_hex(4)}"
    made = {row["id"] for row in make(site, tag)}
    page = console(page_path + tag)
    expect(page.locator("tbody tr[id^=row-]")).to_have_count(len(made))
    bar = page.get_by_role("region", name="Selected rows")
    for button in buttons:
        page.get_by_role("checkbox", name="Select the whole page").check()
        expect(bar).to_contain_text("2 selected")
        if button != buttons[-1]:
            with page.expect_response(re.compile(r"/bulk$")) as answered:
                bar.get_by_role("button", name=button).click()
        else:
            bar.get_by_role("button", name=button).click()
            agreed = page.get_by_role("dialog", name=button).get_by_role("button", name=button)
            expect(agreed).to_be_visible()
            with page.expect_response(re.compile(r"/bulk$")) as answered:
                agreed.click()
        done = answered.value.json()
        assert (done["changed"], done["refused"], done["dry_run"]) == (2, 0, False), done
        assert {one["id"] for one in done["results"]} == made
        stored = site.api("GET", list_path + tag)["items"]
        if button in ("Switch off", "Switch on"):
            assert {row["enabled"] for row in stored} == {button == "Switch on"}
        else:
            assert stored == []
            expect(page.locator("tbody tr[id^=row-]")).to_have_count(0)
