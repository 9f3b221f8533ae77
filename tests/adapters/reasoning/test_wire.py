"""What each protocol is sent for what a client wants."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Reasoning
from adapters.reasoning import wire
from adapters.reasoning.claude import MIN_BUDGET
from adapters.reasoning.efforts import EFFORTS
from adapters.reasoning.wire import MessagesThinking


def to(model: str, *can: str) -> Upstream:
    return Upstream(model=model, capabilities=frozenset(can))


def lost(losses: Losses) -> list[str]:
    return [loss.field for loss in losses.knobs]


EFFORT = "reasoning_effort"
CHAT: list[tuple[Reasoning | None, Upstream, dict[str, Any], list[str]]] = [
    (None, to("gpt-5", EFFORT), {}, []),
    (Reasoning(include=True), to("gpt-5", EFFORT), {}, []),
    (Reasoning(effort="high"), to("gpt-5", EFFORT), {EFFORT: "high"}, []),
    (Reasoning(effort="xhigh"), to("gpt-5", EFFORT), {EFFORT: "high"}, ["reasoning"]),
    (Reasoning(enabled=False), to("gpt-5", EFFORT), {EFFORT: "minimal"}, ["reasoning"]),
    (Reasoning(enabled=False), to("gpt-5.4", EFFORT), {EFFORT: "none"}, []),
    (Reasoning(budget=2000), to("gpt-5", EFFORT), {EFFORT: "low"}, ["thinking.budget_tokens"]),
    (Reasoning(effort="high"), to("gpt-4o", EFFORT), {}, ["reasoning"]),
    (Reasoning(enabled=False), to("gpt-4o", EFFORT), {}, []),
    (Reasoning(effort="ultra"), to("unknown-model", EFFORT), {EFFORT: "ultra"}, []),
    (Reasoning(effort="high"), to("llama"), {}, ["reasoning"]),
    (Reasoning(effort="medium"), to("deepseek-v4", EFFORT, "thinking_object"),
     {"thinking": {"type": "enabled"}, EFFORT: "low"}, ["reasoning"]),
    (Reasoning(enabled=False), to("deepseek-v4", EFFORT, "thinking_object"), {"thinking": {"type": "disabled"}}, []),
    (Reasoning(enabled=True), to("glm-4.6", "thinking_object"), {"thinking": {"type": "enabled"}}, []),
    (Reasoning(budget=3000), to("qwen3", "enable_thinking", "thinking_budget"), {"enable_thinking": True,
     "thinking_budget": 3000}, []),
    (Reasoning(effort="low"), to("qwen3", "enable_thinking", "thinking_budget"), {"enable_thinking": True,
     "thinking_budget": 1024}, []),
    (Reasoning(enabled=True), to("qwen3", "enable_thinking", "thinking_budget"), {"enable_thinking": True}, []),
    (Reasoning(effort="none"), to("qwen3", "enable_thinking", "thinking_budget"), {"enable_thinking": False}, []),
    (Reasoning(effort="high"), to("x", "reasoning_object"), {"reasoning": {"effort": "high"}}, []),
    (Reasoning(budget=3000), to("x", "reasoning_object"), {"reasoning": {"max_tokens": 3000}}, []),
    (Reasoning(enabled=True), to("x", "reasoning_object"), {"reasoning": {"enabled": True}}, []),
    (Reasoning(), to("x", "reasoning_object"), {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "upstream", "fields", "losses"), CHAT)
def test_chat(asked: Reasoning | None, upstream: Upstream, fields: dict[str, Any], losses: list[str]) -> None:
    found = Losses()
    assert wire.chat(asked, upstream, found) == fields
    assert lost(found) == losses


RESPONSES: list[tuple[Reasoning | None, str, dict[str, Any], list[str]]] = [
    (None, "gpt-5", {}, []),
    (Reasoning(effort="high", summary="detailed"), "gpt-5", {"effort": "high", "summary": "detailed"}, []),
    (Reasoning(budget=30000, include=True), "gpt-5.4", {"effort": "xhigh", "summary": "auto"},
     ["thinking.budget_tokens"]),
    (Reasoning(enabled=False, include=True), "gpt-5.4", {"effort": "none"}, []),
    (Reasoning(effort="high"), "gpt-4o", {}, ["reasoning"]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "model", "fields", "losses"), RESPONSES)
def test_responses(asked: Reasoning | None, model: str, fields: dict[str, Any], losses: list[str]) -> None:
    found = Losses()
    assert wire.responses(asked, to(model), found) == fields
    assert lost(found) == losses


def enabled(budget: int, effort: str | None = None) -> MessagesThinking:
    return MessagesThinking({"type": "enabled", "budget_tokens": budget}, effort, temperature_one=True)


ADAPTIVE = {"type": "adaptive"}
MESSAGES: list[tuple[Reasoning | None, Upstream, int, MessagesThinking, list[str]]] = [
    (None, to("claude-opus-5"), 8192, MessagesThinking(), []),
    (Reasoning(include=True), to("claude-opus-4-1"), 8192, MessagesThinking(), []),
    (Reasoning(effort="low"), to("claude-sonnet-4-5"), 8192, enabled(1024), []),
    (Reasoning(effort="medium"), to("claude-sonnet-4-5"), 8192, enabled(4096), []),
    (Reasoning(effort="high"), to("claude-sonnet-4-5"), 8192, enabled(6553), []),
    (Reasoning(effort="high"), to("claude-sonnet-4-5"), 64000, enabled(24576), []),
    (Reasoning(effort="high"), to("claude-opus-4-5"), 64000, enabled(24576, "high"), []),
    (Reasoning(enabled=True), to("claude-sonnet-4-5"), 8192, enabled(4096), []),
    (Reasoning(budget=2000), to("claude-sonnet-4-5"), 8192, enabled(2000), []),
    (Reasoning(budget=9000), to("claude-sonnet-4-5"), 8192, enabled(7936), ["thinking.budget_tokens"]),
    (Reasoning(budget=100), to("claude-sonnet-4-5"), 8192, enabled(1024), ["thinking.budget_tokens"]),
    (Reasoning(effort="high"), to("claude-sonnet-4-5"), 1000, MessagesThinking(), ["reasoning"]),
    (Reasoning(enabled=False), to("claude-sonnet-4-5"), 8192, MessagesThinking(), []),
    (Reasoning(effort="xhigh"), to("claude-opus-4-6"), 8192, MessagesThinking(ADAPTIVE, "high"), ["reasoning"]),
    (Reasoning(enabled=True), to("claude-opus-4-6"), 8192, MessagesThinking(ADAPTIVE), []),
    (Reasoning(budget=31999), to("claude-opus-5"), 8192, MessagesThinking(ADAPTIVE, "xhigh"),
     ["thinking.budget_tokens"]),
    (Reasoning(effort="max", include=True), to("claude-opus-5"), 8192, MessagesThinking({**ADAPTIVE,
     "display": "summarized"}, "max"), []),
    (Reasoning(effort="minimal"), to("claude-opus-5"), 8192, MessagesThinking(ADAPTIVE, "low"), ["reasoning"]),
    (Reasoning(enabled=False), to("claude-opus-4-7"), 8192, MessagesThinking(), []),
    (Reasoning(enabled=False), to("claude-opus-5"), 8192, MessagesThinking({"type": "disabled"}), []),
    (Reasoning(enabled=False), to("claude-sonnet-5-5"), 8192, MessagesThinking({"type": "between_tools"}), []),
    (Reasoning(enabled=False), to("claude-opus-5-5"), 8192, MessagesThinking(None, "low"), ["reasoning"]),
    (Reasoning(effort="high"), to("deepseek-v4"), 8192, enabled(6553), []),
    (Reasoning(effort="high"), to("minimax-m3", "adaptive_thinking"), 8192, MessagesThinking(ADAPTIVE, "high"), []),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "upstream", "most", "expected", "losses"), MESSAGES)
def test_messages(
    asked: Reasoning | None, upstream: Upstream, most: int, expected: MessagesThinking, losses: list[str]
) -> None:
    found = Losses()
    assert wire.messages(asked, upstream, most, found) == expected
    assert lost(found) == losses


GEMINI: list[tuple[Reasoning | None, str, int | None, dict[str, Any], list[str]]] = [
    (None, "gemini-2.5-pro", None, {}, []),
    (Reasoning(effort="low"), "gemini-2.5-pro", None, {"thinkingBudget": 1024}, []),
    (Reasoning(effort="max"), "gemini-2.5-pro", None, {"thinkingBudget": 32768}, []),
    (Reasoning(effort="high"), "gemini-2.5-flash", 10000, {"thinkingBudget": 8000}, []),
    (Reasoning(budget=50000), "gemini-2.5-flash", None, {"thinkingBudget": 24576}, ["thinking.budget_tokens"]),
    (Reasoning(budget=-1, include=True), "gemini-2.5-flash", None, {"includeThoughts": True}, []),
    (Reasoning(enabled=True, budget=-1), "gemini-2.5-flash", None, {"thinkingBudget": -1}, []),
    (Reasoning(enabled=True), "gemini-2.5-flash", None, {"thinkingBudget": -1}, []),
    (Reasoning(enabled=False, include=True), "gemini-2.5-flash", None, {"thinkingBudget": 0}, []),
    (Reasoning(enabled=False), "gemini-2.5-pro", None, {"thinkingBudget": 128}, ["reasoning"]),
    (Reasoning(effort="medium", include=True), "gemini-3-pro", None, {"thinkingLevel": "LOW",
     "includeThoughts": True}, ["reasoning"]),
    (Reasoning(budget=20000), "gemini-3-flash", None, {"thinkingLevel": "HIGH"}, ["thinking.budget_tokens"]),
    (Reasoning(enabled=False), "gemini-3-flash", None, {"thinkingLevel": "MINIMAL"}, ["reasoning"]),
    (Reasoning(enabled=True), "gemini-3-flash", None, {}, []),
    (Reasoning(effort="high", include=True), "gemini-2.0-flash", None, {}, ["reasoning"]),
    (Reasoning(effort="none"), "gemini-2.0-flash", None, {}, []),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "model", "most", "fields", "losses"), GEMINI)
def test_gemini(
    asked: Reasoning | None, model: str, most: int | None, fields: dict[str, Any], losses: list[str]
) -> None:
    found = Losses()
    assert wire.gemini(asked, to(model), most, found) == fields
    assert lost(found) == losses


asked = st.builds(
    Reasoning,
    enabled=st.none() | st.booleans(),
    effort=st.none() | st.sampled_from(EFFORTS),
    budget=st.none() | st.integers(-1, 200_000),
    include=st.none() | st.booleans(),
    adaptive=st.none() | st.booleans(),
)
MODELS = [
    "gpt-5", "gpt-5.6", "o3", "gpt-4o", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5-5", "gemini-2.5-pro",
    "gemini-2.5-flash-lite", "gemini-3-pro", "qwen3-max", "deepseek-v4",
]  # fmt: skip


@given(asked, st.sampled_from(MODELS), st.integers(0, 200_000))
def test_anything_asked_of_any_model_keeps_to_its_bounds(reasoning: Reasoning, model: str, most: int) -> None:
    losses = Losses()
    thinking = wire.messages(reasoning, to(model), most, losses).thinking or {}
    if "budget_tokens" in thinking:
        assert MIN_BUDGET <= thinking["budget_tokens"] < most
    config = wire.gemini(reasoning, to(model), most, losses)
    assert not ({"thinkingBudget", "thinkingLevel"} <= config.keys())
    assert config.get("thinkingBudget", 0) >= -1
    for can in ("reasoning_effort", "reasoning_object", "thinking_object", "enable_thinking"):
        wire.chat(reasoning, to(model, can, "thinking_budget"), losses)
    wire.responses(reasoning, to(model), losses)
    assert not losses.content
