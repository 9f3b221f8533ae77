"""Secrets stay where they are: not sent to another address, not in errors, and not in any shape of an answer."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from admin.permissions import Reach
from tests.admin.authorization.conftest import Cast, call, cast, stage
from tests.admin.conftest import World
from tests.admin.services import openapi_document

__all__ = ["call", "cast", "stage"]

EDITOR = {"channels.read": Reach.ALL, "channels.write": Reach.ALL}
KEEPER = {**EDITOR, "channels.secrets": Reach.ALL}
AWAY: list[dict[str, Any]] = [
    {"base_url": "https://evil.example/v1"},
    {"settings": {"base_urls": {"chat": "https://evil.example/v1"}}},
    {"settings": {"proxy": "http://evil.example:3128"}},
]


@pytest.mark.parametrize("patch", AWAY)
async def test_a_channels_secret_goes_nowhere_else(
    call: httpx.AsyncClient, cast: Cast, world: World, refused: Any, patch: dict[str, Any]
) -> None:
    cast.add("editor", EDITOR)
    cast.add("keeper", KEEPER)
    cast.add("stale", KEEPER, stepped_up_at=0)
    at = "/api/v1/channels"
    body = {"name": "a", "provider": "openai", "secret": "sk-0123456789abcdef"}
    assert (await call.post(at, json=body, headers={"x-as": "keeper"})).status_code == 201
    assert refused(await call.patch(f"{at}/a", json=patch, headers={"x-as": "editor"}), 403)["detail"]
    slug = refused(await call.patch(f"{at}/a", json=patch, headers={"x-as": "stale"}), 403)["type"]
    assert slug.endswith("step-up-needed")
    many = await call.post(
        f"{at}/bulk", json={"action": "change", "ids": [1], "values": patch}, headers={"x-as": "editor"}
    )
    assert [one["ok"] for one in many.json()["results"]] == [False]
    shown = (await call.get(f"{at}/a", headers={"x-as": "editor"})).json()
    assert "evil" not in str(shown)
    harmless = {"base_url": shown["base_url"], "remark": "x"}
    for fine in (harmless, {"settings": {"price_ratio": "1.5"}}, {"base_url": None}):
        answer = await call.patch(f"{at}/a", json=fine, headers={"x-as": "editor"})
        assert answer.status_code == 200, answer.text
    assert (await call.patch(f"{at}/a", json=patch, headers={"x-as": "keeper"})).status_code == 200


async def test_a_channel_without_secrets_is_moved_by_who_changes_channels(call: httpx.AsyncClient, cast: Cast) -> None:
    cast.add("editor", EDITOR)
    at, head = "/api/v1/channels", {"x-as": "editor"}
    body = {"name": "own", "provider": "openai-compatible", "base_url": "http://10.0.0.5:8000/v1"}
    assert (await call.post(at, json=body, headers=head)).status_code == 201
    assert (await call.patch(f"{at}/own", json={"base_url": "http://10.0.0.6/v1"}, headers=head)).status_code == 200


async def test_the_key_of_a_phone_goes_nowhere_else(api: httpx.AsyncClient, refused: Any) -> None:
    body = {"kind": "gotify", "name": "phone", "owner": "gateway", "url": "https://push.example/", "key": "AiOLxxDxYO"}
    made = (await api.post("/notifications/targets", json=body)).json()
    at = f"/notifications/targets/{made['id']}"
    errors = refused(await api.patch(at, json={"url": "https://evil.example"}), 422)["errors"]
    assert [error["field"] for error in errors] == ["body.key"]
    assert (await api.patch(at, json={"url": "https://push.example/", "name": "other"})).status_code == 200
    answer = await api.patch(at, json={"url": "https://new.example", "key": "Another"})
    assert (answer.status_code, answer.json()["url"]) == (200, "https://new.example")


async def test_errors_of_the_database_hold_no_values(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(SQLAlchemyError) as caught:
            await connection.execute(text("SELECT :what FROM there_is_no_such_table"), {"what": "sk-of-somebody"})
    assert "sk-of-somebody" not in str(caught.value)


_SECRETIVE = re.compile(r"secret|password|passphrase|private|(^|_)token$|(^|_)key$|digest|credential|hash|seed")
_KNOWN = {
    # Shown once, to who made it.
    "InvitationMade.token", "KeyCreated.key", "TargetCreated.secret", "TokenCreated.token", "TotpSetup.secret",
    # Of one's own session, against requests of other sites.
    "MeOut.csrf_token", "SignedInAs.csrf_token",
    # The last characters, or whether there is one.
    "ChannelOut.secret_hint", "ChannelOut.has_proxy_secret", "IdentityProviderOut.has_secret",
    "SafetyRuleOut.has_secret", "SettingOut.secret", "CredentialsOut.has_password",
    "CredentialsOut.must_change_password", "CredentialsOut.password_at", "MeOut.has_password",
    "MeOut.must_change_password", "SignedInAs.must_change_password", "ProviderOut.secret",
    # For the playground's page, made for it; whether and how people sign in; what translations call a setting by.
    "PlaygroundKey.key", "LoginWays.password", "LoginWays.password_length", "LoginWays.password_reset",
    "LoginWays.turnstile_site_key", "SettingOut.key",
    # Names of keys, and empty or masked in the layer for New API's clients.
    "UsageOut.key", "TaskOut.key", "RouteOut.key", "SpeaksOut.key", "ChannelItem.key", "TokenItem.key",
}  # fmt: skip


def test_no_shape_of_an_answer_has_another_field_for_a_secret() -> None:
    """A new one belongs into the list above, with the reason why it may be shown."""
    document = openapi_document()
    schemas = document["components"]["schemas"]

    def refs(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"].rsplit("/", 1)[1]} if "$ref" in node else set()
            return own.union(*map(refs, node.values()))
        return set().union(*map(refs, node)) if isinstance(node, list) else set()

    waiting = {name for path in document["paths"].values() for op in path.values() for name in refs(op["responses"])}
    shown: set[str] = set()
    while waiting:
        name = waiting.pop()
        shown.add(name)
        waiting |= refs(schemas[name]) - shown
    found = {
        f"{name}.{field}" for name in shown for field in schemas[name].get("properties", {}) if _SECRETIVE.search(field)
    }
    assert found == _KNOWN
