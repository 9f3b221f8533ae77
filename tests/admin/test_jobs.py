"""Background jobs: run by one replica, kept by a lease, gone on with after a crash, cancelled, tried again."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from admin import job_runner, jobs
from admin.job_runner import TTL_S, Runner
from admin.jobs import Run
from admin.sessions import Sessions
from storage.database import session_factory
from storage.models.event import Event
from storage.models.job import Job, Schedule
from storage.repositories import jobs as rows


@pytest.fixture
def services(engine: AsyncEngine) -> Any:
    found = SimpleNamespace(sessions=Sessions(session_factory(engine)), now=1_800_000_000)
    found.clock = lambda: found.now
    return found


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty registry of this test."""
    jobs.discover()  # a module that is first imported meanwhile would be known to this test only
    monkeypatch.setattr(jobs, "PERIODIC", {})
    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(job_runner, "PERIODIC", jobs.PERIODIC)
    monkeypatch.setattr(job_runner, "KINDS", jobs.KINDS)


async def turn(*runners: Runner) -> None:
    for runner in runners:
        await runner.tick()
    for runner in runners:
        await runner.idle()


async def schedule(services: Any, name: str) -> Schedule:
    async with services.sessions() as session:
        (found,) = [row for row in await rows.schedules(session) if row.name == name]
        return found


async def submitted(services: Any, kind: str, **payload: Any) -> int:
    async with services.sessions.begin() as session:
        return (await jobs.submit(session, services, kind, payload, actor="token:ci")).id


async def found(services: Any, job_id: int) -> Job:
    async with services.sessions() as session:
        row = await rows.get(session, job_id)
        assert row is not None
        return row


async def told(services: Any) -> list[dict[str, Any]]:
    async with services.sessions() as session:
        return list(await session.scalars(select(Event.data).where(Event.kind == "job.failed")))


async def test_of_two_replicas_one_runs_it_and_not_again_before_its_time(services: Any) -> None:
    ran: list[int] = []

    @jobs.periodic("count", every_s=60)
    async def count(run: Run) -> None:
        ran.append(run.cursor.get("seen", 0))
        await run.save(cursor={"seen": len(ran)})

    first, second = Runner(services, "a"), Runner(services, "b")
    await turn(first)
    await turn(first, second)
    assert ran == [0]
    services.now += 59
    await turn(second, first)
    assert ran == [0]
    services.now += 1
    await asyncio.gather(first.tick(), second.tick())
    await turn(first, second)
    assert ran == [0, 1]
    assert (await schedule(services, "count")).runs == 2


async def test_one_that_fails_is_tried_again_soon_and_its_class_is_noted(services: Any) -> None:
    @jobs.periodic("broken", every_s=3600)
    async def broken(run: Run) -> None:
        raise ValueError(run.name)

    runner = Runner(services, "a")
    await turn(runner)
    await turn(runner)
    row = await schedule(services, "broken")
    assert (row.error, row.failures, row.next_at - services.now) == ("ValueError", 1, job_runner.RETRY_S)
    for _ in range(4):
        services.now += job_runner.RETRY_S
        await turn(runner)
    assert (await schedule(services, "broken")).failures == 5
    assert await told(services) == [{"name": "broken", "error": "ValueError"}]


async def test_one_that_the_options_switch_off_does_not_run(services: Any) -> None:
    async def off(_services: Any) -> int:
        return 0

    @jobs.periodic("off", every_s=off)
    async def never(_run: Run) -> None:
        raise AssertionError

    runner = Runner(services, "a")
    await turn(runner)
    await turn(runner)
    row = await schedule(services, "off")
    assert (row.error, row.runs) == ("", 1)


async def test_a_job_tells_its_progress_and_its_result(services: Any) -> None:
    @jobs.kind("add")
    async def add(run: Run) -> dict[str, Any]:
        await run.save(done=1, total=2, result={"so": "far"})
        return {"sum": sum(run.payload["numbers"])}

    job_id = await submitted(services, "add", numbers=[1, 2, 3])
    await turn(Runner(services, "a"))
    row = await found(services, job_id)
    assert (row.state, row.result, row.done, row.total, row.holder) == ("done", {"sum": 6}, 1, 2, "")
    with pytest.raises(KeyError):
        await submitted(services, "unknown")


