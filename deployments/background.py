"""What a background request has used, booked when its answer is fetched.

The record of the request itself holds an estimate of its input, for nothing was counted yet. What the provider has
counted beyond that gets a record of its own, once: whoever marks the response as booked writes it, under a name that
follows from the response. The Admin asks about what nobody fetches, and books under the same name (admin/background).
"""

import time

import msgspec

from adapters.protocols.responses.tap import Unary
from adapters.usage import Usage
from deployments.booking import Ledger
from deployments.exchange import Exchange
from deployments.keys import Key
from deployments.pricing import tariff_for
from deployments.replica import Replica
from deployments.responses_store import ResponseStore
from storage.repositories import tasks
from storage.repositories.kept_responses import BACKGROUND, Kept

PLAN = "background, fetched"
ENDED = frozenset({"completed", "incomplete", "failed", "cancelled"})


class _Status(msgspec.Struct):
    status: str = ""


_status = msgspec.json.Decoder(_Status)


async def fetched(
    replica: Replica, ledger: Ledger, store: ResponseStore, key: Key, row: Kept, body: bytes, client_ip: str
) -> None:
    """Book what the response in `body` says, where it has ended and was not booked. Raises GatewayFault (503)."""
    if row.kind != BACKGROUND:
        return
    seen = Unary(body)
    channel = replica.table.channels.get(row.channel_id)
    if not seen.valid or seen.usage.source != "upstream" or channel is None or _said(body) not in ENDED:
        return
    if not await store.booked(row):
        return
    exchange = Exchange(key, "chat", time.monotonic(), client_ip, "responses")
    exchange.request_id, exchange.started_at = _reference(row), tasks.booked_at(row.created_at)
    exchange.model = exchange.upstream_model = exchange.response_model = seen.model
    exchange.channel_id, exchange.provider, exchange.upstream_protocol = channel.id, channel.provider, "responses"
    exchange.plan, exchange.status, exchange.end = PLAN, 200, "complete"
    exchange.finish_reason = seen.finish_reason
    exchange.usage = _rest(seen.usage, row.size)
    exchange.tariff = tariff_for(replica.prices, channel, seen.model, row.created_at)
    exchange.group_ratio = replica.table.ratios.of(key.user_group, exchange.group)
    exchange.channel_ratio = channel.price_ratio
    ledger.settle(exchange)


def begun(name: str, row: Kept, channel_key_id: int) -> str:
    """What the record of the request says of its response, which goes on in the background."""
    return tasks.packed(tasks.Begun(tasks.RESPONSE, name, _reference(row), row.created_at, channel_key_id))


def _reference(row: Kept) -> str:
    return tasks.reference_of(row.id, row.key_id, row.channel_id, row.created_at)


def _rest(usage: Usage, booked: int) -> Usage:
    """What was counted beyond `booked` tokens of input. What was cached counts among what is left."""
    left = max(usage.input - booked, 0)
    cached = min(usage.cached, left)
    return msgspec.structs.replace(usage, input=left, cached=cached, cache_write=min(usage.cache_write, left - cached))


def goes_on(body: bytes) -> bool:
    """Whether the response in `body` is still being made."""
    return _said(body) in {"queued", "in_progress"}


def _said(body: bytes) -> str:
    try:
        return _status.decode(body).status
    except (msgspec.DecodeError, RecursionError):
        return ""
