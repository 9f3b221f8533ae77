"""The page docs/reasoning.md, made from the tables: `python -m adapters.reasoning.page > docs/reasoning.md`.

A test compares the page with this; nothing else uses it.
"""

import sys
from collections.abc import Iterable, Iterator

import msgspec

from adapters.reasoning.claude import GENERATIONS, MIN_BUDGET, Claude
from adapters.reasoning.edit import SEARCH
from adapters.reasoning.efforts import BUDGETS, EFFORTS, SHARE, effort_of_budget
from adapters.reasoning.gemini import MODELS as GEMINI
from adapters.reasoning.openai import MODELS as OPENAI
from adapters.reasoning.suffixes import KEEP, TABLE
from adapters.reasoning.wire import LEFT_FOR_ANSWER

HEAD = """# Thinking: effort, budget, suffixes

<!-- Made by `python -m adapters.reasoning.page > docs/reasoning.md`; what to change is in adapters/reasoning/. -->

Each vendor asks for thinking in its own way: an effort in words, a budget in tokens, a switch. A request that is
passed through keeps the client's own words. A request that is converted says the same in the provider's form, by the
tables below; where that form is coarser, the header `x-gateway-losses` names `reasoning` or `thinking.budget_tokens`.

## Effort and budget
"""

SCALE = """
An effort becomes the budget of its row, but no more than its share of the maximum output. A budget becomes the effort
whose row it is nearest to. A model that does not take an effort gets the next one below that it takes, or else its
lowest; thinking that a client wants is not turned off by this. "The model decides" (Gemini's -1, Anthropic's
`adaptive` without effort) stays that.

## What each protocol is sent

| protocol | wants thinking | wants none | says nothing |
|---|---|---|---|
| Chat Completions | by the provider's capabilities, see below | | nothing |
| Responses | `reasoning.effort`; `reasoning.summary: auto` where the client wants to see thoughts | `effort: none` \
| nothing |
| Messages | by the model's generation, see below | | nothing |
| Gemini | `thinkingBudget` until 2.5, `thinkingLevel` from 3 on; `includeThoughts` where the client wants to see \
them | budget 0, or the lowest level | nothing |

| capability of a provider's Chat Completions | field |
|---|---|
| `reasoning_effort` | `reasoning_effort`, an effort that the model takes |
| `thinking_object` | `thinking: {"type": "enabled"}` or `"disabled"` |
| `enable_thinking` | `enable_thinking`, and with `thinking_budget` that field too |
| `reasoning_object` | `reasoning: {"effort": ...}`, `{"max_tokens": ...}` or `{"enabled": true}` |
| none of them | nothing; a loss |
"""

CLAUDE = f"""
## Claude, by generation

The version is read from the name. A model without one is taken for an early one; one that is newer than the table for
the last.

A budget is at least {MIN_BUDGET} tokens and leaves at least {LEFT_FOR_ANSWER} of the maximum output; where that
leaves no room, the model does not think, and the loss says so. Efforts are `output_config.effort`.
"""

GEMINI_WORDS = """
## Gemini

The first row that is found in the name counts.
"""

OPENAI_WORDS = """
## Efforts of models with `reasoning_effort`

The first row that matches the beginning of the name (a vendor before a slash is left out) counts. Other models are
sent the effort as the client wrote it.
"""

SUFFIXES = """
## Suffixes of model names

A client that cannot send these fields can put them behind the model's name, as with New API: `gpt-5-high`,
`claude-opus-4-6-max`, `gemini-2.5-flash-thinking-2048`. The suffix is taken off, the rest is routed, priced and
limited as the model it names, and what the suffix asks for is written into the provider's request in place of what
the client said of thinking itself.

A name that a channel lists is never taken apart. The channel setting `suffixes` turns this off or keeps names whole
([overrides.md](overrides.md)); a key that may use only `gpt-5` may use `gpt-5-high` too.

| suffix | asks for |
|---|---|
| `-none`, `-minimal`, `-low`, `-medium`, `-high`, `-xhigh`, `-max` | this effort |
| `-thinking` | thinking; how much is the model's matter. Claude before 4.6: effort high, which is a budget of 0.8 \
of the maximum output, at most 24576 |
| `-thinking-N` | a budget of N tokens, kept within the model's bounds; 0 turns it off |
| `-nothinking` | no thinking |
| `-search` | the provider's web search |
"""

