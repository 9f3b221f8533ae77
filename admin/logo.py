"""The operator's logo from elsewhere, fetched once and served by the gateway.

So a browser that opens the console asks nobody else for anything, and the page's rules need no other address. Fetched
through the guarded transport, whose addresses are public or allowed; redirects are followed one by one through it. What
is no picture by its own bytes, or too large, is not taken. An SVG is a document that may hold scripts: one with such a
thing is not taken, and what is taken is served with rules that let nothing run (`HEADERS`).
"""

import asyncio
import hashlib
import re
import time
from typing import NamedTuple

import httpx
from fastapi import FastAPI

from adapters.media import sniff
from admin.services import Services

MAX_BYTES = 256 * 1024
KEEP_S = 3600.0
AGAIN_S = 60.0
"""How long nothing is tried again after a failure."""

HEADERS = {
    "cache-control": "public, max-age=3600",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}

_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}
_REDIRECTS = 3
_TIMEOUT_S = 10.0
_SVG = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>)?+\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<svg[\s>]", re.DOTALL)
_RUNS = re.compile(
    rb"<!doctype|<!entity|<\?(?!xml\s)"
    rb"|<\s*+(?:[\w-]++:)?(?:script|foreignobject|iframe|embed|object|handler|listener|set|animate)\b"
    rb"|[\s/\"']on[a-z]++\s*+=|javascript:|&#|@import"
    rb"|(?:href|src)\s*+=\s*+[\"']?+\s*+(?!#|data:image/(?:png|jpeg|gif|webp))[^\s\"'#]"
    rb"|url\(\s*+[\"']?+[^#\s\"']",
    re.IGNORECASE,
)
"""What an SVG runs or loads, and how that is hidden."""


class Picture(NamedTuple):
    """What is served."""

    kind: str
    content: bytes
    tag: str


class _Kept(NamedTuple):
    url: str
    until: float
    picture: Picture | None


class NoLogoError(Exception):
    """It cannot be had; in a word why, which nobody is told."""


async def logo(app: FastAPI, services: Services, url: str) -> Picture | None:
    """The picture at an address, at most an hour old; the last one while it cannot be had anew, None for none."""
    lock: asyncio.Lock = getattr(app.state, "logo_lock", None) or asyncio.Lock()
    app.state.logo_lock = lock
    async with lock:
        kept: _Kept | None = getattr(app.state, "logo", None)
        if kept is not None and kept.url == url and time.monotonic() < kept.until:
            return kept.picture
        last = kept.picture if kept is not None and kept.url == url else None
        picture: Picture | None
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                picture, keep_s = await _fetch(services.http, url), KEEP_S
        except (NoLogoError, httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            picture, keep_s = last, AGAIN_S
        app.state.logo = _Kept(url, time.monotonic() + keep_s, picture)
        return picture


async def _fetch(client: httpx.AsyncClient, url: str) -> Picture:
    target = httpx.URL(url)
    for _ in range(_REDIRECTS + 1):
        if target.scheme != "https":
            raise NoLogoError("scheme")
        async with client.stream("GET", target, headers={"accept": "image/*"}) as answer:
            if answer.has_redirect_location:
                target = target.join(answer.headers["location"])
                continue
            if answer.status_code != 200:
                raise NoLogoError("status")
            return picture_of(await _body(answer))
    raise NoLogoError("redirects")


async def _body(answer: httpx.Response) -> bytes:
    content = b""
    async for piece in answer.aiter_raw():
        content += piece
        if len(content) > MAX_BYTES:
            raise NoLogoError("size")
    return content


def picture_of(content: bytes) -> Picture:
    """What the bytes are; what the other server calls them is no matter. Raises NoLogoError."""
    kind = sniff(content[:16])
    if kind not in _TYPES:
        if _SVG.match(content) is None:
            raise NoLogoError("type")
        if b"\0" in content or _RUNS.search(content) is not None:
            raise NoLogoError("svg")
        kind = "image/svg+xml"
    return Picture(kind, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
