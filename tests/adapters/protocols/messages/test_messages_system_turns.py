"""Which models take a system message inside a conversation."""

import pytest

from adapters.canonical.context import Upstream
from adapters.protocols.messages.system_turns import accepts_system


@pytest.mark.parametrize(
    ("model", "accepts"),
    [
        ("claude-opus-4-8", True),
        ("claude-opus-4-8-20260528", True),
        ("claude-opus-5", True),
        ("claude-sonnet-5-5", True),
        ("claude-haiku-5-5", True),
        ("claude-fable-5-1", True),
        ("claude-opus-4-7", False),
        ("claude-opus-4-20250514", False),
        ("claude-opus-4-1-20250805", False),
        ("claude-sonnet-4-6", False),
        ("claude-sonnet-5", False),
        ("claude-sonnet-5-20260301", False),
        ("claude-haiku-4-5", False),
        ("claude-3-5-sonnet-20241022", False),
        ("claude-2.1", False),
        ("deepseek-chat", False),
    ],
)
def test_by_version(model: str, accepts: bool) -> None:
    assert accepts_system(Upstream(model=model, provider="anthropic")) is accepts


def test_other_servers_are_not_known_to() -> None:
    assert not accepts_system(Upstream(model="claude-opus-4-8", provider="someone"))
