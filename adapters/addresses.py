"""Where a channel's protocols are: from its provider's row and what the channel itself says. Pure, opens nothing."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from adapters.providers.row import Provider, Speaks


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel says of its address; all of it may be absent.

    `base_url` stands in for the provider's own: with a protocol's path at its end, a part of it, or none. `region` is
    one of the row's, `parameters` are values of its {placeholders}. `base_urls` are whole addresses of single
    protocols.
    """

    base_url: str = ""
    region: str = ""
    parameters: Mapping[str, str] = {}
    base_urls: Mapping[str, str] = {}


def wrong(row: Provider, place: Place) -> list[tuple[str, str]]:
    """(field, message) of what is missing or unknown; empty when `addresses` finds all it needs."""
    found: list[tuple[str, str]] = []
    if place.region and place.region not in row.regions:
        found.append(("region", f"is not a region of {row.id}; known are: {', '.join(row.regions) or 'none'}"))
    found += [
        (f"parameters.{name}", f"is not known to the provider {row.id}; known are: {', '.join(row.needs) or 'none'}")
        for name in place.parameters
        if name not in row.needs
    ]
    found += [
        (f"base_urls.{protocol}", f"the provider {row.id} does not speak {protocol}")
        for protocol in place.base_urls
        if protocol not in row.speaks
    ]
    if found or addresses(row, place):
        return found
    if not place.base_url and not row.regions:
        return [("base_url", f"is required for the provider {row.id}, which has no address of its own")]
    missing = [name for name in _wanted(row, place) if not place.parameters.get(name)]
    return [(f"parameters.{name}", f"is required for {row.id}: {row.needs[name]}") for name in missing]


def addresses(row: Provider, place: Place) -> dict[str, str]:
    """Protocol -> address up to the version segment, in the row's order; a protocol without an address is left out.

    An address of a channel that has a path, but nothing of a protocol's, is taken as it is: protocols with the path of
    the first one are there, the others are not known to be anywhere.
    """
    base = place.base_url.rstrip("/")
    root = _root(row, place, base) if base else _fill(_chosen(row, place), place)
    first = next(iter(row.speaks.values())).path
    found: dict[str, str] = {}
    for protocol, speaks in row.speaks.items():
        given = place.base_urls.get(protocol, "").rstrip("/")
        if given:
            found[protocol] = given
        elif not _there(row, speaks, place):
            continue
        elif root is not None:
            address = _fill(root + speaks.path, place)
            if address is not None:
                found[protocol] = address
        elif base and speaks.path == first:
            found[protocol] = base
    return found


def usual_address(row: Provider) -> str:
    """The address of the row's first protocol as it is without a word of the channel, {placeholders} included."""
    roots = row.regions.get(row.region, ())
    return roots[-1] + next(iter(row.speaks.values())).path if roots else ""


def placeholders(text: str) -> list[str]:
    """The names in braces, in order."""
    return [piece.partition("}")[0] for piece in text.split("{")[1:]]


def _there(row: Provider, speaks: Speaks, place: Place) -> bool:
    return not speaks.regions or (place.region or row.region) in speaks.regions


def _chosen(row: Provider, place: Place) -> str:
    """The root of the region: the first that all is known for, else the last."""
    roots = row.regions.get(place.region or row.region, ())
    for root in roots:
        if _fill(root, place) is not None:
            return root
    return roots[-1] if roots else ""


def _wanted(row: Provider, place: Place) -> list[str]:
    """The placeholders of the root, unless the channel brings its own, and of the first protocol's path."""
    root = "" if place.base_url else _chosen(row, place)
    return placeholders(root + next(iter(row.speaks.values())).path)


def _fill(text: str, place: Place) -> str | None:
    """`text` with the channel's values; None for an empty one, and when a value is missing."""
    for name in placeholders(text):
        value = place.parameters.get(name)
        if not value:
            return None
        text = text.replace(f"{{{name}}}", value)
    return text or None


def _root(row: Provider, place: Place, base: str) -> str | None:
    """What is before the longest beginning of one of the row's paths that `base` ends in.

    `base` itself when it is only a host; None when it has a path that no protocol has.
    """
    starts: set[str] = set()
    for speaks in row.speaks.values():
        path = _fill(speaks.path, place) or ""
        pieces = path.split("/")
        starts |= {"/".join(pieces[:count]) for count in range(2, len(pieces) + 1)}
    for start in sorted(starts, key=len, reverse=True):
        if base.endswith(start):
            return base.removesuffix(start)
    try:
        return base if not urlsplit(base).path else None
    except ValueError:  # no address at all: the call will say so
        return None
