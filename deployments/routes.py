"""How a call is put to a target: the plan, the protocol's endpoint there, the path. Pure; worked out once for each."""

import msgspec

from adapters.contract import Wire
from adapters.protocols.table import WIRES
from adapters.translate import Plan, plan
from deployments.calls import Call
from deployments.channel_keys import Member
from deployments.endpoint import Endpoint
from deployments.table import Target


class Route(msgspec.Struct, frozen=True):
    """`wire` is the protocol spoken upstream; `path` is under the endpoint's address, with its query.

    `passes` and `words` are the plan's, at hand for every request.
    """

    plan: Plan
    endpoint: Endpoint
    wire: Wire
    path: str
    passes: bool
    words: str


def route(target: Target, call: Call, *, stream: bool) -> Route | None:
    """How this target is asked; None when its channel does not offer the operation in any way."""
    key = (call.key, stream)
    try:
        known: Route | None = target.routes[key]
    except KeyError:
        known = target.routes[key] = _find(target, call, stream=stream)
    return known


def keyed(way: Route, target: Target, call: Call, member: Member, *, stream: bool) -> Route:
    """The same with the endpoint of one of the channel's several keys; worked out once for each."""
    key = (call.key, stream, member.id)
    known: Route | None = target.routes.get(key)
    if known is None:
        endpoint = member.endpoints[way.endpoint.protocol]
        known = target.routes[key] = msgspec.structs.replace(way, endpoint=endpoint)
    return known


def planned(target: Target, protocol: str, operation: str) -> Plan | None:
    """What is done with such a request, for people who ask before they send one."""
    channel, model = target.channel, target.upstream_model

    def offers(name: str, asked: str) -> bool:
        return channel.protocols[name].path(asked, model) is not None

    return plan(protocol, operation, channel.spoken(model), offers)


def _find(target: Target, call: Call, *, stream: bool) -> Route | None:
    found = planned(target, call.wire.name, call.operation)
    if found is None:
        return None
    rules = target.channel.overrides
    if rules is not None and rules.converts and found.kind == "passthrough" and found.operation == "chat":
        found = Plan("convert", found.client, found.upstream, found.operation)  # its answers are changed on the way
    endpoint = target.channel.protocols[found.upstream]
    asked = found.operation
    if found.kind == "passthrough" and call.target.verb == "embedContent":
        asked = "embed_one"
    path = endpoint.path(asked, target.upstream_model, stream=stream) or ""
    if found.kind == "passthrough" and call.target.array:
        path = path.removesuffix("?alt=sse")  # the provider makes the JSON array that the client wants
    return Route(found, endpoint, WIRES[found.upstream], path, found.kind == "passthrough", found.words)
