"""Where and for what a key may be used, in the data plane."""

import ipaddress
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import ClientError
from deployments.key_rules import KeyRules, client_address, parsed, rules_of
from storage.models import Option
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream


def _request(peer: str, forwarded: str = "") -> Any:
    headers = {b"x-forwarded-for": forwarded.encode()} if forwarded else {}
    return SimpleNamespace(connection=SimpleNamespace(client_ip=peer), headers=headers)


async def test_endpoints(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel("a", upstream.url)
    secret = await gateway.add_key("chat only", endpoints=["chat_completions"])
    assert (await gateway.post(key=secret)).status == 200
    answer = await gateway.post({"model": "embed-x", "input": "x"}, "/v1/embeddings", key=secret)
    assert (answer.status, answer.json["error"]["code"]) == (403, "endpoint_not_allowed")
    answer = await gateway.post({"model": "gpt-x", "max_tokens": 9}, "/v1/messages", key=secret)
    assert answer.status == 403
    assert answer.json["type"] == "error"
    assert (await gateway.get("/v1/responses/resp_1", gateway.headers(secret))).status == 403
    assert (await gateway.get("/v1/models", gateway.headers(secret))).status == 200
    assert (await gateway.post(key=gateway.key)).status == 200


async def test_networks(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_channel("a", upstream.url)
    inside = await gateway.add_key("inside", networks=["127.0.0.0/8"])
    outside = await gateway.add_key("outside", networks=["10.0.0.0/8"])
    assert (await gateway.post(key=inside)).status == 200
    assert (await gateway.post(key=outside, headers={"x-forwarded-for": "10.1.1.1"})).status == 403
    answer = await gateway.post(key=outside, headers={"idempotency-key": "again"})
    assert (answer.status, answer.json["error"]["code"]) == (403, "network_not_allowed")
    async with gateway.sessions.begin() as session:
        session.add(Option(area="network", name="trusted_proxies", value=["127.0.0.1/32"], actor="test"))
    await gateway.push()
    assert (await gateway.post(key=outside, headers={"x-forwarded-for": "8.8.8.8, 10.1.1.1"})).status == 200
    assert (await gateway.post(key=outside, headers={"x-forwarded-for": "10.1.1.1, 8.8.8.8"})).status == 403
    assert (await gateway.post(key=inside, headers={"x-forwarded-for": "10.1.1.1"})).status == 403


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.1", "10.0.0.1", "192.0.2.1"),  # nobody whom we believe
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.9", "1.2.3.4, 203.0.113.5, 10.0.0.8", "203.0.113.5"),
        ("10.0.0.9", "1.2.3.4, nonsense", "10.0.0.9"),
        ("::ffff:10.0.0.9", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.9", "10.0.0.7, 10.0.0.8", "10.0.0.7"),
    ],
)
def test_whose_address_counts(peer: str, forwarded: str, found: str) -> None:
    trusted = parsed(["10.0.0.0/8"])
    assert client_address(_request(peer, forwarded), trusted) == ipaddress.ip_address(found)


def test_what_is_nobody_is_refused() -> None:
    rules = KeyRules(None, ["0.0.0.0/0"])
    with pytest.raises(ClientError):
        rules.check(_request(""), None, ())
    with pytest.raises(ClientError):
        KeyRules(None, ["nonsense"]).check(_request("10.0.0.1"), None, ())
    with pytest.raises(ClientError):
        KeyRules(["of a later version"], None).check(_request("10.0.0.1"), ("chat", "chat"), ())
    assert rules_of(None, None) is None


@given(st.text(max_size=60))
def test_nothing_that_a_client_writes_fails(text: str) -> None:
    request = _request("10.0.0.9")
    request.headers[b"x-forwarded-for"] = text.encode("utf-8", "replace")
    assert client_address(request, parsed(["10.0.0.0/8"])) is not None
