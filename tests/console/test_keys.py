"""Keys: made alone and by the dozen, shown once, changed, rotated, switched, removed; what a lead of a team may do."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

NAME = "consoled"


@pytest.fixture(scope="module")
def team(site: Site) -> Iterator[dict[str, Any]]:
    """A team of ben's organisation, which he leads, with user `consoled-member` in it."""
    ben = site.api("GET", "/users/ben")
    member = site.api("POST", "/users", {"name": f"{NAME}-member", "organisation": ben["organisation"]})
    made = site.api("POST", "/teams", {"name": f"{NAME}-team", "organisation": ben["organisation"]})
    site.api("PUT", f"/teams/{made['id']}/members/ben", {"role": "lead"})
    site.api("PUT", f"/teams/{made['id']}/members/{member['id']}")
    yield {**made, "place": f"{ben['organisation']}/{made['name']}"}
    sweep(site)
    site.api("DELETE", f"/teams/{made['id']}")
    site.api("DELETE", f"/users/{member['id']}?purge=true")


@pytest.fixture
def mine(site: Site, team: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """A key of nobody, one of the team, one of a member of it; whatever else is called so goes with them at the end."""
    yield [
        site.api("POST", "/keys", {"name": f"{NAME}-{number}"} | more)
        for number, more in enumerate(
            ({"enabled": False}, {"team": team["place"]}, {"team": team["place"], "user": f"{NAME}-member"})
        )
    ]
    sweep(site)


def sweep(site: Site) -> None:
    for row in site.api("GET", f"/keys?q={NAME}&limit=100")["items"]:
        site.api("DELETE", f"/keys/{row['id']}")


def states(site: Site) -> list[bool]:
    return [row["enabled"] for row in site.api("GET", f"/keys?q={NAME}&sort=name&limit=100")["items"]]


def shows(page: Page, *wanted: str) -> None:
    expect(page.locator("tbody .opener")).to_have_text(list(wanted))


def test_keys_are_made_and_shown_once(console: Visits, site: Site, mine: list[dict[str, Any]]) -> None:
    console.allow(r"/api/v1/keys$", 422)
    page = console(f"keys?new=1&q={NAME}")
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-new")
    form.get_by_label("Models").fill("gpt-*")
    form.get_by_label("Models").press("Enter")
    form.get_by_label("Networks").fill("not a network")
    form.get_by_label("Networks").press("Enter")
    form.get_by_label("Team").fill(f"{NAME}-te")
    page.get_by_role("option", name=f"{NAME}-team").click()
    form.get_by_role("button", name="Add a budget").click()
    form.get_by_role("button", name="Add a limit").click()
    console.axe(page)
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.get_by_text("must be a network such as")).to_be_visible()
    form.get_by_label("Networks").press("Backspace")
    form.get_by_label("Networks").fill("10.0.0.0/8")
    form.get_by_label("Networks").press("Enter")
    form.get_by_role("button", name="Create", exact=True).click()
    secret = form.get_by_test_id("secret")
    expect(secret).to_contain_text("sk-")
    console.axe(page)
    form.get_by_role("button", name="Close").last.click()
    expect(page.get_by_text(f"{NAME}-new")).to_be_visible()
    expect(page.get_by_text("sk-gw-", exact=False).filter(has_not_text="...")).to_have_count(0)
    (row,) = site.api("GET", f"/keys?q={NAME}-new")["items"]
    assert (row["models"], row["networks"], row["budgets"][0]["period"]) == (["gpt-*"], ["10.0.0.0/8"], "month")
    assert row["team"].endswith(f"/{NAME}-team")
    assert row["limits"] == [{"metric": "requests", "window": "minute", "amount": 60}]

    page.get_by_role("button", name="New key").click()
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-batch")
    form.get_by_label("How many").fill("4")
    form.get_by_role("button", name="Create", exact=True).click()
    expect(secret).to_contain_text(f"{NAME}-batch-4")
    with page.expect_download():
        form.get_by_role("button", name="Download").click()
    assert len(site.api("GET", f"/keys?q={NAME}-batch")["items"]) == 4


