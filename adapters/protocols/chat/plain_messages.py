"""Messages without anything unusual, read in one step: conversations are long and nearly all of them are such.

What has a field that is not named here is left to read_messages.py, which reads every message and tells what is wrong.
"""

from typing import Literal

import msgspec

from adapters.canonical.blocks import Block, Text, ToolCall, ToolResult
from adapters.canonical.request import Turn
from adapters.protocols.chat.parts import read_part
from adapters.protocols.chat.values import Raws
from adapters.unreadable import UNREADABLE


class _Function(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    name: str
    arguments: str


class _Call(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    id: str
    function: _Function
    type: Literal["function"]


class _Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[msgspec.Raw] | None = None
    name: str = ""
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None


class _TextPart(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: Literal["text"]
    text: str


_message = msgspec.json.Decoder(_Message)
_part = msgspec.json.Decoder(_TextPart)
_fields = msgspec.json.Decoder(Raws)


def read_plain(raw: msgspec.Raw, path: str) -> Turn | None:
    """The turn of a message; None for one that has to be looked at in full. Raises ClientError (400) for its parts."""
    try:
        message = _message.decode(raw)
    except UNREADABLE:
        return None
    role, content = message.role, message.content
    if role == "tool":
        if message.tool_call_id is None or message.name or message.tool_calls or not isinstance(content, str):
            return None
        result = ToolResult(message.tool_call_id, (Text(content),), plain=True, protocol="chat")
        return Turn("user", (result,), protocol="chat")
    if message.tool_call_id is not None or (role != "assistant" and (message.tool_calls or content is None)):
        return None
    if not isinstance(content, list):
        said: list[Block] = [] if content is None else [Text(content)]
    else:
        found = _parts(content, path)
        if found is None:
            return None
        said = found
    for call in message.tool_calls or ():
        if not call.id:
            return None
        function = call.function
        said.append(ToolCall(call.id, function.name, function.arguments or "{}", protocol="chat"))
    return Turn(role, tuple(said), name=message.name, plain=not isinstance(content, list), protocol="chat")


def _parts(content: list[msgspec.Raw], path: str) -> list[Block] | None:
    said: list[Block] = []
    for place, raw in enumerate(content):
        try:
            said.append(Text(_part.decode(raw).text, protocol="chat"))
            continue
        except UNREADABLE:
            pass
        try:
            fields = _fields.decode(raw)
        except UNREADABLE:
            return None
        said.append(read_part(fields, f"{path}.content.{place}"))
    return said
