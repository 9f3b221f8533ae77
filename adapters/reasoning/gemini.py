"""What each generation of Gemini models takes for thinking: budgets until 2.5, levels from 3 on.

Both in one request is a 400 (google-genai 3.4, types.ThinkingConfig; firebase.google.com/docs/ai-logic/thinking,
2026-11).
"""

import re

import msgspec


class Gemini(msgspec.Struct, frozen=True):
    """`levels` of thinkingLevel, () = it takes a budget of `least` to `most` tokens, or -1.

    `off`: a budget of 0 is accepted. Neither levels nor a budget: it does not think.
    """

    pattern: str
    levels: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    off: bool = False


# Budgets: ai.google.dev/gemini-api/docs/thinking (2026-11); levels:
# docs.cloud.google.com/gemini-enterprise-agent-platform/models/thinking (2026-11). The first row whose pattern is found
# counts, so a model that is not named is treated like the generation it belongs to.
MODELS = (
    Gemini(r"2\.5-pro", least=128, most=32768),
    Gemini(r"2\.5-flash-lite", least=512, most=24576, off=True),
    Gemini(r"2\.5-flash|robotics-er-1\.5", least=1, most=24576, off=True),
    Gemini(r"(gemini-(1\.|2\.0)|gemma)"),
    Gemini(r"gemini-3-pro", ("low", "high")),
    Gemini(r"gemini-3(\.\d)?-pro", ("low", "medium", "high")),
    Gemini(r"gemini-3(\.[1-6])?-flash", ("minimal", "low", "medium", "high")),
    Gemini(r"gemini-3\.", ("low", "medium", "high")),
    Gemini(r"", ("low", "medium", "high")),
)
_COMPILED = [(re.compile(row.pattern), row) for row in MODELS]


def is_gemini(model: str) -> bool:
    """True for names of Gemini and Gemma models."""
    name = model.lower()
    return "gemini" in name or "gemma" in name


def gemini(model: str) -> Gemini:
    """The row of a model."""
    name = model.lower()
    return next(row for pattern, row in _COMPILED if pattern.search(name))
