"""Organisations, groups and invitations: made, found, changed, switched, removed; what an administrator of one may."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits

NAME = "placed"


@pytest.fixture
def organisations(site: Site) -> Iterator[list[dict[str, Any]]]:
    """Two; all that are called so go at the end."""
    yield [site.api("POST", "/organisations", {"name": f"{NAME}-{number}"}) for number in range(2)]
    for row in site.api("GET", f"/organisations?q={NAME}&limit=100")["items"]:
        site.api("DELETE", f"/organisations/{row['id']}")


def test_organisations(console: Visits, site: Site, organisations: list[dict[str, Any]]) -> None:
    page = console(f"organisations?q={NAME}&new=1")
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-new")
    form.get_by_label("Groups that its people may choose").fill("vip")
    form.get_by_label("Groups that its people may choose").press("Enter")
    console.axe(page)
    form.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("tbody .opener")).to_have_text([f"{NAME}-0", f"{NAME}-1", f"{NAME}-new"])

    page.locator("tbody .opener").last.click()
    form.get_by_label("Remark").fill("of a friend")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("tbody").get_by_text("of a friend")).to_be_visible()
    page.locator("tbody .opener").last.click()
    form.get_by_role("tab", name="Balance").click()
    form.get_by_label("Change", exact=True).fill("40")
    form.get_by_label("Why").fill("their first")
    form.get_by_role("button", name="Book").click()
    expect(form.get_by_text("grant · their first")).to_be_visible()
    console.axe(page)
    (row,) = site.api("GET", f"/organisations?q={NAME}-new")["items"]
    assert (row["groups"], row["remark"], row["money"]["balance"]) == (["vip"], "of a friend", "40")
    page.keyboard.press("Escape")

    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Disable: 3 objects changed")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody").get_by_text("On", exact=True)).to_have_count(3)
    page.get_by_role("button", name=f"Actions for {NAME}-0").click()
    page.get_by_role("menuitem", name="Disable").click()
    expect(page.locator("tbody").get_by_text("Off", exact=True)).to_have_count(1)
    bar.get_by_role("button", name="Enable").click()
    expect(page.locator("tbody").get_by_text("On", exact=True)).to_have_count(3)
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert site.api("GET", f"/organisations?q={NAME}")["items"] == []


def test_an_administrator_names_their_organisation(console: Visits) -> None:
    page = console("organisations?peek=1", user="ann")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Name")).to_have_value("org-01")
    expect(drawer.get_by_label("Group of new users")).to_have_count(0)
    expect(page.locator("tbody .opener")).to_have_text(["org-01"])
    expect(page.get_by_role("button", name="New organisation")).to_have_count(0)


@pytest.fixture
def group(site: Site) -> Iterator[str]:
    """A name that no group has; one that is called so goes at the end."""
    yield f"{NAME}-group"
    if any(row["name"] == f"{NAME}-group" for row in site.api("GET", "/groups")["items"]):
        site.api("DELETE", f"/groups/{NAME}-group")


def test_groups(console: Visits, site: Site, group: str) -> None:
    page = console("groups?new=1")
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.get_by_text("A group needs a name.")).to_be_visible()
    form.get_by_role("textbox", name="Name").fill(group)
    form.get_by_label("Multiplier", exact=True).fill("0.75")
    form.get_by_role("button", name="Add one").click()
    form.get_by_role("textbox", name="Group of the key").fill("vip")
    form.get_by_label("Models").fill("gpt-*")
    form.get_by_label("Models").press("Enter")
    console.axe(page)
    form.get_by_role("button", name="Create", exact=True).click()
    line = page.locator("tbody tr", has_text=group)
    expect(line.get_by_text("0.75")).to_be_visible()
    line.locator(".opener").click()
    form.get_by_label("On top-ups").fill("0.9")
    form.get_by_role("button", name="Save").click()
    expect(line.get_by_text("0.9")).to_be_visible()
    row = site.api("GET", f"/groups/{group}")
    assert (row["ratio"], row["topup_ratio"], row["used"], row["models"]) == ("0.75", "0.9", {"vip": "1"}, ["gpt-*"])
    page.get_by_role("button", name=f"Actions for {group}").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0)


def test_invitations(console: Visits, site: Site) -> None:
    email = f"{NAME}@example.com"
    page = console(f"invitations?new=1&q={email}")
    form = page.get_by_role("dialog")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_label("Good for so many days").fill("3")
    form.get_by_role("button", name="Make the invitation").click()
    secret = form.get_by_test_id("secret")
    expect(secret).to_be_visible()
    console.axe(page)
    form.get_by_role("button", name="Close").last.click()
    expect(secret).to_have_count(0)
    expect(page.locator("tbody tr")).to_have_count(1)
    for state, count in (("used", 0), ("expired", 0), ("open", 1)):
        console.go(page, f"invitations?q={email}&state={state}")
        expect(page.locator("tbody tr")).to_have_count(count)
    page.get_by_role("button", name=f"Actions for {email}").click()
    page.get_by_role("menuitem", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("It is withdrawn")).to_be_visible()
    assert site.api("GET", f"/invitations?q={email}")["items"] == []
