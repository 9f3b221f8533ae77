"""Deadlines of upstream calls, checked by one task a few times a second instead of a timer per request or per event.

An exchange sets `deadline` (loop time); the watch cancels its task when that has passed and sets `timed_out`, which the
pipeline turns into an error. A stream that has begun is asked as often whether its client needs a ping.
"""

import asyncio

from deployments.exchange import Exchange

TICK_S = 0.25

FORGIVEN = 4
"""So many looks in a row that come late by a tick or more cut nothing: see `_run`."""


class Watch:
    """All exchanges that wait for an upstream."""

    def __init__(self) -> None:
        self._watched: dict[Exchange, asyncio.Task[None]] = {}
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def alive(self) -> bool:
        """Whether deadlines are being watched."""
        return not self._task.done()

    def add(self, exchange: Exchange, task: asyncio.Task[None] | None) -> None:
        """Watch an exchange and the task that serves it."""
        if task is not None:
            self._watched[exchange] = task

    def remove(self, exchange: Exchange) -> None:
        """Watch it no longer."""
        self._watched.pop(exchange, None)

    def close(self) -> None:
        """Stop watching."""
        self._task.cancel()

    async def _run(self) -> None:
        """Look again and again, without cutting anything after a pause of the process (a machine that stood still).

        Then this wakes before what has arrived meanwhile is read from the sockets; the next look knows better.
        """
        loop = asyncio.get_running_loop()
        late = 0
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            now = loop.time()
            late = late + 1 if now - due > TICK_S else 0
            for exchange, task in list(self._watched.items()):
                if exchange.forward is not None:
                    exchange.forward.look(now)
                if exchange.deadline < now and not 0 < late <= FORGIVEN:
                    exchange.deadline = float("inf")
                    exchange.timed_out = True
                    task.cancel()
