"""The comparison: (wanted objects, stored objects) -> steps. Pure but for opening sealed secrets to compare them.

A dry run shows these steps and a real run executes the same ones, so both say the same. It must not write.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admin import channel_secrets, providers
from admin.problems import Problem, invalid
from admin.schemas.apply import Action, Change, Kind
from admin.schemas.base import Fields, time_text
from admin.schemas.channel import ChannelCreate
from admin.schemas.key import KeyCreate
from admin.schemas.price import AMOUNTS, PriceSet, nano_to_usd
from admin.services import ProviderInfo
from storage import crypto
from storage.crypto import SecretBox
from storage.models import Channel, Key, Price

ORIGIN = "apply"
_CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one object: `row` is the stored one, `columns` what is written, `fields` what may be shown."""

    action: Action
    kind: Kind
    name: str
    fields: Mapping[str, tuple[Any, Any]]
    row: Any = None
    columns: Mapping[str, Any] | None = None

    def shown(self) -> Change:
        """The step as the API shows it."""
        return Change(action=self.action, kind=self.kind, name=self.name, fields=dict(self.fields))


def _json(value: object) -> object:
    return time_text(value) if isinstance(value, datetime) else value


def _differences(row: object, columns: Fields) -> dict[str, tuple[Any, Any]]:
    """[old, new] of each column that differs; for a new object of each that is set to something."""
    if row is None:
        return {name: (None, _json(value)) for name, value in columns.items() if value not in (None, {}, [])}
    old = {name: getattr(row, name) for name in columns}
    return {name: (_json(old[name]), _json(value)) for name, value in columns.items() if old[name] != value}


def _step(kind: Kind, name: str, row: Any, columns: Fields, fields: dict[str, tuple[Any, Any]]) -> Step:  # noqa: ANN401 a row of its kind
    if row is None:
        return Step("create", kind, name, fields, None, {"name": name, "origin": ORIGIN, **columns})
    if row.origin != ORIGIN:
        # From now on the document owns it, so a later prune may delete it; that is worth a line.
        columns = {**columns, "origin": ORIGIN}
        fields = {**fields, "origin": (row.origin, ORIGIN)}
    return Step("update" if fields else "unchanged", kind, name, fields, row, columns)


def _deletions(kind: Kind, rows: Iterable[Any], kept: set[str]) -> list[Step]:
    return [Step("delete", kind, row.name, {}, row) for row in rows if row.origin == ORIGIN and row.name not in kept]


def _refuse_twice(names: Sequence[str], section: str) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            raise invalid([(f"body.document.{section}.{place}.name", f"{name!r} is there twice")])
        seen.add(name)


def channel_steps(
    wanted: Sequence[ChannelCreate],
    stored: Sequence[Channel],
    *,
    box: SecretBox,
    registry: Sequence[ProviderInfo],
    prune: bool,
) -> list[Step]:
    """The steps for channels; raises a Problem for an unknown provider or a name that is there twice."""
    _refuse_twice([item.name for item in wanted], "channels")
    by_name = {row.name: row for row in stored}
    steps: list[Step] = []
    wrong: list[tuple[str, str]] = []
    for place, item in enumerate(wanted):
        base_url, found = providers.base_url_for(
            registry, item.provider, item.base_url, f"body.document.channels.{place}"
        )
        wrong += found
        row = by_name.get(item.name)
        columns = item.columns(base_url)
        fields = _differences(row, columns)
        wrong += channel_secrets.misplaced(item.proxy_secret, columns["settings"], f"body.document.channels.{place}")
        for column in channel_secrets.COLUMNS:
            secret = getattr(item, column)
            if secret is not None and (row is None or not channel_secrets.same(box, row, secret, column)):
                columns |= channel_secrets.columns(box, item.name, secret, column)
                fields[column] = (None, _CHANGED)
        if row is not None and row.has_proxy_secret and "proxy" not in columns["settings"]:
            columns["proxy_secret"] = None
            fields["proxy_secret"] = (None, _CHANGED)
        steps.append(_step("channel", item.name, row, columns, fields))
    if wrong:
        raise invalid(wrong)
    return steps + (_deletions("channel", stored, {item.name for item in wanted}) if prune else [])


def key_steps(wanted: Sequence[KeyCreate], stored: Sequence[Key], *, prune: bool) -> list[Step]:
    """The steps for keys; raises a Problem for a new key without its value, or one that another key has."""
    _refuse_twice([item.name for item in wanted], "keys")
    deletions = _deletions("key", stored, {item.name for item in wanted}) if prune else []
    gone = {step.name for step in deletions}
    by_name = {row.name: row for row in stored}
    owner = {row.digest: row.name for row in stored if row.name not in gone}
    steps: list[Step] = []
    for place, item in enumerate(wanted):
        path = f"body.document.keys.{place}.key"
        row = by_name.get(item.name)
        columns = item.columns()
        fields = _differences(row, columns)
        if item.key is None and row is None:
            what = "is required for a new key: give its value, or make the key with `gateway keys create` first"
            raise invalid([(path, what)])
        if item.key is not None:
            digest = crypto.digest(item.key)
            if owner.setdefault(digest, item.name) != item.name:
                raise Problem(409, f"The key {item.name!r} has the same value as the key {owner[digest]!r}.")
            if row is None or row.digest != digest:
                columns |= {"digest": digest, "hint": crypto.hint(item.key)}
                fields["key"] = (None, _CHANGED)
        steps.append(_step("key", item.name, row, columns, fields))
    return steps + deletions


def _price_name(provider: str, model: str) -> str:
    return f"{model} ({provider})" if provider else model


def _usd(amount: int | None) -> str | None:
    return None if amount is None else nano_to_usd(amount)


def price_steps(wanted: Sequence[PriceSet], stored: Sequence[Price], *, prune: bool) -> list[Step]:
    """The steps for prices; `stored` are those of an earlier apply, because a document owns no others."""
    _refuse_twice([_price_name(item.provider, item.model) for item in wanted], "prices")
    by_place = {(row.provider, row.model): row for row in stored}
    steps: list[Step] = []
    for item in wanted:
        row = by_place.pop((item.provider, item.model), None)
        columns = item.columns()
        old = {name: None if row is None else _usd(getattr(row, name)) for name in AMOUNTS}
        fields = {name: (old[name], _usd(columns[name])) for name in AMOUNTS if old[name] != _usd(columns[name])}
        action: Action = "create" if row is None else "update" if fields else "unchanged"
        values = {"provider": item.provider, "model": item.model, "source": ORIGIN, **columns}
        steps.append(Step(action, "price", _price_name(item.provider, item.model), fields, row, values))
    if prune:
        steps += [Step("delete", "price", _price_name(row.provider, row.model), {}, row) for row in by_place.values()]
    return steps
