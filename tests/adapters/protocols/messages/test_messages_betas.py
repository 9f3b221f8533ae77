"""Which beta header a written request needs."""

from msgspec import Raw

from adapters.canonical.request import FunctionTool, Request, ServerTool
from adapters.protocols.messages.betas import MCP, betas


def test_only_what_is_used() -> None:
    plain = (FunctionTool("f"), ServerTool("web_search", "chat", Raw(b"{}")))
    assert betas(Request(model="m", turns=(), tools=plain)) == ()
    assert betas(Request(model="m", turns=(), tools=(*plain, ServerTool("mcp", "chat", Raw(b"{}"))))) == (
        ("anthropic-beta", MCP),
    )
