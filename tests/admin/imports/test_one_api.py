"""One API, which New API is a fork of: other numbers of types, other columns; never a key that may do more here."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from adapters.registry import PROVIDERS
from admin.imports.channels import provider_numbers
from storage.imports import newapi_channels
from tests.admin.imports.newapi import HASH, Source
from tests.admin.imports.test_import import of, take

# The columns of One API v0.6.10, as its own GORM makes them.
_TABLES = """
CREATE TABLE users (id integer PRIMARY KEY, username text UNIQUE, password text NOT NULL, display_name text,
  role integer DEFAULT 1, status integer DEFAULT 1, email text, github_id text, wechat_id text, lark_id text,
  oidc_id text, access_token char(32), quota integer DEFAULT 0, used_quota integer DEFAULT 0,
  request_count integer DEFAULT 0, "group" varchar(32) DEFAULT 'default', aff_code varchar(32), inviter_id integer);
CREATE TABLE tokens (id integer PRIMARY KEY, user_id integer, key char(48), status integer DEFAULT 1, name text,
  created_time integer, accessed_time integer, expired_time integer DEFAULT -1, remain_quota integer DEFAULT 0,
  unlimited_quota numeric DEFAULT false, used_quota integer DEFAULT 0, models text, subnet text DEFAULT '');
CREATE TABLE channels (id integer PRIMARY KEY, type integer DEFAULT 0, key text, status integer DEFAULT 1, name text,
  weight integer DEFAULT 0, created_time integer, test_time integer, response_time integer, base_url text DEFAULT '',
  other text, balance real, balance_updated_time integer, models text, "group" varchar(32) DEFAULT 'default',
  used_quota integer DEFAULT 0, model_mapping varchar(1024) DEFAULT '', priority integer DEFAULT 0, config text,
  system_prompt text);
CREATE TABLE options (key text PRIMARY KEY, value text);
CREATE TABLE redemptions (id integer PRIMARY KEY, user_id integer, key char(32), status integer DEFAULT 1, name text,
  quota integer DEFAULT 100, created_time integer, redeemed_time integer);
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    found = Source.__new__(Source)
    found.path, found.url = tmp_path / "one-api.db", f"sqlite:///{tmp_path}/one-api.db"
    with sqlite3.connect(found.path) as database:
        database.executescript(_TABLES)
    found.add("users", id=1, username="ann", password=HASH, quota=500_000)
    found.add("users", id=2, username="deleted_a1b2", password=HASH, status=3)
    return found


async def test_what_narrows_a_token_is_kept(api: httpx.AsyncClient, source: Source) -> None:
    source.add("tokens", id=1, user_id=1, key="a" * 48, name="wide", unlimited_quota=1, models="")
    source.add(
        "tokens", id=2, user_id=1, key="b" * 48, name="narrow", unlimited_quota=1, models="gpt-4o,gpt-4",
        subnet="10.0.0.0/8,192.168.1.1/32",
    )  # fmt: skip
    source.add("tokens", id=3, user_id=2, key="c" * 48, name="orphan", unlimited_quota=1)
    items = await take(api, source)
    assert of(items, "user", "2")["reason"] == "was removed there"
    assert of(items, "key", "3")["reason"] == "its user was not taken"
    keys = {row["name"]: row for row in (await api.get("/keys")).json()["items"]}
    assert (keys["wide"]["models"], keys["wide"]["networks"]) == (None, None)
    assert keys["narrow"]["models"] == ["gpt-4o", "gpt-4"]
    assert keys["narrow"]["networks"] == ["10.0.0.0/8", "192.168.1.1/32"]


async def test_a_system_prompt_replaces_the_clients(api: httpx.AsyncClient, source: Source) -> None:
    source.add("channels", id=1, type=50, key="sk-1", name="own", models="m", base_url="https://up.example/v1",
               system_prompt="Be brief.", config='{"api_version": "2024-06-01"}')  # fmt: skip
    source.add("channels", id=2, type=38, key="sk-2", name="deepl", models="m")
    items = await take(api, source)
    assert of(items, "channel", "1")["notes"] == ["`other` (2024-06-01) is not taken: set region or parameters"]
    assert of(items, "channel", "2")["reason"] == "no provider here for DeepL"
    (shown,) = (await api.get("/channels")).json()["items"]
    assert shown["settings"]["system_prompt"] == {"text": "Be brief.", "mode": "replace"}
    assert shown["provider"] == "openai-compatible"


@pytest.mark.parametrize(
    ("kind", "provider", "address"),
    [
        (1, "openai", None), (14, "anthropic", None), (27, "minimax", None), (28, "mistral", None),
        (30, "ollama", None), (35, "cohere", None), (36, "deepseek", None), (44, "siliconflow", None),
        (45, "xai", None), (4, "openai-compatible", "https://api.closeai-proxy.xyz"),
        (29, "openai-compatible", "https://api.groq.com/openai"),
    ],
)  # fmt: skip
def test_numbers_are_its_own(kind: int, provider: str, address: str | None) -> None:
    row = {"id": 1, "type": kind, "key": "sk-1", "name": "c", "models": "m", "config": "", "base_url": ""}
    found = newapi_channels.channel(row, provider_of=provider_numbers(PROVIDERS))
    assert not isinstance(found, str)
    assert (found.body["provider"], found.body.get("base_url")) == (provider, address)


def test_the_organisation_of_a_key_at_openai() -> None:
    row = {"id": 1, "type": 1, "key": "k", "name": "c", "models": "m", "auto_ban": 1, "open_ai_organization": "org-1"}
    found = newapi_channels.channel(row, provider_of={1: "openai"})
    assert not isinstance(found, str)
    assert found.body["headers"] == {"OpenAI-Organization": "org-1"}
