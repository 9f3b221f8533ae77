"""Pages of models and vendors: filters, the form, whom many models are listed for, names that nothing is known of."""

import uuid

from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits


def shows(page: Page, *wanted: str) -> None:
    """The list has these rows, in this order."""
    expect(page.locator("table.table tr[id^=row-] .opener")).to_have_text(list(wanted))


def test_models_are_found_changed_and_removed(console: Visits, site: Site) -> None:
    mark = f"c{uuid.uuid4().hex[:8]}"
    vendor = site.api("POST", "/vendors", {"name": mark})
    made = [
        site.api("POST", "/models", {"name": f"{mark}-{n}", "visibility": seen, "vendor": mark if n == 1 else None})
        for n, seen in enumerate(["public", "users"])
    ]
    try:
        page = console(f"catalogue?q={mark}")
        shows(page, f"{mark}-0", f"{mark}-1")
        for query, wanted in (
            ("visibility=users", "1"),
            ("visibility=hidden", ""),
            (f"vendor={mark}", "1"),
            ("sort=-name", "10"),
        ):
            console.go(page, f"catalogue?q={mark}&{query}")
            shows(page, *[f"{mark}-{one}" for one in wanted])
        console.go(page, f"catalogue?q={mark}")
        page.get_by_label("Select the whole page").check()
        bar = page.get_by_role("region", name="Selected rows")
        bar.get_by_role("button", name="Nobody").click()
        expect(page.get_by_text("2 objects changed")).to_be_visible()
        assert {one["visibility"] for one in site.api("GET", f"/models?q={mark}")["items"]} == {"hidden"}
        bar.get_by_role("button", name="Clear the selection").click()
        page.get_by_role("button", name=f"{mark}-0", exact=True).click()
        drawer = page.get_by_role("dialog")
        drawer.get_by_label("Title").fill("A title")
        console.axe(page)
        drawer.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text(f"{mark}-0 is saved")).to_be_visible()
        assert site.api("GET", f"/models/{mark}-0")["title"] == "A title"
        page.get_by_label("Select the whole page").check()
        bar.get_by_role("button", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Nothing matches.")).to_be_visible()
        assert site.api("GET", f"/models?q={mark}")["items"] == []
        made.clear()
    finally:
        for one in made:
            site.api("DELETE", f"/models/{one['id']}")
        site.api("DELETE", f"/vendors/{vendor['id']}")


def test_names_that_are_served_and_not_listed(console: Visits, site: Site) -> None:
    name = f"c{uuid.uuid4().hex[:8]}"
    channel = site.api("POST", "/channels", {"name": name, "provider": "openai", "secret": "sk", "models": [name]})
    try:
        page = console("catalogue", width=390)
        page.get_by_role("button", name="Not listed…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label(name, exact=True).check()
        console.axe(page)
        dialog.get_by_role("button", name="Add 1 model").click()
        expect(page.get_by_text("1 model added")).to_be_visible()
        assert site.api("GET", f"/models/{name}")["visibility"] == "users"
    finally:
        site.api("DELETE", f"/channels/{channel['id']}")
        site.api("DELETE", f"/models/{name}")


def test_vendors(console: Visits, site: Site) -> None:
    name = f"c{uuid.uuid4().hex[:8]}"
    page = console("catalogue/vendors?new=1", theme="dark")
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Link").fill("https://vendor.example")
    console.axe(page)
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_text(f"{name} is saved")).to_be_visible()
    console.go(page, f"catalogue/vendors?q={name}")
    shows(page, name)
    page.get_by_label(f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text(f"{name} is removed")).to_be_visible()
    assert site.api("GET", f"/vendors?q={name}")["items"] == []
