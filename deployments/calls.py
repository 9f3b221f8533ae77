"""What a client calls: path, query and headers -> protocol and operation. Reads no body and answers nothing."""

from urllib.parse import parse_qs, unquote

import msgspec

from adapters.contract import Wire
from adapters.head import NO_TARGET, Target
from adapters.protocols.table import WIRES
from deployments.request import Request


class Call(msgspec.Struct, frozen=True):
    """One of the things that a client may ask for. `target` is what path, query and headers say besides.

    `key` tells calls apart that are put to a channel in different ways.
    """

    wire: Wire
    operation: str
    target: Target = NO_TARGET
    key: str = ""

    def __post_init__(self) -> None:
        """Put the key together, once."""
        target = self.target
        key = f"{self.wire.name} {self.operation} {target.verb} {target.array}"
        msgspec.structs.force_setattr(self, "key", key)


_FIXED = {
    "/v1/chat/completions": ("chat", "chat"),
    "/v1/completions": ("chat", "text_completion"),
    "/v1/embeddings": ("chat", "embeddings"),
    "/v1/responses": ("responses", "chat"),
    "/v1/responses/compact": ("responses", "compact"),
    "/v1/responses/input_tokens": ("responses", "count_tokens"),
    "/v1/messages": ("messages", "chat"),
    "/v1/messages/count_tokens": ("messages", "count_tokens"),
}
FIXED: dict[str, Call] = {
    path: Call(WIRES[protocol], operation) for path, (protocol, operation) in _FIXED.items() if protocol in WIRES
}
"""Paths that name no model."""

# https://ai.google.dev/api/generate-content, /api/tokens and /api/embeddings (2026-11)
_VERBS = {
    "generateContent": "chat",
    "streamGenerateContent": "chat",
    "countTokens": "count_tokens",
    "embedContent": "embeddings",
    "batchEmbedContents": "embeddings",
}
_MODELS = ("/v1beta/models/", "/v1/models/", "/v1alpha/models/")
_BETA = b"anthropic-beta"


def find(request: Request) -> Call | None:
    """The call that a path stands for, whatever the method; None: nothing is generated there."""
    call = FIXED.get(request.path)
    if call is not None:
        beta = request.headers.get(_BETA)
        if beta is None or call.wire.name != "messages":
            return call
        return Call(call.wire, call.operation, Target(beta=beta.decode("latin-1")))
    if ":" not in request.path:
        return None
    return _by_model(request)


def _by_model(request: Request) -> Call | None:
    """Gemini's paths: /v1beta/models/MODEL:VERB, where the model may hold slashes and colons."""
    prefix = next((each for each in _MODELS if request.path.startswith(each)), "")
    model, _, verb = request.path[len(prefix) :].rpartition(":")
    operation = _VERBS.get(verb)
    if not prefix or not model or operation is None or "gemini" not in WIRES:
        return None
    name = unquote(model.encode("latin-1").decode("utf-8", "replace"))
    array = verb == "streamGenerateContent" and parameters(request.query).get("alt") != "sse"
    return Call(WIRES["gemini"], operation, Target(name, verb, array))


def parameters(query: bytes) -> dict[str, str]:
    """The parameters of a query string, of each the first."""
    if not query:
        return {}
    try:
        found = parse_qs(query.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:  # more of them than anybody sends
        return {}
    return {name: values[0] for name, values in found.items()}
