"""Which models take a message with the role "system" inside a conversation.

docs.claude.com/en/docs/build-with-claude/mid-conversation-system-messages and whats-new-claude-4-8 (2026-11): from Opus
4.8 on, but not Sonnet 5, without a beta header.
"""

import re

from adapters.canonical.context import Upstream

_WITHOUT = re.compile(
    r"claude-(?:instant|[123]\b|3-|sonnet-4|haiku-4|4[-.]|opus-4(?![-.]?[89])|sonnet-5(?![-.]?[1-9](?!\d)))"
)


def accepts_system(upstream: Upstream) -> bool:
    """True for Anthropic's own newer models; other servers of this protocol are not known to."""
    model = upstream.model.lower()
    return upstream.provider == "anthropic" and "claude" in model and _WITHOUT.search(model) is None
