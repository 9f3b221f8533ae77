"""The comparison: (wanted objects, stored objects) -> steps. Pure but for opening sealed secrets to compare them.

A dry run shows these steps and a real run executes the same ones, so both say the same. It must not write.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.providers.row import Provider
from admin import channel_secrets, providers
from admin.problems import Problem, invalid
from admin.schemas.apply import Action, Change, ChannelApply, Kind
from admin.schemas.base import Fields, time_text
from admin.schemas.key import KeyCreate
from admin.schemas.price import COLUMNS, PriceSet, shown_columns
from storage import crypto
from storage.crypto import SecretBox
from storage.models import Channel, Key, Price
from storage.repositories.prices import begun

ORIGIN = "apply"
_CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one object: `row` is the stored one, `columns` what is written, `fields` what may be shown.

    `keys` are keys that a channel gets besides.
    """

    action: Action
    kind: Kind
    name: str
    fields: Mapping[str, tuple[Any, Any]]
    row: Any = None
    columns: Mapping[str, Any] | None = None
    keys: Sequence[str] = ()

    def shown(self) -> Change:
        """The step as the API shows it."""
        return Change(action=self.action, kind=self.kind, name=self.name, fields=dict(self.fields))


def _json(value: object) -> object:
    return time_text(value) if isinstance(value, datetime) else value


def _differences(row: object, columns: Fields) -> dict[str, tuple[Any, Any]]:
    """[old, new] of each column that differs; for a new object of each that is set to something."""
    if row is None:
        return {name: (None, _json(value)) for name, value in columns.items() if value not in (None, {}, [], "")}
    old = {name: getattr(row, name) for name in columns}
    return {name: (_json(old[name]), _json(value)) for name, value in columns.items() if old[name] != value}


def _step(
    kind: Kind,
    name: str,
    row: Any,  # noqa: ANN401  # a row of its kind
    columns: Fields,
    fields: dict[str, tuple[Any, Any]],
    *,
    owned: bool = True,
) -> Step:
    if row is None:
        return Step(
            "create", kind, name, fields, None, {"name": name, **columns} | ({"origin": ORIGIN} if owned else {})
        )
    if owned and row.origin != ORIGIN:
        # From now on the document owns it, so a later prune may delete it; that is worth a line.
        columns = {**columns, "origin": ORIGIN}
        fields = {**fields, "origin": (row.origin, ORIGIN)}
    return Step("update" if fields else "unchanged", kind, name, fields, row, columns)


def deletions(kind: Kind, rows: Iterable[Any], kept: set[str]) -> list[Step]:
    """The steps that remove what an earlier document owned and this one lacks."""
    return [Step("delete", kind, row.name, {}, row) for row in rows if row.origin == ORIGIN and row.name not in kept]


def refuse_twice(names: Sequence[str], section: str) -> None:
    """Raises a Problem (422) for a name that a section holds twice."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            raise invalid([(f"body.document.{section}.{place}.name", f"{name!r} is there twice")])
        seen.add(name)


def channel_steps(
    wanted: Sequence[ChannelApply],
    stored: Sequence[Channel],
    *,
    box: SecretBox,
    registry: Mapping[str, Provider],
    prune: bool,
    owned: bool = True,
) -> list[Step]:
    """The steps for channels; raises a Problem for an unknown provider or a name that is there twice.

    `owned`: the document owns them from then on.
    """
    refuse_twice([item.name for item in wanted], "channels")
    by_name = {row.name: row for row in stored}
    steps: list[Step] = []
    wrong: list[tuple[str, str]] = []
    for place, item in enumerate(wanted):
        settings = item.settings.stored()
        provider, found = providers.checked(
            registry, item.provider, item.base_url, settings, f"body.document.channels.{place}"
        )
        wrong += found
        row = by_name.get(item.name)
        columns = item.columns(provider)
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
        if item.keys and item.secret is not None:
            wrong.append((f"body.document.channels.{place}.secret", "has no place beside `keys`"))
        steps.append(_step("channel", item.name, row, columns, fields, owned=owned))
    if wrong:
        raise invalid(wrong)
    return steps + (deletions("channel", stored, {item.name for item in wanted}) if prune else [])


def key_steps(
    wanted: Sequence[KeyCreate], stored: Sequence[Key], *, users: Mapping[str, int], prune: bool
) -> list[Step]:
    """The steps for keys; `users` are the ids by name.

    Raises a Problem for a new key without its value, for a value that another key has, and for an unknown user.
    """
    refuse_twice([item.name for item in wanted], "keys")
    removed = deletions("key", stored, {item.name for item in wanted}) if prune else []
    gone = {step.name for step in removed}
    by_name = {row.name: row for row in stored}
    owner = {row.digest: row.name for row in stored if row.name not in gone}
    steps: list[Step] = []
    for place, item in enumerate(wanted):
        path = f"body.document.keys.{place}.key"
        row = by_name.get(item.name)
        if item.user is not None and item.user not in users:
            raise invalid([(f"body.document.keys.{place}.user", "there is no such user")])
        columns = {**item.columns(), "user_id": users[item.user] if item.user is not None else None}
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
    return steps + removed


def _price_name(provider: str, model: str) -> str:
    return f"{model} ({provider})" if provider else model


def price_steps(wanted: Sequence[PriceSet], stored: Sequence[Price], now: int, *, prune: bool) -> list[Step]:
    """The steps for prices; `stored` are all versions of earlier applies, because a document owns no others.

    An item is compared with the version that counts from its beginning on.
    """
    refuse_twice([_price_name(item.provider, item.model) for item in wanted], "prices")
    versions: dict[tuple[str, str], list[Price]] = {}
    for version in stored:  # the latest first
        versions.setdefault((version.provider, version.model), []).append(version)
    steps: list[Step] = []
    for item in wanted:
        rows = versions.pop((item.provider, item.model), [])
        row = next((each for each in rows if begun(each, item.begins(now))), None)
        columns = item.columns()
        new = shown_columns(columns)
        old = shown_columns({name: getattr(row, name) for name in COLUMNS}) if row is not None else dict.fromkeys(new)
        fields = {name: (old[name], value) for name, value in new.items() if (old[name] or None) != (value or None)}
        action: Action = "create" if row is None else "update" if fields else "unchanged"
        place = {"provider": item.provider, "model": item.model, "source": ORIGIN}
        values = {**place, "effective_from": item.begins(now), **columns}
        steps += _cancelled(rows, now, kept=row)
        steps.append(Step(action, "price", _price_name(item.provider, item.model), fields, row, values))
    if prune:
        for rows in versions.values():
            steps += _cancelled(rows, now)
            current = next((each for each in rows if begun(each, now)), None)
            steps += [] if current is None else [_end(current)]
    return steps


def _cancelled(rows: Iterable[Price], now: int, kept: Price | None = None) -> list[Step]:
    """Steps that cancel the versions to come that an earlier document has announced."""
    coming = [row for row in rows if row.effective_from > now and row.effective_to is None]
    return [_end(row) for row in coming if row is not kept]


def _end(row: Price) -> Step:
    return Step("delete", "price", _price_name(row.provider, row.model), {}, row)
