"""What would be done with a request, for people who ask before they send one: candidates in order, and their plans.

Compiled from the database as the Router does it. What only a replica knows (a channel that rests after failures, a rate
limit, a balance) is not in it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from adapters.errors import ClientError
from adapters.head import Head
from adapters.overrides.problem import OverrideError
from adapters.protocols.table import WIRES
from deployments import keys
from deployments.aliases import with_aliases
from deployments.calls import Call
from deployments.compiler import channel_row, group_row
from deployments.groups import GroupRow
from deployments.routes import Route, route
from deployments.serving import serving
from deployments.settings import Timeouts
from deployments.table import Channel, ChannelRow, RouteTable, TableData, Target, Tier, ready
from storage.ledger.purses import DEFAULT_GROUP, Holder
from storage.models import Channel as StoredChannel
from storage.models import Key as StoredKey
from storage.repositories import channel_keys, channels, groups, models, teams, users
from storage.repositories import keys as stored_keys

OPERATIONS = ("chat", "text_completion", "embeddings", "count_tokens", "compact")

_KINDS = {
    "passthrough": "the client's bytes go through",
    "convert": "the request is written anew, and so is the answer",
    "estimate": "tokens are counted here, no provider is asked",
}


_OTHERS = {
    "off": "is switched off",
    "failures": "was switched off after failures",
    "keyless": "has several keys, and none of them is in use",
    "settings": "has settings that cannot be followed",
}


class Asking(msgspec.Struct, frozen=True):
    """The request that is asked about. `key_id` 0: a key that may use everything."""

    model: str
    protocol: str = "chat"
    operation: str = "chat"
    stream: bool = False
    key_id: int = 0


async def explain(session: AsyncSession, timeouts: Timeouts, asking: Asking) -> dict[str, Any]:
    """See admin/schemas/route.py for the shape."""
    rows = await channels.list_all(session)
    key = await stored_keys.get(session, asking.key_id) if asking.key_id else None
    user = await users.get(session, key.user_id) if key is not None and key.user_id else None
    allowed = [group_row(group) for group in await groups.list_all(session)]
    keyless = [channel for channel, used in (await channel_keys.enabled(session)).items() if not used]
    aliases = {alias: model.name for model in await models.list_all(session) for alias in model.aliases}
    group = user.group if user is not None else DEFAULT_GROUP
    team = await teams.get(session, key.team_id) if key is not None and key.team_id else None
    models_of = team.models if team is not None else None
    return explained(
        rows, timeouts, asking, key, group, allowed, keyless=keyless, aliases=aliases, team_models=models_of
    )


def explained(
    rows: Sequence[StoredChannel],
    timeouts: Timeouts,
    asking: Asking,
    key: StoredKey | None,
    user_group: str = DEFAULT_GROUP,
    allowed: Sequence[GroupRow] = (),
    *,
    keyless: Collection[int] = (),
    aliases: Mapping[str, str] | None = None,
    team_models: list[str] | None = None,
) -> dict[str, Any]:
    """The same from rows that were read; `user_group` is that of the key's user, `allowed` are all groups.

    `keyless` are channels with several keys of which none is in use, `aliases` other names of models, `team_models`
    what the key's team may use.
    """
    table, usable, others = _table(rows, timeouts, allowed, keyless, aliases or {})
    table.grouped = table.grouped and key is not None  # without a key: one that may use everything
    head = Head(asking.protocol, asking.operation, asking.model, asking.stream, True, {}, 0)
    found: dict[str, Any] = {
        "model": asking.model,
        "base_model": asking.model,
        "suffix": "",
        "protocol": asking.protocol,
        "operation": asking.operation,
        "stream": asking.stream,
        "key": key.name if key is not None else None,
        "strict": key.strict if key is not None else False,
        "refused": "",
        "candidates": [],
        "others": [],
    }
    try:
        tiers, suffixed = serving(table, _key(key, user_group, team_models), head)
    except ClientError as error:
        found["refused"] = error.message
        tiers, suffixed = (), None
    found["base_model"] = head.model
    found["suffix"] = suffixed.suffix if suffixed is not None else ""
    call = Call(WIRES[asking.protocol], asking.operation)
    found["candidates"] = list(_candidates(tiers, call, asking, head.model, found["suffix"], usable))
    found["others"] = [
        {
            "channel_id": row.id,
            "channel": row.name,
            "reason": f"{_OTHERS[code]}: {detail}" if detail else _OTHERS[code],
            "code": code,
            "detail": detail,
        }
        for row, code, detail in others
        if _pattern(row.models, head.model) is not None
    ]
    return found


def _table(
    rows: Sequence[StoredChannel],
    timeouts: Timeouts,
    allowed: Sequence[GroupRow],
    keyless: Collection[int],
    aliases: Mapping[str, str],
) -> tuple[RouteTable, dict[int, ChannelRow], list[tuple[StoredChannel, str, str]]]:
    """The route table without secrets, its rows by id, and the channels that are not in it, with the reason's code."""
    usable: dict[int, ChannelRow] = {}
    others: list[tuple[StoredChannel, str, str]] = []
    for row in rows:
        if not row.enabled:
            others.append((row, "failures", row.off_reason) if row.off_by else (row, "off", ""))
            continue
        if row.id in keyless:
            others.append((row, "keyless", ""))
            continue
        compiled = channel_row(row, timeouts)
        compiled = msgspec.structs.replace(compiled, models=with_aliases(compiled.models, aliases))
        try:
            Channel(compiled, "")
        except OverrideError as error:
            others.append((row, "settings", str(error)))
            continue
        usable[row.id] = compiled
    table = TableData(0, list(usable.values()), [], groups=list(allowed))
    return RouteTable(table, ready(table.channels)), usable, others


