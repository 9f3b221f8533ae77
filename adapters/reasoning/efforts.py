"""Efforts and budgets: one scale, and how one becomes the other.

The scale is OpenAI's with every step that its SDK names (openai 3.54, types/shared/reasoning_effort.py). It must not
know any model.
"""

from collections.abc import Sequence

from adapters.canonical.request import Reasoning

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""From nothing to everything."""

BUDGETS = {"none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 32768, "max": 65536}
"""Effort -> thinking tokens.

Low, medium and high are what Google's OpenAI endpoint makes of them (ai.google.dev/gemini-api/docs/openai, 2026-11);
the other steps continue the row.
"""

DYNAMIC = -1
"""A budget that the model decides itself, as Gemini writes it."""

SHARE = {"none": 0.0, "minimal": 0.1, "low": 0.2, "medium": 0.5, "high": 0.8, "xhigh": 0.95, "max": 0.95}
"""Effort -> the largest part of the maximum output that thinking may take: something must be left for the answer.

The shares of OpenRouter (openrouter.ai/docs/guides/best-practices/reasoning-tokens, 2026-11).
"""


def rank(effort: str) -> int:
    """Its place on the scale; a word that is not on it counts as medium."""
    return EFFORTS.index(effort) if effort in EFFORTS else EFFORTS.index("medium")


def effort_of_budget(tokens: int) -> str:
    """The effort that a budget comes nearest to: the highest whose half-way point to the next it does not pass.

    A dynamic budget is medium, which is what vendors take when nothing is said.
    """
    if tokens < 0:
        return "medium"
    found = "none"
    for effort, budget in BUDGETS.items():
        if tokens * 2 >= BUDGETS[found] + budget:
            found = effort
    return found if found != "none" or tokens == 0 else "minimal"


def budget_of_effort(effort: str, max_output: int | None = None) -> int:
    """Thinking tokens for an effort, within its share of the maximum output where that is known."""
    budget = BUDGETS[EFFORTS[rank(effort)]]
    return budget if max_output is None else min(budget, int(max_output * SHARE[EFFORTS[rank(effort)]]))


def effort(reasoning: Reasoning) -> str | None:
    """The effort that a client asked for, in whatever form it did; None: it left that to the model."""
    if reasoning.effort is not None:
        return reasoning.effort
    if reasoning.enabled is False or reasoning.budget == 0:
        return "none"
    if reasoning.budget is not None and reasoning.budget > 0:
        return effort_of_budget(reasoning.budget)
    return None


def nearest(wanted: str, allowed: Sequence[str]) -> str:
    """The allowed effort that comes nearest: itself, or the next below, or else the lowest.

    Never "none" for a client that wants thinking, where anything else is allowed.
    """
    if wanted in allowed:
        return wanted
    thinking = sorted((one for one in allowed if one != "none"), key=rank) or list(allowed)
    below = [one for one in thinking if rank(one) <= rank(wanted)]
    return below[-1] if below else thinking[0]
