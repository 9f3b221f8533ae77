"""The page of channels: its filters, what is done to one and to many, the form, and the tabs of a channel's drawer."""

import json
import re
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits


@pytest.fixture(scope="module")
def tag() -> str:
    """The tag of this file's channels."""
    return f"t{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def made(site: Site, tag: str) -> Iterator[list[dict[str, Any]]]:
    """Three channels to the mock upstream: two in use, one switched off."""
    upstream = next(
        one for one in site.api("GET", "/channels?limit=1000")["items"] if one["name"].startswith("openai-")
    )
    rows = [
        site.api(
            "POST",
            "/channels",
            {
                "name": f"{tag}-{number}", "provider": "openai-compatible", "base_url": upstream["base_url"],
                "secret": "sk-console-test", "models": {"console-model": "mock-unary", "console-bad": "mock-error-503"},
                "tag": tag, "enabled": number != 2, "priority": -5, "groups": ["console-only"] if number == 1 else None,
            },
        )
        for number in range(3)
    ]  # fmt: skip
    yield rows
    for one in site.api("GET", f"/channels?tag={tag}&limit=100")["items"]:
        site.api("DELETE", f"/channels/{one['id']}")


def shows(page: Page, *wanted: str) -> None:
    """The list has these rows, in this order."""
    expect(page.locator("table.table tr[id^=row-] .opener")).to_have_text(list(wanted))


def choose(page: Page, *wanted: str) -> None:
    for name in wanted:
        page.get_by_label(f"Select {name}", exact=True).check()


@pytest.mark.usefixtures("made")
def test_each_filter_and_search_is_the_servers(console: Visits, tag: str) -> None:
    page = console(f"channels?tag={tag}&sort=name")
    shows(page, f"{tag}-0", f"{tag}-1", f"{tag}-2")
    for query, wanted in (
        ("enabled=false", "2"), ("enabled=true", "01"), ("group=console-only", "1"), ("group=another", ""),
        ("provider=openai", ""), ("off_by=auto", ""), (f"q={tag}-1", "1"),
    ):  # fmt: skip
        console.go(page, f"channels?tag={tag}&sort=name&{query}")
        shows(page, *[f"{tag}-{one}" for one in wanted])
    console.go(page, f"channels?q={tag}&sort=-name")
    shows(page, f"{tag}-2", f"{tag}-1", f"{tag}-0")
    page.locator(".filter").get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("combobox", name="Tag").fill(tag)
    page.get_by_role("option", name=f"{tag} (3)").click()
    expect(page).to_have_url(re.compile(rf"tag={tag}\b"))


@pytest.mark.usefixtures("made")
def test_many_at_once(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?tag={tag}&sort=name")
    bar = page.get_by_role("region", name="Selected rows")
    choose(page, f"{tag}-0", f"{tag}-1")
    bar.get_by_role("button", name="Switch off").click()
    expect(page.locator("table").get_by_text("Switched off")).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("table").get_by_text("Switched off")).to_have_count(1)

    gone = {"name": f"{tag}-gone", "provider": "openai", "secret": "sk", "tag": tag}
    left = site.api("POST", "/channels", gone)["id"]
    page.get_by_role("button", name="Refresh").click()
    choose(page, f"{tag}-gone")
    site.api("DELETE", f"/channels/{left}")
    bar.get_by_role("button", name="Change…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("3 channels would be changed.")).to_be_visible()
    dialog.get_by_label("Field").click()
    page.get_by_role("option", name="Price multiplier").click()
    dialog.get_by_label("Price multiplier").fill("0.85")
    dialog.get_by_role("button", name="Change…").click()
    expect(dialog.get_by_text("2 changed, 1 refused")).to_be_visible()
    expect(dialog.get_by_text(f"{tag}-gone:")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    shows(page, f"{tag}-0", f"{tag}-1", f"{tag}-2")
    found = site.api("GET", f"/channels?tag={tag}&sort=name")["items"]
    assert [one["settings"].get("price_ratio") for one in found] == ["0.85", "0.85", None]

    site.api("POST", "/channels", gone)
    page.get_by_role("button", name="Refresh").click()
    bar.get_by_role("button", name="Clear the selection").click()
    choose(page, f"{tag}-gone")
    bar.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_text("Remove: 1 object.")).to_be_visible()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_text(f"{tag}-gone", exact=True)).to_have_count(0)


