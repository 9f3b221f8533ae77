"""The set-up wizard, from a provider to an answer; it goes on where it was left, and no secret is in an address."""

import re

from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.talker import MODELS, talking
from tests.console.visit import Visits


def test_a_provider_a_test_a_key_and_an_answer(console: Visits, site: Site) -> None:
    console.allow(r"/models/compare$")
    with talking() as upstream:
        page = console("setup")
        page.get_by_role("combobox", name="Whose models").fill("OpenAI-compatible")
        page.get_by_role("option", name=re.compile("OpenAI-compatible", re.IGNORECASE)).first.click()
        page.get_by_label("Address").fill(upstream.url)
        page.get_by_role("textbox", name="The provider's API key").fill("sk-wizard-upstream")
        page.get_by_role("button", name="Next", exact=True).click()
        expect(page).to_have_url(re.compile("step=test&channel=|channel="))
        channel = int(re.search(r"channel=(\d+)", page.url)[1])  # type: ignore[index]
        try:
            console.open(page, page.url.split("/console/")[1])
            page.get_by_label("Model").first.fill(MODELS[0])
            page.get_by_role("button", name="Test it").click()
            expect(page.get_by_role("status").filter(has_text="It answered")).to_be_visible()
            page.get_by_role("button", name="Next", exact=True).click()
            page.get_by_label("Name of the key").fill("wizard-key")
            page.get_by_role("button", name="Make the key").click()
            secret = page.get_by_test_id("secret").inner_text()
            page.get_by_role("button", name="Next", exact=True).click()
            site.serves(secret, MODELS[0])
            page.get_by_role("button", name="Send").click()
            expect(page.get_by_test_id("answer")).not_to_be_empty()
            assert secret not in page.url
            assert secret not in page.content()
            console.axe(page)
        finally:
            site.api("DELETE", f"/channels/{channel}")
            site.api("DELETE", "/keys/wizard-key")
