"""Teams: made, changed, filled, removed; budgets and limits, what is used; what a lead and an administrator see."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

NAME = "teamed"


@pytest.fixture
def teams(site: Site) -> Iterator[list[dict[str, Any]]]:
    """Two of org-01 and one of ben's organisation, which he leads; all that are called so go at the end."""
    places = ("org-01", "org-01", site.api("GET", "/users/ben")["organisation"])
    made = [site.api("POST", "/teams", {"name": f"{NAME}-{n}", "organisation": at}) for n, at in enumerate(places)]
    site.api("PUT", f"/teams/{made[2]['id']}/members/ben", {"role": "lead"})
    site.api("POST", "/users", {"name": f"{NAME}-joined", "organisation": "org-01"})
    yield made
    site.api("DELETE", f"/users/{NAME}-joined?purge=true")
    for row in site.api("GET", f"/keys?q={NAME}&limit=100")["items"]:
        site.api("DELETE", f"/keys/{row['id']}")
    for row in site.api("GET", f"/teams?q={NAME}&limit=100")["items"]:
        site.api("DELETE", f"/teams/{row['id']}")


def shows(page: Page, *wanted: str) -> None:
    expect(page.locator("tbody .opener")).to_have_text([f"{NAME}-{one}" for one in wanted])


def test_a_team_is_made_filled_and_bounded(console: Visits, site: Site, teams: list[dict[str, Any]]) -> None:
    page = console(f"teams?q={NAME}&new=1")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Name").fill(f"{NAME}-new")
    drawer.get_by_label("Organisation").fill("org-01")
    drawer.get_by_label("Models").fill("gpt-*")
    drawer.get_by_label("Models").press("Enter")
    drawer.get_by_role("button", name="Create", exact=True).click()
    shows(page, "0", "1", "2", "new")
    page.locator("tbody .opener").last.click()
    (team,) = site.api("GET", f"/teams?q={NAME}-new")["items"]
    assert (team["models"], team["organisation"]) == (["gpt-*"], "org-01")

    drawer.get_by_role("combobox", name="Put somebody in").fill("an")
    page.get_by_role("option", name="ann", exact=True).click()
    drawer.get_by_role("button", name="Add", exact=True).click()
    role = drawer.get_by_role("combobox", name="Role of ann")
    expect(role).to_have_value("Member")
    console.axe(page)
    role.click()
    page.get_by_role("option", name="Lead").click()
    expect(page.get_by_text("The role is changed")).to_be_visible()
    assert [one["role"] for one in site.api("GET", f"/teams/{team['id']}/members")["items"]] == ["lead"]
    drawer.get_by_role("button", name="Take ann out").click()
    page.get_by_role("button", name="Take out", exact=True).click()
    expect(drawer.get_by_text("Nobody is in it yet.")).to_be_visible()

    drawer.get_by_role("tab", name="Budgets and limits").click()
    drawer.get_by_label("Amount").fill("20")
    drawer.get_by_role("button", name="Set the budget").click()
    expect(drawer.get_by_text("$0.00 of $20.00")).to_be_visible()
    drawer.get_by_label("At most").fill("5")
    drawer.get_by_label("Of whom").click()
    page.get_by_role("option", name="Each person").click()
    drawer.get_by_role("button", name="Set the limit").click()
    expect(drawer.get_by_role("cell", name="5 Requests per minute")).to_be_visible()
    console.axe(page)
    drawer.get_by_role("button", name="Begin anew: Per month").click()
    expect(page.get_by_text("The whole amount is there again")).to_be_visible()
    drawer.get_by_role("button", name="Delete the budget: Per month").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(drawer.get_by_text("No budget:")).to_be_visible()
    drawer.get_by_role("button", name="Delete the limit").click()
    expect(drawer.get_by_text("No limit names this team.")).to_be_visible()

    drawer.get_by_role("tab", name="Settings").click()
    drawer.get_by_label("Remark").fill("of the search")
    drawer.get_by_role("button", name="Save").click()
    expect(page.locator("tbody").get_by_text("of the search")).to_be_visible()


