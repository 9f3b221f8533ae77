"""Embeddings, to and from the neutral form: https://platform.openai.com/docs/api-reference/embeddings (2026-11)."""

import base64
import binascii
import struct

import msgspec

from adapters.canonical.blocks import Json, Text
from adapters.canonical.context import Client, Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import Request, Turn
from adapters.canonical.response import Response
from adapters.head import Head
from adapters.protocols.chat.values import Raws, Values, wrong
from adapters.unreadable import UNREADABLE
from adapters.usage import WireUsage

ENCODING = "encoding_format"

_input = msgspec.json.Decoder(str | list[str])
_tokens = msgspec.json.Decoder(list[int | list[int]])
_string = msgspec.json.Decoder(str)
_floats = msgspec.json.Decoder(list[float])
_encode = msgspec.json.encode


class _Embedding(msgspec.Struct):
    embedding: msgspec.Raw = msgspec.Raw(b"[]")
    index: int = 0


class _Answer(msgspec.Struct):
    data: list[_Embedding]
    model: str | None = None
    usage: WireUsage | None = None


_answer = msgspec.json.Decoder(_Answer)


def read_request(head: Head) -> Request:
    """One turn for each input. Raises ClientError (400) that names the field."""
    values = Values(head.fields)
    values.left.pop("model", None)
    raw = values.raw("input")
    extensions: Json = {}
    turns: tuple[Turn, ...] = ()
    state: frozenset[str] = frozenset()
    try:
        said = [] if raw is None else _input.decode(raw)
        turns = tuple(Turn("user", (Text(text),)) for text in ([said] if isinstance(said, str) else said))
    except UNREADABLE:
        try:
            _tokens.decode(raw or b"")
        except UNREADABLE:
            raise wrong("input", "a string, or an array of strings or of token numbers") from None
        # Token numbers mean something to one tokenizer only.
        extensions["input"], state = raw or msgspec.Raw(b"[]"), frozenset({"input"})
    exact: Raws = {ENCODING: encoding} if (encoding := values.raw(ENCODING)) is not None else {}
    dimensions, user = values.whole("dimensions"), values.text("user")
    extensions.update(values.left)
    return Request(
        model=head.model,
        turns=turns,
        dimensions=dimensions,
        user=user,
        protocol="chat",
        extensions={"chat": extensions} if extensions else {},
        state=state,
        exact=exact,
    )


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body; what is no text cannot be embedded there."""
    lose_extensions(request, "chat", losses)
    own = request.protocol == "chat"
    inputs = []
    for turn in request.turns:
        if not all(isinstance(block, Text) for block in turn.blocks):
            losses.refuse("input", "only text can be embedded there")
        inputs.append("\n".join(block.text for block in turn.blocks if isinstance(block, Text)))
    fields: dict[str, object] = {"model": upstream.model, "input": inputs}
    if request.dimensions is not None:
        fields["dimensions"] = request.dimensions
    if request.user is not None:
        fields["user"] = request.user
    if own:
        fields.update(request.exact)
        fields.update(request.extensions.get("chat", {}))
    return _encode(fields)


def read_response(body: bytes) -> Response:
    """Raises msgspec.DecodeError or ValueError when it is no list of embeddings."""
    answer = _answer.decode(body)
    ordered = sorted(answer.data, key=lambda one: one.index)
    vectors = tuple(_numbers(one.embedding) for one in ordered)
    response = Response(vectors=vectors, model=answer.model or "", protocol="chat")
    return response if answer.usage is None else msgspec.structs.replace(response, usage=answer.usage.counted())


def _numbers(raw: msgspec.Raw) -> msgspec.Raw:
    """An array of numbers, also where a provider packed it."""
    if bytes(memoryview(raw)[:1]) != b'"':
        return raw
    try:
        packed = base64.b64decode(_string.decode(raw), validate=True)
        return msgspec.Raw(_encode(struct.unpack(f"<{len(packed) // 4}f", packed)))
    except (binascii.Error, struct.error) as error:
        raise ValueError(f"an embedding that is none: {error}") from None


def write_response(response: Response, client: Client) -> bytes:
    """The body; vectors are packed where the client asked for that, which the official SDKs do."""
    packed = bytes(client.fields.get(ENCODING, b"")) == b'"base64"'
    data = [
        {"object": "embedding", "index": number, "embedding": _packed(vector) if packed else vector}
        for number, vector in enumerate(response.vectors)
    ]
    tokens = response.usage.input
    return _encode(
        {
            "object": "list",
            "data": data,
            "model": response.model or client.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def _packed(vector: msgspec.Raw) -> str:
    numbers = _floats.decode(vector)
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
