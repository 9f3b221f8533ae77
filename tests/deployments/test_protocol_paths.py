"""Keys, errors and model lists on every protocol's paths: each client is answered in its own shape."""

import msgspec
import pytest

from adapters.protocols.table import WIRES
from deployments.limits import Limits
from tests.deployments import asks
from tests.deployments.asks import PROTOCOLS, ask
from tests.deployments.client import Answer, request
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream, answers

KINDS = {
    401: "authentication_error", 402: "billing_error", 403: "permission_error", 404: "not_found_error",
    413: "request_too_large", 429: "rate_limit_error",
}  # fmt: skip
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


def shaped(protocol: str, answer: Answer) -> str:
    """The message of an error in a protocol's shape; fails when it is in another."""
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-request-id"].startswith("req_")
    body = answer.json
    if protocol == "messages":
        assert body["type"] == "error"
        assert body["error"]["type"] == KINDS.get(
            answer.status, "api_error" if answer.status >= 500 else "invalid_request_error"
        )
        assert body["request_id"] == answer.headers["request-id"] == answer.headers["x-request-id"]
    elif protocol == "gemini":
        assert set(body["error"]) >= {"code", "message", "status"}
        assert body["error"]["code"] == answer.status
        assert body["error"]["status"] == STATUSES.get(answer.status, body["error"]["status"])
    else:
        assert set(body["error"]) >= {"message", "type", "param", "code"}
    assert body["error"]["message"]
    return str(body["error"]["message"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("how", ["authorization", "x-api-key", "x-goog-api-key", "api-key", "key"])
async def test_the_key_wherever_a_client_puts_it(gateway: Gateway, upstream: Upstream, protocol: str, how: str) -> None:
    path = asks.path(protocol, "nothing")
    headers = {} if how == "key" else {how: f"Bearer {gateway.key}" if how == "authorization" else gateway.key}
    target = f"{path}?key={gateway.key}" if how == "key" else path
    answer = await gateway.send(request("POST", target, headers, msgspec.json.encode(asks.body(protocol, "nothing"))))
    assert answer.status == 404, "the key is known, the model is not"
    assert "nothing" in shaped(protocol, answer)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_errors_of_every_kind_are_in_the_clients_shape(gateway: Gateway, protocol: str) -> None:
    path = asks.path(protocol, "gpt-x")
    mine = asks.headers(protocol, gateway.key)
    good = msgspec.json.encode(asks.body(protocol, "gpt-x"))
    for headers in ({}, asks.headers(protocol, "sk-wrong"), {"authorization": "Basic x"}):
        answer = await gateway.send(request("POST", path, headers, good))
        assert answer.status == 401
        assert shaped(protocol, answer)
    for body in (b"", b"{", b"[]", b"null", b"\xff", b'{"model":1}', b'{"model":"gpt-x"}'):
        answer = await gateway.send(request("POST", path, mine, body))
        assert answer.status == 400, body
        assert shaped(protocol, answer)
    answer = await gateway.send(request("GET", path, mine))
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert shaped(protocol, answer)
    limited = await gateway.add_key("limited", models=["other"])
    answer = await gateway.send(request("POST", path, asks.headers(protocol, limited), good))
    assert answer.status == 403
    assert shaped(protocol, answer)
    answer = await gateway.send(request("POST", path, {**mine, "content-encoding": "what"}, good))
    assert answer.status == 415
    assert shaped(protocol, answer)
    answer = await gateway.send(request("POST", path, {**mine, "x-gateway-cost-cap": "much"}, good))
    assert answer.status == 400
    assert shaped(protocol, answer)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_what_cannot_be_read_is_refused_in_the_clients_shape(make_gateway, protocol: str) -> None:
    gateway = await make_gateway(limits=Limits(max_body_bytes=1000))
    headers = {**asks.headers(protocol, gateway.key), "content-length": "5000"}
    answer = await gateway.send(request("POST", asks.path(protocol, "gpt-x"), headers, b"x"))
    assert answer.status == 413
    assert "1000" in shaped(protocol, answer)


@pytest.mark.parametrize(
    ("path", "protocol"),
    [("/v1/nothing", "chat"), ("/v1beta/nothing", "gemini"), ("/v1beta/models/x:explode", "gemini"),
     ("/v1/messages/nothing", "messages"), ("/v1/models/x:explode", "gemini"), ("/v1/responses/a/b/c", "responses")],
)  # fmt: skip
async def test_unknown_paths(gateway: Gateway, path: str, protocol: str) -> None:
    answer = await gateway.send(request("POST", path, asks.headers(protocol, gateway.key), b"{}"))
    assert answer.status in (404, 405)
    assert shaped(protocol, answer)


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_an_upstreams_errors(gateway: Gateway, upstream: Upstream, protocol: str) -> None:
    await gateway.add_channel("mine", upstream.url, models={"mine": ""}, settings={"protocols": [protocol]})
    said = {
        "chat": b'{"error":{"message":"temperature: no","type":"invalid_request_error","param":null,"code":null}}',
        "responses": b'{"error":{"message":"temperature: no","type":"invalid_request_error","param":null,"code":null}}',
        "messages": b'{"type":"error","error":{"type":"invalid_request_error","message":"temperature: no"}}',
        "gemini": b'{"error":{"code":400,"message":"temperature: no","status":"INVALID_ARGUMENT"}}',
    }[protocol]
    upstream.behave = answers(400, said)
    for client in PROTOCOLS:
        answer = await ask(gateway, client, "mine")
        assert answer.status == 400, client
        if client == protocol:
            assert answer.body == said
        else:
            assert shaped(client, answer) == "temperature: no"
    upstream.behave = answers(401, said)
    for client in PROTOCOLS:
        answer = await ask(gateway, client, "mine")
        assert answer.status == 502
        assert "temperature" not in str(answer.json)


async def test_model_lists(gateway: Gateway) -> None:
    answer = await gateway.get("/v1/models")
    assert [model["id"] for model in answer.json["data"]] == ["embed-x", "gpt-x", "text-x"]
    assert answer.json["object"] == "list"
    for headers in ({"x-api-key": gateway.key}, {"x-api-key": gateway.key, "anthropic-version": "2023-06-01"}):
        answer = await gateway.get("/v1/models?limit=2", headers)
        assert [model["id"] for model in answer.json["data"]] == ["embed-x", "gpt-x"]
        assert (answer.json["has_more"], answer.json["last_id"]) == (True, "gpt-x")
        answer = await gateway.get("/v1/models?limit=2&after_id=gpt-x", headers)
        assert ([model["id"] for model in answer.json["data"]], answer.json["has_more"]) == (["text-x"], False)
        answer = await gateway.get("/v1/models/gpt-x", headers)
        assert (answer.json["type"], answer.json["id"]) == ("model", "gpt-x")
        answer = await gateway.get("/v1/models/nothing", headers)
        assert answer.status == 404
        if "anthropic-version" in headers:
            assert shaped("messages", answer)
    for path, headers in (
        ("/v1beta/models?pageSize=2", {"x-goog-api-key": gateway.key}),
        (f"/v1beta/models?key={gateway.key}&pageSize=2", {}),
        (f"/v1/models?key={gateway.key}&pageSize=2", {}),
    ):
        answer = await gateway.get(path, headers)
        assert [model["name"] for model in answer.json["models"]] == ["models/embed-x", "models/gpt-x"]
        answer = await gateway.get(f"{path}&pageToken={answer.json['nextPageToken']}", headers)
        assert [model["name"] for model in answer.json["models"]] == ["models/text-x"]
        assert "nextPageToken" not in answer.json
    answer = await gateway.get("/v1beta/models/gpt-x", {"x-goog-api-key": gateway.key})
    assert answer.json["name"] == "models/gpt-x"
    answer = await gateway.get("/v1beta/models/gpt-x", {"x-goog-api-key": gateway.key}, method="HEAD")
    assert answer.status == 200
    answer = await gateway.get("/v1beta/models", {})
    assert answer.status == 401
    assert shaped("gemini", answer)


def test_every_wire_pings_with_what_its_client_ignores() -> None:
    assert {name: wire.ping[:1] for name, wire in WIRES.items()} == {
        "chat": b":", "responses": b":", "messages": b"e", "gemini": b"\n",
    }  # fmt: skip
