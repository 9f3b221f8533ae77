"""Settings that cannot be followed are named; no setting and no request makes anything else happen."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import GatewayError
from adapters.overrides import SETTINGS, Context, OverrideError, compile_overrides
from adapters.overrides.conditions import MODES
from adapters.overrides.operations import OPERATIONS

FIRST = "param_override.0.conditions.0"


def rule(**fields: Any) -> dict[str, Any]:
    return {"param_override": [fields]}


def only_if(condition: Any) -> dict[str, Any]:
    return rule(mode="delete", path="a", conditions=[condition])


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"param_override": "x"}, "param_override"),
        ({"param_override": {"operations": {}, "a": 1}}, "param_override.operations"),
        ({"param_override": {"operations": [{}], "stream": 1}}, "param_override.stream"),
        (rule(mode="set", path='#(a=="b").c', value=1), "param_override.0.path"),
        (rule(mode="set", path="a.#(b).c", value=1), "param_override.0.path"),
        (rule(mode="set", path='a.#(b=="c"', value=1), "param_override.0.path"),
        (rule(mode="set", path='a.#(b=="c")x.d', value=1), "param_override.0.path"),
        (rule(mode="pass_headers", value="[x"), "param_override.0.value"),
        (rule(mode="set_header", path="a", value={"$other": 1}), "param_override.0.value.$other"),
        ({"param_override": {"model": "other"}}, "param_override.model"),
        ({"param_override": [1]}, "param_override.0"),
        ({"param_override": [{}] * 101}, "param_override"),
        (rule(mode="explode"), "param_override.0.mode"),
        (rule(mode=["set"]), "param_override.0.mode"),
        (rule(mode="set", path="a"), "param_override.0.value"),
        (rule(mode="set", path="", value=1), "param_override.0.path"),
        (rule(mode="set", path="a..b", value=1), "param_override.0.path"),
        (rule(mode="set", path=".".join("a" * 33), value=1), "param_override.0.path"),
        (rule(mode="set", path="a\0b", value=1), "param_override.0.path"),
        (rule(mode="set", path=5, value=1), "param_override.0.path"),
        (rule(mode="set", path="model", value="x"), "param_override.0.path"),
        (rule(mode="delete", path="stream"), "param_override.0.path"),
        (rule(mode="delete", path="*"), "param_override.0.path"),
        (rule(mode="move", **{"from": "model", "to": "x"}), "param_override.0.from"),
        (rule(mode="move", **{"from": "a", "to": "a.b"}), "param_override.0.to"),
        (rule(mode="sync_fields", **{"from": "header:x", "to": "json:model"}), "param_override.0.to"),
        (rule(mode="set", path="a", value=1, keep_origin="yes"), "param_override.0.keep_origin"),
        (rule(mode="delete", path="a", value=1), "param_override.0"),
        (rule(mode="trim_prefix", path="a", value=""), "param_override.0.value"),
        (rule(mode="replace", path="a", **{"from": ""}), "param_override.0.from"),
        (rule(mode="replace", path="a", **{"from": "x", "to": 5}), "param_override.0.to"),
        (rule(mode="regex_replace", path="a", **{"from": "("}), "param_override.0.from"),
        (rule(mode="regex_replace", path="a", **{"from": "(?=x)"}), "param_override.0.from"),
        (rule(mode="regex_replace", path="a", **{"from": r"(a)\1"}), "param_override.0.from"),
        (rule(mode="regex_replace", path="a", **{"from": "a" * 513}), "param_override.0.from"),
        (rule(mode="regex_replace", path="a", **{"from": "((a{30}){30}){30}"}), "param_override.0.from"),
        (rule(mode="regex_replace", path="a", **{"from": "a", "to": "$1"}), "param_override.0.to"),
        (rule(mode="regex_replace", path="a", **{"from": "a", "to": "x" * 1025}), "param_override.0.to"),
        (rule(mode="return_error", value=5), "param_override.0.value"),
        (rule(mode="return_error", value={"message": ""}), "param_override.0.value.message"),
        (rule(mode="return_error", value={"message": "x", "status_code": 200}), "param_override.0.value.status_code"),
        (rule(mode="return_error", value={"message": "x", "code": 5}), "param_override.0.value.code"),
        (rule(mode="return_error", value={"message": "x", "other": 5}), "param_override.0.value"),
        (rule(mode="prune_objects", value=5), "param_override.0.value"),
        (rule(mode="prune_objects", value={}), "param_override.0.value"),
        (rule(mode="prune_objects", value={"where": {"a": 1}, "logic": "XOR"}), "param_override.0.value.logic"),
        (rule(mode="delete", path="a", conditions=5), "param_override.0.conditions"),
        (rule(mode="delete", path="a", conditions=[{"path": "x"}] * 33), "param_override.0.conditions"),
        (only_if(5), FIRST),
        (only_if({"path": "x", "op": "eq"}), FIRST),
        (only_if({"path": "x", "mode": "like"}), f"{FIRST}.mode"),
        (only_if({"path": "x", "mode": ["gt"]}), f"{FIRST}.mode"),
        (only_if({"path": "x", "mode": "gt", "value": "1"}), f"{FIRST}.value"),
        (only_if({"path": "x", "mode": "in", "value": 1}), f"{FIRST}.value"),
        (only_if({"path": "x", "mode": "prefix"}), f"{FIRST}.value"),
        (only_if({"path": "x", "mode": "regex", "value": "["}), f"{FIRST}.value"),
        (only_if({"path": "x", "invert": 1}), f"{FIRST}.invert"),
        (rule(mode="delete", path="a", logic="XOR"), "param_override.0.logic"),
        ({"header_override": ["x"]}, "header_override"),
        ({"system_prompt": 5}, "system_prompt"),
        ({"system_prompt": {"text": "x", "mode": "shout"}}, "system_prompt.mode"),
        ({"system_prompt": {"mode": "fill"}}, "system_prompt.text"),
        ({"system_prompt": {"text": "x", "other": 1}}, "system_prompt"),
        ({"privacy": "all"}, "privacy"),
        ({"privacy": {"remove": "user"}}, "privacy.remove"),
        ({"privacy": {"standard": "yes"}}, "privacy.standard"),
        ({"privacy": ["messages"]}, "privacy.remove"),
        ({"status_map": {"200": 500}}, "status_map.200"),
        ({"status_map": {"429": 200}}, "status_map.429"),
        ({"status_map": [1]}, "status_map"),
        ({"think_tags": "yes"}, "think_tags"),
        ({"thinking_to_content": "yes"}, "thinking_to_content"),
        ({"force_format": 2}, "force_format"),
        ({"suffixes": "no"}, "suffixes"),
        ({"suffixes": {"drop": []}}, "suffixes"),
        ({"suffixes": {"keep": "x"}}, "suffixes.keep"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(settings: dict[str, Any], path: str) -> None:
    with pytest.raises(OverrideError) as caught:
        compile_overrides(settings)
    assert caught.value.path == path
    assert str(caught.value) == f"{path}: {caught.value.message}"


scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
names = st.sampled_from(["a", "b", "type", "content", "0"]) | st.text(max_size=4)
json = st.recursive(
    scalars, lambda below: st.lists(below, max_size=4) | st.dictionaries(names, below, max_size=4), max_leaves=12
)
paths = st.sampled_from(["a", "a.b", "a.0", "a.-1.b", "a.*", "messages.*.content", "messages.-1", "a.*.b.*", "tools.0"])
conditions = st.fixed_dictionaries(
    {"path": paths | st.sampled_from(["model", "is_retry", "request_headers.x"])},
    optional={
        "mode": st.sampled_from(sorted(MODES)),
        "value": json,
        "invert": st.booleans(),
        "pass_missing_key": st.booleans(),
    },
)
rules = st.fixed_dictionaries(
    {"mode": st.sampled_from(sorted(OPERATIONS))},
    optional={
        "path": paths | st.sampled_from(["x-a", "x-b"]),
        "value": json | st.sampled_from(["x", {"where": {"type": "a"}}]),
        "from": paths | st.sampled_from(["x-a", "header:x-a", "json:a.b", "(a|b)+"]),
        "to": paths | st.sampled_from(["x-b", "json:c"]),
        "keep_origin": st.booleans(),
        "conditions": st.lists(conditions, max_size=2),
        "logic": st.sampled_from(["AND", "OR"]),
    },
)
bodies = st.dictionaries(st.sampled_from(["a", "messages", "tools", "model", "stream", "system", "max_tokens"]), json)


@given(st.lists(rules, max_size=4), bodies, st.sampled_from(["chat", "responses", "messages", "gemini"]))
def test_any_rules_on_any_request(given_rules: list[Any], body: dict[str, Any], protocol: str) -> None:
    settings = {"param_override": given_rules, "system_prompt": "P", "privacy": True}
    try:
        overrides = compile_overrides(settings)
    except OverrideError:
        return
    assert overrides is not None
    sent = msgspec.json.encode(body)
    context = Context(protocol=protocol, headers={b"x-a": b"1"}, most=5)
    try:
        edited = overrides.request(sent, [("x-b", "2")], context)
    except GatewayError:
        return
    found = msgspec.json.decode(edited.body, type=dict[str, Any])
    assert found.get("model", ...) == body.get("model", ...)
    assert found.get("stream", ...) == body.get("stream", ...)
    assert edited == overrides.request(sent, [("x-b", "2")], context), "a retry gets the same"


@given(json, st.sampled_from([name for name in SETTINGS if name not in ("thinking_to_content", "force_format")]))
def test_any_json_as_a_setting(value: Any, name: str) -> None:
    try:
        compile_overrides({name: value})
    except OverrideError as error:
        assert error.path.startswith(name)  # noqa: PT017  # most settings raise nothing
