"""Signing in: wrong and right, back to where one wanted, a session that ends under a form, a new password by link."""

import re

from playwright.sync_api import expect

from tests.console.seed import PASSWORD
from tests.console.site import Site
from tests.console.visit import Visits


def test_a_wrong_password_is_said_and_the_right_one_leads_where_one_wanted(console: Visits) -> None:
    console.allow(r"/api/v1/me$", 401)
    console.allow(r"/api/v1/login$", 401)
    page = console("announcements?q=wel", user=None)
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fannouncements%3Fq%3Dwel$"))
    page.get_by_label("Name or e-mail address").fill("root")
    page.get_by_role("textbox", name="Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/console/announcements\?q=wel$"))
    console.axe(console.settle(page))


def test_a_way_back_to_another_site_is_not_taken(console: Visits) -> None:
    console.allow(r"/api/v1/me$", 401)
    page = console("login?next=//example.com/", user=None)
    page.get_by_label("Name or e-mail address").fill("root")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    assert "example.com" not in page.url


def test_a_session_that_ends_keeps_what_was_typed_and_repeats_the_request(console: Visits, site: Site) -> None:
    console.allow(r"/api/v1/", 401)
    page = console("login", user=None)
    page.get_by_label("Name or e-mail address").fill("root")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    console.open(page, "announcements?new=1")
    page.get_by_label("Title").last.fill("Kept over the end of a session")
    page.context.clear_cookies()
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("Name or e-mail address").fill("root")
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Kept over the end of a session", exact=True)).to_be_visible()
    for row in site.api("GET", "/announcements/all?q=Kept")["items"]:
        site.api("DELETE", f"/announcements/{row['id']}")


def test_a_failed_login_elsewhere_is_told(console: Visits) -> None:
    page = console("login?problem=not-admitted", user=None, locale="fr")
    expect(page.get_by_role("alert")).to_contain_text("Votre compte externe")


def test_the_token_of_a_reset_leaves_the_address(console: Visits) -> None:
    console.allow(r"/api/v1/password-reset/confirm$", 401, 422)
    page = console(f"reset#{'x' * 32}", user=None)
    assert "#" not in page.url
    page.get_by_role("textbox", name="New password").fill("another long passphrase 9")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("not good any more")
    console.axe(page)
