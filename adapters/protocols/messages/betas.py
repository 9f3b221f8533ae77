"""The header that opens what Anthropic still calls beta: https://docs.claude.com/en/api/beta-headers (2026-11)."""

from adapters.canonical.request import Request, ServerTool

MCP = "mcp-client-2025-11-20"
"""The MCP connector with toolsets: https://docs.claude.com/en/docs/agents-and-tools/mcp-connector (2026-11)."""


def betas(request: Request) -> tuple[tuple[str, str], ...]:
    """The header `anthropic-beta` where a written request is refused without it."""
    wants_mcp = any(isinstance(tool, ServerTool) and tool.tool == "mcp" for tool in request.tools)
    return (("anthropic-beta", MCP),) if wants_mcp else ()
