"""Safety rules: each kind made, changed, tried while it is typed, put in order, switched off and removed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.console.site import Site
from tests.console.visit import Visits

MARK = "e2e-safety"


def _rules(site: Site, q: str = MARK) -> list[dict[str, Any]]:
    return list(site.api("GET", f"/safety-rules?q={q}&sort=position&limit=1000")["items"])


def _make(site: Site, name: str, **terms: Any) -> dict[str, Any]:
    """A rule that finds nothing which another test sends: it is about a model that there is not."""
    usual = {"kind": "detectors", "action": "log", "detectors": ["jwt"], "models": ["no-such-model"]}
    return dict(site.api("POST", "/safety-rules", {**usual, **terms, "name": f"{MARK}-{name}"}))


def _file(text: bytes) -> FilePayload:
    return {"name": "text.txt", "mimeType": "text/plain", "buffer": text}


@pytest.fixture(autouse=True)
def _clean(site: Site) -> Iterator[None]:
    def sweep() -> None:
        for rule in _rules(site):
            site.api("DELETE", f"/safety-rules/{rule['id']}")

    sweep()
    yield
    sweep()


def test_a_rule_is_made_and_tried_while_it_is_written(console: Visits, site: Site) -> None:
    page = console("safety")
    page.get_by_role("button", name="New rule").first.click()
    form = page.get_by_role("dialog", name="New rule")
    form.get_by_label("Name", exact=True).fill(f"{MARK}-people")
    form.get_by_text("Words", exact=True).click()
    form.get_by_label("Words and phrases").fill("Mr Smith\nProject X")
    form.get_by_label("Replaced by").fill("[name]")
    form.get_by_role("group", name="For whom").get_by_label("Models").fill("no-such-model")
    page.keyboard.press("Enter")
    form.get_by_label("Text", exact=True).fill("😀 About project x and mr smith")
    result = form.get_by_role("region", name="Result")
    expect(result.get_by_label("What it becomes")).to_have_text("😀 About [name] and [name]")
    expect(result.locator("mark")).to_have_text(["project x", "mr smith"])
    form.get_by_label("What happens").click()
    page.get_by_role("option", name="Block").click()
    form.get_by_label("Message").fill("Name nobody.")
    expect(result.get_by_role("alert")).to_contain_text("Name nobody.")
    form.get_by_role("button", name="New rule").click()
    expect(page.get_by_text("The rule is saved")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(f"{MARK}-people"))).to_contain_text("2 words")
    made = _rules(site)[0]
    assert (made["words"], made["action"], made["models"]) == (["Mr Smith", "Project X"], "block", ["no-such-model"])


def test_a_rule_is_changed_and_errors_stand_at_fields(console: Visits, site: Site) -> None:
    console.allow(r"/api/v1/safety-rules", 422)
    rule = _make(site, "codes", kind="patterns", patterns=["PROJ-[0-9]+"], detectors=[])
    page = console(f"safety?peek={rule['id']}")
    form = page.get_by_role("dialog", name=rule["name"])
    patterns = form.get_by_label("Regular expressions")
    expect(patterns).to_have_value("PROJ-[0-9]+")
    patterns.fill("PROJ-[0-9")
    form.get_by_role("button", name="Save").click()
    expect(patterns).to_have_attribute("aria-invalid", "true")
    patterns.fill("PROJ-[0-9]{3}\nCASE-[0-9]+")
    form.get_by_role("checkbox", name="Requests").uncheck()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule is saved")).to_be_visible()
    stored = site.api("GET", f"/safety-rules/{rule['id']}")
    assert (stored["patterns"], stored["stages"]) == (["PROJ-[0-9]{3}", "CASE-[0-9]+"], ["output"])
    assert stored["models"] == ["no-such-model"]


def test_a_long_list_of_words_comes_from_a_file_and_is_not_lost(console: Visits, site: Site) -> None:
    words = [f"word{number}" for number in range(1500)]
    rule = _make(site, "list", kind="words", words=words, detectors=[])
    page = console(f"safety?peek={rule['id']}")
    form = page.get_by_role("dialog", name=rule["name"])
    expect(form.get_by_text("The list has 1,500 words")).to_be_visible()
    form.get_by_label("Only whole words").click()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The rule is saved")).to_be_visible()
    stored = site.api("GET", f"/safety-rules/{rule['id']}")
    assert (stored["word_count"], stored["whole_words"]) == (1500, True)
    console.go(page, f"safety?peek={rule['id']}")
    form.locator("input[type=file]").first.set_input_files(_file(b"alpha\nbeta\n\nalpha\n"))
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name=re.compile(rule["name"]))).to_contain_text("2 words")
    assert site.api("GET", f"/safety-rules/{rule['id']}")["words"] == ["alpha", "beta"]


def test_order_state_filter_and_removal(console: Visits, site: Site) -> None:
    first, second = _make(site, "one", position=900_001), _make(site, "two", position=900_002)
    _make(site, "three", kind="words", words=["x"], detectors=[], position=900_003)
    page = console(f"safety?q={MARK}")
    rows = page.get_by_role("row", name=re.compile(MARK))
    expect(rows).to_have_count(3)
    second_row = page.get_by_role("row", name=re.compile(second["name"]))
    second_row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Earlier").click()
    expect(page.get_by_text("The order is changed")).to_be_visible()
    expect(rows.first).to_contain_text(second["name"])
    assert [rule["name"] for rule in _rules(site)][:2] == [second["name"], first["name"]]
    second_row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(second_row).to_contain_text("Off")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(second_row).to_contain_text("On")
    console.go(page, f"safety?q={MARK}&kind=words")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("three")
    rows.first.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name="Remove this rule?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The rule is removed")).to_be_visible()
    assert len(_rules(site)) == 2


def test_many_rules_at_once(console: Visits, site: Site) -> None:
    made = [_make(site, name, position=900_010 + place) for place, name in enumerate(("many-1", "many-2", "many-3"))]
    page = console(f"safety?q={MARK}-many")
    page.get_by_role("checkbox", name="Select the whole page").check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Switch off").click()
    expect(page.locator("tbody").get_by_text("Off", exact=True)).to_have_count(3)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("tbody").get_by_text("On", exact=True)).to_have_count(3)
    console.axe(page)
    site.api("DELETE", f"/safety-rules/{made[0]['id']}")
    bar.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_text("2 changed, 1 refused")).to_be_visible()
    expect(dialog.get_by_text(f"{MARK}-many-1:")).to_be_visible()
    assert _rules(site, f"{MARK}-many") == []


def test_stored_rules_are_tried_and_only_operators_come_here(console: Visits, site: Site) -> None:
    _make(site, "note", kind="words", words=["zebracrossing"], detectors=[])
    page = console("safety")
    page.get_by_role("button", name="Try a text").click()
    tried = page.get_by_role("dialog", name="Try a text")
    tried.locator("input[type=file]").set_input_files(_file(b"A Zebracrossing here"))
    expect(tried.get_by_label("Text", exact=True)).to_have_value("A Zebracrossing here")
    expect(tried.get_by_role("region", name="Result")).to_contain_text(f"{MARK}-note")
    assert "try=1" in page.url
    page.keyboard.press("Escape")
    expect(tried).to_have_count(0)
    other = console("safety", user="ben")
    expect(other.get_by_text("You may not see this page")).to_be_visible()


def test_looks(console: Visits, site: Site) -> None:
    rule = _make(site, "looks", detectors=["email", "iban"], action="mask")
    page = console(f"safety?q={MARK}", theme="auto")
    expect(page.get_by_text(rule["name"]).first).to_be_visible()
    console.looks(page, "safety")
    console.go(page, f"safety?q={MARK}&peek={rule['id']}")
    form = page.get_by_role("dialog", name=rule["name"])
    form.get_by_label("Text", exact=True).fill("Mail ann@example.com")
    expect(form.get_by_label("What it becomes")).to_be_visible()
    console.looks(page, "safety-form")
