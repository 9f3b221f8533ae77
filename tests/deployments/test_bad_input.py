"""Every bad input gets the right status, OpenAI's error shape and a helpful sentence, and never a 5xx."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.deployments.gateway import CHAT, Gateway
from tests.deployments.mock import Upstream
from tests.stopwatch import Stopwatch

BAD_BODIES = {
    "empty": b"",
    "cut": b'{"model":"gpt-x","messages":[',
    "not JSON": b"model=gpt-x",
    "list": b"[]",
    "string": b'"x"',
    "null": b"null",
    "number": b"1e999",
    "NaN": b'{"model":"gpt-x","messages":[],"temperature":NaN}',
    "bad UTF-8": b'{"model":"gpt-x","messages":["\xff\xfe"]}',
    "bad UTF-8 key": b'{"\xc3":1}',
    "UTF-16": '{"model":"gpt-x","messages":[]}'.encode("utf-16"),
    "surrogate": b'{"model":"\\ud800","messages":[]}',
    "deep": b'{"model":"gpt-x","messages":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "no model": b'{"messages":[]}',
    "model null": b'{"model":null,"messages":[]}',
    "model number": b'{"model":1,"messages":[]}',
    "model list": b'{"model":["gpt-x"],"messages":[]}',
    "model empty": b'{"model":"","messages":[]}',
    "model long": b'{"model":"' + b"x" * 5000 + b'","messages":[]}',
    "model control": b'{"model":"a\\u0000b\\r\\nx: y","messages":[]}',
    "no messages": b'{"model":"gpt-x"}',
    "messages string": b'{"model":"gpt-x","messages":"hi"}',
    "messages null": b'{"model":"gpt-x","messages":null}',
    "stream string": b'{"model":"gpt-x","messages":[],"stream":"true"}',
    "stream options": b'{"model":"gpt-x","messages":[],"stream":true,"stream_options":7}',
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_bad_bodies(gateway: Gateway, upstream: Upstream, name: str) -> None:
    answer = await gateway.post(BAD_BODIES[name])
    assert answer.status == 400
    error = answer.error
    assert error["type"] == "invalid_request_error"
    assert error["request_id"] == answer.headers["x-request-id"]
    assert not upstream.calls
    record = await gateway.record()
    assert (record.status, record.end, record.error, record.attempts) == (400, "rejected", error["code"], 0)
    assert (record.channel_id, record.cost, record.usage_source) == (0, 0, "none")
    assert record.request_id == answer.headers["x-request-id"]


async def test_what_is_missing_is_named(gateway: Gateway) -> None:
    error = (await gateway.post(b'{"model":"gpt-x"}')).error
    assert (error["param"], error["code"]) == ("messages", "missing_required_parameter")
    error = (await gateway.post(b'{"model":"text-x"}', "/v1/completions")).error
    assert error["param"] == "prompt"
    error = (await gateway.post(b'{"model":"embed-x","input":{}}', "/v1/embeddings")).error
    assert error["param"] == "input"


async def test_unknown_model(gateway: Gateway) -> None:
    answer = await gateway.post({"model": "nope"})
    assert (answer.status, answer.error["code"], answer.error["param"]) == (404, "model_not_found", "model")
    record = await gateway.record()
    assert (record.status, record.end, record.model) == (404, "rejected", "nope")


async def test_model_that_the_key_may_not_use(gateway: Gateway, upstream: Upstream) -> None:
    key = await gateway.add_key("some", models=["text-*"])
    answer = await gateway.post(key=key)
    assert (answer.status, answer.error["code"], answer.error["type"]) == (403, "model_not_allowed", "permission_error")
    assert (await gateway.post(b'{"model":"text-x","prompt":""}', "/v1/completions", key=key)).status == 200
    assert len(upstream.calls) == 1
    assert [record.status for record in await gateway.records(2)] == [403, 200]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "sk-gw-abc",
        "Bearer sk-gw-unknown",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 9000,
    ],
)
async def test_missing_and_wrong_keys(gateway: Gateway, upstream: Upstream, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    for path in ("/v1/chat/completions", "/v1/models"):
        method = "GET" if path.endswith("models") else "POST"
        answer = await gateway.get(path, headers, method)
        assert (answer.status, answer.error["type"]) == (401, "authentication_error")
        assert answer.error["code"] in ("missing_api_key", "invalid_api_key")
    assert not upstream.calls
    assert await gateway.records(0) == []
    assert gateway.replica.telemetry.counters["gateway_refused_total"] == {("401",): 2}


async def test_disabled_and_expired_keys(gateway: Gateway) -> None:
    off = await gateway.add_key("off", enabled=False)
    old = await gateway.add_key("old", expires_at=datetime.now(UTC) - timedelta(minutes=1))
    young = await gateway.add_key("young", expires_at=datetime.now(UTC) + timedelta(minutes=1))
    assert (await gateway.post(key=off)).error["code"] == "key_disabled"
    answer = await gateway.post(key=old)
    assert (answer.status, answer.error["code"]) == (401, "key_expired")
    assert (await gateway.post(key=young)).status == 200


@pytest.mark.parametrize("key", ["bearer", "BEARER", "Bearer  "])
async def test_spellings_of_bearer(gateway: Gateway, key: str) -> None:
    assert (await gateway.get("/v1/models", {"authorization": f"{key} {gateway.key}"})).status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/completions", "POST"),
        ("PUT", "/v1/embeddings", "POST"),
        ("HEAD", "/v1/embeddings", "POST"),
        ("OPTIONS", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET"),
        ("POST", "/v1/models/gpt-x", "GET"),
        ("PATCH", "/healthz", "GET"),
        ("POST", "/metrics", "GET"),
    ],
)
async def test_wrong_methods(gateway: Gateway, method: str, path: str, allowed: str) -> None:
    answer = await gateway.get(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.error["code"] == "method_not_allowed"
    assert await gateway.records(0) == []


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1",
        "/v1/",
        "/v1/chat/completions/",
        "//v1/models",
        "/v1/../v1/models",
        "/v1/chat%2Fcompletions",
        "/" + "x" * 900,
        "/api/v1/keys",
        "/console",
        "/",
    ],
)
async def test_unknown_paths(gateway: Gateway, path: str) -> None:
    answer = await gateway.get(path)
    assert (answer.status, answer.error["code"]) == (404, "unknown_path")


async def test_bytes_that_no_address_has(gateway: Gateway) -> None:
    for path in ("/\xff\xfe", "/a b", "nope", "*", "http://[::"):
        answer = await gateway.get(path)
        assert answer.status in (400, 404), path
        assert answer.error["type"] == "invalid_request_error"


async def test_admin_paths_while_the_admin_is_away(make_gateway) -> None:
    gateway = await make_gateway(admin=True)
    for path in ("/api/v1/keys", "/scim/v2/Users"):
        answer = await gateway.get(path)
        assert (answer.status, answer.error["code"]) == (503, "admin_away")


async def test_metrics_may_be_closed(make_gateway) -> None:
    gateway = await make_gateway(metrics="off")
    answer = await gateway.get("/metrics")
    assert (answer.status, answer.error["code"]) == (403, "metrics_closed")


async def test_strange_values_go_through_as_they_came(gateway: Gateway, upstream: Upstream) -> None:
    body = (
        b'{"model":"gpt-x","messages":[{"role":"user","content":"\\u0000\\ud83c\\udf0d"}],"seed":123456789012345678901234567890,'
        b'"temperature":1e300,"":null,"metadata":{"a":{"b":[[[[]]]]}},"user":"\xf0\x9f\x8c\x8d"}'
    )
    assert (await gateway.post(body)).status == 200
    assert upstream.calls[0].body == body.replace(b'"gpt-x"', b'"up-model"')


async def test_two_models_in_one_body_are_one(gateway: Gateway, upstream: Upstream) -> None:
    key = await gateway.add_key("some", models=["gpt-x"])
    await gateway.add_channel("dear", upstream.url, models={"dear": ""})
    body = b'{"model":"gpt-x","messages":[],"mod\\u0065l":"dear"}'
    answer = await gateway.post(body, key=key)
    assert answer.status == 403
    body = b'{"model":"dear","messages":[],"mod\\u0065l":"gpt-x"}'
    answer = await gateway.post(body, key=key)
    assert answer.status == 200
    assert upstream.calls[0].body.count(b'del":') == 1
    assert upstream.calls[0].json["model"] == "up-model"


async def test_no_channel_for_a_model_that_has_gone(gateway: Gateway) -> None:
    watch = Stopwatch()
    await gateway.add_channel("off", "http://127.0.0.1:9/v1", models={"gone": ""}, enabled=False)
    answer = await gateway.post(msgspec.json.encode({**CHAT, "model": "gone"}))
    assert answer.status == 404
    assert watch.s < 2
