"""An answer in one piece, from one protocol to another; also where the provider streams and the client does not."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from adapters.canonical.context import Client
from adapters.canonical.fold import Folder, unfold
from adapters.canonical.response import Response
from adapters.contract import Conversion
from adapters.errors import UpstreamError
from adapters.midstream import reported
from adapters.usage import Usage

Change: TypeAlias = Callable[[Response], Response]
"""What translate.Filter is for a stream."""


class Whole(msgspec.Struct):
    """A converted answer: the bytes for the client, and what was read (contract.Seen)."""

    body: bytes
    usage: Usage
    model: str
    finish_reason: str
    valid: bool = True


def whole(
    body: bytes,
    upstream: Conversion,
    client: Conversion,
    to: Client,
    changes: Sequence[Change] = (),
    *,
    events: bool = False,
    stream: bool = False,
) -> Whole:
    """`events`: the provider sent a stream; `stream`: the client reads one, which then comes in one piece.

    Raises msgspec.DecodeError or ValueError when it is no answer of the upstream's protocol, UpstreamError when a
    stream failed or was cut.
    """
    answer = read(body, upstream, events=events)
    for change in changes:
        answer = change(answer)
    if stream:
        writer = client.writer(to)
        out = writer.feed(unfold(answer))
    else:
        out = client.write_response(answer, to)
    first = answer.candidates[0] if answer.candidates else None
    finish = (first.raw_finish or first.finish or "") if first is not None else ""
    return Whole(out, answer.usage, answer.model[:200], finish[:40])


def read(body: bytes, upstream: Conversion, *, events: bool) -> Response:
    """The answer in the neutral form. Raises as `whole`."""
    return _folded(body, upstream) if events else upstream.read_response(body)


def _folded(body: bytes, upstream: Conversion) -> Response:
    reader = upstream.reader()
    folder = Folder()
    folder.feed(reader.feed(body))
    folder.feed(reader.finish())
    if folder.failed is not None:
        raise reported(folder.failed.json)
    answer = folder.response()
    if not folder.complete and not any(each.finish or each.raw_finish for each in answer.candidates):
        raise UpstreamError(502, "The provider broke off its answer.", klass="upstream_cut")
    return answer
