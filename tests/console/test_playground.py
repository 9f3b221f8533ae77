"""The playground against a gateway: answers come in, stop, are asked for anew, side by side, in all four protocols."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import HEARD_S, Site
from tests.console.talker import MODELS, Talker, talking
from tests.console.visit import Visits
from tests.integration.instance import eventually

PROTOCOLS = ("chat", "responses", "messages", "gemini")
WIDE = 2200
"""Four lanes stand beside each other."""


@pytest.fixture(scope="module")
def talker(site: Site) -> Iterator[Talker]:
    """An upstream of our own, with a channel and a price."""
    with talking() as found:
        body = {"name": "playground", "provider": "openai-compatible", "base_url": found.url, "secret": "sk-play"}
        # Before the channel: where that is known the price is too.
        site.api("PUT", "/prices", {"model": "play-echo", "input": "1", "output": "10"})
        channel = site.api("POST", "/channels", {**body, "models": dict.fromkeys(MODELS, "")})
        key = site.api("POST", "/keys", {"name": "of the tests of the playground"})
        try:
            site.serves(key["key"], *MODELS)
            yield found
        finally:
            site.api("DELETE", f"/keys/{key['id']}")
            site.api("DELETE", f"/channels/{channel['id']}")


def opened(console: Visits, *lanes: str, width: int = 1440, theme: str = "light", locale: str = "en") -> Page:
    """The playground with these lanes ("chat:play-echo"), and nothing said."""
    page = console(f"playground?{'&'.join(f'model={lane}' for lane in lanes)}", width=width, theme=theme, locale=locale)
    expect(page.get_by_test_id("input")).to_be_visible()
    return page


def say(page: Page, text: str) -> None:
    page.get_by_test_id("input").fill(text)
    page.keyboard.press("Control+Enter")


def test_words_come_in_and_stop_reaches_the_upstream(console: Visits, talker: Talker) -> None:
    talker.left.clear()
    page = opened(console, "chat:play-slow")
    say(page, "Talk.")
    live = page.get_by_test_id("live")
    expect(live).to_contain_text("word5 ")
    before = len(live.inner_text())
    page.wait_for_function(
        "before => document.querySelector('[data-testid=live]').innerText.length > before + 40", arg=before
    )
    page.keyboard.press("Escape")
    expect(live).to_have_count(0)
    answer = page.get_by_test_id("answer")
    expect(answer).to_contain_text("word5 ")
    expect(answer).to_contain_text("You stopped this answer.")
    assert talker.left.wait(30), "the upstream goes on"


def test_side_by_side_in_all_protocols(console: Visits, talker: Talker) -> None:
    page = opened(console, *(f"{protocol}:play-echo" for protocol in PROTOCOLS), width=WIDE)
    talker.heard.clear()
    say(page, "Four at once")
    answers = page.get_by_test_id("answer")
    expect(answers).to_have_count(len(PROTOCOLS))
    for answer in answers.all():
        expect(answer.locator("strong")).to_have_text("Four at once")
        expect(answer.locator("pre")).to_have_text("print(1)")
        expect(answer.locator("[data-fact=tokens]")).to_contain_text("1,000 → 10")
        expect(answer.locator("[data-fact=first]")).to_be_visible()
        expect(answer.locator("[data-fact=cost][data-source=booked]")).to_have_text("$0.0011")
    assert len(talker.heard) == len(PROTOCOLS)
    console.axe(page)
    console.shot(page, "playground-four")


def test_edit_again_branch_and_reload(console: Visits, talker: Talker) -> None:
    page = opened(console, "messages:play-echo")
    talker.heard.clear()
    say(page, "first")
    expect(page.get_by_test_id("answer")).to_contain_text("You said: first")
    say(page, "second")
    expect(page.get_by_test_id("answer")).to_have_count(2)
    page.get_by_test_id("input").press("ArrowUp")
    page.get_by_label("Text of this turn").fill("other")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("answer").last).to_contain_text("You said: other")
    assert [message["role"] for message in talker.heard[-1]["messages"]] == ["user", "assistant", "user"]
    page.reload()
    expect(page.get_by_test_id("answer")).to_have_count(2)
    page.get_by_test_id("answer").first.hover()
    page.get_by_role("button", name="Answer again").first.click()
    expect(page.get_by_test_id("answer")).to_have_count(1)
    page.get_by_role("button", name="Branch here").first.click()
    expect(page.get_by_test_id("user")).to_have_count(1)
    expect(page.get_by_test_id("answer")).to_have_count(0)
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)
    assert "first" not in page.url


def test_tools_in_all_protocols(console: Visits, talker: Talker) -> None:
    page = opened(console, *(f"{protocol}:play-tools" for protocol in PROTOCOLS), width=WIDE)
    page.get_by_role("button", name="Add tool").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    say(page, "The weather?")
    results = page.get_by_test_id("tool-results")
    expect(results).to_have_count(len(PROTOCOLS))
    expect(page.get_by_test_id("answer").first).to_contain_text('"city": "Oslo"')
    talker.heard.clear()
    for _ in PROTOCOLS:
        left = results.count()
        results.first.get_by_label("get_weather").fill('{"sky": "grey"}')
        results.first.get_by_role("button", name="Send the results").click()
        expect(results).to_have_count(left - 1)
    expect(page.get_by_text("You said:")).to_have_count(len(PROTOCOLS))
    for body in talker.heard:
        call, result = body["messages"][-2:]
        assert call["tool_calls"][0]["function"]["name"] == "get_weather"
        assert result["role"] == "tool"
        assert '"grey"' in result["content"]


def test_an_error_stands_where_the_answer_would(console: Visits, talker: Talker) -> None:
    console.allow(r"/v1/messages$", 400)
    page = opened(console, "messages:play-fail", theme="dark", locale="fr")
    talker.heard.clear()
    say(page, "?")
    alert = page.get_by_test_id("answer").get_by_role("alert")
    expect(alert).to_contain_text("Not today.")
    expect(page.get_by_test_id("facts")).to_contain_text("req_")
    console.axe(page)
    alert.get_by_role("button", name="Réessayer").click()
    # The error of before may still be there.
    assert len(eventually(lambda: talker.heard, lambda heard: len(heard) > 1, HEARD_S)) == 2
    expect(alert).to_contain_text("Not today.")


def test_the_copied_python_sends_the_request(console: Visits, site: Site, talker: Talker) -> None:
    page = opened(console, *(f"{protocol}:play-echo" for protocol in PROTOCOLS), width=WIDE)
    page.get_by_label("Temperature").fill("0.5")
    page.get_by_label("System prompt").fill("Be \"brief\" — 'kurz'.")
    talker.heard.clear()
    say(page, "Once")
    expect(page.get_by_text("You said: Once")).to_have_count(len(PROTOCOLS))
    page.get_by_role("button", name="Request as code").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Python", exact=True).click()
    codes = []
    for number in range(1, len(PROTOCOLS) + 1):
        dialog.get_by_role("combobox", name="Model").click()
        page.get_by_role("option", name=f"{number} play-echo").click()
        codes.append(dialog.locator("pre").inner_text())
    assert len(set(codes)) == len(PROTOCOLS)
    assert "sk-" not in "".join(codes)
    key = site.api("POST", "/keys", {"name": "playground-snippets"})["key"]
    try:
        environ = {**os.environ, "GATEWAY_API_KEY": key}
        command = [sys.executable, "-c", "\n".join(codes)]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stderr
    finally:
        site.api("DELETE", "/keys/playground-snippets")
    sent = sorted(json.dumps(body, sort_keys=True) for body in talker.heard)
    assert len(sent) == 2 * len(PROTOCOLS)
    assert sent[::2] == sent[1::2]


def test_a_picture_and_parameters_are_sent(console: Visits, talker: Talker) -> None:
    page = console("playground?model=chat:play-echo&temperature=0&seed=7&effort=low")
    talker.heard.clear()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "p.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"}
    )
    expect(page.get_by_role("button", name="Remove picture 1")).to_be_visible()
    say(page, "Look")
    expect(page.get_by_test_id("answer")).to_contain_text("You said: Look")
    body = talker.heard[0]
    assert (body["temperature"], body["seed"], body["reasoning_effort"]) == (0, 7, "low")
    assert body["messages"][0]["content"][0]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo="


def test_a_phone(console: Visits, talker: Talker) -> None:
    page = opened(console, "chat:play-echo", "gemini:play-echo", width=320, theme="dark")
    say(page, "A long word: " + "x" * 200)
    expect(page.get_by_test_id("answer")).to_have_count(1)
    page.get_by_text(re.compile("^2 play-echo")).click()
    expect(page.get_by_test_id("answer").locator("strong")).to_contain_text("xxx")
    page.get_by_role("button", name="Setup", exact=True).click()
    expect(page.get_by_label("Temperature")).to_be_visible()
    console.axe(page)
    console.fits(page)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_input_stays_in_the_window_below_what_is_announced(
    console: Visits, site: Site, width: int, height: int
) -> None:
    text = "The gateway is restarted on Saturday; what runs then is finished first. " * 3
    notice = site.api("POST", "/announcements", {"kind": "notice", "title": "Of the playground", "body": text})
    try:
        page = console("playground", width=width, height=height)
        expect(page.get_by_text("Of the playground")).to_be_visible()
        expect(page.get_by_test_id("input")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
        # A new conversation begins with a model: one that was used, or one that answers.
        expect(page.get_by_label("Model", exact=True).first).not_to_have_value("")
        assert page.evaluate("document.scrollingElement.scrollHeight") <= height
    finally:
        site.api("DELETE", f"/announcements/{notice['id']}")
