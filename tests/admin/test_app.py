"""Authentication, error shapes, the page, status: what all routes share."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from admin import reference
from admin.app import MAX_BODY_BYTES, create_app

TOKEN = "gwa-" + "t" * 43


async def test_every_route_needs_a_token(app, anyone, refused, declined) -> None:
    document = (await anyone.get("/api/v1/openapi.json")).json()
    assert len(document["paths"]) >= 12
    public = {(route.method.lower(), route.path) for route in reference.routes() if route.public}
    for path, methods in document["paths"].items():
        for method in methods:
            if (method, path) in public:
                continue
            answer = await anyone.request(method, path.replace("{", "").replace("}", ""))
            (declined if path.startswith("/scim/") else refused)(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic dTpw",
        TOKEN,
        f"Bearer {TOKEN}x",
        b"Bearer \xff\xfe",
        "Bearer " + "x" * 9000,
    ],
)
async def test_bad_tokens(anyone, refused, header) -> None:
    body = refused(await anyone.get("/api/v1/whoami", headers={"authorization": header}), 401)
    assert "xxxx" not in str(body)


async def test_a_key_for_models_is_no_admin_token(anyone, refused) -> None:
    refused(await anyone.get("/api/v1/whoami", headers={"authorization": "Bearer sk-gw-" + "k" * 43}), 403)


async def test_whoami_and_providers(api) -> None:
    assert (await api.get("/whoami")).json()["name"] == "operator:first"
    ids = [item["id"] for item in (await api.get("/providers")).json()["items"]]
    assert ids == ["openai", "openai-compatible"]


async def test_unknown_paths_and_methods(api, anyone, refused) -> None:
    refused(await api.get("/nothing"), 404)
    refused(await anyone.get("/etc/passwd"), 404)
    answer = await api.put("/channels/x", json={})
    refused(answer, 405)
    assert "PATCH" in answer.headers["allow"] or "GET" in answer.headers["allow"]


async def test_bodies_that_are_no_json(api, refused) -> None:
    kind = {"content-type": "application/json"}
    for content in (b"{", b"\xff\xfe", b'{"name": "\xff"}', b"[" * 100_000, b"1" * 5000, b'{"name": nope}'):
        refused(await api.post("/channels", content=content, headers=kind), 400)
    for content in (b"", b"null", b"[]", b'"text"', b"1", b"NaN", b'{"name": "\\ud800", "provider": "openai"}'):
        refused(await api.post("/channels", content=content, headers=kind), 422)
    body = refused(await api.post("/channels", content=b"{}", headers={"content-type": "text/plain"}), 422)
    assert body["errors"]


async def test_bodies_that_are_too_large(api, refused) -> None:
    kind = {"content-type": "application/json"}
    refused(await api.post("/channels", content=b" " * (MAX_BODY_BYTES + 1), headers=kind), 413)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    refused(await api.post("/channels", content=chunks(), headers=kind), 413)
    assert (await api.get("/status", headers={"content-length": "nonsense"})).status_code == 200


async def test_request_ids(anyone) -> None:
    answer = await anyone.get("/api/v1/whoami", headers={"x-request-id": "from-the-ingress-1"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "from-the-ingress-1"
    answer = await anyone.get("/api/v1/whoami", headers={"x-request-id": "bad id\u00e9".encode()})
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_failure_says_nothing_and_is_logged(world, refused, caplog) -> None:
    async def broken(channel_id: int, model: str, stream: bool) -> None:
        raise RuntimeError("secret" + " detail")

    world.probe = broken
    transport = httpx.ASGITransport(create_app(world.services()))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://x/api/v1", headers=headers) as client:
        await client.post("/channels", json={"name": "a", "provider": "openai", "models": ["m"]})
        with caplog.at_level(logging.ERROR):
            answer = await client.post("/channels/a/test")
    body = refused(answer, 500)
    assert "secret detail" not in answer.text + caplog.text
    assert body["request_id"] in caplog.text
    assert "in broken" in caplog.text


async def test_status(api, world, make_channel) -> None:
    await make_channel()
    await make_channel("off", enabled=False)
    body = (await api.get("/status")).json()
    assert body["version"] == "1.2.3"
    assert body["channels"] == {"total": 2, "enabled": 1}
    assert body["keys"] == {"total": 0, "enabled": 0}
    assert body["revisions"]["routes"] >= 2
    assert body["router"] == {"table_version": 3, "replicas": 2}
    world.router_error = ConnectionError("away")
    assert (await api.get("/status")).json()["router"] is None


async def test_the_document_describes_the_errors_that_are_sent(anyone) -> None:
    answer = await anyone.get("/api/v1/openapi.json")
    document = answer.json()
    assert "HTTPValidationError" not in answer.text
    for path, methods in document["paths"].items():
        scim = path.startswith("/scim/")
        kind = "application/scim+json" if scim else "application/problem+json"
        for operation in methods.values():
            assert {"401", "403", "400" if scim else "422", "503"} <= operation["responses"].keys()
            assert not scim or "422" not in operation["responses"]
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert [*response["content"]] == [kind]
                else:
                    assert "application/problem+json" not in response.get("content", {})
    assert document["components"]["schemas"]["ChannelPatch"]["properties"]["weight"].get("default") is None
    assert document["components"]["schemas"]["ProblemOut"]["properties"]["errors"]
