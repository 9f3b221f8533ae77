"""What those who look at the console are told while they look: one watcher for all of them, which rests without any.

    with hub.watch(caller) as watcher:
        async for event, data in stream(watcher, ...): ...

Every TICK_S it asks the Router once and reads a few rows; each watcher gets what is within its reach. A watcher that
does not keep up loses what it has not read: every event says how things are now, not what changed.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from admin.caller import Caller, Scope
from admin.permissions import Reach
from admin.problems import Problem
from admin.services import Services
from storage.repositories import channel_counts, news, revisions

log = logging.getLogger(__name__)

TICK_S = 2.0
MOST = 500
MOST_PER_CALLER = 20
FLOOR_S = 30.0
"""A batch may be committed so much later than its id says."""

Event = tuple[str, dict[str, Any]]
Look = Callable[[Services], Awaitable[dict[str, Any] | None]]


class Watcher:
    """One open page."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.operator = caller.reach("status.read") is Reach.ALL
        self.health = caller.reach("channels.read") is Reach.ALL
        self.logs: Scope | None = caller.scope("logs.read") if caller.may("logs.read") else None
        self._events: dict[str, dict[str, Any]] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._woken = asyncio.Event()

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """How things are now; what was told already is not told again."""
        if self._told.get(event) != data:
            self._told[event] = self._events[event] = data
            self._woken.set()

    async def next(self, timeout_s: float) -> list[Event]:
        """What is to be told, [] when nothing came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._woken.wait()
        except TimeoutError:
            return []
        self._woken.clear()
        found, self._events = list(self._events.items()), {}
        return found


class Hub:
    """All watchers of this replica."""

    def __init__(self, services: Services, look: Look, tick_s: float = TICK_S) -> None:
        self._services = services
        self._look = look
        self._tick_s = tick_s
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._left = asyncio.Event()
        self._traffic: tuple[float, dict[str, Any]] | None = None
        self._floors: list[tuple[float, str]] = []
        self._seen: set[str] = set()

    @property
    def watching(self) -> int:
        """How many pages are open."""
        return len(self._watchers)

    def check(self, caller: Caller) -> None:
        """Raise 429 when there are too many watchers, or too many of this caller's."""
        own = sum(one.caller.name == caller.name for one in self._watchers)
        if len(self._watchers) >= MOST or own >= MOST_PER_CALLER:
            raise Problem(429, "Too many pages are watching.", slug="too-many", headers={"retry-after": "30"})

    @contextmanager
    def watch(self, caller: Caller) -> Iterator[Watcher]:
        """A watcher until the block ends."""
        watcher = Watcher(caller)
        self._watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                self._left.set()

    async def _run(self) -> None:
        self._traffic, self._floors, self._seen = None, [], set()
        while self._watchers:
            try:
                await self.tick()
            except Exception as error:  # noqa: BLE001  # the database may be away in any way; the next tick tries again
                log.debug("the live view could not be read: %s", type(error).__name__)
            # Not cancelled when nobody is left: a statement that is under way is read to its end.
            await self._rest()

    async def _rest(self) -> None:
        if not self._watchers:
            return
        self._left.clear()
        try:
            async with asyncio.timeout(self._tick_s):
                await self._left.wait()
        except TimeoutError:
            pass

    async def idle(self) -> None:
        """Wait until nobody is looked for, when nobody watches."""
        if not self._watchers and self._task is not None:
            await asyncio.wait([self._task])

    async def tick(self) -> None:
        """Look once and tell everybody."""
        view = await self._look(self._services)
        wants_health = any(one.health for one in self._watchers)
        async with self._services.sessions() as session:
            counters = await revisions.current(session)
            texts = await news.announcements(session)
            channels = await channel_counts.counts(session) if wants_health else None
            fresh, newest = await self._batches(session)
            owners = await news.owners(session, fresh)
        state = self._state(view)
        for one in list(self._watchers):
            one.tell("announcements", {"count": texts[0], "changed": texts[1]})
            if one.operator:
                one.tell("state", state)
            if one.health and channels is not None:
                resting = sorted(int(number) for number in (view or {}).get("resting", {}))
                one.tell("health", {**channels._asdict(), "resting": resting, "routes": counters.get("routes", 0)})
            if one.logs is not None and newest and any(one.logs.holds(*owner) for owner in owners):
                one.tell("logs", {"batch": newest})

    async def _batches(self, session: Any) -> tuple[list[str], str]:  # noqa: ANN401  # a database session
        """The batches that were not seen before, and the newest one."""
        now = time.monotonic()
        if not self._floors:
            self._floors = [(now, await news.latest(session))]
            return [], ""
        found = await news.batches(session, self._floors[0][1])
        fresh = [batch for batch in found if batch not in self._seen]
        self._seen |= set(found)
        self._floors.append((now, found[0] if found else self._floors[-1][1]))
        while len(self._floors) > 1 and self._floors[1][0] < now - FLOOR_S:
            self._floors.pop(0)
            self._seen = {batch for batch in self._seen if batch > self._floors[0][1]}
        return fresh, fresh[0] if fresh else ""

    def _state(self, view: dict[str, Any] | None) -> dict[str, Any]:
        """Traffic now. Rates are None until two looks were taken, and when the Router is away."""
        traffic = (view or {}).get("traffic")
        found: dict[str, Any] = {
            "router": view is not None, "requests_per_s": None, "failures_per_s": None,
            "open_requests": 0, "open_streams": 0,
        }  # fmt: skip
        if not traffic:
            return found
        now = time.monotonic()
        found |= {name: traffic[name] for name in ("open_requests", "open_streams")}
        if self._traffic is not None and now > self._traffic[0]:
            at, before = self._traffic
            for name in ("requests", "failures"):
                # A replica that has just gone is counted again a little later.
                more = max(traffic[name] - before[name], 0)
                found[f"{name}_per_s"] = round(more / (now - at), 2)
        self._traffic = (now, traffic)
        return found


async def stream(
    watcher: Watcher, still: Callable[[], Awaitable[bool]], *, check_s: float, last_s: float
) -> AsyncIterator[Event]:
    """Events until the caller's session ends or `last_s` have passed; ("", {}) where nothing came for a while."""
    ends = time.monotonic() + last_s
    checked = time.monotonic()
    while time.monotonic() < ends:
        found = await watcher.next(min(check_s / 2, max(ends - time.monotonic(), 0)))
        for event in found:
            yield event
        if not found:
            yield "", {}
        if time.monotonic() - checked >= check_s:
            checked = time.monotonic()
            if not await still():
                yield "end", {"reason": "session"}
                return
    yield "end", {"reason": "time"}
