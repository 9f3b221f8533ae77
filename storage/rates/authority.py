"""What a replica and the authority say to each other, and the interface of every authority.

Shapes only. All times are microseconds; a replica tells ages, never points in time, so that no clock but the
authority's counts.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

LEASE_S = 10.0
"""A replica that is silent for so long is taken for dead."""


class Ask(msgspec.Struct, array_like=True, gc=False):
    """What one replica says and wants of one bucket.

    A window of 0 means units at one time (concurrent requests): they are held until they are given back.
    """

    bucket: str
    limit: int
    window: int
    have: int = 0
    """Units the replica still holds, absolute: a lost answer is mended by the next ask."""
    seq: int = 0
    """Number of `uses`; uses of a number that was seen before are not counted again."""
    uses: list[tuple[int, int]] = []
    """(units, age): used that long ago. Negative units are given back to where they were counted."""
    need: int = 0
    """The least that is of use now; less is not granted."""
    want: int = 0
    """All that is needed now."""
    ahead: int = 0
    """What would save the next asks. Granted from a small share of the limit only, and never from the last units."""
    turn: int = 0
    """Number of this ask: one that arrives after a later one (a server that hung reads what it missed) is ignored."""


class Grant(msgspec.Struct, array_like=True, gc=False):
    """The answer to one ask. `left`: what nobody uses or holds (below 0 when more was used than the limit allows).

    `wait`: when fewer than wanted were granted, how long until `need` units may be free.
    """

    granted: int
    left: int
    wait: int = 0


class Answer(msgspec.Struct, array_like=True, gc=False):
    """Grants in the order of the asks. Another `epoch` than before: this authority has forgotten everything."""

    epoch: str
    grants: list[Grant]


class Level(msgspec.Struct, array_like=True, gc=False):
    """How full a bucket is: units used within the window, and units held by replicas."""

    used: int
    held: int


class AuthorityAwayError(Exception):
    """The authority did not answer in time, or not in a way that can be understood."""


class Authority(Protocol):
    """Where the counts are kept. One `take` is one round trip, whatever the number of asks."""

    pause_s: float
    """What a round trip costs decides how often there may be one: so long at least between two of one replica."""

    async def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        """Report, give back, renew and ask, all in one. Raises AuthorityAwayError."""

    async def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        """Levels of buckets, each given with its window. Raises AuthorityAwayError."""

    async def close(self) -> None:
        """Let go of connections."""


_encoder = msgspec.msgpack.Encoder()
_asks = msgspec.msgpack.Decoder(tuple[str, list[Ask]])
_answer = msgspec.msgpack.Decoder(Answer)


def encode_ask(ask: Ask) -> bytes:
    """One ask as lua/take.lua reads it."""
    return _encoder.encode(ask)


def encode_asks(replica: str, asks: Sequence[Ask]) -> bytes:
    """A `take` as bytes, for an authority in another process."""
    return _encoder.encode((replica, asks))


def decode_asks(data: bytes) -> tuple[str, list[Ask]]:
    """Raises msgspec.DecodeError."""
    return _asks.decode(data)


def encode_answer(answer: Answer) -> bytes:
    """An answer as bytes."""
    return _encoder.encode(answer)


def decode_answer(data: bytes) -> Answer:
    """Raises msgspec.DecodeError."""
    return _answer.decode(data)
