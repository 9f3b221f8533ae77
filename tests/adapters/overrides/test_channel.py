"""All settings of a channel together: order, privacy, statuses, the bound of paid tokens, what costs nothing."""

from typing import Any

import pytest

from adapters.canonical.blocks import Text, Thinking
from adapters.canonical.context import Upstream
from adapters.canonical.response import Candidate, Response
from adapters.canonical.strict import Strict
from adapters.canonical.think_tags import ThinkTags
from adapters.canonical.think_text import ThinkingToText
from adapters.errors import UpstreamError
from adapters.overrides import Context, compile_overrides
from adapters.overrides.preview import preview
from adapters.reasoning.suffixes import parse
from tests.adapters.overrides.rules import apply, settle


@pytest.mark.parametrize(
    "settings",
    [
        None,
        {},
        {"price_ratio": "1"},
        {"param_override": []},
        {"privacy": None, "think_tags": False, "suffixes": {}},
    ],
)
def test_no_rules_no_object(settings: Any) -> None:
    assert compile_overrides(settings) is None


def test_rules_for_answers_alone_leave_requests_alone() -> None:
    overrides = compile_overrides({"think_tags": True})
    assert overrides is not None
    body = b'{ "model" : "m" }'
    edited = overrides.request(body, [("A", "b")], Context())
    assert (edited.body, edited.headers, edited.notes, overrides.edits) == (body, [("A", "b")], (), ())


def test_a_request_that_nothing_applies_to_keeps_its_bytes() -> None:
    overrides = compile_overrides({"param_override": [{"mode": "delete", "path": "a"}], "privacy": True})
    assert overrides is not None
    body = b'{ "model" : "m", "messages": [ ] }'
    edited = overrides.request(body, (), Context())
    assert (edited.body, edited.notes) == (body, ("delete a",))


def test_order_of_the_settings() -> None:
    settings = {
        "privacy": {"remove": ["user"]},
        "system_prompt": "P",
        "header_override": {"X-A": "1"},
        "param_override": [
            {"mode": "set", "path": "user", "value": "ours"},
            {"mode": "append", "path": "messages.0.content", "value": "!"},
            {"mode": "copy_header", "from": "x-a", "to": "x-b"},
        ],
    }
    body, headers = settle(settings, {"user": "theirs", "messages": []})
    assert body == {"messages": [{"role": "system", "content": "P!"}], "user": "ours"}
    assert headers == {"x-a": "1", "x-b": "1"}
    overrides = compile_overrides(settings)
    assert overrides is not None
    assert overrides.edits == ("privacy", "system_prompt", "param_override", "header_override")
    notes = overrides.request(b'{"user":"x","messages":[]}', (), Context()).notes
    assert notes[:4] == ("privacy", "system_prompt", "header_override", "set user")


SENT = {
    "model": "m", "service_tier": "flex", "user": "u", "safety_identifier": "s",
    "stream_options": {"include_obfuscation": True}, "metadata": {"user_id": "u", "a": 1},
}  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "protocol", "gone", "changes"),
    [
        (True, "chat", ("service_tier", "safety_identifier", "stream_options"), {}),
        ({"standard": True, "keep": ["service_tier"]}, "chat", ("safety_identifier", "stream_options"), {}),
        (["user", "metadata.user_id"], "chat", ("user",), {"metadata": {"a": 1}}),
        ({"disable_store": True}, "responses", (), {"store": False}),
        ({"disable_store": True}, "messages", (), {}),
        ({"remove": ["nothing.here"]}, "chat", (), {}),
    ],
)
def test_privacy(setting: Any, protocol: str, gone: tuple[str, ...], changes: dict[str, Any]) -> None:
    expected = {name: value for name, value in {**SENT, **changes}.items() if name not in gone}
    assert settle({"privacy": setting}, SENT, Context(protocol=protocol))[0] == expected


def test_statuses() -> None:
    overrides = compile_overrides({"status_map": {"429": 503, "502": "400"}})
    assert overrides is not None
    assert [overrides.status(status) for status in (429, 502, 404)] == [503, 400, 404]


