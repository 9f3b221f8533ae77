"""The ways in besides a password: an authenticator app's code, a recovery code, a passkey of this device."""

import re
import secrets
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.test_profile import code_of
from tests.console.visit import Visits

NAME = f"ways-in-{secrets.token_hex(3)}"
PASSWORD = "a-way-in-of-twelve-and-more"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def person(site: Site) -> Iterator[str]:
    """A member with a password."""
    made = site.api("POST", "/users", {"name": NAME})
    try:
        site.api("PUT", f"/users/{NAME}/password", {"password": PASSWORD, "must_change": False})
        yield NAME
    finally:
        site.api("DELETE", f"/users/{made['id']}")


def type_password(page: Page) -> None:
    page.get_by_label("Name or e-mail address").fill(NAME)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_code_of_the_app_and_a_passkey_of_the_device(console: Visits, site: Site, person: str) -> None:
    console.allow(r"/api/v1/", 401)
    # Passkeys belong to a domain; an address by number has none.
    page = console(None, user=None, url=site.url.replace("127.0.0.1", "localhost"))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    console.open(page, "login?next=%2Fprofile%3Ftab%3Dsecurity")
    type_password(page)
    expect(page).to_have_url(re.compile(r"/profile\?tab=security$"))
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("row", name=re.compile("Passkey 1"))).to_be_visible()
    page.get_by_role("button", name="Set up").click()
    secret = page.locator("section", has_text="Authenticator app").locator("code").inner_text()
    step = int(time.time()) // 30
    page.get_by_label("Code of the app").fill(code_of(secret, step))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_test_id("secret")).to_be_visible()
    recovery = page.get_by_test_id("secret").inner_text().split()[0]

    page.context.clear_cookies()
    console.open(page, "login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).not_to_have_url(re.compile("/login"))

    page.context.clear_cookies()
    console.open(page, "login")
    type_password(page)
    console.axe(console.settle(page))
    # A step after the one that was used already: a code is good once, and a little early.
    later = max(step + 1, int(time.time()) // 30)
    page.get_by_role("textbox", name="Code", exact=True).fill(code_of(secret, later))
    page.get_by_role("button", name="Confirm").click()
    expect(page).not_to_have_url(re.compile("/login"))

    page.context.clear_cookies()
    console.open(page, "login")
    type_password(page)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_role("textbox", name="Recovery code").fill(recovery)
    page.get_by_role("button", name="Confirm").click()
    expect(page).not_to_have_url(re.compile("/login"))
