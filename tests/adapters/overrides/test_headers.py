"""Headers of upstream requests."""

from typing import Any

import pytest

from adapters.overrides import Context, OverrideError, compile_overrides
from tests.adapters.overrides.rules import apply, settle

CLIENT = {
    b"authorization": b"Bearer client", b"x-api-key": b"client", b"cookie": b"a=b", b"x-session": b"s1",
    b"session_id": b"sid", b"x-forwarded-for": b"10.0.0.1", b"host": b"gateway", b"anthropic-beta": b"a,b, c",
    b"x-odd": "é".encode(), b"x-gateway-cost-cap": b"1", b"content-length": b"5", b"user-agent": b"client/1",
}  # fmt: skip
CONTEXT = Context(model="alias", upstream_model="up", headers=CLIENT, api_key="sk-1")
OWN = {"authorization": "Bearer sk-1", "x-org": "o"}


def headers(rules: Any, body: dict[str, Any] | None = None) -> dict[str, str]:
    return apply(rules, body or {}, CONTEXT, OWN)[1]


def overridden(rules: dict[str, Any]) -> dict[str, str]:
    return settle({"header_override": rules}, {}, CONTEXT, OWN)[1]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ({"mode": "set_header", "path": "X-New", "value": "v"}, {"x-new": "v"}),
        ({"mode": "set_header", "path": "X-Org", "value": "v", "keep_origin": True}, {}),
        ({"mode": "set_header", "path": "X-New", "value": 5}, {"x-new": "5"}),
        ({"mode": "set_header", "path": "X-New", "value": "{original_model}>{model}"}, {"x-new": "alias>up"}),
        ({"mode": "set_header", "path": "api-key", "value": "{api_key}"}, {"api-key": "sk-1"}),
        ({"mode": "set_header", "path": "X-New", "value": "{client_header:X-Session}"}, {"x-new": "s1"}),
        ({"mode": "set_header", "path": "X-New", "value": "{client_header:X-Missing}"}, {}),
        ({"mode": "set_header", "path": "X-New", "value": "{client_header:X-Odd}"}, {}),
        ({"mode": "delete_header", "path": "X-Org"}, {"x-org": ...}),
        ({"mode": "copy_header", "from": "x-org", "to": "x-copy"}, {"x-copy": "o"}),
        ({"mode": "copy_header", "from": "x-session", "to": "x-org"}, {"x-org": "s1"}),
        ({"mode": "copy_header", "from": "x-session", "to": "x-org", "keep_origin": True}, {}),
        ({"mode": "copy_header", "from": "x-none", "to": "x-copy"}, {}),
        ({"mode": "move_header", "from": "x-org", "to": "x-moved"}, {"x-org": ..., "x-moved": "o"}),
        ({"mode": "pass_headers", "value": ["x-session", "x-none"]}, {"x-session": "s1"}),
        ({"mode": "pass_headers", "value": "x-session, session_id"}, {"x-session": "s1", "session_id": "sid"}),
        ({"mode": "pass_headers", "value": {"names": ["x-session"]}}, {"x-session": "s1"}),
        ({"mode": "pass_headers", "value": ["x-odd"]}, {}),
        ({"mode": "pass_headers", "value": '["X-Session"]', "keep_origin": True}, {"x-session": "s1"}),
        ({"mode": "pass_headers", "value": ["x-org"], "keep_origin": True}, {}),
        (
            {"mode": "set_header", "path": "anthropic-beta", "value": {"a": None, "b": ["b2", "c"]}},
            {"anthropic-beta": "b2,c"},
        ),
        ({"mode": "set_header", "path": "anthropic-beta", "value": {"*": None}}, {}),
        ({"mode": "set_header", "path": "x-none", "value": {"a": "b"}}, {}),
        (
            {"mode": "set_header", "path": "anthropic-beta", "value": {"$append": ["a", "z"]}},
            {"anthropic-beta": "a,b,c,z"},
        ),
        ({"mode": "set_header", "path": "x-none", "value": {"$append": "z"}}, {"x-none": "z"}),
        (
            {"mode": "set_header", "path": "anthropic-beta", "value": {"b": "b", "$keep_only_declared": True}},
            {"anthropic-beta": "b"},
        ),
    ],
)  # fmt: skip
def test_header_operations(rule: dict[str, Any], changes: dict[str, Any]) -> None:
    assert headers([rule]) == {name: value for name, value in {**OWN, **changes}.items() if value is not ...}


def test_two_places_are_kept_the_same() -> None:
    rule = {"mode": "sync_fields", "from": "header:session_id", "to": "json:prompt_cache_key"}
    body, sent = apply([rule], {}, CONTEXT, OWN)
    assert (body, sent) == ({"prompt_cache_key": "sid"}, OWN)
    other = {"mode": "sync_fields", "from": "header:x-conv", "to": "json:metadata.conv"}
    body, sent = apply([other], {"metadata": {"conv": 7}}, CONTEXT, OWN)
    assert (body, sent["x-conv"]) == ({"metadata": {"conv": 7}}, "7")
    plain = {"mode": "sync_fields", "from": "a.b", "to": "json:c"}
    assert apply([plain], {"c": [1]}, CONTEXT, OWN)[0] == {"c": [1], "a": {"b": [1]}}
    both = {"prompt_cache_key": "mine"}
    assert apply([rule], both, CONTEXT, OWN) == (both, OWN)
    assert apply([other], {}, CONTEXT, OWN) == ({}, OWN)


def test_header_override() -> None:
    rules = {
        "X-Org": None,
        "X-A": "{client_header:x-session}!",
        "X-B": "{client_header:x-none}",
        "Authorization": "Bearer {api_key}",
    }
    assert overridden(rules) == {"authorization": "Bearer sk-1", "x-a": "s1!"}


def test_wildcards_pass_nothing_that_says_who_the_client_is() -> None:
    expected = {**OWN, "x-session": "s1", "session_id": "sid", "anthropic-beta": "a,b, c", "user-agent": "client/1"}
    assert overridden({"*": ""}) == expected
    assert overridden({"re:^(x-|auth|cookie)": ""}) == {**OWN, "x-session": "s1"}
    assert overridden({"*": True, "X-Session": "other"}) == {**expected, "x-session": "other"}


@pytest.mark.parametrize(
    "settings",
    [
        {"header_override": {"Authorization": "Bearer sk-written-out"}},
        {"header_override": {"Host": "x"}},
        {"header_override": {"X-A": "{client_header:Authorization}"}},
        {"header_override": {"bad name": "x"}},
        {"header_override": {"X-A": "line\nbreak"}},
        {"header_override": {"re:(": ""}},
        {"header_override": {f"x-{number}": "" for number in range(65)}},
        {"param_override": [{"mode": "pass_headers", "value": ["Authorization"]}]},
        {"param_override": [{"mode": "pass_headers", "value": []}]},
        {"param_override": [{"mode": "copy_header", "from": "authorization", "to": "x-a"}]},
        {"param_override": [{"mode": "sync_fields", "from": "header:cookie", "to": "json:a"}]},
        {"param_override": [{"mode": "sync_fields", "from": "body:x", "to": "json:a"}]},
        {"param_override": [{"mode": "set_header", "path": "content-length", "value": "1"}]},
        {"param_override": [{"mode": "set_header", "path": "anthropic-beta", "value": {"a": 5}}]},
    ],
)
def test_headers_that_no_rule_may_touch(settings: dict[str, Any]) -> None:
    with pytest.raises(OverrideError):
        compile_overrides(settings)
