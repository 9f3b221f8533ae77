"""Plans are made, changed, switched off and removed; a subscription is given, changed, filled again and ended."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits

TAG = secrets.token_hex(3)


@pytest.fixture
def plan(site: Site) -> Iterator[str]:
    """A plan of one test; what was given of it stays with its owner, so it is switched off then."""
    name = f"plan-{secrets.token_hex(3)}"
    body = {"name": name, "price": "3", "quota": "4", "public": False, "position": 900}
    made = site.api("POST", "/plans", body)
    yield name
    site.api("PATCH", f"/plans/{made['id']}", {"enabled": False})


def test_a_plan_is_made_changed_and_removed(console: Visits, site: Site) -> None:
    name = f"made-{TAG}"
    page = console("plans?new=1", theme="auto")
    form = page.get_by_role("dialog")
    expect(form.get_by_role("textbox", name="Price")).to_be_visible()
    console.looks(page, "plans-new")
    page.set_viewport_size({"width": 1440, "height": 900})
    form.get_by_role("textbox", name="Name").fill(name)
    form.get_by_role("textbox", name="Title").fill("Made by a test")
    form.get_by_role("button", name="New plan").click()
    expect(form.get_by_text("An amount is needed")).to_have_count(2)
    form.get_by_role("textbox", name="Price").fill("12.50")
    form.get_by_role("textbox", name="Credit").fill("15")
    form.get_by_role("combobox", name="Full again").click()
    page.get_by_role("option", name="each week").click()
    form.get_by_role("switch", name="Shown to everybody").click()
    form.get_by_role("button", name="New plan").click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    made = site.api("GET", f"/plans/{name}")
    assert (made["price"], made["quota"], made["reset"], made["public"]) == ("12.5", "15", "week", False)
    console.go(page, f"plans?q={TAG}")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("$12.50 each month")
    row.get_by_role("button", name="Made by a test", exact=True).click()
    page.get_by_role("textbox", name="Credit").fill("16")
    page.keyboard.press("Control+s")
    expect(row).to_contain_text("$16.00")
    row.get_by_role("button", name="Actions for Made by a test").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row).to_contain_text("Switched off")
    page.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Only given")
    row.get_by_role("button", name="Actions for Made by a test").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The plan is removed")).to_be_visible()
    assert site.api("GET", f"/plans?q={TAG}")["items"] == []


def test_a_sold_plan_stays_and_lists_are_the_servers(console: Visits, site: Site) -> None:
    page = console("plans?q=starter")
    console.allow(r"/api/v1/plans/\d+$", 409)
    page.get_by_role("button", name="Actions for Starter").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert").filter(has_text="switch it off instead")).to_be_visible()
    for sort in ("name", "-position"):
        with page.expect_request(re.compile(rf"/api/v1/plans\?.*sort={sort}")):
            console.go(page, f"plans?sort={sort}")
    page.locator("tbody tr").filter(has_text="Starter").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"subscriptions\?plan=starter&state=active"))
    expect(page.locator("tbody tr").filter(has_text="ann")).not_to_have_count(0)
    for query in ("state=ended", "user=ann", "sort=paid_until"):
        with page.expect_request(re.compile(rf"/api/v1/subscriptions\?.*{query}")):
            console.go(page, f"subscriptions?{query}")


def test_one_is_given_changed_filled_again_and_ended(console: Visits, site: Site, plan: str) -> None:
    name = f"owner-{secrets.token_hex(3)}"
    user = site.api("POST", "/users", {"name": name})["id"]
    page = console("subscriptions?new=1", theme="auto")
    form = page.get_by_role("dialog")
    form.get_by_role("combobox", name="Plan").fill(plan)
    page.get_by_role("option", name=plan).click()
    form.get_by_role("combobox", name="Owner").fill(name)
    form.get_by_role("textbox", name="How many terms").fill("2")
    form.get_by_role("button", name="Give a subscription").click()
    expect(page.get_by_text("It is given")).to_be_visible()
    (made,) = site.api("GET", f"/subscriptions?user={name}")["items"]
    console.go(page, f"subscriptions?user={name}&peek={made['id']}")
    page.get_by_role("switch", name=re.compile("^Renews by itself")).click()
    expect(page.get_by_role("switch", name=re.compile("^Renews by itself"))).to_be_checked()
    page.get_by_role("button", name="Change the plan").click()
    asked = page.get_by_role("dialog", name="Another plan")
    asked.get_by_role("combobox", name="Plan").click()
    page.get_by_role("option", name="Team").click()
    asked.get_by_role("button", name="Change the plan").click()
    expect(page.get_by_text("The plan is changed")).to_be_visible()
    page.get_by_role("button", name="Fill again").click()
    asked = page.get_by_role("dialog", name="Give this period its full credit back?")
    asked.get_by_role("button", name="Fill again").click()
    expect(page.get_by_text("$0.00 was given back")).to_be_visible()
    console.looks(page, "subscriptions-peek")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="End it").click()
    asked = page.get_by_role("dialog", name="End this subscription now?")
    asked.get_by_role("textbox", name="Reason").fill("a test")
    asked.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The subscription has ended")).to_be_visible()
    now = site.api("GET", f"/subscriptions/{made['id']}")
    assert (now["state"], now["ended_because"]) == ("ended", "withdrawn")
    expect(page.locator(f"#row-{made['id']}")).to_contain_text("Ended")
    site.api("DELETE", f"/users/{user}")


def test_several_are_filled_again_and_ended(console: Visits, site: Site, plan: str) -> None:
    names = [f"several-{secrets.token_hex(3)}" for _ in range(2)]
    users = [site.api("POST", "/users", {"name": name})["id"] for name in names]
    for name in names:
        site.api("POST", "/subscriptions/give", {"plan": plan, "scope": "user", "owner": name})
    page = console(f"subscriptions?plan={plan}&state=active")
    bar = page.get_by_role("region", name="Selected rows")
    for action in ("Fill again", "End it"):
        page.get_by_role("checkbox", name="Select the whole page").check()
        bar.get_by_role("button", name=action).click()
        agreed = page.get_by_role("dialog", name=action).get_by_role("button", name=action)
        expect(agreed).to_be_visible()  # the count that is asked about has been answered
        with page.expect_response(re.compile("/api/v1/subscriptions/bulk$")) as answered:
            agreed.click()
        done = answered.value.json()
        assert (done["changed"], done["dry_run"]) == (2, False), done
    for name in names:
        expect(page.locator("tbody tr").filter(has_text=name)).to_have_count(0)
        (left,) = site.api("GET", f"/subscriptions?user={name}")["items"]
        assert (left["state"], left["ended_because"]) == ("ended", "withdrawn")
    for user in users:
        site.api("DELETE", f"/users/{user}")
