"""What the Router and the replicas say to each other, as msgpack over Serve handles."""

import msgspec

from deployments.suspects import Suspect
from deployments.telemetry import Snapshot


class Report(msgspec.Struct, omit_defaults=True):
    """A replica's call: who it is, what it already has, and what it has counted.

    `kind`: "ingress", "adapter:<family>" or "admin"; until it listens "ingress:starting", or of an adapter "starting".
    `started_at` is unix seconds, `resting` are the channels whose breaker is open there.
    """

    replica: str
    kind: str
    pid: int
    url: str = ""
    table_version: int = -1
    live_seq: int = -1
    key_seq: int = -1
    open_requests: int = 0
    wait_s: float = 0.0
    leaving: bool = False
    snapshot: Snapshot | None = None
    suspects: list[Suspect] = []
    node: str = ""
    version: str = ""
    started_at: float = 0.0
    resting: list[int] = []


class Pool(msgspec.Struct, frozen=True):
    """The Adapter replicas of a provider family."""

    family: str
    urls: tuple[str, ...]


class Live(msgspec.Struct, frozen=True):
    """Where things run at this moment."""

    admin_url: str = ""
    pools: tuple[Pool, ...] = ()


class Update(msgspec.Struct, omit_defaults=True):
    """The Router's answer: only the parts that are news to the replica. `router`: identity of this Router process.

    `recalls` are accounts of which other replicas are short: what is not reserved of their leases goes back.
    `suspects` are for the Admin. `retries` are channels whose failures are to be forgotten.
    """

    router: str = ""
    table: bytes | None = None
    live: Live | None = None
    live_seq: int = -1
    key_seq: int = -1
    changed_keys: list[bytes] = []
    flush_keys: bool = False
    recalls: list[int] = []
    suspects: list[Suspect] = []
    retries: list[int] = []


_encoder = msgspec.msgpack.Encoder()
_report = msgspec.msgpack.Decoder(Report)
_update = msgspec.msgpack.Decoder(Update)


def encode(message: Report | Update) -> bytes:
    """A message as bytes."""
    return _encoder.encode(message)


def decode_report(data: bytes) -> Report:
    """Raises msgspec.DecodeError."""
    return _report.decode(data)


def decode_update(data: bytes) -> Update:
    """Raises msgspec.DecodeError."""
    return _update.decode(data)
