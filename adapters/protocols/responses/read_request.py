"""A request of /v1/responses, into the neutral form.

`instructions` and an `input` that is a string become plain turns without `exact`; the turn of a message always has one,
so that the writer of this protocol tells them apart.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from adapters.canonical.blocks import Text
from adapters.canonical.request import FunctionTool, Request, Tool, ToolChoice, Turn
from adapters.head import Fields, Head
from adapters.protocols.responses.namespaces import distinct, known_names, renamed
from adapters.protocols.responses.read_items import read_turns
from adapters.protocols.responses.read_output import read_reasoning, read_text
from adapters.protocols.responses.read_tools import offered, read_tool_choice, read_tools
from adapters.protocols.responses.schema import (
    PROTOCOL,
    MaybeCount,
    MaybeFlag,
    MaybeNumber,
    MaybeObject,
    MaybeText,
    MaybeTexts,
    Raws,
    read,
    starts,
    take,
    wrong,
)
from adapters.protocols.responses.schema import Text as TextDecoder

_T = TypeVar("_T")

STATE = frozenset({"previous_response_id", "conversation", "prompt", "background"})
"""What the provider keeps for its client: https://platform.openai.com/docs/guides/conversation-state (2026-11)."""

ENCRYPTED = "reasoning.encrypted_content"
LOGPROBS = "message.output_text.logprobs"

# They say nothing to another protocol: padding against side channels, or the default.
_NOTHING = {"stream_options": None, "background": b"false", "truncation": b'"disabled"'}


def read_request(head: Head) -> Request:
    """The whole request. Raises ClientError (400) that names the field."""
    fields = dict(head.fields)
    fields.pop("model", None)
    exact: Fields = {}
    state: set[str] = set()
    instructions = _instructions(fields)
    items = _input(fields, exact)
    tools = _tools(fields, exact, items)
    known = known_names((tool.namespace, tool.name) for tool in tools if isinstance(tool, FunctionTool))
    if not head.stream:
        _move(fields, exact, "stream")
    fields.pop("stream", None)
    count = _taker(fields, MaybeCount, "an integer")
    number = _taker(fields, MaybeNumber, "a number")
    flag = _taker(fields, MaybeFlag, "a boolean")
    text = _taker(fields, MaybeText, "a string")
    output, verbosity = read_text(fields, exact, state)
    request = Request(
        model=head.model,
        turns=instructions + renamed(items, known),
        stream=head.stream,
        include_usage=True,
        tools=tuple(distinct(tools, known)),
        tool_choice=_tool_choice(fields, exact),
        parallel_tools=flag("parallel_tool_calls"),
        max_output=count("max_output_tokens"),
        temperature=number("temperature"),
        top_p=number("top_p"),
        logprobs=_include(fields, exact),
        top_logprobs=count("top_logprobs"),
        reasoning=read_reasoning(fields, exact),
        output=output,
        verbosity=verbosity,
        service_tier=text("service_tier"),
        user=text("user"),
        metadata=take(fields, "metadata", MaybeObject, "", "an object"),
        cache_key=text("prompt_cache_key"),
        cache_retention=text("prompt_cache_retention"),
        safety_id=text("safety_identifier"),
        store=flag("store"),
        truncation=None if _is(fields, "truncation", b'"disabled"') else text("truncation"),
        protocol=PROTOCOL,
    )
    for name in [name for name, raw in fields.items() if _says_nothing(name, raw)]:
        exact[name] = fields.pop(name)
    return msgspec.structs.replace(
        request,
        extensions={PROTOCOL: fields} if fields else {},
        exact=exact,
        state=frozenset(state | (STATE & fields.keys())),
    )


def _taker(fields: Fields, decoder: "msgspec.json.Decoder[_T | None]", words: str) -> "Callable[[str], _T | None]":
    return lambda name: take(fields, name, decoder, "", words)


def _move(fields: Fields, exact: Fields, name: str) -> None:
    if name in fields:
        exact[name] = fields.pop(name)


def _is(fields: Fields, name: str, value: bytes) -> bool:
    return name in fields and bytes(fields[name]) == value


def _says_nothing(name: str, raw: msgspec.Raw) -> bool:
    value = bytes(raw)
    return value == b"null" or (name in _NOTHING and _NOTHING[name] in {None, value})


def _instructions(fields: Fields) -> tuple[Turn, ...]:
    value = fields.get("instructions")
    if value is None or starts(value) == b"n":
        return ()
    del fields["instructions"]
    text = read(TextDecoder, value, "instructions", "a string")
    return (Turn("system", (Text(text),), plain=True, protocol=PROTOCOL),)


def _input(fields: Fields, exact: Fields) -> tuple[Turn, ...]:
    value = fields.get("input")
    if value is None or starts(value) == b"n":
        return ()
    del fields["input"]
    if starts(value) == b'"':
        text = read(TextDecoder, value, "input", "a string or an array of items")
        return (Turn("user", (Text(text),), plain=True, protocol=PROTOCOL),)
    found = read(Raws, value, "input", "a string or an array of items")
    if not found:
        exact["input"] = value
    return read_turns(found, "input")


def _tools(fields: Fields, exact: Fields, turns: tuple[Turn, ...]) -> tuple[Tool, ...]:
    """The tools, and those that items of the conversation bring; the field itself goes back as it was."""
    value = fields.get("tools")
    tools: tuple[Tool, ...] = ()
    if value is not None and starts(value) != b"n":
        del fields["tools"]
        tools = read_tools(value)
    own = {(tool.namespace, tool.name) for tool in tools if isinstance(tool, FunctionTool)}
    brought: list[Tool] = []
    for tool in offered(turns):
        key = (tool.namespace, tool.name) if isinstance(tool, FunctionTool) else None
        if key not in own:
            brought.append(tool)
        if key is not None:
            own.add(key)
    if value is not None and "tools" not in fields and (brought or not tools or b'"namespace"' in bytes(value)):
        exact["tools"] = value
    elif brought and value is None:
        exact["tools"] = msgspec.Raw()
    return (*tools, *brought)


def _tool_choice(fields: Fields, exact: Fields) -> ToolChoice | None:
    value = fields.get("tool_choice")
    if value is None or starts(value) == b"n":
        return None
    if starts(value) not in {b'"', b"{"}:
        raise wrong("tool_choice", "a string or an object")
    choice, whole, matters = read_tool_choice(value)
    if whole:
        del fields["tool_choice"]
    elif not matters:
        _move(fields, exact, "tool_choice")
    return choice


def _include(fields: Fields, exact: Fields) -> bool | None:
    """Whether log probabilities are asked for.

    Encrypted reasoning needs no asking elsewhere: signatures are always given, and carried to this client.
    """
    value = fields.get("include")
    if value is None:
        return None
    names = read(MaybeTexts, value, "include", "an array of strings")
    if names is None:
        return None
    if set(names) <= {ENCRYPTED, LOGPROBS}:
        _move(fields, exact, "include")
    return True if LOGPROBS in names else None
