"""Channels as a file: what `gateway apply` reads under `channels`, made of stored ones, and read again.

Owns which fields stand in it: those that differ from their defaults. Knows no request and writes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import channel_key_rows, channel_secrets
from admin.apply import text
from admin.problems import Problem, invalid
from admin.schemas.apply import ChannelApply, Document
from admin.schemas.channel import ChannelCreate
from admin.services import Services
from storage.crypto import SealError
from storage.models import Channel
from storage.repositories import channel_keys

_HEAD = "Channels of an LLM gateway, as `gateway apply -f` and the console read them."
_WITHOUT = "Without their secrets: a channel that is there keeps its own."
_PLAIN = (
    "base_url", "models", "priority", "weight", "enabled", "headers", "settings", "groups", "key_mode", "tag", "remark",
    "test_model", "auto_disable", "watch_models", "ignored_models",
)  # fmt: skip
_USUAL = ChannelCreate(name="x", provider="x").model_dump() | {"settings": {}, "base_url": ""}
SECTION = "channels"


async def exported(session: AsyncSession, services: Services, rows: Sequence[Channel], *, secrets: bool) -> str:
    """The text of these channels. Raises a Problem (409) for a secret that does not open."""
    items = []
    for row in rows:
        item: dict[str, Any] = {"name": row.name, "provider": row.provider}
        if secrets:
            item |= await _secrets(session, services, row)
        stored = {name: getattr(row, name) for name in _PLAIN}
        stored["ignored_models"] = row.ignored_models or []
        item |= {name: value for name, value in stored.items() if value != _USUAL[name]}
        if "models" in item and not any(item["models"].values()):
            item["models"] = list(item["models"])
        items.append(item)
    return text.write({SECTION: items}, _HEAD if secrets else f"{_HEAD}\n{_WITHOUT}")


async def _secrets(session: AsyncSession, services: Services, row: Channel) -> dict[str, Any]:
    try:
        found = {column: channel_secrets.reveal(services.box, row, column) for column in channel_secrets.COLUMNS}
        keys = [
            services.box.open(key.secret, channel_key_rows.context(key.id))
            for key in await channel_keys.of_channel(session, row.id)
        ]
    except SealError:
        detail = f"The stored secrets of {row.name} do not open with the gateway's present secret key."
        raise Problem(409, detail) from None
    if keys:
        found = {**found, "secret": None}
    shown: dict[str, Any] = {column: value for column, value in found.items() if value is not None}
    return shown | ({"keys": keys} if keys else {})


def read(source: str) -> tuple[list[ChannelApply], list[str]]:
    """The channels of a text, and the other sections that it has. Raises a Problem (422)."""
    found = text.read(source)
    if not isinstance(found, dict) or not isinstance(found.get(SECTION), list):
        raise invalid([("body.text", "must hold a list of channels under `channels:`")])
    others = sorted(str(name)[:64] for name in found if name != SECTION)
    _refuse_references(found[SECTION])
    try:
        document = Document.model_validate({SECTION: found[SECTION]})
    except ValidationError as error:
        # As the framework says it of a body.
        wrong = [{**one, "loc": ("body", "document", *one["loc"])} for one in error.errors(include_input=False)]
        raise RequestValidationError(wrong) from None
    return document.channels or [], others


def _refuse_references(items: Sequence[object]) -> None:
    """The file of a command may say where its machine keeps a secret; nobody here can look there."""
    wrong = [
        (f"body.document.{SECTION}.{place}.{name}", "names a place on another machine: `gateway apply` reads it there")
        for place, item in enumerate(items)
        if isinstance(item, Mapping)
        for name in (*channel_secrets.COLUMNS, "keys")
        if any(isinstance(one, Mapping) for one in (item.get(name), *_listed(item.get(name))))
    ]
    if wrong:
        raise invalid(wrong)


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
