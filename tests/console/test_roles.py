"""Roles: what each permits in words, sets made from others, changed, given, taken away and removed."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from admin.permissions import PERMISSIONS
from tests.console import seed
from tests.console.areas import PAGES
from tests.console.site import Site
from tests.console.visit import Visits

NAME = "roled"


@pytest.fixture
def keeper(site: Site) -> Iterator[str]:
    """Somebody who may do everything and proved it just now; all that is called so goes at the end."""
    made = site.api("POST", "/users", {"name": f"{NAME}-keeper", "role": "root"})
    site.api("PUT", f"/users/{made['id']}/password", {"password": seed.PASSWORD, "must_change": False})
    yield made["name"]
    for part in ("", "&removed=true"):
        for row in site.api("GET", f"/users?q={NAME}&limit=100{part}")["items"]:
            site.api("DELETE", f"/users/{row['id']}?purge=true")
    for row in site.api("GET", f"/roles?q={NAME}")["items"]:
        site.api("DELETE", f"/roles/{row['id']}")


def test_a_role_is_made_given_changed_and_removed(console: Visits, site: Site, keeper: str) -> None:
    site.api("POST", "/users", {"name": f"{NAME}-one", "organisation": "org-01"})
    page = console(f"roles?q={NAME}&new=1", user=keeper)
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Name").fill(f"{NAME}-set")
    drawer.get_by_role("combobox", name="Begin with").click()
    page.get_by_role("option", name="Finance of an organisation").click()
    expect(drawer.get_by_role("checkbox", name="Set and reset budgets")).to_be_checked()
    drawer.get_by_label("Everything: Money").click()
    drawer.get_by_placeholder("Find a permission").fill("channel")
    expect(drawer.get_by_role("checkbox", name="Set and reset budgets")).to_have_count(0)
    drawer.get_by_role("checkbox", name="See channels, without their secrets").check()
    console.axe(page)
    drawer.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("tbody .opener")).to_have_text([f"{NAME}-set"])
    (row,) = site.api("GET", f"/roles?q={NAME}")["items"]
    assert {"channels.read", "accounts.write", "keys.read"} <= set(row["permissions"])

    page.locator("tbody .opener").click()
    drawer.get_by_role("checkbox", name="See channels, without their secrets").uncheck()
    drawer.get_by_label("Remark").fill("of the book-keepers")
    drawer.get_by_role("button", name="Save").click()
    expect(page.locator("tbody").get_by_text("of the book-keepers")).to_be_visible()
    assert "channels.read" not in site.api("GET", f"/roles/{row['id']}")["permissions"]

    page.locator("tbody .opener").click()
    drawer.get_by_role("tab", name="People").click()
    expect(drawer.get_by_text("Nobody has it.")).to_be_visible()
    for count, place in enumerate(("On the whole gateway", "In their organisation"), 1):
        drawer.get_by_role("combobox", name="Give it to").fill(f"{NAME}-o")
        page.get_by_role("option", name=f"{NAME}-one").click()
        drawer.get_by_label("Where").click()
        page.get_by_role("option", name=place).click()
        drawer.get_by_role("button", name="Give", exact=True).click()
        expect(drawer.locator("tbody tr")).to_have_count(count)
        expect(drawer.get_by_role("combobox", name="Give it to")).to_have_value("")
    console.axe(page)
    user = site.api("GET", f"/users/{NAME}-one")
    assert (user["role"], user["organisation_role"]) == (row["name"], row["name"])
    for left in (1, 0):
        drawer.get_by_role("button", name=f"Take it from {NAME}-one").first.click()
        page.get_by_role("button", name="Take away", exact=True).click()
        expect(drawer.get_by_role("button", name=f"Take it from {NAME}-one")).to_have_count(left)
    page.keyboard.press("Escape")

    page.get_by_role("button", name=f"Actions for {NAME}-set").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The role is deleted")).to_be_visible()
    assert site.api("GET", f"/roles?q={NAME}")["items"] == []


def test_built_in_roles_are_read_and_an_administrator_stays_inside(console: Visits) -> None:
    page = console("roles?peek=organisation-finance", user="ann")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("A built-in role cannot be changed.")).to_be_visible()
    expect(drawer.get_by_role("listitem").filter(has_text="Set and reset budgets")).to_be_visible()
    console.axe(page)
    page.locator("tbody .opener", has_text="support").click()
    expect(drawer.get_by_text("This role belongs to the whole gateway")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New role").click()
    form = page.get_by_role("dialog", name="New role")
    expect(form.get_by_role("checkbox", name="See users")).to_be_enabled()
    expect(form.get_by_role("checkbox", name="Change settings")).to_have_count(0)


def test_every_permission_has_words() -> None:
    """What the console has no words for is shown in the server's English."""
    told = json.loads((PAGES.parent / "locales" / "en" / "roles.json").read_text(encoding="utf-8"))["may"]
    assert {f"{noun}.{verb}" for noun, verbs in told.items() for verb in verbs} == set(PERMISSIONS)
