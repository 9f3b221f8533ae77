"""The console on the data plane's address: files from memory, one page for all addresses below /console/.

Requests for it never leave the replica, so it is there while the Admin deployment is not, and costs one dictionary
look-up. Paths are told to the page relative to its own address: it works below any path that a proxy takes away before
it asks here, and needs no setting for that. Until the console is built a small page says how far that is.
"""

from adapters.errors import ClientError
from admin.console import state
from admin.console.places import HERE, Places
from deployments.console_files import ASSETS, Body, Files
from deployments.console_page import Waiting, building
from deployments.request import Request

ROOT = "/console/"
_COMMON = b"x-content-type-options: nosniff\r\ncross-origin-resource-policy: same-origin\r\n"
_PAGE = (
    b"referrer-policy: same-origin\r\nx-frame-options: DENY\r\ncross-origin-opener-policy: same-origin\r\n"
    b"permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
)
_FOREVER = b"cache-control: public, max-age=31536000, immutable\r\n"
_ASK_AGAIN = b"cache-control: no-cache\r\n"


def is_console(path: str) -> bool:
    """Whether this module answers this path."""
    return path in {"/", "/console", "/favicon.ico"} or path.startswith(ROOT)


class Console:
    """One for each replica. `builds`: whether this gateway's start builds what is not there."""

    def __init__(self, *, builds: bool, places: Places = HERE) -> None:
        self._builds = builds
        self._places = places
        self._files = Files(places.dist)

    async def serve(self, request: Request) -> None:
        """Answer GET or HEAD. Raises ClientError (404)."""
        if not request.path.startswith(ROOT):
            self._send_on(request)
            return
        name = request.path.removeprefix(ROOT)
        accepted = encodings(request.headers.get(b"accept-encoding", b""))
        if name and (found := await self._files.file(name, accepted)) is not None:
            _answer(request, found, _FOREVER if name.startswith(ASSETS) else _ASK_AGAIN)
        elif name.startswith(ASSETS) or not _is_page(request, name):
            raise _nothing(request)
        elif await self._files.look():
            page = self._files.page(name.count("/"), accepted)
            if page is None:
                raise _nothing(request)
            _answer(request, page, _ASK_AGAIN + b"content-security-policy: %b\r\n" % self._files.policy + _PAGE)
        else:
            self._wait(request)

    def _send_on(self, request: Request) -> None:
        """To the console, by an address relative to the one that was asked for."""
        target = b"console/icon.svg" if request.path == "/favicon.ico" else b"console/"
        query = b"?" + request.query if request.query and request.path == "/console" else b""
        headers = b"location: %b%b\r\ncache-control: no-store\r\n" % (target, query)
        request.connection.respond(302, headers + _COMMON, b"")

    def _wait(self, request: Request) -> None:
        last = state.read(self._places)
        languages = request.headers.get(b"accept-language", b"").decode("latin-1")
        page = building(Waiting(last, builds=self._builds), languages)
        headers = (
            b"content-type: text/html; charset=utf-8\r\ncache-control: no-store\r\nvary: accept-language\r\n"
            b"refresh: %d\r\nretry-after: %d\r\ncontent-language: %b\r\ncontent-security-policy: %b\r\n"
            % (page.again_s, page.again_s, page.language.encode(), page.policy)
        )
        request.connection.respond(503, headers + _COMMON + _PAGE, page.body)


def encodings(header: bytes) -> set[str]:
    """What the client takes, of the encodings that there are (RFC 9110, 12.5.3)."""
    found = set()
    for part in header.decode("latin-1").lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0").rstrip(".") not in ("q=", "q=0"):
            found.add(name.strip())
    return found


def _is_page(request: Request, name: str) -> bool:
    """A visit, or an address whose last part does not look like a file."""
    return b"text/html" in request.headers.get(b"accept", b"") or "." not in name.rpartition("/")[2]


def _answer(request: Request, body: Body, headers: bytes) -> None:
    headers = b"%betag: %b\r\nvary: accept-encoding\r\n%b" % (headers, body.tag, _COMMON)
    if _matches(request.headers.get(b"if-none-match", b""), body.tag):
        request.connection.respond(304, headers, b"")
        return
    encoding = f"content-encoding: {body.encoding}\r\n".encode() if body.encoding else b""
    request.connection.respond(200, b"content-type: %b\r\n%b%b" % (body.kind, encoding, headers), body.content)


def _matches(header: bytes, tag: bytes) -> bool:
    return any(one.strip().removeprefix(b"W/") in (tag, b"*") for one in header.split(b","))


def _nothing(request: Request) -> ClientError:
    return ClientError(404, f"There is nothing at {request.path[:200]}.", code="unknown_path")
