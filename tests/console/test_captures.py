"""Capture rules: made, changed, switched off and removed; a second check is fresh after signing in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits

KEY = "e2e-capture-key"


@pytest.fixture(scope="module")
def key(site: Site) -> Iterator[dict[str, Any]]:
    """A key that sends nothing, and that is gone with its rules."""
    made = dict(site.api("POST", "/keys", {"name": KEY, "user": "root"}))
    yield made
    for rule in _rules(site):
        site.api("DELETE", f"/captures/rules/{rule['id']}?purge=true")
    site.api("DELETE", f"/keys/{made['id']}")


def _rules(site: Site) -> list[dict[str, Any]]:
    return [rule for rule in site.api("GET", "/captures/rules")["items"] if rule["owner"] == KEY]


def test_a_rule_is_made_changed_and_removed(console: Visits, site: Site, key: dict[str, Any]) -> None:
    page = console("captures")
    page.get_by_role("button", name="New capture rule").first.click()
    form = page.get_by_role("dialog", name="New capture rule")
    form.get_by_role("combobox", name="Whose requests").fill(str(key["id"]))
    form.get_by_label("Kept for days").fill("3")
    form.get_by_label("Members taken out").fill("user_id")
    page.keyboard.press("Enter")
    form.get_by_role("button", name="New capture rule").click()
    row = page.get_by_role("row", name=re.compile(KEY))
    expect(row).to_contain_text("user_id")
    rule = _rules(site)[0]
    assert (rule["keep_days"], rule["redact"]["fields"]) == (3, ["user_id"])
    row.get_by_role("button", name=KEY, exact=True).click()
    peek = page.get_by_role("dialog", name=KEY)
    peek.get_by_label("Note").fill("case 7")
    peek.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("case 7")
    row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row).to_contain_text("Off")
    row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Remove with what it kept").click()
    page.get_by_role("dialog", name="Remove this rule?").get_by_role("button", name="Remove with what it kept").click()
    expect(row).to_have_count(0)
    assert _rules(site) == []


def test_members_do_not_come_here(console: Visits) -> None:
    page = console("captures", user="ben")
    expect(page.get_by_text("You may not see this page")).to_be_visible()


def test_looks(console: Visits) -> None:
    page = console("captures?new=1", theme="auto")
    expect(page.get_by_role("combobox", name="Whose requests")).to_be_visible()
    console.looks(page, "captures-new")
