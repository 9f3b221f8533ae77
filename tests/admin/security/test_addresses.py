"""Every address that the API takes: who may set it, and that nobody reaches the inside of the network by it.

Addresses of upstreams and of safety webhooks may be private, as models and guardrails often are: they are set by who
runs the gateway. Everything else is called by the guarded client (test_outbound.py has its addresses).
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from admin.federation import oauth, own_ways
from admin.federation.oauth import ProviderError
from admin.federation.oidc import Discovery
from admin.federation.settings import OAuth2, WeChat
from admin.outbound import outbound_client
from admin.payments.provider import UnknownResultError
from admin.payments.provider import call as pay
from admin.permissions import GATEWAY_ONLY
from admin.schemas.identity_provider import IdentityProviderCreate
from tests.admin.services import openapi_document

_ADDRESS = re.compile(r"url|uri|issuer|host|server$|proxy$|dsn")
_FIELDS = {
    "ChannelApply.base_url": "channels.write",
    "ChannelCreate.base_url": "channels.write",
    "ChannelPatch.base_url": "channels.write",
    "ChannelSettings.base_urls": "channels.write",
    "ChannelSettings.proxy": "channels.write",
    "SafetyRuleCreate.url": "safety.write",
    "SafetyRulePatch.url": "safety.write",
    "TargetCreate.url": "guarded",
    "TargetPatch.url": "guarded",
    "WebhookCreate.url": "guarded",
}
"""Field -> the permission that sets it and that no organisation can give, or that the guarded client calls it."""
PRIVATE = ("127.0.0.1", "169.254.169.254", "[::ffff:10.0.0.1]", "localhost", "inside.example")


def test_every_address_that_is_taken_is_known_here() -> None:
    """A new one belongs into the table above. Those of identity providers and settings are named below."""
    document = openapi_document()
    schemas = document["components"]["schemas"]

    def refs(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"].rsplit("/", 1)[1]} if "$ref" in node else set()
            return own.union(*map(refs, node.values()))
        return set().union(*map(refs, node)) if isinstance(node, list) else set()

    operations = [op for path in document["paths"].values() for op in path.values()]
    waiting = {name for op in operations for name in refs(op.get("requestBody", {}))}
    taken: set[str] = set()
    while waiting:
        name = waiting.pop()
        taken.add(name)
        waiting |= refs(schemas[name]) - taken
    found = {
        f"{name}.{field}" for name in taken for field in schemas[name].get("properties", {}) if _ADDRESS.search(field)
    }
    assert found == set(_FIELDS)
    assert {means for means in _FIELDS.values() if means != "guarded"} | {"settings.write"} <= GATEWAY_ONLY


@pytest.fixture
async def inside() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server inside the network: its port, and what it was sent."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(1000))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


@pytest.fixture
async def guarded() -> AsyncIterator[httpx.AsyncClient]:
    """The client of the Admin deployment; a public name leads inside."""

    async def allowed() -> list[str]:
        return []

    async def resolve(host: str, _port: int) -> list[str]:
        return {"localhost": ["127.0.0.1", "::1"], "inside.example": ["127.0.0.1"]}.get(host, [host])

    async with outbound_client(allowed, resolve=resolve) as client:
        yield client


@pytest.mark.parametrize("host", PRIVATE)
async def test_identity_and_payment_providers_inside(
    guarded: httpx.AsyncClient, inside: tuple[int, list[bytes]], host: str
) -> None:
    port, seen = inside
    base = f"http://{host}:{port}"
    settings = OAuth2(client_id="c", authorize_url=base, token_url=f"{base}/token", userinfo_url=f"{base}/user")
    calls = (
        Discovery().document(guarded, base, 0),
        oauth.exchange(guarded, settings.token_url, client_id="c", secret="s", way="post", code="c", verifier="",
                       redirect_uri="https://gateway.example"),
        oauth.who(guarded, settings, "token"),
        oauth.who(guarded, settings, "token", github=True),
        own_ways.wechat(guarded, WeChat(server_url=base), "token", "code"),
        pay(guarded, "POST", f"{base}/v1/checkout"),
    )  # fmt: skip
    for each in calls:
        with pytest.raises((ProviderError, UnknownResultError)):
            await each
    assert seen == []


async def test_a_document_of_discovery_leads_nowhere_inside(inside: tuple[int, list[bytes]]) -> None:
    """A public issuer whose keys, tokens or users are at a private address: those are not called."""
    port, seen = inside
    issuer = "https://login.example"
    document = {
        "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"https://127.0.0.1:{port}/t",
        "jwks_uri": f"https://127.0.0.1:{port}/keys", "userinfo_endpoint": f"https://localhost:{port}/me",
    }  # fmt: skip

    async def allowed() -> list[str]:
        return []

    discovery = Discovery()
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=document))) as public:
        found = await discovery.document(public, issuer, 0)
    async with outbound_client(allowed) as client:
        with pytest.raises(ProviderError):
            await discovery.keys(client, found, 0)
        for url in (found.token_url, found.userinfo_url):
            with pytest.raises(ProviderError):
                await oauth.call(client, "GET", url, headers={})
        document["jwks_uri"] = f"http://127.0.0.1:{port}/keys"
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, json=document))
        ) as one:
            with pytest.raises(ProviderError, match="not https"):
                await Discovery().document(one, issuer, 0)
    assert seen == []


async def test_a_code_is_one_parameter_of_the_helpers_address() -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json={"success": True, "data": "openid"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await own_ways.wechat(client, WeChat(server_url="https://helper.example"), "t", "a&code=b#/../x")
    assert [asked[0].path, list(asked[0].params.multi_items())] == ["/api/wechat/user", [("code", "a&code=b#/../x")]]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://x.example/", "javascript:alert(1)", "//x.example", "https://ann:pw@x.example", "https://",
     "https://x.example/a b", "https://x.example\\@127.0.0.1/", "https://x.example/\r\nhost: y"],
)  # fmt: skip
async def test_what_is_no_address(api: httpx.AsyncClient, url: str) -> None:
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/channels", {"name": "a", "provider": "openai-compatible", "base_url": url}),
        ("/channels", {"name": "a", "provider": "openai", "settings": {"proxy": url}}),
        ("/webhooks", {"name": "a", "url": url}),
        ("/notifications/targets", {"name": "a", "kind": "bark", "owner": "gateway", "key": "k", "url": url}),
        ("/safety-rules", {"name": "a", "kind": "webhook", "action": "block", "url": url}),
        ("/identity-providers", _provider("oidc", issuer=url, client_id="c")),
        ("/identity-providers", _provider("wechat", server_url=url)),
        ("/identity-providers", _provider("github", client_id="c", base_url=url)),
    ]
    for path, body in bodies:
        answer = await api.post(path, json=body)
        assert answer.status_code == 422, (path, body, answer.text)


def _provider(kind: str, **settings: str) -> dict[str, Any]:
    assert set(IdentityProviderCreate.model_fields) >= {"slug", "kind", "settings"}
    return {"slug": kind, "kind": kind, "title": "A", "settings": settings, "secret": "s"}
