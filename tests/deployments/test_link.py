"""A replica's line to the Router: it goes on without one, and says goodbye."""

import asyncio

import pytest

from deployments import link
from deployments.link import Link
from deployments.messages import Report, Update, decode_report, encode
from tests.deployments.gateway import until


async def test_polls_apply_wait_and_survive(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(link, "RETRY_S", 0.01)
    seen: list[Report] = []
    applied: list[Update] = []
    away = False

    async def call(data: bytes) -> bytes:
        report = decode_report(data)
        seen.append(report)
        await asyncio.sleep(0.005)
        if away:
            raise ConnectionError("gone")
        return encode(Update(router="r", key_seq=len(seen)))

    def apply(update: Update) -> None:
        applied.append(update)
        if len(applied) == 2:
            raise ValueError("an update that cannot be applied")

    line = Link(call, lambda: Report("a", "ingress", 1), apply)
    line.start()
    await until(lambda: len(applied) >= 4)
    assert seen[0].wait_s == 0, "the first answer is wanted at once"
    assert seen[1].wait_s == link.POLL_S
    assert line.alive
    assert line.silent_s < 20
    away = True
    before = len(seen)
    await until(lambda: len(seen) > before + 3)
    assert line.alive
    assert seen[-1].wait_s == 0, "after silence the first answer is wanted at once"
    assert caplog.text.count("the Router does not answer") == 1, "said once, not for each poll"
    away = False
    await until(lambda: seen[-1].wait_s == link.POLL_S)
    await line.close()
    await asyncio.sleep(0)
    assert seen[-1].leaving
    assert line.alive is False


async def test_goodbye_to_nobody() -> None:
    async def call(_data: bytes) -> bytes:
        raise ConnectionError("gone")

    line = Link(call, lambda: Report("a", "ingress", 1), lambda _: None)
    await line.close()
