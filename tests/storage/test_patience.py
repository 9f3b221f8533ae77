"""A time limit that does not count pauses of the process itself."""

import asyncio
import socket
import time

import pytest

from storage.patience import LATE, SLICES, patience


def stand_still(seconds: float) -> None:
    """As a process does that is stopped: nothing of it runs."""
    time.sleep(seconds)


async def test_an_answer_in_time_is_taken_and_nothing_stays_behind() -> None:
    async with patience(60.0):
        answer = await asyncio.sleep(0, "answer")
    assert answer == "answer"
    await asyncio.sleep(0)
    assert not [handle for handle in asyncio.get_running_loop()._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]


async def test_an_answer_that_never_comes_is_given_up() -> None:
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        async with patience(0.1):
            await asyncio.get_running_loop().create_future()
    assert time.monotonic() - begin >= 0.1


async def test_what_waited_while_the_process_stood_still_is_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.send(b"answer")
        async with patience(0.2):
            stand_still(0.5)  # longer than the limit
            assert await asyncio.get_running_loop().sock_recv(ours, 6) == b"answer"
            stand_still(0.5)
            for _ in range(20):  # a client's parser and tasks take some turns of the loop
                await asyncio.sleep(0)


async def test_a_process_that_is_always_late_gives_up_too() -> None:
    part = 0.02 / SLICES

    async def never() -> None:
        async with patience(0.02):
            for _ in range(100 * (LATE + SLICES)):
                stand_still(3 * part)
                await asyncio.sleep(0)

    with pytest.raises(TimeoutError):
        await never()


async def test_an_error_and_a_cancellation_pass_through() -> None:
    with pytest.raises(KeyError):
        async with patience(60.0):
            raise KeyError("x")

    async def waits() -> None:
        async with patience(60.0):
            await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