def test_what_comes_with_a_team(console: Visits, site: Site, teams: list[dict[str, Any]]) -> None:
    team = teams[0]["id"]
    site.api("PUT", f"/teams/{team}/members/{NAME}-joined", {"role": "member"})
    page = console(f"teams?q={NAME}&peek={team}&tab=grants")
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Role in the organisation").click()
    expect(page.get_by_role("option", name="Root")).to_have_count(0)
    page.get_by_role("option", name="Finance").click()
    drawer.get_by_label("Group", exact=True).click()
    page.get_by_role("option", name="default", exact=True).click()
    console.axe(page)
    console.shot(page, "teams-grants")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Members have it from now on")).to_be_visible()
    told = site.api("GET", f"/teams/{team}")["grants"]
    assert told == {"organisation_role": "finance", "group": "default"}
    assert site.api("GET", f"/users/{NAME}-joined")["organisation_role"] == "finance"

    page.locator("tbody .opener").first.click()
    drawer.get_by_role("tab", name="Comes with it").click()
    expect(drawer.get_by_role("combobox", name="Role in the organisation")).to_have_value("Finance")
    drawer.get_by_label("Without: Role in the organisation").click()
    drawer.get_by_label("Without: Group").click()
    with page.expect_response(re.compile(rf"/teams/{team}/grants$")):  # the message of before may still be there
        drawer.get_by_role("button", name="Save").click()
    assert site.api("GET", f"/teams/{team}")["grants"] == {"organisation_role": "", "group": ""}
    assert site.api("GET", f"/users/{NAME}-joined")["organisation_role"] == "member"


def test_each_filter_and_many_at_once(console: Visits, site: Site, teams: list[dict[str, Any]]) -> None:
    page = console(f"teams?q={NAME}&sort=-name")
    shows(page, "2", "1", "0")
    console.go(page, f"teams?q={NAME}&sort=-id&organisation=org-01")
    shows(page, "1", "0")
    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Set the models").click()
    ask = page.get_by_role("dialog")
    ask.get_by_label("Models").fill("claude-*")
    ask.get_by_label("Models").press("Enter")
    console.axe(page)
    ask.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody").get_by_text("claude-*")).to_have_count(2)
    assert site.api("GET", f"/teams/{teams[0]['id']}")["models"] == ["claude-*"]

    site.api("POST", "/keys", {"name": f"{NAME}-key", "team": f"org-01/{NAME}-0"})
    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog").get_by_text("It has keys that are nobody's but its own")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    shows(page, "0")
    site.api("DELETE", f"/keys/{NAME}-key")
    page.get_by_role("button", name=f"Actions for {NAME}-0").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_a_lead_sees_the_team_and_an_administrator_theirs(
    console: Visits, site: Site, teams: list[dict[str, Any]]
) -> None:
    site.api("POST", "/keys", {"name": f"{NAME}-key", "team": str(teams[2]["id"])})
    page = console(f"teams?q={NAME}", user="ben")
    shows(page, "2")
    expect(page.locator("tbody").get_by_text("Lead")).to_be_visible()
    expect(page.get_by_role("button", name="New team")).to_have_count(0)
    page.locator("tbody .opener").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("cell", name="ben")).to_be_visible()
    expect(drawer.get_by_role("button", name="Add", exact=True)).to_have_count(0)
    drawer.get_by_role("tab", name="Use and keys").click()
    expect(drawer.get_by_role("link", name=f"{NAME}-key")).to_be_visible()
    expect(drawer.get_by_text("s own", exact=False)).to_be_visible()
    console.axe(page)
    drawer.get_by_role("tab", name="Budgets and limits").click()
    expect(drawer.get_by_text("No budget:")).to_be_visible()
    expect(drawer.get_by_role("button", name="Set the budget")).to_have_count(0)

    page = console(f"teams?q={NAME}", user="ann")
    shows(page, "0", "1")
    expect(page.get_by_role("button", name="New team")).to_be_visible()
