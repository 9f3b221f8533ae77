"""Channels between the API and the database: loading, what is shown, what a change writes.

Knows no request. Secrets are sealed here and never shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_secrets, providers
from admin.caller import Caller
from admin.endpoints.common import object_id
from admin.problems import Problem, invalid, not_found
from admin.said import said
from admin.schemas.amounts import nano_to_usd
from admin.schemas.channel import ChannelCreate, ChannelOut, ChannelPatch, ChannelState
from admin.schemas.channel_more import ChannelFilter
from admin.services import Services
from storage.crypto import SealError
from storage.models import Channel
from storage.models import ChannelState as StoredState
from storage.repositories import channel_keys, channel_states, channels

_DERIVED = {"base_url", "protocols", "keys", "keys_in_use", "state", "ignored_models"}
_PLACES = ("base_urls", "proxy", "parameters")
"""Settings that say where the upstream is, or by whom it is asked."""
_STATE = set(ChannelState.model_fields) - {"balance", "test_said", "off_said"}


async def load(session: AsyncSession, ref: str) -> Channel:
    """The channel that a path names. Raises a Problem (404)."""
    number = object_id(ref)
    found = await (channels.find_by_name(session, ref) if number is None else channels.get(session, number))
    if found is None:
        raise not_found("channel", ref)
    return found


async def refuse_taken(session: AsyncSession, name: str) -> None:
    """Raise a Problem (409) for a name that a channel has."""
    if await channels.find_by_name(session, name) is not None:
        raise Problem(409, f"There is a channel {name!r} already; change it, or choose another name.")


async def shown(session: AsyncSession, services: Services, rows: Sequence[Channel]) -> list[ChannelOut]:
    """The channels with the addresses that are in effect, those of their providers among them."""
    ids = [row.id for row in rows]
    counts = await channel_keys.counts(session, ids)
    states = await channel_states.of(session, ids)
    return [_shown(services, row, counts.get(row.id, (0, 0)), states.get(row.id)) for row in rows]


def _shown(services: Services, row: Channel, count: tuple[int, int], state: StoredState | None) -> ChannelOut:
    where = providers.protocols(services.providers, row.provider, row.base_url, row.settings)
    base_url = next(iter(where.values()), row.base_url)
    stored = {name: getattr(row, name) for name in ChannelOut.model_fields if name not in _DERIVED}
    return ChannelOut(
        **stored, base_url=base_url, protocols=where, keys=count[0], keys_in_use=count[1],
        ignored_models=row.ignored_models or [], state=_state(row, state),
    )  # fmt: skip


def _state(channel: Channel, row: StoredState | None) -> ChannelState:
    off = said(channel.off_reason)
    if row is None:
        return ChannelState(off_said=off)
    plain = {name: getattr(row, name) for name in _STATE}
    balance = None if row.balance is None else nano_to_usd(row.balance)
    return ChannelState(**plain, balance=balance, test_said=said(row.test_error), off_said=off)


def steady(one: ChannelOut) -> ChannelOut:
    """What the ETag is of, and what the audit log keeps: not what tests and balance queries have seen."""
    return one.model_copy(update={"state": ChannelState()})


async def wanted_by(session: AsyncSession, which: ChannelFilter) -> Select[Channel]:
    """The channels that a filter finds."""
    statement = channels.query()
    if which.tag is not None:
        statement = statement.where(Channel.tag == which.tag)
    if which.provider is not None:
        statement = statement.where(Channel.provider == which.provider)
    if which.enabled is not None:
        statement = statement.where(Channel.enabled.is_(which.enabled))
    if which.off_by is not None:
        statement = statement.where(Channel.enabled.is_(False), Channel.off_by == which.off_by)
    if which.group is not None:
        statement = channels.serving_group(statement, which.group)
    if which.model is not None:
        statement = statement.where(Channel.id.in_(await channels.accepting(session, which.model)))
    return channels.search(statement, which.q) if which.q else statement


def columns_of(services: Services, wanted: ChannelCreate) -> dict[str, Any]:
    """The stored columns of a new channel but for its name. Raises a Problem (422)."""
    settings = wanted.settings.stored()
    provider, wrong = providers.checked(services.providers, wanted.provider, wanted.base_url, settings, "body")
    columns = wanted.columns(provider)
    wrong += channel_secrets.misplaced(wanted.proxy_secret, columns["settings"], "body")
    if wrong:
        raise invalid(wrong)
    for column in channel_secrets.COLUMNS:
        columns |= channel_secrets.columns(services.box, wanted.name, getattr(wanted, column), column)
    return columns


def may_change(caller: Caller, patch: ChannelPatch) -> None:
    """Raise 403 for a caller who may change channels and not their secrets."""
    if patch.given().keys() & set(channel_secrets.COLUMNS):
        caller.require_all("channels.secrets")


def leads_elsewhere(row: Channel, before: ChannelOut, columns: Mapping[str, Any]) -> bool:
    """Whether a changed channel would send its secrets to an address that the change names."""
    if columns.get("base_url") and columns["base_url"] not in (row.base_url, before.base_url):
        return True
    settings = columns.get("settings", row.settings)
    return any(settings.get(name) and settings[name] != row.settings.get(name) for name in _PLACES)


def changes(services: Services, row: Channel, patch: ChannelPatch) -> dict[str, Any]:
    """The columns that `patch` sets on `row`."""
    given = patch.given()
    if "ignored_models" in given:
        given["ignored_models"] = given["ignored_models"] or None
    if "settings" in given:
        merged = {**row.settings, **patch.settings.model_dump(exclude_unset=True)}
        given["settings"] = {name: value for name, value in merged.items() if value is not None}
    settings = given.get("settings", row.settings)
    wrong = _placed(services, row, given, settings)
    wrong += channel_secrets.misplaced(given.get("proxy_secret"), settings, "body")
    if wrong:
        raise invalid(wrong)
    if not settings.get("proxy"):
        given["proxy_secret"] = None
    for column in channel_secrets.COLUMNS:
        given |= _secret(services, row, given, column)
    return given


def _placed(services: Services, row: Channel, given: dict[str, Any], settings: dict[str, Any]) -> providers.Wrong:
    """What is wrong with where a changed channel would be; what says nothing of that is not looked at."""
    if not given.keys() & {"provider", "base_url", "settings"}:
        return []
    if "base_url" in given:
        given["base_url"] = given["base_url"] or ""
    base_url = given.get("base_url", row.base_url)
    named = given.get("provider", row.provider)
    provider, wrong = providers.checked(services.providers, named, base_url, settings, "body")
    if "provider" in given:
        given["provider"] = provider
    return wrong


def _secret(services: Services, row: Channel, given: dict[str, Any], column: channel_secrets.Column) -> dict[str, Any]:
    """What is written of one secret, which is taken out of `given`: sealed anew when it or the name changes."""
    name = given.get("name", row.name)
    if column in given:
        secret = given.pop(column)
        if name == row.name and channel_secrets.same(services.box, row, secret, column):
            return {}
    elif name == row.name:
        return {}
    else:  # the sealed value is bound to the name
        try:
            secret = channel_secrets.reveal(services.box, row, column)
        except SealError:
            what = "secret" if column == "secret" else "login of the proxy"
            detail = f"The stored {what} does not open with the gateway's present secret key; send it as well."
            raise Problem(409, detail) from None
    return channel_secrets.columns(services.box, name, secret, column)
