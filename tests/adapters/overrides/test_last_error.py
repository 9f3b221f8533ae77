"""Conditions on how the attempt before ended."""

from typing import Any

import pytest

from adapters.errors import UpstreamError
from adapters.overrides import Context
from tests.adapters.overrides.rules import apply


def _failure() -> UpstreamError:
    found = UpstreamError(503, "The provider is overloaded.", klass="upstream_overloaded")
    found.answered, found.said = 529, b'{"error":{"message":"Overloaded: region eu"}}'
    return found


def _met(condition: dict[str, Any], failure: UpstreamError | None) -> bool:
    rule = {"mode": "set", "path": "met", "value": True, "conditions": [condition]}
    body, _ = apply([rule], {"n": 1}, Context(attempt=1 if failure else 0, failure=failure))
    return "met" in body


@pytest.mark.parametrize(
    "condition",
    [
        {"path": "last_error.status_code", "value": 529},
        {"path": "last_error_status_code", "mode": "gte", "value": 500},
        {"path": "last_error.code", "value": "upstream_overloaded"},
        {"path": "last_error_code", "mode": "in", "value": ["upstream_overloaded"]},
        {"path": "last_error.error_code", "mode": "prefix", "value": "upstream_"},
        {"path": "last_error.type", "value": "upstream_error"},
        {"path": "last_error.message", "mode": "contains", "value": "region eu"},
        {"path": "last_error_message", "mode": "regex", "value": "Overloaded.*eu"},
        {"path": "last_error.skip_retry", "value": False},
        {"path": "last_error", "mode": "exists"},
    ],
)
def test_it_is_compared(condition):
    assert _met(condition, _failure())
    assert not _met(condition, None)


def test_without_an_answer_it_is_our_own_words():
    failure = UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
    assert _met({"path": "last_error.status_code", "value": 504}, failure)
    assert _met({"path": "last_error.message", "mode": "contains", "value": "in time"}, failure)
    assert not _met({"path": "last_error.other", "mode": "exists"}, failure)


def test_a_field_of_the_request_comes_first():
    rule = {"mode": "set", "path": "met", "value": 1, "conditions": [{"path": "last_error", "value": "mine"}]}
    assert apply([rule], {"last_error": "mine"}, Context(failure=_failure()))[0]["met"] == 1
