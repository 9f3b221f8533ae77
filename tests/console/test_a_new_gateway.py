"""The printed link of a gateway that nobody has used: from it to the administrator and a working call, once.

Named so that it runs first of its folder: on the shared gateway, before that is filled, so that none is started for it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.console import seed
from tests.console.site import RUNNING, Bare
from tests.console.visit import Visits

MODEL = "mock-paced-64x10"


@pytest.fixture
def visits(browser: Browser, bare: Bare, shots: Path) -> Iterator[Visits]:
    """Pages of the gateway as it is."""
    if not bare.setup_link:
        pytest.skip(f"the gateway of {RUNNING} is in use")
    found = Visits(browser, bare.site, shots)
    try:
        yield found
        found.end()
    finally:
        found.close()


def test_the_printed_link_leads_to_a_working_call_and_is_good_once(visits: Visits, bare: Bare) -> None:
    api = bare.site.api
    assert api("GET", "/setup")["needed"], "something has used the gateway before this test"
    visits.allow(r"/api/v1/me$", 401)
    page = visits(None, user=None)
    page.goto(bare.setup_link)
    page.get_by_label("Your name here").fill(seed.ROOT_NAME)
    assert "#" not in page.url, "the token stays in no history"
    page.get_by_label("E-mail address").fill("root@example.com")
    page.get_by_label("Password", exact=True).fill(seed.PASSWORD)
    page.get_by_role("button", name="Next", exact=True).click()

    page.get_by_role("combobox", name="Whose models").fill("OpenAI-compatible")
    page.get_by_role("option", name=re.compile("OpenAI-compatible", re.IGNORECASE)).first.click()
    page.get_by_label("Address").fill(bare.upstream)
    page.get_by_role("textbox", name="The provider's API key").fill("sk-first")
    page.get_by_role("button", name="Next", exact=True).click()

    page.get_by_role("combobox", name="Model", exact=True).fill(MODEL)
    page.get_by_role("option", name=MODEL, exact=True).click()
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_role("status").filter(has_text="It answered")).to_be_visible()
    page.get_by_role("button", name="Next", exact=True).click()

    page.get_by_label("Name of the key").fill("first")
    page.get_by_role("button", name="Make the key").click()
    secret = page.get_by_test_id("secret").inner_text()
    page.get_by_role("button", name="Next", exact=True).click()
    bare.site.serves(secret, MODEL)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    # What is shown as code works with that key.
    code = page.locator("pre").first.inner_text()
    assert f"{bare.site.url}/v1" in code
    assert MODEL in code
    assert secret not in code
    asked = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"authorization": f"Bearer {secret}"}
    address = f"{bare.site.url}/v1/chat/completions"
    answer = httpx.post(address, json=asked, headers=headers, timeout=30.0, trust_env=False)
    assert answer.status_code == 200, answer.text
    page.get_by_role("link", name="To the console").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    visits.settle(page)

    other = visits(None, user=None)
    other.goto(bare.setup_link)
    expect(other.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    body = {"token": bare.setup_link.split("#")[1], "name": "second", "password": seed.PASSWORD}
    again = api.http.post("/setup", json=body)
    assert again.status_code == 409, again.text
    for channel in api("GET", "/channels")["items"]:
        api("DELETE", f"/channels/{channel['id']}")
    api("DELETE", "/keys/first")
