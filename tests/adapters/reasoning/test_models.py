"""Which row a model's name finds."""

import pytest

from adapters.reasoning.claude import GENERATIONS, claude, is_claude
from adapters.reasoning.gemini import gemini, is_gemini
from adapters.reasoning.openai import efforts_of


@pytest.mark.parametrize(
    ("model", "generation"),
    [
        ("claude-3-5-haiku-20241022", "to 4.5"),
        ("claude-3-7-sonnet-20250219", "to 4.5"),
        ("claude-sonnet-4-20250514", "to 4.5"),
        ("claude-opus-4-1-20250805", "to 4.5"),
        ("claude-sonnet-4-5", "to 4.5"),
        ("claude-haiku-4-5-20251001", "to 4.5"),
        ("claude-opus-4-5-20251101", "opus 4.5"),
        ("anthropic/claude-opus-4.5", "opus 4.5"),
        ("claude-opus-4-6", "4.6"),
        ("anthropic.claude-opus-4-6-v1", "4.6"),
        ("us.anthropic.claude-sonnet-4-6", "4.6"),
        ("claude-4.7-opus", "4.7 and 4.8"),
        ("claude-opus-4-8", "4.7 and 4.8"),
        ("claude-opus-5", "5"),
        ("claude-sonnet-5", "5"),
        ("claude-fable-5", "fable and mythos"),
        ("claude-mythos-preview", "fable and mythos"),
        ("anthropic/claude-opus-5.5", "opus 5.5 and later"),
        ("claude-sonnet-5-5", "sonnet 5.5"),
        ("claude-haiku-5-5", "haiku 5.5"),
        ("claude-opus-6", "opus 5.5 and later"),
        ("claude-instant-1.2", "to 4.5"),
        ("claude", "to 4.5"),
        ("my-claude-opus-4-6@20260101", "4.6"),
    ],
)
def test_generations_of_claude(model: str, generation: str) -> None:
    assert claude(model) is GENERATIONS[generation]
    assert is_claude(model)


@pytest.mark.parametrize(
    ("model", "least", "most", "off", "levels"),
    [
        ("gemini-2.5-pro", 128, 32768, False, ()),
        ("models/gemini-2.5-flash", 1, 24576, True, ()),
        ("gemini-2.5-flash-lite-preview-09-2025", 512, 24576, True, ()),
        ("gemini-2.0-flash", 0, 0, False, ()),
        ("gemma-3-27b-it", 0, 0, False, ()),
        ("gemini-3-pro-preview", 0, 0, False, ("low", "high")),
        ("gemini-3.1-pro-preview", 0, 0, False, ("low", "medium", "high")),
        ("gemini-3-flash-preview", 0, 0, False, ("minimal", "low", "medium", "high")),
        ("google/gemini-3.5-flash-lite", 0, 0, False, ("minimal", "low", "medium", "high")),
        ("gemini-3.8-flash", 0, 0, False, ("low", "medium", "high")),
        ("gemini-4-hydrogen", 0, 0, False, ("low", "medium", "high")),
    ],
)
def test_generations_of_gemini(model: str, least: int, most: int, off: bool, levels: tuple[str, ...]) -> None:
    row = gemini(model)
    assert (row.least, row.most, row.off, row.levels) == (least, most, off, levels)
    assert is_gemini(model)


@pytest.mark.parametrize(
    ("model", "efforts"),
    [
        ("o1-mini", ""),
        ("o3-mini-2025-01-31", "low medium high"),
        ("gpt-4o", ""),
        ("gpt-4.1-mini", ""),
        ("gpt-5", "minimal low medium high"),
        ("openai/gpt-5-mini", "minimal low medium high"),
        ("gpt-5-pro", "high"),
        ("gpt-5-codex", "low medium high"),
        ("gpt-5.1", "none low medium high"),
        ("gpt-5.1-codex-max", "low medium high xhigh"),
        ("gpt-5.2-pro", "medium high xhigh"),
        ("gpt-5.4-mini", "none low medium high xhigh"),
        ("gpt-5.6-terra", "none low medium high xhigh max"),
        ("gpt-oss-120b", "low medium high"),
        ("grok-3-mini-fast", "low high"),
        ("grok-4", ""),
        ("grok-4.3", "none low medium high"),
        ("deepseek-v4-pro", "none low high max"),
        ("something-else", None),
    ],
)
def test_efforts_of_models(model: str, efforts: str | None) -> None:
    assert efforts_of(model) == (None if efforts is None else tuple(efforts.split()))