def _key(key: StoredKey | None, user_group: str, team_models: list[str] | None) -> keys.Key:
    if key is None:
        return keys.make(0, "", enabled=True, admin=False, models=None, expires_at=0.0)
    group, several = key.group or user_group, list(key.groups or ())
    whose = Holder(0, 0, group, user_group, True, [], several, key.group_retry, team_models=team_models)
    return keys.make(0, "", enabled=True, admin=False, models=key.models, expires_at=0.0, holder=whose)


def _candidates(
    tiers: Iterable[Tier], call: Call, asking: Asking, model: str, suffix: str, rows: dict[int, ChannelRow]
) -> Iterable[dict[str, Any]]:
    above: int | None = None
    for tier in tiers:
        ways = [(target, route(target, call, stream=asking.stream)) for target in tier.targets]
        total = sum(target.channel.weight for target, way in ways if way is not None)
        served = sum(way is not None for _, way in ways)
        # As they are likely to be tried: the heaviest first, those that cannot serve it last.
        for target, way in sorted(ways, key=_order):
            channel = target.channel
            share = 0.0 if way is None or above is not None else channel.weight / total if total else 1 / served
            yield {
                "channel_id": channel.id,
                "channel": channel.name,
                "provider": channel.provider,
                "priority": channel.priority,
                "weight": channel.weight,
                "share": round(share, 4),
                "upstream_model": target.upstream_model,
                "matched": _pattern(rows[channel.id].models, model) or model,
                "usable": way is not None,
                "reason": _reason(channel, way, asking, total, above),
                **_plan(way),
                "group": target.group,
                "edits": _edits(target, way, asking, model, suffix) if way is not None else [],
                "after_priority": above,
                "total_weight": total,
                "speaks": list(channel.protocols),
                "rules": _rules(target, way),
                "asks_usage": way is not None and _asks_usage(target, way, asking),
            }
        if served and above is None:
            above = tier.targets[0].channel.priority


def _order(each: tuple[Target, Route | None]) -> tuple[bool, int, int]:
    target, way = each
    return way is None, -target.channel.weight, target.channel.id


def _reason(channel: Channel, way: Route | None, asking: Asking, total: int, above: int | None) -> str:
    if way is None:
        spoken = ", ".join(channel.protocols) or "nothing"
        return f"cannot be used for {asking.operation} by a client of {asking.protocol}: it speaks {spoken}"
    first = f"priority {channel.priority}, the first that can serve it"
    where = first if above is None else f"after priority {above}"
    if not total:
        return f"{where}; all weights are 0: any of them"
    if not channel.weight:
        return f"{where}; weight 0: when no other of its priority is left"
    return f"{where}; weight {channel.weight} of {total}"


def _plan(way: Route | None) -> dict[str, Any]:
    if way is None:
        return {"plan": "", "kind": "", "upstream_protocol": "", "upstream_operation": "", "url": ""}
    plan = way.plan
    return {
        "plan": plan.words,
        "kind": plan.kind,
        "upstream_protocol": plan.upstream,
        "upstream_operation": plan.operation,
        "url": "" if plan.kind == "estimate" else way.endpoint.base_url + way.path,
    }


def _edits(target: Target, way: Route, asking: Asking, model: str, suffix: str) -> list[str]:
    """What is changed of the request, in words."""
    found = [_KINDS[way.plan.kind]]
    if way.plan.kind == "estimate":
        return found
    if target.upstream_model != model or suffix:
        found.append(f"model: {asking.model} becomes {target.upstream_model}")
    if suffix:
        found.append(f"suffix {suffix}: its setting is written into the request")
    if _asks_usage(target, way, asking):
        found.append("stream_options.include_usage is asked for, and taken out again for a client that did not")
    return found + [f"{name} of the channel" for name in _rules(target, way)]


def _asks_usage(target: Target, way: Route, asking: Asking) -> bool:
    passed = way.plan.kind == "passthrough" and way.plan.upstream == "chat"
    return passed and asking.stream and target.channel.stream_usage


def _rules(target: Target, way: Route | None) -> list[str]:
    rules = target.channel.overrides
    return [] if rules is None or way is None or way.plan.kind == "estimate" else list(rules.edits)


def _pattern(models: dict[str, str], model: str) -> str | None:
    """The name or glob under which a channel lists the model."""
    if model in models:
        return model
    globs = [name for name in models if any(sign in name for sign in "*?[") and fnmatchcase(model, name)]
    return min(globs, key=lambda name: (-len(name), name), default=None)