SEARCH_WORDS = """
`-search` adds the protocol's own web search tool in Responses, Messages and Gemini. In Chat Completions it is a
field:
"""

AFTER = """
## Sources, read in 2026-11

- OpenAI: developers.openai.com/api/docs/guides/reasoning; openai 3.54, `types/shared/reasoning_effort.py`
- Anthropic: platform.claude.com/docs/en/build-with-claude/effort and models/sonnet-5-5/migration-guide;
  docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html; anthropic 2.12, `types/`
- Google: docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking; ai.google.dev/gemini-api/docs/thinking
  and docs/openai; google-genai 3.4, `types.ThinkingConfig`
- DeepSeek: api-docs.deepseek.com/guides/thinking_mode
- xAI: docs.x.ai/developers/model-capabilities/text/reasoning
- OpenRouter: openrouter.ai/docs/guides/best-practices/reasoning-tokens and its pages on migrating to Claude models

## Differences from New API

| there | here |
|---|---|
| Gemini `-thinking`: 0.6 of the maximum output | the model decides (budget -1) |
| Claude through chat: low 1280, medium 2048, high 4096 tokens | the budgets above |
| OpenRouter `*-thinking` for every model | the families above; OpenRouter's own names (`:thinking`) are whole |
| xAI `-search` through Chat Completions | xAI ended that; it works where the channel speaks Responses |
"""


def markdown() -> str:
    """The whole page."""
    parts = [
        HEAD,
        *_table(("effort", "budget, tokens", "at most, of the maximum output", "from a budget of"), _scale()),
        SCALE,
        CLAUDE,
        *_table(
            ("generation", "thinking", "efforts", "off", "without the field", "not accepted"),
            (_claude(name, row) for name, row in GENERATIONS.items()),
        ),
        GEMINI_WORDS,
        *_table(("in the name", "levels", "budget", "off"), _gemini()),
        OPENAI_WORDS,
        *_table(
            ("name", "efforts"), ((_code(row.pattern), _list(row.efforts) or "the field is refused") for row in OPENAI)
        ),
        SUFFIXES,
        *_table(
            ("models", "name", "suffixes"), ((row.family, _code(row.pattern), _list(row.suffixes)) for row in TABLE)
        ),
        f"\nThese names end like a suffix and are whole: {_list(KEEP)}.",
        SEARCH_WORDS,
        *_table(
            ("provider", "field", "source"),
            ((_code(name), _code(msgspec.json.encode(row[0]).decode()), row[1]) for name, row in SEARCH.items()),
        ),
        AFTER.rstrip(),
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else "any other"


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _scale() -> Iterator[tuple[str, ...]]:
    for effort in EFFORTS:
        first = next(tokens for tokens in range(100_000) if effort_of_budget(tokens) == effort)
        yield f"`{effort}`", f"{BUDGETS[effort]:,}", f"{SHARE[effort]:.0%}", f"{first:,}"


def _claude(name: str, row: Claude) -> tuple[str, ...]:
    off = {None: "cannot be turned off; lowest effort", "": "the field is left out"}.get(row.off, f"`{row.off}`")
    words = {"temperature, top_p, top_k": row.sampling, "a forced tool": row.forced_tools, "prefill": row.prefill}
    return (
        name,
        "`adaptive`" if row.adaptive else "`enabled` with a budget",
        _list(row.efforts) or "-",
        off,
        "thinks" if row.on_by_default else "does not think",
        ", ".join(what for what, accepted in words.items() if not accepted) or "-",
    )


def _gemini() -> Iterator[tuple[str, ...]]:
    for row in GEMINI:
        budget = f"{row.least:,} to {row.most:,}, or -1" if row.most else "-"
        off = "budget 0" if row.off else "no"
        yield _code(row.pattern), _list(row.levels) or "-", budget, off if row.most or row.levels else "does not think"


if __name__ == "__main__":
    sys.stdout.write(markdown())
