"""embedContent and batchEmbedContents, to and from the neutral form: https://ai.google.dev/api/embeddings (2026-11).

Towards a provider it is always the batch.
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Json
from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import Request, Turn
from adapters.canonical.response import Response
from adapters.head import Head
from adapters.protocols.gemini.names import Fields, fields, items
from adapters.protocols.gemini.parts import Calls, read_part
from adapters.protocols.gemini.reading import reading
from adapters.protocols.gemini.usage import WireUsage, write_usage
from adapters.protocols.gemini.write_parts import plain_part
from adapters.usage import Usage

_number = msgspec.json.Decoder(int)
_encode = msgspec.json.encode

_EACH = ("taskType", "title", "embedContentConfig")
"""What a request of a batch may say besides; the first that says it says it for all."""


class _Embedding(msgspec.Struct, rename="camel"):
    values: msgspec.Raw = msgspec.Raw(b"[]")


class _Answer(msgspec.Struct, rename="camel"):
    embedding: _Embedding | None = None
    embeddings: list[_Embedding] | None = None
    usage_metadata: WireUsage | None = None


_answer = msgspec.json.Decoder(_Answer)


def read_request(head: Head) -> Request:
    """One turn for each content. Raises ClientError (400) that names the field."""
    top = reading("body", fields, _encode(head.fields))
    single = "requests" not in top
    requests = [top]
    if not single:
        listed = reading("requests", items, top["requests"])
        requests = [reading(f"requests[{number}]", fields, raw) for number, raw in enumerate(listed)]
    turns = []
    extensions: Json = {}
    dimensions: int | None = None
    for number, each in enumerate(requests):
        path = "content" if single else f"requests[{number}].content"
        turns.append(Turn("user", reading(path, _blocks, each.get("content", msgspec.Raw(b"null"))), protocol="gemini"))
        if "outputDimensionality" in each:
            dimensions = reading("outputDimensionality", _number.decode, each["outputDimensionality"])
        for name in _EACH:
            if name in each:
                extensions.setdefault(name, each[name])
    return Request(
        model=head.model,
        turns=tuple(turns),
        dimensions=dimensions,
        protocol="gemini",
        extensions={"gemini": extensions} if extensions else {},
    )


def _blocks(raw: msgspec.Raw) -> tuple[Any, ...]:
    content = fields(raw)
    return tuple(read_part(fields(part), Calls("")) for part in items(content["parts"])) if "parts" in content else ()


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body of batchEmbedContents."""
    lose_extensions(request, "gemini", losses)
    if request.user is not None:
        losses.knob("user")
    shared: dict[str, Any] = {"model": f"models/{upstream.model.removeprefix('models/')}"}
    shared.update(request.extensions.get("gemini", {}))
    if request.dimensions is not None:
        shared["outputDimensionality"] = request.dimensions
    requests = []
    for turn in request.turns:
        written = (plain_part(block, upstream.fetched, losses) for block in turn.blocks)
        requests.append({**shared, "content": {"parts": [part for part in written if part is not None]}})
    return _encode({"requests": requests})


def read_response(body: bytes) -> Response:
    """The counts are there for newer models only. Raises msgspec.DecodeError when it is none of these answers."""
    answer = _answer.decode(body)
    found = answer.embeddings or ([answer.embedding] if answer.embedding is not None else [])
    usage = answer.usage_metadata.counted() if answer.usage_metadata is not None else Usage()
    return Response(vectors=tuple(one.values for one in found), usage=usage, protocol="gemini")


def write_response(response: Response, client: Client) -> bytes:
    """The body for a client, which asked for one vector where its request has `content`."""
    vectors: list[Fields] = [{"values": vector} for vector in response.vectors]
    single = len(vectors) == 1 and "content" in client.fields
    body: dict[str, Any] = {"embedding": vectors[0]} if single else {"embeddings": vectors}
    if response.usage.source != "none":
        written = write_usage(response.usage)
        body["usageMetadata"] = {name: written[name] for name in ("promptTokenCount", "promptTokensDetails")}
    return _encode(body)
