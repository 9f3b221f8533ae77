"""Rules of a channel: stored, refused with their place, and tried out."""

from typing import Any

import httpx
import pytest

RULES = {
    "param_override": [{"mode": "default", "path": "temperature", "value": 0.5}],
    "header_override": {"X-Key": "k {api_key}", "X-Session": "{client_header:x-session}"},
    "system_prompt": {"text": "Be brief.", "mode": "prepend"},
    "privacy": ["user"],
    "status_map": {"429": 503},
    "think_tags": "implied",
    "thinking_to_content": True,
    "force_format": False,
    "suffixes": {"keep": ["my-model-high"]},
}


async def make(api: httpx.AsyncClient, **settings: Any) -> dict[str, Any]:
    body = {"name": "main", "provider": "openai", "models": {"fast": "gpt-5-nano", "*": ""}, "settings": settings}
    answer = await api.post("/channels", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_rules_are_stored_as_they_are(api: httpx.AsyncClient) -> None:
    made = await make(api, **RULES)
    assert {name: made["settings"][name] for name in RULES} == RULES
    answer = await api.patch("/channels/main", json={"settings": {"privacy": None, "think_tags": None}})
    assert answer.status_code == 200
    left = answer.json()["settings"]
    assert "privacy" not in left
    assert left["param_override"] == RULES["param_override"]


@pytest.mark.parametrize(
    ("settings", "field", "message"),
    [
        ({"param_override": [{"mode": "set", "path": "a"}]}, "param_override", "0.value: is required"),
        ({"param_override": {"stream": True}}, "param_override", "stream: must not change `stream`"),
        ({"param_override": [{"mode": "set", "path": "a", "value": "\x00"}]}, "param_override", "must not contain NUL"),
        ({"param_override": {"a": "x" * 300_000}}, "param_override", "must be at most"),
        ({"header_override": {"Authorization": "Bearer x"}}, "header_override", "carries a credential"),
        ({"system_prompt": {"text": ""}}, "system_prompt", "text: must be a text"),
        ({"privacy": ["messages"]}, "privacy", "must not take away `messages`"),
        ({"status_map": {"200": 500}}, "status_map", "must map statuses"),
        ({"think_tags": "maybe"}, "think_tags", "must be true, false"),
        ({"suffixes": {"drop": 1}}, "suffixes", "must be true, false"),
    ],
)
async def test_rules_that_cannot_be_followed_are_refused(
    api: httpx.AsyncClient, settings: dict[str, Any], field: str, message: str
) -> None:
    answer = await api.post("/channels", json={"name": "x", "provider": "openai", "settings": settings})
    assert answer.status_code == 422
    assert any(
        error["field"].startswith(f"body.settings.{field}") and message in error["message"]
        for error in answer.json()["errors"]
    ), answer.text


async def test_rules_nested_too_deeply_are_refused(api: httpx.AsyncClient) -> None:
    value: Any = 1
    for _ in range(50):
        value = [value]
    body = {"name": "x", "provider": "openai", "settings": {"param_override": {"a": value}}}
    assert (await api.post("/channels", json=body)).status_code == 422


async def preview(api: httpx.AsyncClient, **question: Any) -> dict[str, Any]:
    answer = await api.post("/channels/main/preview", json=question)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_dry_run_of_what_is_stored(api: httpx.AsyncClient) -> None:
    await make(api, **RULES)
    found = await preview(
        api, model="fast", body={"model": "gpt-5-nano", "user": "u", "messages": []}, headers={"X-Session": "s"}
    )
    assert found["body"] == {
        "model": "gpt-5-nano",
        "messages": [{"role": "system", "content": "Be brief."}],
        "temperature": 0.5,
    }
    assert found["headers"] == {"x-key": "k {api_key}", "x-session": "s"}
    assert found["upstream_model"] == "gpt-5-nano"
    assert found["applied"] == ["privacy", "system_prompt", "header_override", "default temperature"]
    assert found["changed"] == ["messages", "temperature", "user"]
    assert (found["status_map"], found["edits_answers"], found["refused"]) == ({"429": 503}, True, None)


async def test_a_dry_run_of_other_rules_and_of_a_suffix(api: httpx.AsyncClient) -> None:
    await make(api)
    found = await preview(api, model="gpt-5-high", body={"model": "gpt-5"})
    assert (found["suffix"], found["upstream_model"]) == ("high", "gpt-5")
    assert found["body"] == {"model": "gpt-5", "reasoning_effort": "high"}
    refusing = {"param_override": [{"mode": "return_error", "value": {"message": "No.", "status_code": 403}}]}
    found = await preview(api, model="gpt-5", body={"a": 1}, settings=refusing, attempt=1)
    assert found["refused"] == {"status": 403, "message": "No.", "code": "refused_by_rule"}
    assert (await api.get("/channels/main")).json()["settings"] == {}, "nothing is stored"


async def test_a_dry_run_that_makes_no_sense(api: httpx.AsyncClient) -> None:
    await make(api)
    for question in ({"model": "m"}, {"model": "m", "body": []}, {"model": "m", "body": {}, "protocol": "smoke"}):
        assert (await api.post("/channels/main/preview", json=question)).status_code == 422
    assert (await api.post("/channels/none/preview", json={"model": "m", "body": {}})).status_code == 404
