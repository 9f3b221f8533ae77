"""What opens beside something in a list: hints, menus, popovers. They are made when they are first wanted."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits

ADDRESS = "http://127.0.0.1:9/v1"


@pytest.fixture
def channel(site: Site) -> Iterator[dict[str, Any]]:
    """A channel whose test has failed: its state says why."""
    name = f"beside-{uuid.uuid4().hex[:8]}"
    models = {f"{name}-{letter}": "" for letter in "abcd"}
    body = {"name": name, "provider": "openai-compatible", "base_url": ADDRESS, "secret": "sk", "models": models}
    made = site.api("POST", "/channels", body)
    site.api("POST", f"/channels/{made['id']}/test", {"model": f"{name}-a"})
    yield made
    site.api("DELETE", f"/channels/{made['id']}")


def test_a_hint_comes_with_the_pointer_and_the_keyboard(console: Visits, channel: dict[str, Any]) -> None:
    page = console(f"channels?q={channel['name']}")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_count(0)
    row.get_by_text(f"{channel['name']}-a").hover()
    expect(tip).to_have_count(1)
    expect(tip).to_contain_text(f"{channel['name']}-d")
    console.axe(page, but=("region",))  # what floats lies beside the landmarks
    page.locator("h1").hover()
    expect(tip).to_have_count(0)
    # The keyboard comes to what has more to say, and is told at once; Escape takes it away and stays where it is.
    state = row.locator("[tabindex='0']")
    state.focus()
    expect(tip).to_be_visible()
    expect(tip.locator(f"[id='{state.get_attribute('aria-describedby')}']")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    expect(state).to_be_focused()
    console.fits(page)


def test_a_menu_and_a_popover_give_the_focus_back(console: Visits, channel: dict[str, Any]) -> None:
    page = console(f"channels?q={channel['name']}")
    menu = page.get_by_role("button", name=f"Actions for {channel['name']}")
    rank = page.get_by_role("button", name=re.compile("Priority and weight"))
    for button, opened in ((menu, page.get_by_role("menu")), (rank, page.get_by_role("dialog"))):
        for _ in range(2):  # the first time it is made, the second time it is there
            expect(button).to_have_attribute("aria-expanded", "false")
            button.focus()
            page.keyboard.press("Enter")
            expect(opened).to_be_visible()
            expect(opened.locator(":focus")).to_have_count(1)
            expect(button).to_have_attribute("aria-expanded", "true")
            page.keyboard.press("Escape")
            expect(opened).to_have_count(0)
            expect(button).to_be_focused()
    menu.click()
    page.get_by_role("menuitem", name="Edit").click()
    expect(page.get_by_role("dialog", name=channel["name"])).to_be_visible()


def test_times_go_on_in_lines_that_do_not_change(console: Visits, channel: dict[str, Any]) -> None:
    page = console(None)
    page.clock.install()
    console.open(page, f"audit?q={channel['name']}")
    time = page.locator("tbody tr time").first
    expect(time).to_have_text(re.compile("sec|min"))
    page.clock.fast_forward("05:00:00")
    expect(time).to_have_text(re.compile("5 hr"))
