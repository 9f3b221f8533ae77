"""The audit log: each filter, fields before and after, and a change of a channel that is taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits


@pytest.fixture
def entry(site: Site) -> Iterator[dict[str, Any]]:
    """A change of a channel's remark; the channel goes at the end."""
    body = {"name": "audited-channel", "provider": "openai", "secret": "sk-x", "enabled": False, "remark": "as it was"}
    channel = site.api("POST", "/channels", body)
    site.api("PATCH", f"/channels/{channel['id']}", {"remark": "as it became"})
    (found,) = site.api("GET", f"/audit?kind=channel&object_id={channel['id']}&limit=1")["items"]
    yield found
    site.api("DELETE", f"/channels/{channel['id']}")


def test_a_change_is_shown_and_taken_back(console: Visits, site: Site, entry: dict[str, Any]) -> None:
    page = console(f"audit?object_id={entry['object_id']}&kind=channel&peek={entry['id']}")
    drawer = page.get_by_role("dialog", name="Channel · Changed")
    expect(drawer.get_by_text("Changed (channels.change)")).to_be_visible()
    expect(drawer.locator("del", has_text="as it was")).to_be_visible()
    expect(drawer.locator("ins", has_text="as it became")).to_be_visible()
    console.axe(page)

    site.api("PATCH", f"/channels/{entry['object_id']}", {"remark": "once more"})
    console.allow(r"/rollback$", 409)
    drawer.get_by_role("button", name="Take it back…").click()
    drawer.get_by_role("button", name="Look at it all the same").click()
    expect(drawer.get_by_text("This would be changed")).to_be_visible()
    expect(drawer.locator("del", has_text="once more")).to_be_visible()
    drawer.get_by_role("button", name="Take it back", exact=True).click()
    expect(page.get_by_text("It is taken back")).to_be_visible()
    assert site.api("GET", f"/channels/{entry['object_id']}")["remark"] == "as it was"
    expect(page.locator("tbody .opener")).to_have_count(4)


def test_each_filter_is_the_servers(console: Visits, entry: dict[str, Any]) -> None:
    channel = f"object_id={entry['object_id']}"
    page = console(f"audit?{channel}&kind=channel&sort=at")
    rows = page.locator("tbody .opener")
    expect(rows).to_have_text(["Created", "Changed"])
    # The name in the API stays at hand: it is what the filter and scripts use.
    expect(rows.first.locator("[title='channels.create']")).to_be_visible()
    page.get_by_role("button", name="Action", exact=True).click()
    page.get_by_role("combobox", name="Action").fill("channels.change")
    page.get_by_role("option", name="Changed · channels.change", exact=True).click()
    expect(rows).to_have_text(["Changed"])
    assert "action=channels.change" in page.url
    for query, count in (
        ("action=channels.change", 1), ("action=channels.", 2), ("action=keys.", 0), ("kind=nothing", 0),
        (f"actor={entry['actor']}", 2), ("actor=nobody", 0), (f"request_id={entry['request_id']}", 1),
        ("when=24h", 2), ("when=2020-01-01T00:00:00.000Z~2020-01-02T00:00:00.000Z", 0), ("q=audited-channel", 2),
        ("q=no-such-thing", 0),
    ):  # fmt: skip
        console.go(page, f"audit?{channel}&{'' if query.startswith('kind') else 'kind=channel&'}{query}")
        expect(rows).to_have_count(count)
    console.go(page, "audit?request_id=none")
    page.get_by_role("searchbox").fill("audited-channel")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Remove the filter Request id").click()
    expect(rows.first).to_be_visible()
