"""A generateContent request into the neutral form: https://ai.google.dev/api/generate-content (2026-11).

countTokens is read as the request it counts, whether it stands at the top or under `generateContentRequest`.
"""

from typing import Any

import msgspec

from adapters.canonical.blocks import Block, Json, Text
from adapters.canonical.request import Request, Turn
from adapters.errors import ClientError
from adapters.head import Head
from adapters.protocols.gemini import carried, embeddings, pieces
from adapters.protocols.gemini.head import NESTED
from adapters.protocols.gemini.names import Fields, fields, is_null, items
from adapters.protocols.gemini.parts import Calls, read_part
from adapters.protocols.gemini.read_settings import read_settings
from adapters.protocols.gemini.read_tools import read_choice, read_tools
from adapters.protocols.gemini.reading import reading
from adapters.protocols.gemini.usage import TIERS

_string = msgspec.json.Decoder(str)
_flag = msgspec.json.Decoder(bool)

STATE = frozenset({"cachedContent", "continuationToken"})
"""What Google keeps for its client: a cached prefix of the conversation, the rest of an answer."""

_ROLES = {"user": "user", "model": "assistant", "function": "user", "": "user"}


def read_request(head: Head) -> Request:
    """Raises ClientError (400) that names the field."""
    if head.operation == "embeddings":
        return embeddings.read_request(head)
    top = reading("body", _top, head)
    extensions: Json = {}
    exact: Json = {}
    found: dict[str, Any] = {}
    turns: list[Turn] = []
    for name, raw in top.items():
        match name:
            case "contents" | "model":
                pass
            case "systemInstruction":
                turns.insert(0, reading(name, _system, raw))
            case "tools":
                found["tools"] = reading(name, read_tools, raw, exact)
            case "toolConfig":
                found["tool_choice"] = reading(name, read_choice, raw, extensions, exact)
            case "generationConfig":
                found.update(reading(name, read_settings, raw, extensions, exact))
            case "serviceTier":
                tier = reading(name, _string.decode, raw).lower()
                found["service_tier"] = TIERS.get(tier, tier)
            case "store":
                found["store"] = reading(name, _flag.decode, raw)
            case _:
                extensions[name] = raw
    if "contents" not in top:
        raise ClientError(400, "The field 'contents' is required.", param="contents", code="missing_required_parameter")
    _contents(top["contents"], turns)
    return Request(
        model=head.model,
        turns=tuple(turns),
        stream=head.stream,
        include_usage=True,
        protocol="gemini",
        extensions={"gemini": extensions} if extensions else {},
        state=STATE & extensions.keys(),
        exact=exact,
        **found,
    )


def _top(head: Head) -> Fields:
    """The members of the request by camelCase name, without null ones."""
    top = fields(msgspec.json.encode(head.fields)) if any("_" in name for name in head.fields) else head.fields
    if head.operation == "count_tokens" and NESTED in top:
        return fields(top[NESTED])
    return {name: raw for name, raw in top.items() if not is_null(raw)}


def _contents(raw: msgspec.Raw, turns: list[Turn]) -> None:
    calls = Calls("contents")
    said: list[Block] = []  # by the model, in the turn that goes on
    for number, content in enumerate(reading("contents", items, raw)):
        path = f"contents[{number}]"
        found = reading(path, fields, content)
        assistant = _role(found, path) == "assistant"
        if said and not assistant:
            turns.append(Turn("assistant", tuple(said), protocol="gemini"))
            said = []
        seam = bool(said)
        blocks: list[Block] = []
        for place, part in enumerate(reading(f"{path}.parts", items, found["parts"]) if "parts" in found else ()):
            block = reading(f"{path}.parts[{place}]", _part, part, calls)
            if assistant:
                if calls.carried:
                    carried.put_back(said, calls.carried)
                    calls.carried = ()
                pieces.add(said, block, seam=seam)
                seam = False
            else:
                blocks.append(block)
        if not assistant:
            turns.append(Turn("user", tuple(blocks), protocol="gemini"))
    if said:
        turns.append(Turn("assistant", tuple(said), protocol="gemini"))


def _role(found: Fields, path: str) -> str:
    word = reading(f"{path}.role", _string.decode, found["role"]) if "role" in found else ""
    role = _ROLES.get(word)
    if role is None:
        field = f"{path}.role"
        raise ClientError(400, f'The field \'{field}\' must be "user" or "model".', param=field, code="invalid_value")
    return role


def _part(raw: msgspec.Raw, calls: Calls) -> Block:
    return read_part(fields(raw), calls)


def _system(raw: msgspec.Raw) -> Turn:
    if bytes(memoryview(raw)[:1]) == b'"':
        return Turn("system", (Text(_string.decode(raw)),), plain=True, protocol="gemini")
    found = fields(raw)
    parts = [_part(part, Calls("")) for part in items(found["parts"])] if "parts" in found else []
    return Turn("system", tuple(parts), protocol="gemini")
