"""Switching channels, and single keys of them, off after failures and on after good tests, by the operator's rules.

A failure that replicas report is confirmed by a test of our own before anything is switched: what an upstream says may
repeat what a client wrote, and no client shall switch off a channel.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from admin import audit
from admin.caller import Caller
from admin.options.channels import ChannelOptions
from admin.services import ProbeResult, Services
from admin.surroundings import announce
from storage.events.outbox import emit
from storage.models import Channel
from storage.models.base import now
from storage.repositories import channel_keys, channel_states, channels

log = logging.getLogger(__name__)

GATEWAY = Caller("gateway", "operator", {})
"""Whom the audit log names for what nobody asked for."""

AUTO = "auto"
MAX_WAITING = 500


class Failure(NamedTuple):
    """What replicas report: see deployments/suspects.py."""

    channel_id: int
    key_id: int
    status: int
    failures: int
    klass: str
    said: str = ""


def matches(options: ChannelOptions, status: int, said: str) -> bool:
    """Whether a failure is one for which a channel is switched off."""
    if status in options.disable_statuses:
        return True
    text = said.lower()
    return bool(text) and any(word.lower() in text for word in options.disable_keywords)


class ChannelHealth:
    """Looks at reported failures one after the other, in the background. One per Admin replica."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: dict[tuple[int, int], Failure] = {}
        self._task: asyncio.Task[None] | None = None

    def take(self, failures: Sequence[Failure]) -> None:
        """Failures to look at; of several of one key the last counts."""
        for failure in failures:
            if len(self._waiting) < MAX_WAITING:
                self._waiting[failure.channel_id, failure.key_id] = failure
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop; what was not looked at is reported again when it fails again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until everything was looked at."""
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._waiting:
            failure = self._waiting.pop(next(iter(self._waiting)))
            try:
                await judge(self._services, failure)
            except Exception as error:  # noqa: BLE001  # the database may be away in any way; the failure comes again
                log.warning("a failure of channel %d could not be judged: %s", failure.channel_id, type(error).__name__)


async def judge(services: Services, failure: Failure) -> bool:
    """Switch a channel or key off if the rules say so and a test confirms it; whether that was done."""
    options = await services.options.get(ChannelOptions)
    if not options.auto_disable or failure.failures < options.disable_after:
        return False
    if not matches(options, failure.status, failure.said):
        return False
    async with services.sessions() as session:
        row = await channels.get(session, failure.channel_id)
    if row is None or not row.enabled or not row.auto_disable:
        return False
    model = model_to_test(row)
    if model is None:
        return False
    result = await services.probe(row.id, model, False, key_id=failure.key_id)
    if result.ok or not matches(options, result.status, result.said.decode("utf-8", "replace")):
        return False
    return await switch_off(services, row.id, failure.key_id, reason_of(result))


def reason_of(result: ProbeResult) -> str:
    """What a failed test says, in few words."""
    return f"HTTP {result.status}: {result.detail}"[:255] if result.status else result.detail[:255]


def model_to_test(row: Channel) -> str | None:
    """The model that tests of a channel ask for, None: it accepts only globs and names none."""
    return row.test_model or next((name for name in row.models if "*" not in name), None)


async def switch_off(services: Services, channel_id: int, key_id: int, reason: str) -> bool:
    """Switch off one key, and the channel when it was the last; without a key the channel. False: it was off."""
    async with services.sessions.begin() as session:
        row = await channels.get(session, channel_id)
        if row is None:
            return False
        whole = True
        if key_id:
            key = await channel_keys.get(session, key_id)
            if key is None or not await channel_keys.switch(session, key, on=False, by=AUTO, reason=reason):
                return False
            await audit.record(
                session, services, GATEWAY, "channels.keys.disable", kind="channel", id=row.id, name=row.name,
                before={"key": key_id, "enabled": True}, after={"key": key_id, "enabled": False, "reason": reason},
            )  # fmt: skip
            whole = (await channel_keys.counts(session, [channel_id])).get(channel_id, (0, 0))[1] == 0
        changed = False
        if whole:
            off = {"enabled": False, "off_by": AUTO, "off_reason": reason, "off_at": now()}
            changed = row.enabled and await channels.update(session, row, off)
        if changed:
            await audit.record(
                session, services, GATEWAY, "channels.disable", kind="channel", id=row.id, name=row.name,
                before={"enabled": True}, after={"enabled": False, "reason": reason},
            )  # fmt: skip
        await emit(
            session, "channel.disabled",
            {"channel": row.name, "channel_id": row.id, "key_id": key_id or None, "reason": reason, "by": AUTO},
            now=services.clock(),
        )  # fmt: skip
    await announce(services)
    return True


async def switch_on(services: Services, channel_id: int, key_id: int = 0) -> bool:
    """Switch on what failures switched off. False: somebody did that, or it is on."""
    async with services.sessions.begin() as session:
        row = await channels.get(session, channel_id)
        if row is None:
            return False
        done = False
        key = await channel_keys.get(session, key_id) if key_id else None
        if key is not None and key.off_by == AUTO:
            done = await channel_keys.switch(session, key, on=True)
        if not row.enabled and row.off_by == AUTO:
            done = await channels.update(session, row, {"enabled": True}) or done
        if not done:
            return False
        await audit.record(
            session, services, GATEWAY, "channels.enable", kind="channel", id=row.id, name=row.name,
            before={"enabled": False, "key": key_id or None}, after={"enabled": True, "key": key_id or None},
        )  # fmt: skip
        data = {"channel": row.name, "channel_id": row.id, "key_id": key_id or None}
        await emit(session, "channel.enabled", data, now=services.clock())
    await announce(services)
    return True


async def try_channel(
    services: Services, row: Channel, model: str, *, stream: bool = False, endpoint: str = "chat", key_id: int = 0
) -> ProbeResult:
    """Test a channel and note how it went."""
    more: dict[str, object] = {"endpoint": endpoint} if endpoint != "chat" else {}
    if key_id:
        more["key_id"] = key_id
    result: ProbeResult = await services.probe(row.id, model, stream, **more)
    if not key_id:
        async with services.sessions.begin() as session:
            if await channels.get(session, row.id) is not None:
                await channel_states.note(
                    session, row.id, tested_at=now(), test_ok=result.ok, test_ms=int(result.milliseconds),
                    test_error="" if result.ok else reason_of(result),
                )  # fmt: skip
    return result


async def check(services: Services, row: Channel, options: ChannelOptions) -> ProbeResult | None:
    """The test of a channel by the clock, and what follows from it; None: it has no model to test with."""
    model = model_to_test(row)
    if model is None:
        return None
    async with services.sessions() as session:
        keys = await channel_keys.of_channel(session, row.id)
    for key in keys:
        if key.off_by == AUTO and options.auto_enable:
            result = await try_channel(services, row, model, key_id=key.id)
            if result.ok:
                await switch_on(services, row.id, key.id)
    result = await try_channel(services, row, model)
    slow = bool(options.slow_ms) and result.milliseconds > options.slow_ms
    if result.ok and not slow and not row.enabled and options.auto_enable:
        await switch_on(services, row.id)
    elif row.enabled and row.auto_disable and options.auto_disable and not keys:
        said = result.said.decode("utf-8", "replace")
        if slow:
            await switch_off(services, row.id, 0, f"A test took {result.milliseconds:.0f} ms.")
        elif not result.ok and matches(options, result.status, said):
            await switch_off(services, row.id, 0, reason_of(result))
    return result
