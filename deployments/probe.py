"""The small request that tells an administrator whether a channel works, in the protocol it prefers. Sends nothing."""

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.head import Target as Named
from adapters.protocols.table import WIRES
from deployments.calls import FIXED, Call
from deployments.routes import Route, route
from deployments.table import Target

_CALL = FIXED["/v1/chat/completions"]
_CALLS = {
    "chat": _CALL,
    "responses": FIXED["/v1/responses"],
    "messages": FIXED["/v1/messages"],
    "embeddings": FIXED["/v1/embeddings"],
}


def small_request(target: Target, *, stream: bool, endpoint: str = "chat") -> tuple[Route, bytes]:
    """How the channel is asked by a client of `endpoint`, and the body.

    `endpoint` is "chat", "responses", "messages", "gemini" or "embeddings". Raises ValueError when the channel speaks
    nothing that can be written.
    """
    stream = stream and endpoint != "embeddings"
    way = route(target, _call(endpoint, target.upstream_model, stream=stream), stream=stream)
    if way is None or not way.path:
        raise ValueError("the channel offers no protocol for this model")
    if endpoint == "embeddings" and way.wire.name == "chat":
        return way, msgspec.json.encode({"model": target.upstream_model, "input": "ping"})
    document = {
        "model": target.upstream_model,
        "messages": [{"role": "user", "content": "ping"}],
        "max_completion_tokens": 16,
        "stream": stream,
    }
    body = msgspec.json.encode(document)
    source = _CALL
    if endpoint == "embeddings":
        source = _CALLS["embeddings"]
        body = msgspec.json.encode({"model": target.upstream_model, "input": "ping"})
    elif way.wire.name == "chat":
        return way, body
    reading, writing = source.wire.conversion, way.wire.conversion
    if reading is None or writing is None:
        raise ValueError("the channel's protocol cannot be written")
    asked = reading.read_request(source.wire.parse(source.operation, body, source.target))
    upstream = Upstream(
        model=target.upstream_model, provider=target.channel.provider, capabilities=way.endpoint.capabilities,
        operation=way.plan.operation,
    )  # fmt: skip
    return way, writing.write_request(asked, upstream, Losses())


def _call(endpoint: str, model: str, *, stream: bool) -> Call:
    if endpoint == "gemini":
        verb = "streamGenerateContent" if stream else "generateContent"
        return Call(WIRES["gemini"], "chat", Named(model, verb))
    return _CALLS[endpoint]
