"""Efforts and budgets: one scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.canonical.request import Reasoning
from adapters.reasoning.efforts import BUDGETS, EFFORTS, budget_of_effort, effort, effort_of_budget, nearest, rank


@pytest.mark.parametrize("name", EFFORTS)
def test_an_effort_comes_back_from_its_budget(name: str) -> None:
    assert effort_of_budget(budget_of_effort(name)) == name


@pytest.mark.parametrize(
    ("tokens", "name"),
    [(-1, "medium"), (0, "none"), (1, "minimal"), (1024, "low"), (4000, "low"), (5000, "medium"), (16_000, "medium"),
     (17_000, "high"), (31_999, "xhigh"), (1_000_000, "max")],
)  # fmt: skip
def test_efforts_of_budgets(tokens: int, name: str) -> None:
    assert effort_of_budget(tokens) == name


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_more_tokens_are_never_less_effort(one: int, two: int) -> None:
    assert (rank(effort_of_budget(one)) <= rank(effort_of_budget(two))) or one > two


@given(st.sampled_from(EFFORTS), st.integers(0, 100_000))
def test_a_budget_leaves_room_for_the_answer(name: str, most: int) -> None:
    assert 0 <= budget_of_effort(name, most) <= min(most * 0.95, BUDGETS[name])


def test_a_word_of_no_scale_is_medium() -> None:
    assert budget_of_effort("ultra") == BUDGETS["medium"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Reasoning(), None),
        (Reasoning(enabled=True), None),
        (Reasoning(enabled=False), "none"),
        (Reasoning(budget=0), "none"),
        (Reasoning(budget=-1), None),
        (Reasoning(budget=8192), "medium"),
        (Reasoning(effort="high", budget=1), "high"),
        (Reasoning(enabled=False, effort="low"), "low"),
    ],
)
def test_what_a_client_asks_for(asked: Reasoning, expected: str | None) -> None:
    assert effort(asked) == expected


@pytest.mark.parametrize(
    ("wanted", "allowed", "expected"),
    [
        ("high", ("low", "high"), "high"),
        ("medium", ("low", "high"), "low"),
        ("minimal", ("low", "high"), "low"),
        ("max", ("none", "low", "high"), "high"),
        ("minimal", ("none", "low"), "low"),
        ("none", ("low", "high"), "low"),
        ("none", ("none", "low"), "none"),
        ("high", ("none",), "none"),
        ("ultra", ("low", "medium", "high"), "medium"),
    ],
)
def test_nearest(wanted: str, allowed: tuple[str, ...], expected: str) -> None:
    assert nearest(wanted, allowed) == expected
