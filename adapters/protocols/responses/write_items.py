"""Turns into items: messages, reasoning, calls and their results, in the order of the blocks."""

from collections.abc import Iterator

from adapters.canonical import ids
from adapters.canonical.blocks import (
    Block,
    Media,
    Opaque,
    Refusal,
    ServerCall,
    ServerResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Turn
from adapters.protocols.responses.schema import PROTOCOL
from adapters.protocols.responses.write_content import Item, write_parts


class ItemWriter:
    """Writes the turns of one request. `upstream` and `losses` as in write_request."""

    def __init__(self, upstream: Upstream, losses: Losses) -> None:
        self._upstream = upstream
        self._losses = losses
        self._custom: set[str] = set()

    def write(self, turn: Turn, where: str) -> Iterator[Item]:
        """The items of one turn. What has no item here is refused under the name `where`."""
        message = turn.protocol == PROTOCOL and turn.exact is not None
        spoken: list[Block] = []
        for block in turn.blocks:
            if isinstance(block, Text | Refusal | Media) or (isinstance(block, Opaque) and message):
                spoken.append(block)
                continue
            if spoken:
                yield from self._message(turn, spoken, where)
                spoken = []
            yield from self._item(block, where)
        if spoken or message:
            yield from self._message(turn, spoken, where)

    def _message(self, turn: Turn, blocks: list[Block], where: str) -> Iterator[Item]:
        assistant = turn.role == "assistant"
        if assistant and not (turn.protocol == PROTOCOL and turn.exact is not None):
            yield from self._said(blocks, where)
            return
        parts = write_parts(blocks, where, self._upstream, self._losses, assistant=assistant)
        if turn.protocol != PROTOCOL or turn.exact is None:
            if turn.name:
                self._losses.knob("name")
            for name in turn.extra or ():
                self._losses.knob(name)
            if not parts:
                return
            role = turn.role
            if role == "developer" and "developer_role" not in self._upstream.capabilities:
                role = "system"
            # One text is written as a string: every server of this protocol takes that.
            yield {"type": "message", "role": role, "content": _only_text(parts) or parts}
            return
        item: dict[str, object] = {"role": turn.role, "content": parts}
        if turn.plain and len(blocks) == 1 and isinstance(blocks[0], Text):
            item["content"] = blocks[0].text
        if turn.id:
            item["id"] = turn.id
        yield {**item, **turn.exact, **(turn.extra or {})}

    def _said(self, blocks: list[Block], where: str) -> Iterator[Item]:
        """What an assistant of another protocol said, as a string: parts of its messages need ids of this provider."""
        said = "".join(block.text for block in blocks if isinstance(block, Text | Refusal))
        if any(isinstance(block, Text) and block.citations for block in blocks):
            self._losses.knob("citations", "earlier citations")
        shown = [block for block in blocks if not isinstance(block, Text | Refusal)]
        if said or not shown:
            yield {"type": "message", "role": "assistant", "content": said}
        parts = write_parts(shown, where, self._upstream, self._losses, assistant=False)
        if parts:
            self._losses.knob(where, "a picture of the model's is given as the user's")
            yield {"type": "message", "role": "user", "content": parts}

    def _item(self, block: Block, where: str) -> Iterator[Item]:
        if isinstance(block, ToolCall):
            yield self._call(block)
        elif isinstance(block, ToolResult):
            yield self._result(block, where)
        elif isinstance(block, Thinking):
            yield from self._reasoning(block)
        elif isinstance(block, ServerCall | ServerResult | Opaque):
            yield from self._foreign(block, where)

    def _call(self, call: ToolCall) -> Item:
        if call.custom:
            self._custom.add(call.id)
        item: dict[str, object] = {
            "type": "custom_tool_call" if call.custom else "function_call",
            "call_id": ids.for_responses(call.id),
            "name": call.name,
            "input" if call.custom else "arguments": call.arguments,
        }
        if call.namespace:
            item["namespace"] = call.namespace
        if call.cache is not None:
            self._losses.knob("cache_control", "the provider caches by itself")
        if call.protocol == PROTOCOL:
            if call.item_id:
                item["id"] = call.item_id
            item.update({**(call.exact or {}), **(call.extra or {})})
        return item

    def _result(self, result: ToolResult, where: str) -> Item:
        # Chat Completions has one kind of answer for both kinds of call; here it has to be that of its call.
        custom = result.custom or (result.protocol != PROTOCOL and result.id in self._custom)
        item: dict[str, object] = {
            "type": "custom_tool_call_output" if custom else "function_call_output",
            "call_id": ids.for_responses(result.id),
        }
        parts = write_parts(result.content, where, self._upstream, self._losses, assistant=False)
        own = result.protocol == PROTOCOL
        texts = [part["text"] for part in parts if isinstance(part, dict) and part.keys() == {"type", "text"}]
        if len(texts) == len(parts) and (result.plain or not own):
            item["output"] = "\n".join(str(text) for text in texts)
        else:
            item["output"] = parts
        if own:
            if result.item_id:
                item["id"] = result.item_id
            if result.name:
                item["name"] = result.name
            item.update({**(result.exact or {}), **(result.extra or {})})
            return item
        if result.is_error:
            self._losses.knob("is_error", "a failed tool is not marked there")
        if result.cache is not None:
            self._losses.knob("cache_control", "the provider caches by itself")
        return item

    def _reasoning(self, thought: Thinking) -> Iterator[Item]:
        """Only reasoning that this provider made goes back; another's is left out, for none may be put in its mouth."""
        origin = thought.origin
        known = origin is not None and origin.protocol == PROTOCOL
        if known and origin is not None and origin.provider and self._upstream.provider:
            known = origin.provider == self._upstream.provider
        if not known or not (thought.encrypted or thought.protocol == PROTOCOL):
            self._losses.knob("thinking", "reasoning of another provider")
            return
        item: dict[str, object] = {"type": "reasoning"}
        if thought.id:
            item["id"] = thought.id
        if thought.encrypted:
            item["encrypted_content"] = thought.encrypted
        if thought.protocol == PROTOCOL:
            item.update({**(thought.exact or {}), **(thought.extra or {})})
        else:
            parts = thought.parts or ((thought.text,) if thought.text else ())
            item["summary"] = [{"type": "summary_text", "text": text} for text in parts]
        yield item

    def _foreign(self, block: ServerCall | ServerResult | Opaque, where: str) -> Iterator[Item]:
        """What a provider's own tool did, and what only one protocol knows."""
        if block.origin.protocol == PROTOCOL:
            if not isinstance(block, ServerResult):  # the call's item holds its result
                yield block.raw
        elif isinstance(block, ServerCall):
            self._losses.knob(where, f"an earlier call of the provider's own tool '{block.tool}'")
        elif isinstance(block, ServerResult):
            self._losses.knob(where, f"what the provider's own tool '{block.tool}' answered earlier")
        elif block.knob:
            self._losses.knob(where, block.what)
        else:
            self._losses.refuse(where, block.what)


def _only_text(parts: list[Item]) -> object:
    """The text where there is one part, and it says nothing besides; else None."""
    part = parts[0]
    if len(parts) > 1 or not isinstance(part, dict) or part.get("annotations"):
        return None
    return part.get("text") if part.keys() <= {"type", "text", "annotations"} else None