def test_a_key_is_changed_and_gets_a_new_value(console: Visits, site: Site, mine: list[dict[str, Any]]) -> None:
    page = console(f"keys?q={NAME}&peek={mine[0]['id']}")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("It was not used.")).to_be_visible()
    drawer.get_by_role("tab", name="Code").click()
    expect(drawer.get_by_text("/v1/chat/completions").first).to_be_visible()
    drawer.get_by_role("tab", name="Settings").click()
    drawer.get_by_label("Remark").fill("changed here")
    console.axe(page)
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    assert site.api("GET", f"/keys/{mine[0]['id']}")["remark"] == "changed here"

    page.get_by_role("button", name=f"Actions for {NAME}-0").click()
    page.get_by_role("menuitem", name="Enable").click()
    expect(page.get_by_text("It is enabled")).to_be_visible()
    page.get_by_role("button", name=f"Actions for {NAME}-0").click()
    page.get_by_role("menuitem", name="New value").click()
    page.get_by_role("button", name="Make the new value").click()
    secret = page.get_by_test_id("secret")
    expect(secret).to_contain_text("sk-")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    expect(secret).to_have_count(0)
    row = site.api("GET", f"/keys/{mine[0]['id']}")
    assert row["enabled"]
    assert row["old_until"]
    assert row["hint"] != mine[0]["hint"]

    page.get_by_role("button", name=f"Actions for {NAME}-1").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    shows(page, f"{NAME}-2", f"{NAME}-0")


def test_many_are_switched_grouped_and_deleted(console: Visits, site: Site, mine: list[dict[str, Any]]) -> None:
    page = console(f"keys?q={NAME}")
    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("Enable: 3 objects changed")).to_be_visible()
    assert states(site) == [True] * 3
    bar.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("Disable: 3 objects changed")).to_be_visible()
    assert states(site) == [False] * 3
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator("tbody").get_by_text("On", exact=True)).to_have_count(3)
    assert states(site) == [True] * 3
    bar.get_by_role("button", name="Set the group").click()
    page.get_by_role("dialog").get_by_label("Group").fill("vip")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Set the group: 3 objects changed")).to_be_visible()
    assert {row["group"] for row in site.api("GET", f"/keys?q={NAME}")["items"]} == {"vip"}
    bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Delete: 3 objects. This cannot be undone.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert states(site) == []


def test_each_filter_and_order_is_the_servers(
    console: Visits, team: dict[str, Any], mine: list[dict[str, Any]]
) -> None:
    page = console(f"keys?q={NAME}&sort=name")
    shows(page, f"{NAME}-0", f"{NAME}-1", f"{NAME}-2")
    for query, wanted in (
        ("enabled=false", "0"), ("enabled=true", "12"), (f"user={NAME}-member", "2"), ("group=vip", ""),
        (f"organisation={team['place'].split('/')[0]}", "12"), (f"team={team['place']}", "12"),
    ):  # fmt: skip
        console.go(page, f"keys?q={NAME}&sort=name&{query}")
        shows(page, *[f"{NAME}-{one}" for one in wanted])
    console.go(page, f"keys?q={NAME}&sort=-name")
    shows(page, f"{NAME}-2", f"{NAME}-1", f"{NAME}-0")
    page.get_by_role("button", name="Team", exact=True).click()
    page.get_by_role("combobox", name="Team").fill(f"{NAME}-te")
    page.get_by_role("option", name=team["place"]).click()
    shows(page, f"{NAME}-2", f"{NAME}-1")


def test_a_row_says_what_was_used(console: Visits, site: Site) -> None:
    row = next(one for one in site.api("GET", "/keys?q=key-0&limit=50")["items"] if one["used_nano"])
    page = console(f"keys?q={row['name']}")
    line = page.locator("tbody tr").first
    expect(line.locator(".num").nth(1)).to_contain_text("$")
    expect(line.locator("time").first).to_be_visible()


def test_a_lead_keeps_the_teams_keys_not_the_members(
    console: Visits, site: Site, team: dict[str, Any], mine: list[dict[str, Any]]
) -> None:
    page = console(f"keys?q={NAME}", user="ben")
    page.get_by_role("button", name=f"Actions for {NAME}-2").click()
    expect(page.get_by_role("menuitem", name="New value (its owner only)")).to_be_disabled()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Actions for {NAME}-1").click()
    page.get_by_role("menuitem", name="New value", exact=True).click()
    page.get_by_role("button", name="Make the new value").click()
    expect(page.get_by_test_id("secret")).to_contain_text("sk-")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()

    page.get_by_role("button", name="New key").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_label("User")).to_have_count(0)
    expect(form.get_by_text("Rate limits")).to_have_count(0)
    form.get_by_role("textbox", name="Name").fill(f"{NAME}-led")
    form.get_by_label("Team").fill(team["place"])
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.get_by_test_id("secret")).to_contain_text("sk-")
    (row,) = site.api("GET", f"/keys?q={NAME}-led")["items"]
    assert (row["team"], row["user"]) == (team["place"], None)
