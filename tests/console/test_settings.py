"""Settings: found by words, linked by name, drawn from the API's schema, changed together, and taken back."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.areas import PAGES
from tests.console.site import Site
from tests.console.visit import LOCALES, Visits

Changes = dict[str, dict[str, Any]]


def _put(site: Site, changes: Changes) -> None:
    site.api("PATCH", "/settings", {"settings": changes})


def _stored(site: Site, key: str) -> dict[str, Any]:
    area, name = key.split(".")
    return next(one for one in site.api("GET", f"/settings/{area}")["settings"] if one["name"] == name)


def _row(page: Page, key: str) -> Any:
    return page.locator(f"[id='{key}']")


@pytest.mark.parametrize("locale", LOCALES)
def test_each_setting_has_a_name_in_each_language(site: Site, locale: str) -> None:
    texts = json.loads((PAGES.parent / "locales" / locale / "settings.json").read_text(encoding="utf-8"))
    for area in site.api("GET", "/settings")["items"]:
        assert area["area"] in texts["area"]
        for one in area["settings"]:
            named = texts["of"][area["area"]].get(one["name"])
            assert named, f"{one['key']} has no name in {locale}"
            assert named["label"]
    known = {
        f"{area['area']}.{one['name']}" for area in site.api("GET", "/settings")["items"] for one in area["settings"]
    }
    assert {f"{area}.{name}" for area, names in texts["of"].items() for name in names} <= known


def test_searching_and_links(console: Visits, site: Site) -> None:
    page = console("settings")
    expect(page.get_by_role("region", name="Console", exact=True)).to_be_visible()
    page.get_by_label("Search settings").fill("smtp server")
    expect(_row(page, "mail.host")).to_be_visible()
    expect(_row(page, "mail.port")).to_have_count(0)
    assert "q=smtp" in page.url
    page.get_by_label("Search settings").fill("no such thing at all")
    page.get_by_role("button", name="Show all settings").click()
    page.get_by_role("navigation", name="Areas").get_by_role("button", name="Signing in").click()
    expect(_row(page, "identity.passkeys")).to_be_visible()
    assert "area=identity" in page.url
    # What asks for a second check says so before one edits: a whole area, or a secret among others.
    mark = page.get_by_role("img", name="Needs a second check")
    expect(_row(page, "identity.passkeys").locator(mark)).to_be_visible()
    area = page.get_by_role("region", name="Signing in")
    expect(area.get_by_text("Needs a second check", exact=True)).to_be_visible()
    console.go(page, "settings?area=console")
    expect(_row(page, "console.footer")).to_be_visible()
    expect(mark).to_have_count(0)
    # A link to one setting opens its area and puts the keyboard there; that of the palette names the area too.
    console.open(page, "settings#mail.port")
    expect(_row(page, "mail.port").get_by_role("textbox")).to_be_focused()
    console.go(page, "settings?area=identity#identity.session_days")
    expect(_row(page, "identity.session_days").get_by_role("textbox")).to_be_focused()
    page.reload()
    expect(_row(page, "identity.session_days").get_by_role("textbox")).to_be_focused()
    page.get_by_label("Only what was changed").click()
    expect(page.get_by_label("Only what was changed")).to_be_checked()
    listed = [
        one["key"]
        for area in site.api("GET", "/settings")["items"]
        for one in area["settings"]
        if one["source"] != "default"
    ]
    for key in listed:
        expect(_row(page, key)).to_be_visible()
    expect(_row(page, "identity.password_length")).to_have_count(0)


def test_several_areas_are_saved_at_once_and_taken_back(console: Visits, site: Site) -> None:
    _put(site, {"payments": {"receipt_note": None}, "console": {"footer": None}})
    page = console("settings?q=payments.receipt_note")
    page.get_by_label("Note on receipts").fill("With thanks")
    page.get_by_label("Search settings").fill("console.footer")
    page.get_by_label("Footer").fill("Made of tests")
    bar = page.get_by_role("region", name="Unsaved changes")
    expect(bar).to_contain_text("2 changes")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Settings saved")).to_be_visible()
    expect(bar).to_have_count(0)
    stored = _stored(site, "console.footer")
    assert (stored["value"], stored["source"]) == ("Made of tests", "console")
    assert _stored(site, "payments.receipt_note")["value"] == "With thanks"
    expect(_row(page, "console.footer")).to_contain_text("Default: empty")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("The earlier values are back")).to_be_visible()
    expect(page.get_by_label("Footer")).to_have_value("")
    assert _stored(site, "console.footer")["source"] == "default"
    assert _stored(site, "payments.receipt_note")["source"] == "default"


def test_what_is_wrong_is_said_at_the_field(console: Visits, site: Site) -> None:
    console.allow(r"/api/v1/settings", 422)
    page = console("settings?area=mail")
    page.get_by_label("Port").fill("70000")
    page.get_by_role("navigation", name="Areas").get_by_role("button", name="Keys").click()
    page.get_by_label("Keys of a user").fill("2000000")
    page.get_by_role("button", name="Save changes").click()
    # The first of them is shown, in whatever area it is; the other one is kept.
    expect(_row(page, "keys.most_per_user")).to_contain_text("1000000")
    page.get_by_role("navigation", name="Areas").get_by_role("button", name="E-mail").click()
    expect(_row(page, "mail.port")).to_contain_text("65535")
    expect(page.get_by_label("Port")).to_have_value("70000")
    _row(page, "mail.port").get_by_role("button", name="Undo this change").click()
    expect(page.get_by_label("Port")).to_have_value(str(_stored(site, "mail.port")["value"]))
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("region", name="Unsaved changes")).to_have_count(0)
    assert _stored(site, "keys.most_per_user")["value"] != 2000000


def _save(page: Page) -> None:
    """Save, and wait for the answer: what the page says of an earlier one may still be there."""
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and "/api/v1/settings" in answer.url):
        page.get_by_role("button", name="Save changes").click()


def test_each_kind_of_value(console: Visits, site: Site) -> None:
    _put(
        site,
        {
            "bonuses": {"welcome": None, "share": None},
            "payments": {"rates": None},
            "channels": {"disable_statuses": None},
        },
    )
    page = console("settings?area=bonuses")
    page.get_by_label("Welcome bonus").fill("1.5")
    page.get_by_label("Share of top-ups").fill("12.5")
    page.get_by_role("navigation", name="Areas").get_by_role("button", name="Channels").click()
    page.get_by_label("Statuses that count").fill("402")
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Areas").get_by_role("button", name="Top-ups").click()
    rates = page.get_by_role("group", name="Rates")
    rates.get_by_role("button", name="Add a line").click()
    rates.get_by_label("Key", exact=True).last.fill("JPY")
    rates.get_by_label("Value", exact=True).last.fill("150")
    # Where money goes is guarded: somebody who signed in just now has proved it.
    _save(page)
    expect(page.get_by_text("Settings saved")).to_be_visible()
    assert _stored(site, "bonuses.welcome")["value"] == 1_500_000_000
    assert _stored(site, "bonuses.share")["value"] == 125_000
    assert _stored(site, "channels.disable_statuses")["value"] == [401, 402]
    assert _stored(site, "payments.rates")["value"]["JPY"] == "150"
    console.go(page, "settings?area=payments#payments.rates")
    _row(page, "payments.rates").get_by_role("button", name="Forget what was set here").click()
    expect(_row(page, "payments.rates")).to_contain_text("will be forgotten")
    _save(page)
    expect(_row(page, "payments.rates")).to_contain_text("Default")
    expect(_row(page, "payments.rates").get_by_role("button", name="Forget what was set here")).to_have_count(0)
    assert _stored(site, "payments.rates")["source"] == "default"
    _put(site, {"bonuses": {"welcome": None, "share": None}, "channels": {"disable_statuses": None}})


def test_secrets_are_written_and_never_read(console: Visits, site: Site) -> None:
    _put(site, {"epay": {"key": None}})
    page = console("settings#epay.key")
    field = _row(page, "epay.key").get_by_role("textbox")
    expect(field).to_have_attribute("placeholder", "Not set")
    field.fill("secret-of-tests")
    _save(page)
    expect(page.get_by_text("Settings saved")).to_be_visible()
    expect(field).to_have_attribute("placeholder", "Set. Type to replace it.")
    expect(field).to_have_value("")
    assert _stored(site, "epay.key")["value"] is True
    _row(page, "epay.key").get_by_role("button", name="Forget what was set here").click()
    _save(page)
    expect(field).to_have_attribute("placeholder", "Not set")
    assert _stored(site, "epay.key")["value"] is False


def test_somebody_else_changed_it_meanwhile(console: Visits, site: Site) -> None:
    console.allow(r"/api/v1/settings", 412)
    _put(site, {"transfer": {"instructions": None}})
    page = console("settings?area=transfer")
    page.get_by_label("Instructions").fill("mine")
    _put(site, {"transfer": {"instructions": "theirs"}})
    page.get_by_role("button", name="Save changes").click()
    clash = page.get_by_role("alert").filter(has_text="Somebody else has changed it")
    expect(clash).to_contain_text("theirs")
    expect(clash).to_contain_text("mine")
    clash.get_by_role("button", name="Save mine").click()
    expect(page.get_by_text("Settings saved")).to_be_visible()
    assert _stored(site, "transfer.instructions")["value"] == "mine"
    _put(site, {"transfer": {"instructions": None}})


def test_unsaved_changes_are_asked_about_and_only_operators_come_here(console: Visits) -> None:
    page = console("settings?area=mail")
    page.get_by_label("Sender's name").fill("Somebody")
    page.get_by_role("link", name="Audit log").click()
    dialog = page.get_by_role("dialog", name="Leave without saving?")
    dialog.get_by_role("button", name="Stay").click()
    expect(page.get_by_label("Sender's name")).to_have_value("Somebody")
    page.get_by_role("button", name="Discard").click()
    other = console("settings", user="ben")
    expect(other.get_by_text("You may not see this page")).to_be_visible()


def test_looks(console: Visits) -> None:
    page = console("settings?area=payments", theme="auto")
    page.get_by_label("Seller's name").fill("Not saved")
    expect(page.get_by_role("region", name="Unsaved changes")).to_be_visible()
    console.looks(page, "settings")
    page.get_by_role("button", name="Discard").click()
