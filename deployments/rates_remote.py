"""Which authority of rates a replica talks to: Redis, or without one the memory of the Router over a Serve handle.

Knows bytes and a call; what the Router does with them is `answer`.
"""

from collections.abc import Awaitable, Callable, Sequence

from storage.rates import Answer, Ask, Authority, AuthorityAwayError, Level, RedisAuthority
from storage.rates.authority import decode_answer, decode_asks, encode_answer, encode_asks
from storage.rates.memory import MemoryCore

Call = Callable[[bytes], Awaitable[bytes]]


class RouterAuthority:
    """An Authority whose `call` hands bytes to the Router's `rates` and gives its answer back."""

    pause_s = 0.01  # a call over a Serve handle takes 2 to 3 ms of CPU; what comes meanwhile goes with the next

    def __init__(self, call: Call) -> None:
        self._call = call

    async def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        """See Authority.take."""
        try:
            return decode_answer(await self._call(encode_asks(replica, asks)))
        except Exception as error:  # a call to the Router may fail in any way Ray knows
            raise AuthorityAwayError(f"the Router does not answer: {type(error).__name__}") from error

    async def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        """The Router's counts are not shown."""
        raise AuthorityAwayError(f"the Router shows no levels ({len(buckets)} asked)")

    async def close(self) -> None:
        """The handle is not ours to close."""


def open_authority(redis_url: str, timeout_s: float, call: Call) -> Authority:
    """The authority that the settings name; connects at the first use."""
    return RedisAuthority(redis_url, timeout_s=timeout_s) if redis_url else RouterAuthority(call)


def answer(core: MemoryCore, data: bytes) -> bytes:
    """The Router's end: asks in, grants out. Raises msgspec.DecodeError."""
    replica, asks = decode_asks(data)
    return encode_answer(core.take(replica, asks))
