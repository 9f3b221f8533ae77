"""The admin API on a real PostgreSQL and a real MariaDB, where they differ from SQLite: times, NUL, unique values."""

from typing import Any

import httpx
import pytest

from admin.services import ProbeResult
from storage import crypto
from storage.database import open_engine, session_factory
from storage.repositories import admin_tokens
from tests.admin.services import application, make_services

TOKEN = "gwa-" + "t" * 43
DOCUMENT = {
    "channels": [{"name": "main", "provider": "openai", "secret": "s" * 20, "models": {"a": "", "b-*": ""}}],
    "keys": [{"name": "app", "key": "k" * 20, "models": ["a"], "expires_at": "2031-01-01T00:00:00.123456Z"}],
    "prices": [{"model": "a", "input": "1000000", "output": "0.000000001", "cache_read": "0"}],
}


@pytest.mark.parametrize("server", ["postgres", "mysql"])
async def test_on_a_server(server: str, request: pytest.FixtureRequest, refused) -> None:
    url: str = request.getfixturevalue(f"migrated_{server}")
    engine = open_engine(url)
    sessions = session_factory(engine)
    async with sessions.begin() as session:
        await admin_tokens.create(session, crypto.digest(TOKEN), "first")

    async def nothing() -> None:
        return

    async def status() -> dict[str, int]:
        return {}

    async def probe(channel_id: int, model: str, stream: bool, **_more: Any) -> ProbeResult:
        return ProbeResult(True, 200, 1.0, 1.0, model)

    services = make_services(sessions, crypto.SecretBox(b"k" * 32), notify=nothing, probe=probe, status=status)
    transport = httpx.ASGITransport(application(services))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://x/api/v1", headers=headers) as api:
        for expected in ("create", "unchanged"):
            answer = await api.post("/apply", json={"document": DOCUMENT})
            assert answer.status_code == 200, answer.text
            assert {change["action"] for change in answer.json()["changes"]} == {expected}
        answer = await api.patch("/channels/main", json={"name": "new", "priority": -1_000_000, "weight": 1_000_000})
        assert answer.status_code == 200, answer.text
        refused(await api.post("/keys", json={"name": "app"}), 409)
        refused(await api.post("/keys", json={"name": "other", "key": "k" * 20}), 409)
        for path in ("/channels/%00", "/keys/%00", "/keys/" + "9" * 19, "/channels/" + "9" * 10):
            refused(await api.get(path), 404)
        for query in ("channel=%00", "key=" + "9" * 30, "channel=" + "9" * 10, "before=999999999999999999.x"):
            assert (await api.get(f"/usage?{query}")).json()["items"] == []
        refused(await api.get("/usage?request_id=%00"), 422)
        totals = {"group_by": "day", "since": "2000-01-01T00:00:00Z", "until": "9000-01-01T00:00:00Z"}
        assert (await api.get("/usage/totals", params=totals)).json() == {"items": []}
        assert (await api.get("/status")).json()["keys"] == {"total": 1, "enabled": 1}
        answer = await api.post("/apply", json={"document": {"channels": [], "keys": [], "prices": []}, "prune": True})
        assert {change["action"] for change in answer.json()["changes"]} == {"delete"}
    await engine.dispose()
