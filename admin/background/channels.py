"""Work on many channels: tests, balances and models, started by somebody or by the clock.

A job keeps its place by the number of channels that are done, so that another replica goes on from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from admin import channel_health, channel_models
from admin.endpoints.channel_upstream import ask_balance
from admin.jobs import Run, State, kind, periodic
from admin.options.channels import ChannelOptions
from admin.said import said
from admin.services import ChannelAskError, Services
from storage.models import Channel
from storage.repositories import channel_keys, channels

MAX_KEPT = 1000
"""Results that a job keeps, the failed ones first."""

One = Callable[[Channel], Awaitable[dict[str, Any]]]


async def _each(run: Run, one: One) -> State:
    ids: list[int] = run.payload["ids"]
    results: list[dict[str, Any]] = list(run.cursor.get("results", []))
    start = int(run.cursor.get("at", 0))
    at_once = (await run.services.options.get(ChannelOptions)).test_at_once
    for place in range(start, len(ids), at_once):
        part = ids[place : place + at_once]
        if not run.payload.get("dry_run"):
            results += await asyncio.gather(*(_result(run.services, number, one) for number in part))
        results.sort(key=lambda result: result["ok"])
        results = results[:MAX_KEPT]
        done = place + len(part)
        so_far = _told(ids[:done], results)
        await run.save(cursor={"at": done, "results": results}, done=done, total=len(ids), result=so_far)
    return _told(ids, results)


def _told(ids: Sequence[int], results: list[dict[str, Any]]) -> State:
    """What stands in the job, also when it is stopped on the way."""
    return {"channels": len(ids), "failed": sum(not result["ok"] for result in results), "results": results}


async def _result(services: Services, channel_id: int, one: One) -> dict[str, Any]:
    async with services.sessions() as session:
        row = await channels.get(session, channel_id)
    if row is None:
        found: dict[str, Any] = {"id": channel_id, "name": "", "ok": False, "detail": "There is no such channel."}
    else:
        found = {"id": row.id, "name": row.name, **await one(row)}
    if (words := said(found.get("detail"))) is not None:
        found["detail_said"] = words.model_dump()
    return found


@kind("channels.test")
async def test(run: Run) -> State:
    """Test each channel with one small request."""

    async def one(row: Channel) -> dict[str, Any]:
        model = run.payload.get("model") or channel_health.model_to_test(row)
        if not model:
            return {"ok": False, "detail": "It accepts only globs, and names no model to test with."}
        found = await channel_health.try_channel(
            run.services, row, model, stream=run.payload["stream"], endpoint=run.payload["endpoint"]
        )
        return {
            "ok": found.ok, "status": found.status, "milliseconds": round(found.milliseconds), "model": model,
            "detail": found.detail,
        }  # fmt: skip

    return await _each(run, one)


@kind("channels.balance")
async def balance(run: Run) -> State:
    """Ask each channel's provider what is left."""

    async def one(row: Channel) -> dict[str, Any]:
        try:
            found = await ask_balance(run.services, row.id)
        except ChannelAskError as error:
            return {"ok": False, "detail": str(error)}
        return {"ok": True, "balance": found.balance, "currency": found.currency}

    return await _each(run, one)


@kind("channels.models")
async def models(run: Run) -> State:
    """Compare each channel's models with its upstream's."""

    async def one(row: Channel) -> dict[str, Any]:
        try:
            found = await channel_models.look(run.services, row.id)
        except ChannelAskError as error:
            return {"ok": False, "detail": str(error)}
        return {"ok": True, "new": found.new[:200], "gone": found.gone[:200]}

    return await _each(run, one)


async def _tests_every(services: Services) -> int:
    return (await services.options.get(ChannelOptions)).test_every_min * 60


@periodic("channels.test", every_s=_tests_every)
async def scheduled_tests(run: Run) -> None:
    """Test channels by the clock, and switch on what works again."""
    options = await run.services.options.get(ChannelOptions)
    async with run.services.sessions() as session:
        partly_off = await channel_keys.with_failed(session)
        rows = [row for row in await channels.list_all(session) if _wanted(row, options) or row.id in partly_off]
    await _by_parts(run, rows, options.test_at_once, lambda row: channel_health.check(run.services, row, options))


def _wanted(row: Channel, options: ChannelOptions) -> bool:
    """One that somebody switched off is left alone."""
    if not row.enabled:
        return row.off_by == channel_health.AUTO
    return options.test_which == "all"


async def _models_every(services: Services) -> int:
    return (await services.options.get(ChannelOptions)).models_every_min * 60


@periodic("channels.models", every_s=_models_every)
async def scheduled_models(run: Run) -> None:
    """Look at the upstreams' models by the clock, of channels that ask for it."""

    async def one(row: Channel) -> None:
        try:
            await channel_models.follow(run.services, row.id)
        except ChannelAskError:
            return  # noted with the channel

    async with run.services.sessions() as session:
        rows = [row for row in await channels.list_all(session) if row.enabled and row.watch_models != "off"]
    await _by_parts(run, rows, 4, one)


async def _by_parts(
    run: Run, rows: Sequence[Channel], at_once: int, work: Callable[[Channel], Awaitable[object]]
) -> None:
    for place in range(0, len(rows), at_once):
        await asyncio.gather(*(work(row) for row in rows[place : place + at_once]))
        await run.save()
