"""Users: made, changed, booked to, locked and removed, one by one and together; what an administrator of one sees."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

NAME = "peopled"


@pytest.fixture
def people(site: Site) -> Iterator[list[dict[str, Any]]]:
    """Three users, each of another kind; all that are called so go at the end."""
    kinds: list[dict[str, Any]] = [
        {"enabled": False}, {"group": "vip"},
        {"organisation": "org-01", "role": "viewer", "organisation_role": "finance"},
    ]  # fmt: skip
    yield [
        site.api("POST", "/users", {"name": f"{NAME}-{number}", "email": f"{NAME}-{number}@example.com"} | kind)
        for number, kind in enumerate(kinds)
    ]
    for part in ("", "&removed=true"):
        for row in site.api("GET", f"/users?q={NAME}&limit=100{part}")["items"]:
            site.api("DELETE", f"/users/{row['id']}?purge=true")


def states(site: Site) -> list[bool]:
    return [row["enabled"] for row in site.api("GET", f"/users?q={NAME}&limit=100")["items"]]


def shows(page: Page, *wanted: str) -> None:
    expect(page.locator("tbody .opener")).to_have_text(list(wanted))


def test_a_user_is_made_changed_and_removed(console: Visits, site: Site, people: list[dict[str, Any]]) -> None:
    page = console(f"users?new=1&q={NAME}")
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-new")
    form.get_by_label("E-mail address").fill(f"{NAME}-new@example.com")
    console.axe(page)
    form.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    page.locator("tbody .opener", has_text=f"{NAME}-new").click()
    form.get_by_label("Shown as").fill("Somebody")
    form.get_by_role("combobox", name="Role", exact=True).click()
    page.get_by_role("option", name="support").click()
    form.get_by_role("button", name="Save").click()
    expect(page.locator("tbody").get_by_text("Somebody")).to_be_visible()
    (row,) = site.api("GET", f"/users?q={NAME}-new")["items"]
    assert (row["display_name"], row["role"]) == ("Somebody", "support")

    page.get_by_role("button", name=f"Actions for {NAME}-new").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    shows(page, f"{NAME}-2", f"{NAME}-1", f"{NAME}-0")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody .opener")).to_have_count(4)
    page.get_by_role("button", name=f"Actions for {NAME}-0").click()
    page.get_by_role("menuitem", name="Enable").click()
    expect(page.get_by_text("The user is enabled")).to_be_visible()
    assert all(states(site))


def test_an_account_and_a_way_in(console: Visits, site: Site, people: list[dict[str, Any]]) -> None:
    number = people[1]["id"]
    page = console(f"users?q={NAME}&peek={number}&tab=balance")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Change", exact=True).fill("12.5")
    drawer.get_by_role("button", name="Book").click()
    expect(drawer.get_by_text("Say why: it stands in the books.")).to_be_visible()
    drawer.get_by_label("Why").fill("a present")
    drawer.get_by_role("button", name="Book").click()
    expect(page.get_by_text("It is booked")).to_be_visible()
    expect(drawer.get_by_text("grant · a present")).to_be_visible()
    limited = not site.api("GET", f"/users/{number}")["money"]["limited"]
    drawer.get_by_role("switch").click()
    expect(page.get_by_text("Only what is there can be spent" if limited else "The limit is lifted")).to_be_visible()
    money = site.api("GET", f"/users/{number}")["money"]
    assert (money["balance"], money["limited"]) == ("12.5", limited)

    drawer.get_by_role("tab", name="Sign-in").click()
    drawer.get_by_role("button", name="Lock", exact=True).click()
    expect(drawer.get_by_role("button", name="Unlock")).to_be_visible()
    assert site.api("GET", f"/users/{number}")["locked"]
    console.axe(page)
    drawer.get_by_role("button", name="Unlock").click()
    expect(drawer.get_by_role("button", name="Lock", exact=True)).to_be_visible()
    assert not site.api("GET", f"/users/{number}")["locked"]


def test_many_are_switched_and_removed(console: Visits, site: Site, people: list[dict[str, Any]]) -> None:
    page = console(f"users?q={NAME}")
    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Disable: 3 objects changed")).to_be_visible()
    assert states(site) == [False] * 3
    bar.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("Enable: 3 objects changed")).to_be_visible()
    assert states(site) == [True] * 3
    bar.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    # What was removed is undone, not what was done before: its message comes after the list is drawn.
    expect(page.get_by_text("Remove: 3 objects changed")).to_be_visible()
    assert states(site) == []
    page.get_by_role("button", name="Undo").last.click()
    shows(page, f"{NAME}-2", f"{NAME}-1", f"{NAME}-0")


def test_each_filter_and_order_is_the_servers(console: Visits, site: Site, people: list[dict[str, Any]]) -> None:
    page = console(f"users?q={NAME}")
    shows(page, f"{NAME}-2", f"{NAME}-1", f"{NAME}-0")
    for query, wanted in (
        ("enabled=false", "0"), ("enabled=true", "21"), ("group=vip", "1"), ("organisation=org-01", "2"),
        ("role=viewer", "2"), ("organisation_role=finance", "2"), ("organisation_role=member", ""),
        ("removed=true", ""), ("sort=name", "012"),
    ):  # fmt: skip
        console.go(page, f"users?q={NAME}&{query}")
        shows(page, *[f"{NAME}-{one}" for one in wanted])


def test_an_administrator_sees_their_organisation(console: Visits, site: Site, people: list[dict[str, Any]]) -> None:
    page = console(f"users?q={NAME}", user="ann")
    shows(page, f"{NAME}-2")
    expect(page.get_by_role("columnheader", name="Organisation")).to_have_count(0)
    page.get_by_role("button", name="New user").click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-hers")
    expect(form.get_by_label("Role", exact=True)).to_have_count(0)
    form.get_by_role("button", name="Create", exact=True).click()
    shows(page, f"{NAME}-hers", f"{NAME}-2")
    assert site.api("GET", f"/users/{NAME}-hers")["organisation"] == "org-01"
