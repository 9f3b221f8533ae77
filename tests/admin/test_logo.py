"""The operator's logo: fetched once, only as a picture, and served so that nothing in it runs."""

from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from admin import logo
from admin.logo import NoLogoError, picture_of
from admin.outbound import outbound_client

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SVG = b'<?xml version="1.0"?>\n<!-- a --><svg xmlns="http://www.w3.org/2000/svg"><path style="fill:url(#a)"/></svg>'
URL = "https://cdn.example/logo.png"


class Elsewhere:
    """Another server: what it was asked, and what it answers."""

    def __init__(self, world) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: reply(PNG)
        world.http = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer(request)


def reply(content: bytes, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(content), headers=headers)


@pytest.fixture
def elsewhere(world) -> Elsewhere:
    return Elsewhere(world)


async def point(api, url: str = URL) -> None:
    answer = await api.patch("/settings/console", json={"logo_url": url})
    assert answer.status_code == 200, answer.text


async def test_it_is_fetched_once(elsewhere, api, anyone) -> None:
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404
    await point(api)
    found = await anyone.get("/api/v1/public/logo")
    assert (found.status_code, found.content, found.headers["content-type"]) == (200, PNG, "image/png")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    again = await anyone.get("/api/v1/public/logo", headers={"if-none-match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert elsewhere.asked == [URL]
    await point(api, "/own.png")
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404


async def test_a_server_that_is_away_is_left_alone_for_a_while(elsewhere, api, anyone, monkeypatch) -> None:
    elsewhere.answer = lambda _: reply(b"", 503)
    await point(api)
    for _ in range(3):
        assert (await anyone.get("/api/v1/public/logo")).status_code == 404
    assert len(elsewhere.asked) == 1
    monkeypatch.setattr(logo, "AGAIN_S", 0.0)
    monkeypatch.setattr(logo, "KEEP_S", 0.0)
    await point(api, f"{URL}?2")
    elsewhere.answer = lambda _: reply(PNG)
    assert (await anyone.get("/api/v1/public/logo")).status_code == 200
    # What was there is shown while it cannot be had anew.
    elsewhere.answer = lambda _: reply(b"<html>", 200)
    assert (await anyone.get("/api/v1/public/logo")).content == PNG


async def test_redirects_are_followed_a_few_times_and_only_to_https(elsewhere, api, anyone) -> None:
    elsewhere.answer = lambda request: (
        reply(b"", 302, location="https://other.example/x.svg") if request.url.host == "cdn.example" else reply(SVG)
    )
    await point(api)
    assert (await anyone.get("/api/v1/public/logo")).headers["content-type"] == "image/svg+xml"
    elsewhere.answer = lambda request: reply(b"", 302, location=f"{request.url}x")
    await point(api, f"{URL}?round")
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404
    assert len(elsewhere.asked) == 2 + 4
    elsewhere.answer = lambda _: reply(b"", 302, location="http://cdn.example/logo.png")
    await point(api, f"{URL}?plain")
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404
    assert len(elsewhere.asked) == 7


async def test_no_private_address_is_asked(world, api, anyone) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["10.0.0.7", "169.254.169.254"]

    async def none() -> list[str]:
        return []

    world.http = outbound_client(none, resolve=inside)
    await point(api)
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404


async def test_a_large_one_is_not_taken(elsewhere, api, anyone) -> None:
    elsewhere.answer = lambda _: reply(PNG + b"\0" * logo.MAX_BYTES)
    await point(api)
    assert (await anyone.get("/api/v1/public/logo")).status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><svg></svg>", b"%PDF-1.7", b"GIF87", b"<svg>\0</svg>", b"<svg><script>1</script></svg>",
     b"<svg><x:script/></svg>", b"<svg onload=alert(1)>", b"<svg/onload=alert(1)>",
     b"<svg><set to=1></svg>", b"<svg><a href='javascript:alert(1)'/></svg>",
     b"<svg><foreignObject/></svg>", b"<!DOCTYPE svg><svg></svg>", b"<svg><image href='https://track.example/1.png'/></svg>",
     b"<svg><style>@import 'x'</style></svg>", b"<svg><a href='&#106;avascript:1'/></svg>",
     b"<svg><path fill='url(https://track.example/)'/></svg>"],
)  # fmt: skip
def test_what_is_no_picture_or_runs(content: bytes) -> None:
    with pytest.raises(NoLogoError):
        picture_of(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "image/png"), (SVG, "image/svg+xml"), (b"\xff\xd8\xff\xe0", "image/jpeg"),
     (b"RIFF\0\0\0\0WEBP", "image/webp"),
     (b"<svg viewBox='0 0 1 1'><use href='#a'/></svg>", "image/svg+xml")],
)  # fmt: skip
def test_what_is_a_picture(content: bytes, kind: str) -> None:
    assert picture_of(content).kind == kind


@pytest.mark.parametrize(
    "content", [b"<!---->" * 30_000, b"<svg " + b" " * 200_000 + b"#", b"<svg>href=" + b" " * 200_000 + b"#"]
)
def test_a_long_one_is_decided_on_at_once(content: bytes) -> None:
    """Either answer will do: a pattern that goes back and forth would not end."""
    with suppress(NoLogoError):
        picture_of(content)