@pytest.mark.usefixtures("made")
def test_work_on_many_shows_how_far_it_is_and_can_be_stopped(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?tag={tag}&sort=name", theme="dark")
    bar = page.get_by_role("region", name="Selected rows")
    dialog = page.get_by_role("dialog")
    choose(page, f"{tag}-0", f"{tag}-1")
    bar.get_by_role("button", name="Test…").click()
    dialog.get_by_role("button", name="Start").click()
    expect(dialog.get_by_text("2 good, 0 failed")).to_be_visible(timeout=30_000)
    console.axe(page)
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.locator("table").get_by_text(" ms")).to_have_count(2)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        body = {
            "name": f"{tag}-silent",
            "provider": "openai-compatible",
            "secret": "sk",
            "models": {"m": ""},
            "tag": tag,
        }
        never = site.api("POST", "/channels", body | {"base_url": address})["id"]
        page.get_by_role("button", name="Refresh").click()
        bar.get_by_role("button", name="Clear the selection").click()
        choose(page, f"{tag}-silent")
        bar.get_by_role("button", name="Test…").click()
        dialog.get_by_role("button", name="Start").click()
        dialog.get_by_role("button", name="Stop").click()
        expect(dialog.get_by_text(re.compile("Stopping|Stopped"))).to_be_visible()
        # What has begun is given up: its upstream says nothing all the while.
        expect(dialog.get_by_text("Stopped")).to_be_visible()
        dialog.get_by_role("button", name="Close").last.click()
        site.api("DELETE", f"/channels/{never}")


@pytest.mark.usefixtures("made")
def test_channels_are_tried_again_at_once(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?tag={tag}&sort=name")
    choose(page, f"{tag}-0", f"{tag}-1")
    page.get_by_role("region", name="Selected rows").get_by_role("button", name="Try again now").click()
    expect(page.get_by_text("Try again now: 2 objects", exact=False)).to_be_visible()
    page.locator(".opener", has_text=f"{tag}-0").click()
    drawer = page.get_by_role("dialog", name=f"{tag}-0")
    drawer.get_by_role("button", name="Try again now").click()
    expect(page.get_by_text(re.compile(f"{tag}-0 is tried again: [1-9]"))).to_be_visible()
    drawer.get_by_role("tab", name="History").click()
    expect(drawer.get_by_text("Tried again at once").first).to_be_visible()


def test_channels_go_out_and_in_as_a_file(console: Visits, site: Site, made: list[dict[str, Any]], tag: str) -> None:
    page = console(f"channels?tag={tag}&sort=name")
    dialog = page.get_by_role("dialog")
    bar = page.get_by_role("region", name="Selected rows")
    choose(page, f"{tag}-0", f"{tag}-1")
    texts = []
    for secrets in (False, True):
        bar.get_by_role("button", name="Export to a file").click()
        if secrets:
            dialog.get_by_label("With their keys").check()
            expect(dialog.get_by_text("in the clear")).to_be_visible()
            console.axe(page)
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Export", exact=True).click()
        texts.append(download.value.path().read_text(encoding="utf-8"))
        expect(dialog).to_have_count(0)
    assert ["sk-console-test" in text for text in texts] == [False, True]

    page.get_by_role("button", name="File…").click()
    page.get_by_role("menuitem", name="Import from a file").click()
    entry = {"name": f"{tag}-new", "provider": "openai", "tag": tag, "models": ["m"], "enabled": False}
    text = texts[0] + f"- {json.dumps(entry)}\n"
    dialog.locator("input[type=file]").set_input_files(
        {"name": "channels.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    )
    dialog.get_by_role("button", name="Show what would change").click()
    expect(dialog.get_by_text("1 channel changes. 2 stay as they are.")).to_be_visible()
    expect(dialog.get_by_text(f"1 new channel comes without a key: {tag}-new.")).to_be_visible()
    console.axe(page)
    console.shot(page, "channels-import")
    console.allow(r"/channels/import", 422)
    dialog.get_by_label("YAML or JSON").fill(text.replace(f"name: {tag}-0", f"name: {tag}-0\n  weight: x"))
    dialog.get_by_role("button", name="Show what would change").click()
    expect(dialog.get_by_text(re.compile(r"channels\.0\.weight: ."))).to_be_visible()
    dialog.get_by_label("YAML or JSON").fill(text.replace(f"name: {tag}-0", f"name: {tag}-0\n  weight: 9"))
    dialog.get_by_role("button", name="Show what would change").click()
    expect(dialog.get_by_role("row", name=f"{tag}-0")).to_contain_text("Weight: 1 9")
    assert site.api("GET", f"/channels/{tag}-0")["weight"] == 1
    dialog.get_by_role("button", name="Apply 2 changes").click()
    expect(page.get_by_text("2 channels are changed")).to_be_visible()
    shows(page, f"{tag}-0", f"{tag}-1", f"{tag}-2", f"{tag}-new")
    found = site.api("GET", f"/channels/{tag}-0")
    assert (found["weight"], found["secret_hint"], found["origin"]) == (9, "...test", "api")
    site.api("PATCH", f"/channels/{tag}-0", {"weight": 1})
    site.api("DELETE", f"/channels/{tag}-new")


def test_a_new_channel_asks_for_what_its_provider_needs(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?tag={tag}&new=1")
    form = page.get_by_role("dialog")
    form.get_by_label("Provider").click()
    page.get_by_role("option", name=re.compile("Azure")).click()
    expect(form.get_by_label("resource")).to_be_visible()
    form.get_by_label("resource").fill("acme")
    form.get_by_label("Name", exact=True).fill(f"{tag}-azure")
    form.locator("input[type=password]").first.fill("sk-azure")
    console.axe(page)
    form.get_by_label("Tag", exact=True).fill(tag)
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_text(f"{tag}-azure is created")).to_be_visible()
    # What comes after it is a test.
    expect(page.get_by_role("tabpanel").get_by_label("What a client would call").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"^(?!.*new=).*peek=\d+.*tab=test"))
    found = site.api("GET", f"/channels/{tag}-azure")
    assert found["settings"] == {"parameters": {"resource": "acme"}}
    assert found["base_url"].startswith("https://acme.")


def test_the_drawer_of_a_channel(console: Visits, site: Site, made: list[dict[str, Any]], tag: str) -> None:
    one = made[0]["id"]
    page = console(f"channels?tag={tag}&peek={one}")
    panel = page.get_by_role("tabpanel")
    tab = lambda name: page.get_by_role("tab", name=name).click()  # noqa: E731  # said five times
    expect(panel.get_by_text("The last seven days")).to_be_visible()
    console.axe(page)
    tab("Settings")
    panel.get_by_label("Remark").fill("changed by a test")
    # A form with changes is not left without a question.
    tab("Keys")
    page.get_by_role("dialog").get_by_role("button", name="Stay").click()
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"{tag}-0 is saved")).to_be_visible()
    assert site.api("GET", f"/channels/{one}")["remark"] == "changed by a test"
    tab("Models")
    panel.get_by_role("button", name="Compare with the provider").click()
    expect(panel.get_by_text("Only at the provider")).to_be_visible()
    panel.get_by_role("checkbox", name="Only at the provider").uncheck()
    panel.get_by_role("checkbox", name="mock-cut-8").check()
    panel.get_by_role("button", name="Ignore 1").click()
    expect(page.get_by_text("1 model is ignored from now on")).to_be_visible()
    assert site.api("GET", f"/channels/{one}")["ignored_models"] == ["mock-cut-8"]
    panel.get_by_role("button", name="Compare with the provider").click()
    panel.get_by_role("button", name=re.compile("^Add [1-9]")).click()
    expect(page.get_by_text(re.compile("[1-9] added, 0 removed"))).to_be_visible()
    assert "mock-cut-8" not in site.api("GET", f"/channels/{one}")["models"]
    tab("History")
    expect(panel.get_by_role("row", name="Remark")).to_contain_text("changed by a test")
    expect(panel.get_by_text("Models taken over")).to_be_visible()


