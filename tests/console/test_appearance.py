"""Looks: each preset, in light and in dark, keeps the contrasts of WCAG AA, in this tab and in the others."""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.console.visit import THEMES, Visits

_CONTRASTS = """async () => {
  const found = await axe.run("main", { runOnly: ["color-contrast"], resultTypes: ["violations"] });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => node.html.slice(0, 120)));
}"""
"""What cannot be read well enough; axe is in the page already."""

_KEY = "gateway.appearance"
_STORED = f"localStorage.getItem('{_KEY}')"
_AS_ANOTHER_TAB = f"""look => {{
  localStorage.setItem("{_KEY}", look);
  dispatchEvent(new StorageEvent("storage", {{ key: "{_KEY}", newValue: look }}));
}}"""
"""What a browser does in this tab when another one has changed the look."""


def test_every_preset_can_be_read_and_reaches_the_other_tabs(console: Visits) -> None:
    page = console("appearance", theme="auto")
    me: dict[str, Any] = page.evaluate("fetch('../api/v1/me').then(answer => answer.json())")

    def kept(route: Route) -> None:
        # The account of all tests keeps its look.
        route.continue_() if route.request.method == "GET" else route.fulfill(json=me)

    page.route("**/api/v1/me", kept)
    presets = page.locator(".swatches").first.get_by_role("button")
    expect(presets).to_have_count(9)
    looks: dict[str, str] = {}
    for preset in presets.all():
        preset.click()
        expect(preset).to_have_attribute("aria-pressed", "true")
        looks[preset.inner_text()] = page.evaluate(_STORED)
    assert len(set(looks.values())) == 9
    other = page.context.new_page()
    other.goto("channels?q=openai-01")
    expect(other.locator("tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Simple and large").click()
    expect(other.locator("html[data-density=roomy]")).to_have_count(1)
    expect(other.locator("html")).to_have_css("--mantine-scale", "1.25")
    # Only one page is drawn anew for each look: that is most of the time.
    page.close()
    Axe().run(other, "h1")
    bad: list[str] = []
    for name, look in looks.items():
        other.evaluate(_AS_ANOTHER_TAB, look)
        expect(other.locator("html")).to_have_attribute("data-density", json.loads(look)["density"])
        for theme in THEMES:
            other.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
            expect(other.locator(f"html[data-mantine-color-scheme={theme}]")).to_have_count(1)
            bad += [f"{name}, {theme}: {one}" for one in other.evaluate(_CONTRASTS)]
    assert bad == []
