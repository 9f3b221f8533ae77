"""Leaving out the tools that a provider would have to run itself and does not have, where the operator wants that.

Some clients offer such tools in every request and use them rarely (Codex its web search). Knows no wire format.
"""

from collections.abc import Collection

import msgspec

from adapters.canonical.loss import Losses
from adapters.canonical.request import FunctionTool, Request, ServerTool, Tool


def without_server_tools(request: Request, protocol: str, capabilities: Collection[str], losses: Losses) -> Request:
    """The request as a provider that speaks `protocol` and has `capabilities` takes it; what goes is a knob's loss."""
    kept = tuple(tool for tool in request.tools if _there(tool, protocol, capabilities))
    if len(kept) == len(request.tools):
        return request
    for number, tool in enumerate(request.tools):
        if not _there(tool, protocol, capabilities):
            losses.knob(f"tools.{number}", "the provider does not have it; left out by the channel's setting")
    choice = request.tool_choice
    if choice is not None and (not kept or choice.server_tool):
        choice = None
    return msgspec.structs.replace(request, tools=kept, tool_choice=choice)


def _there(tool: Tool, protocol: str, capabilities: Collection[str]) -> bool:
    if isinstance(tool, FunctionTool) or tool.protocol == protocol:
        return True
    return isinstance(tool, ServerTool) and tool.tool in capabilities
