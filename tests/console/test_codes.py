"""Redemption codes: a batch is made and shown, each filter is the server's, each action on many and on one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console.seed import PASSWORD
from tests.console.site import Site
from tests.console.visit import Visits

NAME = "codes-test"


@pytest.fixture
def batch(site: Site) -> Iterator[str]:
    """Three codes of a batch of their own."""
    made = site.api("POST", "/redemption-codes", {"name": NAME, "credit": "3", "count": 3})
    try:
        yield made["batch"]
    finally:
        left = [row["id"] for row in site.api("GET", f"/redemption-codes?batch={made['batch']}")["items"]]
        if left:
            site.api("POST", "/redemption-codes/bulk", {"ids": left, "action": "delete"})


def states(site: Site, batch: str) -> list[str]:
    return sorted(row["state"] for row in site.api("GET", f"/redemption-codes?batch={batch}")["items"])


def test_a_batch_is_made_and_its_codes_are_shown(console: Visits, site: Site) -> None:
    page = console("codes?new=1")
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("codes-made")
    form.get_by_label("Credit of each").fill("0.5")
    form.get_by_label("How many").fill("2")
    form.get_by_role("button", name="Make them").click()
    expect(page.get_by_test_id("secret")).to_have_text(re.compile(r"^\S{8,}\s+\S{8,}\s*$"))
    rows = site.api("GET", "/redemption-codes?q=codes-made")["items"]
    assert [row["credit"] for row in rows] == ["0.5", "0.5"]
    site.api("POST", "/redemption-codes/bulk", {"ids": [row["id"] for row in rows], "action": "delete"})


def test_each_filter_and_sort_is_the_servers(console: Visits, batch: str) -> None:
    page = console(f"codes?batch={batch}")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    for query, count in (
        ("state=redeemed", 0), ("state=available", 3), ("q=conference", 0), (f"q={NAME}", 3), ("sort=id", 3),
    ):  # fmt: skip
        with page.expect_request(re.compile(rf"/api/v1/redemption-codes\?.*{query}")):
            console.go(page, f"codes?batch={batch}&{query}")
        expect(rows).to_have_count(count)


def test_many_are_switched_off_and_on_and_deleted(console: Visits, site: Site, batch: str) -> None:
    page = console(f"codes?batch={batch}")
    for action, after in (("Switch off", ["disabled"] * 3), ("Switch on", ["available"] * 3), ("Delete", [])):
        page.get_by_role("checkbox", name="Select the whole page").check()
        page.get_by_role("region", name="Selected rows").get_by_role("button", name=action).click()
        if action == "Delete":
            page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        # Each says its own: that of the one before is gone or not, as fast as the machine is.
        expect(page.get_by_text(f"{action}: 3 objects changed")).to_be_visible()
        assert states(site, batch) == after


def test_one_is_shown_after_the_second_check_switched_off_and_kept_as_a_file(
    console: Visits, site: Site, batch: str
) -> None:
    first = site.api("GET", f"/redemption-codes?batch={batch}")["items"][0]
    page = console(f"codes?batch={batch}&peek={first['id']}", theme="auto")
    console.allow(r"/reveal", 403)
    page.get_by_role("button", name="Show the code").click()
    prove = page.get_by_role("dialog").get_by_label("Password", exact=True)
    secret = page.get_by_test_id("secret")
    expect(prove.or_(secret).first).to_be_visible()
    if prove.is_visible():
        prove.fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    expect(secret).to_contain_text(first["hint"].rstrip("."))
    console.looks(page, "codes-peek")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Actions for")).first.click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(page.get_by_text("The code is switched off")).to_be_visible()
    assert states(site, batch).count("disabled") == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="Switched off")).to_have_count(0)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="CSV").click()
    assert len(kept.value.path().read_text(encoding="utf-8").splitlines()) == 4
