"""What a client's own request says of the form of tool calls that it expects."""

from collections.abc import Mapping

import msgspec

from adapters.canonical.blocks import ToolCall
from adapters.protocols.chat.values import NULL
from adapters.unreadable import UNREADABLE


class _Named(msgspec.Struct, gc=False):
    name: str = ""


class _Tool(msgspec.Struct, gc=False):
    custom: _Named | None = None
    function: _Named | None = None


_tools = msgspec.json.Decoder(list[_Tool])


class ClientTools:
    """The tools of a request by kind. `old`: it used `functions`, and so expects `function_call`."""

    __slots__ = ("_custom", "_functions", "old")

    def __init__(self, fields: Mapping[str, msgspec.Raw]) -> None:
        raw = fields.get("tools", NULL)
        self.old = raw == NULL and fields.get("functions", NULL) != NULL
        try:
            tools = [] if raw == NULL else _tools.decode(raw)
        except UNREADABLE:
            tools = []
        self._custom = frozenset(tool.custom.name for tool in tools if tool.custom is not None)
        self._functions = frozenset(tool.function.name for tool in tools if tool.function is not None)

    def is_custom(self, call: ToolCall) -> bool:
        """Whether the client expects the input as free text: as it defined the tool, else as the provider called it."""
        return call.name in self._custom or (call.custom and call.name not in self._functions)
