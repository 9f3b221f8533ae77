"""The console's built files, held in memory as they are asked for, in the encodings that the build made.

What is served is what the folder lists, so no path leads out of it. A new build is noticed within a second, without a
restart; files that an earlier one left stay readable for pages that are still open. Must not build or compress files:
only index.html is encoded here, for it names the path that it is served below.
"""

import asyncio
import gzip
import hashlib
import re
import time
from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

import brotli

ASSETS = "assets/"
LOOK_S = 1.0
DEEPEST = 16
"""Levels of a console address; a page deeper than that does not exist."""

_TYPES = {
    ".js": b"text/javascript; charset=utf-8", ".css": b"text/css; charset=utf-8", ".svg": b"image/svg+xml",
    ".json": b"application/json", ".webmanifest": b"application/manifest+json", ".png": b"image/png",
    ".ico": b"image/x-icon", ".woff2": b"font/woff2", ".txt": b"text/plain; charset=utf-8",
}  # fmt: skip
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
_BASE = re.compile(rb"<base\s[^>]*>")
_INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_CAPTCHA = "https://challenges.cloudflare.com"
"""Turnstile's script and frame, for sites that switch it on: the one address from elsewhere."""


class Body(NamedTuple):
    """A file in one encoding, with its entity tag."""

    kind: bytes
    content: bytes
    tag: bytes
    encoding: str


class Files:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked = 0.0
        self._seen: object = None
        self._names: set[str] = set()
        self._held: dict[tuple[str, str], Body] = {}
        self._pages: dict[tuple[int, str], Body] = {}
        self._page = b""
        self.policy = b""
        """The Content-Security-Policy of the page: its own scripts, by their hashes where they stand in it."""

    async def look(self) -> bool:
        """Whether a console is there; sees a new build, at most once in LOOK_S."""
        now = time.monotonic()
        if now - self._looked >= LOOK_S:
            self._looked = now
            stamp = self._stamp()
            if stamp != self._seen:
                await asyncio.to_thread(self._read)
                self._seen = stamp
        return bool(self._page)

    async def file(self, name: str, accepted: set[str]) -> Body | None:
        """A file other than the page; None when there is none."""
        if name not in self._names:
            await self.look()
            if name not in self._names:
                return None
        for encoding, suffix in _SUFFIXES.items():
            if encoding in accepted and name + suffix in self._names:
                return await self._hold(name, encoding)
        return await self._hold(name, "")

    def page(self, depth: int, accepted: set[str]) -> Body | None:
        """index.html for an address `depth` levels below the console's; None when that is too deep."""
        if depth > DEEPEST:
            return None
        encoding = next((one for one in _SUFFIXES if one in accepted), "")
        found = self._pages.get((depth, encoding))
        if found is None:
            base = b'<base href="%b">' % (b"../" * depth or b"./")
            text = _BASE.sub(base, self._page, count=1)
            if encoding == "br":
                text = brotli.compress(text, quality=9)
            elif encoding == "gzip":
                text = gzip.compress(text, 9, mtime=0)
            found = self._pages[depth, encoding] = Body(b"text/html; charset=utf-8", text, _tag(text), encoding)
        return found

    def _stamp(self) -> object:
        try:
            found = (self._folder / "BUILD.json").stat()
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_ino)

    def _read(self) -> None:
        """List the folder and read the page. What is held of assets stays: their names change with their content."""
        try:
            names = {path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*") if path.is_file()}
            page = (self._folder / "index.html").read_bytes() if "BUILD.json" in names else b""
        except OSError:
            names, page = set(), b""
        if page and not _BASE.search(page):
            page = page.replace(b"<head>", b'<head><base href="./">', 1)
        self._names = names - {"index.html", "BUILD.json"}
        self._held = {key: body for key, body in self._held.items() if key[0].startswith(ASSETS)}
        self._pages = {}
        self._page = page
        self.policy = policy(page)

    async def _hold(self, name: str, encoding: str) -> Body | None:
        found = self._held.get((name, encoding))
        if found is None:
            path = self._folder / (name + _SUFFIXES.get(encoding, ""))
            try:
                content = await asyncio.to_thread(path.read_bytes)
            except OSError:
                return None
            kind = _TYPES.get(Path(name).suffix, b"application/octet-stream")
            found = self._held[name, encoding] = Body(kind, content, _tag(content), encoding)
        return found


def policy(page: bytes) -> bytes:
    """What a browser may load and run for this page.

    Styles may stand in the page, for components set sizes and colours that way; scripts may not, but those whose hashes
    are named. Frames around the console are refused, so nobody clicks through something laid over it.
    """
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(text).digest()).decode()}'" for text in _INLINE.findall(page))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {_CAPTCHA} {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            f"frame-src {_CAPTCHA}",
            "base-uri 'self'",
            "form-action 'self' https: http:",  # payment services, wherever they are
            "frame-ancestors 'none'",
        )
    ).encode()


def _tag(content: bytes) -> bytes:
    return b'"%b"' % hashlib.sha256(content).hexdigest()[:24].encode()