def test_the_keys_of_a_channel(console: Visits, site: Site, made: list[dict[str, Any]], tag: str) -> None:
    one = made[1]["id"]
    page = console(f"channels?tag={tag}&peek={one}&tab=keys")
    panel = page.get_by_role("tabpanel")
    panel.get_by_label("Add keys").fill("sk-second-0002\nsk-third-0003")
    panel.get_by_role("button", name="Add", exact=True).click()
    expect(panel.get_by_text("3 of 3 keys in use")).to_be_visible()
    panel.get_by_label("Use ...0003").click(force=True)  # the switch lies over its box
    expect(panel.get_by_text("2 of 3 keys in use")).to_be_visible()
    expect(panel.get_by_text("Switched off")).to_have_count(1)
    console.axe(page)
    panel.get_by_role("button", name="Test ...0002").click()
    expect(page.get_by_text(re.compile(r"\.\.\.0002 answered in"))).to_be_visible()
    panel.get_by_role("button", name="Remove ...0002").click()
    page.get_by_role("dialog", name="Remove ...0002").get_by_role("button", name="Remove", exact=True).click()
    expect(panel.get_by_text("1 of 2 keys in use")).to_be_visible()
    panel.get_by_role("button", name="All keys…").click()
    page.get_by_role("menuitem", name="Switch all on").click()
    expect(panel.get_by_text("2 of 2 keys in use")).to_be_visible()
    assert [key["enabled"] for key in site.api("GET", f"/channels/{one}/keys")["items"]] == [True, True]


