"""Background jobs over the API: lists, running one now, cancelling, progress as events, for operators only."""

import asyncio
from typing import Any

import httpx
import pytest

from admin import jobs
from admin.endpoints import jobs as endpoint
from storage.models import AuditEntry
from storage.repositories import jobs as rows
from tests.admin.conftest import World

KIND = "test.count"


async def submitted(world: World) -> int:
    async with world.sessions.begin() as session:
        return (await jobs.submit(session, world.services(), KIND, {}, actor="user:ann", total=2)).id


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(_run: jobs.Run) -> None:
        return

    monkeypatch.setitem(jobs.KINDS, KIND, work)
    monkeypatch.setattr(endpoint, "WATCH_S", 0.01)


async def test_jobs_are_listed_and_cancelled(world: World, api: httpx.AsyncClient) -> None:
    number = await submitted(world)
    (one,) = (await api.get(f"/jobs?kind={KIND}&state=queued&sort=-id")).json()["items"]
    assert (one["id"], one["total"], one["actor"], one["started_at"]) == (number, 2, "user:ann", None)
    assert (await api.get("/jobs?kind=other")).json()["items"] == []
    assert (await api.post(f"/jobs/{number}/cancel")).json()["state"] == "cancelled"
    assert (await api.post(f"/jobs/{number}/cancel")).status_code == 409
    assert (await api.get("/jobs/99")).status_code == 404
    async with world.sessions() as session:
        (entry,) = await session.scalars(AuditEntry.__table__.select().with_only_columns(AuditEntry.action))
    assert entry == "jobs.cancel"


async def test_a_periodic_job_runs_now(world: World, api: httpx.AsyncClient) -> None:
    async with world.sessions.begin() as session:
        await rows.add_schedules(session, ["events.deliver"])
        mine = await rows.claim_schedule(session, "events.deliver", "admin-1:x", now=world.now, ttl_s=60)
        assert mine == {}
    (one,) = (await api.get("/jobs/schedules")).json()["items"]
    assert (one["name"], one["running"], one["replica"]) == ("events.deliver", True, "admin-1")
    async with world.sessions.begin() as session:
        await rows.end_schedule(
            session, "events.deliver", "admin-1:x", now=world.now, next_at=world.now + 99, error=None
        )
    assert (await api.post("/jobs/schedules/events.deliver/run")).status_code == 202
    async with world.sessions() as session:
        assert await rows.due(session, ["events.deliver"], world.now) == ["events.deliver"]
    assert (await api.post("/jobs/schedules/none/run")).status_code == 404


async def test_progress_comes_as_events_until_the_end(world: World, api: httpx.AsyncClient) -> None:
    number = await submitted(world)

    async def progress() -> None:
        async with world.sessions.begin() as session:
            await rows.claim(session, number, "r", now=world.now, ttl_s=60)
        async with world.sessions.begin() as session:
            await rows.keep(session, number, "r", now=world.now, ttl_s=60, progress={"done": 1})
        async with world.sessions.begin() as session:
            result: dict[str, Any] = {"ok": 2}
            await rows.end(session, number, "r", state="done", now=world.now, result=result)

    task = asyncio.create_task(progress())
    answer = await api.get(f"/jobs/{number}/events")
    await task
    assert answer.headers["content-type"].startswith("text/event-stream")
    frames = answer.text.strip().split("\n\n")
    assert all(frame.startswith("event: job\ndata: {") for frame in frames)
    assert '"state":"done"' in frames[-1]
    assert '"result":{"ok":2}' in frames[-1]
    assert (await api.get("/jobs/99/events")).status_code == 404
