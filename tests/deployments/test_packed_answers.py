"""Packed answers of providers: unfolded as they are taken, so that 64 KB on the wire never become 64 MB at once."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from adapters.errors import UpstreamError
from deployments.http1_answer import HIGH_WATER
from deployments.http1_pool import Http1Pool
from deployments.unfold import STEP
from tests.deployments.test_http1 import pool, says, server

__all__ = ["pool"]

MB = 1 << 20
SIZE = 48 * MB
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda plain: brotli.compress(plain, quality=1),
    "zstd": zstandard.compress,
}
MOST = {"zstd": HIGH_WATER + STEP + 8 * MB}
"""What may wait of each; zstd gives up to 8 MB in one step."""


def _answer(coding: str, packed: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: {len(packed)}\r\n\r\n"
    return head.encode() + packed


@pytest.mark.parametrize("coding", PACK)
async def test_no_more_is_unfolded_than_is_taken(pool: Http1Pool, coding: str) -> None:
    packed = PACK[coding](bytes(SIZE))
    assert len(packed) < 256 * 1024
    most = MOST.get(coding, HIGH_WATER + STEP)
    async with server(says(_answer(coding, packed))) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0)
        sizes = []
        while (piece := await answer.chunk()) is not None:
            sizes.append(len(piece))
        await answer.close()
    assert (max(sizes) <= most, sum(sizes)) == (True, SIZE)


@pytest.mark.parametrize("coding", PACK)
async def test_poured_it_comes_in_steps(pool: Http1Pool, coding: str) -> None:
    plain = b"".join(b"%08d" % number for number in range(MB))
    sizes: list[int] = []

    def take(piece: bytes) -> bool:
        sizes.append(len(piece))
        return len(sizes) % 3 != 0  # now and then the reader has enough

    async with server(says(_answer(coding, PACK[coding](plain)))) as port:
        answer = await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0)
        while not await answer.pour(take):
            pass
        await answer.close()
    assert sum(sizes) == len(plain)
    assert max(sizes) <= MOST.get(coding, HIGH_WATER + STEP)


async def test_the_connection_serves_others_while_some_is_still_packed(pool: Http1Pool) -> None:
    packed = gzip.compress(bytes(4 * MB))
    async with server(says(_answer("gzip", packed))) as port:
        answers = [await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0) for _ in range(2)]
        for answer in reversed(answers):
            assert len(await answer.whole(8 * MB)) == 4 * MB
            await answer.close()


async def test_damage_behind_what_was_taken(pool: Http1Pool) -> None:
    """All has arrived, and is found to be damaged when it is unfolded: the answer fails, the next one does not."""
    packed = bytearray(gzip.compress(bytes(4 * MB)))
    packed[-8] ^= 255  # the checksum
    async with server(says(_answer("gzip", bytes(packed)))) as port:
        for _ in range(2):
            answer = await pool.request("GET", f"http://127.0.0.1:{port}/", [], b"", connect_s=30.0)
            with pytest.raises(UpstreamError):
                await answer.whole(8 * MB)
            await answer.close()