@pytest.mark.parametrize(
    ("protocol", "body", "expected"),
    [
        ("chat", {"max_tokens": 5}, {"max_tokens": 5}),
        ("chat", {"max_tokens": 50, "max_completion_tokens": 60}, {"max_tokens": 9, "max_completion_tokens": 9}),
        ("chat", {"max_tokens": "many"}, {"max_tokens": "many"}),
        ("responses", {"max_output_tokens": 50}, {"max_output_tokens": 9}),
        ("messages", {"max_tokens": 50}, {"max_tokens": 9}),
        ("gemini", {"generationConfig": {"maxOutputTokens": 50}}, {"generationConfig": {"maxOutputTokens": 9}}),
        ("gemini", {"generation_config": {"max_output_tokens": 50}}, {"generation_config": {"max_output_tokens": 9}}),
        ("gemini", {"generationConfig": "x"}, {"generationConfig": "x"}),
        ("other", {"max_tokens": 50}, {"max_tokens": 50}),
    ],
)  # fmt: skip
def test_no_rule_asks_for_more_than_is_paid_for(protocol: str, body: dict[str, Any], expected: dict[str, Any]) -> None:
    rules = [{"mode": "set", "path": name, "value": value} for name, value in body.items()]
    assert apply(rules, {}, Context(protocol=protocol, most=9))[0] == expected


def test_filters_and_changes_of_answers() -> None:
    overrides = compile_overrides({"think_tags": "implied", "force_format": True, "thinking_to_content": True})
    assert overrides is not None
    assert overrides.converts
    assert [type(each) for each in overrides.filters()] == [ThinkTags, Strict, ThinkingToText]
    answer = Response(candidates=(Candidate(blocks=(Text("t</think>a"),)),), fingerprint="f", extensions={"chat": {}})
    for change in overrides.changes():
        answer = change(answer)
    assert answer.candidates[0].blocks == (Text("<think>\nt\n</think>\n\n"), Text("a"))
    assert answer.extensions == {}
    plain = compile_overrides({"status_map": {"429": 503}})
    assert plain is not None
    assert (plain.converts, plain.filters(), plain.changes()) == (False, [], [])
    marked = compile_overrides({"think_tags": True})
    assert marked is not None
    answer = Response(candidates=(Candidate(blocks=(Text("<think>t</think>a"),)),))
    assert marked.changes()[0](answer).candidates[0].blocks == (Thinking("t"), Text("a"))


def test_headers_and_body_alone() -> None:
    overrides = compile_overrides({"header_override": {"X-A": "1"}, "param_override": {"a": 1}})
    assert overrides is not None
    assert overrides.headers([("B", "2")], Context()) == [("b", "2"), ("x-a", "1")]
    assert {name: bytes(raw) for name, raw in overrides.body({}, Context()).items()} == {"a": b"1"}


# ------------------------------------------------------------------------------------------------------------ preview


def test_a_preview_says_what_would_happen() -> None:
    overrides = compile_overrides({
        "param_override": [
            {"mode": "set_header", "path": "X-Key", "value": "k {api_key}"},
            {"mode": "delete", "path": "user"},
        ]
    })  # fmt: skip
    found = preview(
        overrides, b'{"model":"gpt-5","user":"u"}', {"X-Session": "1"}, Context(model="gpt-5-high"),
        Upstream(model="gpt-5", provider="openai", capabilities=frozenset({"reasoning_effort"})), parse("gpt-5-high"),
    )  # fmt: skip
    assert found.body == {"model": "gpt-5", "reasoning_effort": "high"}
    assert found.headers == {"x-key": "k {api_key}"}
    assert (found.suffix, found.upstream_model) == ("high", "gpt-5")
    assert found.applied == ["suffix high", "set_header X-Key", "delete user"]
    assert (found.changed, found.losses, found.refused) == (["reasoning_effort", "user"], [], None)


def test_a_preview_of_a_refusal() -> None:
    overrides = compile_overrides({"param_override": [{"mode": "return_error", "value": "No."}]})
    found = preview(overrides, b'{"a":1}', {}, Context(), Upstream(model="m"))
    assert found.refused == {"status": 400, "message": "No.", "code": "refused_by_rule"}
    assert found.body == {"a": 1}
    assert preview(None, b'{"a":1}', {}, Context(), Upstream(model="m")).changed == []


def test_a_refusal_that_may_be_tried_elsewhere_is_told_so() -> None:
    rule = {"mode": "return_error", "value": {"message": "x", "skip_retry": False}}
    with pytest.raises(UpstreamError):
        apply([rule], {})
