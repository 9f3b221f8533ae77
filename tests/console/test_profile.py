"""One's own account: name, password, authenticator app, sessions, notification targets; with a user of its own."""

import base64
import hashlib
import hmac
import re
import secrets
import struct
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

NAME = f"profile-{secrets.token_hex(3)}"
FIRST = "a-first-password-of-twelve"
SECOND = "a-second-password-of-twelve"
TABS = ("account", "security", "bindings", "notifications", "look")


def code_of(secret: str, step: int) -> str:
    """The code of an authenticator app (RFC 6238)."""
    digest = hmac.new(
        base64.b32decode(secret + "=" * (-len(secret) % 8)), struct.pack(">Q", step), hashlib.sha1
    ).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture(scope="module")
def person(site: Site) -> Iterator[str]:
    """A member who has a password and nothing else."""
    made = site.api("POST", "/users", {"name": NAME})
    try:
        site.api("PUT", f"/users/{NAME}/password", {"password": FIRST, "must_change": False})
        yield NAME
    finally:
        site.api("DELETE", f"/users/{made['id']}")


def signed_in(console: Visits, site: Site, path: str, password: str, **how: object) -> Page:
    """A page in a session of its own."""
    page = console(None, user=None, **how)  # type: ignore[arg-type]  # theme, width, locale
    answer = httpx.post(
        f"{site.url}/api/v1/login", json={"login": NAME, "password": password}, timeout=30, trust_env=False
    )
    assert answer.status_code == 200, answer.text
    cookie = {"name": "gateway-session", "value": answer.cookies["gateway-session"], "url": site.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dict of Playwright's own
    return console.open(page, path)


def test_name_password_and_sessions(console: Visits, site: Site, person: str) -> None:
    other = signed_in(console, site, "profile", FIRST)
    page = signed_in(console, site, "profile", FIRST)
    page.get_by_label("Display name").fill("A. Person")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is saved")).to_be_visible()
    assert site.api("GET", f"/users/{person}")["display_name"] == "A. Person"

    page.get_by_role("tab", name="Security").click()
    expect(page).to_have_url(re.compile("tab=security"))
    expect(page.get_by_text("This one")).to_have_count(1)
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    expect(page.get_by_text("The session is ended")).to_be_visible()
    expect(page.get_by_role("button", name="End all others")).to_have_count(0)
    console.allow(r"/api/v1/", 401)
    console.open(other, "profile")
    expect(other).to_have_url(re.compile("/console/login"))

    page.get_by_label("Present password").fill(FIRST)
    page.get_by_label("New password", exact=True).fill(SECOND)
    page.get_by_label("New password again").fill("something else")
    expect(page.get_by_text("The two are not equal")).to_be_visible()
    page.get_by_label("New password again").fill(SECOND)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The password is changed")).to_be_visible()


def test_authenticator_app(console: Visits, site: Site, person: str) -> None:
    site.api("PUT", f"/users/{person}/password", {"password": SECOND, "must_change": False})
    page = signed_in(console, site, "profile?tab=security", SECOND)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_alt_text("QR code of the secret")).to_be_visible()
    secret = page.locator("section", has_text="Authenticator app").locator("code").inner_text()
    page.get_by_label("Code of the app").fill(code_of(secret, int(time.time()) // 30))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_test_id("secret")).to_be_visible()
    expect(page.get_by_text("recovery codes are left")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    page.get_by_role("dialog").get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Set up")).to_be_visible()


def test_notification_target_and_low_balance(console: Visits, site: Site, person: str) -> None:
    site.api("PUT", f"/users/{person}/password", {"password": SECOND, "must_change": False})
    page = signed_in(console, site, "profile?tab=notifications", SECOND)
    expect(page.get_by_text("You are told nothing yet")).to_be_visible()
    page.get_by_role("button", name="Add a target").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Webhook", exact=True).click()
    dialog.get_by_label("Name").fill("my hook")
    dialog.get_by_label("Address of the server").fill(f"{site.url}/nowhere")
    dialog.get_by_role("button", name="Add a target").click()
    expect(page.get_by_test_id("secret")).to_be_visible()
    page.get_by_role("switch", name="my hook is on").click(force=True)
    expect(page.get_by_role("switch", name="my hook is on")).not_to_be_checked()
    page.get_by_role("button", name="Actions for my hook").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You are told nothing yet")).to_be_visible()
    page.get_by_label("Warn below").fill("2.5")
    with page.expect_response(lambda answer: answer.request.method != "GET" and answer.ok):
        page.get_by_role("button", name="Save").click()
    console.open(page, "profile?tab=notifications")
    expect(page.get_by_label("Warn below")).to_have_value("2.5")


def test_looks(console: Visits) -> None:
    page = console(None, user="ben", theme="auto")
    for tab in TABS:
        console.open(page, f"profile?tab={tab}")
        expect(page.get_by_role("heading", name="Profile", exact=True)).to_be_visible()
        console.looks(page, f"profile-{tab}")
