"""Made-up requests to every operation of the OpenAPI document: never a 5xx, and every refusal in the error shape."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.services import ProbeResult
from storage import crypto
from storage.database import open_engine, session_factory
from storage.repositories import admin_tokens
from tests.admin.routes import explaining
from tests.admin.services import application, make_services, openapi_document

TOKEN = "gwa-" + "t" * 43
DOCUMENT = openapi_document()
OPERATIONS = [
    (method.upper(), path, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.sampled_from(["", "a", "1", "*", "openai"]),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference."""
    if "$ref" in schema:
        found: dict[str, Any] = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def values(schema: dict[str, Any], depth: int = 0, *, junk: bool = False) -> st.SearchStrategy[Any]:
    """Values that look like the schema, so that they come past the checks; with `junk` some parts are anything."""
    schema = resolved(schema)
    likely: list[st.SearchStrategy[Any]] = [st.just(example) for example in schema.get("examples", [])]
    likely += [values(option, depth + 1, junk=junk) for option in schema.get("anyOf", [])]
    kind = schema.get("type")
    if "properties" in schema and depth < 6:
        fields = {name: values(below, depth + 1, junk=junk) for name, below in schema["properties"].items()}
        required = {name: fields.pop(name) for name in schema.get("required", [])}
        likely.append(st.fixed_dictionaries(required, optional=fields))
    elif kind == "array":
        likely.append(st.lists(values(schema.get("items", {}), depth + 1, junk=junk), max_size=3))
    elif kind == "object":
        below = schema.get("additionalProperties")
        likely.append(
            st.dictionaries(
                st.text(max_size=5), values(below if isinstance(below, dict) else {}, depth + 1, junk=junk), max_size=3
            )
        )
    elif kind in {"integer", "number"}:
        likely.append(st.integers(-2, 10))
    elif kind == "boolean":
        likely.append(st.booleans())
    elif kind == "string":
        likely += [st.text("ab-", min_size=1, max_size=3), st.sampled_from(["openai", "https://a.example/v1"])]
    if kind == "null":
        likely.append(st.none())
    return st.one_of(*likely, ANYTHING) if junk or not likely else st.one_of(*likely)


def mixed(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Half of the values with junk in them."""
    return values(schema) | values(schema, junk=True)


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[operation["operationId"] for _, _, operation in OPERATIONS]
)
def test_made_up_requests(database: Path, method: str, path: str, operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    parameters = operation.get("parameters", [])
    places = {
        item["name"]: st.sampled_from(["a", "1"]) | mixed(item["schema"]) for item in parameters if item["in"] == "path"
    }
    queries = {item["name"]: mixed(item["schema"]) for item in parameters if item["in"] == "query"}

    with asyncio.Runner() as runner:
        client, close = runner.run(open_client(database))

        @settings(
            max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(
            body=mixed(content["schema"]) if content else st.none(),
            place=st.fixed_dictionaries(places),
            query=st.fixed_dictionaries({}, optional=queries),
        )
        def send(body: Any, place: dict[str, Any], query: dict[str, Any]) -> None:
            target = path
            for name, value in place.items():
                target = target.replace(f"{{{name}}}", quote(str(value).encode("utf-8", "replace"), safe="") or "x")
            text = {name: str(value).encode("utf-8", "replace").decode() for name, value in query.items()}
            kind = {"content-type": "application/json"} if content else {}
            sent = json.dumps(body).encode() if content else None
            answer = runner.run(client.request(method, target, params=text, content=sent, headers=kind))
            assert answer.status_code < 500, answer.text
            if answer.status_code >= 400:
                form = "scim" if path.startswith("/scim/") else "problem"
                assert answer.headers["content-type"] == f"application/{form}+json"
                assert answer.json()["detail"]

        try:
            send()
        finally:
            runner.run(close())


async def open_client(database: Path) -> tuple[httpx.AsyncClient, Callable[[], Coroutine[Any, Any, None]]]:
    """A client of an application on `database`, with a channel and a key; and how to close both."""
    engine = open_engine(f"sqlite:///{database}")
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")

    async def nothing() -> None:
        return

    async def status() -> dict[str, Any]:
        return {}

    async def probe(channel_id: int, model: str, stream: bool, **_more: Any) -> ProbeResult:
        return ProbeResult(True, 200, 1.0, 1.0, model)

    box, routes = crypto.SecretBox(b"k" * 32), explaining(sessions)
    services = make_services(sessions, box, notify=nothing, probe=probe, status=status, explain_route=routes)
    transport = httpx.ASGITransport(application(services))
    client = httpx.AsyncClient(transport=transport, base_url="http://x", headers={"authorization": f"Bearer {TOKEN}"})
    await client.post("/api/v1/channels", json={"name": "a", "provider": "openai", "secret": "s" * 20})
    await client.post("/api/v1/keys", json={"name": "a"})

    async def close() -> None:
        await client.aclose()
        await engine.dispose()

    return client, close
