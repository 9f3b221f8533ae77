"""The Router's hold on the settler of its node: starts it, starts it again when it ends, hears what it reports.

The settler (settler.py) is a process of its own, so that settling takes only the CPU that requests leave over.
Owns its life, from the Router's side. Must not settle anything itself.
"""

import asyncio
import contextlib
import logging
import subprocess
import sys
import time
from typing import BinaryIO, cast

import msgspec

from deployments.settings import Settings
from deployments.settler_life import STOP, Report
from deployments.telemetry import Telemetry
from storage.journal import segments

SILENT_S = 60.0
"""A settler that reports nothing for so long hangs. Its start may take half of it on a busy machine."""
STOP_S = 4.5
"""How long a stopping settler may take for what is in the journal; the rest is for the next start."""
BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 10.0
LIVED_S = 60.0
"""A settler that lived so long did not die of how it was started."""
TYPICAL_RECORD = 250
"""Bytes, as long as none has been seen."""


class Settling:
    """One settler at a time; none where it cannot be started: then an ingress replica stands in."""

    command = (sys.executable, "-m", "deployments.settler")

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self.report = Report(lag_s=0.0, hurried=False)
        """What the settler said last."""
        self._settings = settings
        self._telemetry = telemetry
        self._log = logging.getLogger("gateway")

    def depth(self) -> tuple[int, int]:
        """(records, bytes) that wait in the journal; the records are estimated from the size of those seen so far."""
        waiting = segments.waiting_bytes(self._settings.data_dir / "journal")
        typical = self.report.bytes / self.report.settled if self.report.settled else TYPICAL_RECORD
        return (max(1, round(waiting / typical)) if waiting else 0), waiting

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then the settler moves what is in the journal, within STOP_S, and ends."""
        backoff = BACKOFF_S
        while not stop.is_set():
            began = time.monotonic()
            try:
                await self._once(stop)
            except OSError as error:
                self._log.error("the settler of usage cannot be started: %s", error)
            if stop.is_set():
                return
            wait_s = BACKOFF_S if time.monotonic() - began > LIVED_S else backoff
            backoff = min(LONGEST_BACKOFF_S, 2 * wait_s)
            self._telemetry.count("gateway_settler_restarts_total", ())
            self._log.warning("the settler of usage has ended, another one starts in %.1f s", wait_s)
            try:
                await asyncio.wait_for(stop.wait(), wait_s)
            except TimeoutError:
                continue

    async def _once(self, stop: asyncio.Event) -> None:
        """One settler from its start to its end."""
        loop = asyncio.get_running_loop()
        # Not asyncio's own subprocesses: Serve runs this loop in a thread that is not the main one.
        process = subprocess.Popen(  # noqa: ASYNC220, S603  # see above; nothing of it comes from outside
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        stdin = cast("BinaryIO", process.stdin)
        reader = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), process.stdout)
        try:
            stdin.write(self._settings.model_dump_json().encode() + b"\n")
            hearing = loop.create_task(self._hear(reader))
            stopping = loop.create_task(stop.wait())
            try:
                await asyncio.wait({hearing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not hearing.done():
                    with contextlib.suppress(BrokenPipeError):
                        stdin.write(STOP)
                    await asyncio.wait({hearing}, timeout=STOP_S)
            finally:
                hearing.cancel()
                stopping.cancel()
        finally:
            process.kill()  # nothing when it has ended; its worker dies with it
            transport.close()
            stdin.close()
            await asyncio.to_thread(process.wait)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Reports until there are no more. They begin at nothing with each settler."""
        self.report = Report(lag_s=0.0, hurried=False)
        while True:
            try:
                line = await asyncio.wait_for(reader.readline(), SILENT_S)
            except TimeoutError:
                self._log.error("the settler of usage has said nothing for %.0f s", SILENT_S)
                return
            if not line:
                return
            before = self.report
            try:
                self.report = msgspec.json.decode(line, type=Report)
            except msgspec.MsgspecError:
                continue  # somebody's print; the next report says the same
            if self.report.overdrawn > before.overdrawn:
                self._telemetry.count("gateway_accounts_overdrawn_total", (), self.report.overdrawn - before.overdrawn)
