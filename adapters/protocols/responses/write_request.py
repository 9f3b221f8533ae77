"""A request out of the neutral form, for an upstream that speaks Responses.

A setting that the endpoint is not known to take is left out and counted; output formats, several answers and sound are
refused. To its own protocol a request goes back as it came.
"""

from adapters.canonical.blocks import Text
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import Request, Turn
from adapters.head import Fields
from adapters.protocols.responses.read_request import ENCRYPTED, LOGPROBS
from adapters.protocols.responses.schema import PROTOCOL, Object, encode
from adapters.protocols.responses.write_content import Item
from adapters.protocols.responses.write_items import ItemWriter
from adapters.protocols.responses.write_settings import steady, write_reasoning, write_settings, write_text
from adapters.protocols.responses.write_tools import write_tool_choice, write_tools

_MERGED = ("reasoning", "text")


def write_request(request: Request, upstream: Upstream, losses: Losses) -> bytes:
    """The body. What cannot be said is counted in `losses`, whose check() the caller must ask."""
    own = request.protocol == PROTOCOL
    lose_extensions(request, PROTOCOL, losses)
    body: dict[str, object] = {"model": upstream.model}
    turns = request.turns
    instructions = _hoisted(turns)
    if instructions:
        body["instructions"] = "\n\n".join(_words(turn) for turn in turns[:instructions])
        turns = turns[instructions:]
    body.update(_input(turns, instructions, own, ItemWriter(upstream, losses)))
    if request.tools:
        body["tools"] = write_tools(request.tools, upstream, losses)
    as_it_came = {**request.exact, **request.extensions.get(PROTOCOL, {})} if own else {}
    if request.tool_choice is not None and "tool_choice" not in as_it_came:
        body["tool_choice"] = write_tool_choice(request, request.tool_choice, losses)
    body.update(write_settings(request, upstream, losses))
    body["reasoning"], encrypted = write_reasoning(request, upstream, losses)
    body["text"] = write_text(request, upstream, losses)
    include = [ENCRYPTED] if encrypted else []
    if not own:
        steady(body, upstream, losses)
        if body.get("top_logprobs") is not None:
            include.append(LOGPROBS)
    body["include"] = include or None
    body = {name: value for name, value in body.items() if value is not None}
    if own:
        _put_back(body, request.exact)
        _put_back(body, request.extensions.get(PROTOCOL, {}))
    if upstream.operation == "count_tokens":
        body = {name: value for name, value in body.items() if name in _COUNTED}
    return encode(body)


_COUNTED = frozenset({
    "model", "input", "instructions", "conversation", "previous_response_id", "parallel_tool_calls", "reasoning",
    "text", "tool_choice", "tools", "truncation",
})  # fmt: skip
"""What /v1/responses/input_tokens takes: openai 3.54, types/responses/input_token_count_params.py."""


def _hoisted(turns: tuple[Turn, ...]) -> int:
    """How many turns at the beginning become `instructions`."""
    if turns and turns[0].protocol == PROTOCOL:
        return 1 if turns[0].role == "system" and turns[0].plain and turns[0].exact is None else 0
    count = 0
    for turn in turns:
        if turn.role != "system" or not all(isinstance(block, Text) for block in turn.blocks):
            break
        count += 1
    return count


def _words(turn: Turn) -> str:
    return "\n\n".join(block.text for block in turn.blocks if isinstance(block, Text))


def _input(turns: tuple[Turn, ...], before: int, own: bool, writer: ItemWriter) -> dict[str, object]:
    """The field `input`: the string that it was, or items. None where the client's own request had none."""
    if own:
        if not turns:
            return {}
        first = turns[0]
        if len(turns) == 1 and first.plain and first.exact is None and first.role == "user":
            return {"input": _words(first)}
    items: list[Item] = []
    for number, turn in enumerate(turns, before):
        where = f"input.{number - before}" if own else f"messages.{number}"
        items.extend(writer.write(turn, where))
    return {"input": items}


def _put_back(body: dict[str, object], fields: Fields) -> None:
    """Fields that only this protocol knows, and the rest of those that were read in part."""
    for name, value in fields.items():
        if not bytes(value):  # there was none
            body.pop(name, None)
            continue
        there = body.get(name)
        if name in _MERGED and there is not None:
            body[name] = {**Object.decode(encode(there)), **Object.decode(value)}
        else:
            body[name] = value
