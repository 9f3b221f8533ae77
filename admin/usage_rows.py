"""Usage records as the API shows them: with names, within what a caller may see, and their place in a list."""

import base64
import binascii
from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller
from admin.permissions import Reach
from admin.problems import Problem, invalid
from admin.said import said
from admin.schemas.usage import AttemptOut, Moment, Quantities, UsageOut
from admin.usage_filters import KINDS
from storage.listing import Page
from storage.models import Settlement, Usage
from storage.pricing.detail import MEDIA_WORDS, read
from storage.repositories import captures, names
from storage.repositories.usage_search import MOST_LOOKED_THROUGH, Place, Sort, TooManyError

SORTS: tuple[Sort, ...] = ("started_at", "cost", "total_us", "first_token_us", "input_tokens", "output_tokens")
LATEST = "-started_at"

_HIDDEN = {
    "channel_id": 0, "channel": "", "provider": "", "upstream_model": "", "response_model": "", "provider_cost": 0,
    "reserved": 0, "attempts": 0, "attempt_log": "", "replica": "", "upstream_request_id": "", "upstream_protocol": "",
    "plan": "",
}  # fmt: skip
_place = msgspec.json.Decoder(tuple[str, int, str])
_attempts = msgspec.json.Decoder(list[tuple[int, str, int]])


async def shown(session: AsyncSession, rows: Sequence[Usage], caller: Caller, now: int) -> list[UsageOut]:
    """The records; what only operators see is left out for others. `captured` needs the right to read such."""
    found = {
        word: await names.names(session, kind, (getattr(row, f"{word}_id") for row in rows))
        for word, kind in KINDS.items()
    }
    kept: set[str] = set()
    if caller.may("captures.read"):
        kept = await captures.among(session, [row.request_id for row in rows], now)
    everything = caller.reach("logs.read") is Reach.ALL
    items = []
    for row in rows:
        more: dict[str, object] = {word: named[getattr(row, f"{word}_id")] for word, named in found.items()}
        if not everything:
            more.update(_HIDDEN)
        more["captured"] = row.request_id in kept
        more["quantities"] = quantities(row)
        more["error_said"] = said(row.error_text)
        items.append(UsageOut.model_validate(row).model_copy(update=more))
    return items


def quantities(row: Usage) -> Quantities | None:
    """What else than text was counted; None: nothing, or the arithmetic of the cost is not there."""
    if '"counts":' not in row.price_detail:
        return None
    try:
        counts = read(row.price_detail).counts
    except msgspec.MsgspecError:
        return None
    return None if counts is None else Quantities.model_validate(counts, from_attributes=True)


def has_media(row: Usage) -> bool:
    """Whether images, sound or video were counted, as a search for such says it."""
    return any(f'"{word}' in row.price_detail for word in MEDIA_WORDS)


def ordering(page: Page) -> tuple[Sort, bool, Place | None]:
    """What a page is sorted by, whether downwards, and where it begins. Raises a Problem (422)."""
    wanted = page.sort or LATEST
    sort = next((name for name in SORTS if name == wanted.removeprefix("-")), None)
    if sort is None:
        raise invalid([("query.sort", f"must be one of {', '.join(SORTS)}, with '-' before it for downwards")])
    if not page.cursor:
        return sort, wanted.startswith("-"), None
    try:
        same, value, request_id = _place.decode(base64.urlsafe_b64decode(page.cursor + "=" * (-len(page.cursor) % 4)))
    except (binascii.Error, ValueError, msgspec.DecodeError):
        same, value, request_id = "", 0, ""
    if same != wanted or not 0 <= value < 2**63 or not 0 < len(request_id) <= 64 or not request_id.isprintable():
        raise invalid([("query.cursor", "must be the value of `next` of an earlier page in the same order")])
    return sort, wanted.startswith("-"), (value, request_id)


def cursor_behind(row: Usage, page: Page) -> str:
    """The cursor of what comes after `row`."""
    wanted = page.sort or LATEST
    place = msgspec.json.encode((wanted, getattr(row, wanted.removeprefix("-")), row.request_id))
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def too_many(error: TooManyError) -> Problem:
    """422 for a search that would look through more than is allowed."""
    sentence = (
        f"{error.requests:,} requests would have to be looked through, {MOST_LOOKED_THROUGH:,} can be: "
        "ask for a shorter time, or for one key, user or model"
    )
    return invalid([("query.since", sentence)])


async def settled_at(session: AsyncSession, row: Usage) -> int:
    """When the record was booked, unix seconds; 0 when that is not known."""
    settlement = await session.get(Settlement, row.batch) if row.batch else None
    return settlement.at if settlement is not None else 0


async def attempts(session: AsyncSession, row: Usage) -> list[AttemptOut]:
    """The channels that were tried, in order. Of one that answered at once the record says nothing more."""
    tried = _attempts.decode(row.attempt_log) if row.attempt_log else []
    if not tried and row.channel_id:
        tried = [(row.channel_id, "ok" if row.end == "complete" else row.end, (row.total_us - row.queue_us) // 1000)]
    named = await names.names(session, KINDS["channel"], (channel_id for channel_id, _, _ in tried))
    return [
        AttemptOut(channel_id=channel_id, channel=named[channel_id], outcome=outcome, milliseconds=taken)
        for channel_id, outcome, taken in tried
    ]


def timeline(row: Usage, booked_at: int, tried: Sequence[AttemptOut]) -> list[Moment]:
    """The life of a request. Before it was sent it waited: for limits, for quota, for channels that failed."""
    last = tried[-1].channel if tried else ""
    sent = f"channel {last}, attempt {max(row.attempts, 1)}" if last else ""
    found = [Moment(at_us=0, name="arrived", detail=row.client_protocol)]
    if row.queue_us:
        found.append(Moment(at_us=row.queue_us, name="sent", detail=sent))
    if row.first_byte_us:
        found.append(Moment(at_us=row.first_byte_us, name="first_byte", detail=""))
    if row.first_token_us:
        found.append(Moment(at_us=row.first_token_us, name="first_token", detail=""))
    detail = f"{row.end}, {row.output_tokens} tokens" if not row.error else f"{row.end}: {row.error}"
    found.append(Moment(at_us=row.total_us, name="ended", detail=detail))
    if booked_at:
        # Booked to the second, and never before the end.
        after = max(booked_at * 1_000_000 - row.started_at, row.total_us)
        found.append(Moment(at_us=after, name="settled", detail=f"batch {row.batch}"))
    return found
