"""Requests that keep coming: a closed loop of workers that remembers what its clients saw, request id by request id.

Must not judge: tests decide which failures are allowed.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeAlias

import httpx

from tests.stopwatch import Stopwatch

MESSAGES = [{"role": "user", "content": "Say this is a test."}]


@dataclass
class Seen:
    """What the clients saw. `complete` are ids of answers that arrived whole; `failures` counts the rest by kind."""

    complete: set[str] = field(default_factory=set)
    failures: Counter[str] = field(default_factory=Counter)
    failed_at: list[float] = field(default_factory=list)
    ended_with_error_event: int = 0
    events: int = 0

    def failed(self, kind: str) -> None:
        """Note a failure and when it was."""
        self.failures[kind] += 1
        self.failed_at.append(time.monotonic())

    @property
    def outage_s(self) -> float:
        """Seconds from the first failure to the last."""
        return self.failed_at[-1] - self.failed_at[0] if self.failed_at else 0.0


async def send(client: httpx.AsyncClient, model: str, seen: Seen, *, stream: bool) -> None:
    """One chat request; errors are noted, not raised."""
    body: dict[str, Any] = {"model": model, "messages": MESSAGES, "stream": stream}
    try:
        async with client.stream("POST", "/v1/chat/completions", json=body) as response:
            text = ""
            async for piece in response.aiter_text():
                text += piece
                seen.events += piece.count("data: ")
    except httpx.HTTPError as error:
        seen.failed(type(error).__name__)
        return
    if response.status_code != 200:
        code = re.search(r'"code":"[^"]*"', text)
        seen.failed(f"status {response.status_code} {code[0] if code else text[:100]}")
    elif stream and 'data: {"error"' in text:
        seen.ended_with_error_event += 1
    elif stream and not text.rstrip().endswith("data: [DONE]"):
        seen.failed("stream without its end")
    else:
        seen.complete.add(response.headers["x-request-id"])


class Load:
    """`async with Load(...) as load`: workers send one request after the other until the block is left."""

    def __init__(
        self, url: str, key: str, models: Sequence[tuple[str, bool]], *, workers: int, fresh: bool = False
    ) -> None:
        """`models`: (name, stream) in turn. `fresh`: a new connection for each request."""
        self.seen = Seen()
        self._models = models
        self._workers = workers
        self._stop = False
        headers = {"authorization": f"Bearer {key}"} | ({"connection": "close"} if fresh else {})
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=30.0, trust_env=False)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._work(number)) for number in range(self._workers)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop = True
        await asyncio.gather(*self._tasks)
        await self._client.aclose()

    async def more(self, count: int, within_s: float) -> float:
        """Wait for `count` further complete answers; returns the seconds that took. Raises TimeoutError."""
        wanted = len(self.seen.complete) + count
        watch = Stopwatch()
        while len(self.seen.complete) < wanted:
            if watch.s > within_s:
                raise TimeoutError(f"{wanted - len(self.seen.complete)} answers are missing after {within_s:g} s")
            await asyncio.sleep(0.02)
        return watch.s

    async def _work(self, number: int) -> None:
        while not self._stop:
            model, stream = self._models[number % len(self._models)]
            number += 1
            before = len(self.seen.failed_at)
            await send(self._client, model, self.seen, stream=stream)
            if len(self.seen.failed_at) > before:
                await asyncio.sleep(0.05)


Streams: TypeAlias = tuple[Seen, list["asyncio.Task[None]"]]


@asynccontextmanager
async def open_streams(url: str, key: str, model: str, count: int) -> AsyncIterator[Streams]:
    """`count` streams, begun (each has sent something) when the block is entered; awaited when it is left."""
    seen = Seen()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=60.0, limits=limits, trust_env=False
    ) as client:
        tasks = [asyncio.create_task(send(client, model, seen, stream=True)) for _ in range(count)]
        async with asyncio.timeout(60):
            while seen.events < count * 2 and not any(task.done() for task in tasks):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        try:
            yield seen, tasks
        finally:
            await asyncio.gather(*tasks)