async def test_another_replica_goes_on_from_the_cursor_and_the_lost_one_changes_nothing(services: Any) -> None:
    saved, stuck = asyncio.Event(), asyncio.Event()

    @jobs.kind("walk")
    async def walk(run: Run) -> dict[str, Any]:
        if not run.cursor:
            await run.save(cursor={"at": 5})
            saved.set()
            await stuck.wait()
            await run.save(cursor={"at": 99})
        return {"from": run.cursor["at"]}

    job_id = await submitted(services, "walk")
    lost, other = Runner(services, "lost"), Runner(services, "other")
    await lost.tick()
    await saved.wait()
    await turn(other)
    assert (await found(services, job_id)).state == "running"
    services.now += TTL_S + 1
    await turn(other)
    stuck.set()
    await lost.idle()
    row = await found(services, job_id)
    assert (row.state, row.result, row.cursor) == ("done", {"from": 5}, {"at": 5})


async def test_a_replica_that_stops_leaves_its_job_to_the_next_one_at_once(services: Any) -> None:
    begun = asyncio.Event()

    @jobs.kind("long")
    async def long(run: Run) -> dict[str, Any]:
        if run.actor == "token:ci" and not run.cursor:
            await run.save(cursor={"begun": True})
            begun.set()
            await asyncio.Event().wait()
        return run.cursor

    job_id = await submitted(services, "long")
    first = Runner(services, "a")
    await first.tick()
    await begun.wait()
    await first.close()
    assert (await found(services, job_id)).state == "queued"
    await turn(Runner(services, "b"))
    assert (await found(services, job_id)).result == {"begun": True}


async def test_a_job_is_cancelled_whether_it_runs_or_waits(services: Any) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @jobs.kind("loop")
    async def loop(run: Run) -> None:
        begun.set()
        await go.wait()
        await run.save(done=1)
        raise AssertionError

    running, runner = await submitted(services, "loop"), Runner(services, "a")
    await runner.tick()
    await begun.wait()
    waiting = await submitted(services, "loop")
    async with services.sessions.begin() as session:
        await rows.cancel(session, running, services.now)
        await rows.cancel(session, waiting, services.now)
    assert (await found(services, waiting)).state == "cancelled"
    go.set()
    await runner.idle()
    assert (await found(services, running)).state == "cancelled"
    services.now += 100
    async with services.sessions.begin() as session:
        assert await rows.forget(session, services.now) == 2


async def test_a_job_that_waits_for_something_is_stopped_all_the_same(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runner, "LOOK_S", 0.01)
    begun, given_up = asyncio.Event(), asyncio.Event()

    @jobs.kind("stuck")
    async def stuck(run: Run) -> None:
        await run.save(done=1, total=2, result={"so": "far"})
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    job_id, runner = await submitted(services, "stuck"), Runner(services, "a")
    await runner.tick()
    await begun.wait()
    async with services.sessions.begin() as session:
        await rows.cancel(session, job_id, services.now)
    async with asyncio.timeout(30):
        await runner.idle()
    row = await found(services, job_id)
    assert given_up.is_set()
    assert (row.state, row.done, row.result) == ("cancelled", 1, {"so": "far"})


async def test_a_failed_job_says_which_class_of_error(services: Any) -> None:
    @jobs.kind("bad")
    async def bad(_run: Run) -> None:
        raise RuntimeError("with a secret")

    job_id = await submitted(services, "bad")
    await turn(Runner(services, "a"))
    row = await found(services, job_id)
    assert (row.state, row.error) == ("failed", "RuntimeError")
    assert await told(services) == [{"name": f"bad {job_id}", "error": "RuntimeError"}]


async def test_the_jobs_of_the_gateway_are_found() -> None:
    jobs.discover()


async def test_one_that_has_nothing_to_do_writes_nothing(services: Any, engine: AsyncEngine) -> None:
    asked: list[int] = []
    there = False

    async def needed(_session: AsyncSession, now: int) -> bool:
        asked.append(now)
        return there

    @jobs.periodic("seldom", every_s=60, needed=needed)
    async def seldom(run: Run) -> None:
        await run.save(cursor={"ran": True})

    runner = Runner(services, "a")
    await turn(runner)
    written: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: written.append(given[2].split()[0]))
    for _ in range(59):
        services.now += 1
        await turn(runner)
    assert len(asked) == 1
    services.now += 1
    await turn(runner)
    assert len(asked) == 2
    assert set(written) == {"SELECT"}
    there = True
    services.now += 60
    await turn(runner)
    row = await schedule(services, "seldom")
    assert (row.runs, row.state, row.next_at) == (1, {"ran": True}, services.now + 60)
