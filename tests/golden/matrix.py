"""Every case in every pair of protocols, as files: what the upstream is sent, what the client gets, and what was lost.

    make golden

writes expected/<client>-<upstream>/<kind>/ anew from cases/<protocol>/<kind>/; test_golden.py compares. A request is
written in the client's protocol, an answer or stream in the upstream's. Converts; judges nothing.
"""

import re
import sys
from pathlib import Path

import msgspec

from adapters.canonical.boxed import box
from adapters.canonical.context import Client, Fetched, Upstream
from adapters.canonical.loss import Loss, Losses
from adapters.canonical.tool_names import fit
from adapters.contract import Conversion
from adapters.errors import ClientError, UpstreamError
from adapters.head import NO_TARGET, Head, Target
from adapters.protocols.table import WIRES
from adapters.providers.makers import ANTHROPIC_MESSAGES, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES
from adapters.translate import Translated

HERE = Path(__file__).parent
CASES = HERE / "cases"
EXPECTED = HERE / "expected"
KINDS = ("requests", "responses", "streams")
PROTOCOLS = tuple(WIRES)

FETCHED = {"https://media.example/fetched.png": Fetched("image/png", "aVZCT1J3MEtHZ28=")}
UPSTREAMS = {
    "chat": Upstream(model="gpt-5.2", provider="openai", capabilities=OPENAI_CHAT, fetched=FETCHED),
    "responses": Upstream(model="gpt-5.2", provider="openai", capabilities=OPENAI_RESPONSES, fetched=FETCHED),
    "messages": Upstream(
        model="claude-sonnet-4-5", provider="anthropic", capabilities=ANTHROPIC_MESSAGES, fetched=FETCHED
    ),
    "gemini": Upstream(model="gemini-2.5-flash", provider="gemini", capabilities=GEMINI, fetched=FETCHED),
}
"""The four makers, each in its own protocol, with all that its row says it can."""

_EVENT = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)")

Output = tuple[str, bytes]
"""Name of a file in its cell, and what is in it."""


def cases(protocol: str, kind: str) -> list[Path]:
    """The sources of one protocol, in the order of their names."""
    return sorted(path for path in (CASES / protocol / kind).iterdir() if path.suffix in (".json", ".sse"))


def cell(client: str, upstream: str, kind: str) -> list[Output]:
    """All outputs of a pair of protocols."""
    convert = {"requests": request, "responses": answer, "streams": stream}[kind]
    source = client if kind == "requests" else upstream
    return [(path.name, convert(client, upstream, raw(path))) for path in cases(source, kind)]


def raw(path: Path) -> bytes:
    """A source as it comes over the wire: JSON without the spaces that it has for people."""
    body = path.read_bytes()
    return body if path.suffix == ".sse" else msgspec.json.format(body, indent=-1)


def request(client: str, upstream: str, body: bytes) -> bytes:
    """What the upstream is sent, with what was lost; or why the request is refused."""
    losses = Losses()
    written: object = None
    try:
        asked = msgspec.structs.replace(conversion(client).read_request(head(client, body)), include_usage=True)
        neutral, _ = box(fit(asked, upstream)[0], upstream, losses)
        written = msgspec.Raw(conversion(upstream).write_request(neutral, UPSTREAMS[upstream], losses))
        losses.check()
    except ClientError as error:
        refused = losses.content or [Loss(error.param or "", error.message)]
        return pretty(msgspec.json.encode({"refused": refused}))
    said = {"losses": losses.knobs, "body": written}
    return pretty(msgspec.json.encode(said))


def answer(client: str, upstream: str, body: bytes) -> bytes:
    """What the client gets for an answer in one piece."""
    found = conversion(upstream).read_response(body)
    return pretty(conversion(client).write_response(found, asker(client)))


def stream(client: str, upstream: str, body: bytes, size: int = 0) -> bytes:
    """What the client gets for a stream that comes in pieces of `size` bytes, 0: event by event."""
    converting = Translated(conversion(upstream).reader(), conversion(client).writer(asker(client)))
    pieces = [body[start : start + size] for start in range(0, len(body), size)] if size else _EVENT.split(body)
    out = b"".join(map(converting.feed, pieces)) + converting.finish()
    if converting.complete and not converting.failed:
        return out
    error = UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")
    if converting.failed:
        error = UpstreamError(502, "The provider reported an error.", klass="upstream_error_event")
    return out + (converting.fail(error, "req_1") or WIRES[client].render_event(error, "req_1"))


def conversion(protocol: str) -> Conversion:
    """The converters of a protocol."""
    found = WIRES[protocol].conversion
    assert found is not None
    return found


def head(protocol: str, body: bytes) -> Head:
    """What is known of a request before it is read."""
    target = Target(model="gemini-2.5-flash", verb="generateContent") if protocol == "gemini" else NO_TARGET
    return WIRES[protocol].parse("chat", body, target)


def asker(protocol: str) -> Client:
    """Whom an answer is for: it asked with temperature 0.5 and wants the usage of streams."""
    fields = {"temperature": msgspec.Raw(b"0.5")} if protocol == "responses" else {}
    return Client(
        request_id="req_1", created=1_790_000_000, model="my-model", include_usage=True, operation="chat", fields=fields
    )


def pretty(body: bytes) -> bytes:
    """JSON as people read it; numbers stay as they were written."""
    return msgspec.json.format(body, indent=2) + b"\n"


def kept(client: str, upstream: str, kind: str) -> dict[str, bytes]:
    """The files of a cell."""
    folder = EXPECTED / f"{client}-{upstream}" / kind
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())} if folder.is_dir() else {}


def main() -> int:
    """Write what differs, and say what it was."""
    changed = 0
    for client in PROTOCOLS:
        for upstream in PROTOCOLS:
            for kind in KINDS:
                folder = EXPECTED / f"{client}-{upstream}" / kind
                folder.mkdir(parents=True, exist_ok=True)
                before, after = kept(client, upstream, kind), dict(cell(client, upstream, kind))
                for name in before.keys() - after.keys():
                    (folder / name).unlink()
                for name in sorted(after.keys() | before.keys()):
                    if before.get(name) != after.get(name):
                        changed += 1
                        sys.stdout.write(f"{folder.relative_to(EXPECTED)}/{name}\n")
                    if name in after:
                        (folder / name).write_bytes(after[name])
    sys.stdout.write(f"{changed} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
