"""A replica's line to the Router: one long poll that carries its report there and the news back.

Goes on without the Router, and says so.

The Router answers at once when something changed, else after `POLL_S`; a change is therefore everywhere within
milliseconds.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from deployments.messages import Report, Update, decode_update, encode

POLL_S = 2.0
"""How long the Router may hold a poll. Also bounds how long a stopping Router waits for its callers."""

RETRY_S = 0.5
LATE_S = 5.0

Call = Callable[[bytes], Awaitable[bytes]]


class Link:
    """`call` sends a report to the Router; `report` makes one; `apply` takes the answer."""

    def __init__(self, call: Call, report: Callable[[], Report], apply: Callable[[Update], None]) -> None:
        self._call = call
        self._report = report
        self._apply = apply
        self._heard_at = 0.0
        self._router = ""
        self._log = logging.getLogger("gateway")
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin polling."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def alive(self) -> bool:
        """Whether the poll goes on (not whether the Router answers)."""
        return self._task is not None and not self._task.done()

    @property
    def silent_s(self) -> float:
        """Seconds since the Router last answered."""
        return time.monotonic() - self._heard_at

    async def close(self) -> None:
        """Say goodbye and stop."""
        self._closed = True  # Python 3.11's wait_for loses a cancellation that comes together with the answer
        if self._task is not None:
            self._task.cancel()
        report = self._report()
        report.leaving = True
        report.wait_s = 0.0
        try:
            await asyncio.wait_for(self._call(encode(report)), 1.0)
        except Exception as error:  # noqa: BLE001  # a call to the Router may fail in any way Ray knows
            self._log.debug("the Router did not take the goodbye: %s", error)

    async def _run(self) -> None:
        silent = False
        while not self._closed:
            report = self._report()
            if self._heard_at and not silent:
                report.wait_s = POLL_S
            try:
                answer = decode_update(await asyncio.wait_for(self._call(encode(report)), POLL_S + LATE_S))
            except Exception as error:  # noqa: BLE001  # as in close: it may fail in any way
                if not silent:
                    self._log.warning(
                        "the Router does not answer, going on with what is known: %s", type(error).__name__
                    )
                silent = True
                await asyncio.sleep(RETRY_S)
                continue
            silent = False
            self._heard_at = time.monotonic()
            try:
                self._apply(answer)
            except Exception:  # noqa: BLE001  # no update, whatever is wrong with it, may end the poll
                self._log.exception("an update of the Router could not be applied")
                await asyncio.sleep(RETRY_S)
