"""What each generation of Claude models takes for thinking.

By version, which is in the name, so that a model that is released tomorrow is treated like its nearest elder.
"""

import re

import msgspec


class Claude(msgspec.Struct, frozen=True):
    """One generation.

    `adaptive`: thinking is {"type":"adaptive"} with output_config.effort; otherwise {"type":"enabled"} with a budget.
    `efforts` that output_config.effort takes, () = the field is not known. `off` is the type of `thinking` that turns
    it off: "" = leave the field out, None = it cannot be turned off. `on_by_default`: without the field it thinks.
    `sampling`: temperature, top_p and top_k are accepted; `forced_tools`: tool_choice any or tool; `prefill`: a last
    turn of the assistant.
    """

    adaptive: bool
    efforts: tuple[str, ...] = ()
    off: str | None = ""
    on_by_default: bool = False
    sampling: bool = True
    forced_tools: bool = True
    prefill: bool = True


MIN_BUDGET = 1024
"""The least thinking.budget_tokens, which must also be below max_tokens (anthropic 2.12,
types/thinking_config_enabled_param.py)."""

_FIVE = ("low", "medium", "high", "xhigh", "max")

# platform.claude.com/docs/en/build-with-claude/effort (2026-11) for efforts;
# docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html (2026-11) for adaptive and off;
# platform.claude.com/docs/en/agents-and-tools/tool-use/token-efficient-tool-use (2026-11) for prefill;
# platform.claude.com/docs/en/models/sonnet-5-5/migration-guide and openrouter.ai/docs/cookbook/evaluate-and-optimize/
# model-migrations/claude-5-5 (2026-11) for what the 5.5 models refuse;
# openrouter.ai/docs/guides/evaluate-and-optimize/model-migrations/claude-4-7 (2026-11) for sampling and thinking there.
GENERATIONS: dict[str, Claude] = {
    "to 4.5": Claude(adaptive=False),
    "opus 4.5": Claude(adaptive=False, efforts=("low", "medium", "high")),
    "4.6": Claude(adaptive=True, efforts=("low", "medium", "high", "max"), prefill=False),
    "4.7 and 4.8": Claude(adaptive=True, efforts=_FIVE, sampling=False, prefill=False),
    "5": Claude(adaptive=True, efforts=_FIVE, off="disabled", on_by_default=True, sampling=False, prefill=False),
    "fable and mythos": Claude(
        adaptive=True, efforts=_FIVE, off=None, on_by_default=True, sampling=False, prefill=False
    ),
    "haiku 5.5": Claude(
        adaptive=True, efforts=_FIVE, off="disabled", on_by_default=True, sampling=False, prefill=False
    ),
    "sonnet 5.5": Claude(
        adaptive=True, efforts=_FIVE, off="between_tools", on_by_default=True, sampling=False, forced_tools=False,
        prefill=False,
    ),
    "opus 5.5 and later": Claude(
        adaptive=True, efforts=_FIVE, off=None, on_by_default=True, sampling=False, forced_tools=False, prefill=False
    ),
}  # fmt: skip

# claude-opus-4-6, claude-3-7-sonnet-20250219, anthropic.claude-opus-4-6-v1, claude-opus-4.6, claude-4.7-opus.
_VERSION = re.compile(r"(?<![0-9])(\d{1,2})(?:[-.](\d{1,2}))?(?![0-9])")
_FAMILY = re.compile(r"opus|sonnet|haiku|fable|mythos|instant")


def is_claude(model: str) -> bool:
    """True for the names that Anthropic and its resellers give Claude models."""
    return "claude" in model.lower()


def claude(model: str) -> Claude:
    """The generation of a model; one without a version is taken for an early one, which every request suits best."""
    name = model.lower()
    name = name[name.find("claude") + len("claude") :] if "claude" in name else name
    family = _FAMILY.search(name)
    found = _VERSION.search(name)
    version = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    return GENERATIONS[_generation(family[0] if family else "", version)]


def _generation(family: str, version: tuple[int, int]) -> str:
    if family in ("fable", "mythos"):
        return "fable and mythos"
    if version >= (5, 5):
        return {"haiku": "haiku 5.5", "sonnet": "sonnet 5.5"}.get(family, "opus 5.5 and later")
    if version >= (5, 0):
        return "5"
    if version >= (4, 7):
        return "4.7 and 4.8"
    if version == (4, 6):
        return "4.6"
    return "opus 4.5" if family == "opus" and version == (4, 5) else "to 4.5"
