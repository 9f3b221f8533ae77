"""Which models take sampling settings."""

import pytest

from adapters.reasoning.sampling import samples


@pytest.mark.parametrize(
    ("model", "effort", "accepted"),
    [
        ("gpt-4o", None, True),
        ("claude-opus-4-6", "high", True),
        ("openai/o3-mini", None, False),
        ("gpt-5", "none", False),
        ("gpt-5-mini-2025-08-07", None, False),
        ("gpt-5-chat-latest", None, True),
        ("gpt-4o-search-preview", None, True),
        ("gpt-5.1", None, True),
        ("gpt-5.1", "none", True),
        ("gpt-5.2", "low", False),
        ("gpt-5.1-codex", None, False),
        ("gpt-5.2-pro", None, False),
        ("gpt-5.6", None, False),
        ("gpt-5.6", "none", True),
    ],
)
def test_by_model_and_effort(model: str, effort: str | None, accepted: bool) -> None:
    assert samples(model, effort) is accepted