def test_one_model_and_each_model_is_tested(console: Visits, site: Site, made: list[dict[str, Any]], tag: str) -> None:
    one = made[1]["id"]
    page = console(f"channels?tag={tag}&peek={one}&tab=test", width=390)
    panel = page.get_by_role("tabpanel")
    panel.get_by_role("button", name="Test", exact=True).click()
    expect(panel.get_by_text("Answered")).to_be_visible()
    panel.get_by_role("button", name="Test each of 2 models").click()
    expect(panel.get_by_text("2 of 2 models asked, 1 failed")).to_be_visible()
    console.axe(page)
    panel.get_by_role("button", name="Remove the 1 that failed").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").last.click()
    expect(page.get_by_text("0 added, 1 removed")).to_be_visible()
    assert list(site.api("GET", f"/channels/{one}")["models"]) == ["console-model"]


def test_rules_are_seen_before_they_are_saved(
    console: Visits, site: Site, made: list[dict[str, Any]], tag: str
) -> None:
    one = made[1]["id"]
    page = console(f"channels?tag={tag}&peek={one}&tab=rules", theme="dark")
    page.get_by_role("button", name="Add a rule…").click()
    page.get_by_role("menuitem", name="Change fields of the request").click()
    expect(page.get_by_test_id("preview")).to_contain_text('"temperature": 0.7')
    page.get_by_label("Rules of this channel").fill('{"param_override": {"temperature": 0.25}}')
    expect(page.get_by_test_id("preview")).to_contain_text('"temperature": 0.25')
    assert "param_override" not in site.api("GET", f"/channels/{one}")["settings"]
    console.axe(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The rules are saved")).to_be_visible()
    assert site.api("GET", f"/channels/{one}")["settings"]["param_override"] == {"temperature": 0.25}
    # Another change of the channel is no matter for its rules; a change of them is asked about before it is lost.
    console.allow(rf"/channels/{one}$", 412)
    rules = page.get_by_label("Rules of this channel")
    site.api("PATCH", f"/channels/{one}", {"remark": "meanwhile"})
    rules.fill('{"privacy": true}')
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.get_by_role("button", name="Save", exact=True).click()
    site.api("PATCH", f"/channels/{one}", {"settings": {"think_tags": True}})
    rules.fill('{"privacy": true, "force_format": true}')
    page.get_by_role("button", name="Save", exact=True).click()
    clash = page.get_by_role("alert").filter(has_text="Somebody else")
    expect(clash).to_contain_text('"think_tags": true')
    stored = site.api("GET", f"/channels/{one}")["settings"]
    assert (stored["think_tags"], "force_format" in stored) == (True, False)
    console.axe(page)
    clash.get_by_role("button", name="Take what is stored").click()
    expect(rules).to_have_value(re.compile("think_tags"))
    rules.fill("{}")
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.get_by_role("button", name="Save", exact=True).click()
    assert "param_override" not in site.api("GET", f"/channels/{one}")["settings"]


@pytest.mark.usefixtures("made")
def test_rank_and_tags_are_changed_in_place(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?q={tag}-2")
    page.get_by_role("button", name=f"Priority and weight of {tag}-2: -5 / 1").click()
    page.get_by_role("textbox", name="Priority").fill("-9")
    page.get_by_role("textbox", name="Priority").press("Enter")
    expect(page.get_by_role("button", name=f"Priority and weight of {tag}-2: -9 / 1")).to_be_visible()
    assert "peek" not in page.url
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=f"Priority and weight of {tag}-2: -5 / 1")).to_be_visible()

    site.api("PATCH", f"/channels/{tag}-2", {"tag": f"{tag}-x"})
    page.get_by_role("button", name="Tags…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=f"Actions for {tag}-x").click()
    page.get_by_role("menuitem", name="Switch all on").click()
    expect(page.locator("table.table").get_by_text("In use")).to_be_visible()
    dialog.get_by_role("button", name=f"Actions for {tag}-x").click()
    page.get_by_role("menuitem", name="Rename…").click()
    dialog.get_by_label("New name of the tag").fill(f"{tag}-y")
    console.axe(page)
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("link", name=f"{tag}-y").click()
    expect(page).to_have_url(re.compile(rf"tag={tag}-y"))
    shows(page, f"{tag}-2")
    found = site.api("GET", f"/channels/{tag}-2")
    assert (found["tag"], found["enabled"]) == (f"{tag}-y", True)
    site.api("PATCH", f"/channels/{tag}-2", {"tag": tag, "enabled": False})


@pytest.mark.usefixtures("made")
def test_one_row_from_a_phone(console: Visits, site: Site, tag: str) -> None:
    page = console(f"channels?tag={tag}&q={tag}-2", width=390)
    page.get_by_label(f"Actions for {tag}-2").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill(f"{tag}-twin")
    dialog.get_by_label("Copy its keys too").check()
    dialog.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_text(f"{tag}-twin is made, and switched off")).to_be_visible()
    found = site.api("GET", f"/channels/{tag}-twin")
    assert (found["enabled"], found["secret_hint"]) == (False, "...test")
