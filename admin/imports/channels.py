"""Taking over channels: address, models, keys sealed, rules that have an equivalent."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import TypeAdapter

from adapters.providers.row import Provider
from admin import audit, channel_key_rows, channel_rows
from admin.imports.taking import Import, NotTakenError, Row, Taken, fitted
from admin.schemas.base import Token
from admin.schemas.channel import ChannelCreate
from storage.imports import newapi_channels
from storage.models import Channel
from storage.models.base import now
from storage.repositories import channel_keys, channels

KIND = "channel"
_OPTIONAL = frozenset({"tag", "remark", "test_model", "headers", "proxy_secret"})
_HARMLESS = frozenset({"tag", "remark", "test_model"})
_secrets: TypeAdapter[list[str]] = TypeAdapter(list[Token])
_FIRST, _LAST = 946_684_800, 4_102_444_800  # 2000 and 2100


def provider_numbers(providers: Mapping[str, Provider]) -> dict[int, str]:
    """New API's type numbers -> providers here."""
    return {number: row.id for row in providers.values() for number in row.new_api}


async def take(run: Import, row: Row) -> Taken:
    """Make the channel with its keys."""
    mapped = newapi_channels.channel(row, provider_of=provider_numbers(run.services.providers))
    if isinstance(mapped, str):
        raise NotTakenError(mapped)
    notes = mapped.notes
    wanted, dropped = fitted(ChannelCreate, mapped.body, _OPTIONAL)
    notes += [f"{field} is not acceptable here and was left out" for field in dropped]
    name = wanted.name
    if await channels.find_by_name(run.session, name) is not None:
        name = f"{name[:50]}-{row.get('id')}"
        notes.append("another channel here has the name")
    # Secrets are sealed for the name.
    columns = channel_rows.columns_of(run.services, wanted.model_copy(update={"name": name}))
    if set(dropped) - _HARMLESS:
        # It would send something else, or take another way, than it did.
        columns["enabled"] = False
        notes.append("switched off until you have looked at it")
    if mapped.off_by and not columns["enabled"]:
        columns |= {"off_by": mapped.off_by, "off_reason": mapped.off_reason, "off_at": now()}
    if _FIRST < mapped.created_at < _LAST:
        columns["created_at"] = datetime.fromtimestamp(mapped.created_at, UTC)
    channel = await channels.create(run.session, Channel(name=name, **columns))
    if mapped.secrets:
        await _several(run, channel, mapped.secrets)
    (shown,) = await channel_rows.shown(run.session, run.services, [channel])
    await audit.record(
        run.session, run.services, run.caller, "channels.import", kind="channel", id=channel.id, name=name,
        after=channel_rows.steady(shown),
    )  # fmt: skip
    return Taken(channel.id, name, notes)


async def _several(run: Import, channel: Channel, secrets: dict[str, int]) -> None:
    await channel_key_rows.add(run.session, run.services.box, channel, _secrets.validate_python(list(secrets)))
    stored = await channel_keys.of_channel(run.session, channel.id)
    for key, status in zip(stored, secrets.values(), strict=True):
        if status != 1:
            by = channel_keys.AUTO if status == newapi_channels.AUTO_OFF else ""
            await channel_keys.switch(run.session, key, on=False, by=by, reason="was off in New API")
