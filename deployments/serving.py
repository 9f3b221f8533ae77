"""Which channels may serve a model for a key: by its name, or by the name without a suffix that asks for thinking."""

from collections.abc import Callable
from functools import partial

import msgspec

from adapters.errors import ClientError
from adapters.head import Head
from adapters.reasoning.suffixes import Suffixed, parse
from deployments.keys import Key
from deployments.table import RouteTable, Target, Tier

Find = Callable[[str], tuple[Tier, ...]]


def serving(table: RouteTable, key: Key, head: Head) -> tuple[tuple[Tier, ...], Suffixed | None]:
    """The tiers, best first. Raises ClientError (403, 404).

    A listed name is never taken apart. Where one is, `head.model` becomes the model itself, which limits count by.
    """
    model = head.model
    find = finder(table, key)
    found = None if table.knows(model) else parse(model)
    if found is not None and (tiers := _apart(find, model, found.base)):
        if not (key.may_use(found.base) or key.may_use(model)):
            raise _forbidden(model)
        head.model = found.base
        if "model" in head.fields:
            head.fields = {**head.fields, "model": msgspec.Raw(msgspec.json.encode(found.base))}
        return tiers, found
    if not key.may_use(model):
        raise _forbidden(model)
    tiers = find(model)
    if not tiers:
        if table.tiers(model):
            raise _forbidden(model, "The group of this API key")
        raise ClientError(404, f"The model '{model}' does not exist here.", code="model_not_found", param="model")
    return tiers, None


def finder(table: RouteTable, key: Key) -> Find:
    """What gives the tiers of a public model name for requests of the key's groups."""
    if not table.grouped and not key.groups:
        return table.tiers
    return partial(_grouped, table, key)


def _grouped(table: RouteTable, key: Key, model: str) -> tuple[Tier, ...]:
    return table.tiers_of(key.groups or (key.group,), key.user_group, model, retry=key.group_retry)


def takes_suffix(target: Target, model: str) -> bool:
    """Whether the target's channel lets this name be taken apart."""
    rules = target.channel.overrides
    return rules is None or rules.suffixes.parse(model) is not None


def _apart(find: Find, model: str, base: str) -> tuple[Tier, ...]:
    """The tiers of the model without its suffix; a channel that keeps such names whole stands there with the whole."""
    tiers = find(base)
    if all(takes_suffix(target, model) for tier in tiers for target in tier.targets):
        return tiers
    whole = {target.channel.id: target for tier in find(model) for target in tier.targets}
    mixed = []
    for tier in tiers:
        targets = [
            target if takes_suffix(target, model) else whole[target.channel.id]
            for target in tier.targets
            if takes_suffix(target, model) or target.channel.id in whole
        ]
        mixed += [Tier(targets)] if targets else []
    return tuple(mixed)


def _forbidden(model: str, who: str = "This API key") -> ClientError:
    return ClientError(403, f"{who} may not use the model '{model}'.", code="model_not_allowed", param="model")
