"""Blocks of an answer as items of an output, in JSON: what a stream builds up and an answer in one piece has at once.

Reasoning that another protocol's provider made carries its origin and proof in `encrypted_content`
(canonical/sealed.py).
"""

from collections.abc import Iterator

import msgspec

from adapters.canonical.blocks import Citation, Origin, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.custom_tools import unwrap
from adapters.canonical.sealed import Sealed, seal
from adapters.protocols.responses.citations import write_annotation
from adapters.protocols.responses.namespaces import known_names
from adapters.protocols.responses.schema import PROTOCOL, encode, starts
from adapters.unreadable import UNREADABLE


class _Tool(msgspec.Struct):
    type: str = ""
    name: str = ""
    tools: msgspec.Raw = msgspec.Raw()


_tools = msgspec.json.Decoder(list[_Tool])
_content = msgspec.json.Decoder(dict[str, msgspec.Raw])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


# What is in a field of the request when there is something to know. Items of the input bring tools too.
_TELLING = {
    "tools": (b'"custom"', b'"namespace"'),
    "input": (b'"additional_tools"', b'"tool_search_output"'),
}


class Names:
    """Ids of items, and how the client knows its tools.

    By the names that the model is told: `custom` are tools that take free text, `spaced` say (namespace, name) of those
    in namespaces.
    """

    __slots__ = ("_made", "_seed", "custom", "spaced")

    def __init__(self, client: Client) -> None:
        self._seed = client.request_id
        self._made = 0
        self.custom: set[str] = set()
        self.spaced: dict[str, tuple[str, str]] = {}
        fields = {name: client.fields[name] for name in _TELLING if name in client.fields}
        if any(word in bytes(raw) for name, raw in fields.items() for word in _TELLING[name]):
            found = [tool for raw in fields.values() for tool in _named(raw)]
            known = known_names((namespace, tool.name) for namespace, tool in found)
            self.spaced = {told: key for key, told in known.items()}
            customs = ((namespace, tool.name) for namespace, tool in found if tool.type == "custom")
            self.custom = {known.get(key, key[1]) for key in customs}

    def make(self, prefix: str) -> str:
        """A new id: "msg", "rs", "fc" ..."""
        self._made += 1
        return f"{prefix}_{self._seed}_{self._made}"


def _named(raw: msgspec.Raw, namespace: str = "") -> Iterator[tuple[str, _Tool]]:
    """The functions and custom tools of a list, with their namespaces; none where it cannot be read."""
    try:
        tools = _tools.decode(raw)
    except UNREADABLE:
        return
    for tool in tools:
        if tool.type in {"function", "custom"}:
            yield namespace, tool
        elif tool.tools:
            yield from _named(tool.tools, tool.name if tool.type == "namespace" else "")


def text_part(text: str, annotations: list[bytes], logprobs: list[bytes]) -> bytes:
    """An output_text part."""
    return b'{"type":"output_text","text":%b,"annotations":[%b],"logprobs":[%b]}' % (
        encode(text),
        b",".join(annotations),
        b",".join(logprobs),
    )


def refusal_part(text: str) -> bytes:
    """A refusal part."""
    return b'{"type":"refusal","refusal":%b}' % encode(text)


def annotation(citation: Citation, length: int) -> bytes | None:
    """An annotation; None for a citation that has no form here."""
    found = write_annotation(citation, length)
    return None if found is None else encode(found)


def logprobs_of(raw: msgspec.Raw | None) -> list[bytes]:
    """Log probabilities of this protocol or of Chat Completions, one for each token; none in any other form."""
    if raw is None:
        return []
    try:
        if starts(raw) == b"{":
            raw = _content.decode(raw).get("content", msgspec.Raw(b"[]"))
        return [bytes(one) for one in _raws.decode(raw)]
    except UNREADABLE:
        return []


def message(item_id: str, parts: list[bytes], status: bytes) -> bytes:
    """A message of the assistant."""
    return b'{"id":%b,"type":"message","status":"%b","content":[%b],"role":"assistant"}' % (
        encode(item_id),
        status,
        b",".join(parts),
    )


def reasoning(item_id: str, summary: list[str], content: list[str], encrypted: str) -> bytes:
    """A reasoning item."""
    item: dict[str, object] = {
        "id": item_id,
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
    }
    if content:
        item["content"] = [{"type": "reasoning_text", "text": text} for text in content]
    if encrypted:
        item["encrypted_content"] = encrypted
    return encode(item)


def is_content(thought: Thinking) -> bool:
    """Whether the text stands in `content`, as only this protocol's own unsummarised reasoning does."""
    return thought.origin is not None and thought.origin.protocol == PROTOCOL and not thought.summary


def encrypted_of(thought: Thinking, signature: str, encrypted: str) -> str:
    """What `encrypted_content` says of a thought: its own, or origin and proof of another protocol's."""
    origin = thought.origin
    if origin is None or origin.protocol == PROTOCOL:
        return encrypted
    return seal(Sealed(origin.protocol, origin.provider, signature, encrypted, thought.id))


def carrier(item_id: str, signature: str, origin: Origin, *, call: str = "") -> bytes:
    """An item that carries the signature of a call or, without `call`, of the text after it."""
    sealed = Sealed(origin.protocol, origin.provider, signature, call=call, text=not call)
    return reasoning(item_id, [], [], seal(sealed))


def call(names: Names, item_id: str, made: ToolCall, arguments: str, status: bytes) -> bytes:
    """A function_call or custom_tool_call."""
    namespace, name = names.spaced.get(made.name, ("", made.name))
    namespace = made.namespace or namespace
    tail = b',"namespace":%b}' % encode(namespace) if namespace else b"}"
    if made.custom or made.name in names.custom:
        text = b'{"id":%b,"type":"custom_tool_call","status":"%b","call_id":%b,"name":%b,"input":%b'
    else:
        text = b'{"id":%b,"type":"function_call","status":"%b","call_id":%b,"name":%b,"arguments":%b'
    return text % (encode(item_id), status, encode(made.id), encode(name), encode(arguments)) + tail


def arguments_of(names: Names, made: ToolCall, arguments: str) -> str:
    """The whole arguments as the client expects them: free text for its custom tools, else JSON."""
    if made.custom:
        return arguments
    return unwrap(arguments) if made.name in names.custom else arguments or "{}"
