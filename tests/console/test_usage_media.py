"""Images and sound of a request: counted in words, found by the filter, drawn from what was captured, never loaded."""

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.console.site import HEARD_S, Site
from tests.console.talker import talking
from tests.console.visit import Visits
from tests.integration.instance import eventually

MODEL = "play-media"
FAR = "https://images.example.invalid/far.png"
WIDTH = 24


def _png() -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x2f\x6f\xdf" * WIDTH) * 16
    head = struct.pack(">IIBBBBB", WIDTH, 16, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _wav() -> bytes:
    """Half a second of silence."""
    data = bytes(4000)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return b"".join((
        b"RIFF", struct.pack("<I", 36 + len(data)), b"WAVEfmt ", struct.pack("<I", 16), form, b"data",
        struct.pack("<I", len(data)), data,
    ))  # fmt: skip


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "run"</script></svg>'
CONTENT: list[dict[str, Any]] = [
    {"type": "image_url", "image_url": {"url": _data("image/svg+xml", _png())}},
    {"type": "input_audio", "input_audio": {"data": base64.b64encode(_wav()).decode(), "format": "wav"}},
    {"type": "image_url", "image_url": {"url": FAR}},
    {"type": "image_url", "image_url": {"url": _data("image/png", SVG)}},
    {"type": "text", "text": "What is this?"},
]


@pytest.fixture(scope="module")
def captured(site: Site) -> Iterator[dict[str, Any]]:
    """A request with images and sound that was captured, of a key, a channel and a price of its own."""
    with talking() as talker:
        body = {"name": "draws", "provider": "openai-compatible", "base_url": talker.url, "secret": "sk-draws"}
        channel = site.api("POST", "/channels", {**body, "models": {MODEL: ""}})
        key = site.api("POST", "/keys", {"name": "of the tests of media", "user": "root"})
        rule = site.api("POST", "/captures/rules", {"scope": "key", "owner": str(key["id"])})
        site.api("PUT", "/prices", {"model": MODEL, "input": "1", "output": "10"})
        try:
            _ask(site, key["key"])
            yield _recorded(site, key["id"])
        finally:
            site.api("DELETE", f"/captures/rules/{rule['id']}?purge=true")
            site.api("DELETE", f"/keys/{key['id']}")
            site.api("DELETE", f"/channels/{channel['id']}")


def _ask(site: Site, key: str) -> None:
    """The channel, the key and the rule are known to the data plane within a second or two of being made."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": CONTENT}]}
    address, signed = f"{site.url}/v1/chat/completions", {"authorization": f"Bearer {key}"}
    answer = eventually(
        lambda: httpx.post(address, json=body, headers=signed, timeout=30.0, trust_env=False),
        lambda one: one.status_code == 200,
        HEARD_S,
    )
    assert answer.status_code == 200, answer.text


def _recorded(site: Site, key: int) -> dict[str, Any]:
    """The record of the key's request that was answered, as soon as it and its bodies are booked."""
    rows = eventually(
        lambda: site.api("GET", f"/usage?key={key}&status=200")["items"],
        lambda items: bool(items and items[0]["captured"]),
        HEARD_S,
    )
    assert rows, "the request was not booked"
    assert rows[0]["captured"], "its bodies were not kept"
    return dict(rows[0])


def test_media_are_counted_found_and_drawn_from_what_was_captured(
    console: Visits, site: Site, captured: dict[str, Any]
) -> None:
    page = console(f"usage?media=true&key={captured['key_id']}", theme="auto")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("tbody tr .opener").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("used")).to_have_text(
        "30 tokens of images in the request" + "1,200 tokens of sound in the request"
    )
    drawer.get_by_role("tab", name="Content").click()
    expect(drawer.locator("img")).to_have_count(0)
    drawer.get_by_role("button", name="Show the content").click()
    sent = drawer.get_by_role("list", name="Images and sounds of the request")
    got = drawer.get_by_role("list", name="Images and sounds of the answer")
    for place in (sent, got):
        # What says that it is SVG is a PNG by its bytes; what says that it is a PNG is not, and is no picture.
        expect(place.locator("img")).to_have_count(1)
        expect(place.get_by_text(f"PNG \u00b7 {WIDTH} \u00d7 16")).to_be_visible()
        page.wait_for_function("image => image.naturalWidth > 0", arg=place.locator("img").element_handle())
    page.wait_for_function("sound => sound.duration > 0.4", arg=sent.locator("audio").element_handle())
    expect(drawer.locator("pre").first).to_contain_text(FAR)
    expect(drawer.locator("pre").first).to_contain_text("of base64)")
    console.looks(page, "usage-media")
    own = (site.url, "blob:", "data:")
    assert [url for url in asked if not url.startswith(own)] == []
    found = site.api("GET", "/audit?action=captures.read&limit=50")["items"]
    assert captured["request_id"] in json.dumps(found)
