"""The page of routes: a request explained, kept in the URL, and the policies that move channels out and back."""

import re
import uuid

from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits


def test_a_request_is_explained_in_order(console: Visits, site: Site) -> None:
    model = f"m{uuid.uuid4().hex[:8]}"
    body = {"provider": "openai-compatible", "base_url": "http://127.0.0.1:9/v1", "secret": "sk", "models": [model]}
    made = [
        site.api("POST", "/channels", body | {"name": f"{model}-{name}", "priority": priority, "enabled": on})
        for name, priority, on in (("second", 1, True), ("first", 2, True), ("off", 3, False))
    ]
    try:
        page = console("routes")
        field = page.get_by_role("combobox", name="Model", exact=True)
        field.fill(model)
        field.press("Escape")
        page.get_by_role("button", name="Explain").click()
        rows = page.get_by_test_id("candidate")
        expect(rows).to_have_count(2)
        expect(rows.nth(0)).to_contain_text(f"{model}-first")
        expect(rows.nth(0)).to_contain_text("100%")
        expect(rows.nth(1)).to_contain_text(f"{model}-second")
        expect(rows.nth(0)).to_contain_text("Priority 2, the first that can serve it. Weight 1 of 1.")
        expect(page.get_by_text("It is switched off.")).to_be_visible()
        assert f"model={model}" in page.url
        console.axe(page)
        page.get_by_role("combobox", name="What the client speaks").click()
        page.get_by_role("option", name="Messages").click()
        page.get_by_role("button", name="Explain").click()
        expect(rows.nth(0)).to_contain_text("Converted")
        assert "protocol=messages" in page.url
        # The order is changed where it is seen.
        rows.nth(1).get_by_role("button", name=re.compile("Priority and weight")).click()
        page.get_by_role("textbox", name="Priority").fill("9")
        page.get_by_role("textbox", name="Priority").press("Enter")
        expect(rows.nth(0)).to_contain_text(f"{model}-second")
        page.get_by_role("button", name="Undo").click()
        expect(rows.nth(0)).to_contain_text(f"{model}-first")
        rows.nth(0).get_by_role("link").first.click()
        expect(page).to_have_url(re.compile(rf"channels\?peek={made[1]['id']}"))
        console.settle(page)
        console.fits(page)
        page.close()  # it would look for the channel that is deleted now
    finally:
        for one in made:
            site.api("DELETE", f"/channels/{one['id']}")


def test_a_model_that_nobody_serves(console: Visits) -> None:
    page = console("routes?model=nobody-serves-this", width=390, theme="dark", locale="fr")
    expect(page.get_by_text("Aucun canal ne propose ce modèle.")).to_be_visible()
    # What the server says stands in the person's language too.
    expect(page.get_by_text("Le modèle « nobody-serves-this » n’existe pas ici.")).to_be_visible()  # noqa: RUF001 - as French writes it
    console.axe(page)


def test_policies_are_saved(console: Visits, site: Site) -> None:
    page = console("routes?tab=policies")
    field = page.get_by_label("Failures in a row")
    field.fill("7")
    console.axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The policies are saved")).to_be_visible()
    try:
        stored = {one["name"]: one for one in site.api("GET", "/settings/channels")["settings"]}
        assert stored["disable_after"]["value"] == 7
        assert stored["auto_enable"]["source"] == "default"
    finally:
        site.api("PATCH", "/settings/channels", {"disable_after": None})
